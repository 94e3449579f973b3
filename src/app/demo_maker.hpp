#pragma once
// Writes invented compounds into a store as an office would have entered them.
#include <map>
#include <optional>
#include <string>

#include "app/demo_bodies.hpp"
#include "app/program.hpp"
#include "core/trail.hpp"
#include "engine/town/dice.hpp"
#include "engine/town/town.hpp"
#include "feature/gate/service.hpp"
#include "feature/people/service.hpp"
#include "feature/place/service.hpp"

namespace app {

class DemoMaker {
 public:
  DemoMaker(Program& program, base::Instant now, std::uint64_t seed)
      : program_(program),
        now_(now),
        seed_(seed),
        dice_(seed),
        source_{"demo", "program", now, std::nullopt},
        bodies_(program, now, seed) {}

  // parent.id 0: a root.
  base::Result<feature::place::PlaceRow> add_place(
      const feature::place::PlaceRow& parent, feature::place::Kind kind, const std::string& name,
      std::optional<feature::place::CompoundKind> compound_kind = {}, const std::string& code = "");
  base::Result<void> add_dwellings(const feature::place::PlaceRow& compound,
                                   const engine::town::Compound& shape,
                                   const std::vector<engine::town::Home>& homes);
  base::Result<void> add_households(const feature::place::PlaceRow& compound,
                                    const engine::town::Compound& shape,
                                    const std::vector<engine::town::Home>& homes);
  // Cards for every household; most of them handed over.
  base::Result<void> add_passes(std::int64_t compound);
  // The last two days at an opening, under the rules: some households went out once and mostly came back.
  base::Result<void> add_passages(std::int64_t compound, std::int64_t opening);
  base::Result<std::int64_t> add_opening(std::int64_t compound, const std::string& name,
                                         feature::place::OpeningKind kind,
                                         feature::place::OpeningState state);
  // One of the staff, responsible for these places.
  base::Result<void> add_steward(const std::vector<std::int64_t>& places, int tier, const std::string& post,
                                 const std::string& organisation);
  // LZ-10: each of so many stewards answers for some of the buildings.
  base::Result<void> add_first_tier(std::int64_t compound, int stewards);
  // The defaults: one person of a household every three days (LZ-28).
  base::Result<void> add_policy(std::int64_t place_id);
  base::Result<void> add_account(const std::string& username, const std::string& display,
                                 const std::string& role, std::optional<std::int64_t> place_id);
  // A subdistrict of the size of a real one (LZ-07), with its communities, compounds, openings and four
  // tiers of stewards; `number` tells several apart.
  base::Result<void> add_subdistrict(const feature::place::PlaceRow& district, int number);

  base::Day today() const { return base::civil_day(now_); }
  std::uint64_t seed() const { return seed_; }
  DemoBodies& bodies() { return bodies_; }

 private:
  struct Door {
    std::int64_t id = 0;
    std::string sort{};
  };

  base::Result<feature::place::PlaceRow> add_compound(const feature::place::PlaceRow& community,
                                                      const engine::town::Compound& shape);
  base::Result<void> add_first_tier(const std::vector<std::int64_t>& buildings, int stewards);
  base::Result<std::map<std::string, Door, std::less<>>> doors_of(std::int64_t compound);
  base::Result<std::vector<std::int64_t>> buildings_of(std::int64_t compound);
  std::vector<std::int64_t> ids(std::size_t count);
  const core::Keyring& keys() { return program_.services().keys; }
  template <class F>
  auto write(F body) {
    return program_.store().write(
        [&](db::Connection& c) {
          db::Scoped q(c, db::Scope::all());
          return body(q);
        },
        db::Priority::low);
  }

  Program& program_;
  base::Instant now_;
  std::uint64_t seed_;
  engine::town::Dice dice_;
  core::Source source_;
  DemoBodies bodies_;
};

}  // namespace app
