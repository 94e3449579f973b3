#pragma once
// Writes one table, row by row in constant memory, as .xlsx or CSV. Text stays text: identity numbers
// and phones never become numbers and nothing becomes a formula.
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace sheet {

using Value = std::variant<std::monostate, std::string, std::int64_t, double, base::Day>;

struct TableColumn {
  std::string header{};
  double width_chars = 12;  // of half-width characters; ignored by CSV
};

struct TableSpec {
  std::string sheet_name{};            // cut to 31 characters, forbidden ones replaced
  std::optional<std::string> title{};  // a merged first row; left out in CSV
  std::vector<TableColumn> columns{};
};

class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // Values beyond the columns are refused (sheet.too_many_values); missing ones stay empty.
  virtual base::Result<void> row(std::span<const Value> values) = 0;
  // Must be called once after the last row; without it the output is not a valid file.
  virtual base::Result<void> finish() = 0;
};

// Error sheet.write_failed (internal) when the file cannot be written.
base::Result<std::unique_ptr<TableWriter>> xlsx_table(const std::filesystem::path& path,
                                                      const TableSpec& spec);
// UTF-8 with byte order mark, CRLF. Texts beginning with = + - @ get a leading apostrophe, long digit
// strings a leading tab, since Excel has no other way to keep them as text.
base::Result<std::unique_ptr<TableWriter>> csv_table(std::ostream& out, const TableSpec& spec);

}  // namespace sheet
