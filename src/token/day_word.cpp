#include "token/day_word.hpp"

#include <sodium.h>

namespace token {
namespace {

// Plants, landscapes, weather and things of the table: nothing that wishes or warns.
constexpr std::array<Word, 64> words{{
    {"pine", "青松"},         {"bamboo", "翠竹"},     {"plum_blossom", "梅花"}, {"orchid", "兰花"},
    {"crabapple", "海棠"},    {"lotus", "荷花"},      {"peony", "牡丹"},        {"osmanthus", "桂花"},
    {"willow", "杨柳"},       {"maple_leaf", "枫叶"}, {"ginkgo", "银杏"},       {"clover", "苜蓿"},
    {"sunflower", "葵花"},    {"jasmine", "茉莉"},    {"camellia", "山茶"},     {"lilac", "丁香"},
    {"mountain", "高山"},     {"brook", "小溪"},      {"river", "江河"},        {"lake", "湖水"},
    {"ocean", "海洋"},        {"island", "岛屿"},     {"meadow", "草原"},       {"forest", "森林"},
    {"valley", "山谷"},       {"waterfall", "瀑布"},  {"desert", "沙漠"},       {"hot_spring", "温泉"},
    {"sunrise", "日出"},      {"moonlight", "月光"},  {"starlight", "星光"},    {"rainbow", "彩虹"},
    {"white_cloud", "白云"},  {"breeze", "微风"},     {"spring_rain", "春雨"},  {"snowflake", "雪花"},
    {"morning_mist", "晨雾"}, {"dew", "露珠"},        {"swallow", "燕子"},      {"crane", "白鹤"},
    {"magpie", "喜鹊"},       {"butterfly", "蝴蝶"},  {"dragonfly", "蜻蜓"},    {"goldfish", "金鱼"},
    {"panda", "熊猫"},        {"deer", "小鹿"},       {"squirrel", "松鼠"},     {"dolphin", "海豚"},
    {"apple", "苹果"},        {"peach", "桃子"},      {"pear", "香梨"},         {"grape", "葡萄"},
    {"watermelon", "西瓜"},   {"walnut", "核桃"},     {"chestnut", "板栗"},     {"pumpkin", "南瓜"},
    {"green_tea", "绿茶"},    {"rice", "稻米"},       {"lantern", "灯笼"},      {"kite", "风筝"},
    {"umbrella", "雨伞"},     {"teapot", "茶壶"},     {"flute", "竹笛"},        {"bridge", "石桥"},
}};

constexpr std::array<Colour, 8> colours{{
    {"blue", 0x1F5FBF},
    {"purple", 0x7A3FA0},
    {"orange", 0xC25A00},
    {"brown", 0x7A4A21},
    {"pink", 0xC2337A},
    {"teal", 0x00767A},
    {"grey", 0x5F6368},
    {"black", 0x1A1A1A},
}};

}  // namespace

std::span<const Word> day_words() { return words; }
std::span<const Colour> day_colours() { return colours; }

DayMark day_mark(const std::array<std::uint8_t, 32>& secret, std::int64_t compound_id, base::Day day) {
  std::array<unsigned char, 20> message{'d', 'a', 'y', ' ', 'm', 'a', 'r', 'k'};
  for (unsigned i = 0; i < 8; ++i) message[8 + i] = static_cast<unsigned char>(compound_id >> (8 * (7 - i)));
  for (unsigned i = 0; i < 4; ++i) message[16 + i] = static_cast<unsigned char>(day.number >> (8 * (3 - i)));
  static_assert(crypto_auth_hmacsha256_KEYBYTES == 32);
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256(mac.data(), message.data(), message.size(), secret.data());
  return {words[mac[0] % words.size()], colours[mac[1] % colours.size()]};
}

}  // namespace token
