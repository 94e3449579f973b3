#pragma once
// The files of imports, sealed, in <data>/files/imports/<id>.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "core/services.hpp"

namespace feature::exchange {

// Durable when it returns. Error: "import.cannot_keep" (internal, cause says why).
base::Result<void> keep_file(const core::Services& services, std::int64_t import_id, std::string_view bytes);
// Error: "import.file_lost" (conflict) when it is gone or does not open.
base::Result<std::string> kept_file(const core::Services& services, std::int64_t import_id);
std::filesystem::path kept_path(const core::Services& services, std::int64_t import_id);
void drop_file(const core::Services& services, std::int64_t import_id);

}  // namespace feature::exchange
