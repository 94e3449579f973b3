// Where alerts are sent besides: made, tried, taken away. Addresses and secrets go in and never come out
// again.
#include "base/text.hpp"
#include "core/services.hpp"
#include "feature/place/service.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/message.hpp"
#include "feature/work_item/routes.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto webhook_columns = db::ScopedSql(
    "SELECT w.id, w.place_id, w.name, w.format, w.host, w.secret_sealed IS NOT NULL, w.kinds, w.lang, "
    "(SELECT MAX(o.sent_ms) FROM outbox o WHERE o.webhook_id = w.id), (SELECT COUNT(*) FROM outbox o WHERE "
    "o.webhook_id = w.id AND o.next_ms IS NOT NULL), (SELECT o.failure FROM outbox o WHERE o.webhook_id = "
    "w.id ORDER BY o.id DESC LIMIT 1) FROM webhook w JOIN place p ON p.id = w.place_id WHERE w.removed_ms "
    "IS NULL AND {scope:p}");

Webhook load(const db::Row& r) {
  Webhook w;
  w.id = r.integer(0);
  w.place_id = r.integer(1);
  w.name = r.str(2);
  meta::parse_enum(r.text(3), w.format);
  w.host = r.str(4);
  w.has_secret = r.boolean(5);
  w.kinds = base::words_of(r.text(6));
  meta::parse_enum(r.text(7), w.lang);
  w.sent = r.maybe_instant(8);
  w.waiting = r.integer(9);
  w.failure = r.maybe_text(10);
  return w;
}

void name_places(db::Scoped& q, std::vector<Webhook>& hooks) {
  std::vector<std::int64_t> ids;
  for (const auto& w : hooks) ids.push_back(w.place_id);
  auto labels = place::labels_of(q, ids);
  for (auto& w : hooks) w.place_name = labels[w.place_id];
}

Result<api::Page<Webhook>> list_webhooks(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Webhook>> {
    api::Page<Webhook> page;
    q.run(webhook_columns.with(" ORDER BY w.id DESC LIMIT 200"), {},
          [&](const db::Row& r) { page.items.push_back(load(r)); });
    name_places(q, page.items);
    return page;
  });
}

std::optional<Webhook> find(db::Scoped& q, std::int64_t id) {
  std::vector<Webhook> found;
  q.one(webhook_columns.with(" AND w.id = {arg}"), {id}, [&](const db::Row& r) { found.push_back(load(r)); });
  if (found.empty()) return std::nullopt;
  name_places(q, found);
  return found.front();
}

Result<Webhook> create(api::Context& c, const NewWebhook& in) {
  const auto host = checked_host(in.format, in.url);
  if (!host) return tl::unexpected(host.error());
  const auto id = c.store.next_id();
  const auto url = c.services.keys.seal("webhook", "url", id, in.url);
  std::optional<std::string> secret;
  if (in.secret) secret = c.services.keys.seal("webhook", "secret", id, *in.secret);
  return c.write([&](db::Scoped& q) -> Result<Webhook> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    std::string kinds;
    for (std::size_t i = 0; i < in.kinds.size(); ++i) {
      if (!find_kind(q, in.kinds[i])) return base::fail_field("/kinds/" + std::to_string(i), "not_allowed");
      kinds += (kinds.empty() ? "" : " ") + std::string(in.kinds[i]);
    }
    q.run(
        "INSERT INTO webhook (id, place_id, name, format, url_sealed, host, secret_sealed, kinds, lang, "
        "created_by, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {id, in.place_id, in.name, meta::name_of(in.format), db::Blob{url}, *host,
         secret ? db::Arg(db::Blob{*secret}) : db::Arg(nullptr), kinds,
         meta::name_of(in.lang.value_or(Language::zh_cn)), c.who.account, c.now});
    core::audit(q, c, {"webhook.create", "webhook", id, place->compound_id, *host});
    return *find(q, id);
  });
}

Result<void> remove(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    const auto hook = find(q, c.id());
    if (!hook) return base::fail(ErrorKind::not_found, "not_found");
    auto& raw = q.unscoped();
    raw.run("UPDATE webhook SET removed_ms = $2 WHERE id = $1", {c.id(), c.now});
    raw.run("UPDATE outbox SET next_ms = NULL WHERE webhook_id = $1", {c.id()});
    core::audit(q, c, {"webhook.remove", "webhook", c.id(), std::nullopt, hook->host});
    return {};
  });
}

Result<Webhook> send_trial(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Webhook> {
    if (!find(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    q.unscoped().run(
        "INSERT INTO outbox (webhook_id, item_id, verb, created_ms, attempts, next_ms) VALUES ($1, NULL, "
        "'trial', $2, 0, $2)",
        {c.id(), c.now});
    core::audit(q, c, {"webhook.trial", "webhook", c.id()});
    return *find(q, c.id());
  });
}

}  // namespace

void webhook_routes(api::Router& r) {
  r.get<api::Page<Webhook>>("/api/webhooks", Permission::webhook_write, "Where alerts are sent besides",
                            list_webhooks);
  r.post<NewWebhook, Webhook>("/api/webhooks", Permission::webhook_write, "Send alerts of a place there",
                              create);
  r.remove<void>("/api/webhooks/{id}", Permission::webhook_write, "Send there no more", remove);
  r.post<Webhook>("/api/webhooks/{id}/trial", Permission::webhook_write, "Send a trial message", send_trial);
}

}  // namespace feature::work_item
