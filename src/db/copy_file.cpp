#include "db/copy_file.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace db {
namespace {

namespace fs = std::filesystem;

bool sync_path(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

bool sync_file(const fs::path& file) { return sync_path(file, O_RDONLY); }

bool sync_directory_of(const fs::path& file) {
  const fs::path parent = file.parent_path();
  return sync_path(parent.empty() ? fs::path(".") : parent, O_RDONLY | O_DIRECTORY);
}

base::Result<void> make_copy(const fs::path& target,
                             const std::function<base::Result<void>(const fs::path&)>& write) {
  std::error_code error;
  if (fs::exists(target, error))
    return base::fail(base::ErrorKind::conflict, "backup.exists", {{"path", target.string()}});
  const fs::path part = target.string() + ".part";
  fs::remove(part, error);
  auto written = write(part);
  if (written) {
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, error);
    if (!error && sync_file(part)) fs::rename(part, target, error);
    if (!error && sync_directory_of(target)) return {};
    written = base::fail(base::ErrorKind::internal, "backup.failed", {{"path", target.string()}});
  }
  fs::remove(part, error);
  return written;
}

std::vector<std::string> sqlite_findings(Connection& connection, std::string_view check) {
  std::vector<std::string> findings;
  connection.run(check, {}, [&](const Row& row) {
    if (row.text(0) != "ok") findings.push_back(row.str(0));
  });
  return findings;
}

}  // namespace db
