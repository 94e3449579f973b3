#include "feature/gate/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "feature/gate/exemption_moves.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/place/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::gate {
namespace {

using base::Result;

constexpr std::int64_t outing_back_ms = 3 * base::day_ms;  // an older outing is a missing scan, not a call
constexpr std::int64_t visit_back_ms = 7 * base::day_ms;
constexpr std::size_t round_max = 50;  // items of one write

// What ought to be open now, by origin; what is open and not among these is over.
using Found = std::map<std::string, work_item::Cause>;

struct Compound {
  place::PlaceRow row{};
  place::PlaceRules rules{};
};

std::int64_t since_of(const GatePhone& phone, std::string_view trouble) {
  if (trouble == "silent") return phone.last_contact_ms.value_or(0);
  if (trouble == "list_old") return phone.list_generated_ms.value_or(0);
  return phone.queue_since_ms.value_or(0);
}

void add(Found& found, std::string_view kind, std::string origin, std::int64_t place, std::string detail,
         std::optional<std::int64_t> household = {}) {
  work_item::Cause cause;
  cause.kind = kind;
  cause.place_id = place;
  cause.origin = origin;
  cause.detail = std::move(detail);
  cause.household_id = household;
  found.emplace(std::move(origin), std::move(cause));
}

// A gate is watched while it is open.
bool open_now(const db::Row& r, int from, int until, base::Instant now) {
  if (r.is_null(from) || r.is_null(until)) return true;
  const int minute = base::minute_of_day(now);
  const auto opens = r.integer(from), closes = r.integer(until);
  return opens < closes ? minute >= opens && minute < closes : minute >= opens || minute < closes;
}

void watch_gates(db::Scoped& q, const Compound& compound, base::Instant now, Found& found) {
  q.run(
      "SELECT e.id, e.opening_id, e.last_contact_ms, e.list_generated_ms, e.queue, e.queue_since_ms, "
      "o.open_minute, o.close_minute FROM enrolment e JOIN opening o ON o.id = e.opening_id JOIN place p "
      "ON p.id = e.compound_id WHERE e.compound_id = $1 AND e.state = 'active' AND o.valid_until_ms IS "
      "NULL AND o.state = 'guarded' AND {scope:p}",
      {compound.row.id}, [&](const db::Row& r) {
        if (!open_now(r, 6, 7, now)) return;
        GatePhone phone;
        phone.id = r.integer(0);
        phone.last_contact_ms = r.maybe_integer(2);
        phone.list_generated_ms = r.maybe_integer(3);
        phone.queue = r.maybe_integer(4);
        phone.queue_since_ms = r.maybe_integer(5);
        for (const auto& trouble : troubles_of(phone, compound.rules, now)) {
          auto origin = fmt::format("gate:{}:{}:{}", phone.id, trouble, since_of(phone, trouble));
          add(found, "gate_silent", origin, compound.row.id.value, trouble);
          found[origin].opening_id = r.integer(1);
        }
      });
}

struct Outing {
  std::int64_t passage = 0, household = 0;
  std::optional<std::int64_t> dwelling{}, person{};
  base::Instant left{};
};
std::vector<Outing> not_returned(db::Scoped& q, std::int64_t compound, base::Instant now) {
  std::vector<Outing> all;
  q.run(
      "SELECT g.id, g.household_id, g.dwelling_id, g.person_id, g.happened_ms FROM passage g JOIN place p "
      "ON p.id = g.compound_id WHERE g.compound_id = $1 AND g.happened_ms >= $2 AND g.happened_ms <= $3 "
      "AND g.result = 'passed' AND g.direction = 'out' AND g.household_id IS NOT NULL AND "
      "g.emergency_reason IS NULL AND {scope:p} AND NOT EXISTS (SELECT 1 FROM passage v WHERE "
      "v.household_id = g.household_id AND v.happened_ms >= g.happened_ms AND (v.reverses_id = g.id OR "
      "(v.direction = 'in' AND v.result = 'passed' AND (v.person_id IS NULL OR g.person_id IS NULL OR "
      "v.person_id = g.person_id)))) ORDER BY g.happened_ms LIMIT 500",
      {compound, now + -outing_back_ms, now}, [&](const db::Row& r) {
        all.push_back({r.integer(0), r.integer(1), r.maybe_integer(2), r.maybe_integer(3), r.instant(4)});
      });
  return all;
}

// Out for longer than the rule of their exit allows: somebody calls (practice.md 4, 6).
void watch_returns(db::Scoped& q, const Compound& compound, base::Instant now, Found& found) {
  const auto outings = not_returned(q, compound.row.id.value, now);
  if (outings.empty()) return;
  const auto id = compound.row.id.value;
  const RuleBook book(q, id, now);
  for (const auto& outing : outings) {
    const auto below = outing.dwelling ? places_below(q, id, *outing.dwelling) : PlacesBelow{};
    const auto limit = book.policy(q, below, outing.left).max_minutes_outside;
    if (!limit || now - outing.left < *limit * base::minute_ms) continue;
    auto origin = fmt::format("overdue:{}", outing.passage);
    add(found, "overdue_return", origin, outing.dwelling.value_or(id), {}, outing.household);
    found[origin].passage_id = outing.passage;
    found[origin].person_id = outing.person;
  }
}

// A household counts on the day it stands out; told once, whatever happens later that day.
void watch_patterns(db::Scoped& q, const Compound& compound, base::Instant now, Found& found) {
  const auto day = base::civil_day(now);
  const auto& rules = compound.rules;
  if (rules.exits_day_max > 0)
    q.run(
        "SELECT g.household_id, g.dwelling_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
        "g.compound_id = $1 AND g.happened_ms >= $2 AND g.result = 'passed' AND g.direction = 'out' AND "
        "g.household_id IS NOT NULL AND g.dwelling_id IS NOT NULL AND {scope:p} GROUP BY g.household_id, "
        "g.dwelling_id HAVING COUNT(*) > $3",
        {compound.row.id, base::start_of(day), rules.exits_day_max.value}, [&](const db::Row& r) {
          add(found, "attention_note", fmt::format("exits:{}:{}", r.integer(0), day.number), r.integer(1),
              "exits", r.integer(0));
        });
  if (rules.visitors_day_max > 0)
    q.run(
        "SELECT g.dwelling_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE g.compound_id = $1 "
        "AND g.happened_ms >= $2 AND g.result = 'passed' AND g.direction = 'in' AND g.holder_kind = "
        "'visitor' AND g.dwelling_id IS NOT NULL AND {scope:p} GROUP BY g.dwelling_id HAVING SUM(g.persons "
        "+ g.companions) > $3",
        {compound.row.id, base::start_of(day), rules.visitors_day_max.value}, [&](const db::Row& r) {
          add(found, "attention_note", fmt::format("visitors:{}:{}", r.integer(0), day.number), r.integer(0),
              "visitors");
        });
  if (rules.nobody_out_days == 0) return;
  // Before the ledger is as old as that, nobody knows (practice.md 11).
  const auto since = now + -rules.nobody_out_days.value * base::day_ms;
  q.run(
      "SELECT h.id, h.dwelling_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.compound_id = $1 AND h.valid_until_ms IS NULL AND h.provisional = 0 AND h.valid_from_ms < $2 AND "
      "{scope:p} AND EXISTS (SELECT 1 FROM passage f WHERE f.compound_id = $1 AND f.happened_ms < $2) AND "
      "NOT EXISTS (SELECT 1 FROM passage g WHERE g.household_id = h.id AND g.happened_ms >= $2) AND EXISTS "
      "(SELECT 1 FROM residence r JOIN person pe ON pe.id = r.person_id WHERE r.household_id = h.id AND "
      "r.valid_until_ms IS NULL AND pe.presence <> 'away') ORDER BY h.id LIMIT 500",
      {compound.row.id, since}, [&](const db::Row& r) {
        const auto period = day.number / rules.nobody_out_days.value;
        add(found, "welfare_note", fmt::format("nobody_out:{}:{}", r.integer(0), period), r.integer(1),
            "nobody_out", r.integer(0));
      });
}

// Visitors who stayed the night become guests on the office's list (practice.md 19), each once.
void watch_visitors(db::Scoped& q, const Compound& compound, base::Instant now,
                    std::vector<std::int64_t>& stayed) {
  q.run(
      "SELECT gu.id FROM passage g JOIN guest gu ON gu.id = g.guest_id JOIN place p ON p.id = "
      "g.compound_id WHERE g.compound_id = $1 AND g.happened_ms >= $2 AND g.happened_ms < $3 AND g.result "
      "= 'passed' AND g.direction = 'in' AND g.holder_kind = 'visitor' AND gu.state = 'dismissed' AND "
      "gu.settled_ms IS NULL AND {scope:p} AND NOT EXISTS (SELECT 1 FROM passage v WHERE v.compound_id = "
      "$1 AND v.happened_ms >= $2 AND "
      "v.reverses_id = g.id) AND NOT " VISIT_OVER " ORDER BY gu.id LIMIT 100",
      {compound.row.id, now + -visit_back_ms, base::start_of(base::civil_day(now))},
      [&](const db::Row& r) { stayed.push_back(r.integer(0)); });
}

// Compounds where anything is going on.
std::vector<std::int64_t> lively(db::Scoped& q, base::Instant now) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT p.id FROM place p WHERE p.kind = 'compound' AND p.valid_until_ms IS NULL AND {scope:p} AND "
      "(EXISTS (SELECT 1 FROM enrolment e WHERE e.compound_id = p.id AND e.state = 'active') OR EXISTS "
      "(SELECT 1 FROM passage g WHERE g.compound_id = p.id AND g.happened_ms >= $1)) ORDER BY p.id",
      {now + -outing_back_ms}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

struct Round {
  std::vector<work_item::Cause> begins{};
  std::vector<std::string> over{};
  std::vector<std::int64_t> stayed{};  // visitors overnight
};

// Notes of a day stay until somebody closes them; a gate that is back and a person who has returned do not.
Round round_of(db::Scoped& q, Found found) {
  Round round;
  q.run(
      "SELECT i.origin, i.closed_ms FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.closed_ms "
      "IS NULL AND i.kind IN ('gate_silent', 'overdue_return') AND {scope:p}",
      {}, [&](const db::Row& r) {
        if (!found.contains(r.str(0))) round.over.push_back(r.str(0));
      });
  for (auto& [origin, cause] : found)
    if (q.count("SELECT COUNT(*) FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.origin = $1 AND "
                "{scope:p}",
                {origin}) == 0)
      round.begins.push_back(std::move(cause));
  return round;
}

}  // namespace

std::vector<std::string> troubles_of(const GatePhone& phone, const place::PlaceRules& rules,
                                     base::Instant now) {
  const auto older = [&](const std::optional<std::int64_t>& at, std::int64_t than_ms) {
    return than_ms > 0 && at && now.ms - *at > than_ms;
  };
  std::vector<std::string> out;
  if (older(phone.last_contact_ms, rules.gate_silent_minutes * base::minute_ms)) out.emplace_back("silent");
  if (older(phone.list_generated_ms, rules.gate_list_hours * base::hour_ms)) out.emplace_back("list_old");
  if (phone.queue.value_or(0) > 0 && older(phone.queue_since_ms, rules.gate_queue_minutes * base::minute_ms))
    out.emplace_back("queue");
  return out;
}

Result<std::int64_t> watch(db::Store& store, base::Instant now) {
  if (auto followed = follow_exemptions(store, now); !followed || *followed > 0) return followed;
  auto round = store.read([&](db::Connection& c) -> Result<Round> {
    db::Scoped q(c, db::Scope::all());
    Found found;
    std::vector<std::int64_t> stayed;
    for (const auto id : lively(q, now)) {
      auto row = place::find_place(q, id);
      if (!row) continue;
      Compound compound{*row, place::rules_at(q, *row, now).params};
      watch_gates(q, compound, now, found);
      watch_returns(q, compound, now, found);
      watch_patterns(q, compound, now, found);
      watch_visitors(q, compound, now, stayed);
    }
    auto all = round_of(q, std::move(found));
    all.stayed = std::move(stayed);
    return all;
  });
  if (!round) return tl::unexpected(std::move(round).error());
  const auto begins = std::min(round->begins.size(), round_max),
             over = std::min(round->over.size(), round_max);
  if (begins + over + round->stayed.size() == 0) return 0;
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < begins; ++i) ids.push_back(store.next_id());
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        work_item::open_all(q, std::span(round->begins).first(begins), ids, now);
        for (std::size_t i = 0; i < over; ++i) work_item::settle(q, round->over[i], now);
        for (const auto guest : round->stayed) {
          std::int64_t compound = 0;
          c.run(
              "UPDATE guest SET state = 'waiting' WHERE id = $1 AND state = 'dismissed' AND settled_ms IS "
              "NULL RETURNING compound_id",
              {guest}, [&](const db::Row& r) { compound = r.integer(0); });
          if (compound != 0) core::note_change(q, "guest", compound, guest, now);
        }
        return static_cast<std::int64_t>(begins + over + round->stayed.size());
      },
      db::Priority::low);
}

}  // namespace feature::gate
