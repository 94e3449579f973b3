#include "feature/exchange/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace feature::exchange {
namespace {

namespace fs = std::filesystem;

fs::path folder(const core::Services& services) { return services.data_directory / "files" / "imports"; }

base::Result<void> cannot_keep() {
  base::Error error{base::ErrorKind::internal, "import.cannot_keep"};
  error.cause = std::generic_category().message(errno);
  return base::fail(std::move(error));
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const fs::path& path) {
  const int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = handle >= 0 && ::fsync(handle) == 0;
  if (handle >= 0) ::close(handle);
  return done;
}

}  // namespace

base::Result<void> keep_file(const core::Services& services, std::int64_t import_id, std::string_view bytes) {
  const auto sealed = services.keys.seal("import", "file", import_id, bytes);
  const auto path = folder(services) / std::to_string(import_id);
  const auto temporary = path.string() + ".part";
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot_keep();
  const bool written = write_all(file, sealed) && ::fsync(file) == 0;
  if (!written || ::close(file) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0 ||
      !sync_folder(path.parent_path())) {
    auto result = cannot_keep();
    if (!written) ::close(file);
    fs::remove(temporary, failed);
    return result;
  }
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
