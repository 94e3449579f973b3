#pragma once
// Marks the thread that runs a write closure. A write or a new id from inside one would wait for
// itself on SQLite, so it is refused on both stores, every time.
namespace db {

class InsideWrite {
 public:
  InsideWrite() { here() = true; }
  ~InsideWrite() { here() = false; }
  InsideWrite(const InsideWrite&) = delete;
  InsideWrite& operator=(const InsideWrite&) = delete;

  // Throws std::logic_error inside a write closure.
  static void refuse(const char* what);

 private:
  static bool& here();
};

}  // namespace db
