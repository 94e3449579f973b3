#include "engine/intake/terms.hpp"

#include <array>
#include <span>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

template <class T>
struct Word {
  std::string_view text;
  T value;
};

template <class T>
std::optional<T> exact(std::span<const Word<T>> words, std::string_view code) {
  for (const auto& word : words)
    if (word.text == code) return word.value;
  return {};
}

// First word that stands in the text; tables put the longer and the negative before the shorter.
template <class T>
T contained(std::span<const Word<T>> words, std::string_view code, T otherwise) {
  for (const auto& word : words)
    if (code.find(word.text) != std::string_view::npos) return word.value;
  return otherwise;
}

constexpr auto relations = std::to_array<Word<Relation>>({
    {"户主", Relation::head},
    {"本人", Relation::head},
    {"家长", Relation::head},
    {"HEAD", Relation::head},
    {"配偶", Relation::spouse},
    {"妻", Relation::spouse},
    {"妻子", Relation::spouse},
    {"夫", Relation::spouse},
    {"丈夫", Relation::spouse},
    {"爱人", Relation::spouse},
    {"老婆", Relation::spouse},
    {"老公", Relation::spouse},
    {"夫妻", Relation::spouse},
    {"SPOUSE", Relation::spouse},
    {"子", Relation::child},
    {"女", Relation::child},
    {"儿子", Relation::child},
    {"女儿", Relation::child},
    {"子女", Relation::child},
    {"长子", Relation::child},
    {"次子", Relation::child},
    {"三子", Relation::child},
    {"长女", Relation::child},
    {"次女", Relation::child},
    {"三女", Relation::child},
    {"独生子", Relation::child},
    {"独生女", Relation::child},
    {"养子", Relation::child},
    {"养女", Relation::child},
    {"继子", Relation::child},
    {"继女", Relation::child},
    {"孩子", Relation::child},
    {"小孩", Relation::child},
    {"CHILD", Relation::child},
    {"SON", Relation::child},
    {"DAUGHTER", Relation::child},
    {"孙", Relation::grandchild},
    {"孙子", Relation::grandchild},
    {"孙女", Relation::grandchild},
    {"外孙", Relation::grandchild},
    {"外孙子", Relation::grandchild},
    {"外孙女", Relation::grandchild},
    {"孙子女", Relation::grandchild},
    {"父", Relation::parent},
    {"母", Relation::parent},
    {"父亲", Relation::parent},
    {"母亲", Relation::parent},
    {"父母", Relation::parent},
    {"爸爸", Relation::parent},
    {"妈妈", Relation::parent},
    {"岳父", Relation::parent},
    {"岳母", Relation::parent},
    {"公公", Relation::parent},
    {"婆婆", Relation::parent},
    {"继父", Relation::parent},
    {"继母", Relation::parent},
    {"PARENT", Relation::parent},
    {"FATHER", Relation::parent},
    {"MOTHER", Relation::parent},
    {"兄", Relation::sibling},
    {"弟", Relation::sibling},
    {"姐", Relation::sibling},
    {"妹", Relation::sibling},
    {"哥哥", Relation::sibling},
    {"弟弟", Relation::sibling},
    {"姐姐", Relation::sibling},
    {"妹妹", Relation::sibling},
    {"兄弟", Relation::sibling},
    {"姐妹", Relation::sibling},
    {"兄弟姐妹", Relation::sibling},
    {"儿媳", Relation::other_relative},
    {"媳妇", Relation::other_relative},
    {"女婿", Relation::other_relative},
    {"祖父", Relation::other_relative},
    {"祖母", Relation::other_relative},
    {"爷爷", Relation::other_relative},
    {"奶奶", Relation::other_relative},
    {"外公", Relation::other_relative},
    {"外婆", Relation::other_relative},
    {"侄子", Relation::other_relative},
    {"侄女", Relation::other_relative},
    {"亲戚", Relation::other_relative},
    {"亲属", Relation::other_relative},
    {"其他亲属", Relation::other_relative},
    {"租户", Relation::tenant},
    {"租客", Relation::tenant},
    {"承租人", Relation::tenant},
    {"租住", Relation::tenant},
    {"TENANT", Relation::tenant},
    {"合租", Relation::co_tenant},
    {"合租人", Relation::co_tenant},
    {"室友", Relation::co_tenant},
    {"保姆", Relation::live_in_worker},
    {"住家保姆", Relation::live_in_worker},
    {"家政", Relation::live_in_worker},
    {"阿姨", Relation::live_in_worker},
    {"护工", Relation::carer},
    {"看护", Relation::carer},
    {"CARER", Relation::carer},
    {"客人", Relation::guest},
    {"朋友", Relation::guest},
    {"亲友", Relation::guest},
    {"访客", Relation::guest},
    {"GUEST", Relation::guest},
    {"其他", Relation::other},
    {"其它", Relation::other},
    {"非亲属", Relation::other},
    {"OTHER", Relation::other},
});

constexpr auto sexes = std::to_array<Word<Sex>>({
    {"男", Sex::male},
    {"M", Sex::male},
    {"MALE", Sex::male},
    {"1", Sex::male},
    {"男性", Sex::male},
    {"女", Sex::female},
    {"F", Sex::female},
    {"FEMALE", Sex::female},
    {"2", Sex::female},
    {"女性", Sex::female},
});

constexpr auto occupancies = std::to_array<Word<Occupancy>>({
    {"未入住", Occupancy::vacant},
    {"无人", Occupancy::vacant},
    {"空", Occupancy::vacant},
    {"闲置", Occupancy::vacant},
    {"未住", Occupancy::vacant},
    {"待售", Occupancy::vacant},
    {"未交", Occupancy::vacant},
    {"未售", Occupancy::vacant},
    {"待租", Occupancy::vacant},
    {"VACANT", Occupancy::vacant},
    {"EMPTY", Occupancy::vacant},
    {"租", Occupancy::rented},
    {"RENT", Occupancy::rented},
    {"住", Occupancy::lived_in},
    {"有人", Occupancy::lived_in},
    {"LIVED", Occupancy::lived_in},
    {"OCCUPIED", Occupancy::lived_in},
});

constexpr auto fittings = std::to_array<Word<Tri>>({
    {"毛坯", Tri::no},
    {"毛胚", Tri::no},
    {"未装", Tri::no},
    {"清水", Tri::no},
    {"没装", Tri::no},
    {"装修中", Tri::no},
    {"在装", Tri::no},
    {"装", Tri::yes},
    {"FITTED", Tri::yes},
    {"BARE", Tri::no},
});

constexpr auto answers = std::to_array<Word<Tri>>({
    {"是", Tri::yes},
    {"有", Tri::yes},
    {"Y", Tri::yes},
    {"YES", Tri::yes},
    {"TRUE", Tri::yes},
    {"1", Tri::yes},
    {"√", Tri::yes},
    {"✓", Tri::yes},
    {"否", Tri::no},
    {"无", Tri::no},
    {"N", Tri::no},
    {"NO", Tri::no},
    {"FALSE", Tri::no},
    {"0", Tri::no},
    {"×", Tri::no},
    {"不是", Tri::no},
    {"没有", Tri::no},
});

constexpr auto ranks = std::to_array<Word<Rank>>({
    {"副科", Rank::section_deputy},
    {"副主任科员", Rank::section_deputy},
    {"正科", Rank::section_head},
    {"主任科员", Rank::section_head},
    {"副处", Rank::division_deputy},
    {"副县", Rank::division_deputy},
    {"正处", Rank::division_head},
    {"正县", Rank::division_head},
    {"副厅", Rank::bureau_deputy},
    {"副局级", Rank::bureau_deputy},
    {"正厅", Rank::bureau_head},
    {"正局级", Rank::bureau_head},
    {"科员", Rank::clerk},
    {"办事员", Rank::clerk},
    {"科级", Rank::section_head},
    {"处级", Rank::division_head},
    {"县级", Rank::division_head},
    {"厅级", Rank::bureau_head},
});

constexpr auto parties = std::to_array<Word<Party>>({
    {"非党员", Party::none},
    {"无党派", Party::none},
    {"预备党员", Party::probationary},
    {"共产党员", Party::member},
    {"中共党员", Party::member},
    {"党员", Party::member},
    {"团员", Party::league},
    {"民主党派", Party::other_party},
    {"民革", Party::other_party},
    {"民盟", Party::other_party},
    {"民建", Party::other_party},
    {"民进", Party::other_party},
    {"农工", Party::other_party},
    {"致公", Party::other_party},
    {"九三", Party::other_party},
    {"台盟", Party::other_party},
    {"群众", Party::none},
});

constexpr auto vehicle_kinds = std::to_array<Word<VehicleKind>>({
    {"三轮", VehicleKind::tricycle},
    {"电动自行车", VehicleKind::electric_bike},
    {"电瓶车", VehicleKind::electric_bike},
    {"电动车", VehicleKind::electric_bike},
    {"电单车", VehicleKind::electric_bike},
    {"摩托", VehicleKind::motorcycle},
    {"SUV", VehicleKind::suv},
    {"越野", VehicleKind::suv},
    {"面包", VehicleKind::van},
    {"MPV", VehicleKind::van},
    {"商务", VehicleKind::van},
    {"货", VehicleKind::truck},
    {"皮卡", VehicleKind::truck},
    {"大巴", VehicleKind::bus},
    {"中巴", VehicleKind::bus},
    {"大型客车", VehicleKind::bus},
    {"轿", VehicleKind::car},
    {"小型", VehicleKind::car},
    {"小车", VehicleKind::car},
    {"新能源", VehicleKind::car},
    {"汽车", VehicleKind::car},
    {"CAR", VehicleKind::car},
    {"VAN", VehicleKind::van},
    {"TRUCK", VehicleKind::truck},
});

}  // namespace

Relation parse_relation(std::string_view text) {
  auto code = to_code(text);
  if (code.empty()) return Relation::unknown;
  if (const auto found = exact<Relation>(relations, code)) return *found;
  for (const std::string_view front : {"户主之", "户主的", "户主", "之"})  // 户主之子
    if (code.starts_with(front))
      return exact<Relation>(relations, code.substr(front.size())).value_or(Relation::unknown);
  return Relation::unknown;
}

Sex parse_sex(std::string_view text) { return exact<Sex>(sexes, to_code(text)).value_or(Sex::unknown); }

Occupancy parse_occupancy(std::string_view text) {
  const auto code = to_code(text);
  const auto answer = exact<Tri>(answers, code).value_or(Tri::unknown);
  if (answer != Tri::unknown) return answer == Tri::yes ? Occupancy::lived_in : Occupancy::vacant;
  return contained<Occupancy>(occupancies, code, Occupancy::unknown);
}

Tri parse_fitted_out(std::string_view text) {
  const auto code = to_code(text);
  if (const auto answer = exact<Tri>(answers, code)) return *answer;
  return contained<Tri>(fittings, code, Tri::unknown);
}

Tri parse_yes_no(std::string_view text) { return exact<Tri>(answers, to_code(text)).value_or(Tri::unknown); }

Rank parse_rank(std::string_view text) {
  const auto code = to_code(text);
  if (code == "无") return Rank::none;
  return contained<Rank>(ranks, code, Rank::unknown);
}

Party parse_party(std::string_view text) {
  const auto code = to_code(text);
  if (const auto answer = exact<Tri>(answers, code))  // 是否党员
    return *answer == Tri::yes ? Party::member : Party::none;
  return contained<Party>(parties, code, Party::unknown);
}

int parse_tier(std::string_view text) {
  auto code = to_code(text);
  for (const auto& [roman, digit] : {std::pair{"Ⅰ", "1"}, {"Ⅱ", "2"}, {"Ⅲ", "3"}, {"Ⅳ", "4"}})
    if (const auto at = code.find(roman); at != std::string::npos) code.replace(at, 3, digit);
  for (const std::string_view word : {"第", "包保", "责任人", "级", "层", "T"})
    if (const auto at = code.find(word); at != std::string::npos) code.erase(at, word.size());
  if (code.size() == 1 && code[0] >= '1' && code[0] <= '4') return code[0] - '0';
  const auto number = chinese_number(code).value_or(0);
  return number >= 1 && number <= 4 ? number : 0;
}

VehicleKind parse_vehicle_kind(std::string_view text) {
  const auto code = to_code(text);
  if (code.empty()) return VehicleKind::unknown;
  return contained<VehicleKind>(vehicle_kinds, code, VehicleKind::other);
}

}  // namespace engine::intake
