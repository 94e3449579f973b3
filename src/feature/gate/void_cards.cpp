// A change of regime ends the cards that were issued before it (rules.md section 5), sparing exempt ones.
#include <algorithm>
#include <map>

#include "feature/gate/rule_book.hpp"
#include "feature/gate/service.hpp"
#include "feature/place/below_service.hpp"

namespace feature::gate {
namespace {

using base::Result;

constexpr std::size_t chunk = 400;  // cards of one write: a bulk job never holds the writer for long

struct Due {
  std::int64_t policy_id = 0, version = 0, place_id = 0;
  base::Instant from{};
};

std::optional<Due> due(db::Scoped& q, base::Instant now) {
  std::optional<Due> found;
  q.unscoped().run(
      "SELECT id, version, place_id, effective_from_ms FROM policy WHERE voids_cards = 1 AND "
      "cards_voided_ms IS NULL AND state = 'in_force' AND effective_from_ms <= $1 ORDER BY "
      "effective_from_ms, version LIMIT 1",
      {now}, [&](const db::Row& r) {
        found = Due{r.integer(0), r.integer(1), r.integer(2), r.instant(3)};
      });
  return found;
}

// Cards of households where the version holds, issued before it and alive still.
std::vector<PassRow> cards_of(db::Scoped& q, const Due& d, base::Instant now) {
  std::vector<PassRow> cards;
  std::map<std::int64_t, RuleBook> books;
  constexpr db::ScopedSql alive(
      "SELECT ps.id, ps.compound_id, ps.household_id, ps.dwelling_id, ps.sort, ps.label, ps.pass_class, "
      "ps.state, ps.generation, ps.short_code, ps.token, ps.batch, ps.issued_ms, ps.issued_by, "
      "ps.valid_until, ps.activated_ms, ps.void_ms, ps.void_reason, ps.replaced_by, p.id, p.stair_id, "
      "p.building_id, p.phase_id FROM pass ps JOIN place p ON p.id = ps.dwelling_id WHERE ps.state IN "
      "('active', 'inactive') AND ps.pass_class NOT IN ('exempt', 'worker', 'visitor') AND ps.issued_ms < "
      "$1 AND {scope:p}");
  q.run(alive.with(place::below(q, d.place_id)).with(" ORDER BY ps.compound_id, ps.id"), {d.from, d.place_id},
        [&](const db::Row& r) {
          if (cards.size() >= chunk) return;
          auto card = meta::load<PassRow>(r);
          const auto book = books.try_emplace(card.compound_id, q, card.compound_id, now).first;
          PlacesBelow below;
          for (int column = 19; column < 23; ++column)
            if (!r.is_null(column)) below.push_back(r.integer(column));
          const auto all = book->second.weigh(below);
          const bool holds = !all.empty() && all.front().why == rule::Why::chosen &&
                             book->second.candidates()[all.front().candidate].version == d.version;
          if (holds) cards.push_back(std::move(card));
        });
  return cards;
}

}  // namespace

Result<std::int64_t> void_cards(db::Store& store, const core::Keyring& keys, base::Instant now) {
  auto any = store.read([&](db::Connection& c) -> Result<bool> {
    db::Scoped q(c, db::Scope::all());
    return due(q, now).has_value();
  });
  if (!any) return tl::unexpected(any.error());
  if (!*any) return 0;
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        c.run("UPDATE setting SET value = value WHERE name = 'policy_guard'");
        const auto found = due(q, now);
        if (!found) return 0;
        const core::Source source{"program", "program", now, std::nullopt};
        const auto cards = cards_of(q, *found, now);
        std::map<std::int64_t, std::int64_t> ended;
        for (const auto& card : cards) {
          auto after = card;
          after.state = PassState::voided;
          after.voided = now;
          after.void_reason = "regime";
          core::update(q, card, after, source);
          ++ended[card.compound_id];
        }
        for (const auto& [compound, count] : ended) {
          core::audit_as(q, keys, "program", now, "",
                         {"pass.void_all", "policy", found->policy_id, compound, std::to_string(count)});
          core::note_change(q, "pass", compound, found->policy_id, now);
        }
        if (cards.size() < chunk)
          c.run("UPDATE policy SET cards_voided_ms = $2 WHERE id = $1", {found->policy_id, now});
        return 1;
      },
      db::Priority::low);
}

}  // namespace feature::gate
