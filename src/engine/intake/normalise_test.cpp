// practice.md, "Bad inputs that happen"; rules.md section 12 for identity numbers.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "engine/intake/day_text.hpp"
#include "engine/intake/phone.hpp"
#include "engine/intake/plate.hpp"
#include "engine/intake/resident_id.hpp"
#include "engine/intake/terms.hpp"
#include "engine/intake/text.hpp"

using namespace engine::intake;

namespace {

const base::Day today = *base::parse_day("2020-02-11");

Document document(std::string_view text, bool number = false) { return parse_document(text, number, today); }

std::string day(std::string_view text) {
  const auto found = parse_day_text(text, today);
  return found ? base::to_string(*found) : "";
}

std::string phones(std::string_view text) {
  std::string all;
  for (const auto& phone : parse_phones(text)) all += (all.empty() ? "" : " ") + phone.number;
  return all;
}

PhoneKind first_kind(std::string_view text) {
  const auto found = parse_phones(text);
  return found.empty() ? PhoneKind::other : found.front().kind;
}

// Text made of the characters that occur in such cells, so that parsers get past their first test.
rc::Gen<std::string> cell_text() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "0",    "1",  "2",  "3",  "9",    "12",       "101",  "13800136153", "-",  "/",  ".",    " ",
          "#",    "E+", "X",  "A",  "+86",  "转",       "年",   "月",          "日", "栋", "单元", "室",
          "号",   "楼", "期", "区", "东",   "甲",       "十",   "一",          "负", "川", "·",    "D",
          "0830", "(",  ")",  "１", "\xFF", "\xE4\xB8", "户主", "男",          "、"})),
      [](const std::vector<std::string>& pieces) {
        std::string text;
        for (const auto& piece : pieces) text += piece;
        return text;
      });
}

}  // namespace

TEST(Text, HalfWidthAndBlanks) {
  EXPECT_EQ(to_half_width("  ５１０５０３　Ｘ\t"), "510503 X");
  EXPECT_EQ(to_half_width("1\u200B2\uFEFF"), "12");
  EXPECT_EQ(to_half_width("1－2—3"), "1-2-3");
  EXPECT_EQ(to_code(" a 1\u3000b "), "A1B");
  EXPECT_EQ(normalise_name("王 芳 磊"), "王芳磊");
  EXPECT_EQ(normalise_name("王　芳"), "王芳");
  EXPECT_EQ(normalise_name(" Anna  Maria "), "Anna Maria");
  EXPECT_EQ(normalise_name("买买提•艾力"), "买买提·艾力");
  EXPECT_TRUE(says_nothing(" 无 "));
  EXPECT_FALSE(says_nothing("无锡"));
}

TEST(Text, ChineseNumbers) {
  EXPECT_EQ(chinese_number("十二"), 12);
  EXPECT_EQ(chinese_number("叁"), 3);
  EXPECT_EQ(chinese_number("二十"), 20);
  EXPECT_EQ(chinese_number("一百零五"), 105);
  EXPECT_EQ(chinese_number("一二〇一"), 1201);
  EXPECT_EQ(chinese_number("三栋"), std::nullopt);
  EXPECT_EQ(chinese_number(""), std::nullopt);
}

TEST(ResidentId, TheStandardsExample) {
  EXPECT_EQ(check_character("37010119010203997"), '3');
  EXPECT_EQ(check_character("3701011901020399"), 0);
  EXPECT_EQ(check_character("3701011901020399X"), 0);
}

TEST(ResidentId, States) {
  const auto good = document("510522200402048931");
  EXPECT_EQ(good.state, DocumentState::ok);
  EXPECT_EQ(base::to_string(*good.birth_day), "2004-02-04");
  EXPECT_EQ(good.sex, Sex::male);
  EXPECT_EQ(document("510522200402048932").state, DocumentState::bad_checksum);
  EXPECT_FALSE(document("510522200402048932").birth_day);
  EXPECT_EQ(document("").state, DocumentState::missing);
  EXPECT_EQ(document("无").state, DocumentState::missing);
  EXPECT_EQ(document("未办理").state, DocumentState::other);
  EXPECT_EQ(document("51052").state, DocumentState::other);
  // A right check character does not make an impossible day or province right.
  for (const std::string body :
       {"51052220041304893", "51052220990204893", "99052220040230893", "01052220040204893"}) {
    const auto made = document(body + check_character(body));
    EXPECT_EQ(made.state, DocumentState::other) << body;
    EXPECT_FALSE(made.birth_day);
  }
}

TEST(ResidentId, WrittenInManyWays) {
  for (const char* text :
       {"51052119460802448x", "５１０５２１１９４６０８０２４４８Ｘ", "510521 19460802 448X",
        "'51052119460802448X", "身份证号:51052119460802448X", "510521-19460802-448X", "51052119460802448×"})
    EXPECT_EQ(document(text), document("51052119460802448X")) << text;
  EXPECT_EQ(document("51052119460802448X").state, DocumentState::ok);
}

TEST(ResidentId, DamagedNumbersAreKeptAndMarked) {
  const auto stored = document("510503196308141400", true);
  EXPECT_EQ(stored.state, DocumentState::damaged);
  EXPECT_EQ(stored.number, "510503196308141400");
  EXPECT_EQ(base::to_string(*stored.birth_day), "1963-08-14");
  EXPECT_EQ(stored.sex, Sex::unknown);
  EXPECT_EQ(document("4.2E+17").state, DocumentState::damaged);
  EXPECT_EQ(document("5.10503196308141E+17").number, "510503196308141");
  EXPECT_EQ(base::to_string(*document("5.10503196308141E+17").birth_day), "1963-08-14");
  EXPECT_FALSE(document("5.10503E+17").birth_day);
  EXPECT_EQ(document("510503196308141000").state, DocumentState::damaged);
  EXPECT_EQ(document("5105**********1234").state, DocumentState::damaged);
}

TEST(ResidentId, FifteenDigits) {
  const auto old = document("510503630814141");
  EXPECT_EQ(old.state, DocumentState::fifteen);
  EXPECT_EQ(base::to_string(*old.birth_day), "1963-08-14");
  EXPECT_EQ(old.sex, Sex::male);
  EXPECT_EQ(document("510503631314141").state, DocumentState::other);
  const auto wide = widen_fifteen("510503630814141");
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->substr(0, 17), "51050319630814141");
  EXPECT_EQ(document(*wide).state, DocumentState::ok);
  EXPECT_FALSE(widen_fifteen("5105036308141"));
}

TEST(ResidentId, OtherDocuments) {
  EXPECT_EQ(document("E12345678").kind, DocumentKind::passport);
  EXPECT_EQ(document("EA1234567").kind, DocumentKind::passport);
  EXPECT_EQ(document("H12345678").kind, DocumentKind::mainland_permit);
  EXPECT_EQ(document("12345678").kind, DocumentKind::taiwan_permit);
  EXPECT_EQ(document("E12345678").state, DocumentState::other);
}

TEST(Phone, Forms) {
  EXPECT_EQ(phones("13800136153"), "13800136153");
  EXPECT_EQ(phones("+86 138-0013-6153"), "13800136153");
  EXPECT_EQ(phones("138 0013 6153"), "13800136153");
  EXPECT_EQ(phones("86-13800136153"), "13800136153");
  EXPECT_EQ(phones("13900002797/13900005770"), "13900002797 13900005770");
  EXPECT_EQ(phones("13900002797、13900005770(儿子)"), "13900002797 13900005770");
  EXPECT_EQ(phones("13900002797 13900005770"), "13900002797 13900005770");
  EXPECT_EQ(phones("１３９００００２７９７\n13900002797"), "13900002797");
  EXPECT_EQ(phones("13800136153.0"), "13800136153");
  EXPECT_EQ(phones("无"), "");
  EXPECT_EQ(first_kind("1380013615"), PhoneKind::other);
}

TEST(Phone, LandlinesAndAbroad) {
  EXPECT_EQ(phones("0830-2345678"), "0830-2345678");
  EXPECT_EQ(phones("(0830)2345678"), "0830-2345678");
  EXPECT_EQ(phones("01062345678"), "010-62345678");
  EXPECT_EQ(phones("0830-2345678转123"), "0830-2345678-123");
  EXPECT_EQ(phones("2345678"), "2345678");
  EXPECT_EQ(phones("400-123-4567"), "4001234567");
  EXPECT_EQ(first_kind("0830-2345678"), PhoneKind::landline);
  EXPECT_EQ(phones("+852 9123 4567"), "+85291234567");
  EXPECT_EQ(phones("0085291234567"), "+85291234567");
  EXPECT_EQ(first_kind("+852 9123 4567"), PhoneKind::foreign);
}

TEST(Plate, Forms) {
  EXPECT_EQ(parse_plate("川E·63361"), (Plate{PlateKind::ordinary, "川E63361"}));
  EXPECT_EQ(parse_plate("川e·9h969"), (Plate{PlateKind::ordinary, "川E9H969"}));
  EXPECT_EQ(parse_plate("鄂L D58961"), (Plate{PlateKind::new_energy, "鄂LD58961"}));
  EXPECT_EQ(parse_plate("川E12345D").kind, PlateKind::new_energy);
  EXPECT_EQ(parse_plate("川E12345").kind, PlateKind::ordinary);
  EXPECT_EQ(parse_plate("川E1234学").kind, PlateKind::special);
  EXPECT_EQ(parse_plate("WJ川12345").kind, PlateKind::special);
  for (const char* special :
       {"川E1234警", "川E1234挂", "粤Z1234港", "粤ZF123澳", "沪A0023领", "使014578", "川X0001应急"})
    EXPECT_EQ(parse_plate(special).kind, PlateKind::special) << special;
  EXPECT_EQ(parse_plate("川E12345(临)").kind, PlateKind::temporary);
  EXPECT_EQ(parse_plate("无牌").kind, PlateKind::none);
  EXPECT_EQ(parse_plate("").kind, PlateKind::none);
  for (const char* bad : {"川EI2345", "E12345", "川E1234", "川E123456", "川123456", "川EDAB123"})
    EXPECT_EQ(parse_plate(bad).kind, PlateKind::other) << bad;
}

TEST(Terms, Vocabularies) {
  EXPECT_EQ(parse_relation("户主"), Relation::head);
  EXPECT_EQ(parse_relation("户主之子"), Relation::child);
  EXPECT_EQ(parse_relation("户主配偶"), Relation::spouse);
  EXPECT_EQ(parse_relation("孙子"), Relation::grandchild);
  EXPECT_EQ(parse_relation("合 租"), Relation::co_tenant);
  EXPECT_EQ(parse_relation("邻居家的猫"), Relation::unknown);
  for (const char* male : {"男", "M", "m", "Male", "1", "Ｍ"}) EXPECT_EQ(parse_sex(male), Sex::male) << male;
  for (const char* female : {"女", "F", "2", "女性"}) EXPECT_EQ(parse_sex(female), Sex::female) << female;
  EXPECT_EQ(parse_sex("3"), Sex::unknown);
  EXPECT_EQ(parse_occupancy("未入住"), Occupancy::vacant);
  EXPECT_EQ(parse_occupancy("已入住"), Occupancy::lived_in);
  EXPECT_EQ(parse_occupancy("自住"), Occupancy::lived_in);
  EXPECT_EQ(parse_occupancy("出租"), Occupancy::rented);
  EXPECT_EQ(parse_occupancy(""), Occupancy::unknown);
  EXPECT_EQ(parse_fitted_out("简装"), Tri::yes);
  EXPECT_EQ(parse_fitted_out("未装修"), Tri::no);
  EXPECT_EQ(parse_fitted_out("毛坯"), Tri::no);
  EXPECT_EQ(parse_fitted_out("?"), Tri::unknown);
  EXPECT_EQ(parse_rank("正科级"), Rank::section_head);
  EXPECT_EQ(parse_rank("副科"), Rank::section_deputy);
  EXPECT_EQ(parse_party("中共党员"), Party::member);
  EXPECT_EQ(parse_party("预备党员"), Party::probationary);
  EXPECT_EQ(parse_party("群众"), Party::none);
  EXPECT_EQ(parse_party("非党员"), Party::none);
  for (const auto& [text, tier] :
       {std::pair{"一级", 1}, {"2", 2}, {"第三级", 3}, {"Ⅳ级", 4}, {"四级包保", 4}, {"五级", 0}})
    EXPECT_EQ(parse_tier(text), tier) << text;
  EXPECT_EQ(parse_vehicle_kind("电动自行车"), VehicleKind::electric_bike);
  EXPECT_EQ(parse_vehicle_kind("小型轿车"), VehicleKind::car);
  EXPECT_EQ(parse_vehicle_kind("拖拉机"), VehicleKind::other);
}

TEST(DayText, Forms) {
  for (const char* text :
       {"2020年1月16日", "20200116", "2020/1/16", "2020.1.16", "2020-01-16", "2020-01-16 08:30", "20.1.16",
        "1月16日", "1.16", "43846", "43846.5", "1/16/2020", "２０２０年１月１６日"})
    EXPECT_EQ(day(text), "2020-01-16") << text;
  EXPECT_EQ(day("2月12日"), "2019-02-12");  // not yet this year
  EXPECT_EQ(day("2月29日"), "2016-02-29");
  EXPECT_EQ(day("63.8.14"), "1963-08-14");
  for (const char* bad : {"", "2020年13月1日", "20200230", "1月", "下周", "2020-01-16abc", "12", "0"})
    EXPECT_EQ(day(bad), "") << bad;
}

RC_GTEST_PROP(Normalisers, NeverCrashAndAreIdempotent, ()) {
  const auto text = *rc::gen::oneOf(cell_text(), rc::gen::arbitrary<std::string>());
  const auto half = to_half_width(text);
  RC_ASSERT(to_half_width(half) == half);
  const auto code = to_code(text);
  RC_ASSERT(to_code(code) == code);
  const auto name = normalise_name(text);
  RC_ASSERT(normalise_name(name) == name);
  const auto plate = parse_plate(text);
  RC_ASSERT(parse_plate(plate.number) == plate);
  for (const auto& phone : parse_phones(text)) {
    const auto again = parse_phones(phone.number);
    RC_ASSERT(again.size() == 1u);
    RC_ASSERT(again.front() == phone);
  }
  if (const auto found = parse_day_text(text, today))
    RC_ASSERT(day(base::to_string(*found)) == base::to_string(*found));
  const auto paper = document(text);
  if (paper.state == DocumentState::ok || paper.state == DocumentState::bad_checksum ||
      paper.state == DocumentState::fifteen)
    RC_ASSERT(document(paper.number) == paper);
  static_cast<void>(parse_relation(text));
  static_cast<void>(parse_tier(text));
  static_cast<void>(parse_occupancy(text));
}

// Every single wrong digit and every swap of neighbours is found (what the check character is for).
RC_GTEST_PROP(ResidentIdProperty, OneWrongDigitIsFound, ()) {
  const auto serial = *rc::gen::inRange(100, 999);
  auto body = "51052219" + std::to_string(*rc::gen::inRange(30, 99)) + "0204" + std::to_string(serial);
  auto id = body + check_character(body);
  RC_ASSERT(document(id).state == DocumentState::ok);
  const auto at = *rc::gen::inRange<std::size_t>(0, 17);
  const char other = static_cast<char>('0' + (id[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
  id[at] = other;
  RC_ASSERT(document(id).state != DocumentState::ok);
}
