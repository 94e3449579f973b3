#pragma once
// Tests that must give the same answer on both engines.
//
//   class Visits : public test_support::OnBothStores {};
//   TEST_P(Visits, ...) { store().write(...); }
//   SHOUWANG_ON_BOTH_STORES(Visits);
//
// Each test has a store of its own: a new SQLite file, a new PostgreSQL database. Where PostgreSQL is
// not installed its half is skipped and says so.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "db/store.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"

namespace test_support {

class OnBothStores : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override;
  void TearDown() override;

  db::Store& store() { return *store_; }
  bool on_postgres() const { return GetParam() == db::Dialect::postgres; }
  const db::Options& options() const { return options_; }
  const std::filesystem::path& directory() const { return directory_.path(); }
  void close() { store_.reset(); }
  void open();  // again, after close(); fails the test when it cannot
  // Runs SQL without arguments in one write, and fails the test when it fails.
  void script(std::string_view sql);

 private:
  TemporaryDirectory directory_;
  std::optional<PostgresDatabase> database_;
  db::Options options_;
  std::unique_ptr<db::Store> store_;
};

std::string dialect_name(const testing::TestParamInfo<db::Dialect>& info);

}  // namespace test_support

#define SHOUWANG_ON_BOTH_STORES(suite)                                                                 \
  INSTANTIATE_TEST_SUITE_P(Stores, suite, testing::Values(db::Dialect::sqlite, db::Dialect::postgres), \
                           test_support::dialect_name)
