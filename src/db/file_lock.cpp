#include "db/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace db {

base::Result<FileLock> FileLock::take(const std::filesystem::path& path, bool may_be_beside) {
  const std::string name = path.string() + ".lock";
  FileLock lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.descriptor_ < 0) {
    base::Error error{base::ErrorKind::internal, "store.cannot_open", {{"path", path.string()}}};
    error.cause = std::strerror(errno);
    return base::fail(std::move(error));
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (may_be_beside) return FileLock(-1);
    return base::fail(base::ErrorKind::conflict, "store.in_use");
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace db
