#include "core/keyring.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace {
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sw-keys-" + core::random_token().substr(0, 8));
  ~Folder() { std::filesystem::remove_all(path); }
};
}  // namespace

TEST(Keyring, SealedTextOpensOnlyInItsOwnRow) {
  Folder folder;
  const auto keys = core::Keyring::open(folder.path);
  ASSERT_TRUE(keys);
  const auto sealed = keys->seal("person", "document", 7, "510503194101230708");
  EXPECT_EQ(sealed.find("5105"), std::string::npos);
  EXPECT_EQ(keys->unseal("person", "document", 7, sealed), "510503194101230708");
  EXPECT_FALSE(keys->unseal("person", "document", 8, sealed));
  EXPECT_FALSE(keys->unseal("person", "phone", 7, sealed));
  auto broken = sealed;
  broken.back() ^= 1;
  EXPECT_FALSE(keys->unseal("person", "document", 7, broken));
  EXPECT_NE(keys->seal("person", "document", 7, "510503194101230708"), sealed) << "nonces differ";
}

TEST(Keyring, KeysSurviveReopeningAndOthersDoNotFit) {
  Folder a, b;
  const auto first = core::Keyring::open(a.path);
  const auto again = core::Keyring::open(a.path);
  const auto other = core::Keyring::open(b.path);
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(first->blind("phone", "13900000815"), again->blind("phone", "13900000815"));
  EXPECT_NE(first->blind("phone", "13900000815"), other->blind("phone", "13900000815"));
  EXPECT_NE(first->blind("phone", "1"), first->blind("document", "1"));
  EXPECT_EQ(again->unseal("t", "c", 1, first->seal("t", "c", 1, "x")), "x");
  EXPECT_FALSE(other->unseal("t", "c", 1, first->seal("t", "c", 1, "x")));
  EXPECT_EQ(first->pass_key().seed, again->pass_key().seed);
  using std::filesystem::perms;
  EXPECT_EQ(
      std::filesystem::status(a.path / "master.key").permissions() & (perms::group_all | perms::others_all),
      perms::none);
}

// XN-27: a new key signs, cards of the old one stay good; a process beside takes the new key up.
TEST(Keyring, ANewKeySignsAndEarlierCardsStayGood) {
  Folder folder;
  auto keys = core::Keyring::open(folder.path);
  auto beside = core::Keyring::open(folder.path);
  ASSERT_TRUE(keys && beside);
  const token::Claims claims{.pass_id = 5,
                             .household_id = 6,
                             .compound_id = 7,
                             .pass_class = token::PassClass::household,
                             .generation = 1,
                             .issued = base::Day{18000},
                             .expires_s = 2'000'000'000};
  const auto old_card = token::sign(claims, keys->pass_key());
  const auto& old_keys = keys->verify_keys();
  EXPECT_FALSE(*beside->reread_pass_keys());
  EXPECT_EQ(keys->rotate_pass_key().value_or(0), 2);
  const auto new_card = token::sign(claims, keys->pass_key());
  ASSERT_TRUE(old_card && new_card);
  EXPECT_NE(*old_card, *new_card);
  EXPECT_TRUE(token::open(*old_card, keys->verify_keys()));
  EXPECT_TRUE(token::open(*new_card, keys->verify_keys()));
  EXPECT_EQ(token::open(*new_card, old_keys).error().code, "unknown_key") << "never taken for a forgery";
  EXPECT_EQ(token::open(*new_card, beside->verify_keys()).error().code, "unknown_key");
  EXPECT_TRUE(*beside->reread_pass_keys());
  EXPECT_TRUE(token::open(*new_card, beside->verify_keys()));
  EXPECT_EQ(beside->pass_key().kid, keys->pass_key().kid);
  EXPECT_EQ(core::Keyring::open(folder.path)->verify_keys().size(), 2u) << "after a start too";
}

TEST(Keyring, ADamagedKeyIsRefused) {
  Folder folder;
  ASSERT_TRUE(core::Keyring::open(folder.path));
  std::ofstream(folder.path / "master.key", std::ios::app) << "x";
  const auto keys = core::Keyring::open(folder.path);
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, "keys.damaged");
}

TEST(Masking, KeepsWhatTellsTwoEntriesApart) {
  EXPECT_EQ(core::mask_phone("13900000815"), "139****0815");
  EXPECT_EQ(core::mask_phone("4127766"), "***7766");
  EXPECT_EQ(core::mask_phone("110"), "***");
  EXPECT_EQ(core::mask_document("510503194101230708"), "5105**********0708");
  EXPECT_EQ(core::mask_name("王芳磊"), "王**");
  EXPECT_EQ(core::mask_name("王"), "王*");
}
