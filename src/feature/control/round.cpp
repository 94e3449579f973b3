// The round over cases whose hour has come. Nearly all of them stay as they are: those are noted as looked
// at; what changes goes the one way of all changes, some hundred at a time.
#include <algorithm>

#include "feature/control/clockwork.hpp"

namespace feature::control {
namespace {

using base::Result;

constexpr int looked_at = 1000;
constexpr std::size_t changed_at_once = 100;  // the writer is not held for long
constexpr std::size_t spans_max = 2, slots_max = 4, others_max = 3;

std::vector<Judged> judge_due(db::Scoped& q, base::Instant now) {
  std::vector<Wanted> due;
  auto& c = q.unscoped();
  c.run("SELECT " + meta::column_list(meta::record_of<CaseRow>(), "c") +
            " FROM control_case c WHERE c.check_ms <= $1 ORDER BY c.check_ms, c.id LIMIT $2",
        {now, looked_at}, [&](const db::Row& r) {
          const auto row = meta::load<CaseRow>(r);
          due.push_back({row, row});
        });
  return judge(q, std::move(due), now);
}

// Of one round: levels around an outing, missed half-days, a positive sample, a test and a release.
Ids ids_of_round(db::Store& store) {
  Ids ids;
  for (std::size_t i = 0; i < spans_max; ++i) ids.levels.at(i) = store.next_id();
  for (std::size_t i = 0; i < slots_max + others_max; ++i) ids.work.at(i) = store.next_id();
  return ids;
}

// Whatever changed a case since it was read has counted its version up.
Result<void> note_looked_at(db::Store& store, const std::vector<Judged>& stay) {
  if (stay.empty()) return {};
  return store.write(
      [&](db::Connection& c) -> Result<void> {
        std::vector<db::Arg> args;
        c.run_many("UPDATE control_case SET check_ms = $2 WHERE id = $1 AND version = $3 AND check_ms = $4",
                   stay.size(), [&](std::size_t i) -> std::span<const db::Arg> {
                     const auto& before = *stay[i].before;
                     args.assign({before.id, stay[i].row.check, before.version, before.check});
                     return args;
                   });
        return {};
      },
      db::Priority::low);
}

// Judged again as they stand now that nobody else changes them.
Result<void> change(db::Store& store, std::span<const std::int64_t> cases, base::Instant now) {
  std::vector<Ids> ids;
  for (std::size_t i = 0; i < cases.size(); ++i) ids.push_back(ids_of_round(store));
  return store.write(
      [&](db::Connection& c) -> Result<void> {
        db::Scoped q(c, db::Scope::all());
        std::vector<Wanted> due;
        for (const auto& row : lock_cases(q, cases))
          if (row.check && *row.check <= now) due.push_back({row, row});
        auto judged = judge(q, std::move(due), now);
        write_judged(q, judged, ids, {"office", "program", now, {}});
        return {};
      },
      db::Priority::low);
}

}  // namespace

Result<std::int64_t> tend(db::Store& store, base::Instant now) {
  auto read = store.read([&](db::Connection& c) -> Result<std::vector<Judged>> {
    db::Scoped q(c, db::Scope::all());
    return judge_due(q, now);
  });
  if (!read) return tl::unexpected(std::move(read).error());
  auto& judged = *read;
  const auto many = static_cast<std::int64_t>(judged.size());
  std::vector<std::int64_t> changing;
  for (const auto& one : judged)
    if (!one.stays()) changing.push_back(one.row.id.value);
  std::erase_if(judged, [](const Judged& one) { return !one.stays(); });
  if (auto noted = note_looked_at(store, judged); !noted) return tl::unexpected(std::move(noted).error());
  for (auto rest = std::span<const std::int64_t>(changing); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), changed_at_once));
    if (auto done = change(store, part, now); !done) return tl::unexpected(std::move(done).error());
    rest = rest.subspan(part.size());
  }
  return many;
}

}  // namespace feature::control
