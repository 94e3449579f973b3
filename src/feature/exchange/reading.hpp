#pragma once
// A kept file as rows, and the ground it is to stand on: the compound's dwellings.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "db/scoped.hpp"
#include "engine/intake/analyse.hpp"
#include "feature/exchange/record.hpp"
#include "feature/place/record.hpp"

namespace feature::exchange {

namespace intake = engine::intake;

struct KnownDwelling {
  std::int64_t id = 0;
  std::string label{}, sort{};
};
struct Ground {
  place::PlaceRow compound{};
  std::map<intake::RoomRef, KnownDwelling> dwellings{};
  intake::DwellingIndex index{};
};
// Error: not_found when the compound is outside the scope.
base::Result<Ground> load_ground(db::Scoped& q, std::int64_t compound_id);

struct Reading {
  sheet::Workbook book{};
  bool recognised = false;               // the layout is meaningful
  intake::Analysis analysis{};           // without rows when there is a problem
  std::optional<base::Error> problem{};  // "intake.*": why no rows could be read
  // Of each person of a roster, their place in analysis.households; households.size() without one.
  std::vector<std::size_t> household_of{};
  std::size_t rows() const;
  const intake::RowBase& row(std::size_t index) const;
};
// `today` bounds births and completes dates without a year. Errors: those of sheet/read.hpp.
base::Result<Reading> read_file(std::string_view bytes, const ImportPatch& said, const Ground& ground,
                                base::Day today);

Kind kind_of(const Reading& reading);
// "intake.room_unknown" -> "room_unknown"
std::string plain_code(std::string_view code);
RowIssue shown(const intake::Issue& issue);
// Fields a column of this kind may be given.
std::vector<std::string> fields_of(Kind kind);
// What the file is and holds; the rows' statuses are the caller's.
void describe(const Reading& reading, Import& import);

}  // namespace feature::exchange
