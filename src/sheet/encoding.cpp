#include "sheet/encoding.hpp"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <memory>

namespace sheet {

namespace {
struct CloseIconv {
  using pointer = iconv_t;
  void operator()(iconv_t handle) const { iconv_close(handle); }
};
}  // namespace

std::optional<std::string> convert(std::string_view bytes, const char* from) {
  iconv_t opened = iconv_open("UTF-8", from);
  if (opened == reinterpret_cast<iconv_t>(-1)) return {};
  const std::unique_ptr<iconv_t, CloseIconv> handle{opened};
  std::string out;
  std::array<char, 64 * 1024> buffer{};
  char* in = const_cast<char*>(bytes.data());  // iconv does not write to it
  std::size_t in_left = bytes.size();
  while (in_left > 0) {
    char* to = buffer.data();
    std::size_t to_left = buffer.size();
    const auto result = iconv(handle.get(), &in, &in_left, &to, &to_left);
    out.append(buffer.data(), static_cast<std::size_t>(to - buffer.data()));
    if (result == static_cast<std::size_t>(-1) && errno != E2BIG) return {};
  }
  return out;
}

bool has_controls(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') return true;
  return false;
}

}  // namespace sheet
