// Erasures after a restore, and what a crash interrupted: before anything is served.
#include <algorithm>
#include <iterator>
#include <set>

#include "base/log.hpp"
#include "core/erasure_journal.hpp"
#include "feature/erasure/erase.hpp"
#include "feature/erasure/service.hpp"

namespace feature::erasure {
namespace {

using base::Result;

struct Known {
  std::set<std::int64_t> erased{};
  std::vector<std::int64_t> pending{};  // receipts
};

Result<Known> known_in(db::Store& store) {
  return store.read([](db::Connection& c) -> Result<Known> {
    Known known;
    c.run("SELECT person_id FROM erased_person", {},
          [&](const db::Row& r) { known.erased.insert(r.integer(0)); });
    c.run("SELECT id FROM erasure WHERE proof = 'pending'", {},
          [&](const db::Row& r) { known.pending.push_back(r.integer(0)); });
    return known;
  });
}

// The rows are gone, and with them what they looked like: the log is emptied, and the receipt says no more.
Result<void> finish(db::Store& store, const std::vector<std::int64_t>& pending, base::Instant now) {
  if (pending.empty()) return {};
  if (auto done = store.scrub({}); !done) return done;
  return store.write([&](db::Connection& c) -> Result<void> {
    const auto proof = c.dialect() == db::Dialect::sqlite ? Proof::scrubbed : Proof::server;
    c.run("UPDATE erasure SET proof = $2, proven_ms = $3 WHERE id " + c.in_list(1),
          {db::json_array(pending), meta::name_of(proof), now});
    return {};
  });
}

}  // namespace

Result<std::int64_t> replay(db::Store& store, core::Services& services, base::Instant now) {
  const auto journal = core::journalled_erasures(services.keys.directory());
  if (!journal) return tl::unexpected(journal.error());
  auto known = known_in(store);
  if (!known) return tl::unexpected(std::move(known).error());
  const std::set<std::int64_t> journalled(journal->begin(), journal->end());
  // Whom the store knows and the journal does not: the key directory is the older one.
  std::vector<std::int64_t> missing;
  std::ranges::set_difference(known->erased, journalled, std::back_inserter(missing));
  if (!missing.empty())
    if (auto noted = core::journal_erasure(services.keys.directory(), missing, now); !noted)
      return tl::unexpected(std::move(noted).error());
  if (auto done = finish(store, known->pending, now); !done) return tl::unexpected(std::move(done).error());
  Unproven unproven;
  const Order order{Cause::replay, Reason::purpose_ended, std::nullopt, "program", now, "replay"};
  std::int64_t again = 0;
  for (const auto person : journalled) {
    if (known->erased.contains(person)) continue;
    if (auto done = erase_person(store, services, person, order, db::Priority::low, unproven); !done)
      return tl::unexpected(std::move(done).error());
    ++again;
  }
  if (again == 0) return again;
  if (auto done = prove(store, services, unproven, now); !done)
    return tl::unexpected(std::move(done).error());
  base::log::info("erasure.replayed", {{"persons", again}});
  return again;
}

}  // namespace feature::erasure
