#pragma once
// From a workbook to typed rows: which sheet, where the header is, which of five kinds it is, which
// column means what. Pure: the same input gives the same answer. Everything found can be overridden.
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "engine/intake/rows.hpp"
#include "sheet/workbook.hpp"

namespace engine::intake {

enum class Kind { dwelling_table, roster, vehicles, stewardship, meters };

enum class Field {
  ignored,
  serial,
  room,
  phase,
  building,
  stair,
  floor,
  area,
  fitted_out,
  occupancy,
  owner_name,
  name,
  relation,
  sex,
  document_kind,
  document_number,
  birth_day,
  phone,
  registered_residence,
  origin,
  return_day,
  remark,
  plate,
  vehicle_kind,
  colour,
  tier,
  organisation,
  post,
  rank,
  party,
  scope,
  force,
  skills,
  meter,
  meter_number,
  read_day,
  reading,
  previous_day,
  previous_reading,
  electricity_reading,
  water_reading,
  day_reading,  // one column for each day, which its header names
  estimated,
  unit
};
std::string_view name_of(Field field);  // "document_number"
std::optional<Field> field_named(std::string_view name);
std::string_view name_of(Kind kind);  // "dwelling_table"
std::optional<Kind> kind_named(std::string_view name);

struct ColumnMap {
  int column = 0;  // from 0
  Field field = Field::ignored;
  std::string header{};   // as written, levels of a merged header joined by '/'
  double confidence = 0;  // 1 header word, less when guessed from content
};

struct Layout {
  std::size_t sheet = 0;  // index into Workbook::sheets
  Kind kind = Kind::roster;
  double confidence = 0;            // 0..1 that the kind is right
  int header_row = 0;               // the last row of the header, from 1
  int first_row = 0, last_row = 0;  // of the data
  std::vector<ColumnMap> columns{};
};

struct Overrides {
  std::optional<std::size_t> sheet{};
  std::optional<int> header_row{};
  std::optional<Kind> kind{};
  std::map<int, Field> columns{};  // column from 0 -> meaning; others are recognised as usual
};

struct Options {
  base::Day today{};                     // the day of the import: dates without year, plausible births
  const DwellingIndex* known = nullptr;  // needed to place rosters and vehicles; unused by dwelling tables
};

// How the five files are counted; the definitions are in DESIGN.md.
struct Counts {
  int rows = 0, fresh = 0, doubtful = 0, wrong = 0;
  int dwellings = 0, fitted = 0;
  int households = 0, persons = 0;
  int damaged_ids = 0, bad_checksum = 0, fifteen = 0, missing_id = 0;
  int duplicate_rows = 0, returnees = 0, elder_alone = 0, phones_two = 0, unknown_room_rows = 0;
  int vehicles = 0, staff = 0, readings = 0;
};

struct Analysis {
  Layout layout{};
  std::vector<DwellingRow> dwellings{};
  std::vector<PersonRow> persons{};
  std::vector<VehicleRow> vehicles{};
  std::vector<StewardRow> stewards{};
  std::vector<MeterRow> meters{};
  std::vector<HouseholdDraft> households{};
  std::vector<Issue> issues{};  // of the sheet as a whole
  Counts counts{};
};

// Errors (invalid): intake.no_table when no sheet has a recognisable header, intake.no_such_sheet,
// intake.no_such_row, intake.column_missing with param field when the kind cannot be read without it.
base::Result<Layout> recognise(const sheet::Workbook& book, const Overrides& overrides = {});
base::Result<Analysis> analyse(const sheet::Workbook& book, const Options& options,
                               const Overrides& overrides = {});

}  // namespace engine::intake
