// Readings of meters: one counter per row, with or without the reading before it, both meters of a dwelling
// beside each other, or a column for each day.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>

#include "engine/intake/day_header.hpp"
#include "engine/intake/reader.hpp"

namespace engine::intake {

namespace {

bool has_word(std::string_view code, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return code.find(word) != std::string_view::npos; });
}

std::optional<Meter> meter_named(std::string_view text) {
  const auto code = to_code(text);
  const bool power = has_word(code, {"电", "ELECTR", "POWER"}), water = has_word(code, {"水", "WATER"});
  if (power == water) return {};
  return power ? Meter::electricity : Meter::water;
}

// kWh or cubic metres in one of what is written; empty when the word is no unit of this meter.
std::optional<double> unit_factor(Meter meter, std::string_view text) {
  auto code = to_code(text);
  struct Unit {
    std::string_view word;
    double factor;
  };
  static constexpr std::array electricity{Unit{"KWH", 1}, Unit{"KW·H", 1},   Unit{"千瓦时", 1}, Unit{"度", 1},
                                          Unit{"", 1},    Unit{"WH", 0.001}, Unit{"MWH", 1000}};
  static constexpr std::array water{Unit{"M3", 1},    Unit{"M³", 1},    Unit{"㎥", 1}, Unit{"立方米", 1},
                                    Unit{"方", 1},    Unit{"吨", 1},    Unit{"T", 1},  Unit{"", 1},
                                    Unit{"L", 0.001}, Unit{"升", 0.001}};
  const auto find = [&](const auto& units) -> std::optional<double> {
    const auto at = std::ranges::find(units, std::string_view(code), &Unit::word);
    if (at == units.end()) return {};
    return at->factor;
  };
  return meter == Meter::electricity ? find(electricity) : find(water);
}

// 读数(kWh): what stands in brackets.
std::string unit_in(std::string_view header) {
  const auto half = to_half_width(header);
  const auto open = half.rfind('('), close = half.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return half.substr(open + 1, close - open - 1);
}

std::optional<double> number_of(const sheet::Cell& cell) {
  if (cell.kind == sheet::CellKind::number)
    return cell.number >= 0 ? std::optional(cell.number) : std::nullopt;
  auto text = to_code(cell.text);
  std::erase(text, ',');
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1e9) return {};
  return value;
}

bool says_estimated(std::string_view text) {
  const auto code = to_code(text);
  if (code.empty() || code.starts_with("非") || code.starts_with("未")) return false;
  return has_word(code, {"估", "ESTIMAT"}) || code == "是" || code == "YES" || code == "Y" ||
         code == "TRUE" || code == "1";
}

class MeterTable {
 public:
  explicit MeterTable(const Reader& reader) : reader_(reader) {
    of_table_ = meter_named(reader.header(Field::reading));
    if (!of_table_) of_table_ = meter_named(reader.header(Field::meter_number));
    const auto titles = reader.titles();
    if (!of_table_) of_table_ = meter_named(titles);
    for (const auto* column : reader.columns(Field::day_reading))
      days_.push_back({column, parse_day_header(column->header, titles, reader.options().today),
                       meter_named(column->header)});
  }

  bool wide() const { return !days_.empty(); }

  MeterRow row(std::size_t record) const {
    MeterRow row;
    row.row = reader_.row(record);
    put_in_place(row, reader_.place(record), reader_.options().known);
    const auto noted = row.issues.size();
    if (wide())
      each_day(record, row);
    else
      of_one_day(record, row);
    if (row.readings.empty() && row.status != RowStatus::wrong) {
      row.status = RowStatus::wrong;
      if (row.issues.size() == noted) add_issue(row, -1, "intake.reading_missing");
    }
    if (row.status == RowStatus::wrong) row.readings.clear();
    return row;
  }

 private:
  struct DayColumn {
    const ColumnMap* column = nullptr;
    std::optional<base::Day> day{};
    std::optional<Meter> meter{};  // said above it
  };

  void of_one_day(std::size_t record, MeterRow& row) const {
    const auto day = reader_.day(record, Field::read_day, row);
    if (!day) {
      row.status = RowStatus::wrong;
      if (says_nothing(reader_.cell(record, Field::read_day).text))
        add_issue(row, reader_.column(Field::read_day), "intake.day_unreadable", {{"text", ""}});
      return;
    }
    if (reader_.column(Field::reading) >= 0) any_meter(record, *day, row);
    one(record, Field::electricity_reading, Meter::electricity, *day, row);
    one(record, Field::water_reading, Meter::water, *day, row);
  }

  // A cell that cannot be read is named; the other days of the row are readings all the same.
  void each_day(std::size_t record, MeterRow& row) const {
    const auto of_row = meter_of_row(record);
    const auto number = to_code(reader_.text(record, Field::meter_number));
    const bool estimated = says_estimated(reader_.text(record, Field::estimated));
    for (const auto& [column, day, said] : days_) {
      const auto& cell = reader_.cell_at(record, column->column);
      if (says_nothing(cell.text)) continue;  // a missing day is no reading
      const auto meter = said ? said : of_row;
      const auto bad = [&, at = column->column](const char* code, std::string text) {
        add_issue(row, at, code, {{"text", std::move(text)}});
      };
      if (!meter) {
        row.status = RowStatus::wrong;
        return add_issue(row, reader_.column(Field::meter), "intake.meter_unknown",
                         {{"text", reader_.text(record, Field::meter)}});
      }
      const auto value = number_of(cell);
      const auto unit = reader_.text(record, Field::unit);
      // What stands in brackets above a day may be the day of the week.
      const auto factor =
          unit.empty() ? unit_factor(*meter, unit_in(column->header)).value_or(1) : unit_factor(*meter, unit);
      if (!day) {
        bad("intake.day_unreadable", column->header);
      } else if (!value) {
        bad("intake.reading_unreadable", cell.text);
      } else if (!factor) {
        bad("intake.unit_unknown", unit);
      } else {
        const MeterReading reading{*meter, number, *day, *value * *factor, estimated};
        const auto twice = std::ranges::find_if(row.readings, [&](const MeterReading& r) {
          return r.meter == reading.meter && r.day == reading.day;
        });
        if (twice == row.readings.end()) {
          row.readings.push_back(reading);
          row.columns.push_back(column->column);
        } else if (twice->value != reading.value) {
          bad("intake.reading_twice", cell.text);
        }
      }
    }
  }

  std::optional<Meter> meter_of_row(std::size_t record) const {
    return reader_.column(Field::meter) < 0 ? of_table_ : meter_named(reader_.text(record, Field::meter));
  }

  void any_meter(std::size_t record, base::Day day, MeterRow& row) const {
    const auto meter = meter_of_row(record);
    if (!meter) {
      row.status = RowStatus::wrong;
      return add_issue(row, reader_.column(Field::meter), "intake.meter_unknown",
                       {{"text", reader_.text(record, Field::meter)}});
    }
    one(record, Field::reading, *meter, day, row);
    if (reader_.column(Field::previous_reading) < 0) return;
    if (const auto before = reader_.day(record, Field::previous_day, row))
      one(record, Field::previous_reading, *meter, *before, row);
  }

  void one(std::size_t record, Field field, Meter meter, base::Day day, MeterRow& row) const {
    const int column = reader_.column(field);
    if (column < 0) return;
    const auto& cell = reader_.cell(record, field);
    if (says_nothing(cell.text)) return;  // a missing day is no reading
    const auto wrong = [&](const char* code, std::string text) {
      row.status = RowStatus::wrong;
      add_issue(row, column, code, {{"text", std::move(text)}});
    };
    const auto value = number_of(cell);
    if (!value) return wrong("intake.reading_unreadable", cell.text);
    auto unit = reader_.text(record, Field::unit);
    if (unit.empty()) unit = unit_in(reader_.header(field));
    const auto factor = unit_factor(meter, unit);
    if (!factor) return wrong("intake.unit_unknown", unit);
    const bool estimated =
        field != Field::previous_reading && says_estimated(reader_.text(record, Field::estimated));
    row.readings.push_back(
        {meter, to_code(reader_.text(record, Field::meter_number)), day, *value * *factor, estimated});
    row.columns.push_back(column);
  }

  const Reader& reader_;
  std::optional<Meter> of_table_{};
  std::vector<DayColumn> days_{};
};

// By its first reading, which is the one of its day; in a table of days a row repeats others with all of
// them.
void find_repetitions(std::vector<MeterRow>& rows, bool wide) {
  std::map<std::tuple<RoomRef, Meter, std::string, base::Day>, int> seen;
  for (auto& row : rows) {
    int before = 0;
    bool news = row.readings.empty();
    for (const auto& r : row.readings) {
      const auto [first, added] = seen.emplace(std::tuple{row.room, r.meter, r.number, r.day}, row.row);
      news = news || added;
      if (before == 0) before = first->second;
      if (!wide) break;
    }
    if (news) continue;
    row.duplicate_of = before;
    add_issue(row, -1, "intake.duplicate_row", {{"row", std::to_string(before)}});
  }
}

}  // namespace

std::vector<MeterRow> read_meters(const Reader& reader) {
  const MeterTable table(reader);
  std::vector<MeterRow> rows;
  for (std::size_t i = 0; i < reader.records(); ++i) rows.push_back(table.row(i));
  find_repetitions(rows, table.wide());
  for (auto& row : rows) settle_status(row);
  return rows;
}

}  // namespace engine::intake
