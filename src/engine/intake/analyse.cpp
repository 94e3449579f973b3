#include "engine/intake/analyse.hpp"

#include <algorithm>
#include <array>

#include "engine/intake/columns.hpp"
#include "engine/intake/day_header.hpp"
#include "engine/intake/reader.hpp"

namespace engine::intake {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::array<std::pair<Field, std::string_view>, 44> field_names{{
    {Field::ignored, "ignored"},
    {Field::serial, "serial"},
    {Field::room, "room"},
    {Field::phase, "phase"},
    {Field::building, "building"},
    {Field::stair, "stair"},
    {Field::floor, "floor"},
    {Field::area, "area"},
    {Field::fitted_out, "fitted_out"},
    {Field::occupancy, "occupancy"},
    {Field::owner_name, "owner_name"},
    {Field::name, "name"},
    {Field::relation, "relation"},
    {Field::sex, "sex"},
    {Field::document_kind, "document_kind"},
    {Field::document_number, "document_number"},
    {Field::birth_day, "birth_day"},
    {Field::phone, "phone"},
    {Field::registered_residence, "registered_residence"},
    {Field::origin, "origin"},
    {Field::return_day, "return_day"},
    {Field::remark, "remark"},
    {Field::plate, "plate"},
    {Field::vehicle_kind, "vehicle_kind"},
    {Field::colour, "colour"},
    {Field::tier, "tier"},
    {Field::organisation, "organisation"},
    {Field::post, "post"},
    {Field::rank, "rank"},
    {Field::party, "party"},
    {Field::scope, "scope"},
    {Field::force, "force"},
    {Field::skills, "skills"},
    {Field::meter, "meter"},
    {Field::meter_number, "meter_number"},
    {Field::read_day, "read_day"},
    {Field::reading, "reading"},
    {Field::previous_day, "previous_day"},
    {Field::previous_reading, "previous_reading"},
    {Field::electricity_reading, "electricity_reading"},
    {Field::water_reading, "water_reading"},
    {Field::day_reading, "day_reading"},
    {Field::estimated, "estimated"},
    {Field::unit, "unit"},
}};

constexpr std::array<std::pair<Kind, std::string_view>, 5> kind_names{{
    {Kind::dwelling_table, "dwelling_table"},
    {Kind::roster, "roster"},
    {Kind::vehicles, "vehicles"},
    {Kind::stewardship, "stewardship"},
    {Kind::meters, "meters"},
}};

std::string_view missing_field(Kind kind, const std::vector<ColumnMap>& columns) {
  std::vector<Field> fields;
  for (const auto& column : columns) fields.push_back(column.field);
  for (const Field field :
       {Field::room, Field::name, Field::plate, Field::scope, Field::read_day, Field::reading}) {
    auto without = fields;
    if (has_needed(kind, without)) return {};
    without.push_back(field);
    if (has_needed(kind, without)) return name_of(field);
  }
  return name_of(kind == Kind::stewardship || kind == Kind::roster ? Field::name : Field::room);
}

// A table of what was used each day would be taken for a counter that starts anew every day.
bool tells_usage(const sheet::Sheet& sheet, const Layout& layout) {
  const auto is_day = [](const ColumnMap& column) { return column.field == Field::day_reading; };
  if (layout.kind != Kind::meters || std::ranges::none_of(layout.columns, is_day)) return false;
  if (std::ranges::any_of(layout.columns, [&](const ColumnMap& column) {
        return is_day(column) && says_usage(column.header);
      }))
    return true;
  const auto titles = titles_above(sheet, layout.header_row);
  return says_usage(titles) && titles.find("抄表") == std::string::npos &&
         titles.find("读数") == std::string::npos && titles.find("示数") == std::string::npos;
}

template <class Row>
void count_rows(const std::vector<Row>& rows, Counts& counts) {
  counts.rows = static_cast<int>(rows.size());
  for (const auto& row : rows) {
    counts.fresh += row.status == RowStatus::fresh;
    counts.doubtful += row.status == RowStatus::doubtful;
    counts.wrong += row.status == RowStatus::wrong;
    counts.duplicate_rows += row.duplicate_of.has_value();
  }
}

void count_persons(const std::vector<PersonRow>& persons, Counts& counts) {
  for (const auto& person : persons) {
    if (person.duplicate_of) continue;
    ++counts.persons;
    counts.damaged_ids += person.document.state == DocumentState::damaged;
    counts.bad_checksum += person.document.state == DocumentState::bad_checksum;
    counts.fifteen += person.document.state == DocumentState::fifteen;
    counts.missing_id += person.document.state == DocumentState::missing;
    counts.returnees += person.returnee;
    counts.elder_alone += person.flags.elder_alone;
    counts.phones_two += person.phones.size() >= 2;
    counts.unknown_room_rows += !person.placed;
  }
}

void count(Analysis& a) {
  auto& counts = a.counts;
  if (a.layout.kind == Kind::dwelling_table) {
    count_rows(a.dwellings, counts);
    for (const auto& dwelling : a.dwellings) {
      if (dwelling.duplicate_of || dwelling.status == RowStatus::wrong) continue;
      ++counts.dwellings;
      counts.fitted += dwelling.fitted_out == Tri::yes;
    }
  } else if (a.layout.kind == Kind::roster) {
    count_rows(a.persons, counts);
    count_persons(a.persons, counts);
    counts.households = static_cast<int>(a.households.size());
  } else if (a.layout.kind == Kind::vehicles) {
    count_rows(a.vehicles, counts);
    counts.vehicles = counts.rows - counts.duplicate_rows;
    counts.unknown_room_rows = static_cast<int>(std::ranges::count_if(
        a.vehicles, [](const auto& vehicle) { return !vehicle.duplicate_of && !vehicle.placed; }));
  } else if (a.layout.kind == Kind::meters) {
    count_rows(a.meters, counts);
    for (const auto& row : a.meters) {
      if (row.duplicate_of) continue;
      counts.readings += static_cast<int>(row.readings.size());
      counts.unknown_room_rows += !row.placed;
    }
  } else {
    count_rows(a.stewards, counts);
    counts.staff = static_cast<int>(std::ranges::count_if(a.stewards, [](const auto& steward) {
      return !steward.duplicate_of && steward.status != RowStatus::wrong;
    }));
  }
}

void sheet_issues(const sheet::Sheet& sheet, const Reader& reader, Analysis& a) {
  if (reader.shifted_merges())
    a.issues.push_back({reader.column(Field::building), "intake.merges_shifted", {}});
  int hidden = 0;
  for (std::size_t i = 0; i < reader.records(); ++i) {
    const auto* row = sheet.find(reader.row(i));
    hidden += row && row->hidden;
  }
  if (hidden > 0) a.issues.push_back({-1, "intake.hidden_rows", {{"count", std::to_string(hidden)}}});
  for (const auto& column : a.layout.columns)
    if (column.field == Field::ignored && !column.header.empty())
      a.issues.push_back({column.column, "intake.column_ignored", {{"header", column.header}}});
}

}  // namespace

std::string_view name_of(Field field) {
  return std::ranges::find(field_names, field, &std::pair<Field, std::string_view>::first)->second;
}

std::optional<Field> field_named(std::string_view name) {
  const auto found = std::ranges::find(field_names, name, &std::pair<Field, std::string_view>::second);
  if (found == field_names.end()) return {};
  return found->first;
}

std::string_view name_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)].second; }

std::optional<Kind> kind_named(std::string_view name) {
  const auto found = std::ranges::find(kind_names, name, &std::pair<Kind, std::string_view>::second);
  if (found == kind_names.end()) return {};
  return found->first;
}

Result<Analysis> analyse(const sheet::Workbook& book, const Options& options, const Overrides& overrides) {
  auto layout = recognise(book, overrides);
  if (!layout) return base::fail(layout.error());
  if (const auto missing = missing_field(layout->kind, layout->columns); !missing.empty())
    return base::fail(ErrorKind::invalid, "intake.column_missing", {{"field", std::string(missing)}});
  Analysis a;
  a.layout = std::move(*layout);
  const auto& sheet = book.sheets[a.layout.sheet];
  if (tells_usage(sheet, a.layout)) return base::fail(ErrorKind::invalid, "intake.usage_not_readings");
  const Reader reader(sheet, a.layout, options);
  switch (a.layout.kind) {
    case Kind::dwelling_table:
      a.dwellings = read_dwellings(reader);
      break;
    case Kind::roster:
      a.persons = read_persons(reader);
      a.households = form_households(a.persons);
      break;
    case Kind::vehicles:
      a.vehicles = read_vehicles(reader);
      break;
    case Kind::stewardship:
      a.stewards = read_stewards(reader);
      break;
    case Kind::meters:
      a.meters = read_meters(reader);
      break;
  }
  sheet_issues(sheet, reader, a);
  count(a);
  return a;
}

}  // namespace engine::intake
