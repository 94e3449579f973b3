#include "durability/unsynced_disk.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <random>

namespace durability {

// SQLite allocates the bytes; `system` follows this object in the same allocation.
struct UnsyncedDisk::File {
  sqlite3_file base;  // first: SQLite sees only this
  UnsyncedDisk* disk;
  std::shared_ptr<Content> content;
  int opened_after_cuts;

  sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  bool dead() const { return disk->off_ || opened_after_cuts != disk->power_cuts_; }
};

void UnsyncedDisk::apply(std::string& content, const Write& write) {
  if (write.truncation) {
    content.resize(write.offset);
    return;
  }
  if (content.size() < write.offset + write.bytes.size()) content.resize(write.offset + write.bytes.size());
  std::copy(write.bytes.begin(), write.bytes.end(),
            content.begin() + static_cast<std::ptrdiff_t>(write.offset));
}

// The functions SQLite calls.
struct UnsyncedDisk::Methods {
  static File& file(sqlite3_file* handle) { return *reinterpret_cast<File*>(handle); }
  static UnsyncedDisk& disk(sqlite3_vfs* vfs) { return *static_cast<UnsyncedDisk*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags, int* out_flags) {
    UnsyncedDisk& self = disk(vfs);
    handle->pMethods = nullptr;
    if (path == nullptr) return SQLITE_CANTOPEN;
    std::lock_guard lock(self.mutex_);
    if (self.off_) return SQLITE_IOERR;
    File* opened = new (handle) File{{nullptr}, &self, {}, self.power_cuts_};
    const int result = self.system_->xOpen(self.system_, path, opened->system(), flags, out_flags);
    if (result != SQLITE_OK) {
      opened->~File();
      return result;
    }
    auto& content = self.contents_[path];
    if (!content) content = std::make_shared<Content>();
    opened->content = content;
    opened->base.pMethods = &io;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    UnsyncedDisk& self = disk(vfs);
    std::lock_guard lock(self.mutex_);
    if (self.off_) return SQLITE_IOERR;
    self.contents_.erase(path);
    return self.system_->xDelete(self.system_, path, sync_directory);
  }
  static int access(sqlite3_vfs* vfs, const char* path, int, int* there) {
    UnsyncedDisk& self = disk(vfs);
    std::lock_guard lock(self.mutex_);
    const auto found = self.contents_.find(path);
    *there = found != self.contents_.end() && !found->second->now.empty() ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
    return disk(vfs).system_->xFullPathname(disk(vfs).system_, path, size, out);
  }

  static int close(sqlite3_file* handle) {
    File& closing = file(handle);
    const int result = closing.system()->pMethods->xClose(closing.system());
    closing.~File();
    return result;
  }
  static int read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset) {
    File& f = file(handle);
    std::lock_guard lock(f.disk->mutex_);
    if (f.dead()) return SQLITE_IOERR_READ;
    const std::string& now = f.content->now;
    const auto at = static_cast<std::size_t>(offset), wanted = static_cast<std::size_t>(size);
    const std::size_t there = at < now.size() ? std::min(wanted, now.size() - at) : 0;
    if (there > 0) std::memcpy(out, now.data() + at, there);
    if (there == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
  }
  static int change(sqlite3_file* handle, Write write) {
    File& f = file(handle);
    std::lock_guard lock(f.disk->mutex_);
    if (f.dead()) return SQLITE_IOERR_WRITE;
    apply(f.content->now, write);
    f.content->unsynced.push_back(std::move(write));
    return SQLITE_OK;
  }
  static int write(sqlite3_file* handle, const void* data, int size, sqlite3_int64 offset) {
    return change(handle, {static_cast<std::size_t>(offset),
                           {static_cast<const char*>(data), static_cast<std::size_t>(size)}});
  }
  static int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    return change(handle, {static_cast<std::size_t>(size), {}, true});
  }
  static int sync(sqlite3_file* handle, int) {
    File& f = file(handle);
    std::lock_guard lock(f.disk->mutex_);
    if (f.dead()) return SQLITE_IOERR_FSYNC;
    if (f.disk->lying_) return SQLITE_OK;
    for (const Write& write : f.content->unsynced) apply(f.content->synced, write);
    f.content->unsynced.clear();
    return SQLITE_OK;
  }
  static int size(sqlite3_file* handle, sqlite3_int64* out) {
    File& f = file(handle);
    std::lock_guard lock(f.disk->mutex_);
    *out = static_cast<sqlite3_int64>(f.content->now.size());
    return SQLITE_OK;
  }
  static sqlite3_file* system(sqlite3_file* handle) { return file(handle).system(); }
  static int lock(sqlite3_file* h, int level) { return system(h)->pMethods->xLock(system(h), level); }
  static int unlock(sqlite3_file* h, int level) { return system(h)->pMethods->xUnlock(system(h), level); }
  static int check_lock(sqlite3_file* h, int* out) {
    return system(h)->pMethods->xCheckReservedLock(system(h), out);
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* h) { return system(h)->pMethods->xSectorSize(system(h)); }
  static int traits(sqlite3_file* h) { return system(h)->pMethods->xDeviceCharacteristics(system(h)); }
  static int shm_map(sqlite3_file* h, int page, int size, int extend, void volatile** out) {
    return system(h)->pMethods->xShmMap(system(h), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* h, int offset, int n, int flags) {
    return system(h)->pMethods->xShmLock(system(h), offset, n, flags);
  }
  static void shm_barrier(sqlite3_file* h) { system(h)->pMethods->xShmBarrier(system(h)); }
  static int shm_unmap(sqlite3_file* h, int remove) {
    return system(h)->pMethods->xShmUnmap(system(h), remove);
  }

  static constexpr sqlite3_io_methods io{
      2,       close,       read,   write,   truncate, sync,        size,      lock,    unlock, check_lock,
      control, sector_size, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};
};

UnsyncedDisk::UnsyncedDisk() : system_(sqlite3_vfs_find(nullptr)) {
  static int disks = 0;
  name_ = "unsynced" + std::to_string(++disks);
  vfs_ = *system_;
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::open;
  vfs_.xDelete = Methods::remove;
  vfs_.xAccess = Methods::access;
  vfs_.xFullPathname = Methods::full_path;
  sqlite3_vfs_register(&vfs_, 0);
}

UnsyncedDisk::~UnsyncedDisk() { sqlite3_vfs_unregister(&vfs_); }

void UnsyncedDisk::lie_about_sync() {
  std::lock_guard lock(mutex_);
  lying_ = true;
}

void UnsyncedDisk::cut_power(std::uint32_t seed, double survival) {
  constexpr std::size_t sector = 512;
  std::lock_guard lock(mutex_);
  std::mt19937 random(seed);
  std::bernoulli_distribution survives(survival);
  off_ = true;
  ++power_cuts_;
  for (auto& [path, content] : contents_) {
    for (const Write& write : content->unsynced) {
      if (write.truncation) {
        if (survives(random)) apply(content->synced, write);
        continue;
      }
      for (std::size_t at = 0; at < write.bytes.size(); at += sector)
        if (survives(random)) apply(content->synced, {write.offset + at, write.bytes.substr(at, sector)});
    }
    content->unsynced.clear();
    content->now = content->synced;
  }
}

void UnsyncedDisk::restore_power() {
  std::lock_guard lock(mutex_);
  off_ = false;
}

}  // namespace durability
