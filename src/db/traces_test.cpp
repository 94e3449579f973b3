#include "db/traces.hpp"

#include <fstream>

#include "support/both_stores.hpp"

namespace {

using base::Result;
using db::Connection;

class Traces : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    script("CREATE TABLE visit(id bigint PRIMARY KEY, name text, at bigint, secret bytea)");
    if (!on_postgres()) {
      script("DROP TABLE visit");
      script("CREATE TABLE visit(id INTEGER PRIMARY KEY, name TEXT, at INTEGER, secret BLOB) STRICT");
    }
  }
  // Rows of every width, so that pages are split and balanced, and of each the bytes it leaves.
  std::vector<std::string> fill(int rows) {
    std::vector<std::string> images;
    auto done = store().write([&](Connection& c) -> Result<void> {
      for (int i = 1; i <= rows; ++i) {
        const auto name =
            "张三" + std::to_string(i) + std::string(static_cast<std::size_t>(i * 37 % 300), 'n');
        c.run("INSERT INTO visit VALUES ($1, $2, $3, $4)",
              {i, name, std::int64_t{1} << (i % 50), db::Blob{std::string_view("\x01\x00\x02", 3)}});
      }
      images = db::row_images(c, "visit", "id <= $1", {rows}, 60);
      return {};
    });
    EXPECT_TRUE(done);
    return images;
  }
};
SHOUWANG_ON_BOTH_STORES(Traces);

// Section 8, erasure: the bytes are looked for, and they are found before and not after.
TEST_P(Traces, WhatIsDeletedLeavesNoBytes) {
  const auto images = fill(400);
  if (on_postgres()) {
    EXPECT_TRUE(images.empty());
    script("DELETE FROM visit");
    EXPECT_TRUE(store().scrub({"visit"}));
    EXPECT_EQ(store().traces({"any bytes at all"}).value(), std::nullopt);
    return;
  }
  ASSERT_EQ(images.size(), 400u);
  ASSERT_TRUE(store().checkpoint());
  EXPECT_EQ(store().traces(images).value(), 400u) << "images are not what the file holds";
  for (int i = 1; i <= 400; i += 3) script("DELETE FROM visit WHERE id = " + std::to_string(i));
  std::vector<std::string> gone;
  for (std::size_t i = 0; i < 400; i += 3) gone.push_back(images[i]);
  EXPECT_GT(store().traces(gone).value(), 0u) << "the log still has them before it is truncated";
  ASSERT_TRUE(store().scrub({"visit"}));
  const auto left = store().traces(gone).value();
  RecordProperty("left_before_rewrite", static_cast<int>(left.value()));
  if (left != 0u) {
    ASSERT_TRUE(store().rewrite());
  }
  EXPECT_EQ(store().traces(gone).value(), 0u);
  EXPECT_EQ(store().traces(images).value(), images.size() - gone.size()) << "the others are still there";
}

TEST_P(Traces, ARewriteKeepsWhatIsThere) {
  fill(10);
  ASSERT_TRUE(store().rewrite());
  const auto rows = store().read(
      [](Connection& c) -> Result<std::int64_t> { return c.count("SELECT COUNT(*) FROM visit"); });
  EXPECT_EQ(*rows, 10);
}

TEST(CountTraces, FindsWhatLiesAcrossBlocks) {
  const test_support::TemporaryDirectory folder;
  const auto path = folder / "file";
  std::string content(3 << 20, 'x');
  const std::string needle = "sentinel of a person", absent = "sentinel of another";
  for (const std::size_t at : {std::size_t{0}, (std::size_t{1} << 20) - 7, content.size() - needle.size()}) {
    auto with = content;
    with.replace(at, needle.size(), needle);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << with;
    EXPECT_EQ(db::count_traces(path, {needle, absent}).value(), 1u) << at;
  }
  EXPECT_EQ(db::count_traces(folder / "absent", {needle}).value(), 0u);
}

}  // namespace
