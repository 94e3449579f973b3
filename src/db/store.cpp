#include "db/store.hpp"

#include <stdexcept>
#include <string>

#include "db/inside_write.hpp"
#include "db/postgres_store.hpp"
#include "db/sqlite_store.hpp"

namespace db {

bool& InsideWrite::here() {
  thread_local bool inside = false;
  return inside;
}

void InsideWrite::refuse(const char* what) {
  if (here()) throw std::logic_error(std::string(what) + " inside a write closure");
}

bool is_postgres(std::string_view database) {
  return database.starts_with("postgresql://") || database.starts_with("postgres://");
}

base::Result<std::unique_ptr<Store>> Store::open(const Options& options) {
  return is_postgres(options.database) ? PostgresStore::open(options) : SqliteStore::open(options);
}

}  // namespace db
