#pragma once
// A list on paper: today's list per opening, a round's doors, any list of the office. Rows wrap, columns keep
// their share of the width, the heading is repeated on every page.
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "print/sink.hpp"

namespace print {

struct Column {
  std::string title;
  double share = 1;  // part of the width, relative to the other columns
  enum class Kind { text, number, tick } kind = Kind::text;  // tick: an empty box; the cell's text is ignored
};

struct TableOptions {
  std::string title;
  std::string subtitle;  // place, date, denominator; may be empty
  std::string created;   // ISO 8601, in the file's properties; empty for none
  std::string footer;
  std::string page_format = "{page}";  // with "{pages}" every row is kept, laid out, until finish()
  bool landscape = false;
  double text_mm = 3.6;         // size of the text
  std::vector<Column> columns;  // at least one
};

class Table {
 public:
  // Errors: "no_cjk_font", "table_no_columns".
  static base::Result<Table> open(Sink sink, TableOptions options);
  Table(Table&&) noexcept;
  Table& operator=(Table&&) noexcept;
  ~Table();

  // Missing cells are empty, cells beyond the columns are ignored. Error: "print_write_failed".
  base::Result<void> add(const std::vector<std::string>& cells);
  base::Result<Printed> finish();

 private:
  struct State;
  explicit Table(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace print
