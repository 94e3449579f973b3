#pragma once
// DuckDB, for a comparison only: its library is opened at run time and is no dependency.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

class DuckDb {
 public:
  // `library` is a libduckdb.so; throws std::runtime_error that says why it can't be used.
  explicit DuckDb(const std::string& library);
  ~DuckDb();
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  // `row(values)` for each row of whole numbers.
  using OnRow = std::function<void(const std::vector<std::int64_t>&)>;
  void run(const std::string& sql, const OnRow& row = {});
  // Into a table of whole numbers; `value(row, column)`.
  void fill(const std::string& table, std::size_t rows, std::size_t columns,
            const std::function<std::int64_t(std::size_t, std::size_t)>& value);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
  void *database_ = nullptr, *connection_ = nullptr;
};

}  // namespace bench
