#include "support/both_stores.hpp"

namespace test_support {

void OnBothStores::SetUp() {
  if (!on_postgres()) {
    options_.database = directory_ / "store.sqlite";
  } else {
    if (!PostgresCluster::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
    database_.emplace();
    options_.database = database_->url();
  }
  open();
}

void OnBothStores::TearDown() { store_.reset(); }

void OnBothStores::open() {
  auto opened = db::Store::open(options_);
  ASSERT_TRUE(opened.has_value()) << opened.error().code << " " << opened.error().cause;
  store_ = std::move(*opened);
}

void OnBothStores::script(std::string_view sql) {
  auto done = store_->write([&](db::Connection& c) -> base::Result<void> {
    c.script(sql);
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().code << " " << done.error().cause;
}

std::string dialect_name(const testing::TestParamInfo<db::Dialect>& info) {
  return info.param == db::Dialect::sqlite ? "sqlite" : "postgres";
}

}  // namespace test_support
