#include "engine/intake/grid.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/intake/columns.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

const sheet::Cell& nothing() {
  static const sheet::Cell cell{};
  return cell;
}

bool starts_with_any(std::string_view code, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return code.starts_with(word); });
}

int column_of(const Layout& layout, Field field) {
  const auto found = std::ranges::find(layout.columns, field, &ColumnMap::field);
  return found == layout.columns.end() ? -1 : found->column;
}

// Titles, totals and notes fill one or two cells with words that no record begins with.
bool is_note(const std::vector<std::string_view>& texts, bool one_wide_cell) {
  const auto first = to_code(texts.front());
  if (starts_with_any(first, {"合计", "总计", "小计", "共计"})) return true;
  constexpr std::size_t most_note_cells = 3;
  if (texts.size() <= most_note_cells &&
      starts_with_any(first, {"注:", "注", "说明", "备注:", "填表", "制表", "审核", "填报",
                              "负责人:", "联系人:", "日期:"}))
    return true;
  return one_wide_cell;
}

// The lower level of a header, or all of it.
bool stands_in(std::string_view header, const std::string& text) {
  return header == text || header.ends_with("/" + text);
}

// Printed forms repeat their header on each page.
bool is_repeated_header(const MergedSheet& cells, const Layout& layout, int row) {
  int same = 0, filled = 0;
  const auto columns = static_cast<int>(layout.columns.size());
  for (const auto& column : layout.columns) {
    const auto& text = cells.own(row, column.column).text;
    if (text.empty() || column.field == Field::ignored) continue;
    ++filled;
    same += column.field == Field::day_reading ? stands_in(column.header, to_half_width(text))
                                               : header_named(text) == column.field;
    if ((filled - same) * 2 >= columns) return false;  // whatever the rest says
  }
  return filled >= 2 && same * 2 > filled;
}

// A serial number alone is a prepared, empty line.
bool is_record(const MergedSheet& cells, const Layout& layout, const sheet::Row& row) {
  std::vector<std::string_view> texts;
  for (const auto& cell : row.cells)
    if (!to_code(cell.text).empty()) texts.push_back(cell.text);
  if (texts.empty()) return false;
  const auto* merge = cells.merge_at(row.number, 0);
  const bool one_wide_cell =
      texts.size() == 1 && merge && merge->last_column - merge->first_column >= 2 && !row.at(0).empty();
  if (is_note(texts, one_wide_cell) || is_repeated_header(cells, layout, row.number)) return false;
  return std::ranges::any_of(layout.columns, [&](const ColumnMap& column) {
    const bool says = column.field != Field::ignored && column.field != Field::serial;
    return says && !row.at(static_cast<std::size_t>(column.column)).empty();
  });
}

enum class Direction { down, up };

using Places = std::vector<FilledPlaces::Place>;

struct PlaceColumns {
  int phase, building, stair, room;
};

std::string text_at(const MergedSheet& cells, int row, int column) {
  return column < 0 ? std::string{} : to_half_width(cells.own(row, column).text);
}

Places fill_as_merged(const MergedSheet& cells, const PlaceColumns& columns, const std::vector<int>& rows,
                      int first_row) {
  Places places;
  const auto seen = [&](int row, int column) {
    return column < 0 ? std::string{} : to_half_width(cells.seen(row, column, first_row).text);
  };
  for (const int row : rows)
    places.push_back({seen(row, columns.phase), seen(row, columns.building), seen(row, columns.stair)});
  return places;
}

// Each blank takes what was last written in that direction; a new building begins without a stair.
Places carry(const MergedSheet& cells, const PlaceColumns& columns, const std::vector<int>& rows,
             Direction way) {
  Places places(rows.size());
  FilledPlaces::Place last;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = way == Direction::down ? i : rows.size() - 1 - i;
    const auto phase = text_at(cells, rows[at], columns.phase);
    const auto building = text_at(cells, rows[at], columns.building);
    const auto stair = text_at(cells, rows[at], columns.stair);
    if (!phase.empty() && phase != last.phase) last = {phase, {}, {}};
    if (!building.empty() && building != last.building) last = {last.phase, building, {}};
    if (!stair.empty()) last.stair = stair;
    places[at] = last;
  }
  return places;
}

// Rows without a building and rows that say the same dwelling twice.
std::size_t contradictions(const MergedSheet& cells, const PlaceColumns& columns,
                           const std::vector<int>& rows, const Places& places) {
  std::size_t count = 0;
  std::set<std::array<std::string, 4>> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& place = places[i];
    if (columns.building >= 0 && place.building.empty()) ++count;
    const auto room = text_at(cells, rows[i], columns.room);
    if (!room.empty() && !seen.insert({place.phase, place.building, place.stair, room}).second) ++count;
  }
  return count;
}

}  // namespace

MergedSheet::MergedSheet(const sheet::Sheet& sheet) : sheet_(&sheet) {
  for (const auto& merge : sheet.merges) by_column_[merge.first_column].push_back(&merge);
  for (auto& [column, merges] : by_column_) std::ranges::sort(merges, {}, &sheet::Range::first_row);
}

const sheet::Cell& MergedSheet::own(int row, int column) const {
  const auto* found = sheet_->find(row);
  return found && column >= 0 ? found->at(static_cast<std::size_t>(column)) : nothing();
}

const sheet::Range* MergedSheet::merge_at(int row, int column) const {
  for (const auto& [first_column, merges] : by_column_) {
    if (first_column > column) break;
    auto after = std::ranges::upper_bound(merges, row, {}, &sheet::Range::first_row);
    if (after == merges.begin()) continue;
    const auto* merge = *--after;
    if (row <= merge->last_row && column <= merge->last_column) return merge;
  }
  return nullptr;
}

const sheet::Cell& MergedSheet::seen(int row, int column, int first_row) const {
  const auto& here = own(row, column);
  if (!here.empty()) return here;
  const auto* merge = merge_at(row, column);
  if (!merge || merge->first_row < first_row) return here;
  return own(merge->first_row, merge->first_column);
}

std::vector<int> record_rows(const MergedSheet& cells, const Layout& layout) {
  std::vector<int> rows;
  for (const auto& row : cells.sheet().rows)
    if (row.number >= layout.first_row && row.number <= layout.last_row && is_record(cells, layout, row))
      rows.push_back(row.number);
  return rows;
}

FilledPlaces fill_places(const MergedSheet& cells, const Layout& layout, const std::vector<int>& rows) {
  const PlaceColumns columns{column_of(layout, Field::phase), column_of(layout, Field::building),
                             column_of(layout, Field::stair), column_of(layout, Field::room)};
  auto merged = fill_as_merged(cells, columns, rows, layout.first_row);
  // Several people live in one dwelling, so only a table of dwellings can contradict itself by repetition.
  if (layout.kind != Kind::dwelling_table || columns.building < 0) return {std::move(merged), false};
  // A few gaps are gaps; only many of them that another reading explains are a way of writing.
  constexpr std::size_t few = 3, share = 20, explained = 5;
  const auto as_merged = contradictions(cells, columns, rows, merged);
  FilledPlaces result{std::move(merged), false};
  if (as_merged < std::max(few, rows.size() / share)) return result;
  auto best = as_merged / explained + 1;
  for (const auto way : {Direction::down, Direction::up}) {
    auto carried = carry(cells, columns, rows, way);
    const auto count = contradictions(cells, columns, rows, carried);
    if (count >= best) continue;
    best = count;
    const bool merges = std::ranges::any_of(cells.sheet().merges, [&](const sheet::Range& merge) {
      return merge.first_column == columns.building && merge.last_row > merge.first_row;
    });
    result = {std::move(carried), way == Direction::up || merges};
  }
  return result;
}

}  // namespace engine::intake
