#pragma once
// A disk for SQLite that forgets at a power cut what was not synced: a VFS keeping file contents in
// memory, each with the writes since the last xSync. Locks and shared memory stay with the system's VFS.
#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace durability {

class UnsyncedDisk {
 public:
  UnsyncedDisk();
  ~UnsyncedDisk();
  UnsyncedDisk(const UnsyncedDisk&) = delete;
  UnsyncedDisk& operator=(const UnsyncedDisk&) = delete;

  const std::string& name() const { return name_; }  // for db::Options::vfs

  // From now on a sync returns success and does nothing, as with synchronous=OFF or a lying disk.
  void lie_about_sync();
  // Every open file fails from now on. Each 512-byte sector written but not synced survives with this
  // probability.
  void cut_power(std::uint32_t seed, double survival);
  // Files opened from now on work again, with what survived.
  void restore_power();

 private:
  struct Write {
    std::size_t offset = 0;
    std::string bytes{};
    bool truncation = false;  // to `offset`
  };
  struct Content {
    std::string now{}, synced{};
    std::vector<Write> unsynced{};
  };
  struct File;
  struct Methods;

  static void apply(std::string& content, const Write& write);

  std::string name_;
  sqlite3_vfs* system_;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Content>> contents_;
  int power_cuts_ = 0;
  bool off_ = false, lying_ = false;
};

}  // namespace durability
