#pragma once
// Tables written in code, for tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/intake/analyse.hpp"

namespace engine::intake::test {

inline const base::Day today = *base::parse_day("2020-02-11");

using Lines = std::vector<std::vector<std::string>>;

inline sheet::Sheet table(const Lines& lines, std::vector<sheet::Range> merges = {},
                          std::string name = "Sheet1") {
  sheet::Sheet sheet{std::move(name), false, {}, std::move(merges)};
  int number = 0;
  for (const auto& line : lines) {
    sheet::Row row{++number, false, {}};
    for (const auto& text : line)
      row.cells.push_back({text.empty() ? sheet::CellKind::empty : sheet::CellKind::text, text});
    if (std::ranges::any_of(row.cells, [](const auto& cell) { return !cell.empty(); }))
      sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

inline sheet::Workbook book(std::vector<sheet::Sheet> sheets) {
  return {sheet::Format::xlsx, std::move(sheets)};
}

inline Analysis run(const sheet::Workbook& workbook, const DwellingIndex* known = nullptr,
                    const Overrides& overrides = {}) {
  auto result = analyse(workbook, {today, known}, overrides);
  EXPECT_TRUE(result) << (result ? "" : result.error().code);
  return result.value_or(Analysis{});
}

inline std::string code_of(const sheet::Workbook& workbook, const Overrides& overrides = {}) {
  const auto result = analyse(workbook, {today, nullptr}, overrides);
  return result ? "" : result.error().code;
}

inline RoomRef room(std::string_view text) { return parse_room(text).value(); }

inline DwellingIndex index_of(std::initializer_list<std::string_view> rooms) {
  DwellingIndex index;
  for (const auto text : rooms) index.add(room(text));
  return index;
}

inline bool has_issue(const RowBase& row, std::string_view code) {
  return std::ranges::any_of(row.issues, [&](const Issue& issue) { return issue.code == code; });
}
inline bool has_issue(const Analysis& a, std::string_view code) {
  return std::ranges::any_of(a.issues, [&](const Issue& issue) { return issue.code == code; });
}

inline std::vector<std::string> rooms_of(const Analysis& a) {
  std::vector<std::string> rooms;
  for (const auto& row : a.dwellings) rooms.push_back(print(row.room));
  return rooms;
}

inline Field field_of(const Analysis& a, int column) {
  return a.layout.columns.at(static_cast<std::size_t>(column)).field;
}

}  // namespace engine::intake::test
