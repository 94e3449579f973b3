#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "engine/town/dice.hpp"
#include "engine/town/town.hpp"

namespace engine::town {
namespace {

constexpr std::array<const char*, 24> fronts{"春江", "锦绣", "龙泉", "翠湖", "金桂", "丹枫", "云栖", "明月",
                                             "青松", "江畔", "和顺", "瑞景", "东篱", "福星", "竹海", "滨河",
                                             "紫荆", "安居", "朝阳", "凤鸣", "银杏", "清溪", "望江", "百合"};
constexpr std::array<const char*, 8> property_ends{"花园", "名城", "国际", "府",
                                                   "华庭", "家园", "雅苑", "公馆"};
constexpr std::array<const char*, 6> old_ends{"大院", "宿舍", "新村", "小区", "里", "坊"};
constexpr std::array<const char*, 14> communities{"春晖", "龙南", "江滨", "忠山", "桂圆", "百子", "枣子",
                                                  "凤岭", "杜家", "大桥", "瓦窑", "兰田", "方山", "皂角"};

// `total` in whole parts by weight, each at least `least` (largest remainder).
std::vector<int> apportion(int total, const std::vector<double>& weights, int least) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const int free = total - least * static_cast<int>(weights.size());
  std::vector<int> parts(weights.size());
  std::vector<std::pair<double, std::size_t>> rests;
  int given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double exact = free * weights[i] / sum;
    const int whole = static_cast<int>(exact);
    given += whole;
    parts[i] = least + whole;
    rests.emplace_back(exact - whole, i);
  }
  std::sort(rests.begin(), rests.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (int i = 0; i < free - given; ++i) ++parts[rests[static_cast<std::size_t>(i) % rests.size()].second];
  return parts;
}

// Sizes of real compounds are skewed: a few are ten times the middle one.
std::vector<double> skewed(Dice& dice, std::size_t count, double spread) {
  std::vector<double> out(count);
  for (auto& w : out) {
    double near_normal = -6;
    for (int i = 0; i < 12; ++i) near_normal += dice.below(1000) / 1000.0;
    w = std::exp(spread * near_normal);
  }
  return out;
}

// Stairs and floors that hold the households and leave some dwellings empty.
void shape(Building& b, Dice& dice, bool tall) {
  const int needed = b.households + b.households * dice.between(4, 30) / 100 + 1;
  struct Block {
    int floors, rooms;
  };
  static constexpr std::array<Block, 8> blocks{
      {{6, 2}, {7, 2}, {11, 2}, {11, 4}, {18, 3}, {18, 4}, {26, 4}, {33, 4}}};
  std::vector<Building> fitting;
  for (const auto& block : blocks) {
    if (!tall && block.floors > 7) break;
    Building one = b;
    one.floors = block.floors;
    one.rooms_per_floor = block.rooms;
    one.stairs = (needed + block.floors * block.rooms - 1) / (block.floors * block.rooms);
    if (one.stairs <= 5 && one.rooms() * 2 <= needed * 3) fitting.push_back(one);
  }
  if (!fitting.empty()) {
    b = dice.pick(fitting);
    return;
  }
  b.rooms_per_floor = needed > 60 ? 4 : 2;
  b.stairs = (needed + 7 * b.rooms_per_floor - 1) / (7 * b.rooms_per_floor);
  b.floors = (needed + b.stairs * b.rooms_per_floor - 1) / (b.stairs * b.rooms_per_floor);
}

void fill(Compound& compound, int buildings, int households, Dice& dice) {
  const auto shares = apportion(households, skewed(dice, static_cast<std::size_t>(buildings), 0.25), 1);
  for (int i = 0; i < buildings; ++i) {
    Building b;
    b.name = compound.kind == CompoundKind::scattered_cluster
                 ? compound.name.substr(0, 6) + std::to_string(i + 1)
                 : std::to_string(i + 1);
    b.households = shares[static_cast<std::size_t>(i)];
    shape(b, dice, compound.kind == CompoundKind::property_managed);
    compound.buildings.push_back(std::move(b));
  }
}

void add_kind(Plan& plan, std::vector<Compound> compounds, const Totals& totals, Dice& dice) {
  const auto weights = skewed(dice, compounds.size(), 0.8);
  const auto buildings = apportion(totals.buildings, weights, 1);
  std::vector<double> by_buildings(compounds.size());
  for (std::size_t i = 0; i < compounds.size(); ++i) by_buildings[i] = buildings[i] * (80 + dice.below(40));
  // At least two households in each building.
  std::vector<int> least(compounds.size());
  int floor_sum = 0;
  for (std::size_t i = 0; i < compounds.size(); ++i) floor_sum += least[i] = 2 * buildings[i];
  const auto more = apportion(totals.households - floor_sum, by_buildings, 0);
  for (std::size_t i = 0; i < compounds.size(); ++i) {
    fill(compounds[i], buildings[i], least[i] + more[i], dice);
    plan.compounds.push_back(std::move(compounds[i]));
  }
}

std::vector<std::string> names(Dice& dice, std::size_t count, std::span<const char* const> ends) {
  std::vector<std::string> all;
  for (const auto* front : fronts)
    for (const auto* end : ends) all.push_back(std::string(front) + end);
  dice.shuffle(all);
  all.resize(count);
  return all;
}

// Checkpoints by size, at least one each (XN-39, LZ-04); what can be closed is closed.
void add_openings(Plan& plan, Dice& dice) {
  std::vector<double> weights;
  for (const auto& c : plan.compounds) weights.push_back(std::sqrt(c.households()));
  const auto guarded = apportion(checkpoints, weights, 1);
  for (std::size_t i = 0; i < plan.compounds.size(); ++i) {
    plan.compounds[i].guarded = guarded[i];
    plan.compounds[i].sealed = dice.between(0, 3);
  }
}

}  // namespace

int Compound::households() const {
  return std::accumulate(buildings.begin(), buildings.end(), 0,
                         [](int sum, const Building& b) { return sum + b.households; });
}

Plan plan(std::uint64_t seed) {
  Dice dice(seed);
  Plan out;
  out.name = "红星街道(虚构)";
  for (const auto* name : communities) out.communities.push_back(std::string(name) + "社区");
  const auto of = [&](CompoundKind kind, std::string name) {
    Compound c;
    c.kind = kind;
    c.name = std::move(name);
    c.community = dice.below(static_cast<int>(communities.size()));
    return c;
  };
  std::vector<Compound> managed, others, clusters;
  for (auto& name : names(dice, property_managed.compounds, property_ends))
    managed.push_back(of(CompoundKind::property_managed, std::move(name)));
  for (auto& name : names(dice, without_property.compounds, old_ends))
    others.push_back(
        of(dice.chance(30) ? CompoundKind::owners_committee : CompoundKind::unmanaged, std::move(name)));
  // LZ-08: neighbouring buildings that can be fenced make one; two for a community of this size.
  for (std::size_t i = 0; i < 2 * communities.size(); ++i) {
    auto c = of(CompoundKind::scattered_cluster,
                std::string(communities[i / 2]) + (i % 2 == 0 ? "前街散楼" : "后街散楼"));
    c.community = static_cast<int>(i / 2);
    clusters.push_back(std::move(c));
  }
  add_kind(out, std::move(managed), property_managed, dice);
  add_kind(out, std::move(others), without_property, dice);
  add_kind(out, std::move(clusters), scattered, dice);
  add_openings(out, dice);
  return out;
}

}  // namespace engine::town
