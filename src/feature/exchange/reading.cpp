#include "feature/exchange/reading.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "feature/place/service.hpp"
#include "sheet/read.hpp"

namespace feature::exchange {
namespace {

using intake::Field;

constexpr std::array kinds{
    std::pair{Kind::dwellings, intake::Kind::dwelling_table}, std::pair{Kind::roster, intake::Kind::roster},
    std::pair{Kind::vehicles, intake::Kind::vehicles},
    std::pair{Kind::stewardship, intake::Kind::stewardship}, std::pair{Kind::meters, intake::Kind::meters}};

constexpr std::array dwelling_fields{Field::phase,      Field::building, Field::stair,      Field::floor,
                                     Field::room,       Field::area,     Field::fitted_out, Field::occupancy,
                                     Field::owner_name, Field::phone,    Field::remark};
constexpr std::array roster_fields{Field::phase,     Field::building,      Field::stair,
                                   Field::room,      Field::name,          Field::relation,
                                   Field::sex,       Field::document_kind, Field::document_number,
                                   Field::birth_day, Field::phone,         Field::registered_residence,
                                   Field::origin,    Field::return_day,    Field::remark};
constexpr std::array vehicle_fields{Field::plate, Field::owner_name, Field::phase,        Field::building,
                                    Field::stair, Field::room,       Field::vehicle_kind, Field::colour,
                                    Field::phone, Field::remark};
constexpr std::array steward_fields{Field::tier,  Field::name,   Field::organisation, Field::post,
                                    Field::rank,  Field::party,  Field::phone,        Field::scope,
                                    Field::force, Field::skills, Field::remark};

constexpr std::array meter_fields{Field::phase,
                                  Field::building,
                                  Field::stair,
                                  Field::room,
                                  Field::meter,
                                  Field::meter_number,
                                  Field::read_day,
                                  Field::reading,
                                  Field::previous_day,
                                  Field::previous_reading,
                                  Field::electricity_reading,
                                  Field::water_reading,
                                  Field::day_reading,
                                  Field::estimated,
                                  Field::unit};

std::span<const Field> engine_fields(Kind kind) {
  switch (kind) {
    case Kind::dwellings:
      return dwelling_fields;
    case Kind::roster:
      return roster_fields;
    case Kind::vehicles:
      return vehicle_fields;
    case Kind::stewardship:
      return steward_fields;
    case Kind::meters:
      return meter_fields;
    case Kind::unknown:
      return {};
  }
  return {};
}

intake::Overrides overrides_of(const ImportPatch& said) {
  intake::Overrides o;
  if (said.sheet) o.sheet = static_cast<std::size_t>(said.sheet->value);
  if (said.header_row) o.header_row = static_cast<int>(said.header_row->value);
  for (const auto& [kind, engine_kind] : kinds)
    if (said.kind == kind) o.kind = engine_kind;
  if (said.mapping)
    for (const auto& choice : *said.mapping)
      o.columns[static_cast<int>(choice.index)] =
          choice.field ? intake::field_named(*choice.field).value_or(Field::ignored) : Field::ignored;
  return o;
}

std::vector<std::string> sample_of(const sheet::Sheet& sheet, int first_row, int column) {
  constexpr std::size_t wanted = 3;
  std::vector<std::string> sample;
  for (const auto& row : sheet.rows) {
    if (sample.size() == wanted) break;
    const auto& cell = row.at(static_cast<std::size_t>(column));
    if (row.number >= first_row && !cell.empty()) sample.push_back(cell.text);
  }
  return sample;
}

std::vector<Count> counts_of(const Reading& reading) {
  const auto& c = reading.analysis.counts;
  std::vector<Count> out{{"rows", c.rows}};
  const auto add = [&](std::string_view code, int count) { out.push_back({std::string(code), count}); };
  switch (reading.analysis.layout.kind) {
    case intake::Kind::dwelling_table:
      add("dwellings", c.dwellings);
      add("fitted", c.fitted);
      break;
    case intake::Kind::roster:
      add("households", c.households);
      add("persons", c.persons);
      add("damaged_ids", c.damaged_ids);
      add("bad_checksum", c.bad_checksum);
      add("fifteen", c.fifteen);
      add("missing_id", c.missing_id);
      add("returnees", c.returnees);
      add("elder_alone", c.elder_alone);
      add("phones_two", c.phones_two);
      add("unknown_room_rows", c.unknown_room_rows);
      break;
    case intake::Kind::vehicles:
      add("vehicles", c.vehicles);
      add("unknown_room_rows", c.unknown_room_rows);
      break;
    case intake::Kind::stewardship:
      add("staff", c.staff);
      break;
    case intake::Kind::meters:
      add("readings", c.readings);
      add("unknown_room_rows", c.unknown_room_rows);
      break;
  }
  add("duplicate_rows", c.duplicate_rows);
  int marked = 0;
  for (std::size_t i = 0; i < reading.rows(); ++i) marked += !reading.row(i).issues.empty();
  add("marked", marked);
  return out;
}

}  // namespace

base::Result<Ground> load_ground(db::Scoped& q, std::int64_t compound_id) {
  const auto compound = place::find_compound(q, compound_id);
  if (!compound) return base::fail(base::ErrorKind::not_found, "not_found");
  Ground ground;
  ground.compound = *compound;
  q.run(
      "SELECT d.id, d.phase, d.building, d.stair, d.room, d.label, p.sort FROM dwelling d JOIN place p ON "
      "p.id = d.id WHERE p.compound_id = $1 AND p.valid_until_ms IS NULL AND {scope:p}",
      {compound_id}, [&](const db::Row& r) {
        const intake::RoomRef room{r.str(1), r.str(2), r.str(3), r.str(4)};
        ground.index.add(room);
        ground.dwellings[room] = {r.integer(0), r.str(5), r.str(6)};
      });
  return ground;
}

std::size_t Reading::rows() const {
  return analysis.dwellings.size() + analysis.persons.size() + analysis.vehicles.size() +
         analysis.stewards.size() + analysis.meters.size();
}

const intake::RowBase& Reading::row(std::size_t index) const {
  switch (analysis.layout.kind) {
    case intake::Kind::dwelling_table:
      return analysis.dwellings.at(index);
    case intake::Kind::roster:
      return analysis.persons.at(index);
    case intake::Kind::vehicles:
      return analysis.vehicles.at(index);
    case intake::Kind::meters:
      return analysis.meters.at(index);
    case intake::Kind::stewardship:
      break;
  }
  return analysis.stewards.at(index);
}

base::Result<Reading> read_file(std::string_view bytes, const ImportPatch& said, const Ground& ground,
                                base::Day today) {
  auto book = sheet::read(bytes);
  if (!book) return tl::unexpected(std::move(book).error());
  Reading reading;
  reading.book = std::move(*book);
  const auto overrides = overrides_of(said);
  auto analysis = intake::analyse(reading.book, {today, &ground.index}, overrides);
  if (analysis) {
    reading.analysis = std::move(*analysis);
    reading.recognised = true;
    const auto& households = reading.analysis.households;
    reading.household_of.assign(reading.analysis.persons.size(), households.size());
    for (std::size_t i = 0; i < households.size(); ++i)
      for (const auto member : households[i].members) reading.household_of[member] = i;
    return reading;
  }
  reading.problem = std::move(analysis).error();
  if (auto layout = intake::recognise(reading.book, overrides)) {
    reading.analysis.layout = std::move(*layout);
    reading.recognised = true;
  }
  return reading;
}

Kind kind_of(const Reading& reading) {
  for (const auto& [kind, engine_kind] : kinds)
    if (reading.recognised && reading.analysis.layout.kind == engine_kind) return kind;
  return Kind::unknown;
}

std::string plain_code(std::string_view code) {
  constexpr std::string_view prefix = "intake.";
  return std::string(code.starts_with(prefix) ? code.substr(prefix.size()) : code);
}

RowIssue shown(const intake::Issue& issue) {
  RowIssue out;
  if (issue.column >= 0) out.column = issue.column;
  out.code = plain_code(issue.code);
  out.params.text = "{";
  for (const auto& [name, value] : issue.params) {
    if (out.params.text.size() > 1) out.params.text += ',';
    meta::append_quoted(name, out.params.text);
    out.params.text += ':';
    meta::append_quoted(value, out.params.text);
  }
  out.params.text += '}';
  return out;
}

std::vector<std::string> fields_of(Kind kind) {
  std::vector<std::string> out;
  for (const auto& entry : kinds) {
    if (kind != Kind::unknown && kind != entry.first) continue;
    for (const Field field : engine_fields(entry.first))
      if (const auto name = std::string(intake::name_of(field)); std::ranges::find(out, name) == out.end())
        out.push_back(name);
  }
  return out;
}

void describe(const Reading& reading, Import& import) {
  const auto& layout = reading.analysis.layout;
  import.kind = kind_of(reading);
  import.confidence = reading.recognised ? layout.confidence : 0;
  import.fields = fields_of(import.kind);
  for (const auto& sheet : reading.book.sheets)
    import.sheets.push_back({sheet.name, static_cast<std::int64_t>(sheet.rows.size())});
  import.sheet = static_cast<int>(layout.sheet);
  import.header_row = layout.header_row;
  if (reading.problem) import.issues.push_back(shown({-1, reading.problem->code, reading.problem->params}));
  if (!reading.recognised) return;
  const auto& sheet = reading.book.sheets[layout.sheet];
  const auto* header = sheet.find(layout.header_row);
  for (const auto& column : layout.columns) {
    Column out;
    out.index = column.column;
    out.header = column.header;
    if (column.field != Field::ignored) out.field = std::string(intake::name_of(column.field));
    out.sample = sample_of(sheet, layout.first_row, column.column);
    // A header of two levels is joined from the cells of both.
    const auto own = header ? header->at(static_cast<std::size_t>(column.column)).text.size() : 0;
    if (column.header.size() > own) import.header_rows = 2;
    import.columns.push_back(std::move(out));
  }
  for (const auto& issue : reading.analysis.issues) import.issues.push_back(shown(issue));
  if (!reading.problem) import.counts = counts_of(reading);
}

}  // namespace feature::exchange
