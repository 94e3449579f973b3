#pragma once
// An advisory lock on "<path>.lock", held while the object lives and freed by the kernel at a crash.
#include <filesystem>

#include "base/error.hpp"

namespace db {

class FileLock {
 public:
  // Errors: conflict "store.in_use" when another holder exists, internal "store.cannot_open" {path}.
  // With `may_be_beside` another holder is no error: the lock is not held then.
  static base::Result<FileLock> take(const std::filesystem::path& path, bool may_be_beside = false);
  bool held() const { return descriptor_ >= 0; }
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace db
