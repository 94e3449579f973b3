#include "core/recount.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {
namespace {

constexpr int changes_at_once = 2000;

// "<tx> <id>", or of earlier versions the id alone.
FeedPosition counted_until(db::Connection& c, const Figures& figures) {
  FeedPosition until;
  c.one("SELECT value FROM setting WHERE name = $1", {figures.until}, [&](const db::Row& r) {
    const auto text = r.str(0);
    const auto gap = text.find(' ');
    if (gap != std::string::npos) until.tx = std::atoll(text.c_str());
    until.id = std::atoll(text.c_str() + (gap == std::string::npos ? 0 : gap));
  });
  return until;
}

}  // namespace

Behind behind(db::Connection& c, const Figures& figures, int at_once) {
  Behind out;
  out.until = counted_until(c, figures);
  c.run(
      fmt::format("SELECT p.id FROM place p LEFT JOIN {} f ON f.compound_id = p.id WHERE p.kind = 'compound' "
                  "AND p.valid_until_ms IS NULL AND f.compound_id IS NULL ORDER BY p.id LIMIT $1",
                  figures.table),
      {at_once}, [&](const db::Row& r) { out.compounds.push_back(r.integer(0)); });
  if (!out.compounds.empty()) return out;
  db::Scoped q(c, db::Scope::all());
  for (;;) {
    const auto changes = changes_after(q, out.until, changes_at_once);
    for (const auto& change : changes) {
      if (figures.touched_by(change.kind) &&
          std::ranges::find(out.compounds, change.compound_id) == out.compounds.end()) {
        if (std::ssize(out.compounds) == at_once) return out;  // this one has to wait
        out.compounds.push_back(change.compound_id);
      }
      out.until = change.position;
    }
    if (std::ssize(changes) < changes_at_once) return out;
  }
}

void keep_counted(db::Connection& c, const Figures& figures, const Behind& counted) {
  c.run("UPDATE setting SET value = $1 WHERE name = $2",
        {fmt::format("{} {}", counted.until.tx, counted.until.id), figures.until});
}

std::vector<std::int64_t> touched(db::Scoped& q, const Figures& figures) {
  const auto until = counted_until(q.unscoped(), figures);
  auto sql = db::ScopedSql(
      "SELECT DISTINCT ch.compound_id, ch.kind FROM change ch JOIN place p ON p.id = ch.compound_id WHERE "
      "{scope:p}");
  std::vector<db::Arg> args;
  // On SQLite every tx is 0, and the number alone is the key.
  if (q.unscoped().dialect() == db::Dialect::postgres) {
    sql = sql.with(" AND (ch.tx, ch.id) > ({arg}, {arg})");
    args.emplace_back(until.tx);
  } else {
    sql = sql.with(" AND ch.id > {arg}");
  }
  args.emplace_back(until.id);
  std::set<std::int64_t> compounds;
  q.run(sql, args, [&](const db::Row& r) {
    if (figures.touched_by(r.text(1))) compounds.insert(r.integer(0));
  });
  return {compounds.begin(), compounds.end()};
}

}  // namespace core
