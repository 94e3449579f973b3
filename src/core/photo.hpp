#pragma once
// Photos without what does not show in them: place, time, device, previews, films behind the picture.
#include <optional>
#include <string>
#include <string_view>

namespace core {

// The same picture; which way is up stays. Nothing when the bytes are no whole JPEG or PNG.
std::optional<std::string> plain_jpeg(std::string_view bytes);
std::optional<std::string> plain_png(std::string_view bytes);

}  // namespace core
