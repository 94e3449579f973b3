#pragma once
// A store with one compound, asked through the endpoints. For tests only.
#include <gtest/gtest.h>

#include <initializer_list>
#include <map>

#include "api/service.hpp"
#include "core/services.hpp"
#include "db/migrate.hpp"
#include "feature/exchange/api.hpp"
#include "feature/exchange/record.hpp"
#include "feature/place/service.hpp"
#include "support/both_stores.hpp"

namespace feature::exchange::test {

class FixedClock final : public base::Clock {
 public:
  base::Instant now() const override { return at; }
  base::Instant at = base::start_of(*base::parse_day("2020-02-11"));
};

class OnCompound : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    const auto migrated = db::migrate(store(), db::embedded_migrations(store().dialect()),
                                      {directory() / "backups", false, clock_.now()});
    ASSERT_TRUE(migrated) << migrated.error().code << " " << migrated.error().cause;
    services_ = std::make_unique<core::Services>(
        core::Services{*core::Keyring::open(directory() / "keys"), directory() / "data", "test", {}, false});
    service_ = std::make_unique<api::Service>(store(), *services_, clock_, api::Assets());
    routes(service_->router());
    who_ = {.account = 1, .name = "office", .permissions = {api::Permission::import_write}};
    who_.scope = db::Scope::all();
    service_->set_authenticate([this](const api::Request&, db::Store&,
                                      base::Instant) -> base::Result<api::Principal> { return who_; });
    auto parent = add_place({}, place::Kind::district, "江阳区");
    parent = add_place(parent, place::Kind::subdistrict, "红星街道");
    parent = add_place(parent, place::Kind::community, "东门社区");
    community_ = parent;
    compound_ = add_place(parent, place::Kind::compound, "锦绣花园");
  }
  void TearDown() override {
    service_.reset();
    OnBothStores::TearDown();
  }

  place::PlaceRow add_place(const place::PlaceRow& parent, place::Kind kind, std::string name) {
    auto row = place::child_of(parent, kind, std::move(name), store().next_id(), clock_.now());
    if (parent.id.value == 0) row.parent_id.reset();
    auto done = store().write([&](db::Connection& c) -> base::Result<void> {
      db::Scoped q(c, db::Scope::all());
      core::insert(q, row, core::Source{"office", "test", clock_.now(), std::nullopt});
      return {};
    });
    EXPECT_TRUE(done) << done.error().cause;
    return row;
  }

  api::Response call(std::string method, std::string target, std::string body = {},
                     std::string type = "application/json") {
    api::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!body.empty()) request.headers.emplace_back("content-type", type);
    request.body = std::move(body);
    return service_->handle(request);
  }
  template <class T>
  T ask(std::string method, std::string target, std::string body = {},
        std::string type = "application/json") {
    const auto response = call(std::move(method), target, std::move(body), std::move(type));
    EXPECT_EQ(response.status, 200) << target << " " << response.body;
    auto value = meta::from_json<T>(response.body);
    EXPECT_TRUE(value) << response.body;
    return value.value_or(T{});
  }
  std::string upload_target(std::string_view filename) const {
    return "/api/imports?compound_id=" + std::to_string(compound_.id.value) +
           "&filename=" + api::percent_encode(filename);
  }
  Import upload(std::string_view filename, std::string bytes) {
    return ask<Import>("POST", upload_target(filename), std::move(bytes), "application/octet-stream");
  }
  Import commit(const Import& import) { return ask<Import>("POST", path(import) + "/commit"); }
  Import take(std::string_view filename, std::string bytes) {
    return commit(upload(filename, std::move(bytes)));
  }
  static std::string path(const Import& import) { return "/api/imports/" + std::to_string(import.id.value); }
  std::vector<ImportRow> rows(const Import& import, std::string_view query = "") {
    return ask<api::Page<ImportRow>>("GET", path(import) + "/rows?limit=200" + std::string(query)).items;
  }
  static std::vector<std::string> codes(const ImportRow& row) {
    std::vector<std::string> out;
    for (const auto& issue : row.issues) out.push_back(issue.code);
    return out;
  }

  std::int64_t count(std::string_view sql) {
    auto found = store().read([&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
    EXPECT_TRUE(found) << sql;
    return found.value_or(-1);
  }
  std::string text(std::string_view sql) {
    auto found = store().read([&](db::Connection& c) -> base::Result<std::string> {
      std::string value;
      c.one(sql, {}, [&](const db::Row& r) { value = r.str(0); });
      return value;
    });
    EXPECT_TRUE(found) << sql;
    return found.value_or("");
  }

  FixedClock clock_{};
  std::unique_ptr<core::Services> services_{};
  std::unique_ptr<api::Service> service_{};
  api::Principal who_{};
  place::PlaceRow community_{}, compound_{};
};

}  // namespace feature::exchange::test
