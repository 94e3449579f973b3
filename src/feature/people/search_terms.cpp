// The words persons are found by: written in the same transaction as what they are made of.
#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "base/log.hpp"
#include "engine/identity/search_text.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

struct Home {
  std::int64_t compound_id = 0, dwelling_id = 0;
  friend auto operator<=>(const Home&, const Home&) = default;
};
using Word = std::pair<std::string, std::string>;  // kind, term
struct Findable {
  std::set<Home> homes{};
  std::set<Word> words{};
};
using Owners = std::map<std::int64_t, std::int64_t>;  // person or alias -> who it is

std::vector<std::int64_t> keys_of(const Owners& owners) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, owner] : owners) ids.push_back(id);
  return ids;
}

// The persons asked for, the aliases of those, and for an alias whom it stands for.
Owners owners_of(db::Connection& c, const std::string& ids) {
  Owners owners;
  const auto in = c.in_list(1);
  c.run(
      "SELECT pe.id, COALESCE(al.person_id, pe.id) FROM person pe LEFT JOIN person_alias al ON al.alias_id = "
      "pe.id WHERE pe.id " +
          in,
      {ids}, [&](const db::Row& r) { owners[r.integer(0)] = r.integer(1); });
  std::vector<std::int64_t> whole;
  for (const auto& [id, owner] : owners) whole.push_back(owner);
  for (const auto id : whole) owners[id] = id;
  c.run("SELECT al.alias_id, al.person_id FROM person_alias al WHERE al.person_id " + in,
        {db::json_array(whole)}, [&](const db::Row& r) { owners[r.integer(0)] = r.integer(1); });
  return owners;
}

std::string last_four(std::string_view number) {
  return number.size() < 4 ? std::string() : std::string(number.substr(number.size() - 4));
}

// Where a person stands in a list by name: the first spelling, else the name as it is found by.
std::string order_term(const std::vector<engine::identity::Term>& terms) {
  const auto spelling =
      std::ranges::find(terms, engine::identity::TermKind::pinyin, &engine::identity::Term::kind);
  if (spelling != terms.end()) return spelling->term;
  return terms.empty() ? std::string() : terms.front().term;
}

void add_names(db::Connection& c, const std::string& ids, const Owners& owners, const core::Keyring& keys,
               std::map<std::int64_t, Findable>& found) {
  c.run("SELECT pe.id, pe.name, pe.document_sealed, pe.document_state FROM person pe WHERE pe.id " +
            c.in_list(1),
        {ids}, [&](const db::Row& r) {
          const auto owner = owners.at(r.integer(0));
          auto& words = found[owner].words;
          const auto terms = engine::identity::terms_of(r.text(1));
          for (const auto& term : terms) words.insert({std::string(term_kind_name(term.kind)), term.term});
          if (owner == r.integer(0)) words.insert({"order", order_term(terms)});
          if (r.is_null(2) || r.text(3) == "damaged") return;
          if (const auto number = keys.unseal("person", "document", r.integer(0), r.blob(2)))
            if (const auto tail = last_four(*number); !tail.empty())
              words.insert({"document_end", tail_term(keys, "document", tail)});
        });
  c.run("SELECT ph.person_id, ph.id, ph.number_sealed FROM phone ph WHERE ph.person_id " + c.in_list(1),
        {ids}, [&](const db::Row& r) {
          if (const auto number = keys.unseal("phone", "number", r.integer(1), r.blob(2)))
            if (const auto tail = last_four(*number); !tail.empty())
              found[owners.at(r.integer(0))].words.insert({"phone_end", tail_term(keys, "phone", tail)});
        });
}

// A word of a person at a home, in the order of search_term.
struct Entry {
  std::int64_t compound_id = 0;
  std::string kind{}, term{};
  std::int64_t person_id = 0, dwelling_id = 0;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

void write_entries(db::Connection& c, std::string_view sql, std::span<const Entry> entries) {
  std::vector<db::Arg> args;
  c.run_many(sql, entries.size(), [&](std::size_t i) -> std::span<const db::Arg> {
    const auto& e = entries[i];
    args.assign({e.compound_id, e.kind, e.term, e.person_id, e.dwelling_id});
    return args;
  });
}

}  // namespace

std::string_view term_kind_name(engine::identity::TermKind kind) {
  constexpr std::string_view names[] = {"name", "part", "pinyin", "initials"};
  return names[static_cast<std::size_t>(kind)];
}

std::string tail_term(const core::Keyring& keys, std::string_view of, std::string_view tail) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char b : keys.blind(std::string(of) + "_end", tail).substr(0, 8)) {
    text += digits[static_cast<unsigned char>(b) >> 4];
    text += digits[static_cast<unsigned char>(b) & 15];
  }
  return text;
}

void index_persons(db::Scoped& q, const std::vector<std::int64_t>& persons, const core::Keyring& keys,
                   Words words) {
  if (persons.empty()) return;
  auto& c = q.unscoped();  // ids the caller has written or found in this transaction
  const auto owners = owners_of(c, db::json_array(persons));
  const auto ids = db::json_array(keys_of(owners));
  c.run("DELETE FROM search_word WHERE person_id " + c.in_list(1), {ids});  // and from search_term with it
  std::map<std::int64_t, Findable> found;
  c.run(
      "SELECT r.person_id, p.compound_id, r.dwelling_id FROM residence r JOIN place p ON p.id = "
      "r.dwelling_id WHERE r.visible = 1 AND r.person_id " +
          c.in_list(1),
      {ids}, [&](const db::Row& r) {
        found[owners.at(r.integer(0))].homes.insert({r.integer(1), r.integer(2)});
      });
  add_names(c, ids, owners, keys, found);

  std::vector<Entry> entries;
  for (const auto& [person, findable] : found)
    for (const auto& [kind, term] : findable.words)
      for (const auto& home : findable.homes)
        entries.push_back({home.compound_id, kind, term, person, home.dwelling_id});
  write_entries(
      c,
      "INSERT INTO search_word (compound_id, kind, term, person_id, dwelling_id) VALUES ($1, $2, $3, "
      "$4, $5)",
      entries);
  if (words == Words::at_end) return;
  std::ranges::sort(entries);
  write_entries(
      c,
      "INSERT INTO search_term (compound_id, kind, term, person_id, dwelling_id) VALUES ($1, $2, $3, "
      "$4, $5)",
      entries);
}

base::Result<void> order_words(db::Store& store, std::int64_t import_id) {
  constexpr std::int64_t persons_at_once = 20'000;  // about 15 MB of words
  // OR IGNORE spares SQLite a journal for each statement, which it would walk along every time.
  const std::string sql =
      std::string(store.dialect() == db::Dialect::sqlite ? "INSERT OR IGNORE" : "INSERT") +
      " INTO search_term (compound_id, kind, term, person_id, dwelling_id) SELECT compound_id, kind, term, "
      "person_id, dwelling_id FROM search_word WHERE compound_id = $1 AND kind = $2 AND term = $3 AND "
      "person_id = $4 AND dwelling_id = $5 ON CONFLICT DO NOTHING";
  constexpr std::size_t step = 4'000;  // words of one write
  for (std::int64_t after = 0;;) {
    std::vector<Entry> entries;
    auto read = store.read([&](db::Connection& c) -> base::Result<bool> {
      std::vector<std::int64_t> persons;
      c.run(
          "SELECT DISTINCT record_id FROM history WHERE import_id = $1 AND entity = 'person' AND record_id > "
          "$2 ORDER BY record_id LIMIT $3",
          {import_id, after, persons_at_once}, [&](const db::Row& r) { persons.push_back(r.integer(0)); });
      c.run("SELECT compound_id, kind, term, person_id, dwelling_id FROM search_word WHERE person_id " +
                c.in_list(1),
            {db::json_array(persons)}, [&](const db::Row& r) {
              entries.push_back({r.integer(0), r.str(1), r.str(2), r.integer(3), r.integer(4)});
            });
      if (!persons.empty()) after = persons.back();
      return !persons.empty();
    });
    if (!read) return tl::unexpected(std::move(read).error());
    if (!*read) return {};
    std::ranges::sort(entries);
    for (std::span<const Entry> rest(entries); !rest.empty();) {
      const auto some = rest.first(std::min(step, rest.size()));
      auto written = store.write(
          [&](db::Connection& c) -> base::Result<void> {
            write_entries(c, sql, some);
            return {};
          },
          db::Priority::resumable);
      // PostgreSQL: a word went while it was being written. The next look does not see it.
      if (!written && written.error().code == "db.foreign_key") continue;
      if (!written) return written;
      rest = rest.subspan(some.size());
    }
  }
}

base::Result<std::int64_t> fill_search_terms(db::Store& store, const core::Keyring& keys) {
  constexpr std::int64_t chunk = 500;
  std::int64_t total = 0;
  for (;;) {
    auto step = store.write(
        [&](db::Connection& c) -> base::Result<std::int64_t> {
          std::string until;
          c.one("SELECT value FROM setting WHERE name = 'search_terms_until'", {},
                [&](const db::Row& r) { until = r.str(0); });
          if (until == "done") return 0;
          std::vector<std::int64_t> ids;
          c.run("SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT $2",
                {static_cast<std::int64_t>(std::stoll(until)), chunk},
                [&](const db::Row& r) { ids.push_back(r.integer(0)); });
          db::Scoped q(c, db::Scope::all());
          index_persons(q, ids, keys);
          c.run("UPDATE setting SET value = $1 WHERE name = 'search_terms_until'",
                {ids.empty() ? "done" : std::to_string(ids.back())});
          return static_cast<std::int64_t>(ids.size());
        },
        db::Priority::low);
    if (!step) return step;
    if (*step == 0) break;
    total += *step;
    if (total % (chunk * 100) == 0) base::log::info("search.filling", {{"persons", total}});
  }
  if (total > 0) base::log::info("search.filled", {{"persons", total}});
  return total;
}

}  // namespace feature::people
