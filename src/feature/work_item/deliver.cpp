#include "feature/work_item/deliver.hpp"

#include <algorithm>

#include "core/words.hpp"
#include "feature/place/service.hpp"

namespace feature::work_item {
namespace {

using base::Result;

constexpr std::int64_t at_once = 10, attempts_max = 8;
constexpr std::int64_t first_pause_ms = 30 * base::second_ms;

struct Due {
  std::int64_t id = 0, attempts = 0;
  Format format = Format::generic;
  std::string url{}, secret{};
  Told told{};
};

std::int64_t pause_after(std::int64_t attempts) {
  return std::min(base::hour_ms, first_pause_ms << std::min<std::int64_t>(attempts, 10));
}

Due load_due(const db::Row& r, const core::Keyring& keys) {
  Due due;
  due.id = r.integer(0);
  due.attempts = r.integer(1);
  meta::parse_enum(r.text(2), due.format);
  const auto hook = r.integer(3);
  due.url = keys.unseal("webhook", "url", hook, r.blob(4)).value_or("");
  if (!r.is_null(5)) due.secret = keys.unseal("webhook", "secret", hook, r.blob(5)).value_or("");
  due.told.id = r.integer(6);
  due.told.verb = r.str(7);
  due.told.kind = r.str(8);
  due.told.tier = static_cast<int>(r.integer(9));
  return due;
}

// Claimed before they are sent: whoever else looks takes others, and a crash sends again later.
Result<std::vector<Due>> claim(db::Store& store, const core::Services& services, base::Instant now) {
  return store.write([&](db::Connection& c) -> Result<std::vector<Due>> {
    std::vector<Due> all;
    std::vector<std::int64_t> places;
    std::vector<std::string> languages;
    c.run(
        "SELECT o.id, o.attempts, w.format, w.id, w.url_sealed, w.secret_sealed, COALESCE(o.item_id, 0), "
        "o.verb, COALESCE(i.kind, ''), COALESCE(i.tier, 0), COALESCE(i.place_id, w.place_id), w.lang FROM "
        "outbox o JOIN webhook w ON w.id = o.webhook_id LEFT JOIN work_item i ON i.id = o.item_id WHERE "
        "o.next_ms <= $1 AND w.removed_ms IS NULL ORDER BY o.next_ms, o.id LIMIT $2",
        {now, at_once}, [&](const db::Row& r) {
          all.push_back(load_due(r, services.keys));
          places.push_back(r.integer(10));
          languages.push_back(r.str(11));
        });
    db::Scoped q(c, db::Scope::all());
    auto labels = place::labels_of(q, places);
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto& due = all[i];
      due.told.place = labels[places[i]];
      due.told.text = core::words(languages[i], "webhook." + due.told.verb,
                                  {{"place", due.told.place},
                                   {"kind", core::words(languages[i], "work_kind." + due.told.kind)},
                                   {"tier", std::to_string(due.told.tier)}});
      c.run("UPDATE outbox SET attempts = attempts + 1, next_ms = $2 WHERE id = $1",
            {due.id, now + pause_after(due.attempts)});
    }
    return all;
  });
}

}  // namespace

Result<std::int64_t> deliver(db::Store& store, const core::Services& services, base::Instant now,
                             const Send& send) {
  const auto any = store.read([&](db::Connection& c) -> Result<std::int64_t> {
    return c.count(
        "SELECT COUNT(*) FROM outbox o JOIN webhook w ON w.id = o.webhook_id WHERE o.next_ms <= $1 AND "
        "w.removed_ms IS NULL",
        {now});
  });
  if (!any) return tl::unexpected(any.error());
  if (*any == 0) return 0;
  auto due = claim(store, services, now);
  if (!due) return tl::unexpected(std::move(due).error());
  std::vector<std::optional<std::string>> failures;
  for (const auto& one : *due) {
    auto answer = send(message_of(one.format, one.url, one.secret, one.told, now));
    if (!answer)
      failures.emplace_back(answer.error().code);
    else if (!accepted(one.format, *answer))
      failures.emplace_back("webhook.refused");
    else
      failures.emplace_back();
  }
  return store.write([&](db::Connection& c) -> Result<std::int64_t> {
    for (std::size_t i = 0; i < due->size(); ++i) {
      const auto& one = (*due)[i];
      if (!failures[i])
        c.run("UPDATE outbox SET sent_ms = $2, next_ms = NULL, failure = NULL WHERE id = $1", {one.id, now});
      else if (one.attempts + 1 >= attempts_max)
        c.run("UPDATE outbox SET failure = $2, next_ms = NULL WHERE id = $1", {one.id, *failures[i]});
      else
        c.run("UPDATE outbox SET failure = $2 WHERE id = $1", {one.id, *failures[i]});
    }
    return static_cast<std::int64_t>(due->size());
  });
}

}  // namespace feature::work_item
