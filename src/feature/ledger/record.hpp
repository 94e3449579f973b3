#pragma once
// The five ledgers (LZ-30): survey, person passage, vehicle passage, work log, supervision; for any place and
// period, on the screen, as a workbook and on paper.
#include <optional>
#include <string>
#include <vector>

#include "core/list.hpp"
#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::ledger {

enum class Book { survey, person_passage, vehicle_passage, work_log, supervision };

struct LedgerQuery {
  Book book = Book::person_passage;
  std::int64_t place_id = 0;  // of any level
  std::optional<std::int64_t> from_ms{}, until_ms{};
  std::optional<std::string> lang{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct LedgerExport {
  Book book = Book::person_passage;
  std::int64_t place_id = 0;
  std::optional<std::int64_t> from_ms{}, until_ms{};
  std::optional<std::string> lang{};
  std::optional<core::ExportFormat> format{};
};
struct BlankQuery {
  Book book = Book::person_passage;
  std::int64_t place_id = 0;
  std::optional<std::string> lang{};
  std::optional<meta::Int<1, 500>> count{};  // slips or lines
};
struct LedgerRow {
  std::int64_t id = 0;
  std::vector<std::string> cells{};  // in the order of the columns
};
struct LedgerPage {
  std::vector<std::string> columns{};  // headings in the language asked for
  std::vector<LedgerRow> items{};
  std::optional<std::string> next{};
};

}  // namespace feature::ledger

META_ENUM(feature::ledger::Book, "survey", "person_passage", "vehicle_passage", "work_log", "supervision")
META_DESCRIBE(feature::ledger::LedgerQuery, "LedgerQuery", "", book, place_id, from_ms, until_ms, lang, limit,
              cursor)
META_DESCRIBE(feature::ledger::LedgerExport, "LedgerExport", "", book, place_id, from_ms, until_ms, lang,
              format)
META_DESCRIBE(feature::ledger::BlankQuery, "LedgerBlankQuery", "", book, place_id, lang, count)
META_DESCRIBE(feature::ledger::LedgerRow, "LedgerRow", "", id, cells)
META_DESCRIBE(feature::ledger::LedgerPage, "LedgerPage", "", columns, items, next)
