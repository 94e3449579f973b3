#include "feature/exchange/file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/file.hpp"

namespace feature::exchange {
namespace {

namespace fs = std::filesystem;

fs::path folder(const core::Services& services) { return services.data_directory / "files" / "imports"; }

base::Result<void> cannot_keep() {
  base::Error error{base::ErrorKind::internal, "import.cannot_keep"};
  error.cause = std::generic_category().message(errno);
  return base::fail(std::move(error));
}

}  // namespace

base::Result<void> keep_file(const core::Services& services, std::int64_t import_id, std::string_view bytes) {
  const auto sealed = services.keys.seal("import", "file", import_id, bytes);
  if (!core::write_durably(folder(services) / std::to_string(import_id), sealed)) return cannot_keep();
  return {};
}

base::Result<std::string> kept_file(const core::Services& services, std::int64_t import_id) {
  std::ifstream in(folder(services) / std::to_string(import_id), std::ios::binary);
  const std::string sealed{std::istreambuf_iterator<char>(in), {}};
  auto bytes = services.keys.unseal("import", "file", import_id, sealed);
  if (!bytes) return base::fail(base::ErrorKind::conflict, "import.file_lost");
  return std::move(*bytes);
}

fs::path kept_path(const core::Services& services, std::int64_t import_id) {
  return folder(services) / std::to_string(import_id);
}

void drop_file(const core::Services& services, std::int64_t import_id) {
  std::error_code ignored;
  fs::remove(folder(services) / std::to_string(import_id), ignored);
}

}  // namespace feature::exchange
