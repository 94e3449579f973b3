#pragma once
// Reads the fields of one record of a recognised sheet. Used by the builders of typed rows.
#include <string>
#include <string_view>
#include <vector>

#include "engine/intake/analyse.hpp"
#include "engine/intake/day_text.hpp"
#include "engine/intake/grid.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

// A dwelling as the record names it.
struct Place {
  RoomRef room{};      // without room: nothing readable
  std::string text{};  // as written
  int column = -1;
  bool doubtful = false;  // the columns contradict each other
};

class Reader {
 public:
  Reader(const sheet::Sheet& sheet, const Layout& layout, const Options& options);

  const Options& options() const { return options_; }
  std::size_t records() const { return rows_.size(); }
  int row(std::size_t record) const { return rows_[record]; }
  bool shifted_merges() const { return filled_.shifted; }

  int column(Field field) const;  // -1 when the table has none
  std::vector<const ColumnMap*> columns(Field field) const;
  const sheet::Cell& cell(std::size_t record, Field field) const;
  const sheet::Cell& cell_at(std::size_t record, int column) const;
  std::string text(std::size_t record, Field field) const;  // half width, trimmed; 无 and the like are empty
  std::vector<std::string> texts(std::size_t record, Field field) const;  // of all columns with that meaning
  Place place(std::size_t record) const;

  std::string header(Field field) const;  // as written, empty when the table has none
  std::string titles() const;             // the sheet's name and what stands above the header, as a code

  // All phones of the record; an issue for each that is no number.
  std::vector<Phone> phones(std::size_t record, RowBase& row) const;
  // Empty with an issue when something is written that is no day.
  std::optional<base::Day> day(std::size_t record, Field field, RowBase& row) const;

 private:
  const Layout& layout_;
  const Options& options_;
  MergedSheet cells_;
  std::vector<int> rows_;
  FilledPlaces filled_;
};

// The sheet's name and the lines above the header that are no table, as a code.
std::string titles_above(const sheet::Sheet& sheet, int header_row);

void add_issue(RowBase& row, int column, std::string code, base::ErrorParams params = {});
// Doubtful when something was found; wrong stays wrong.
void settle_status(RowBase& row);

// Puts a record into a known dwelling, or says why not. Sets room, room_text, placed.
template <class Row>
void put_in_place(Row& row, const Place& place, const DwellingIndex* known);

std::vector<DwellingRow> read_dwellings(const Reader& reader);
std::vector<PersonRow> read_persons(const Reader& reader);
std::vector<VehicleRow> read_vehicles(const Reader& reader);
std::vector<StewardRow> read_stewards(const Reader& reader);
std::vector<MeterRow> read_meters(const Reader& reader);
std::vector<HouseholdDraft> form_households(std::vector<PersonRow>& persons);

}  // namespace engine::intake
