#include <charconv>
#include <map>

#include "engine/intake/reader.hpp"

namespace engine::intake {

namespace {

constexpr double largest_dwelling_m2 = 5000;

std::optional<double> parse_area(std::string_view text) {
  double area = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), area);
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
  const auto code = to_code(unit);
  const bool known_unit = code.empty() || code == "㎡" || code == "M2" || code == "平方米" ||
                          code == "平米" || code == "平" || code == "M²";
  if (parsed.ec != std::errc{} || !known_unit || !(area > 0 && area <= largest_dwelling_m2)) return {};
  return area;
}

std::optional<int> parse_floor(std::string_view text) {
  auto code = to_code(text);
  for (const std::string_view word : {"第", "层", "楼", "F"})
    if (const auto at = code.find(word); at != std::string::npos) code.erase(at, word.size());
  const bool below = code.starts_with("负") || code.starts_with("B") || code.starts_with('-');
  if (below) code.erase(0, code.starts_with("负") ? std::string_view("负").size() : 1);
  int floor = 0;
  const auto parsed = std::from_chars(code.data(), code.data() + code.size(), floor);
  if (parsed.ec != std::errc{} || parsed.ptr != code.data() + code.size()) {
    const auto chinese = chinese_number(code);
    if (!chinese) return {};
    floor = *chinese;
  }
  return below ? -floor : floor;
}

// An unknown word is kept as unknown and said.
template <class Value, class Parse>
Value read_word(const Reader& reader, std::size_t record, Field field, Parse parse, DwellingRow& row) {
  const auto text = reader.text(record, field);
  if (text.empty()) return Value::unknown;
  const auto value = parse(text);
  if (value == Value::unknown) add_issue(row, reader.column(field), "intake.word_unknown", {{"text", text}});
  return value;
}

DwellingRow read_dwelling(const Reader& reader, std::size_t record) {
  DwellingRow row;
  row.row = reader.row(record);
  const auto place = reader.place(record);
  row.room = place.room;
  if (place.room.room.empty() || place.room.building.empty()) {
    row.status = RowStatus::wrong;
    const bool no_building = !place.room.room.empty();
    add_issue(row, place.column,
              place.text.empty() ? "intake.room_missing"
              : no_building      ? "intake.building_missing"
                                 : "intake.room_unreadable",
              {{"text", place.text}});
  }
  if (place.doubtful) add_issue(row, place.column, "intake.place_contradicts", {{"text", place.text}});
  row.floor = parse_floor(reader.text(record, Field::floor));
  if (!row.floor) row.floor = floor_of(row.room.room);
  if (const auto text = reader.text(record, Field::area); !text.empty()) {
    row.area_m2 = parse_area(text);
    if (!row.area_m2) add_issue(row, reader.column(Field::area), "intake.area_unreadable", {{"text", text}});
  }
  row.fitted_out = read_word<Tri>(reader, record, Field::fitted_out, parse_fitted_out, row);
  row.occupancy = read_word<Occupancy>(reader, record, Field::occupancy, parse_occupancy, row);
  row.owner_name = normalise_name(reader.text(record, Field::owner_name));
  row.owner_phones = reader.phones(record, row);
  row.remark = reader.text(record, Field::remark);
  return row;
}

}  // namespace

std::vector<DwellingRow> read_dwellings(const Reader& reader) {
  std::vector<DwellingRow> rows;
  std::map<RoomRef, int> seen;
  for (std::size_t i = 0; i < reader.records(); ++i) {
    auto row = read_dwelling(reader, i);
    if (row.status != RowStatus::wrong) {
      const auto [first, added] = seen.emplace(row.room, row.row);
      if (!added) {
        row.duplicate_of = first->second;
        add_issue(row, -1, "intake.duplicate_row", {{"row", std::to_string(first->second)}});
      }
    }
    settle_status(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace engine::intake
