#pragma once
// A store with what a benchmark made, and the endpoints over it, asked as one account in this process.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/service.hpp"
#include "core/services.hpp"
#include "db/migrate.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"

namespace bench {

using Steady = std::chrono::steady_clock;

inline double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

// Stands still.
class SomeClock final : public base::Clock {
 public:
  explicit SomeClock(base::Instant at) : at_(at) {}
  base::Instant now() const override { return at_; }

 private:
  base::Instant at_;
};

[[noreturn]] inline void give_up(const base::Error& error) {
  fmt::print(stderr, "{} {}\n", error.code, error.cause);
  std::exit(1);
}

struct Where {
  bool postgres = false;    // a server of its own
  std::string directory{};  // where the store is kept; empty: nowhere
  std::string_view file{};  // of SQLite, within it
};

class Site {
 public:
  Site(const Where& where, base::Instant now, api::PermissionSet permissions) : clock_(now) {
    const std::filesystem::path at =
        where.directory.empty() ? directory_.path() : std::filesystem::path(where.directory);
    db::Options options{.database = (at / where.file).string()};
    if (where.postgres) {
      cluster_.emplace(test_support::PostgresCluster::Sync::off);
      database_.emplace(*cluster_);
      options.database = database_->url();
    }
    store_ = std::move(*db::Store::open(options));
    services_ = std::make_unique<core::Services>(
        core::Services{*core::Keyring::open(at / "keys"), at, "bench", {}, false});
    if (!db::migrate(*store_, db::embedded_migrations(store_->dialect()), {at / "backups", true, now}))
      std::abort();
    service_ = std::make_unique<api::Service>(*store_, *services_, clock_, api::Assets());
    service_->set_authenticate(
        [this, permissions](const api::Request&, db::Store&, base::Instant) -> base::Result<api::Principal> {
          api::Principal who{.account = 1, .name = "bench"};
          who.permissions = permissions;
          who.scope = scope_;
          return who;
        });
  }

  api::Router& router() { return service_->router(); }
  db::Store& store() { return *store_; }
  const core::Services& services() const { return *services_; }
  std::int64_t count(const std::string& sql) {
    auto n = store_->read([&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
    if (!n) give_up(n.error());
    return *n;
  }
  // So many rows, each with what `bind` gives for its number.
  template <class F>
  void write(std::string_view sql, std::int64_t many, F bind) {
    constexpr std::int64_t part = 20'000;
    for (std::int64_t from = 0; from < many; from += part) {
      auto done = store_->write([&](db::Connection& c) -> base::Result<void> {
        std::vector<db::Arg> args;
        c.run_many(sql, static_cast<std::size_t>(std::min(part, many - from)),
                   [&](std::size_t i) -> std::span<const db::Arg> {
                     args = bind(from + static_cast<std::int64_t>(i));
                     return args;
                   });
        return {};
      });
      if (!done) give_up(done.error());
    }
  }
  void see(db::Scope scope) { scope_ = std::move(scope); }
  // Ends the program when it is not answered well.
  std::string ask(std::string method, std::string target, std::string body = {}) {
    api::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    const auto answer = service_->handle(request);
    if (answer.status >= 300) {
      fmt::print(stderr, "{} {} {}\n", request.target, answer.status, answer.body);
      std::abort();
    }
    return answer.body;
  }

 private:
  SomeClock clock_;
  test_support::TemporaryDirectory directory_{};
  std::optional<test_support::PostgresCluster> cluster_{};
  std::optional<test_support::PostgresDatabase> database_{};
  std::unique_ptr<db::Store> store_{};
  std::unique_ptr<core::Services> services_{};
  std::unique_ptr<api::Service> service_{};
  db::Scope scope_ = db::Scope::all();
};

}  // namespace bench
