#pragma once
// Typed rows of the five files an office has. Nothing here is stored; the caller decides.
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "engine/intake/phone.hpp"
#include "engine/intake/plate.hpp"
#include "engine/intake/resident_id.hpp"
#include "engine/intake/room.hpp"
#include "engine/intake/terms.hpp"

namespace engine::intake {

enum class RowStatus {
  fresh,     // can be taken as it is ("new")
  doubtful,  // can be taken, somebody should look: see issues
  wrong,     // cannot be placed or says nothing
};

// `code` is a translation key under "intake.": intake.room_unknown, intake.id_damaged ...; DESIGN.md lists
// them.
struct Issue {
  int column = -1;  // of the sheet, from 0; -1 for the row
  std::string code{};
  base::ErrorParams params{};
  friend bool operator==(const Issue&, const Issue&) = default;
};

struct RowBase {
  int row = 0;  // of the sheet, from 1
  RowStatus status = RowStatus::fresh;
  std::optional<int> duplicate_of{};  // row that says the same, above
  std::vector<Issue> issues{};
};

struct DwellingRow : RowBase {
  RoomRef room{};
  std::optional<int> floor{};
  std::optional<double> area_m2{};
  Tri fitted_out = Tri::unknown;
  Occupancy occupancy = Occupancy::unknown;
  std::string owner_name{};
  std::vector<Phone> owner_phones{};
  std::string remark{};
};

struct PersonFlags {
  bool elder_alone = false, disabled = false, pregnant = false, dialysis = false, chronic_medicine = false;
  bool needs_care = false, infant = false;
  friend bool operator==(const PersonFlags&, const PersonFlags&) = default;
};

struct PersonRow : RowBase {
  bool placed = false;  // room is a known dwelling
  RoomRef room{};       // the known one when placed, else what could be read
  std::string room_text{};
  std::string name{};
  Relation relation = Relation::unknown;
  Sex sex = Sex::unknown;  // as written, else from the document
  Document document{};
  std::optional<base::Day> birth_day{};
  std::vector<Phone> phones{};
  std::string registered_residence{};
  std::string origin{};  // where a returnee comes from
  std::optional<base::Day> return_day{};
  bool returnee = false;  // an origin or a return day is written
  PersonFlags flags{};
  std::string remark{};
};

struct VehicleRow : RowBase {
  bool placed = false;
  RoomRef room{};
  std::string room_text{};
  Plate plate{};
  std::string owner_name{};
  VehicleKind kind = VehicleKind::unknown;
  bool new_energy = false;
  std::string kind_text{};
  std::string colour{};
  std::vector<Phone> phones{};
  std::string remark{};
};

struct StewardRow : RowBase {
  int tier = 0;  // 1..4
  std::string name{};
  std::string organisation{};
  std::string post{};
  Rank rank = Rank::unknown;
  Party party = Party::unknown;
  std::string force{};                // as written: what they mean is chosen by each installation
  std::vector<std::string> skills{};  // as written, one by one
  std::vector<Phone> phones{};
  std::string scope_text{};
  bool whole_compound = false;
  std::vector<RoomRef> buildings{};  // phase, building and, where written, stair
  std::string remark{};
};

enum class Meter { electricity, water };
// Counters as they were read; a row may hold several. Values are kWh and cubic metres.
struct MeterReading {
  Meter meter = Meter::electricity;
  std::string number{};  // of the meter, empty when not written
  base::Day day{};
  double value = 0;
  bool estimated = false;  // nobody read it
  friend bool operator==(const MeterReading&, const MeterReading&) = default;
};
struct MeterRow : RowBase {
  bool placed = false;
  RoomRef room{};
  std::string room_text{};
  std::vector<MeterReading> readings{};
  std::vector<int> columns{};  // of each reading, from 0
};

// Rows of one dwelling, or one head whose dwelling is not known. Indexes into Analysis::persons.
struct HouseholdDraft {
  bool placed = false;
  RoomRef room{};
  std::optional<std::size_t> head{};
  std::vector<std::size_t> members{};  // the head included, duplicates left out
};

}  // namespace engine::intake
