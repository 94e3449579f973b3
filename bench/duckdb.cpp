#include "duckdb.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <stdexcept>

namespace bench {
namespace {

// As its C interface declares it; only room for what the library writes.
struct Result {
  std::uint64_t columns = 0, rows = 0, changed = 0;
  void *data = nullptr, *error = nullptr, *internal = nullptr;
};

}  // namespace

struct DuckDb::Library {
  explicit Library(const std::string& path) : handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) throw std::runtime_error(dlerror());
    find(open, "duckdb_open"), find(connect, "duckdb_connect"), find(disconnect, "duckdb_disconnect");
    find(close, "duckdb_close"), find(query, "duckdb_query"), find(error, "duckdb_result_error");
    find(rows, "duckdb_row_count"), find(columns, "duckdb_column_count");
    find(integer, "duckdb_value_int64"), find(destroy, "duckdb_destroy_result");
    find(append_to, "duckdb_appender_create"), find(append, "duckdb_append_int64");
    find(end_row, "duckdb_appender_end_row"), find(end_append, "duckdb_appender_destroy");
  }
  template <class F>
  void find(F*& function, const char* name) {
    function = reinterpret_cast<F*>(dlsym(handle, name));
    if (function == nullptr) throw std::runtime_error(fmt::format("it has no {}", name));
  }

  void* handle;  // kept until the end: its threads may outlive a connection
  int (*open)(const char*, void**);
  int (*connect)(void*, void**);
  void (*disconnect)(void**);
  void (*close)(void**);
  int (*query)(void*, const char*, Result*);
  const char* (*error)(Result*);
  std::uint64_t (*rows)(Result*);
  std::uint64_t (*columns)(Result*);
  std::int64_t (*integer)(Result*, std::uint64_t, std::uint64_t);
  void (*destroy)(Result*);
  int (*append_to)(void*, const char*, const char*, void**);
  int (*append)(void*, std::int64_t);
  int (*end_row)(void*);
  int (*end_append)(void**);
};

DuckDb::DuckDb(const std::string& library) : library_(std::make_unique<Library>(library)) {
  if (library_->open(nullptr, &database_) != 0 || library_->connect(database_, &connection_) != 0)
    throw std::runtime_error("it opens no database in memory");
}

DuckDb::~DuckDb() {
  library_->disconnect(&connection_);
  library_->close(&database_);
}

void DuckDb::run(const std::string& sql, const OnRow& row) {
  Result result;
  const bool failed = library_->query(connection_, sql.c_str(), &result) != 0;
  const std::string why = failed ? library_->error(&result) : "";
  if (!failed && row) {
    std::vector<std::int64_t> values(library_->columns(&result));
    for (std::uint64_t i = 0, rows = library_->rows(&result); i < rows; ++i) {
      for (std::uint64_t k = 0; k < values.size(); ++k) values[k] = library_->integer(&result, k, i);
      row(values);
    }
  }
  library_->destroy(&result);
  if (failed) throw std::runtime_error(why);
}

void DuckDb::fill(const std::string& table, std::size_t rows, std::size_t columns,
                  const std::function<std::int64_t(std::size_t, std::size_t)>& value) {
  void* appender = nullptr;
  bool failed = library_->append_to(connection_, nullptr, table.c_str(), &appender) != 0;
  for (std::size_t i = 0; i < rows && !failed; ++i) {
    for (std::size_t k = 0; k < columns; ++k) failed = failed || library_->append(appender, value(i, k)) != 0;
    failed = failed || library_->end_row(appender) != 0;
  }
  failed = library_->end_append(&appender) != 0 || failed;
  if (failed) throw std::runtime_error("it takes no rows");
}

}  // namespace bench
