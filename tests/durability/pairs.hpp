#pragma once
// What the durability tests write: one key in two tables, both or neither.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "db/store.hpp"

namespace durability {

inline constexpr int writer_threads = 64;
inline constexpr auto pair_tables =
    "CREATE TABLE passage(id bigint PRIMARY KEY); CREATE TABLE reading(id bigint PRIMARY KEY);";

inline base::Result<void> write_pair(db::Store& store, std::int64_t key,
                                     db::Priority priority = db::Priority::high) {
  return store.write(
      [&](db::Connection& c) -> base::Result<void> {
        c.run("INSERT INTO passage(id) VALUES ($1)", {key});
        c.run("INSERT INTO reading(id) VALUES ($1)", {key});
        return {};
      },
      priority);
}

struct Damage {
  std::int64_t lost = 0;  // acknowledged, but not there
  std::int64_t half = 0;  // in one table only
};

inline base::Result<Damage> damage_of(db::Store& store, const std::set<std::int64_t>& acknowledged) {
  return store.read([&](db::Connection& c) -> base::Result<Damage> {
    Damage damage;
    std::set<std::int64_t> there;
    c.run("SELECT id FROM passage", {}, [&](const db::Row& row) { there.insert(row.integer(0)); });
    for (const std::int64_t key : acknowledged) damage.lost += there.contains(key) ? 0 : 1;
    damage.half =
        c.count(
            "SELECT count(*) FROM passage p WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.id = p.id)") +
        c.count(
            "SELECT count(*) FROM reading r WHERE NOT EXISTS (SELECT 1 FROM passage p WHERE p.id = r.id)");
    return damage;
  });
}

// Rounds of a test: as given, or more by the environment.
inline int rounds(int usual) {
  const char* asked = std::getenv("SHOUWANG_DURABILITY_ROUNDS");
  return asked == nullptr ? usual : std::atoi(asked);
}

}  // namespace durability
