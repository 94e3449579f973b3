#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/identity/likeness.hpp"
#include "engine/identity/pinyin.hpp"
#include "engine/identity/search_text.hpp"

namespace engine::identity {
namespace {

const base::Day today = *base::parse_day("2020-02-11");

bool sounds(std::string_view name, std::string_view full, std::string_view initials) {
  return std::ranges::count(spellings(name), Spelling{std::string(full), std::string(initials)}) == 1;
}
bool found_by(std::string_view name, TermKind kind, std::string_view term) {
  return std::ranges::count(terms_of(name), Term{kind, std::string(term)}) == 1;
}

TEST(Pinyin, OfCommonNames) {
  EXPECT_TRUE(sounds("王建国", "wangjianguo", "wjg"));
  EXPECT_TRUE(sounds("欧阳修", "ouyangxiu", "oyx"));
  EXPECT_TRUE(sounds("吕布", "lubu", "lb"));
  EXPECT_EQ(spellings("王建国").size(), 1U);
}

// A surname with a reading of its own is found by both: nobody knows which of them the reader knows.
TEST(Pinyin, SurnamesKeepBothReadings) {
  for (const auto& [name, text, surname] : {std::tuple{"单雄信", "danxiongxin", "shanxiongxin"},
                                            {"曾国", "cengguo", "zengguo"},
                                            {"解珍", "jiezhen", "xiezhen"},
                                            {"仇英", "chouying", "qiuying"},
                                            {"区小红", "quxiaohong", "ouxiaohong"},
                                            {"查良", "chaliang", "zhaliang"},
                                            {"翟天", "ditian", "zhaitian"},
                                            {"尉迟恭", "weichigong", "yuchigong"},
                                            {"万俟卨", "wanqixie", "moqixie"}}) {
    const auto all = spellings(name);
    const auto has = [&](std::string_view full) {
      return std::ranges::count(all, full, &Spelling::full) == 1;
    };
    EXPECT_TRUE(has(text) && has(surname)) << name;
    EXPECT_LE(all.size(), spellings_max);
  }
}

TEST(Pinyin, OfWhatIsNoHan) {
  EXPECT_TRUE(sounds("Anna Müller", "annamuller", "annamuller") || !spellings("Anna Müller").empty());
  EXPECT_TRUE(spellings("").empty());
  EXPECT_TRUE(spellings("**").empty());
  EXPECT_EQ(plain_latin("Lü Bu"), "lubu");
  EXPECT_EQ(plain_latin("lvbu"), "lubu");
  EXPECT_EQ(plain_latin("Ｗang'er"), "wanger");
  EXPECT_EQ(plain_latin("vera"), "vera");
}

RC_GTEST_PROP(Pinyin, NeverFailsAndStaysPlain, (std::string bytes)) {
  for (const auto& spelling : spellings(bytes)) {
    RC_ASSERT(!spelling.full.empty());
    RC_ASSERT(spelling.full.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
    RC_ASSERT(spelling.initials.size() <= spelling.full.size());
  }
  understand(bytes, today);
  terms_of(bytes);
}

TEST(Terms, NameItsEndingsAndItsSound) {
  EXPECT_TRUE(found_by("王建国", TermKind::name, "王建国"));
  EXPECT_TRUE(found_by("王建国", TermKind::part, "建国"));
  EXPECT_TRUE(found_by("王建国", TermKind::part, "国"));
  EXPECT_TRUE(found_by("王建国", TermKind::pinyin, "wangjianguo"));
  EXPECT_TRUE(found_by("王建国", TermKind::initials, "wjg"));
  EXPECT_TRUE(found_by("阿依古丽·买买提", TermKind::part, "买买提"));
  EXPECT_TRUE(terms_of("").empty());
}

TEST(Understand, NamesAndPinyin) {
  EXPECT_EQ(understand("王 建国", today).name, "王建国");
  EXPECT_EQ(understand("王建国", today).latin, "");
  EXPECT_EQ(understand("WJG", today).latin, "wjg");
  EXPECT_TRUE(understand("   ", today).nothing());
}

TEST(Understand, Numbers) {
  // GB 11643; a number of 15 is looked for as the 18 it has become, too.
  const auto whole = understand("370101 19900102 0393", today);
  EXPECT_EQ(whole.documents, std::vector<std::string>{"370101199001020393"});
  EXPECT_TRUE(whole.name.empty());
  EXPECT_EQ(understand("370101900102039", today).documents.size(), 2U);
  EXPECT_EQ(understand("13800136153", today).phone, "13800136153");
  EXPECT_EQ(understand("+86 138-0013-6153", today).phone, "13800136153");
  EXPECT_EQ(understand("039x", today).tail, "039X");
  EXPECT_TRUE(understand("039x", today).by_number());
  EXPECT_EQ(understand("E12345678", today).documents, std::vector<std::string>{"E12345678"});
}

TEST(Understand, Dwellings) {
  const auto room = understand("3-2-1201", today);
  ASSERT_TRUE(room.room);
  EXPECT_EQ(*room.room, (intake::RoomRef{"", "3", "2", "1201"}));
  EXPECT_TRUE(room.name.empty());
  ASSERT_TRUE(understand("3栋2单元1201", today).room);
  EXPECT_EQ(*understand("3栋2单元1201", today).room, *room.room);
  EXPECT_EQ(understand("3-2", today).label, "3-2");
  // Four digits are a room or the end of a number: all of them are looked for.
  const auto four = understand("1201", today);
  EXPECT_TRUE(four.room && four.room->room == "1201");
  EXPECT_EQ(four.tail, "1201");
}

Facts person(std::string name, std::int64_t dwelling = 1) {
  Facts f;
  f.name = std::move(name);
  f.dwellings = {dwelling};
  return f;
}
using Reasons = std::vector<Reason>;

TEST(Likeness, EachReason) {
  auto a = person("王建国", 1), b = person("王建国", 2);
  EXPECT_TRUE(compare(a, b).reasons.empty());  // a name alone says nothing
  a.phones = b.phones = {"x"};
  EXPECT_EQ(compare(a, b).reasons, Reasons{Reason::same_phone_and_name});
  a.phones.clear();
  a.birth_day = b.birth_day = base::parse_day("1990-01-02");
  EXPECT_EQ(compare(a, b).reasons, Reasons{Reason::same_name_and_birth});
  a.document = b.document = "d";
  EXPECT_EQ(compare(a, b).reasons.front(), Reason::same_document);
}

// practice.md, "Bad inputs that happen": the same name in one family, twins, one phone for five people.
TEST(Likeness, FamiliesAreNotDuplicates) {
  auto father = person("王建国"), son = person("王建国");
  father.birth_day = base::parse_day("1960-01-02");
  son.birth_day = base::parse_day("1990-01-02");
  EXPECT_TRUE(compare(father, son).reasons.empty());
  auto sister = person("张子涵"), twin = person("张子萱");
  sister.birth_day = twin.birth_day = base::parse_day("2010-05-05");
  sister.document = "1";
  twin.document = "2";
  sister.document_sound = twin.document_sound = true;
  EXPECT_TRUE(compare(sister, twin).reasons.empty());
  auto mother = person("李芳"), child = person("王小明");
  mother.phones = child.phones = {"one phone for five"};
  EXPECT_TRUE(compare(mother, child).reasons.empty());
}

TEST(Likeness, HomophonesAndSlips) {
  EXPECT_TRUE(alike("张丽", "张莉"));
  EXPECT_TRUE(alike("王建国", "王健国"));
  EXPECT_TRUE(alike("王子涵", "王子晗"));
  EXPECT_TRUE(alike("陈静", "程静"));
  EXPECT_TRUE(alike("孙诗", "孙思"));
  EXPECT_FALSE(alike("王建国", "王建民")) << "brothers";
  EXPECT_FALSE(alike("王建国", "李建国"));
  EXPECT_FALSE(alike("王伟", "王芳"));
  EXPECT_FALSE(alike("", ""));
  EXPECT_EQ(compare(person("张丽"), person("张莉")).reasons, Reasons{Reason::same_dwelling_like_name});
  EXPECT_TRUE(compare(person("张丽", 1), person("张莉", 2)).reasons.empty());
}

RC_GTEST_PROP(Likeness, IsSymmetric, (std::string a, std::string b, bool same_document, bool sound)) {
  auto x = person(a), y = person(b);
  x.document = "1";
  y.document = same_document ? "1" : "2";
  x.document_sound = y.document_sound = sound;
  RC_ASSERT(compare(x, y).score == compare(y, x).score);
  RC_ASSERT(compare(x, y).reasons == compare(y, x).reasons);
}

}  // namespace
}  // namespace engine::identity
