#include "app/demo.hpp"

#include <map>

#include "app/demo_life.hpp"
#include "app/demo_maker.hpp"
#include "app/demo_try.hpp"

namespace app {
namespace {

namespace place = feature::place;
namespace town = engine::town;
using base::Result;
using place::Kind, place::OpeningKind, place::OpeningState;

// Persons of one invented subdistrict, nearly (LZ-07: 43,636 households).
constexpr std::int64_t subdistrict_persons = 110'000;
constexpr int subdistricts_of_a_district = 12;
constexpr int companies = 54;  // SY-09, SY-10: some two for three compounds

town::Compound shape(std::string name, int buildings, town::Building each) {
  town::Compound c;
  c.name = std::move(name);
  const auto prefix = each.name;
  for (int i = 1; i <= buildings; ++i) {
    each.name = prefix + std::to_string(i);
    c.buildings.push_back(each);
  }
  return c;
}

Result<void> fill(DemoMaker& m, const place::PlaceRow& garden, const place::PlaceRow& yard,
                  const place::PlaceRow& street, bool lived_in) {
  const auto towers = shape("春江花园", 6, {"", 2, 11, 4, 66});
  const auto garden_homes = town::homes(towers, m.seed(), m.today());
  TRY(m.add_dwellings(garden, towers, garden_homes));
  TRY(m.add_households(garden, towers, garden_homes));
  const auto blocks = shape("机关大院", 2, {"", 3, 6, 2, 30});
  const auto yard_homes = town::homes(blocks, m.seed(), m.today());
  TRY(m.add_dwellings(yard, blocks, yard_homes));
  TRY(m.add_households(yard, blocks, yard_homes));
  // Scattered old buildings: made from a pattern, no roster (practice.md 12).
  const auto old = shape("河街散楼", 3, {"河街", 1, 5, 2, 9});
  TRY(m.add_dwellings(street, old, town::homes(old, m.seed(), m.today())));
  TRY(m.add_passes(garden.id.value));
  if (lived_in) TRY(m.add_first_tier(garden.id.value, 6));
  const auto gate = m.add_opening(garden.id.value, "南大门", OpeningKind::both, OpeningState::guarded);
  if (!gate) return tl::unexpected(gate.error());
  if (lived_in) TRY(m.add_passages(garden.id.value, *gate));
  TRY(m.add_opening(garden.id.value, "北侧门", OpeningKind::pedestrian, OpeningState::sealed));
  TRY(m.add_opening(garden.id.value, "地库出口", OpeningKind::garage_ramp, OpeningState::sealed));
  TRY(m.add_opening(yard.id.value, "大院正门", OpeningKind::both, OpeningState::guarded));
  TRY(m.add_opening(street.id.value, "河街路口", OpeningKind::pedestrian, OpeningState::guarded));
  for (const auto* compound : {&garden, &yard, &street}) {
    TRY(m.add_steward({compound->id.value}, 1, "楼长", "业主志愿者"));
    TRY(m.add_steward({compound->id.value}, 2, "社区副书记", "社区居委会"));
  }
  return {};
}

// One account for every role, at the level where it is usual.
struct Account {
  std::string username, display_name, role;
  std::optional<db::Level> level{};  // none: the whole installation
};
const std::vector<Account> accounts{
    {"admin", "系统管理员", "administrator"},
    {"district", "演示区指挥部", "district_office", db::Level::district},
    {"subdistrict", "演示街道办事处", "subdistrict_office", db::Level::subdistrict},
    {"office", "春江社区办公室", "community_office", db::Level::community},
    {"grid", "春江网格员", "grid_worker", db::Level::compound},
    {"guard", "南大门卡口", "gate_guard", db::Level::compound},
    {"surveyor", "入户排查员", "surveyor", db::Level::community},
    {"storekeeper", "街道仓库", "storekeeper", db::Level::subdistrict},
    {"inspector", "区督导组", "inspector", db::Level::district},
    {"property", "春江花园物业", "property_company", db::Level::compound},
    {"site", "工地联络人", "site_contact", db::Level::community},
    {"auditor", "审计员", "auditor"},
    {"wall", "指挥部大屏", "wall", db::Level::district},
};

Result<void> add_accounts(DemoMaker& m, const place::PlaceRow& community, const place::PlaceRow& compound) {
  const std::map<db::Level, std::optional<std::int64_t>> places{
      {db::Level::district, community.district_id},
      {db::Level::subdistrict, community.subdistrict_id},
      {db::Level::community, community.id.value},
      {db::Level::compound, compound.id.value}};
  for (const auto& a : accounts)
    TRY(m.add_account(a.username, a.display_name, a.role, a.level ? places.at(*a.level) : std::nullopt));
  return {};
}

Result<place::PlaceRow> add_community(DemoMaker& m, const place::PlaceRow& district) {
  auto subdistrict = m.add_place(district, Kind::subdistrict, "演示街道", {}, "990100001");
  if (!subdistrict) return subdistrict;
  TRY(m.bodies().add_office(*subdistrict, "演示街道办事处"));
  auto community = m.add_place(*subdistrict, Kind::community, "春江社区", {}, "990100001001");
  if (community) TRY(m.bodies().add_office(*community, "春江社区居民委员会"));
  return community;
}

}  // namespace

Result<void> make_demo(Program& program, base::Instant now, std::int64_t people, std::uint64_t seed) {
  auto empty = program.store().read(
      [](db::Connection& c) -> Result<bool> { return c.count("SELECT COUNT(*) FROM place") == 0; });
  if (!empty) return tl::unexpected(std::move(empty).error());
  if (!*empty) return {};
  DemoMaker m(program, now, seed);
  // GB/T 2260 has no 990000: the district is nowhere.
  auto district = m.add_place({}, Kind::district, "演示区(虚构)", {}, "990100");
  if (!district) return tl::unexpected(std::move(district).error());
  TRY(m.bodies().add_district(*district, people > 0 ? companies : 1));
  auto community = add_community(m, *district);
  if (!community) return tl::unexpected(std::move(community).error());
  auto garden = m.add_place(*community, Kind::compound, "春江花园", place::CompoundKind::property_managed);
  if (!garden) return tl::unexpected(std::move(garden).error());
  auto yard = m.add_place(*community, Kind::compound, "机关大院", place::CompoundKind::unit_guarded);
  if (!yard) return tl::unexpected(std::move(yard).error());
  auto street = m.add_place(*community, Kind::compound, "河街散楼", place::CompoundKind::scattered_cluster);
  if (!street) return tl::unexpected(std::move(street).error());
  auto empty_one = m.add_place(*community, Kind::compound, "锦绣花园", place::CompoundKind::property_managed);
  if (!empty_one) return tl::unexpected(std::move(empty_one).error());
  TRY(m.add_opening(empty_one->id.value, "正门", OpeningKind::both, OpeningState::guarded));
  TRY(fill(m, *garden, *yard, *street, people > 0));
  for (const auto* compound : {&*garden, &*yard, &*street, &*empty_one})
    TRY(m.bodies().add_compound(*compound));
  TRY(m.add_policy(community->id.value));
  TRY(add_accounts(m, *community, *garden));
  for (int number = 1; (number - 1) * subdistrict_persons < people; ++number) {
    if (number % subdistricts_of_a_district == 0) {
      const auto n = number / subdistricts_of_a_district + 1;
      district = m.add_place({}, Kind::district, "演示区" + std::to_string(n) + "(虚构)", {},
                             std::to_string(990100 + n - 1));
      if (!district) return tl::unexpected(std::move(district).error());
      TRY(m.bodies().add_district(*district, companies));
    }
    TRY(m.add_subdistrict(*district, number));
  }
  if (people > 0) return DemoLife(program, now, seed).fill(*community->subdistrict_id);
  return {};
}

Result<std::vector<DemoLogin>> demo_logins(Program& program, base::Instant now) {
  std::vector<DemoLogin> out;
  for (const auto& a : accounts) {
    auto link = program.login_link(a.username, now);
    if (!link) return tl::unexpected(std::move(link).error());
    out.push_back({a.role, a.username, std::move(*link)});
  }
  return out;
}

}  // namespace app
