#include "engine/intake/reader.hpp"

#include <algorithm>

namespace engine::intake {

Reader::Reader(const sheet::Sheet& sheet, const Layout& layout, const Options& options)
    : layout_(layout),
      options_(options),
      cells_(sheet),
      rows_(record_rows(cells_, layout)),
      filled_(fill_places(cells_, layout, rows_)) {}

int Reader::column(Field field) const {
  const auto found = std::ranges::find(layout_.columns, field, &ColumnMap::field);
  return found == layout_.columns.end() ? -1 : found->column;
}

std::vector<const ColumnMap*> Reader::columns(Field field) const {
  std::vector<const ColumnMap*> all;
  for (const auto& column : layout_.columns)
    if (column.field == field) all.push_back(&column);
  return all;
}

const sheet::Cell& Reader::cell(std::size_t record, Field field) const {
  return cell_at(record, column(field));
}
const sheet::Cell& Reader::cell_at(std::size_t record, int column) const {
  return cells_.own(rows_[record], column);
}

std::string Reader::text(std::size_t record, Field field) const {
  const auto all = texts(record, field);
  return all.empty() ? std::string{} : all.front();
}

std::vector<std::string> Reader::texts(std::size_t record, Field field) const {
  std::vector<std::string> all;
  for (const auto& column : layout_.columns) {
    if (column.field != field) continue;
    auto text = to_half_width(cells_.own(rows_[record], column.column).text);
    if (!says_nothing(text)) all.push_back(std::move(text));
  }
  return all;
}

std::string Reader::header(Field field) const {
  const auto found = std::ranges::find(layout_.columns, field, &ColumnMap::field);
  return found == layout_.columns.end() ? std::string{} : found->header;
}

std::string Reader::titles() const { return titles_above(cells_.sheet(), layout_.header_row); }

Place Reader::place(std::size_t record) const {
  const int room_column = column(Field::room);
  const auto& filled = filled_.places[record];
  const auto room_text = to_half_width(cells_.seen(rows_[record], room_column, layout_.first_row).text);
  Place place;
  place.column = room_column >= 0 ? room_column : column(Field::building);
  for (const auto* part : {&filled.phase, &filled.building, &filled.stair, &room_text})
    if (!part->empty()) place.text += (place.text.empty() ? "" : " ") + *part;

  auto room = parse_room(room_text).value_or(RoomRef{});
  if (room.room.empty()) return place;
  const auto building = parse_building_ref(filled.building);
  if (building.building.empty()) {
    place.room = room;
  } else {
    const auto stair = parse_stair(filled.stair);
    const bool repeats = room.building.empty() || room.building == building.building;
    // "1-101" beside a building is stair and room.
    const bool stair_and_room = !repeats && room.stair.empty();
    if (stair_and_room) room.stair = room.building;
    place.doubtful =
        (!repeats && !stair_and_room) || (!stair.empty() && !room.stair.empty() && stair != room.stair);
    place.room = {building.phase.empty() ? room.phase : building.phase, building.building,
                  stair.empty() ? (room.stair.empty() ? building.stair : room.stair) : stair, room.room};
  }
  if (place.room.stair.empty()) place.room.stair = parse_stair(filled.stair);
  if (const auto phase = parse_phase(filled.phase); !phase.empty()) place.room.phase = phase;
  return place;
}

std::vector<Phone> Reader::phones(std::size_t record, RowBase& row) const {
  std::vector<Phone> all;
  for (const auto& column : layout_.columns) {
    if (column.field != Field::phone) continue;
    const auto& text = cells_.own(rows_[record], column.column).text;
    const auto found = parse_phones(text);
    const bool unreadable = found.empty() && !says_nothing(text);
    if (unreadable || std::ranges::any_of(found, [](const Phone& p) { return p.kind == PhoneKind::other; }))
      add_issue(row, column.column, "intake.phone_doubtful", {{"text", text}});
    for (const auto& phone : found)
      if (std::ranges::find(all, phone) == all.end()) all.push_back(phone);
  }
  return all;
}

std::optional<base::Day> Reader::day(std::size_t record, Field field, RowBase& row) const {
  const auto& written = cell(record, field);
  if (says_nothing(written.text)) return {};
  const bool number = written.kind == sheet::CellKind::number || written.kind == sheet::CellKind::date;
  auto day = written.kind == sheet::CellKind::date ? day_of_serial(written.number)
                                                   : parse_day_text(written.text, options_.today);
  if (!day && number) day = day_of_serial(written.number);
  if (!day) add_issue(row, column(field), "intake.day_unreadable", {{"text", written.text}});
  return day;
}

void add_issue(RowBase& row, int column, std::string code, base::ErrorParams params) {
  row.issues.push_back({column, std::move(code), std::move(params)});
}

void settle_status(RowBase& row) {
  if (row.status == RowStatus::fresh && !row.issues.empty()) row.status = RowStatus::doubtful;
}

template <class Row>
void put_in_place(Row& row, const Place& place, const DwellingIndex* known) {
  row.room = place.room;
  row.room_text = place.text;
  const auto wrong = [&](const char* code) {
    row.status = RowStatus::wrong;
    add_issue(row, place.column, code, {{"text", place.text}});
  };
  if (place.text.empty()) return wrong("intake.room_missing");
  if (place.room.room.empty()) return wrong("intake.room_unreadable");
  if (place.doubtful) add_issue(row, place.column, "intake.place_contradicts", {{"text", place.text}});
  if (!known) {
    row.placed = true;
    return;
  }
  const auto match = known->find(place.room);
  using How = DwellingIndex::How;
  if (match.how == How::none) return wrong("intake.room_unknown");
  if (match.how == How::ambiguous) return wrong("intake.room_ambiguous");
  row.placed = true;
  row.room = match.room;
  if (match.how == How::exact) return;
  add_issue(row, place.column, match.how == How::inferred ? "intake.room_inferred" : "intake.room_renumbered",
            {{"text", place.text}, {"room", print(match.room)}});
}

template void put_in_place(PersonRow&, const Place&, const DwellingIndex*);
template void put_in_place(VehicleRow&, const Place&, const DwellingIndex*);
template void put_in_place(MeterRow&, const Place&, const DwellingIndex*);

}  // namespace engine::intake
