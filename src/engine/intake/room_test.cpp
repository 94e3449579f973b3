// practice.md, "Bad inputs that happen": dwellings; practice.md 9 (phases) and 12 (patterns).
#include "engine/intake/room.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "engine/intake/pattern.hpp"

using namespace engine::intake;

namespace {

RoomRef room(std::string_view text) { return parse_room(text).value_or(RoomRef{}); }
RoomRef make(std::string building, std::string stair, std::string number, std::string phase = "") {
  return {std::move(phase), std::move(building), std::move(stair), std::move(number)};
}

}  // namespace

TEST(Room, TheSameDwellingInManyWays) {
  for (const char* text : {"1-1-101",
                           "1#-1-101",
                           "1幢1单元101室",
                           "1栋1单元101",
                           "一栋一单元101",
                           "1号楼1单元101号",
                           "1＃－1－101",
                           "01-01-0101",
                           "1栋-1单元-101",
                           "1栋1门101",
                           "锦绣花园1栋1单元101",
                           "1 栋 1 单元 101",
                           "1/1/101",
                           "1栋1单元1层101",
                           "1#1-101",
                           "1-1单元101",
                           "1-1-101室",
                           "人民路12号1栋1单元101",
                           "5号院1号楼1单元101",
                           "1栋1-101(出租)",
                           "1栋1单元1楼101"})
    EXPECT_EQ(room(text), make("1", "1", "101")) << text;
}

TEST(Room, BuildingsWithNames) {
  EXPECT_EQ(room("叁栋502"), make("3", "", "502"));
  EXPECT_EQ(room("A座1201"), make("A", "", "1201"));
  EXPECT_EQ(room("a座-1201室"), make("A", "", "1201"));
  EXPECT_EQ(room("甲3号2单元402"), make("甲3", "2", "402"));
  EXPECT_EQ(room("甲3号402"), make("甲3", "", "402"));
  EXPECT_EQ(room("12A栋1单元301"), make("12A", "1", "301"));
  EXPECT_EQ(room("12A-1-301"), make("12A", "1", "301"));
  EXPECT_EQ(room("3#502"), make("3", "", "502"));
  EXPECT_EQ(room("3号楼502"), make("3", "", "502"));
  EXPECT_EQ(room("3楼2单元502"), make("3", "2", "502"));
  EXPECT_EQ(room("3楼301"), make("", "", "301"));
  EXPECT_EQ(room("3楼502"), make("3", "", "502"));
  EXPECT_EQ(room("123弄4号501室"), make("4", "", "501"));
  EXPECT_EQ(room("1栋A座1201"), make("1", "A", "1201"));
  EXPECT_EQ(room("十二栋二单元一二〇一"), make("12", "2", "1201"));
}

TEST(Room, NoEntranceAndPartsOfRooms) {
  EXPECT_EQ(room("3-502"), make("3", "", "502"));
  EXPECT_EQ(room("1201-1"), make("", "", "1201-1"));
  EXPECT_EQ(room("3-1201-1"), make("3", "", "1201-1"));
  EXPECT_EQ(room("1栋2单元1201-1"), make("1", "2", "1201-1"));
  EXPECT_EQ(room("1-2-1201-1"), make("1", "2", "1201-1"));
  EXPECT_EQ(room("1-2-12A01"), make("1", "2", "12A01"));
  EXPECT_EQ(room("1栋2单元负101"), make("1", "2", "-101"));
  EXPECT_EQ(room("1-2--101"), make("1", "2", "-101"));
  EXPECT_EQ(room("2单元101"), make("", "2", "101"));
  EXPECT_EQ(room("501号"), make("", "", "501"));
}

TEST(Room, Phases) {
  EXPECT_EQ(room("二期3栋502"), make("3", "", "502", "2"));
  EXPECT_EQ(room("2期3栋1单元502"), make("3", "1", "502", "2"));
  EXPECT_EQ(room("锦绣花园二期3栋1单元502"), make("3", "1", "502", "2"));
  EXPECT_EQ(room("东区3栋502"), make("3", "", "502", "东区"));
  EXPECT_EQ(room("A区3-1-502"), make("3", "1", "502", "A区"));
  EXPECT_EQ(room("2-3-1-502"), make("3", "1", "502", "2"));
  EXPECT_NE(room("二期3栋502"), room("一期3栋502"));
}

TEST(Room, NotARoom) {
  for (const char* text : {"", "?", "门卫室", "物业", "1栋", "1栋1单元", "-", "岗亭1", "保安室",
                           "1-1-101-1-1-1", "1栋2栋101", "13800136153/13900000000 张"})
    EXPECT_FALSE(parse_room(text)) << text << " " << print(room(text));
}

TEST(Room, OneColumnEach) {
  EXPECT_EQ(parse_building("3#"), "3");
  EXPECT_EQ(parse_building("叁栋"), "3");
  EXPECT_EQ(parse_building("3号"), "3");
  EXPECT_EQ(parse_building("03"), "3");
  EXPECT_EQ(parse_building("A座"), "A");
  EXPECT_EQ(parse_building("甲3号"), "甲3");
  EXPECT_EQ(parse_building("锦绣花园9栋"), "9");
  EXPECT_EQ(parse_building_ref("二期3栋"), make("3", "", "", "2"));
  EXPECT_EQ(parse_building_ref("3栋1单元"), make("3", "1", ""));
  EXPECT_EQ(parse_building_ref("锦绣花园"), RoomRef{});
  EXPECT_EQ(parse_stair("一单元"), "1");
  EXPECT_EQ(parse_stair("无"), "");
  EXPECT_EQ(parse_phase("二期"), "2");
  EXPECT_EQ(parse_phase("东区"), "东区");
  EXPECT_EQ(parse_room_number("101室"), "101");
  EXPECT_EQ(parse_room_number("-101"), "-101");
  EXPECT_EQ(parse_room_number("1201-1"), "1201-1");
}

TEST(Room, Floors) {
  EXPECT_EQ(floor_of("101"), 1);
  EXPECT_EQ(floor_of("1201"), 12);
  EXPECT_EQ(floor_of("12A01"), 12);
  EXPECT_EQ(floor_of("1201-1"), 12);
  EXPECT_EQ(floor_of("-101"), -1);
  EXPECT_EQ(floor_of("5"), std::nullopt);
  EXPECT_EQ(floor_of("A"), std::nullopt);
}

RC_GTEST_PROP(RoomProperty, PrintedRoomsReadBack, ()) {
  const auto pieces =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "0",  "1",  "2",  "3",    "12", "101",  "1201", "-",    "--", "#",    "A",  "12A",
          "栋", "幢", "座", "单元", "门", "层",   "楼",   "室",   "号", "号楼", "期", "区",
          "东", "甲", "十", "三",   "负", "花园", "院",   "(租)", "户", " "}));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  const auto read = parse_room(text);
  if (read) RC_ASSERT(parse_room(print(*read)) == read);
  const auto building = parse_building_ref(text);
  if (!building.building.empty()) RC_ASSERT(parse_building_ref(print(building)) == building);
}

RC_GTEST_PROP(RoomProperty, AnyBytesAreHarmless, (const std::string& text)) {
  if (const auto read = parse_room(text)) RC_ASSERT(parse_room(print(*read)) == read);
}

TEST(DwellingIndex, FindsWhatIsMeantAndNothingElse) {
  DwellingIndex index;
  for (const char* known : {"1期3栋1单元101", "2期3栋1单元101", "1栋1单元101", "1栋2单元102", "5栋301"})
    index.add(room(known));
  index.add_old_name(room("9栋1单元101"), room("1栋1单元101"));
  using How = DwellingIndex::How;
  const auto how = [&](const char* text) { return index.find(room(text)).how; };
  EXPECT_EQ(how("1-1-101"), How::exact);
  EXPECT_EQ(how("3-1-101"), How::ambiguous);  // the same number in two phases
  EXPECT_EQ(how("二期3栋1单元101"), How::exact);
  EXPECT_EQ(how("1栋102"), How::inferred);
  EXPECT_EQ(index.find(room("1栋102")).room, room("1栋2单元102"));
  EXPECT_EQ(how("5栋1单元301"), How::inferred);
  EXPECT_EQ(how("一期1栋1单元101"), How::inferred);
  EXPECT_EQ(how("三期3栋1单元101"), How::none);
  EXPECT_EQ(how("1-2-101"), How::none);
  EXPECT_EQ(how("101"), How::none);
  EXPECT_EQ(how("9-1-101"), How::renumbered);  // building renumbered, old number still found
  EXPECT_EQ(index.find(room("9-1-101")).room, room("1-1-101"));
  EXPECT_TRUE(index.has_building("5"));
  EXPECT_FALSE(index.has_building("6"));
}

TEST(Pattern, StairsFloorsAndSkips) {
  BuildingPattern pattern{"", "3", {"1", "2"}, 1, 15, 2};
  pattern.skipped_floors = {4, 13, 14};
  const auto rooms = expand(pattern).value();
  EXPECT_EQ(rooms.size(), 2u * 12 * 2);
  EXPECT_EQ(rooms.front(), (PatternDwelling{make("3", "1", "101"), 1}));
  EXPECT_EQ(rooms.back(), (PatternDwelling{make("3", "2", "1502"), 15}));
  for (const auto& one : rooms) EXPECT_NE(one.floor, 13);
}

TEST(Pattern, RenamedNegativeAndShopFloors) {
  BuildingPattern pattern{"2", "甲3", {}, -1, 5, 1};
  pattern.renamed_floors = {{4, "3A"}};
  pattern.shop_floors = 1;
  const auto rooms = expand(pattern).value();
  std::vector<std::string> numbers;
  for (const auto& one : rooms) numbers.push_back(one.room.room);
  EXPECT_EQ(numbers, (std::vector<std::string>{"-101", "201", "301", "3A01", "501"}));
  EXPECT_EQ(rooms[3].floor, 4);
  EXPECT_EQ(rooms[0].room.phase, "2");
}

TEST(Pattern, NumberingRules) {
  BuildingPattern pattern{"", "1", {"1", "2"}, 1, 2, 2};
  pattern.numbering = Numbering::floor_running;
  EXPECT_EQ(expand(pattern).value().back().room, make("1", "2", "204"));
  pattern.numbering = Numbering::stair_floor_room;
  EXPECT_EQ(expand(pattern).value().back().room, make("1", "", "2202"));
  pattern.numbering = Numbering::floor_room;
  pattern.room_digits = 3;
  EXPECT_EQ(expand(pattern).value().front().room, make("1", "1", "1001"));
}

TEST(Pattern, RefusesWhatCannotBe) {
  EXPECT_EQ(expand({"", "", {}, 1, 0, 0}).error().problems.size(), 3u);
  EXPECT_EQ(expand({"", "1", {"1", "1"}, 1, 6, 2}).error().problems.at(0).code, "duplicate");
  BuildingPattern twice{"", "1", {}, 3, 4, 1};
  twice.renamed_floors = {{4, "3"}};
  EXPECT_EQ(expand(twice).error().problems.at(0).code, "duplicate");
  BuildingPattern huge{"", "1", {}, 1, 120, 99};
  for (int i = 1; i <= 60; ++i) huge.stairs.push_back(std::to_string(i));
  EXPECT_EQ(expand(huge).error().problems.at(0).code, "too_many");
}

// What the pattern makes, the office's way of writing finds.
RC_GTEST_PROP(PatternProperty, EveryRoomReadsBack, ()) {
  BuildingPattern pattern{
      "", "7", {"1", "2", "3"}, *rc::gen::inRange(-2, 0), *rc::gen::inRange(1, 34), *rc::gen::inRange(1, 12)};
  if (pattern.first_floor == 0) pattern.first_floor = 1;
  pattern.renamed_floors = {{4, "3A"}, {13, "12A"}};
  const auto rooms = expand(pattern).value();
  for (const auto& one : rooms) RC_ASSERT(parse_room(print(one.room)) == one.room);
}
