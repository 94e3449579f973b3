#include "core/backup_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "core/keyring.hpp"
#include "support/temporary.hpp"

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}
void write(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class BackupFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(core::Keyring::open(keys_));
    auto sheet = core::new_recovery_sheet(keys_, base::Instant{1}, true);
    ASSERT_TRUE(sheet);
    sheet_ = *sheet;
  }
  core::RecoveryPair pair() const {
    return core::recovery_pair(token::read_recovery_code(core::sheet_text(sheet_)).value());
  }
  fs::path make(std::string_view store, const std::string& name = "a.backup") {
    write(folder_ / "plain", store);
    const auto key = core::recovery_key(keys_);
    const auto done =
        core::write_backup(folder_ / name, {(*key)->sheet, "2020-02-11T08:30:00.000Z", "0.1.0", "sqlite"},
                           **key, {{"store", folder_ / "plain"}, {"keys/master.key", keys_ / "master.key"}});
    EXPECT_TRUE(done) << done.error().code;
    return folder_ / name;
  }
  std::string unpack_code(const fs::path& file) {
    const auto into = folder_ / "into";
    fs::remove_all(into);
    const auto done = core::unpack_backup(file, pair(), into);
    return done ? "" : done.error().code;
  }
  test_support::TemporaryDirectory folder_;
  fs::path keys_ = folder_ / "keys";
  core::RecoverySheet sheet_;
};

TEST_F(BackupFile, ComesBackAsItWasWhateverItsSize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, core::backup_chunk_bytes - 15,
                                 core::backup_chunk_bytes, 3 * core::backup_chunk_bytes + 7}) {
    std::string store(size, '\0');
    for (std::size_t i = 0; i < size; ++i) store[i] = static_cast<char>(i * 31 % 251);
    const auto file = make(store, std::to_string(size));
    EXPECT_TRUE(core::is_backup(file));
    EXPECT_EQ(core::read_backup_head(file)->sheet, sheet_.sheet);
    ASSERT_EQ(unpack_code(file), "") << size;
    EXPECT_EQ(content_of(folder_ / "into" / "store"), store);
    EXPECT_EQ(content_of(folder_ / "into" / "keys" / "master.key"), content_of(keys_ / "master.key"));
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
}

// Section 8, keys and backup: nothing of the store or of the keys can be read in it.
TEST_F(BackupFile, ShowsNothing) {
  const auto file = content_of(make("张三 510503194101230708 张三 510503194101230708"));
  EXPECT_EQ(file.find("张三"), std::string::npos);
  EXPECT_EQ(file.find("5105"), std::string::npos);
  EXPECT_EQ(file.find(content_of(keys_ / "master.key")), std::string::npos);
}

TEST_F(BackupFile, EveryAlteredByteIsRefused) {
  const auto whole = content_of(make("一个小的库"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    write(folder_ / "altered", altered);
    EXPECT_NE(unpack_code(folder_ / "altered"), "") << "byte " << at;
  }
}

TEST_F(BackupFile, WhatIsCutOffOrPutBehindIsRefused) {
  const auto whole = content_of(make("一个小的库"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write(folder_ / "cut", std::string_view(whole).substr(0, length));
    EXPECT_NE(unpack_code(folder_ / "cut"), "") << "length " << length;
  }
  write(folder_ / "longer", whole + "x");
  EXPECT_EQ(unpack_code(folder_ / "longer"), "restore.damaged");
  // Cut between two chunks, where each chunk by itself is genuine.
  const auto large = content_of(make(std::string(3 * core::backup_chunk_bytes, 'z'), "large"));
  const auto start = large.find("\n\n") + 2 + 80 + 24;
  write(folder_ / "cut", std::string_view(large).substr(0, start + 2 * (core::backup_chunk_bytes + 17)));
  EXPECT_EQ(unpack_code(folder_ / "cut"), "restore.damaged");
  // Two chunks that changed places.
  auto swapped = large;
  const auto chunk = core::backup_chunk_bytes + 17;
  swapped.replace(start + chunk, chunk, large.substr(start + 2 * chunk, chunk));
  swapped.replace(start + 2 * chunk, chunk, large.substr(start + chunk, chunk));
  write(folder_ / "swapped", swapped);
  EXPECT_EQ(unpack_code(folder_ / "swapped"), "restore.damaged");
}

TEST_F(BackupFile, ANewSheetLeavesTheOldBackupToTheOldSheet) {
  const auto old_file = make("旧");
  const auto old_sheet = sheet_;
  EXPECT_EQ(core::new_recovery_sheet(keys_, base::Instant{2}, true).error().code, "recovery.exists");
  sheet_ = core::new_recovery_sheet(keys_, base::Instant{2}, false).value();
  EXPECT_NE(sheet_.sheet, old_sheet.sheet);
  const auto new_file = make("新", "b.backup");
  EXPECT_EQ(unpack_code(new_file), "");
  const auto refused = core::unpack_backup(old_file, pair(), folder_ / "into2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "restore.other_sheet");
  EXPECT_EQ(refused.error().params,
            (base::ErrorParams{{"needed", old_sheet.sheet}, {"given", sheet_.sheet}}));
  sheet_ = old_sheet;
  EXPECT_EQ(unpack_code(old_file), "");
}

TEST_F(BackupFile, ALaterFormatIsNamed) {
  auto text = content_of(make("库"));
  text.replace(text.find('1'), 1, "2");
  write(folder_ / "later", text);
  EXPECT_EQ(unpack_code(folder_ / "later"), "restore.newer_format");
}

TEST_F(BackupFile, WithoutRoomThereIsNoFile) {
  write(folder_ / "plain", std::string(200'000, 'x'));
  const auto key = core::recovery_key(keys_);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto done = core::write_backup(folder_ / "no_room", {(*key)->sheet, "t", "0", "sqlite"}, **key,
                                       {{"store", folder_ / "plain"}});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "backup.failed");
  EXPECT_FALSE(fs::exists(folder_ / "no_room"));
  EXPECT_FALSE(fs::exists(folder_ / "no_room.part"));
}

}  // namespace
