#include <algorithm>
#include <array>
#include <unordered_map>

#include "engine/intake/analyse.hpp"
#include "engine/intake/columns.hpp"
#include "engine/intake/grid.hpp"
#include "engine/intake/reader.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::array kinds{Kind::dwelling_table, Kind::roster, Kind::vehicles, Kind::stewardship,
                           Kind::meters};
constexpr std::size_t header_search_rows = 50;
constexpr std::size_t sample_rows = 60;
constexpr double sure_score = 6;  // evidence from which the kind is certain if nothing speaks for another

const sheet::Row* row_above(const sheet::Sheet& sheet, int row) {
  constexpr int farthest = 2;  // a merged level may leave a blank row between
  for (int up = 1; up <= farthest; ++up)
    if (const auto* above = sheet.find(row - up)) return above;
  return nullptr;
}

bool is_level(const sheet::Row* row) {  // a title has one cell
  return row && std::ranges::count_if(row->cells, [](const auto& cell) { return !cell.empty(); }) >= 2;
}

// The same words stand in many candidate rows.
class HeaderWords {
 public:
  HeaderMatch match(const std::string& text) {
    const auto [known, added] = known_.try_emplace(text);
    if (added) known->second = match_header(text);
    return known->second;
  }

 private:
  std::unordered_map<std::string, HeaderMatch> known_{};
};

ColumnMap header_of(HeaderWords& words, const MergedSheet& cells, int row, int upper, int column) {
  const auto own = to_half_width(cells.own(row, column).text);
  if (own.empty()) {
    const auto above = upper > 0 ? to_half_width(cells.own(upper, column).text) : std::string{};
    const auto match = words.match(above);
    return {column, match.field, above, match.confidence};
  }
  const auto above = upper > 0 ? to_half_width(cells.seen(upper, column).text) : std::string{};
  const auto alone = words.match(own);
  if (above.empty() || above == own) return {column, alone.field, own, alone.confidence};
  const auto joined = words.match(above + own);  // 业主 over 姓名 is 业主姓名
  const auto match = joined.confidence == 1.0 ? joined : alone;
  return {column, match.field, above + "/" + own, match.confidence};
}

std::vector<ColumnMap> read_header(HeaderWords& words, const MergedSheet& cells, int row) {
  std::vector<ColumnMap> columns;
  const auto* above = row > 0 ? row_above(cells.sheet(), row) : nullptr;
  const int upper = is_level(above) ? above->number : 0;
  for (std::size_t i = 0; i < cells.sheet().width(); ++i)
    columns.push_back(row > 0 ? header_of(words, cells, row, upper, static_cast<int>(i))
                              : ColumnMap{static_cast<int>(i), Field::ignored, {}, 0});
  return columns;
}

// What a word means depends on the table: the name in a list of dwellings is the owner's.
Field in_context(Kind kind, Field field, const std::vector<ColumnMap>& columns) {
  const auto has = [&](Field other) {
    return std::ranges::find(columns, other, &ColumnMap::field) != columns.end();
  };
  const bool owners = kind == Kind::dwelling_table || kind == Kind::vehicles;
  if (owners && field == Field::name && !has(Field::owner_name)) return Field::owner_name;
  if (kind == Kind::roster && field == Field::owner_name && !has(Field::name)) return Field::name;
  if (kind == Kind::stewardship && (field == Field::building || field == Field::room) && !has(Field::scope))
    return Field::scope;
  return field;
}

std::vector<Field> fields_of(Kind kind, const std::vector<ColumnMap>& columns) {
  std::vector<Field> fields;
  for (const auto& column : columns) fields.push_back(in_context(kind, column.field, columns));
  return fields;
}

double score(Kind kind, const std::vector<ColumnMap>& columns) {
  std::map<Field, double> best;
  for (const auto& column : columns) {
    const auto field = in_context(kind, column.field, columns);
    best[field] = std::max(best[field], evidence(kind, field) * column.confidence);
  }
  double sum = 0;
  for (const auto& [field, weight] : best) sum += weight;
  // Of two rows that name days the one that names more of them is the lower level of the header.
  constexpr double a_day = 0.01, days_most = 0.5;
  if (kind == Kind::meters)
    sum += std::min(days_most, a_day * static_cast<double>(std::ranges::count(columns, Field::day_reading,
                                                                              &ColumnMap::field)));
  return sum;
}

}  // namespace

std::string titles_above(const sheet::Sheet& sheet, int header_row) {
  std::string text = to_code(sheet.name);
  for (const auto& row : sheet.rows) {
    if (row.number >= header_row) break;
    if (is_level(&row)) continue;
    for (const auto& cell : row.cells) text += to_code(cell.text);
  }
  return text;
}

namespace {

struct Candidate {
  std::size_t sheet = 0;
  int header_row = 0;
  Kind kind = Kind::roster;
  double score = 0;
  double runner_up = 0;  // of another kind
  std::vector<ColumnMap> columns{};
};

Candidate judge(HeaderWords& words, const MergedSheet& cells, std::size_t sheet, int row,
                const Overrides& overrides) {
  Candidate candidate{sheet, row, Kind::roster, 0, 0, read_header(words, cells, row)};
  for (auto& column : candidate.columns)
    if (const auto given = overrides.columns.find(column.column); given != overrides.columns.end())
      column.field = given->second, column.confidence = 1;
  const auto titles = titles_above(cells.sheet(), row);
  const bool lenient = overrides.kind || overrides.header_row || !overrides.columns.empty();
  for (const Kind kind : kinds) {
    double found = score(kind, candidate.columns);
    if (found > 0) found += title_evidence(kind, titles);
    if (!lenient && !has_needed(kind, fields_of(kind, candidate.columns))) found = 0;
    if (overrides.kind == kind) found += 1000;  // said, not guessed
    if (found > candidate.score) {
      candidate.runner_up = candidate.score;
      candidate.score = found;
      candidate.kind = kind;
    } else {
      candidate.runner_up = std::max(candidate.runner_up, found);
    }
  }
  return candidate;
}

double rank_of(const Candidate& candidate, const sheet::Sheet& sheet) {
  constexpr double many_rows = 50;
  const auto rows = std::min(static_cast<double>(sheet.rows.size()), many_rows);
  return (candidate.score + rows / 100) * (sheet.hidden ? 0.5 : 1);
}

std::vector<int> header_rows(const sheet::Sheet& sheet, const Overrides& overrides) {
  if (overrides.header_row) return {*overrides.header_row};
  std::vector<int> rows;
  for (const auto& row : sheet.rows) {
    if (rows.size() == header_search_rows) break;
    rows.push_back(row.number);
  }
  return rows;
}

// One column per meaning, the surest; phones, remarks and days may have several.
void settle_fields(Kind kind, std::vector<ColumnMap>& columns, const Overrides& overrides) {
  const auto fields = fields_of(kind, columns);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!overrides.columns.contains(columns[i].column)) columns[i].field = fields[i];
  // A utility's number of the household stands beside the room, often before it.
  const auto is_account = [&](const ColumnMap& column) {
    return column.field == Field::room && column.header.ends_with("户号") &&
           !overrides.columns.contains(column.column);
  };
  const bool rooms = std::ranges::any_of(
      columns, [&](const ColumnMap& column) { return column.field == Field::room && !is_account(column); });
  if (kind == Kind::meters && rooms)
    for (auto& column : columns)
      if (is_account(column)) column.field = Field::ignored;
  for (auto& column : columns) {
    if (column.field == Field::ignored || column.field == Field::phone || column.field == Field::remark ||
        column.field == Field::day_reading)
      continue;
    for (auto& other : columns) {
      if (&other == &column || other.field != column.field) continue;
      auto& weaker = other.confidence > column.confidence ? column : other;
      if (overrides.columns.contains(weaker.column)) continue;
      weaker.field = Field::ignored;
    }
  }
}

// Columns without a known header are judged by what stands in them.
void guess_by_content(const sheet::Sheet& sheet, Layout& layout, const Overrides& overrides) {
  constexpr double guessed = 0.6;
  for (auto& column : layout.columns) {
    const bool given = overrides.columns.contains(column.column);
    if (given || column.confidence > guessed || column.header == "导入结果") continue;
    std::vector<std::string_view> values;
    for (const auto& row : sheet.rows) {
      if (values.size() == sample_rows) break;
      const auto& cell = row.at(static_cast<std::size_t>(column.column));
      if (row.number >= layout.first_row && !cell.empty()) values.push_back(cell.text);
    }
    const auto field = match_content(values);
    if (!field || evidence(layout.kind, *field) == 0) continue;
    const bool taken = std::ranges::any_of(layout.columns, [&](const ColumnMap& other) {
      return &other != &column && other.field == *field && *field != Field::phone;
    });
    if (!taken) column.field = *field, column.confidence = guessed;
  }
}

}  // namespace

Result<Layout> recognise(const sheet::Workbook& book, const Overrides& overrides) {
  if (overrides.sheet && *overrides.sheet >= book.sheets.size())
    return base::fail(ErrorKind::invalid, "intake.no_such_sheet");
  if (overrides.header_row && *overrides.header_row < 0)
    return base::fail(ErrorKind::invalid, "intake.no_such_row");
  std::optional<Candidate> best;
  double best_rank = 0;
  HeaderWords words;
  for (std::size_t i = 0; i < book.sheets.size(); ++i) {
    if (overrides.sheet && *overrides.sheet != i) continue;
    const MergedSheet cells(book.sheets[i]);
    for (const int row : header_rows(book.sheets[i], overrides)) {
      auto candidate = judge(words, cells, i, row, overrides);
      const auto rank = rank_of(candidate, book.sheets[i]);
      if (candidate.score > 0 && rank > best_rank) best_rank = rank, best = std::move(candidate);
    }
  }
  if (!best) return base::fail(ErrorKind::invalid, "intake.no_table");

  const auto& sheet = book.sheets[best->sheet];
  Layout layout{
      best->sheet, best->kind, 1, best->header_row, best->header_row + 1, 0, std::move(best->columns)};
  if (!sheet.rows.empty()) layout.last_row = sheet.rows.back().number;
  if (!overrides.kind)
    layout.confidence =
        std::min(1.0, best->score / sure_score) * best->score / (best->score + best->runner_up);
  settle_fields(layout.kind, layout.columns, overrides);
  guess_by_content(sheet, layout, overrides);
  return layout;
}

}  // namespace engine::intake
