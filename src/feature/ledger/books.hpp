#pragma once
// What a ledger is: its columns, its lines, how they are walked. A new one is an entry in books.cpp.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/paging.hpp"
#include "feature/ledger/record.hpp"

namespace feature::ledger {

// A query gives the instant first and the id second; its place is the alias p.
struct Lines {
  db::ScopedSql sql;  // its place is p
  db::Fragment from, until;
  api::PageOrder order;  // newest first
  std::vector<std::string> (*cells)(const db::Row& row, std::string_view language) = nullptr;
};
struct BookOf {
  Book book{};
  std::span<const std::string_view> columns{};  // words "ledger.column.<name>"; on a blank form as well
  const Lines* lines = nullptr;                 // none: kept on paper so far
};
const BookOf& book_of(Book book);

}  // namespace feature::ledger
