#include "token/recovery_code.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

namespace token {
namespace {

RecoverySecret any_secret() {
  RecoverySecret secret{};
  for (auto& byte : secret) byte = *rc::gen::arbitrary<std::uint8_t>();
  return secret;
}
std::string joined(const std::vector<std::string>& groups) {
  return std::accumulate(groups.begin(), groups.end(), std::string{},
                         [](std::string text, const std::string& g) { return std::move(text) + g + " "; });
}

TEST(RecoveryCode, IsReadAsItWasWritten) {
  EXPECT_TRUE(rc::check([] {
    const auto secret = any_secret();
    const auto groups = recovery_code(secret);
    RC_ASSERT(groups.size() == recovery_groups);
    const auto again = read_recovery_code(joined(groups));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == secret);
  }));
}

TEST(RecoveryCode, NamesTheGroupWithAWrongCharacter) {
  EXPECT_TRUE(rc::check([] {
    auto groups = recovery_code(any_secret());
    const auto group = *rc::gen::inRange<std::size_t>(0, groups.size());
    const auto place = *rc::gen::inRange<std::size_t>(0, 5);
    const char other = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[*rc::gen::inRange(0, 32)];
    RC_PRE(groups[group][place] != other);
    groups[group][place] = other;
    const auto read = read_recovery_code(joined(groups));
    RC_ASSERT(!read.has_value());
    RC_ASSERT(read.error().code == "recovery.check");
    RC_ASSERT(read.error().params.front().second == std::to_string(group + 1));
  }));
}

TEST(RecoveryCode, NoticesGroupsThatChangedPlaces) {
  EXPECT_TRUE(rc::check([] {
    auto groups = recovery_code(any_secret());
    const auto a = *rc::gen::inRange<std::size_t>(0, groups.size());
    const auto b = *rc::gen::inRange<std::size_t>(0, groups.size());
    RC_PRE(a != b);
    std::swap(groups[a], groups[b]);
    RC_ASSERT(!read_recovery_code(joined(groups)).has_value());
  }));
}

TEST(RecoveryCode, TakesTheWholeSheetAndWhatFingersMake) {
  const RecoverySecret secret{1, 2, 3, 255, 254};
  const auto groups = recovery_code(secret);
  std::string sheet = "# Recovery sheet, keep away from the backups\n\n";
  for (const auto& group : groups) {
    for (const char c : group) sheet += c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
    sheet += " - ";
  }
  EXPECT_EQ(read_recovery_code(sheet).value(), secret);
  std::string wide;  // as a Chinese keyboard writes it
  for (const char c : groups[0]) wide += {'\xEF', '\xBC', static_cast<char>(c - 0x20 + 0x80)};
  EXPECT_EQ(read_recovery_code(wide + joined({groups.begin() + 1, groups.end()})).value(), secret);
}

TEST(RecoveryCode, SaysWhatIsMissing) {
  const auto groups = recovery_code({});
  EXPECT_EQ(read_recovery_code(groups[0] + groups[1]).error().code, "recovery.length");
  EXPECT_EQ(read_recovery_code(joined(groups) + "0").error().code, "recovery.length");
  EXPECT_EQ(read_recovery_code(groups[0] + " ?").error().code, "recovery.character");
  EXPECT_EQ(read_recovery_code("").error().code, "recovery.length");
}

}  // namespace
}  // namespace token
