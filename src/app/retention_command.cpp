// What is kept no longer, from the command line: counted beside a server that runs, removed when it is
// stopped.
#include <fmt/format.h>

#include "app/commands.hpp"
#include "db/store.hpp"
#include "feature/erasure/service.hpp"

namespace app {
namespace {

double megabytes(db::Store& store) { return static_cast<double>(store.size_bytes()) / 1e6; }

int say_due(const Options& options, base::Instant now) {
  auto beside = options.store;
  beside.may_be_beside = true;
  beside.database = database_of(options);
  auto store = db::Store::open(beside);
  if (!store) return failed(store.error());
  auto keys = core::Keyring::open(keys_of(options));
  if (!keys) return failed(keys.error());
  const core::Services services{std::move(*keys), options.data, std::string(program_version),
                                options.public_url, false};
  const auto due = feature::erasure::due_now(**store, services, now);
  if (!due) return failed(due.error());
  for (const auto& one : *due)
    fmt::print("{} kept {} due {}\n", meta::name_of(one.kind),
               one.days ? fmt::format("{} days", *one.days) : "always", one.count);
  return 0;
}

}  // namespace

int retention(const Options& options, bool dry_run, bool compact) {
  const base::SystemClock clock;
  const auto now = clock.now();
  if (dry_run) return say_due(options, now);
  auto program = Program::open(options, clock);
  if (!program) return failed(program.error());
  auto& store = (*program)->store();
  const auto before = megabytes(store);
  const auto removed = feature::erasure::remove_due(store, (*program)->services(), now);
  if (!removed) return failed(removed.error());
  for (const auto& one : *removed) fmt::print("{} removed {}\n", meta::name_of(one.kind), one.rows);
  if (compact)
    if (auto done = store.rewrite(); !done) return failed(done.error());
  fmt::print("store {:.1f} MB, before {:.1f} MB\n", megabytes(store), before);
  return 0;
}

}  // namespace app
