#include <map>

#include "engine/intake/reader.hpp"

namespace engine::intake {

namespace {

// Vehicles that need no plate everywhere.
bool may_lack_plate(VehicleKind kind) {
  return kind == VehicleKind::electric_bike || kind == VehicleKind::tricycle ||
         kind == VehicleKind::motorcycle;
}

VehicleRow read_vehicle(const Reader& reader, std::size_t record) {
  VehicleRow row;
  row.row = reader.row(record);
  row.kind_text = reader.text(record, Field::vehicle_kind);
  row.kind = parse_vehicle_kind(row.kind_text);
  row.plate = parse_plate(reader.cell(record, Field::plate).text);
  row.new_energy =
      row.plate.kind == PlateKind::new_energy || row.kind_text.find("新能源") != std::string::npos;
  const int column = reader.column(Field::plate);
  if (row.plate.kind == PlateKind::other)
    add_issue(row, column, "intake.plate_doubtful", {{"text", row.plate.number}});
  if (row.plate.kind == PlateKind::none && !may_lack_plate(row.kind))
    add_issue(row, column, "intake.plate_missing");
  row.owner_name = normalise_name(reader.text(record, Field::owner_name));
  row.colour = reader.text(record, Field::colour);
  row.phones = reader.phones(record, row);
  row.remark = reader.text(record, Field::remark);
  put_in_place(row, reader.place(record), reader.options().known);
  return row;
}

// One car may belong to two households; the same car for the same dwelling is a repetition.
void find_repetitions(std::vector<VehicleRow>& rows) {
  std::map<std::pair<std::string, RoomRef>, int> seen;
  std::map<std::string, int> by_plate;
  for (auto& row : rows) {
    if (row.plate.number.empty()) continue;
    const auto [first, added] = seen.emplace(std::pair{row.plate.number, row.room}, row.row);
    const auto [earlier, first_time] = by_plate.emplace(row.plate.number, row.row);
    if (!added) {
      row.duplicate_of = first->second;
      add_issue(row, -1, "intake.duplicate_row", {{"row", std::to_string(first->second)}});
    } else if (!first_time) {
      add_issue(row, -1, "intake.plate_twice", {{"row", std::to_string(earlier->second)}});
    }
  }
}

}  // namespace

std::vector<VehicleRow> read_vehicles(const Reader& reader) {
  std::vector<VehicleRow> rows;
  for (std::size_t i = 0; i < reader.records(); ++i) rows.push_back(read_vehicle(reader, i));
  find_repetitions(rows);
  for (auto& row : rows) settle_status(row);
  return rows;
}

}  // namespace engine::intake
