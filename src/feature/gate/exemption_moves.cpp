// Certificates go with their person: once somebody lives in another compound, the row there ends and one
// begins where they live (practice.md 7).
#include "feature/gate/exemption_moves.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "feature/gate/pass_record.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/gate/service.hpp"
#include "feature/people/home_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::gate {
namespace {

using base::Result;

constexpr std::int64_t round_max = 50;  // of one round: the writer is not held for long

// Where nobody knows that they live elsewhere, it stays.
constexpr std::string_view left_their_compound =
    "SELECT x.id FROM exemption x WHERE x.ended_ms IS NULL AND x.valid_until >= $1 AND EXISTS (SELECT 1 "
    "FROM residence r WHERE r.person_id = x.person_id AND r.valid_until_ms IS NULL) AND NOT EXISTS (SELECT "
    "1 FROM residence r JOIN place d ON d.id = r.dwelling_id WHERE r.person_id = x.person_id AND "
    "r.valid_until_ms IS NULL AND d.compound_id = x.compound_id) ORDER BY x.id LIMIT $2";

std::int64_t version_at(db::Scoped& q, std::int64_t compound_id, base::Instant now) {
  const RuleBook book(q, compound_id, now);
  const auto all = book.weigh({});
  const bool any = !all.empty() && all.front().why == rule::Why::chosen;
  return any ? book.candidates()[all.front().candidate].version : 0;
}

// Whoever made the rule it was taken under has made it for the new home too, whether or not a nearer one
// holds there. Without any rule at either place nobody has refused it.
bool same_rule(db::Scoped& q, std::int64_t compound_left, const people::Home& home, base::Instant now) {
  const auto version = version_at(q, compound_left, now);
  const RuleBook book(q, home.compound, now);
  const auto all = book.weigh(places_below(q, home.compound, home.dwelling));
  if (version == 0) return all.empty() || all.front().why != rule::Why::chosen;
  return std::ranges::any_of(all, [&](const rule::Weighed& w) {
    return book.candidates()[w.candidate].version == version &&
           (w.why == rule::Why::chosen || w.why == rule::Why::farther);
  });
}

std::optional<ExemptionRow> lock_exemption(db::Scoped& q, std::int64_t id) {
  auto& raw = q.unscoped();
  raw.run("UPDATE exemption SET created_by = created_by WHERE id = $1", {id});
  std::optional<ExemptionRow> found;
  raw.run(fmt::format("SELECT {} FROM exemption x WHERE x.id = $1 AND x.ended_ms IS NULL",
                      meta::column_list(meta::record_of<ExemptionRow>(), "x")),
          {id}, [&](const db::Row& r) { found = meta::load<ExemptionRow>(r); });
  return found;
}

// A card of the class says to a phone without a network that there is a certificate.
void void_cards_left(db::Scoped& q, const ExemptionRow& row, const core::Source& source) {
  std::vector<PassRow> cards;
  q.unscoped().run(
      fmt::format("SELECT {} FROM pass ps WHERE ps.compound_id = $1 AND ps.person_id = $2 AND "
                  "ps.pass_class = 'exempt' AND ps.state IN ('active', 'inactive') ORDER BY ps.id",
                  meta::column_list(meta::record_of<PassRow>(), "ps")),
      {row.compound_id, row.person_id}, [&](const db::Row& r) { cards.push_back(meta::load<PassRow>(r)); });
  for (const auto& card : cards) {
    auto after = card;
    after.state = PassState::voided;
    after.voided = source.now;
    after.void_reason = std::string(meta::name_of(VoidReason::moved));
    core::update(q, card, after, source);
  }
}

bool follow_person(db::Scoped& q, std::int64_t id, std::int64_t new_id, std::int64_t work_id,
                   const core::Source& source) {
  const auto row = lock_exemption(q, id);
  const auto home = row ? people::home_of(q, row->person_id) : std::nullopt;
  if (!home || home->compound == row->compound_id) return false;
  auto left = *row;
  left.ended = source.now;
  core::update(q, *row, left, source);
  void_cards_left(q, *row, source);
  work_item::settle_all(q, exemption_work(row->id.value), source.now);
  auto next = *row;
  next.id = meta::Id<ExemptionRow>(new_id);
  next.compound_id = home->compound;
  next.created = source.now;
  next.follows_id = row->id.value;
  next.granted.reset();
  if (row->granted && same_rule(q, row->compound_id, *home, source.now)) next.granted = source.now;
  core::insert(q, next, source);
  if (!next.granted) {
    work_item::Cause cause;
    cause.kind = "person_moved";
    cause.place_id = home->dwelling;
    cause.origin = exemption_work(new_id);
    cause.detail = "certificate_to_confirm";
    cause.household_id = home->household;
    cause.person_id = row->person_id;
    work_item::open(q, cause, work_id, source.now);
  }
  core::note_change(q, "pass", row->compound_id, row->id.value, source.now);
  core::note_change(q, "pass", next.compound_id, new_id, source.now);
  return true;
}

}  // namespace

std::string exemption_work(std::int64_t id) { return fmt::format("exemption:{}:", id); }

Result<std::int64_t> follow_exemptions(db::Store& store, base::Instant now) {
  auto moved = store.read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    c.run(left_their_compound, {base::civil_day(now), round_max},
          [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    return ids;
  });
  if (!moved) return tl::unexpected(std::move(moved).error());
  if (moved->empty()) return 0;
  std::vector<std::int64_t> ids(2 * moved->size());
  for (auto& id : ids) id = store.next_id();
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        const core::Source source{"office", "program", now, {}};
        std::int64_t followed = 0;
        for (std::size_t i = 0; i < moved->size(); ++i)
          if (follow_person(q, (*moved)[i], ids[2 * i], ids[2 * i + 1], source)) ++followed;
        return followed;
      },
      db::Priority::low);
}

}  // namespace feature::gate
