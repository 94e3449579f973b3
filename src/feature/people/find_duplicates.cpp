// Finding persons that may be one. Four keys name candidates along indexes, one pure function judges them; so
// a new person takes a few look-ups, and a million persons less than a minute.
#include <algorithm>
#include <map>
#include <set>

#include "engine/identity/likeness.hpp"
#include "feature/people/duplicates.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using engine::identity::Facts;
using Pair = std::pair<std::int64_t, std::int64_t>;

constexpr int score_min = 25;

// $1 the persons asked about, $2 = 1: only partners with a larger id, when everybody is asked about.
std::set<Pair> candidates(db::Connection& c, const std::string& ids, bool later) {
  const auto in = c.in_list(1);
  std::set<Pair> pairs;
  const auto take = [&](const db::Row& r) { pairs.insert(std::minmax(r.integer(0), r.integer(1))); };
  const auto ask = [&](const std::string& sql, std::string_view a, std::string_view b) {
    const auto order = std::string(b) + (later ? " > " : " <> ") + std::string(a);
    c.run(sql + " AND " + std::string(a) + " " + in + " AND " + order, {ids}, take);
  };
  ask("SELECT a.id, b.id FROM person a JOIN person b ON b.document_index = a.document_index WHERE "
      "a.document_state NOT IN ('missing', 'damaged')",
      "a.id", "b.id");
  ask("SELECT a.person_id, b.person_id FROM phone a JOIN phone b ON b.number_index = a.number_index JOIN "
      "person pa ON pa.id = a.person_id JOIN person pb ON pb.id = b.person_id WHERE pb.name = pa.name",
      "a.person_id", "b.person_id");
  ask("SELECT a.id, b.id FROM person a JOIN person b ON b.name = a.name AND b.birth_day = a.birth_day WHERE "
      "1 = 1",
      "a.id", "b.id");
  ask("SELECT a.person_id, b.person_id FROM residence a JOIN residence b ON b.dwelling_id = a.dwelling_id "
      "WHERE a.valid_until_ms IS NULL AND b.valid_until_ms IS NULL",
      "a.person_id", "b.person_id");
  return pairs;
}

// Aliases are not persons of their own.
std::map<std::int64_t, Facts> facts_of(db::Connection& c, const std::set<Pair>& pairs) {
  std::set<std::int64_t> ids;
  for (const auto& [a, b] : pairs) ids.insert({a, b});
  const auto list = db::json_array(std::vector(ids.begin(), ids.end()));
  const auto in = c.in_list(1);
  std::map<std::int64_t, Facts> facts;
  c.run(
      "SELECT pe.id, pe.name, pe.birth_day, pe.sex, pe.document_index, pe.document_state FROM person pe "
      "WHERE pe.id " +
          in + " AND NOT EXISTS (SELECT 1 FROM person_alias al WHERE al.alias_id = pe.id)",
      {list}, [&](const db::Row& r) {
        auto& f = facts[r.integer(0)];
        f.name = r.str(1);
        if (!r.is_null(2)) f.birth_day = r.day(2);
        Sex sex{};
        meta::parse_enum(r.text(3), sex);
        f.sex = static_cast<int>(sex);
        DocumentState state{};
        meta::parse_enum(r.text(5), state);
        if (!r.is_null(4) && tells_who(state)) f.document = r.blob(4);
        f.document_sound = state == DocumentState::ok;
      });
  c.run("SELECT person_id, number_index FROM phone WHERE person_id " + in, {list}, [&](const db::Row& r) {
    if (const auto at = facts.find(r.integer(0)); at != facts.end())
      at->second.phones.emplace_back(r.blob(1));
  });
  c.run("SELECT person_id, dwelling_id FROM residence WHERE valid_until_ms IS NULL AND person_id " + in,
        {list}, [&](const db::Row& r) {
          if (const auto at = facts.find(r.integer(0)); at != facts.end())
            at->second.dwellings.push_back(r.integer(1));
        });
  return facts;
}

std::string words_of(const std::vector<engine::identity::Reason>& reasons) {
  constexpr std::string_view names[] = {"same_document", "same_phone_and_name", "same_name_and_birth",
                                        "same_dwelling_like_name"};
  std::string out;
  for (const auto reason : reasons)
    out += (out.empty() ? "" : " ") + std::string(names[static_cast<std::size_t>(reason)]);
  return out;
}

}  // namespace

std::vector<FoundPair> judge(db::Connection& c, const std::vector<std::int64_t>& persons, bool later) {
  const auto pairs = candidates(c, db::json_array(persons), later);
  const auto facts = facts_of(c, pairs);
  std::vector<FoundPair> found;
  for (const auto& [a, b] : pairs) {
    const auto fa = facts.find(a), fb = facts.find(b);
    if (fa == facts.end() || fb == facts.end()) continue;
    const auto like = engine::identity::compare(fa->second, fb->second);
    if (like.score >= score_min) found.push_back({a, b, words_of(like.reasons), like.score});
  }
  return found;
}

// What was settled stays settled: "not a duplicate" is remembered.
std::int64_t keep_pairs(db::Connection& c, const std::vector<FoundPair>& found, base::Instant now) {
  std::int64_t fresh = 0;
  for (const auto& pair : found) {
    const auto known = c.run(
        "UPDATE duplicate_pair SET reasons = CASE WHEN state = 'open' THEN $3 ELSE reasons END, score = CASE "
        "WHEN state = 'open' THEN $4 ELSE score END WHERE a_id = $1 AND b_id = $2",
        {pair.a, pair.b, pair.reasons, pair.score});
    if (known > 0) continue;
    fresh += c.run(
        "INSERT INTO duplicate_pair (a_id, b_id, reasons, score, state, found_ms) VALUES ($1, $2, $3, $4, "
        "'open', $5) ON CONFLICT (a_id, b_id) DO NOTHING",
        {pair.a, pair.b, pair.reasons, pair.score, now});
  }
  return fresh;
}

void find_duplicates(db::Scoped& q, const std::vector<std::int64_t>& persons, base::Instant now) {
  if (persons.empty()) return;
  // Over all places: a match outside the scope waits for those who look after both (no oracle).
  auto& c = q.unscoped();
  const auto found = judge(c, persons, false);
  std::set<Pair> still;
  for (const auto& pair : found) still.insert({pair.a, pair.b});
  std::vector<std::int64_t> gone;
  const auto ids = db::json_array(persons);
  for (const auto* column : {"a_id", "b_id"})
    c.run("SELECT id, a_id, b_id FROM duplicate_pair WHERE state = 'open' AND " + std::string(column) + " " +
              c.in_list(1),
          {ids}, [&](const db::Row& r) {
            if (!still.contains({r.integer(1), r.integer(2)})) gone.push_back(r.integer(0));
          });
  if (!gone.empty()) c.run("DELETE FROM duplicate_pair WHERE id " + c.in_list(1), {db::json_array(gone)});
  keep_pairs(c, found, now);
}

}  // namespace feature::people
