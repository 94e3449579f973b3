// Contact tracing among many presences, and the same two-ring question in SQLite and PostgreSQL:
//   bench_trace [presences=10000000] [persons=1000000] [sql=10000000] [town=near|far] [seed=42] [duckdb=FILE]
// `duckdb` is a libduckdb.so to compare with as well; `sql` is how many presences the stores are asked over,
// 0: none. `near` has rings of about 500, 3,400 and 100,000 persons, `far` is a town where half of all
// outings end among people from anywhere; single figures of either can be given: compound= stair= household=
// venue= away= (percent of outings) rush_s= habit_s=
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include "db/store.hpp"
#include "duckdb.hpp"
#include "engine/contact/contacts.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"
#include "tracing_town.hpp"

namespace {

using namespace engine::contact;
using bench::case_of, bench::far_town, bench::generate, bench::Shape, bench::some_persons, bench::Town;
using Steady = std::chrono::steady_clock;

constexpr double durable_rate = 11'700;  // presences the store acknowledges a second

// Of this thread alone: a busy machine makes an answer late, not dear.
double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double seconds_since(Steady::time_point from) {
  return std::chrono::duration<double>(Steady::now() - from).count();
}

struct Times {
  std::vector<double> all{};
  void add(double value) { all.push_back(value); }
  double at(double share) {
    std::ranges::sort(all);
    return all[std::min(all.size() - 1, static_cast<std::size_t>(share * static_cast<double>(all.size())))];
  }
  double mean() const {
    double sum = 0;
    for (const auto v : all) sum += v;
    return sum / static_cast<double>(all.size());
  }
};

double measure(const char* name, const Contacts& contacts, const std::vector<std::uint32_t>& persons,
               const std::function<Query(std::uint32_t)>& query) {
  Times ms, wall, sizes;
  for (const auto person : persons) {
    const auto q = query(person);
    const auto began = Steady::now();
    const auto begin = cpu_seconds();
    const auto answer = contacts.trace(q, {});
    ms.add((cpu_seconds() - begin) * 1000);
    wall.add(seconds_since(began) * 1000);
    sizes.add(static_cast<double>(answer.contacts.size() - 1));
  }
  fmt::print(
      "{:<22} persons mean {:.0f} p50 {:.0f} p99 {:.0f}; ms of one thread mean {:.3f} p50 {:.3f} p99 {:.3f}; "
      "by the clock p50 {:.3f} p99 {:.3f}\n",
      name, sizes.mean(), sizes.at(0.5), sizes.at(0.99), ms.mean(), ms.at(0.5), ms.at(0.99), wall.at(0.5),
      wall.at(0.99));
  std::fflush(stdout);
  return ms.mean();
}

// Milliseconds by the clock; the best of three, so that neither pays for a cold start or for what other
// programs do meanwhile.
double fastest(const std::function<void()>& ask) {
  double best = 1e9;
  for (int i = 0; i < 3 && (i == 0 || best < 10'000); ++i) {
    const auto begin = Steady::now();
    ask();
    best = std::min(best, seconds_since(begin) * 1000);
  }
  return best;
}

void rings(const Contacts& contacts, const Town& town) {
  const auto persons = some_persons(town, 300);
  // As in a program that has run for a while: the system has given the memory once.
  for (const auto person : persons) (void)contacts.trace(case_of(person, 3), {});
  measure("ring 1", contacts, persons, [](auto p) { return case_of(p, 1); });
  const auto two = measure("rings 1-2", contacts, persons, [](auto p) { return case_of(p, 2); });
  const auto three = measure("rings 1-3", contacts, persons, [](auto p) { return case_of(p, 3); });
  measure("sources 1-2", contacts, persons, [](auto p) {
    auto q = case_of(p, 2);
    q.direction = Direction::sources;
    return q;
  });
  const auto with_evidence = [](int depth) {
    return [depth](std::uint32_t p) {
      auto q = case_of(p, depth);
      q.evidence = true;
      return q;
    };
  };
  const auto two_e = measure("rings 1-2, evidence", contacts, persons, with_evidence(2));
  const auto three_e = measure("rings 1-3, evidence", contacts, persons, with_evidence(3));
  fmt::print("evidence costs           {:.2f} times (1-2), {:.2f} times (1-3)\n", two_e / two,
             three_e / three);
  auto many = case_of(0, 2);
  many.indices.clear();
  for (const auto p : some_persons(town, 10'000))
    many.indices.push_back({p, case_of(p, 1).indices[0].window});
  std::size_t reached = 0;
  const auto took = fastest([&] { reached = contacts.trace(many, {}).contacts.size(); });
  fmt::print("10,000 cases, two rings {:.2f} s by the clock, {} persons\n", took / 1000, reached);
}

// Presences come at ten times the durable rate while two-ring questions are asked.
void append_while_asked(Contacts& contacts, const Town& town) {
  const auto persons = some_persons(town, 200);
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> appended{0};
  const auto begin = Steady::now();
  std::thread writer([&] {
    std::mt19937_64 dice(3);
    std::vector<Presence> batch(500);
    for (std::size_t done = 0; !stop; done += batch.size(), appended = done) {
      for (auto& p : batch) p = town.presences[dice() % town.presences.size()];
      contacts.append(batch);
      const std::chrono::duration<double> due(static_cast<double>(done + batch.size()) / (10 * durable_rate));
      std::this_thread::sleep_until(begin + std::chrono::duration_cast<Steady::duration>(due));
    }
  });
  measure("1-2 while appending", contacts, persons, [](auto p) { return case_of(p, 2); });
  stop = true;
  writer.join();
  fmt::print("appended                 {:.0f} a second\n",
             static_cast<double>(appended.load()) / seconds_since(begin));
}

// PostgreSQL would match everybody who ever was at a gate and compare the times afterwards; asked place by
// place it walks the index as SQLite does.
enum class Asked { sqlite, postgres, duckdb };

std::string two_rings(Asked asked) {
  const bool postgres = asked == Asked::postgres;
  const auto whoever_met = [&](std::string_view condition) {
    return postgres ? fmt::format(
                          "CROSS JOIN LATERAL (SELECT m.person, m.from_s FROM presence m WHERE {} "
                          "OFFSET 0) b",
                          condition)
                    : fmt::format("JOIN presence m ON {}", condition);
  };
  auto text = fmt::format(
      "WITH ring_1 AS MATERIALIZED (SELECT {0}.person AS person, MIN(GREATEST(a.from_s, $2, {0}.from_s)) "
      "AS at_s FROM presence a JOIN kind k ON k.place = a.place {1} WHERE a.person = $1 AND a.from_s <= $3 "
      "AND a.until_s >= $2 AND {0}.person <> $1 GROUP BY {0}.person), ring_2 AS (SELECT {0}.person AS "
      "person, MIN(GREATEST(a.from_s, r.at_s, {0}.from_s)) AS at_s FROM ring_1 r JOIN presence a ON "
      "a.person = r.person AND a.from_s <= $4 AND a.until_s >= r.at_s JOIN kind k ON k.place = a.place {2} "
      "WHERE {0}.person <> $1 AND {0}.person NOT IN (SELECT person FROM ring_1) GROUP BY {0}.person) "
      "SELECT person, 1, at_s FROM ring_1 UNION ALL SELECT person, 2, at_s FROM ring_2",
      postgres ? "b" : "m",
      whoever_met(
          "m.place = a.place AND m.from_s <= LEAST(a.until_s, $3) + k.slack_s AND m.from_s >= "
          "GREATEST(a.from_s, $2) - k.slack_s - k.longest_s AND m.until_s >= GREATEST(a.from_s, $2) - "
          "k.slack_s"),
      whoever_met("m.place = a.place AND m.from_s <= LEAST(a.until_s, $4) + k.slack_s AND m.from_s >= "
                  "GREATEST(a.from_s, r.at_s) - k.slack_s - k.longest_s AND m.until_s >= GREATEST(a.from_s, "
                  "r.at_s) - k.slack_s"));
  if (asked != Asked::sqlite) return text;
  const auto exchange = [&](std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at))
      text.replace(at, from.size(), to);
  };
  exchange("GREATEST(", "max(");
  exchange("LEAST(", "min(");
  return text;
}

constexpr const char* tables =
    "CREATE TABLE presence (person BIGINT NOT NULL, place BIGINT NOT NULL, from_s BIGINT NOT NULL, until_s "
    "BIGINT NOT NULL); CREATE TABLE kind (place BIGINT PRIMARY KEY, slack_s BIGINT NOT NULL, longest_s "
    "BIGINT "
    "NOT NULL)";
constexpr const char* indexes =
    "CREATE INDEX by_person ON presence (person, from_s, until_s, place); CREATE INDEX by_place ON presence "
    "(place, from_s, until_s, person)";

// Of each place, how long anybody was there: an index by start is then enough.
std::vector<std::int64_t> longest_stays(const Town& town) {
  std::vector<std::int64_t> longest(town.kinds.size(), 0);
  for (const auto& p : town.presences)
    longest[p.place] = std::max<std::int64_t>(longest[p.place], p.until - p.from);
  return longest;
}
std::int64_t slack_at(const Town& town, std::size_t place) {
  return Policy{}.kinds[static_cast<std::size_t>(town.kinds[place])].slack_s;
}

void load(db::Store& store, const Town& town) {
  const auto longest = longest_stays(town);
  (void)store.write([&](db::Connection& c) -> base::Result<void> {
    c.script(tables);
    std::vector<db::Arg> args;
    c.run_many("INSERT INTO kind (place, slack_s, longest_s) VALUES ($1, $2, $3)", town.kinds.size(),
               [&](std::size_t i) {
                 args = {static_cast<std::int64_t>(i), slack_at(town, i), longest[i]};
                 return std::span<const db::Arg>(args);
               });
    return {};
  });
  for (std::size_t from = 0; from < town.presences.size(); from += 200'000)
    (void)store.write([&](db::Connection& c) -> base::Result<void> {
      std::vector<db::Arg> args;
      c.run_many("INSERT INTO presence (person, place, from_s, until_s) VALUES ($1, $2, $3, $4)",
                 std::min<std::size_t>(200'000, town.presences.size() - from), [&](std::size_t i) {
                   const auto& p = town.presences[from + i];
                   args = {std::int64_t{p.person}, std::int64_t{p.place}, std::int64_t{p.from},
                           std::int64_t{p.until}};
                   return std::span<const db::Arg>(args);
                 });
      return {};
    });
  (void)store.write([&](db::Connection& c) -> base::Result<void> {
    c.script(indexes);
    c.script("ANALYZE presence; ANALYZE kind");
    return {};
  });
  // PostgreSQL answers from an index alone only after VACUUM.
  if (store.dialect() == db::Dialect::postgres) (void)store.scrub({"presence", "kind"});
}

// As somebody who knows the store would set it up for such a question.
void give_memory(db::Connection& c) {
  if (c.dialect() == db::Dialect::postgres)
    c.script("SET LOCAL work_mem = '512MB'; SET LOCAL jit = off");
  else
    c.script("PRAGMA cache_size = -2000000");
}

using Line = std::array<std::int64_t, 3>;

std::vector<Line> from_engine(const Contacts& contacts, const Query& query) {
  std::vector<Line> out;
  for (const auto& c : contacts.trace(query, {}).contacts)
    if (c.ring > 0) out.push_back({c.person, c.ring, c.at});
  std::ranges::sort(out);
  return out;
}

using Ask = std::function<std::vector<Line>(const Query&)>;

void compare(const char* name, const std::function<void()>& fill, const Ask& ask, const Contacts& contacts,
             const Town& town) {
  const auto begin = Steady::now();
  fill();
  const auto loaded = seconds_since(begin);
  fmt::print("{:<24} loaded in {:.0f} s\n", name, loaded);
  std::fflush(stdout);
  Times other, engine;
  int equal = 0, asked = 0;
  for (const auto person : some_persons(town, 15)) {
    const auto query = case_of(person, 2);
    std::vector<Line> theirs, mine;
    other.add(fastest([&] { theirs = ask(query); }));
    engine.add(fastest([&] { mine = from_engine(contacts, query); }));
    std::ranges::sort(theirs);
    equal += theirs == mine;
    if (++asked >= 3 && seconds_since(begin) > loaded + 120) break;
  }
  fmt::print("{:<24} two rings p50 {:.1f} ms, engine {:.3f} ms, {:.0f} times; answers equal {} of {}\n", name,
             other.at(0.5), engine.at(0.5), other.at(0.5) / engine.at(0.5), equal, asked);
  std::fflush(stdout);
}

void compare(const char* name, db::Store& store, const Contacts& contacts, const Town& town) {
  const auto text = two_rings(store.dialect() == db::Dialect::postgres ? Asked::postgres : Asked::sqlite);
  const auto ask = [&](const Query& query) {
    const auto& [person, window] = query.indices[0];
    std::vector<Line> rows;
    (void)store.read([&](db::Connection& c) -> base::Result<void> {
      give_memory(c);
      c.run(text,
            {std::int64_t{person}, std::int64_t{window.from}, std::int64_t{window.until},
             std::int64_t{query.horizon.until}},
            [&](const db::Row& r) {
              rows.push_back({r.integer(0), r.integer(1), r.integer(2)});
            });
      return {};
    });
    return rows;
  };
  compare(
      name, [&] { load(store, town); }, ask, contacts, town);
}

void compare(bench::DuckDb& duck, const Contacts& contacts, const Town& town) {
  const auto fill = [&] {
    const auto longest = longest_stays(town);
    duck.run(tables);
    duck.fill("kind", town.kinds.size(), 3, [&](std::size_t i, std::size_t column) {
      return column == 0 ? static_cast<std::int64_t>(i) : column == 1 ? slack_at(town, i) : longest[i];
    });
    duck.fill("presence", town.presences.size(), 4, [&](std::size_t i, std::size_t column) -> std::int64_t {
      const auto& p = town.presences[i];
      return column == 0 ? p.person : column == 1 ? p.place : column == 2 ? p.from : p.until;
    });
    duck.run(indexes);
    duck.run("ANALYZE");
    duck.run("PREPARE two_rings AS " + two_rings(Asked::duckdb));
  };
  const auto ask = [&](const Query& query) {
    const auto& [person, window] = query.indices[0];
    std::vector<Line> rows;
    duck.run(fmt::format("EXECUTE two_rings({}, {}, {}, {})", person, window.from, window.until,
                         query.horizon.until),
             [&](const auto& row) {
               rows.push_back({row[0], row[1], row[2]});
             });
    return rows;
  };
  compare("DuckDB", fill, ask, contacts, town);
}

// name=value, or the default.
class Arguments {
 public:
  Arguments(int count, char** words) : words_(words + 1, words + count) {}
  std::string text(std::string_view name, std::string_view otherwise) const {
    for (const std::string_view word : words_)
      if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
        return std::string(word.substr(name.size() + 1));
    return std::string(otherwise);
  }
  std::uint64_t number(std::string_view name, std::uint64_t otherwise) const {
    const auto given = text(name, "");
    return given.empty() ? otherwise : std::strtoull(given.c_str(), nullptr, 10);
  }

 private:
  std::vector<std::string_view> words_;
};

Shape shape_of(const Arguments& given) {
  auto shape = given.text("town", "near") == "far" ? far_town : Shape{};
  for (const auto& [name, value] :
       std::initializer_list<std::pair<std::string_view, std::uint32_t*>>{{"compound", &shape.compound},
                                                                          {"stair", &shape.stair},
                                                                          {"household", &shape.household},
                                                                          {"shift", &shape.shift},
                                                                          {"venue", &shape.venue},
                                                                          {"at_work", &shape.at_work},
                                                                          {"away", &shape.away},
                                                                          {"rush_s", &shape.rush_s},
                                                                          {"habit_s", &shape.habit_s}})
    *value = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(given.number(name, *value)));
  return shape;
}

void compare_with_stores(const Town& some, const std::string& duckdb) {
  const Contacts contacts(some.presences, some.kinds, 1U << 16);
  fmt::print("the same question over {} presences\n", some.presences.size());
  const test_support::TemporaryDirectory directory;
  if (auto store = db::Store::open({.database = (directory.path() / "presence.db").string()}))
    compare("SQLite", **store, contacts, some);
  if (test_support::PostgresCluster::installed()) {
    const test_support::PostgresDatabase database;
    if (auto store = db::Store::open({.database = database.url()}))
      compare("PostgreSQL", **store, contacts, some);
  } else {
    fmt::print("PostgreSQL: left out, it is not installed\n");
  }
  if (duckdb.empty()) {
    fmt::print("DuckDB: left out, duckdb= names no library\n");
  } else {
    bench::DuckDb duck(duckdb);
    compare(duck, contacts, some);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments given(argc, argv);
  const auto presences = given.number("presences", 10'000'000);
  const auto persons = given.number("persons", presences / 10);
  const auto shape = shape_of(given);
  const auto town =
      generate(shape, presences, static_cast<std::uint32_t>(std::max<std::uint64_t>(shape.compound, persons)),
               given.number("seed", 42));
  const auto begin = cpu_seconds();
  Contacts contacts(town.presences, town.kinds, 1U << 20);
  const auto took = cpu_seconds() - begin;
  fmt::print("{} presences of {} persons at {} places\n", presences, town.persons, town.kinds.size());
  fmt::print("built in                 {:.2f} s, {:.1f} million a second\n", took,
             static_cast<double>(presences) / took / 1e6);
  fmt::print("memory                   {:.1f} bytes a presence, room for a million new ones included\n",
             static_cast<double>(contacts.bytes()) / static_cast<double>(presences));
  rings(contacts, town);
  append_while_asked(contacts, town);
  const auto sql = given.number("sql", presences);
  if (sql == presences)
    compare_with_stores(town, given.text("duckdb", ""));
  else if (sql > 0)  // a town of its own, as dense
    compare_with_stores(
        generate(shape, sql, std::max(shape.compound, static_cast<std::uint32_t>(persons * sql / presences)),
                 42),
        given.text("duckdb", ""));
  return 0;
}
