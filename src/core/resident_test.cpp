#include "core/resident.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace {

struct Keys {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sw-links-" + core::random_token().substr(0, 8));
  core::Keyring ring = *core::Keyring::open(path);
  ~Keys() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST(ResidentLink, OpensForItsPurposeAndInstallationOnly) {
  const Keys keys, others;
  const auto link = core::resident_link(keys.ring, "pass", 9'007'199'254'740'991);
  EXPECT_EQ(link.size(), 32u);
  EXPECT_EQ(core::open_resident_link(keys.ring, "pass", link), 9'007'199'254'740'991);
  EXPECT_FALSE(core::open_resident_link(keys.ring, "file", link));
  EXPECT_FALSE(core::open_resident_link(others.ring, "pass", link));
  EXPECT_NE(core::resident_link(keys.ring, "pass", 1), core::resident_link(keys.ring, "pass", 2));
  for (std::size_t i = 0; i < link.size(); ++i) {
    auto other = link;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(core::open_resident_link(keys.ring, "pass", other)) << i;
  }
  for (const auto* text : {"", "A", "AAAAAAAAAAA", "%%%", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_FALSE(core::open_resident_link(keys.ring, "pass", text)) << text;
}

TEST(RateLimit, CountsByKeyAndIntervalAndStaysSmall) {
  core::RateLimit limit(3, 1000, 2);
  EXPECT_TRUE(limit.take("a", {0}));
  EXPECT_TRUE(limit.take("a", {999}, 2));
  EXPECT_FALSE(limit.take("a", {999}));
  EXPECT_TRUE(limit.take("b", {999}));
  EXPECT_FALSE(limit.take("c", {999})) << "no room for a third";
  EXPECT_TRUE(limit.take("a", {1000})) << "a new interval";
  EXPECT_FALSE(limit.take("a", {1000}, 3)) << "what is refused costs nothing";
  EXPECT_TRUE(limit.take("a", {1000}, 2));
  EXPECT_TRUE(limit.take("c", {1001})) << "b has been quiet";
}

TEST(ResidentVisit, HoldsForItsTimePurposeAndInstallationOnly) {
  const Keys keys, others;
  const base::Instant now{1'600'000'000'000};
  const auto link = core::resident_visit(keys.ring, "home", {42, now + base::minute_ms});
  const auto opened = core::open_resident_visit(keys.ring, "home", link, now);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->record, 42);
  EXPECT_FALSE(core::open_resident_visit(keys.ring, "home", link, now + base::minute_ms)) << "it is over";
  EXPECT_FALSE(core::open_resident_visit(keys.ring, "pass", link, now));
  EXPECT_FALSE(core::open_resident_visit(others.ring, "home", link, now));
  EXPECT_FALSE(core::open_resident_link(keys.ring, "home", link)) << "a visit is no link";
  EXPECT_FALSE(core::open_resident_visit(keys.ring, "home", core::resident_link(keys.ring, "home", 42), now));
  for (std::size_t i = 0; i < link.size(); ++i) {
    auto other = link;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(core::open_resident_visit(keys.ring, "home", other, now)) << i;
  }
}
