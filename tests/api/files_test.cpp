// Scans of documents on file: kept sealed, given out with an entry in the audit, in every backup, gone by
// hand and by the rule of their kind; and the night in which rules act by themselves.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/backup.hpp"
#include "core/file.hpp"
#include "core/recovery.hpp"
#include "feature/erasure/service.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

namespace fs = std::filesystem;
using test_world::at;
using test_world::number_at;

constexpr std::string_view scan_bytes = "%PDF-1.4\nsigned by everybody concerned\n%%EOF\n";

class Scans : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    const auto bodies = send("GET", "/api/organisations?kind=property_company&limit=1");
    const auto made = send("POST", "/api/organisation-documents",
                           fmt::format(R"({{"kind":"emergency_plan","organisation_id":{},"title":"应急预案",)"
                                       R"("signed_day":"2020-01-30","valid_until_day":"2020-03-01"}})",
                                       at(bodies, "items.0.id")));
    document_ = at(made, "id");
    ASSERT_FALSE(document_.empty()) << made;
  }
  test_world::World& world() { return *world_; }
  std::string path() const { return "/api/organisation-documents/" + document_ + "/file"; }
  std::string send(const std::string& method, const std::string& target, const std::string& body = {}) {
    return world().send("office", method, target, body).body;
  }
  std::string keep(std::string_view bytes, const std::string& name = "plan.pdf") {
    return send("POST", path() + "?filename=" + name, std::string(bytes));
  }
  std::vector<std::string> on_disk() {
    std::vector<std::string> out;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(core::kept_folder(world().options().data), none)) {
      std::ifstream in(entry.path(), std::ios::binary);
      out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return out;
  }
  std::int64_t count(const std::string& sql) {
    return *world().program().store().read(
        [&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
  }
  // Until nothing is left to do.
  void night() {
    for (;;) {
      const auto ran = feature::erasure::run_tonight(world().program().store(), world().program().services(),
                                                     world().clock().now());
      ASSERT_TRUE(ran) << ran.error().code;
      if (!*ran) return;
    }
  }

 private:
  std::optional<test_world::World> world_;
  std::string document_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Scans, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         test_support::dialect_name);

TEST_P(Scans, AreKeptSealedAndGivenOutWithAnEntryInTheAudit) {
  EXPECT_EQ(world().send("office", "GET", path()).status, 404);
  const auto kept = keep(scan_bytes, "%E9%A2%84%E6%A1%88.pdf");
  EXPECT_EQ(at(kept, "file_name"), "预案.pdf");
  EXPECT_EQ(number_at(kept, "file_bytes"), static_cast<std::int64_t>(scan_bytes.size()));
  ASSERT_EQ(on_disk().size(), 1u);
  EXPECT_EQ(on_disk()[0].find("everybody"), std::string::npos);

  const auto given = world().send("office", "GET", path());
  EXPECT_EQ(given.body, scan_bytes);
  EXPECT_EQ(given.header("content-type"), "application/pdf");
  EXPECT_EQ(given.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(given.header("content-security-policy"), "sandbox; default-src 'none'");
  EXPECT_TRUE(given.header("content-disposition").starts_with("attachment;"));
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'organisation_document.download'"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'organisation_document.scan'"), 1);

  // Whoever does not see the document learns nothing, not even that it is there.
  const auto foreign = world().send("other_office", "GET", path());
  const auto absent = world().send("other_office", "GET", "/api/organisation-documents/999999999/file");
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.status, absent.status);
  EXPECT_EQ(world().send("other_office", "POST", path() + "?filename=a.pdf", std::string(scan_bytes)).status,
            404);
  EXPECT_EQ(on_disk().size(), 1u);
}

TEST_P(Scans, AreWhatIsInThem) {
  EXPECT_EQ(at(keep("<html><script>alert(1)</script>"), "code"), "file.kind");
  EXPECT_EQ(at(keep("\xFF\xD8\xFF\xE0"), "code"), "file.damaged");
  EXPECT_TRUE(on_disk().empty());
}

TEST_P(Scans, OneTakesThePlaceOfAnotherAndGoesForGood) {
  keep(scan_bytes);
  const auto again = keep("%PDF-1.7 a better scan", "better.pdf");
  EXPECT_EQ(at(again, "file_name"), "better.pdf");
  EXPECT_EQ(on_disk().size(), 1u);
  EXPECT_EQ(world().send("office", "GET", path()).body, "%PDF-1.7 a better scan");
  EXPECT_EQ(at(send("POST", path() + "/remove"), "file_name"), "null");
  EXPECT_TRUE(on_disk().empty());
  EXPECT_EQ(count("SELECT COUNT(*) FROM stored_file"), 0);
  EXPECT_EQ(world().send("office", "POST", path() + "/remove").status, 404);
}

TEST_P(Scans, ComeBackWithABackup) {
  keep(scan_bytes);
  const auto sheet = core::new_recovery_sheet(world().options().keys, world().clock().now(), true).value();
  const auto pair = core::recovery_pair(token::read_recovery_code(core::sheet_text(sheet)).value());
  const test_support::TemporaryDirectory folder;
  const auto made = app::make_backup(world().program().store(), world().options(), folder / "a.backup",
                                     world().clock().now());
  ASSERT_TRUE(made) << made.error().code;
  world().stop();
  fs::remove_all(core::kept_folder(world().options().data));
  const auto head = app::restore_backup(world().options(), folder / "a.backup", pair);
  ASSERT_TRUE(head) << head.error().code << head.error().cause;
  world().start();
  EXPECT_EQ(world().send("office", "GET", path()).body, scan_bytes);
}

// A rule acts by itself, once a night, and says what it took; without a rule nothing goes.
TEST_P(Scans, GoByTheRuleOfTheirKindInTheNight) {
  keep(scan_bytes);
  world().advance(40 * base::day_ms);  // the document holds no longer
  night();
  EXPECT_EQ(on_disk().size(), 1u);
  const auto rule =
      world().send("admin", "POST", "/api/retention/rules", R"({"kind":"document_file","days":30})");
  ASSERT_EQ(rule.status, 200) << rule.body;
  world().advance(base::day_ms);
  night();
  EXPECT_EQ(on_disk().size(), 1u) << "not yet due";
  world().advance(20 * base::day_ms);
  world().clock().set(base::start_of(base::civil_day(world().clock().now())) + base::hour_ms);
  night();
  EXPECT_EQ(on_disk().size(), 1u) << "people are at work until late";
  world().clock().advance(3 * base::hour_ms);
  night();
  EXPECT_TRUE(on_disk().empty());
  EXPECT_EQ(count("SELECT COUNT(*) FROM stored_file"), 0);
  world().log_in("admin");
  const auto state = world().send("admin", "GET", "/api/retention").body;
  EXPECT_EQ(at(state, "runs.0.removed.0.kind"), "document_file");
  EXPECT_EQ(number_at(state, "runs.0.removed.0.rows"), 1);
  EXPECT_NE(at(state, "runs.0.ended_ms"), "null");
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'retention.run' AND actor = 'program'"), 1);
  const auto runs = count("SELECT COUNT(*) FROM retention_run");
  night();
  EXPECT_EQ(count("SELECT COUNT(*) FROM retention_run"), runs) << "once a night";
}

// What a crash left between the bytes and their row.
TEST_P(Scans, WithoutARowAreSweptInTheNight) {
  keep(scan_bytes);
  const auto orphan = core::kept_folder(world().options().data) / "orphan";
  std::ofstream(orphan) << "bytes";
  night();
  EXPECT_TRUE(fs::exists(orphan)) << "its row may be on the way";
  fs::last_write_time(orphan, fs::file_time_type::clock::now() - std::chrono::hours(25));
  world().advance(base::day_ms);
  night();
  EXPECT_FALSE(fs::exists(orphan));
  EXPECT_EQ(on_disk().size(), 1u);
}

}  // namespace
