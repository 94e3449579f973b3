#include "core/erasure_journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "db/copy_file.hpp"

namespace core {
namespace {

auto broken(const std::filesystem::path& path) {
  return base::fail(base::ErrorKind::internal, "erasure.journal", {{"path", path.string()}});
}

}  // namespace

base::Result<void> journal_erasure(const std::filesystem::path& key_directory,
                                   const std::vector<std::int64_t>& persons, base::Instant now) {
  const auto path = key_directory / erasure_journal_name;
  std::string lines;
  for (const auto id : persons) lines += fmt::format("{} {}\n", id, now.ms);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return broken(path);
  const bool written =
      ::write(fd, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || !db::sync_directory_of(path)) return broken(path);
  return {};
}

base::Result<std::vector<std::int64_t>> journalled_erasures(const std::filesystem::path& key_directory) {
  const auto path = key_directory / erasure_journal_name;
  std::vector<std::int64_t> out;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return out;
  std::ifstream file(path);
  if (!file) return broken(path);
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // a line without its end was cut off by a crash; its erasure never began
    std::istringstream words(line);
    std::int64_t id = 0, at = 0;
    if (!(words >> id >> at)) return broken(path);
    out.push_back(id);
  }
  return out;
}

}  // namespace core
