#include "app/demo.hpp"

#include <fmt/format.h>

#include <array>
#include <random>

#include "core/trail.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/access/service.hpp"
#include "feature/gate/service.hpp"
#include "feature/people/service.hpp"
#include "feature/place/service.hpp"

namespace app {
namespace {

namespace place = feature::place;
namespace people = feature::people;
namespace gate = feature::gate;
using base::Result;
using place::Kind;

constexpr std::array<std::string_view, 30> surnames{
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡",
    "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹"};
constexpr std::array<std::string_view, 30> given{
    "伟", "芳",   "娜",   "敏",   "静",   "丽",   "强",   "磊",   "军",   "洋",
    "勇", "艳",   "杰",   "娟",   "涛",   "明",   "超",   "秀兰", "霞",   "平",
    "刚", "桂英", "文博", "子涵", "雨桐", "浩然", "欣怡", "建国", "志强", "晓燕"};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // Not std::uniform_int_distribution: its results differ between libraries.
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class A>
  std::string_view pick(const A& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

// A number that cannot belong to anyone: area 000000 is no place.
std::string synthetic_document(Dice& dice, base::Day birth, bool male) {
  const auto b = base::parts_of(birth);
  const auto first = fmt::format("000000{:04}{:02}{:02}{:02}{}", b.year, b.month, b.day, dice.below(100),
                                 dice.below(5) * 2 + (male ? 1 : 0));
  return first + engine::intake::check_character(first);
}

struct Maker {
  Program& program;
  base::Instant now;
  Dice dice;
  core::Source source{"demo", "program", {}, std::nullopt};

  std::int64_t id() { return program.store().next_id(); }
  const core::Keyring& keys() { return program.services().keys; }

  template <class F>
  auto write(F body) {
    return program.store().write(
        [&](db::Connection& c) {
          db::Scoped q(c, db::Scope::all());
          return body(q);
        },
        db::Priority::low);
  }

  Result<place::PlaceRow> add_place(const place::PlaceRow& parent, Kind kind, const std::string& name,
                                    std::optional<place::CompoundKind> compound_kind = {},
                                    std::string code = "") {
    const auto new_id = id();
    return write([&](db::Scoped& q) -> Result<place::PlaceRow> {
      auto row = place::child_of(parent, kind, name, new_id, now);
      if (parent.id.value == 0) row.parent_id.reset();
      row.compound_kind = compound_kind;
      if (!code.empty()) row.code = code;
      core::insert(q, row, source);
      return row;
    });
  }

  Result<void> add_building(const place::PlaceRow& compound, const place::BuildingPattern& pattern,
                            int lived_in_percent) {
    auto drafts = place::expand(pattern);
    if (!drafts) return tl::unexpected(std::move(drafts).error());
    for (auto& d : *drafts) {
      const bool lived = dice.chance(lived_in_percent);
      d.fitted_out = lived || dice.chance(40) ? place::Tri::yes : place::Tri::no;
      d.occupancy = !lived            ? place::Occupancy::vacant
                    : dice.chance(20) ? place::Occupancy::rented
                                      : place::Occupancy::lived_in;
      d.area_m2 = 60 + dice.below(90);
    }
    std::vector<std::int64_t> ids(place::plan_ids(*drafts));
    for (auto& i : ids) i = id();
    return write([&](db::Scoped& q) -> Result<void> {
      place::add_dwellings(q, compound, *drafts, ids, keys(), source);
      return {};
    });
  }

  people::PersonDraft person(people::Relation relation, int age_from, int age_to, std::string_view surname) {
    people::PersonDraft p;
    const bool male = relation == people::Relation::spouse ? dice.chance(15) : dice.chance(55);
    p.name = std::string(surname) + std::string(dice.pick(given));
    p.relation = relation;
    p.sex = male ? people::Sex::male : people::Sex::female;
    const auto birth = base::civil_day(now) + -(age_from * 365 + dice.below((age_to - age_from) * 365));
    p.birth_day = birth;
    p.document = synthetic_document(dice, birth, male);
    p.document_state = people::DocumentState::ok;
    if (age_from >= 14) p.phones.push_back(fmt::format("1990000{:04}", dice.below(10000)));
    return p;
  }

  people::HouseholdDraft household(std::int64_t dwelling, std::int64_t compound, std::string label,
                                   std::string sort) {
    people::HouseholdDraft h;
    h.dwelling_id = dwelling;
    h.compound_id = compound;
    h.label = std::move(label);
    h.sort = std::move(sort);
    const auto surname = dice.pick(surnames);
    const bool old_alone = dice.chance(6);
    h.members.push_back(person(people::Relation::head, old_alone ? 66 : 28, old_alone ? 90 : 65, surname));
    if (old_alone) {
      h.members.back().flags.push_back("elder_alone");
      return h;
    }
    if (dice.chance(80)) h.members.push_back(person(people::Relation::spouse, 26, 62, dice.pick(surnames)));
    if (dice.chance(65)) h.members.push_back(person(people::Relation::child, 1, 22, surname));
    if (dice.chance(25)) h.members.push_back(person(people::Relation::child, 1, 14, surname));
    if (dice.chance(30)) h.members.push_back(person(people::Relation::parent, 60, 88, surname));
    return h;
  }

  Result<std::int64_t> add_households(std::int64_t compound) {
    std::vector<people::HouseholdDraft> drafts;
    auto doors = program.store().read([&](db::Connection& c) -> Result<bool> {
      c.run(
          "SELECT d.id, d.label, p.sort FROM dwelling d JOIN place p ON p.id = d.id WHERE p.compound_id = $1 "
          "AND "
          "d.occupancy <> 'vacant' ORDER BY p.sort",
          {compound}, [&](const db::Row& r) {
            // A few dwellings are lived in and not registered yet: the office's work of the day.
            if (!dice.chance(4)) drafts.push_back(household(r.integer(0), compound, r.str(1), r.str(2)));
          });
      return true;
    });
    if (!doors) return tl::unexpected(std::move(doors).error());
    for (std::size_t from = 0; from < drafts.size(); from += 100) {
      const std::vector<people::HouseholdDraft> some(
          drafts.begin() + static_cast<std::ptrdiff_t>(from),
          drafts.begin() + static_cast<std::ptrdiff_t>(std::min(drafts.size(), from + 100)));
      std::size_t needed = 0;
      for (const auto& d : some) needed += people::plan_ids(d);
      std::vector<std::int64_t> ids(needed);
      for (auto& i : ids) i = id();
      auto added = write([&](db::Scoped& q) -> Result<std::int64_t> {
        return people::add_households(q, some, ids, keys(), source).persons;
      });
      if (!added) return added;
    }
    return static_cast<std::int64_t>(drafts.size());
  }

  Result<void> add_passes(std::int64_t compound) {
    std::vector<gate::PassRow> rows;
    const auto batch = gate::new_batch(now);
    auto read = program.store().read([&](db::Connection& c) -> Result<bool> {
      c.run("SELECT id, dwelling_id, sort, label FROM household WHERE compound_id = $1 ORDER BY sort",
            {compound}, [&](const db::Row& r) {
              gate::PassRow row;
              row.household_id = r.integer(0);
              row.dwelling_id = r.integer(1);
              row.sort = r.str(2);
              row.label = r.str(3);
              rows.push_back(std::move(row));
            });
      return true;
    });
    if (!read) return tl::unexpected(std::move(read).error());
    for (auto& row : rows) {
      auto made =
          gate::make_pass(keys(), id(), compound, row.household_id, batch, base::civil_day(now) + 90, now, 0);
      made.dwelling_id = row.dwelling_id;
      made.sort = row.sort;
      made.label = row.label;
      // Most cards have been handed over; the rest is the list of the undelivered.
      if (dice.chance(92)) {
        made.state = gate::PassState::active;
        made.activated = now;
      }
      row = std::move(made);
    }
    return write([&](db::Scoped& q) -> Result<void> {
      core::insert_all(q, rows, source);
      return {};
    });
  }

  Result<std::int64_t> add_opening(std::int64_t compound, const std::string& name, place::OpeningKind kind,
                                   place::OpeningState state) {
    place::Opening o;
    o.id = meta::Id<place::Opening>(id());
    o.compound_id = meta::Id<place::PlaceRow>(compound);
    o.name = name;
    o.kind = kind;
    o.state = state;
    o.opens_from_inside = state == place::OpeningState::sealed;
    o.valid_from = now;
    return write([&](db::Scoped& q) -> Result<std::int64_t> {
      core::insert(q, o, source);
      return o.id.value;
    });
  }

  Result<void> add_steward(std::int64_t place_id, int tier, const std::string& post,
                           const std::string& organisation) {
    people::StaffRow s;
    s.id = meta::Id<people::StaffRow>(id());
    s.name = std::string(dice.pick(surnames)) + std::string(dice.pick(given));
    s.organisation = organisation;
    s.post = post;
    const auto phone = fmt::format("1990001{:04}", dice.below(10000));
    s.phone_sealed = meta::Bytes{keys().seal("staff", "phone", s.id.value, phone)};
    s.phone_index = meta::Bytes{keys().blind("phone", phone)};
    s.phone_masked = core::mask_phone(phone);
    s.source = "demo";
    s.updated = now;
    people::StewardshipRow w;
    w.id = meta::Id<people::StewardshipRow>(id());
    w.staff_id = s.id;
    w.place_id = meta::Id<place::PlaceRow>(place_id);
    w.tier = tier;
    w.valid_from = now;
    w.source = "demo";
    return write([&](db::Scoped& q) -> Result<void> {
      core::insert(q, s, source);
      core::insert(q, w, source);
      return {};
    });
  }

  // LZ-28: one person of a household every three days; the threshold and the minutes are the defaults.
  Result<void> add_policy(std::int64_t place_id) {
    gate::PolicyRow row;
    row.id = meta::Id<gate::PolicyRow>(id());
    row.place_id = place_id;
    row.version = 1;
    row.effective_from = now;
    row.params.text = meta::to_json(gate::rule::Policy{});
    row.created = now;
    return write([&](db::Scoped& q) -> Result<void> {
      core::insert(q, row, source);
      return {};
    });
  }

  Result<void> add_account(const std::string& username, const std::string& display, const std::string& role,
                           std::optional<std::int64_t> place_id) {
    const auto account = id(), grant = id();
    return write([&](db::Scoped& q) -> Result<void> {
      feature::access::add_account(q, account, grant, username, display, role, place_id, source);
      return {};
    });
  }
};

#define TRY(expression) \
  if (auto done = (expression); !done) return tl::unexpected(std::move(done).error())

place::BuildingPattern pattern(std::int64_t compound, std::string name, int stairs, int floors, int rooms) {
  place::BuildingPattern p;
  p.compound_id = compound;
  p.name = std::move(name);
  p.stairs = stairs;
  p.floors = floors;
  p.rooms_per_floor = rooms;
  return p;
}

Result<void> fill(Maker& m, const place::PlaceRow& garden, const place::PlaceRow& yard,
                  const place::PlaceRow& street) {
  for (int b = 1; b <= 6; ++b)
    TRY(m.add_building(garden, pattern(garden.id.value, std::to_string(b), 2, 11, 4), 78));
  for (int b = 1; b <= 2; ++b)
    TRY(m.add_building(yard, pattern(yard.id.value, std::to_string(b), 3, 6, 2), 85));
  // Scattered old buildings: made from a pattern, no roster (practice.md 12).
  for (int b = 1; b <= 3; ++b)
    TRY(m.add_building(street, pattern(street.id.value, "河街" + std::to_string(b), 1, 5, 2), 90));
  TRY(m.add_households(garden.id.value));
  TRY(m.add_households(yard.id.value));
  TRY(m.add_passes(garden.id.value));
  TRY(m.add_opening(garden.id.value, "南大门", place::OpeningKind::both, place::OpeningState::guarded));
  TRY(m.add_opening(garden.id.value, "北侧门", place::OpeningKind::pedestrian, place::OpeningState::sealed));
  TRY(m.add_opening(garden.id.value, "地库出口", place::OpeningKind::garage_ramp,
                    place::OpeningState::sealed));
  TRY(m.add_opening(yard.id.value, "大院正门", place::OpeningKind::both, place::OpeningState::guarded));
  TRY(m.add_opening(street.id.value, "河街路口", place::OpeningKind::pedestrian,
                    place::OpeningState::guarded));
  for (const auto* compound : {&garden, &yard, &street}) {
    TRY(m.add_steward(compound->id.value, 1, "楼长", "业主志愿者"));
    TRY(m.add_steward(compound->id.value, 2, "社区副书记", "社区居委会"));
  }
  return {};
}

}  // namespace

Result<void> make_demo(Program& program, base::Instant now, std::uint64_t seed) {
  auto empty = program.store().read(
      [](db::Connection& c) -> Result<bool> { return c.count("SELECT COUNT(*) FROM place") == 0; });
  if (!empty) return tl::unexpected(std::move(empty).error());
  if (!*empty) return {};
  Maker m{program, now, Dice(seed), {"demo", "program", now, std::nullopt}};
  // GB/T 2260 has no 990000: the district is nowhere.
  auto district = m.add_place({}, Kind::district, "演示区(虚构)", {}, "990100");
  if (!district) return tl::unexpected(std::move(district).error());
  auto subdistrict = m.add_place(*district, Kind::subdistrict, "演示街道", {}, "990100001");
  if (!subdistrict) return tl::unexpected(std::move(subdistrict).error());
  auto community = m.add_place(*subdistrict, Kind::community, "春江社区", {}, "990100001001");
  if (!community) return tl::unexpected(std::move(community).error());
  auto garden = m.add_place(*community, Kind::compound, "春江花园", place::CompoundKind::property_managed);
  if (!garden) return tl::unexpected(std::move(garden).error());
  auto yard = m.add_place(*community, Kind::compound, "机关大院", place::CompoundKind::unit_guarded);
  if (!yard) return tl::unexpected(std::move(yard).error());
  auto street = m.add_place(*community, Kind::compound, "河街散楼", place::CompoundKind::scattered_cluster);
  if (!street) return tl::unexpected(std::move(street).error());
  auto empty_one = m.add_place(*community, Kind::compound, "锦绣花园", place::CompoundKind::property_managed);
  if (!empty_one) return tl::unexpected(std::move(empty_one).error());
  TRY(m.add_opening(empty_one->id.value, "正门", place::OpeningKind::both, place::OpeningState::guarded));
  TRY(fill(m, *garden, *yard, *street));
  TRY(m.add_policy(community->id.value));
  TRY(m.add_account("admin", "系统管理员", "administrator", std::nullopt));
  TRY(m.add_account("office", "春江社区办公室", "office", community->id.value));
  TRY(m.add_account("guard", "南大门卡口", "guard", garden->id.value));
  return {};
}

Result<std::vector<DemoLogin>> demo_logins(Program& program, base::Instant now) {
  std::vector<DemoLogin> out;
  for (const auto& [role, username] :
       {std::pair{"administrator", "admin"}, {"office", "office"}, {"guard", "guard"}}) {
    auto link = program.login_link(username, now);
    if (!link) return tl::unexpected(std::move(link).error());
    out.push_back({role, username, std::move(*link)});
  }
  return out;
}

}  // namespace app
