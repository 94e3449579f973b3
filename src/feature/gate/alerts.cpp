#include "feature/gate/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "feature/work_item/service.hpp"

namespace feature::gate {
namespace {

// Two openings of one compound are further apart than this for somebody who has just passed.
constexpr std::int64_t copy_within_ms = 10 * base::minute_ms;
// A call to the duty officer that nobody ended belongs to no later passage.
constexpr std::int64_t call_within_ms = 12 * base::hour_ms;

bool is_step(rule::ReasonCode code) {
  using enum rule::ReasonCode;
  constexpr std::array steps{temperature_missing, temperature_low, temperature_unreadable, second_reading_due,
                             disinfection_missing};
  return std::ranges::find(steps, code) != steps.end();
}

// Nothing but a measurement or disinfection stood in the way, and they went back: they would not have it.
bool steps_refused(const PassageRow& row, const rule::Verdict& verdict) {
  if (row.result != PassageResult::turned_back) return false;
  bool any = false;
  for (const auto& reason : verdict.reasons) {
    if (reason.mode != rule::Mode::enforce) continue;
    if (!is_step(reason.code)) return false;
    any = true;
  }
  return any;
}

// A call that the guard made for this household, or for somebody without one.
std::optional<std::string> open_call(db::Scoped& q, const PassageRow& row, base::Instant now) {
  std::optional<std::string> origin;
  const auto of_this_phone = fmt::format("call:{}:%", row.enrolment_id.value_or(0));
  q.one(
      "SELECT i.origin FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.compound_id = $1 AND "
      "i.opened_ms >= $2 AND i.kind = 'refer_call' AND i.closed_ms IS NULL AND i.origin LIKE $3 AND "
      "COALESCE(i.household_id, 0) = $4 AND {scope:p} ORDER BY i.opened_ms DESC, i.id DESC LIMIT 1",
      {row.compound_id, now + -call_within_ms, of_this_phone, row.household_id.value_or(0)},
      [&](const db::Row& r) { origin = r.str(0); });
  return origin;
}

}  // namespace

bool copy_suspected(const PassageRow& row, std::span<const Crossing> crossings) {
  if (!row.pass_id || !row.household_id || row.result != PassageResult::passed) return false;
  return std::ranges::any_of(crossings, [&](const Crossing& other) {
    return other.pass_id == *row.pass_id && other.opening_id != row.opening_id &&
           std::abs(other.happened.ms - row.happened.ms) < copy_within_ms;
  });
}

void raise_alerts(db::Scoped& q, const PassageRow& row, const rule::Verdict& verdict, const RecordIds& ids,
                  base::Instant now) {
  std::size_t next = 0;
  const auto raise = [&](std::string_view kind, std::string detail) {
    work_item::Cause cause;
    cause.kind = kind;
    cause.place_id = row.dwelling_id.value_or(row.compound_id);
    cause.origin = fmt::format("{}:{}", kind, row.id.value);
    cause.detail = std::move(detail);
    cause.household_id = row.household_id;
    cause.person_id = row.person_id;
    cause.passage_id = row.id.value;
    cause.opening_id = row.opening_id;
    work_item::open(q, cause, ids.work.at(next++), now);
  };
  if (row.emergency_reason) raise("emergency_release", *row.emergency_reason);
  if (verdict.alert == rule::Alert::fever) raise("fever_alert", std::string(meta::name_of(row.direction)));
  if (steps_refused(row, verdict)) raise("steps_refused", row.reasons);
  if (row.flags.ends_with(copy_flag)) raise("copy_suspected", {});
  if (verdict.outcome != rule::Outcome::refer) return;
  const auto call = open_call(q, row, now);
  // Let in or out: the call has had its answer. Sent back into nothing: somebody still has to look after
  // them.
  if (row.result == PassageResult::passed && call) work_item::settle(q, *call, now);
  if (row.result == PassageResult::turned_back && !call && row.direction == rule::Direction::in &&
      row.holder_kind != rule::Holder::visitor && row.holder_kind != rule::Holder::worker)
    raise("refer_call", row.reasons);
}

}  // namespace feature::gate
