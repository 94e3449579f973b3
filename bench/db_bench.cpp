// Durable writes and reads on both stores. Rows are those of a passage: one key, seven columns.
#include <benchmark/benchmark.h>

#include <atomic>
#include <optional>

#include "db/store.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"

namespace {

using base::Result;
using db::Connection;
using db::Row;

constexpr std::int64_t point_rows = 100'000;

// A store with 100 000 rows in `passage`, made once per engine.
class Site {
 public:
  static db::Store* of(db::Dialect dialect) {
    if (dialect == db::Dialect::sqlite) {
      static Site sqlite(dialect);
      return sqlite.store_.get();
    }
    if (!test_support::PostgresCluster::installed()) return nullptr;
    static Site postgres(dialect);
    return postgres.store_.get();
  }

  static constexpr std::string_view insert =
      "INSERT INTO passage(id, happened_ms, checkpoint, person, direction, temperature, reason) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)";
  static std::vector<db::Arg> row(std::int64_t id) {
    return {id, 1581380000000 + id, id % 300, id % 80'000, id % 2, 36.5, "买菜"};
  }

 private:
  explicit Site(db::Dialect dialect) {
    db::Options options{.database = directory_ / "store.sqlite", .writers = 64};
    if (dialect == db::Dialect::postgres) {
      cluster_.emplace(test_support::PostgresCluster::Sync::on);
      database_.emplace(*cluster_);
      options.database = database_->url();
    }
    store_ = std::move(*db::Store::open(options));
    auto made = store_->write([&](Connection& c) -> Result<void> {
      c.script(dialect == db::Dialect::sqlite
                   ? "CREATE TABLE passage(id INTEGER PRIMARY KEY, happened_ms INTEGER, checkpoint INTEGER,"
                     " person INTEGER, direction INTEGER, temperature REAL, reason TEXT) STRICT"
                   : "CREATE TABLE passage(id bigint PRIMARY KEY, happened_ms bigint, checkpoint bigint,"
                     " person bigint, direction bigint, temperature double precision, reason text)");
      std::vector<db::Arg> args;
      c.run_many(insert, point_rows, [&](std::size_t i) {
        args = row(static_cast<std::int64_t>(i) - point_rows);
        return std::span<const db::Arg>(args);
      });
      return {};
    });
    if (!made) std::abort();
  }

  test_support::TemporaryDirectory directory_;
  std::optional<test_support::PostgresCluster> cluster_;
  std::optional<test_support::PostgresDatabase> database_;
  std::unique_ptr<db::Store> store_;
};

db::Store* store_of(benchmark::State& state) {
  db::Store* store = Site::of(static_cast<db::Dialect>(state.range(0)));
  if (store == nullptr) state.SkipWithError("PostgreSQL is not installed");
  return store;
}

std::atomic<std::int64_t> next_id{1};

// One durable row per write, from 1, 8 or 64 threads.
void durable_insert(benchmark::State& state) {
  db::Store* store = store_of(state);
  if (store == nullptr) return;
  for (auto _ : state) {
    const auto args = Site::row(next_id++);
    auto done = store->write([&](Connection& c) -> Result<void> {
      c.run(Site::insert, args, db::OnRow{});
      return {};
    });
    if (!done) state.SkipWithError("a write failed");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(durable_insert)
    ->ArgName("postgres")
    ->Arg(0)
    ->Arg(1)
    ->Threads(1)
    ->Threads(8)
    ->Threads(64)
    ->UseRealTime();

// One read transaction with one look-up by key.
void point_read(benchmark::State& state) {
  db::Store* store = store_of(state);
  if (store == nullptr) return;
  std::int64_t key = state.thread_index() * 7919;
  for (auto _ : state) {
    key = (key + 104729) % point_rows;
    auto found = store->read([&](Connection& c) -> Result<std::int64_t> {
      std::int64_t person = 0;
      c.one("SELECT person, reason FROM passage WHERE id = $1", {key - point_rows},
            [&](const Row& row) { person = row.integer(0); });
      return person;
    });
    benchmark::DoNotOptimize(found);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(point_read)->ArgName("postgres")->Arg(0)->Arg(1)->Threads(1)->Threads(8)->UseRealTime();

// 1000 look-ups inside one read transaction.
void point_reads_in_one(benchmark::State& state) {
  db::Store* store = store_of(state);
  if (store == nullptr) return;
  for (auto _ : state) {
    auto sum = store->read([&](Connection& c) -> Result<std::int64_t> {
      std::int64_t total = 0;
      for (std::int64_t key = 1; key <= 1000; ++key)
        total += c.count("SELECT person FROM passage WHERE id = $1", {-key * 97});
      return total;
    });
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(point_reads_in_one)->ArgName("postgres")->Arg(0)->Arg(1)->UseRealTime();

// 1000 rows of one transaction, as an import writes them.
void run_many(benchmark::State& state) {
  db::Store* store = store_of(state);
  if (store == nullptr) return;
  std::vector<db::Arg> args;
  for (auto _ : state) {
    const std::int64_t first = next_id.fetch_add(1000);
    auto done = store->write([&](Connection& c) -> Result<void> {
      c.run_many(Site::insert, 1000, [&](std::size_t i) {
        args = Site::row(first + static_cast<std::int64_t>(i));
        return std::span<const db::Arg>(args);
      });
      return {};
    });
    if (!done) state.SkipWithError("a write failed");
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(run_many)->ArgName("postgres")->Arg(0)->Arg(1)->UseRealTime();

// Every column of 100 000 rows.
void scan(benchmark::State& state) {
  db::Store* store = store_of(state);
  if (store == nullptr) return;
  for (auto _ : state) {
    auto sum = store->read([&](Connection& c) -> Result<std::int64_t> {
      std::int64_t total = 0;
      c.run(
          "SELECT id, happened_ms, checkpoint, person, direction, temperature, reason FROM passage WHERE id "
          "< 0",
          {}, [&](const Row& row) {
            for (int column = 0; column < 5; ++column) total += row.integer(column);
            total += static_cast<std::int64_t>(row.real(5)) + static_cast<std::int64_t>(row.text(6).size());
          });
      return total;
    });
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * point_rows);
}
BENCHMARK(scan)->ArgName("postgres")->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
