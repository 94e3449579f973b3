#pragma once
// The watch over gates: what a phone tells between passages, and what the office's board shows of it.
#include "feature/gate/record.hpp"

namespace feature::gate {

struct DutyCall {
  meta::Int<1, base::max_id> key = 1;  // the phone's, one for each person referred
  std::optional<std::int64_t> household_id{};
  std::vector<meta::Text<1, 40>> reasons{};
};

// From a paper slip (补录).
struct KeyedIn {
  std::int64_t opening_id = 0;
  meta::Instant happened{};
  rule::Direction direction = rule::Direction::out;
  std::optional<PassageResult> result{};
  rule::Holder holder_kind = rule::Holder::resident_member;
  std::optional<std::int64_t> household_id{}, dwelling_id{}, person_id{};
  meta::Int<1, rule::persons_max> persons = 1;
  std::optional<meta::Int<0, rule::persons_max>> companions{};
  std::optional<meta::Int<200, 500>> temperature_tenths{};
  std::optional<Claim> claim{};
  std::optional<rule::Emergency> emergency_reason{};
  std::optional<meta::Note> note{};
};
struct DayListQuery {
  std::int64_t opening_id = 0;
  std::optional<std::string> lang{};
};

struct GatePhone {
  std::int64_t id = 0;
  std::string label{};
  std::optional<std::int64_t> last_contact_ms{}, list_generated_ms{}, queue{}, queue_since_ms{}, waiting{};
  std::vector<std::string> troubles{};  // silent, list_old, queue: by the rules of the place
};
struct CodeCount {
  std::string code{};
  std::int64_t count = 0;
};
struct GateWatch {
  std::int64_t opening_id = 0;
  std::string opening_name{};
  place::OpeningState state = place::OpeningState::guarded;
  std::vector<GatePhone> phones{};
  std::vector<std::int64_t> hours{};  // crossings of today by the hour they happened, from midnight to now
  std::int64_t out_today = 0, in_today = 0, turned_back = 0, overrides = 0;
  std::vector<CodeCount> refusals{};      // of those turned back, why; most frequent first
  std::optional<std::int64_t> waiting{};  // people in front of the phones; none: no phone says
  // Readings of today; how many show the same value (practice.md 15).
  std::int64_t readings = 0, same_readings = 0;
  std::optional<int> same_tenths{};
  bool readings_alike = false;  // too many to be measured
};
struct GatesBoard {
  std::int64_t as_of_ms = 0;
  std::vector<GateWatch> gates{};
};

}  // namespace feature::gate

META_DESCRIBE(feature::gate::DutyCall, "DutyCall", "", key, household_id, reasons)
META_DESCRIBE(feature::gate::GatePhone, "GatePhone", "", id, label, last_contact_ms, list_generated_ms, queue,
              queue_since_ms, waiting, troubles)
META_DESCRIBE(feature::gate::CodeCount, "CodeCount", "", code, count)
META_DESCRIBE(feature::gate::GateWatch, "GateWatch", "", opening_id, opening_name, state, phones, hours,
              out_today, in_today, turned_back, overrides, refusals, waiting, readings, same_readings,
              same_tenths, readings_alike)
META_DESCRIBE(feature::gate::GatesBoard, "GatesBoard", "", as_of_ms, gates)
META_DESCRIBE(feature::gate::DayListQuery, "DayListQuery", "", opening_id, lang)

namespace meta {
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::gate::KeyedIn> {
  using T = feature::gate::KeyedIn;
  static constexpr std::string_view name = "KeyedInPassage", table = "";
  static constexpr std::array fields{F(opening_id),
                                     field<&T::happened>("happened_ms"),
                                     F(direction),
                                     F(result),
                                     F(holder_kind),
                                     F(household_id),
                                     F(dwelling_id),
                                     F(person_id),
                                     F(persons),
                                     F(companions),
                                     F(temperature_tenths),
                                     F(claim),
                                     F(emergency_reason),
                                     F(note)};
};
#undef F
}  // namespace meta
