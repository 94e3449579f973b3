#include "app/program.hpp"

#include "api/openapi.hpp"
#include "app/backup.hpp"
#include "base/metrics.hpp"
#include "core/trail.hpp"
#include "feature/access/api.hpp"
#include "feature/access/service.hpp"
#include "feature/arrival/routes.hpp"
#include "feature/attendance/routes.hpp"
#include "feature/care/routes.hpp"
#include "feature/command/api.hpp"
#include "feature/control/routes.hpp"
#include "feature/erasure/api.hpp"
#include "feature/erasure/service.hpp"
#include "feature/exchange/api.hpp"
#include "feature/exchange/service.hpp"
#include "feature/gate/routes.hpp"
#include "feature/ledger/routes.hpp"
#include "feature/meter/routes.hpp"
#include "feature/organisation/api.hpp"
#include "feature/people/api.hpp"
#include "feature/people/service.hpp"
#include "feature/place/api.hpp"
#include "feature/place/service.hpp"
#include "feature/questionnaire/routes.hpp"
#include "feature/resident/routes.hpp"
#include "feature/service_request/routes.hpp"
#include "feature/stewardship/api.hpp"
#include "feature/survey/routes.hpp"
#include "feature/trace/routes.hpp"
#include "feature/trace/service.hpp"
#include "feature/work_item/routes.hpp"

namespace app {
namespace {

using api::Permission;

api::Response text_page(std::string type, std::string body) {
  api::Response r;
  r.set("Content-Type", std::move(type));
  r.body = std::move(body);
  return r;
}

// Live changes of what the caller may see, from now on; the pages fetch what they show.
base::Result<api::Response> live(api::Context& c) {
  auto last = c.read([](db::Scoped& q) -> base::Result<core::FeedPosition> { return core::feed_end(q); });
  if (!last) return tl::unexpected(std::move(last).error());
  api::Response response;
  response.set("Content-Type", "text/event-stream");
  response.set("Cache-Control", "no-store");
  response.live = std::make_shared<api::Live>();
  response.live->poll = [&store = c.store, scope = c.who.scope, after = *last]() mutable {
    std::string events;
    auto changes = store.read([&](db::Connection& raw) -> base::Result<std::vector<core::Change>> {
      db::Scoped q(raw, scope);
      return core::changes_after(q, after, 200);
    });
    if (!changes) return events;  // busy: the next poll tells
    for (const auto& change : *changes) {
      after = change.position;
      events += "event: change\ndata: {\"kind\":\"" + change.kind +
                "\",\"compound_id\":" + std::to_string(change.compound_id) +
                ",\"id\":" + std::to_string(change.record_id) + ",\"at_ms\":" + std::to_string(change.at.ms) +
                "}\n\n";
    }
    return events;
  };
  return response;
}

}  // namespace

void add_routes(api::Router& r) {
  feature::access::routes(r);
  feature::place::routes(r);
  feature::people::routes(r);
  feature::stewardship::routes(r);
  feature::organisation::routes(r);
  feature::work_item::routes(r);
  feature::gate::routes(r);
  feature::control::routes(r);
  feature::care::routes(r);
  feature::service_request::routes(r);
  feature::arrival::routes(r);
  feature::resident::routes(r);
  feature::survey::routes(r);
  feature::questionnaire::routes(r);
  feature::meter::routes(r);
  feature::attendance::routes(r);
  feature::ledger::routes(r);
  feature::command::routes(r);
  feature::exchange::routes(r);
  feature::erasure::routes(r);
  feature::trace::routes(r);
  r.get<api::Response>("/api/live", Permission::place_read, "Changes as they happen (Server-Sent Events)",
                       live)
      .produces = "text/event-stream";
}

std::filesystem::path keys_of(const Options& o) {
  return o.keys.empty() ? std::filesystem::path(o.data.string() + "-keys") : o.keys;
}
std::string database_of(const Options& o) {
  return o.database.empty() ? (o.data / "shouwang.db").string() : o.database;
}

db::MigrateOptions migrate_options(const Options& options, db::Store& store, base::Instant now) {
  db::MigrateOptions how;
  how.backup_directory = options.data / "backups";
  how.backup_taken = options.backup_taken;
  how.now = now;
  // Before the first sheet there is nothing to encrypt to; then the copy is as plain as the store beside it.
  if (auto key = core::recovery_key(keys_of(options)); key && *key)
    how.back_up = [options, &store, now](const std::filesystem::path& target) -> base::Result<void> {
      auto made = make_backup(store, options, target, now);
      if (!made) return tl::unexpected(std::move(made).error());
      return {};
    };
  return how;
}

base::Result<std::unique_ptr<Program>> Program::open(const Options& options, const base::Clock& clock) {
  auto program = std::unique_ptr<Program>(new Program());
  std::error_code error;
  std::filesystem::create_directories(options.data, error);
  std::filesystem::permissions(options.data, std::filesystem::perms::owner_all, error);
  if (error)
    return base::fail(base::ErrorKind::internal, "data.unwritable", {{"path", options.data.string()}});
  auto keys = core::Keyring::open(keys_of(options));
  if (!keys) return tl::unexpected(std::move(keys).error());
  program->services_ = {std::move(*keys), options.data, std::string(program_version), options.public_url,
                        options.demo};
  program->services_.resident_fact = options.resident_fact;
  program->services_.trace = std::make_shared<feature::trace::Memory>();

  auto store_options = options.store;
  store_options.database = database_of(options);
  auto store = db::Store::open(store_options);
  if (store) remove_leftovers(options.data);
  if (!store) return tl::unexpected(std::move(store).error());
  program->store_ = std::move(*store);
  auto migrated = db::migrate(*program->store_, db::embedded_migrations(program->store_->dialect()),
                              migrate_options(options, *program->store_, clock.now()));
  if (!migrated) return tl::unexpected(std::move(migrated).error());
  program->migration_ = std::move(*migrated);
  auto filled = feature::people::fill_search_terms(*program->store_, program->services_.keys);
  if (!filled) return tl::unexpected(std::move(filled).error());
  if (auto finished = feature::exchange::finish_words(*program->store_); !finished)
    return tl::unexpected(std::move(finished).error());
  if (auto again = feature::erasure::replay(*program->store_, program->services_, clock.now()); !again)
    return tl::unexpected(std::move(again).error());
  // A move that a crash cut short is carried on before anybody is answered.
  if (auto moved = feature::place::finish_moves(*program->store_, clock.now()); !moved)
    return tl::unexpected(std::move(moved).error());

  program->service_ =
      std::make_unique<api::Service>(*program->store_, program->services_, clock, api::Assets(options.web));
  add_routes(program->service_->router());
  program->service_->set_authenticate(feature::access::authenticate);
  program->add_pages();
  return program;
}

void Program::add_pages() {
  auto& router = service_->router();
  service_->add_page("/openapi.json",
                     [document = api::openapi_document(router, program_version)](const api::Request&) {
                       return text_page("application/json", document);
                     });
  service_->add_page("/api-docs", [page = api::api_page(router)](const api::Request&) {
    return text_page("text/html; charset=utf-8", page);
  });
  service_->add_page("/healthz", [this](const api::Request&) {
    auto alive =
        store_->read([](db::Connection& c) -> base::Result<std::int64_t> { return c.count("SELECT 1"); });
    auto page = text_page("application/json", alive ? "{\"status\":\"ok\"}" : "{\"status\":\"unavailable\"}");
    if (!alive) page.status = 503;
    return page;
  });
  service_->add_page("/metrics", [this](const api::Request&) {
    if (on_metrics_) on_metrics_();
    base::metrics::gauge("writes_pending", static_cast<double>(store_->pending_writes()));
    base::metrics::gauge("store_bytes", static_cast<double>(store_->size_bytes()));
    return text_page("text/plain; version=0.0.4", base::metrics::text());
  });
}

base::Result<std::string> Program::setup_link(base::Instant now) {
  const auto id = store_->next_id();
  return store_->write([&](db::Connection& c) -> base::Result<std::string> {
    if (!feature::access::setup_needed(c)) return std::string{};
    return "/#/setup?token=" + feature::access::new_link(c, id, "setup", std::nullopt, now);
  });
}

base::Result<std::string> Program::login_link(const std::string& username, base::Instant now) {
  const auto id = store_->next_id();
  return store_->write([&](db::Connection& c) -> base::Result<std::string> {
    const auto account = c.count("SELECT id FROM account WHERE username = $1 AND disabled = 0", {username});
    if (account == 0) return base::fail(base::ErrorKind::not_found, "not_found");
    return "/#/link?token=" + feature::access::new_link(c, id, "login", account, now);
  });
}

}  // namespace app
