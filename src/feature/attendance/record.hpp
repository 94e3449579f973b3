#pragma once
// Who was where by duty or by call: shifts at a gate. What a trace makes of it: trace/attended.cpp (XN-46).
#include <optional>
#include <string>
#include <vector>

#include "core/once.hpp"
#include "meta/describe.hpp"

namespace feature::attendance {

struct ShiftRow {
  meta::Id<ShiftRow> id;
  std::int64_t compound_id = 0, opening_id = 0;
  std::optional<std::int64_t> enrolment_id{}, device_ms{};  // the phone, and when by its own clock
  std::optional<std::int64_t> staff_id{};
  std::string guard{};     // the name as it was entered
  bool confirmed = false;  // the office said who; else staff_id is the only one of that name
  meta::Instant from{};
  std::optional<meta::Instant> until{};
  std::optional<std::int64_t> recorded_by{};
  meta::Instant recorded{};
  std::optional<meta::Instant> withdrawn{};
};

// --- shown -------------------------------------------------------------------------------------------
struct Shift {
  meta::Id<ShiftRow> id;
  std::int64_t compound_id = 0, opening_id = 0;
  std::string opening_name{};
  std::optional<std::int64_t> staff_id{};
  std::string guard{};
  bool confirmed = false;
  bool by_phone = false;
  meta::Instant started_ms{};
  std::optional<meta::Instant> ended_ms{};
  std::optional<std::string> guard_staff{};  // what staff_id is called in the file
};
struct ShiftQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it
  std::optional<std::int64_t> opening_id{};
  std::optional<meta::Day> day{};     // that touch it
  std::optional<bool> unconfirmed{};  // whose guard the office has not named
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

// --- told --------------------------------------------------------------------------------------------
struct NewShift {
  std::optional<core::ClientId> client_id{};
  std::int64_t opening_id = 0, staff_id = 0;
  std::optional<meta::Instant> from_ms{};  // default: now
  std::optional<meta::Instant> until_ms{};
};
struct ShiftEnd {
  std::optional<meta::Instant> until_ms{};  // default: now
};
struct ShiftGuard {
  std::int64_t staff_id = 0;
};
// Guards change, the phone stays. Sent again until it is answered; each is one, by the phone's clock.
struct Handover {
  meta::Text<1, 40> guard;
  std::int64_t at_ms = 0;  // by the phone's clock
};
struct Handovers {
  std::int64_t client_ms = 0;
  std::vector<Handover> items{};
};
struct HandoversDone {
  std::int64_t stored = 0;  // that were new
};

}  // namespace feature::attendance

META_DESCRIBE(feature::attendance::Shift, "DutyShift", "", id, compound_id, opening_id, opening_name,
              staff_id, guard, confirmed, by_phone, started_ms, ended_ms, guard_staff)
META_DESCRIBE(feature::attendance::ShiftQuery, "DutyShiftQuery", "", place_id, opening_id, day, unconfirmed,
              limit, cursor)
META_DESCRIBE(feature::attendance::NewShift, "NewDutyShift", "", client_id, opening_id, staff_id, from_ms,
              until_ms)
META_DESCRIBE(feature::attendance::ShiftEnd, "DutyShiftEnd", "", until_ms)
META_DESCRIBE(feature::attendance::ShiftGuard, "DutyShiftGuard", "", staff_id)
META_DESCRIBE(feature::attendance::Handover, "GuardHandover", "", guard, at_ms)
META_DESCRIBE(feature::attendance::Handovers, "GuardHandovers", "", client_ms, items)
META_DESCRIBE(feature::attendance::HandoversDone, "GuardHandoversDone", "", stored)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::attendance::ShiftRow> {
  using T = feature::attendance::ShiftRow;
  static constexpr std::string_view name = "DutyShiftStored", table = "duty_shift";
  static constexpr std::array fields{
      KEY,          F(compound_id), F(opening_id), F(enrolment_id), F(device_ms), F(staff_id),  F(guard),
      F(confirmed), AT(from),       AT(until),     F(recorded_by),  AT(recorded), AT(withdrawn)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
