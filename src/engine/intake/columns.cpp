#include "engine/intake/columns.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "engine/intake/day_header.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

constexpr std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Synonym {
  constexpr Synonym(std::string_view text, Field meaning)
      : word(text), field(meaning), size(characters(text)) {}
  std::string_view word;  // as to_code gives it
  Field field;
  std::size_t size;  // characters
};

// A word of one character counts only when it is the whole header.
constexpr auto synonyms = std::to_array<Synonym>({
    {"序号", Field::serial},
    {"编号", Field::serial},
    {"NO", Field::serial},
    {"NO.", Field::serial},
    {"房号", Field::room},
    {"房间号", Field::room},
    {"房间", Field::room},
    {"房屋", Field::room},
    {"室号", Field::room},
    {"门牌号", Field::room},
    {"门牌", Field::room},
    {"户号", Field::room},
    {"住址", Field::room},
    {"居住地址", Field::room},
    {"家庭住址", Field::room},
    {"现住址", Field::room},
    {"房屋地址", Field::room},
    {"房屋坐落", Field::room},
    {"楼栋房号", Field::room},
    {"楼栋单元房号", Field::room},
    {"住所", Field::room},
    {"室", Field::room},
    {"ROOM", Field::room},
    {"DWELLING", Field::room},
    {"ADDRESS", Field::room},
    {"期", Field::phase},
    {"期数", Field::phase},
    {"分期", Field::phase},
    {"组团", Field::phase},
    {"PHASE", Field::phase},
    {"楼栋", Field::building},
    {"栋号", Field::building},
    {"楼号", Field::building},
    {"幢号", Field::building},
    {"楼栋号", Field::building},
    {"楼幢", Field::building},
    {"栋", Field::building},
    {"幢", Field::building},
    {"座", Field::building},
    {"楼", Field::building},
    {"BUILDING", Field::building},
    {"单元", Field::stair},
    {"单元号", Field::stair},
    {"梯", Field::stair},
    {"门", Field::stair},
    {"STAIR", Field::stair},
    {"ENTRANCE", Field::stair},
    {"UNIT", Field::stair},
    {"层", Field::floor},
    {"楼层", Field::floor},
    {"所在层", Field::floor},
    {"层数", Field::floor},
    {"FLOOR", Field::floor},
    {"面积", Field::area},
    {"建筑面积", Field::area},
    {"房屋面积", Field::area},
    {"AREA", Field::area},
    {"装修", Field::fitted_out},
    {"装修情况", Field::fitted_out},
    {"是否装修", Field::fitted_out},
    {"装修状态", Field::fitted_out},
    {"FITTED", Field::fitted_out},
    {"入住情况", Field::occupancy},
    {"入住", Field::occupancy},
    {"是否入住", Field::occupancy},
    {"居住情况", Field::occupancy},
    {"居住状态", Field::occupancy},
    {"房屋状态", Field::occupancy},
    {"使用情况", Field::occupancy},
    {"OCCUPANCY", Field::occupancy},
    {"OCCUPIED", Field::occupancy},
    {"业主", Field::owner_name},
    {"业主姓名", Field::owner_name},
    {"产权人", Field::owner_name},
    {"房主", Field::owner_name},
    {"房东", Field::owner_name},
    {"车主", Field::owner_name},
    {"车主姓名", Field::owner_name},
    {"OWNER", Field::owner_name},
    {"姓名", Field::name},
    {"人员姓名", Field::name},
    {"住户姓名", Field::name},
    {"家庭成员", Field::name},
    {"责任人", Field::name},
    {"NAME", Field::name},
    {"关系", Field::relation},
    {"与户主关系", Field::relation},
    {"家庭关系", Field::relation},
    {"户主关系", Field::relation},
    {"RELATION", Field::relation},
    {"性别", Field::sex},
    {"SEX", Field::sex},
    {"GENDER", Field::sex},
    {"证件类型", Field::document_kind},
    {"证件种类", Field::document_kind},
    {"证件名称", Field::document_kind},
    {"身份证", Field::document_number},
    {"身份证号", Field::document_number},
    {"身份证号码", Field::document_number},
    {"证件号", Field::document_number},
    {"证件号码", Field::document_number},
    {"公民身份号码", Field::document_number},
    {"身份号码", Field::document_number},
    {"IDNUMBER", Field::document_number},
    {"IDCARD", Field::document_number},
    {"IDNO", Field::document_number},
    {"出生日期", Field::birth_day},
    {"出生年月", Field::birth_day},
    {"出生年月日", Field::birth_day},
    {"生日", Field::birth_day},
    {"BIRTH", Field::birth_day},
    {"电话", Field::phone},
    {"联系电话", Field::phone},
    {"手机", Field::phone},
    {"手机号", Field::phone},
    {"手机号码", Field::phone},
    {"电话号码", Field::phone},
    {"联系方式", Field::phone},
    {"PHONE", Field::phone},
    {"MOBILE", Field::phone},
    {"TEL", Field::phone},
    {"户籍", Field::registered_residence},
    {"户籍地址", Field::registered_residence},
    {"户籍地", Field::registered_residence},
    {"户籍所在地", Field::registered_residence},
    {"户口所在地", Field::registered_residence},
    {"REGISTEREDRESIDENCE", Field::registered_residence},
    {"来源地", Field::origin},
    {"返乡来源地", Field::origin},
    {"返回来源地", Field::origin},
    {"来自", Field::origin},
    {"从何地返回", Field::origin},
    {"从何处返回", Field::origin},
    {"返乡地", Field::origin},
    {"旅居地", Field::origin},
    {"旅居史", Field::origin},
    {"外出地", Field::origin},
    {"ORIGIN", Field::origin},
    {"返回日期", Field::return_day},
    {"返回时间", Field::return_day},
    {"返乡日期", Field::return_day},
    {"返乡时间", Field::return_day},
    {"到达日期", Field::return_day},
    {"抵达日期", Field::return_day},
    {"返回本地时间", Field::return_day},
    {"RETURN", Field::return_day},
    {"备注", Field::remark},
    {"说明", Field::remark},
    {"特殊情况", Field::remark},
    {"REMARK", Field::remark},
    {"NOTE", Field::remark},
    {"车牌", Field::plate},
    {"车牌号", Field::plate},
    {"车牌号码", Field::plate},
    {"号牌号码", Field::plate},
    {"PLATE", Field::plate},
    {"车辆类型", Field::vehicle_kind},
    {"车型", Field::vehicle_kind},
    {"车辆种类", Field::vehicle_kind},
    {"VEHICLETYPE", Field::vehicle_kind},
    {"VEHICLEKIND", Field::vehicle_kind},
    {"颜色", Field::colour},
    {"车身颜色", Field::colour},
    {"车辆颜色", Field::colour},
    {"COLOUR", Field::colour},
    {"COLOR", Field::colour},
    {"级别", Field::tier},
    {"包保级别", Field::tier},
    {"层级", Field::tier},
    {"TIER", Field::tier},
    {"单位", Field::organisation},
    {"工作单位", Field::organisation},
    {"所在单位", Field::organisation},
    {"ORGANISATION", Field::organisation},
    {"ORGANIZATION", Field::organisation},
    {"职务", Field::post},
    {"岗位", Field::post},
    {"POST", Field::post},
    {"职级", Field::rank},
    {"行政级别", Field::rank},
    {"RANK", Field::rank},
    {"力量来源", Field::force},
    {"力量类别", Field::force},
    {"力量", Field::force},
    {"FORCE", Field::force},
    {"特长", Field::skills},
    {"专长", Field::skills},
    {"技能", Field::skills},
    {"专业特长", Field::skills},
    {"技能特长", Field::skills},
    {"SKILLS", Field::skills},
    {"政治面貌", Field::party},
    {"是否党员", Field::party},
    {"PARTY", Field::party},
    {"包保范围", Field::scope},
    {"责任范围", Field::scope},
    {"责任区域", Field::scope},
    {"包保区域", Field::scope},
    {"负责楼栋", Field::scope},
    {"包保楼栋", Field::scope},
    {"责任楼栋", Field::scope},
    {"包联范围", Field::scope},
    {"包保小区", Field::scope},
    {"SCOPE", Field::scope},
    {"表类型", Field::meter},
    {"表计类型", Field::meter},
    {"表计种类", Field::meter},
    {"能源类型", Field::meter},
    {"METER", Field::meter},
    {"METERTYPE", Field::meter},
    {"表号", Field::meter_number},
    {"电表号", Field::meter_number},
    {"水表号", Field::meter_number},
    {"表计编号", Field::meter_number},
    {"电表编号", Field::meter_number},
    {"水表编号", Field::meter_number},
    {"METERNUMBER", Field::meter_number},
    {"METERNO", Field::meter_number},
    {"抄表日期", Field::read_day},
    {"抄表时间", Field::read_day},
    {"抄表日", Field::read_day},
    {"本次抄表日期", Field::read_day},
    {"本期抄表日期", Field::read_day},
    {"数据日期", Field::read_day},
    {"冻结日期", Field::read_day},
    {"READDATE", Field::read_day},
    {"READINGDATE", Field::read_day},
    {"读数", Field::reading},
    {"表读数", Field::reading},
    {"抄表读数", Field::reading},
    {"示数", Field::reading},
    {"表底数", Field::reading},
    {"本次读数", Field::reading},
    {"本期读数", Field::reading},
    {"本次示数", Field::reading},
    {"本期示数", Field::reading},
    {"READING", Field::reading},
    {"上次抄表日期", Field::previous_day},
    {"上期抄表日期", Field::previous_day},
    {"PREVIOUSDATE", Field::previous_day},
    {"上次读数", Field::previous_reading},
    {"上期读数", Field::previous_reading},
    {"上月读数", Field::previous_reading},
    {"上次示数", Field::previous_reading},
    {"上期示数", Field::previous_reading},
    {"PREVIOUSREADING", Field::previous_reading},
    {"电表读数", Field::electricity_reading},
    {"电表示数", Field::electricity_reading},
    {"ELECTRICITYREADING", Field::electricity_reading},
    {"水表读数", Field::water_reading},
    {"水表示数", Field::water_reading},
    {"WATERREADING", Field::water_reading},
    {"是否估抄", Field::estimated},
    {"估抄", Field::estimated},
    {"抄表方式", Field::estimated},
    {"抄表状态", Field::estimated},
    {"ESTIMATED", Field::estimated},
    {"计量单位", Field::unit},
    {"读数单位", Field::unit},
    {"MEASURE", Field::unit},
});

struct Evidence {
  Kind kind;
  Field field;
  double weight;
};
constexpr auto evidences = std::to_array<Evidence>({
    {Kind::dwelling_table, Field::room, 1},
    {Kind::dwelling_table, Field::building, 2},
    {Kind::dwelling_table, Field::phase, 1},
    {Kind::dwelling_table, Field::stair, 1},
    {Kind::dwelling_table, Field::floor, 2},
    {Kind::dwelling_table, Field::area, 3},
    {Kind::dwelling_table, Field::fitted_out, 3},
    {Kind::dwelling_table, Field::occupancy, 3},
    {Kind::dwelling_table, Field::owner_name, 2},
    {Kind::dwelling_table, Field::phone, 0.5},
    {Kind::roster, Field::room, 1},
    {Kind::roster, Field::building, 1},
    {Kind::roster, Field::name, 2},
    {Kind::roster, Field::relation, 4},
    {Kind::roster, Field::sex, 2},
    {Kind::roster, Field::document_kind, 2},
    {Kind::roster, Field::document_number, 3},
    {Kind::roster, Field::birth_day, 2},
    {Kind::roster, Field::phone, 0.5},
    {Kind::roster, Field::registered_residence, 2},
    {Kind::roster, Field::origin, 2},
    {Kind::roster, Field::return_day, 2},
    {Kind::vehicles, Field::plate, 6},
    {Kind::vehicles, Field::owner_name, 1},
    {Kind::vehicles, Field::room, 1},
    {Kind::vehicles, Field::name, 0.5},
    {Kind::vehicles, Field::vehicle_kind, 3},
    {Kind::vehicles, Field::colour, 3},
    {Kind::vehicles, Field::phone, 0.5},
    {Kind::stewardship, Field::tier, 4},
    {Kind::stewardship, Field::scope, 4},
    {Kind::stewardship, Field::post, 2},
    {Kind::stewardship, Field::organisation, 2},
    {Kind::stewardship, Field::rank, 2},
    {Kind::stewardship, Field::party, 1},
    {Kind::stewardship, Field::force, 2},
    {Kind::stewardship, Field::skills, 2},
    {Kind::stewardship, Field::name, 1},
    {Kind::stewardship, Field::phone, 0.5},
    {Kind::meters, Field::room, 1},
    {Kind::meters, Field::building, 1},
    {Kind::meters, Field::meter, 3},
    {Kind::meters, Field::meter_number, 3},
    {Kind::meters, Field::read_day, 3},
    {Kind::meters, Field::reading, 4},
    {Kind::meters, Field::previous_day, 2},
    {Kind::meters, Field::previous_reading, 2},
    {Kind::meters, Field::electricity_reading, 4},
    {Kind::meters, Field::water_reading, 4},
    {Kind::meters, Field::day_reading, 2},
    {Kind::meters, Field::estimated, 2},
    {Kind::meters, Field::unit, 2},
});

struct TitleWord {
  Kind kind;
  std::string_view word;
};
constexpr auto title_words = std::to_array<TitleWord>({
    {Kind::dwelling_table, "楼盘"},
    {Kind::dwelling_table, "房屋"},
    {Kind::dwelling_table, "一房一档"},
    {Kind::roster, "花名册"},
    {Kind::roster, "住户"},
    {Kind::roster, "居民"},
    {Kind::roster, "人员登记"},
    {Kind::vehicles, "车辆"},
    {Kind::stewardship, "包保"},
    {Kind::stewardship, "责任人"},
    {Kind::meters, "抄表"},
    {Kind::meters, "水电"},
});

// Units, marks and numbering do not belong to the word: 建筑面积(㎡), *姓名, 联系电话1.
std::string header_word(std::string_view header) {
  auto code = to_code(header);
  for (auto open = code.find('('); open != std::string::npos; open = code.find('(')) {
    const auto close = code.find(')', open);
    code.erase(open, close == std::string::npos ? close : close - open + 1);
  }
  std::erase_if(code, [](char c) { return std::string_view("*:_/-,. ").find(c) != std::string_view::npos; });
  constexpr std::string_view colon = ":";
  while (code.ends_with(colon)) code.pop_back();
  while (code.size() > 1 && code.back() >= '0' && code.back() <= '9') code.pop_back();
  return code;
}

bool looks_like(Field field, std::string_view value) {
  switch (field) {
    case Field::document_number: {
      const auto code = to_code(value);
      return code.size() == 18 && check_character(code.substr(0, 17)) == code.back();
    }
    case Field::plate: {
      const auto kind = parse_plate(value).kind;
      return kind == PlateKind::ordinary || kind == PlateKind::new_energy;
    }
    case Field::phone: {
      const auto phones = parse_phones(value);
      return !phones.empty() && phones.front().kind == PhoneKind::mobile;
    }
    case Field::relation:
      return parse_sex(value) == Sex::unknown && parse_relation(value) != Relation::unknown;
    case Field::sex:
      return parse_sex(value) != Sex::unknown && characters(value) <= 2 && value != "1" && value != "2";
    case Field::room: {
      const auto room = parse_room(value);
      return room && !room->building.empty();
    }
    case Field::fitted_out:
      return parse_fitted_out(value) != Tri::unknown && parse_yes_no(value) == Tri::unknown;
    case Field::occupancy:
      return parse_occupancy(value) != Occupancy::unknown && parse_yes_no(value) == Tri::unknown &&
             characters(value) <= 4;
    case Field::party:
      return parse_party(value) != Party::unknown && parse_yes_no(value) == Tri::unknown;
    default:
      return false;
  }
}

}  // namespace

std::optional<Field> header_named(std::string_view text) {
  constexpr std::size_t longest_bytes = 96;
  static const auto by_word = [] {
    std::unordered_map<std::string_view, Field> map;
    for (const auto& synonym : synonyms) map.emplace(synonym.word, synonym.field);
    return map;
  }();
  if (text.size() > longest_bytes) return {};
  const auto at = by_word.find(header_word(text));
  return at == by_word.end() ? std::nullopt : std::optional(at->second);
}

HeaderMatch match_header(std::string_view header) {
  constexpr std::size_t longest_header = 24;
  if (const auto named = header_named(header)) return {*named, 1.0};
  if (is_day_header(header)) return {Field::day_reading, 1.0};
  const auto word = header_word(header);
  const auto length = characters(word);
  if (word.empty() || length > longest_header) return {};
  // Such headers end with what they mean (业主联系电话 is a phone), so a word at the end goes first.
  HeaderMatch best;
  bool best_ends = false;
  std::size_t best_size = 0;
  for (const auto& synonym : synonyms) {
    const auto size = synonym.size;
    const bool latin = synonym.word.size() == size;
    if (size < 2 || size > length || (latin && size < 4)) continue;  // too short to stand within others
    const bool ends = word.ends_with(synonym.word);
    const bool within = word.find(synonym.word) != std::string::npos && size * 5 >= length * 3;
    if ((!ends && !within) || (best_ends && !ends)) continue;
    if (ends == best_ends && size <= best_size) continue;
    best = {synonym.field, 0.5 + 0.4 * static_cast<double>(size) / static_cast<double>(length)};
    best_size = size;
    best_ends = ends;
  }
  return best;
}

double evidence(Kind kind, Field field) {
  const auto found =
      std::ranges::find_if(evidences, [&](const Evidence& e) { return e.kind == kind && e.field == field; });
  return found == evidences.end() ? 0 : found->weight;
}

bool has_needed(Kind kind, const std::vector<Field>& fields) {
  const auto has = [&](Field field) { return std::ranges::find(fields, field) != fields.end(); };
  switch (kind) {
    case Kind::dwelling_table:
      return has(Field::room);
    case Kind::roster:
      return has(Field::name) && (has(Field::room) || has(Field::building));
    case Kind::vehicles:
      return has(Field::plate);
    case Kind::stewardship:
      return has(Field::name) && (has(Field::scope) || has(Field::tier));
    case Kind::meters:
      return has(Field::room) &&
             (has(Field::day_reading) ||
              (has(Field::read_day) &&
               (has(Field::reading) || has(Field::electricity_reading) || has(Field::water_reading))));
  }
  return false;
}

double title_evidence(Kind kind, std::string_view code) {
  constexpr double weight = 2;
  const bool says = std::ranges::any_of(title_words, [&](const TitleWord& title) {
    return title.kind == kind && code.find(title.word) != std::string_view::npos;
  });
  return says ? weight : 0;
}

std::optional<Field> match_content(const std::vector<std::string_view>& values) {
  constexpr std::size_t fewest = 3;
  constexpr double share = 0.7;
  if (values.size() < fewest) return {};
  for (const Field field : {Field::document_number, Field::plate, Field::phone, Field::sex, Field::relation,
                            Field::room, Field::party, Field::fitted_out, Field::occupancy}) {
    const auto hits = std::ranges::count_if(values, [&](auto value) { return looks_like(field, value); });
    if (static_cast<double>(hits) >= share * static_cast<double>(values.size())) return field;
  }
  return {};
}

}  // namespace engine::intake
