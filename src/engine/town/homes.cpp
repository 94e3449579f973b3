#include <fmt/format.h>

#include "engine/intake/resident_id.hpp"
#include "engine/town/dice.hpp"
#include "engine/town/town.hpp"

namespace engine::town {
namespace {

constexpr std::array<const char*, 30> surnames{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周",
                                               "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗",
                                               "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹"};
constexpr std::array<const char*, 32> given_one{
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "霞", "平", "刚", "桂", "兰", "英", "文", "浩", "雪", "宁", "波", "鑫", "琳", "峰", "玲"};
constexpr std::array<const char*, 24> given_two{"国", "建", "志", "晓", "秀", "子", "雨", "欣",
                                                "玉", "春", "海", "永", "家", "思", "俊", "佳",
                                                "天", "红", "德", "小", "成", "美", "一", "立"};

std::string name_of(const std::string& surname, Dice& dice) {
  return surname + (dice.chance(60) ? dice.pick(given_two) : "") + dice.pick(given_one);
}

class People {
 public:
  People(Dice& dice, base::Day today) : dice_(dice), today_(today) {}

  std::vector<Person> household(bool rented) {
    std::vector<Person> out;
    const std::string surname = dice_.pick(surnames);
    if (!rented && dice_.chance(6)) {
      out.push_back(person(Relation::head, 66, 90, surname));
      out.back().elder_alone = true;
      return out;
    }
    out.push_back(person(rented ? Relation::tenant : Relation::head, 24, 65, surname));
    if (dice_.chance(75)) out.push_back(person(Relation::spouse, 24, 62, dice_.pick(surnames)));
    if (dice_.chance(60)) out.push_back(person(Relation::child, 1, 22, surname));
    if (dice_.chance(20)) out.push_back(person(Relation::child, 1, 14, surname));
    if (!rented && dice_.chance(25)) out.push_back(person(Relation::parent, 60, 88, surname));
    return out;
  }

 private:
  Person person(Relation relation, int age_from, int age_to, const std::string& surname) {
    Person p;
    p.relation = relation;
    p.male = dice_.chance(relation == Relation::spouse ? 15 : 55);
    p.name = name_of(surname, dice_);
    p.birth_day = today_ + -(age_from * 365 + dice_.below((age_to - age_from) * 365));
    const auto birth = base::parts_of(p.birth_day);
    const auto first = fmt::format("000000{:04}{:02}{:02}{:02}{}", birth.year, birth.month, birth.day,
                                   dice_.below(100), dice_.below(5) * 2 + (p.male ? 1 : 0));
    p.document = first + intake::check_character(first);
    if (today_ - p.birth_day >= 14 * 365) p.phone = fmt::format("1990000{:04}", dice_.below(10000));
    return p;
  }

  Dice& dice_;
  base::Day today_;
};

void add_building(std::vector<Home>& out, const Compound& compound, std::size_t index, Dice& dice,
                  People& people) {
  const auto& b = compound.buildings[index];
  const auto first = out.size();
  for (int stair = 1; stair <= b.stairs; ++stair)
    for (int floor = 1; floor <= b.floors; ++floor)
      for (int room = 1; room <= b.rooms_per_floor; ++room) {
        Home home;
        home.building = static_cast<int>(index);
        home.stair = stair;
        home.floor = floor;
        home.room = fmt::format("{}{:02}", floor, room);
        home.area_m2 = dice.between(45, 150);
        out.push_back(std::move(home));
      }
  std::vector<std::size_t> order(out.size() - first);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = first + i;
  dice.shuffle(order);
  // One dwelling in a hundred holds two households; the last ones are empty.
  int left = b.households;
  std::size_t next = 0;
  for (; left > 0; ++next) {
    auto& home = out[order[next % order.size()]];
    home.rented = home.rented || dice.chance(18);
    const int here = left > 1 && dice.chance(1) ? 2 : 1;
    // Two households have a head each; without, nobody could tell them apart.
    for (int i = 0; i < here; ++i) home.households.push_back(people.household(home.rented && here == 1));
    left -= here;
  }
  for (; next < order.size(); ++next) {
    auto& home = out[order[next]];
    home.lived_in = dice.chance(15);
    home.fitted_out = home.lived_in || dice.chance(40);
  }
}

// FNV-1a: the library's own hash differs between libraries.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return h;
}

}  // namespace

std::string person_name(Dice& dice) { return name_of(dice.pick(surnames), dice); }

std::vector<Home> homes(const Compound& compound, std::uint64_t seed, base::Day today) {
  // A seed of its own for each compound: one can be made without the others.
  Dice dice(seed ^ hash_of(compound.name));
  People people(dice, today);
  std::vector<Home> out;
  for (std::size_t i = 0; i < compound.buildings.size(); ++i) add_building(out, compound, i, dice, people);
  return out;
}

}  // namespace engine::town
