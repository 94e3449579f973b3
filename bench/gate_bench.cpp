// Gates at work: durable decisions over HTTP among many households, beside the same server's trivial answer,
// its bare one-row write and the bare store's group commit, in turns of one run:
//   bench_gate [households=100000] [sqlite|postgres] [directory to keep the store in]
// Each decision is a scan of a signed card with a temperature, out and in by turns, with the quota on.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <thread>

#include "app/program.hpp"
#include "feature/gate/service.hpp"
#include "load.hpp"
#include "meta/sql.hpp"
#include "net/server.hpp"
#include "pgbench.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"
#include "token/short_code.hpp"
#include "tracing_town.hpp"

namespace {

using base::Result;
using bench::Load;
using bench::Measured;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t per_compound = 500, phones_max = 500;
constexpr std::int64_t compound_base = 2'000'000'000, opening_base = 4'000'000'000,
                       phone_base = 5'000'000'000, pass_base = 6'000'000'000;

[[noreturn]] void give_up(const base::Error& error) {
  fmt::print(stderr, "{} {}\n", error.code, error.cause);
  std::exit(1);
}

double seconds_since(Steady::time_point from) {
  return std::chrono::duration<double>(Steady::now() - from).count();
}

std::string phone_token(std::int64_t i) { return fmt::format("bench-phone-{:06}", i); }

class Site {
 public:
  Site(std::int64_t households, bool postgres, const std::string& directory) : households_(households) {
    const std::filesystem::path where =
        directory.empty() ? directory_.path() : std::filesystem::path(directory);
    app::Options options;
    options.data = where / "data";
    if (postgres) {
      cluster_.emplace(test_support::PostgresCluster::Sync::on);
      database_.emplace(*cluster_);
      options.database = database_->url();
    }
    auto opened = app::Program::open(options, clock_);
    if (!opened) give_up(opened.error());
    program_ = std::move(*opened);
    const auto known = program_->store().read(
        [](db::Connection& c) -> Result<std::int64_t> { return c.count("SELECT COUNT(*) FROM household"); });
    if (*known == 0) fill();
    if (*known != 0) households_ = *known;
    tokens();
    net::Options net;
    net.port = 0;
    auto& service = program_->service();
    net.body_limit = [&service](std::string_view m, std::string_view p) { return service.body_limit(m, p); };
    auto server = net::Server::start(net, [&service](const api::Request& r) { return service.handle(r); });
    if (!server) give_up(server.error());
    server_ = std::move(*server);
  }
  ~Site() { server_->stop(); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // The same statements by PostgreSQL's own load generator; empty on SQLite and where it is not installed.
  std::optional<double> pgbench(double seconds) {
    if (!database_) return std::nullopt;
    return bench::pgbench_rate(
        database_->url(),
        {per_compound, phones(), compound_base, opening_base, phone_base, pass_base, clock_.now().ms},
        db::Options{}.writers, seconds);
  }
  bool postgres() const { return database_.has_value(); }

  std::uint16_t port() const { return server_->port(); }
  db::Store& store() { return program_->store(); }
  std::int64_t phones() const { return std::min(phones_max, compounds()); }
  std::int64_t count(const char* sql) {
    auto n = store().read([&](db::Connection& c) -> Result<std::int64_t> { return c.count(sql); });
    if (!n) give_up(n.error());
    return *n;
  }

  // The record of a scan: its number is the phone's own, so that none comes twice.
  std::string record(std::int64_t phone) {
    const auto n = next_.fetch_add(1);
    const auto home = phone * per_compound + dice(static_cast<std::uint64_t>(n)) % per_compound;
    return fmt::format(
        R"({{"seq":{},"happened_ms":{},"direction":"{}","result":"passed","holder_kind":"resident_member",)"
        R"("pass_text":"{}","household_id":{},"person_ids":[{}],"persons":1,"companions":0,"readings":)"
        R"([{{"person":0,"tenths":365,"at_ms":{}}}],"steps":[],"outcome":"allow","reasons":[],)"
        R"("policy_version":1,"offline":false,"list_age_s":0}})",
        n, clock_.now().ms, n % 2 == 0 ? "out" : "in", tokens_[static_cast<std::size_t>(home)], home + 1,
        home + 1, clock_.now().ms);
  }
  std::string scan(int lane, std::int64_t n) {
    const auto phone = (lane * 7919 + n) % phones();
    return bench::post("/api/gate/confirm", phone_token(phone), record(phone));
  }
  std::string batch(int lane, std::int64_t n, int size) {
    const auto phone = (lane * 7919 + n) % phones();
    std::string records;
    for (int i = 0; i < size; ++i) records += (i > 0 ? "," : "") + record(phone);
    return bench::post(
        "/api/gate/passages", phone_token(phone),
        fmt::format(R"({{"records":[{}],"client_ms":{},"queue":0}})", records, clock_.now().ms));
  }
  std::string ping(int lane, std::int64_t n) {
    return bench::post("/api/gate/ping", phone_token((lane * 7919 + n) % phones()),
                       fmt::format(R"({{"client_ms":{},"queue":0}})", clock_.now().ms));
  }

 private:
  std::int64_t compounds() const { return (households_ + per_compound - 1) / per_compound; }
  static std::int64_t dice(std::uint64_t n) {
    return static_cast<std::int64_t>((n * 0x9E3779B97F4A7C15ULL) >> 33);
  }

  template <class F>
  void write(std::string_view sql, std::int64_t count, F bind) {
    constexpr std::int64_t part = 20'000;
    for (std::int64_t from = 0; from < count; from += part) {
      auto done = store().write([&](db::Connection& c) -> Result<void> {
        std::vector<db::Arg> args;
        c.run_many(sql, static_cast<std::size_t>(std::min(part, count - from)),
                   [&](std::size_t i) -> std::span<const db::Arg> {
                     args = bind(from + static_cast<std::int64_t>(i));
                     return args;
                   });
        return {};
      });
      if (!done) give_up(done.error());
    }
  }

  void fill() {
    const auto started = Steady::now();
    const auto compound_of = [](std::int64_t home) { return compound_base + home / per_compound; };
    std::string label, digest, secret;
    constexpr std::string_view place =
        "INSERT INTO place (id, kind, parent_id, name, sort, district_id, subdistrict_id, community_id, "
        "compound_id, building_id, valid_from_ms, version) VALUES ($1, $2, NULL, $3, $3, 3000000000, "
        "3000000001, 3000000002, $4, NULL, 0, 1)";
    write(place, 1, [&](std::int64_t) -> std::vector<db::Arg> {
      return {std::int64_t{3'000'000'000}, "district", "区", nullptr};
    });
    write(place, compounds(), [&](std::int64_t i) -> std::vector<db::Arg> {
      label = fmt::format("小区{}", i);
      return {compound_base + i, "compound", label, compound_base + i};
    });
    write(place, households_, [&](std::int64_t i) -> std::vector<db::Arg> {
      label = fmt::format("{:08}", i);
      return {i + 1, "dwelling", label, compound_of(i)};
    });
    write(
        "INSERT INTO dwelling (id, phase, building, stair, room, label, fitted_out, occupancy, source, "
        "updated_ms) VALUES ($1, '', '1', '1', $2, $2, 'yes', 'lived_in', 'bench', 0)",
        households_, [&](std::int64_t i) -> std::vector<db::Arg> {
          label = std::to_string(i);
          return {i + 1, label};
        });
    write(
        "INSERT INTO household (id, dwelling_id, compound_id, sort, label, provisional, version, "
        "valid_from_ms, source) VALUES ($1, $1, $2, $3, 'x', 0, 1, 0, 'bench')",
        households_, [&](std::int64_t i) -> std::vector<db::Arg> {
          label = fmt::format("{:08}", i);
          return {i + 1, compound_of(i), label};
        });
    write(
        "INSERT INTO person (id, name, sex, document_kind, document_state, flags, presence, presence_source, "
        "presence_ms, source, updated_ms) VALUES ($1, '某', 'unknown', 'resident_id', 'missing', '', "
        "'unknown', 'none', 0, 'bench', 0)",
        households_, [&](std::int64_t i) -> std::vector<db::Arg> { return {i + 1}; });
    write(
        "INSERT INTO residence (id, person_id, household_id, dwelling_id, relation, is_primary, position, "
        "valid_from_ms, source) VALUES ($1, $1, $1, $1, 'head', 1, 0, 0, 'bench')",
        households_, [&](std::int64_t i) -> std::vector<db::Arg> { return {i + 1}; });
    write(
        "INSERT INTO opening (id, compound_id, name, kind, state, direction, valid_from_ms) VALUES ($1, $2, "
        "'正门', 'both', 'guarded', 'both', 0)",
        compounds(), [&](std::int64_t i) -> std::vector<db::Arg> {
          return {opening_base + i, compound_base + i};
        });
    write(
        "INSERT INTO enrolment (id, compound_id, opening_id, label, state, secret_digest, device_digest, "
        "created_by, created_ms, expires_ms, clock_offset_ms) VALUES ($1, $2, $3, 'bench', 'active', $4, $5, "
        "1, 0, 0, 0)",
        phones(), [&](std::int64_t i) -> std::vector<db::Arg> {
          digest = core::token_digest(phone_token(i));
          secret = core::token_digest("secret " + phone_token(i));
          return {phone_base + i, compound_base + i, opening_base + i, db::Blob{secret}, db::Blob{digest}};
        });
    // The window of February 2020 with so many outings in it that the scans are let through.
    engine::gate::Policy rules;
    rules.outings_per_window = 100;
    rules.persons_per_outing = 20;
    label = meta::to_json(rules);
    write(
        "INSERT INTO policy (id, place_id, version, effective_from_ms, params, created_by, created_ms) "
        "VALUES (1, 3000000000, 1, 0, $1, 1, 0)",
        1, [&](std::int64_t) -> std::vector<db::Arg> { return {label}; });
    passes();
    if (store().dialect() == db::Dialect::postgres)
      (void)store().write([](db::Connection& c) -> Result<void> {
        c.script("ANALYZE");
        return {};
      });
    fmt::print("made {} households in {:.0f} s, store {:.0f} MB\n", households_, seconds_since(started),
               static_cast<double>(store().size_bytes()) / 1e6);
  }

  void passes() {
    const auto& record = meta::record_of<feature::gate::PassRow>();
    const auto now = clock_.now();
    feature::gate::PassRow row;
    write(meta::insert_sql(record), std::min(households_, phones() * per_compound),
          [&](std::int64_t i) -> std::vector<db::Arg> {
            row = feature::gate::make_pass(program_->services().keys, pass_base + i,
                                           compound_base + i / per_compound, i + 1, "bench",
                                           base::civil_day(now) + 3650, now, 1);
            row.short_code = token::short_code(static_cast<std::uint64_t>(i));  // drawn, two may be alike
            row.state = feature::gate::PassState::active;
            row.activated = base::Instant{0};
            row.dwelling_id = i + 1;
            std::vector<db::Arg> args;
            meta::append_args(record, &row, args);
            return args;
          });
  }

  void tokens() {
    auto read = store().read([&](db::Connection& c) -> Result<void> {
      c.run("SELECT token FROM pass ORDER BY id", {}, [&](const db::Row& r) { tokens_.push_back(r.str(0)); });
      return {};
    });
    if (!read) give_up(read.error());
    next_ = count("SELECT COALESCE(MAX(seq), 0) + 1 FROM ingest");
  }

  std::int64_t households_;
  test_support::TemporaryDirectory directory_{};
  std::optional<test_support::PostgresCluster> cluster_{};
  std::optional<test_support::PostgresDatabase> database_{};
  base::SystemClock clock_{};
  std::unique_ptr<app::Program> program_{};
  std::vector<std::string> tokens_{};
  std::atomic<std::int64_t> next_ = 1;
  std::unique_ptr<net::Server> server_{};
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// One-row writes of as many threads as the server has workers.
double group_commit(db::Store& store, double seconds) {
  (void)store.write([](db::Connection& c) -> Result<void> {
    c.run("CREATE TABLE IF NOT EXISTS bench_row (id BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL)");
    return {};
  });
  std::atomic<std::int64_t> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 64; ++t)
      threads.emplace_back([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          const auto id = store.next_id();
          auto written = store.write([&](db::Connection& c) -> Result<void> {
            c.run("INSERT INTO bench_row (id, at_ms) VALUES ($1, 0)", {id});
            return {};
          });
          if (!written) give_up(written.error());
          ++done;
        }
      });
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
  return double(done) / seconds;
}

void show(std::string_view what, const Measured& m) {
  fmt::print("{:<44} {:8.0f} /s  p50 {:7.2f} ms  p99 {:7.2f} ms  {:5.0f} us of processor", what, m.rate(),
             m.p50_ms, m.p99_ms, m.processor_us);
  if (m.p99_due_ms > 0) fmt::print("  p99 since due {:7.2f} ms", m.p99_due_ms);
  if (m.shed > 0) fmt::print("  {} shed, {:.0f}% with Retry-After", m.shed, m.retry_after_share * 100);
  if (m.other > 0) fmt::print("  {} OTHER", m.other);
  fmt::print("\n");
  std::fflush(stdout);
}

Measured measure(Site& site, double seconds, std::function<std::string(int, std::int64_t)> request,
                 int connections = 64, double offered = 0) {
  return bench::drive({site.port(), connections, seconds, offered, std::move(request)});
}

void rates(Site& site, double seconds) {
  std::vector<double> trivial, one_row, decisions, bare, pgbench;
  Measured last, ping, health;
  const auto scan = [&](int lane, std::int64_t n) { return site.scan(lane, n); };
  for (int turn = 0; turn < 3; ++turn) {
    health = measure(site, seconds, [](int, std::int64_t) { return bench::get("/healthz", "x"); });
    trivial.push_back(health.rate());
    ping = measure(site, seconds, [&](int lane, std::int64_t n) { return site.ping(lane, n); });
    one_row.push_back(ping.rate());
    last = measure(site, seconds * 2, scan);
    decisions.push_back(last.rate());
    bare.push_back(group_commit(site.store(), seconds));
    if (const auto rate = site.pgbench(seconds * 2)) pgbench.push_back(*rate);
  }
  show("a trivial answer", health);
  show("a one-row POST", ping);
  show("durable decisions, 64 connections", last);
  fmt::print(
      "  median of three turns {:.0f} /s; of a trivial answer ({:.0f} /s) {:.2f}, of a one-row POST "
      "({:.0f} /s) {:.2f}, of the bare store's one-row commits ({:.0f} /s) {:.2f}\n",
      median(decisions), median(trivial), median(decisions) / median(trivial), median(one_row),
      median(decisions) / median(one_row), median(bare), median(decisions) / median(bare));
  if (!pgbench.empty())
    fmt::print("  of pgbench running the same statements ({:.0f} /s) {:.2f}\n", median(pgbench),
               median(decisions) / median(pgbench));
  else if (site.postgres())
    fmt::print("  beside pgbench: left out, it did not run (package postgresql-client)\n");
  show("the same, 256 connections", measure(site, seconds * 2, scan, 256));
  show("2,000 decisions a second offered", measure(site, seconds * 2, scan, 256, 2000));
  const auto sent = measure(
      site, seconds * 2, [&](int lane, std::int64_t n) { return site.batch(lane, n, 200); }, 8);
  fmt::print("uploads of 200 records: {:.0f} passages/s, p99 {:.0f} ms\n", sent.rate() * 200, sent.p99_ms);

  const auto before = site.count("SELECT COUNT(*) FROM passage");
  const auto flood = measure(site, seconds * 2, scan, 2000, median(decisions) * 10);
  show("ten times that offered, 2,000 connections", flood);
  const auto kept = site.count("SELECT COUNT(*) FROM passage") - before;
  fmt::print("  acknowledged {}, in the ledger {}\n", flood.ok, kept);
  if (kept < flood.ok) std::exit(1);
}

// Decisions while somebody else keeps asking for large answers.
void beside_reports(Site& site, double seconds) {
  const auto scan = [&](int lane, std::int64_t n) { return site.scan(lane, n); };
  std::vector<double> alone, beside;
  for (int turn = 0; turn < 3; ++turn) {
    alone.push_back(measure(site, seconds, scan).rate());
    std::jthread reports([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        auto lines = site.store().read([](db::Connection& c) -> Result<std::int64_t> {
          std::int64_t n = 0;
          c.run(
              "SELECT id, happened_ms, household_id, readings FROM passage ORDER BY happened_ms, id LIMIT "
              "20000",
              {}, [&](const db::Row& r) { n += r.integer(0) > 0; });
          return n;
        });
        if (!lines) give_up(lines.error());
      }
    });
    beside.push_back(measure(site, seconds, scan).rate());
  }
  fmt::print("decisions beside a report that never ends: {:.0f} /s, {:.2f} of those alone ({:.0f} /s)\n",
             median(beside), median(beside) / median(alone), median(alone));
}

// Decisions at the pace of many gates while traces of three rings go on without a pause.
void beside_traces(Site& site, double seconds) {
  const auto town = bench::generate({}, 10'000'000, 1'000'000, 42);
  const engine::contact::Contacts contacts(town.presences, town.kinds);
  const auto persons = bench::some_persons(town, 100);
  const auto scan = [&](int lane, std::int64_t n) { return site.scan(lane, n); };
  const auto paced = [&] { return measure(site, seconds * 2, scan, 64, 500); };
  std::vector<double> alone, beside;
  std::int64_t traces = 0;
  for (int turn = 0; turn < 3; ++turn) {
    alone.push_back(paced().p99_due_ms);
    std::jthread tracing([&](const std::stop_token& stop) {
      for (std::size_t i = 0; !stop.stop_requested(); ++i, ++traces)
        (void)contacts.trace(bench::case_of(persons[i % persons.size()], 3), {});
    });
    beside.push_back(paced().p99_due_ms);
  }
  fmt::print(
      "500 decisions a second beside traces of three rings without a pause ({} of them): p99 since due "
      "{:.2f} "
      "ms, alone {:.2f} ms\n",
      traces, median(beside), median(alone));
}

}  // namespace

int main(int argc, char** argv) {
  const auto households = argc > 1 ? std::atoll(argv[1]) : 100'000;
  const bool postgres = argc > 2 && std::string_view(argv[2]) == "postgres";
  const double seconds = argc > 4 ? std::atof(argv[4]) : 4;
  Site site(households, postgres, argc > 3 ? argv[3] : "");
  rates(site, seconds);
  beside_reports(site, seconds);
  beside_traces(site, seconds);
  return 0;
}
