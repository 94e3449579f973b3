#include "core/audit_chain.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/services.hpp"
#include "core/trail.hpp"
#include "db/migrate.hpp"
#include "support/both_stores.hpp"

namespace {

using core::AuditFinding;
using Findings = std::vector<AuditFinding>;

class AuditChain : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(db::migrate(store(), db::embedded_migrations(store().dialect()), {directory() / "backups"}));
    services_ = std::make_unique<core::Services>(
        core::Services{*core::Keyring::open(directory() / "keys"), directory() / "data", "test", {}, false});
  }
  void write(const std::string& action, std::int64_t record) {
    const api::Request request;
    const api::Principal who{.account = 7};
    api::Context c(request, who, store(), *services_, {1000 + record}, "r-" + std::to_string(record));
    auto done = c.write([&](db::Scoped& q) -> base::Result<void> {
      core::audit(q, c, {action, "person", record, std::nullopt, "phones", "回访"});
      return {};
    });
    ASSERT_TRUE(done);
  }
  int seal() { return core::seal_audit(store(), keys(), {5000}, 2).value(); }
  void seal_all() {
    while (seal() > 0) {
    }
  }
  Findings check() { return core::check_audit(store(), keys()).value(); }
  const core::Keyring& keys() const { return services_->keys; }
  // As somebody who owns the database and not the keys.
  void tamper(const std::string& sql) {
    const std::string table = on_postgres() ? " ON audit;" : ";";
    script("DROP TRIGGER IF EXISTS audit_is_kept" + table + "DROP TRIGGER IF EXISTS audit_is_written_once" +
           table + sql);
  }
  void five() {
    for (int i = 1; i <= 5; ++i) write("person.reveal", i);
    seal_all();
    ASSERT_EQ(check(), Findings{});
  }
  std::unique_ptr<core::Services> services_{};
};

TEST_P(AuditChain, SealsEachRowOnceInBatches) {
  for (int i = 1; i <= 5; ++i) write("person.reveal", i);
  EXPECT_EQ(check(), Findings{}) << "rows that wait for the sealer are no finding";
  EXPECT_EQ(seal(), 2);
  EXPECT_EQ(seal(), 2);
  EXPECT_EQ(seal(), 1);
  EXPECT_EQ(seal(), 0);
  EXPECT_EQ(check(), Findings{});
  EXPECT_TRUE(std::filesystem::exists(keys().directory() / "audit.seal"));
}

TEST_P(AuditChain, AnAlteredRowIsFound) {
  five();
  tamper("UPDATE audit SET actor = 'account:8' WHERE position = 3;");
  const auto found = check();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "altered");
  EXPECT_EQ(found[0].position, 3);
}

TEST_P(AuditChain, AnAlteredReasonIsFoundBeforeSealingToo) {
  write("person.reveal", 1);
  tamper("UPDATE audit SET reason = 'x';");
  ASSERT_EQ(check().size(), 1u);
  EXPECT_EQ(check()[0].code, "not_written_here");
  EXPECT_EQ(seal(), 0) << "what the program did not write is never sealed";
}

TEST_P(AuditChain, ADeletedRowIsFound) {
  five();
  tamper("DELETE FROM audit WHERE position = 2;");
  EXPECT_EQ(check(), (Findings{{"missing", 2, 0}}));
}

TEST_P(AuditChain, ARowTakenOutAndTheRestMovedUpIsFound) {
  five();
  tamper("DELETE FROM audit WHERE position = 2; UPDATE audit SET position = 2 WHERE position = 5;");
  const auto found = check();
  EXPECT_GE(found.size(), 2u);
  EXPECT_EQ(found[0].code, "altered");
}

TEST_P(AuditChain, AnInsertedRowIsFound) {
  five();
  const std::string columns = "at_ms, actor, action, entity, record_id, detail, request_id";
  tamper("INSERT INTO audit (" + columns +
         ") VALUES (3, 'account:9', 'account.link', 'account', 9, '', 'x');");
  ASSERT_EQ(check().size(), 1u);
  EXPECT_EQ(check()[0].code, "not_written_here");
  seal_all();
  ASSERT_EQ(check().size(), 1u) << "the sealer does not make it true";
  tamper("INSERT INTO audit (" + columns + ", position, chain_mac, row_mac) SELECT " + columns +
         ", 6, chain_mac, row_mac FROM audit WHERE position = 5;");
  const auto found = check();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].code, "altered");
  EXPECT_EQ(found[0].position, 6);
}

TEST_P(AuditChain, ACutTailIsFoundAndStaysKnown) {
  five();
  tamper("DELETE FROM audit WHERE position > 3;");
  EXPECT_EQ(check(), (Findings{{"cut_off", 4, 0}}));
  write("person.reveal", 6);
  seal_all();
  EXPECT_EQ(check(), (Findings{{"lost_before", 5, 0}})) << "going on does not cover it up";
}

TEST_P(AuditChain, TheTableItselfRefusesChanges) {
  five();
  for (const auto* sql : {"DELETE FROM audit", "UPDATE audit SET detail = 'x'"}) {
    auto done = store().write([&](db::Connection& c) -> base::Result<void> {
      c.run(sql);
      return {};
    });
    EXPECT_FALSE(done) << sql;
  }
  EXPECT_EQ(check(), Findings{});
}

TEST_P(AuditChain, AnotherKeyDoesNotFit) {
  five();
  std::filesystem::remove(keys().directory() / "audit.key");
  const auto other = core::Keyring::open(keys().directory());
  ASSERT_TRUE(other);
  EXPECT_EQ(core::check_audit(store(), *other)->size(), 5u);
}

SHOUWANG_ON_BOTH_STORES(AuditChain);

}  // namespace
