#include "app/demo_maker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/demo_try.hpp"
#include "feature/access/service.hpp"
#include "feature/stewardship/record.hpp"

namespace app {
namespace {

namespace place = feature::place;
namespace people = feature::people;
namespace gate = feature::gate;
namespace stewardship = feature::stewardship;
namespace town = engine::town;
using base::Result;

constexpr std::size_t rows_at_once = 200;

people::Relation relation_of(town::Relation relation) {
  switch (relation) {
    case town::Relation::head:
      return people::Relation::head;
    case town::Relation::spouse:
      return people::Relation::spouse;
    case town::Relation::child:
      return people::Relation::child;
    case town::Relation::parent:
      return people::Relation::parent;
    case town::Relation::tenant:
      return people::Relation::tenant;
  }
  return people::Relation::unknown;
}

people::PersonDraft draft_of(const town::Person& p) {
  people::PersonDraft d;
  d.name = p.name;
  d.relation = relation_of(p.relation);
  d.sex = p.male ? people::Sex::male : people::Sex::female;
  d.birth_day = p.birth_day;
  d.document = p.document;
  d.document_state = people::DocumentState::ok;
  if (!p.phone.empty()) d.phones.push_back(p.phone);
  if (p.elder_alone) d.flags.push_back("elder_alone");
  return d;
}

place::CompoundKind kind_of(town::CompoundKind kind) {
  switch (kind) {
    case town::CompoundKind::property_managed:
      return place::CompoundKind::property_managed;
    case town::CompoundKind::owners_committee:
      return place::CompoundKind::owners_committee;
    case town::CompoundKind::unmanaged:
      return place::CompoundKind::unmanaged;
    case town::CompoundKind::scattered_cluster:
      return place::CompoundKind::scattered_cluster;
  }
  return place::CompoundKind::unmanaged;
}

}  // namespace

std::vector<std::int64_t> DemoMaker::ids(std::size_t count) {
  std::vector<std::int64_t> out(count);
  for (auto& id : out) id = program_.store().next_id();
  return out;
}

Result<place::PlaceRow> DemoMaker::add_place(const place::PlaceRow& parent, place::Kind kind,
                                             const std::string& name,
                                             std::optional<place::CompoundKind> compound_kind,
                                             const std::string& code) {
  const auto id = program_.store().next_id();
  return write([&](db::Scoped& q) -> Result<place::PlaceRow> {
    auto row = place::child_of(parent, kind, name, id, now_);
    if (parent.id.value == 0) row.parent_id.reset();
    row.compound_kind = compound_kind;
    if (!code.empty()) row.code = code;
    core::insert(q, row, source_);
    return row;
  });
}

Result<void> DemoMaker::add_dwellings(const place::PlaceRow& compound, const town::Compound& shape,
                                      const std::vector<town::Home>& homes) {
  for (std::size_t from = 0; from < homes.size(); from += rows_at_once) {
    std::vector<place::DwellingDraft> drafts;
    for (std::size_t i = from; i < std::min(homes.size(), from + rows_at_once); ++i) {
      const auto& h = homes[i];
      place::DwellingDraft d;
      d.building = shape.buildings[static_cast<std::size_t>(h.building)].name;
      d.stair = std::to_string(h.stair);
      d.floor = h.floor;
      d.room = h.room;
      d.area_m2 = h.area_m2;
      d.fitted_out = h.fitted_out ? place::Tri::yes : place::Tri::no;
      d.occupancy = !h.lived_in ? place::Occupancy::vacant
                    : h.rented  ? place::Occupancy::rented
                                : place::Occupancy::lived_in;
      drafts.push_back(std::move(d));
    }
    const auto needed = ids(place::plan_ids(drafts));
    TRY(write([&](db::Scoped& q) -> Result<void> {
      place::add_dwellings(q, compound, drafts, needed, keys(), source_);
      return {};
    }));
  }
  return {};
}

Result<std::map<std::string, DemoMaker::Door, std::less<>>> DemoMaker::doors_of(std::int64_t compound) {
  return program_.store().read([&](db::Connection& c) -> Result<std::map<std::string, Door, std::less<>>> {
    std::map<std::string, Door, std::less<>> out;
    c.run("SELECT d.id, d.label, p.sort FROM place p JOIN dwelling d ON d.id = p.id WHERE p.compound_id = $1",
          {compound}, [&](const db::Row& r) {
            out[r.str(1)] = {r.integer(0), r.str(2)};
          });
    return out;
  });
}

Result<std::vector<std::int64_t>> DemoMaker::buildings_of(std::int64_t compound) {
  return program_.store().read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> out;
    c.run("SELECT p.id FROM place p WHERE p.compound_id = $1 AND p.kind = 'building' ORDER BY p.sort",
          {compound}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
    return out;
  });
}

Result<void> DemoMaker::add_households(const place::PlaceRow& compound, const town::Compound& shape,
                                       const std::vector<town::Home>& homes) {
  const auto doors = doors_of(compound.id.value);
  if (!doors) return tl::unexpected(doors.error());
  std::vector<people::HouseholdDraft> drafts;
  const auto flush = [&]() -> Result<void> {
    std::size_t needed = 0;
    for (const auto& d : drafts) needed += people::plan_ids(d);
    const auto some = ids(needed);
    auto done = write([&](db::Scoped& q) -> Result<void> {
      people::add_households(q, drafts, some, keys(), source_);
      return {};
    });
    drafts.clear();
    return done;
  };
  for (const auto& h : homes) {
    const auto label = place::dwelling_label("", shape.buildings[static_cast<std::size_t>(h.building)].name,
                                             std::to_string(h.stair), h.room);
    const auto& door = doors->at(label);
    for (const auto& members : h.households) {
      people::HouseholdDraft d;
      d.dwelling_id = door.id;
      d.compound_id = compound.id.value;
      d.label = label;
      d.sort = door.sort;
      for (const auto& p : members) d.members.push_back(draft_of(p));
      drafts.push_back(std::move(d));
    }
    if (drafts.size() >= rows_at_once) TRY(flush());
  }
  return flush();
}

Result<void> DemoMaker::add_passes(std::int64_t compound) {
  std::vector<gate::PassRow> rows;
  const auto batch = gate::new_batch(now_);
  TRY(program_.store().read([&](db::Connection& c) -> Result<bool> {
    c.run("SELECT id, dwelling_id, sort, label FROM household WHERE compound_id = $1 ORDER BY sort, id",
          {compound}, [&](const db::Row& r) {
            gate::PassRow row;
            row.household_id = r.integer(0);
            row.dwelling_id = r.integer(1);
            row.sort = r.str(2);
            row.label = r.str(3);
            rows.push_back(std::move(row));
          });
    return true;
  }));
  const auto some = ids(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto made =
        gate::make_pass(keys(), some[i], compound, rows[i].household_id, batch, today() + 90, now_, 0);
    made.dwelling_id = rows[i].dwelling_id;
    made.sort = rows[i].sort;
    made.label = rows[i].label;
    // The rest is the list of the undelivered.
    if (dice_.chance(92)) {
      made.state = gate::PassState::active;
      made.activated = now_;
    }
    rows[i] = std::move(made);
  }
  return write([&](db::Scoped& q) -> Result<void> {
    gate::insert_passes(q, rows, source_);
    return {};
  });
}

Result<void> DemoMaker::add_passages(std::int64_t compound, std::int64_t opening) {
  std::vector<gate::PassageRow> rows;
  TRY(program_.store().read([&](db::Connection& c) -> Result<bool> {
    c.run(
        "SELECT h.id, h.dwelling_id, r.person_id, MIN(k.id) FROM household h JOIN residence r ON "
        "r.household_id = h.id AND r.position = 0 JOIN pass k ON k.household_id = h.id AND k.state = "
        "'active' WHERE h.compound_id = $1 GROUP BY h.id, h.dwelling_id, r.person_id ORDER BY h.id",
        {compound}, [&](const db::Row& r) {
          if (!dice_.chance(35)) return;
          gate::PassageRow out;
          out.compound_id = compound;
          out.opening_id = opening;
          out.household_id = r.integer(0);
          out.dwelling_id = r.integer(1);
          out.person_id = r.integer(2);
          out.pass_id = r.integer(3);
          out.person_ids = std::to_string(r.integer(2));
          out.policy_version = 1;
          out.consumes = true;
          out.happened = now_ + -dice_.between(10, 2 * 24 * 60 - 1) * base::minute_ms;
          const auto hour = base::minute_of_day(out.happened) / 60;
          if (hour < 6 || hour > 21) return;  // people sleep
          out.temperature_tenths = dice_.between(360, 369);
          out.temperature_note = gate::TemperatureNote::reading;
          auto back = out;
          back.direction = gate::rule::Direction::in;
          back.consumes = false;
          back.happened = out.happened + dice_.between(20, 110) * base::minute_ms;
          rows.push_back(std::move(out));
          if (back.happened < now_) rows.push_back(std::move(back));
        });
    return true;
  }));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.happened < b.happened; });
  const auto some = ids(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = meta::Id<gate::PassageRow>(some[i]);
    rows[i].recorded = rows[i].happened;
    rows[i].device_ms = rows[i].happened.ms;
  }
  return write([&](db::Scoped& q) -> Result<void> {
    for (const auto& row : rows) core::append(q, row);
    return {};
  });
}

Result<std::int64_t> DemoMaker::add_opening(std::int64_t compound, const std::string& name,
                                            place::OpeningKind kind, place::OpeningState state) {
  place::Opening o;
  o.id = meta::Id<place::Opening>(program_.store().next_id());
  o.compound_id = meta::Id<place::PlaceRow>(compound);
  o.name = name;
  o.kind = kind;
  o.state = state;
  o.opens_from_inside = state == place::OpeningState::sealed;
  o.valid_from = now_;
  return write([&](db::Scoped& q) -> Result<std::int64_t> {
    core::insert(q, o, source_);
    return o.id.value;
  });
}

Result<void> DemoMaker::add_steward(const std::vector<std::int64_t>& places, int tier,
                                    const std::string& post, const std::string& organisation) {
  stewardship::StaffRow s;
  s.id = meta::Id<stewardship::StaffRow>(program_.store().next_id());
  s.name = town::person_name(dice_);
  s.organisation = organisation;
  s.post = post;
  const auto phone = fmt::format("1990001{:04}", dice_.below(10000));
  s.phone_sealed = meta::Bytes{keys().seal("staff", "phone", s.id.value, phone)};
  s.phone_index = meta::Bytes{keys().blind("phone", phone)};
  s.phone_masked = core::mask_phone(phone);
  s.source = source_.source;
  s.updated = now_;
  std::vector<stewardship::StewardshipRow> duties;
  for (const auto place : places) {
    stewardship::StewardshipRow w;
    w.id = meta::Id<stewardship::StewardshipRow>(program_.store().next_id());
    w.staff_id = s.id;
    w.place_id = meta::Id<place::PlaceRow>(place);
    w.tier = tier;
    w.valid_from = now_;
    w.source = source_.source;
    duties.push_back(std::move(w));
  }
  return write([&](db::Scoped& q) -> Result<void> {
    core::insert(q, s, source_);
    core::insert_all(q, duties, source_);
    return {};
  });
}

Result<void> DemoMaker::add_policy(std::int64_t place_id) {
  gate::PolicyRow row;
  row.id = meta::Id<gate::PolicyRow>(program_.store().next_id());
  row.place_id = place_id;
  row.effective_from = now_;
  row.params.text = meta::to_json(gate::rule::Policy{.vehicles = gate::rule::VehicleRules{}});
  row.created = now_;
  return write([&](db::Scoped& q) -> Result<void> {
    row.version = q.unscoped().count("SELECT COALESCE(MAX(version), 0) FROM policy") + 1;
    core::insert(q, row, source_);
    return {};
  });
}

Result<void> DemoMaker::add_account(const std::string& username, const std::string& display,
                                    const std::string& role, std::optional<std::int64_t> place_id) {
  const auto some = ids(2);
  return write([&](db::Scoped& q) -> Result<void> {
    feature::access::add_account(q, some[0], some[1], username, display, role, place_id, source_);
    return {};
  });
}

Result<place::PlaceRow> DemoMaker::add_compound(const place::PlaceRow& community,
                                                const town::Compound& shape) {
  auto compound = add_place(community, place::Kind::compound, shape.name, kind_of(shape.kind));
  if (!compound) return compound;
  const auto homes = town::homes(shape, seed_, today());
  TRY(add_dwellings(*compound, shape, homes));
  TRY(add_households(*compound, shape, homes));
  TRY(add_passes(compound->id.value));
  using place::OpeningKind, place::OpeningState;
  for (int i = 1; i <= shape.guarded; ++i)
    TRY(add_opening(compound->id.value, shape.guarded == 1 ? "正门" : fmt::format("{}号门", i),
                    OpeningKind::both, OpeningState::guarded));
  for (int i = 1; i <= shape.sealed; ++i)
    TRY(add_opening(compound->id.value, fmt::format("封闭口{}", i), OpeningKind::pedestrian,
                    OpeningState::sealed));
  TRY(add_steward({compound->id.value}, 2, "社区干部", community.name));
  TRY(bodies_.add_compound(*compound));
  return compound;
}

// LZ-10, LZ-11: party members, group leaders and volunteers, each with some buildings.
Result<void> DemoMaker::add_first_tier(const std::vector<std::int64_t>& buildings, int stewards) {
  const auto count = static_cast<std::size_t>(stewards);
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = buildings.size() * i / count, until = buildings.size() * (i + 1) / count;
    TRY(add_steward({buildings.begin() + static_cast<std::ptrdiff_t>(from),
                     buildings.begin() + static_cast<std::ptrdiff_t>(until)},
                    1, dice_.chance(50) ? "楼长" : "居民小组长", "志愿者"));
  }
  return {};
}

Result<void> DemoMaker::add_first_tier(std::int64_t compound, int stewards) {
  const auto buildings = buildings_of(compound);
  if (!buildings) return tl::unexpected(buildings.error());
  return add_first_tier(*buildings, stewards);
}

Result<void> DemoMaker::add_subdistrict(const place::PlaceRow& district, int number) {
  const auto plan = town::plan(seed_ + static_cast<std::uint64_t>(number));
  const auto name = number == 1 ? plan.name : fmt::format("{}{}", plan.name, number);
  const auto code = fmt::format("{}{:03}", district.code.value_or(""), 1 + number);
  auto subdistrict = add_place(district, place::Kind::subdistrict, name, {}, code);
  if (!subdistrict) return tl::unexpected(std::move(subdistrict).error());
  TRY(add_policy(subdistrict->id.value));
  TRY(bodies_.add_office(*subdistrict, name + "办事处"));
  std::vector<std::int64_t> buildings;
  for (std::size_t i = 0; i < plan.communities.size(); ++i) {
    auto community = add_place(*subdistrict, place::Kind::community, plan.communities[i], {},
                               fmt::format("{}{:03}", code, i + 1));
    if (!community) return tl::unexpected(std::move(community).error());
    TRY(bodies_.add_office(*community, plan.communities[i] + "居民委员会"));
    TRY(add_steward({community->id.value}, 3, "街道包保干部", plan.name));
    TRY(add_steward({community->id.value}, 4, "区级包保干部", "区直部门"));
    for (const auto& shape : plan.compounds) {
      if (shape.community != static_cast<int>(i)) continue;
      auto compound = add_compound(*community, shape);
      if (!compound) return tl::unexpected(std::move(compound).error());
      auto here = buildings_of(compound->id.value);
      if (!here) return tl::unexpected(std::move(here).error());
      buildings.insert(buildings.end(), here->begin(), here->end());
    }
  }
  return add_first_tier(buildings, plan.first_tier);
}

}  // namespace app
