#pragma once
// Openings as the office keeps them, and what is wrong with them (practice.md 3, 10; XN-39, LZ-04, 22, 23).
#include "feature/place/record.hpp"

namespace feature::place {

struct NewOpening {
  std::int64_t compound_id = 0;
  meta::Name name;
  OpeningKind kind = OpeningKind::both;
  OpeningState state = OpeningState::guarded;
  std::optional<OpeningDirection> direction{};
  std::optional<meta::Name> key_holder{};
  std::optional<meta::Text<3, 30>> key_phone{};
  std::optional<bool> opens_from_inside{};
  std::optional<OpenMinute> open_minute{};
  std::optional<CloseMinute> close_minute{};
  std::optional<SealMethod> seal_method{};
  std::optional<MinutesToOpen> minutes_to_open{};
  std::optional<bool> fire_exit{};
  std::optional<meta::Instant> checked_ms{};
  std::optional<meta::Note> exception_reason{};
  std::optional<meta::Instant> exception_until_ms{};
};
// What is left out stays as it is.
struct OpeningPatch {
  std::optional<meta::Name> name{};
  std::optional<OpeningKind> kind{};
  std::optional<OpeningState> state{};
  std::optional<OpeningDirection> direction{};
  std::optional<meta::Name> key_holder{};
  std::optional<meta::Text<3, 30>> key_phone{};
  std::optional<bool> opens_from_inside{};
  std::optional<OpenMinute> open_minute{};
  std::optional<CloseMinute> close_minute{};
  std::optional<SealMethod> seal_method{};
  std::optional<MinutesToOpen> minutes_to_open{};
  std::optional<bool> fire_exit{};
  std::optional<meta::Instant> checked_ms{};
  std::optional<meta::Note> exception_reason{};
  std::optional<meta::Instant> exception_until_ms{};
};

// An opening serves a sealed unit, a set of places behind one boundary.
struct OpeningUnitRow {
  meta::Id<OpeningUnitRow> id;
  meta::Id<Opening> opening_id;
  std::int64_t set_id = 0;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};
struct OpeningUnits {
  std::vector<std::int64_t> unit_ids{};  // all it serves from now on
};
struct ServedUnit {
  std::int64_t opening_id = 0, unit_id = 0;
  std::string name{};
};

enum class ViolationCode {
  unguarded,
  no_key_holder,
  exit_unknown,
  exit_blocked,
  fire_exit_blocked,
  seal_method_unknown,
  minutes_unknown,
  slow_to_open,
  check_missing,
  check_overdue,
  no_guarded,
  too_many_people,
  too_many_vehicles,
  no_way_in,
  no_way_out,
  closed_at_night,
  unit_without_opening
};
struct Violation {
  ViolationCode code = ViolationCode::unguarded;
  std::optional<std::int64_t> opening_id{}, unit_id{};  // none: the compound as a whole
  std::optional<std::int64_t> have{}, limit{};
};
struct OpeningTally {
  int sealed = 0, guarded_people = 0, guarded_vehicles = 0, unguarded = 0, excepted = 0;
};
struct OpeningBoard {
  std::int64_t compound_id = 0;
  std::string name{};
  std::optional<CompoundKind> compound_kind{};
  std::int64_t people_max = 1, vehicles_max = 1;
  OpeningTally tally{};
  std::vector<Violation> violations{};
  std::vector<ServedUnit> served{};
};
struct OpeningBoards {
  meta::Instant as_of_ms{};
  std::int64_t compounds = 0, compounds_in_order = 0;  // the second of the first
  std::vector<OpeningBoard> items{};                   // those with violations first
};

}  // namespace feature::place

META_ENUM(feature::place::ViolationCode, "unguarded", "no_key_holder", "exit_unknown", "exit_blocked",
          "fire_exit_blocked", "seal_method_unknown", "minutes_unknown", "slow_to_open", "check_missing",
          "check_overdue", "no_guarded", "too_many_people", "too_many_vehicles", "no_way_in", "no_way_out",
          "closed_at_night", "unit_without_opening")
META_DESCRIBE(feature::place::NewOpening, "NewOpening", "", compound_id, name, kind, state, direction,
              key_holder, key_phone, opens_from_inside, open_minute, close_minute, seal_method,
              minutes_to_open, fire_exit, checked_ms, exception_reason, exception_until_ms)
META_DESCRIBE(feature::place::OpeningPatch, "OpeningPatch", "", name, kind, state, direction, key_holder,
              key_phone, opens_from_inside, open_minute, close_minute, seal_method, minutes_to_open,
              fire_exit, checked_ms, exception_reason, exception_until_ms)
META_DESCRIBE(feature::place::OpeningUnits, "OpeningUnits", "", unit_ids)
META_DESCRIBE(feature::place::ServedUnit, "ServedUnit", "", opening_id, unit_id, name)
META_DESCRIBE(feature::place::Violation, "Violation", "", code, opening_id, unit_id, have, limit)
META_DESCRIBE(feature::place::OpeningTally, "OpeningTally", "", sealed, guarded_people, guarded_vehicles,
              unguarded, excepted)
META_DESCRIBE(feature::place::OpeningBoard, "OpeningBoard", "", compound_id, name, compound_kind, people_max,
              vehicles_max, tally, violations, served)
META_DESCRIBE(feature::place::OpeningBoards, "OpeningBoards", "", as_of_ms, compounds, compounds_in_order,
              items)

template <>
struct meta::Describe<feature::place::OpeningUnitRow> {
  using T = feature::place::OpeningUnitRow;
  static constexpr std::string_view name = "OpeningUnitStored", table = "opening_unit";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::opening_id>("opening_id"), field<&T::set_id>("set_id"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms")};
};
