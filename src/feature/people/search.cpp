// The search box. Every statement runs along one ordered range of an index and joins the scope, so that it
// takes the same short time among a thousand persons and among a million.
#include <algorithm>
#include <map>
#include <set>

#include "core/services.hpp"
#include "engine/identity/search_text.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/search_record.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;
using engine::identity::Sought;

constexpr std::int64_t compounds_few = 64;                       // up to so many are searched one by one
constexpr std::string_view last_character = "\xF4\x8F\xBF\xBF";  // above every word that begins alike

struct Found {
  std::int64_t person = 0, dwelling = 0;
  FoundBy by = FoundBy::name;
};

class Searcher {
 public:
  Searcher(db::Scoped& q, const core::Keyring& keys, std::optional<std::int64_t> compound, std::int64_t limit)
      : q_(q), keys_(keys), compound_(compound), limit_(limit) {
    if (compound)
      compounds_ = db::json_array(std::vector{*compound});
    else
      few_compounds();
  }

  void by_words(const Sought& sought) {
    for (const auto& number : sought.documents) by_document(number);
    if (!sought.phone.empty()) by_phone(sought.phone);
    if (!sought.name.empty()) by_beginning(FoundBy::name, sought.name);
    if (!sought.latin.empty()) by_beginning(FoundBy::initials, sought.latin);
    if (!sought.latin.empty()) by_beginning(FoundBy::pinyin, sought.latin);
    if (!sought.name.empty()) by_beginning(FoundBy::part, sought.name);
    if (!sought.tail.empty()) {
      by_tail(FoundBy::phone_end, "phone", sought.tail);
      by_tail(FoundBy::document_end, "document", sought.tail);
    }
  }
  // In the order they were found.
  std::vector<PersonHit> hits();
  std::vector<DwellingHit> dwellings(const Sought& sought);
  bool more() const { return more_; }

 private:
  // The compounds of a narrow scope, so that the search can go through each of them by itself.
  void few_compounds() {
    if (q_.scope().is_all() || !q_.scope().ids_of(db::Level::dwelling).empty()) return;
    std::set<std::int64_t> ids;
    q_.run(
        "SELECT DISTINCT p.compound_id FROM place p WHERE p.kind IN ('compound', 'building', 'stair') AND "
        "{scope:p} LIMIT $1",
        {compounds_few + 1}, [&](const db::Row& r) { ids.insert(r.integer(0)); });
    if (static_cast<std::int64_t>(ids.size()) <= compounds_few)
      compounds_ = db::json_array(std::vector(ids.begin(), ids.end()));
  }

  void add(const db::Row& r, FoundBy by) {
    if (!seen_.insert(r.integer(0)).second) return;
    if (static_cast<std::int64_t>(found_.size()) < limit_)
      found_.push_back({r.integer(0), r.integer(1), by});
    else
      more_ = true;
  }

  void by_range(FoundBy by, std::string_view kind, const std::string& from, const std::string& to) {
    if (more_) return;
    // One more than fits, behind those seen already, to know whether there are others.
    const auto rows = limit_ + 1 + static_cast<std::int64_t>(seen_.size());
    const auto take = [&](const db::Row& r) { add(r, by); };
    if (compounds_)
      q_.run(
          "SELECT st.person_id, st.dwelling_id FROM place cp CROSS JOIN search_term st CROSS JOIN place p "
          "WHERE cp.id {in:5} AND st.compound_id = cp.id AND st.kind = $1 AND st.term >= $2 AND st.term <= "
          "$3 AND p.id = st.dwelling_id AND {scope:p} ORDER BY st.term, st.person_id LIMIT $4",
          {kind, from, to, rows, *compounds_}, take);
    else
      q_.run(
          "SELECT st.person_id, st.dwelling_id FROM search_term st CROSS JOIN place p WHERE st.kind = $1 AND "
          "st.term >= $2 AND st.term <= $3 AND p.id = st.dwelling_id AND {scope:p} ORDER BY st.term, "
          "st.person_id LIMIT $4",
          {kind, from, to, rows}, take);
  }
  void by_beginning(FoundBy by, const std::string& text) {
    by_range(by, meta::name_of(by), text, text + std::string(last_character));
  }
  void by_tail(FoundBy by, std::string_view of, const std::string& tail) {
    const auto term = tail_term(keys_, of, tail);
    by_range(by, meta::name_of(by), term, term);
  }

  // A number names few: its blind index, then the homes of those who have it. A merged person's number finds
  // whom it stands for.
  void by_document(const std::string& number) {
    const auto index = keys_.blind("document", number);
    q_.run(
        "SELECT r.person_id, r.dwelling_id FROM person pe CROSS JOIN residence r CROSS JOIN place p WHERE "
        "pe.document_index = $1 AND r.person_id = COALESCE((SELECT al.person_id FROM person_alias al WHERE "
        "al.alias_id = pe.id), pe.id) AND r.visible = 1 AND p.id = r.dwelling_id AND {scope:p} ORDER BY "
        "r.person_id, r.id LIMIT $2",
        {db::Blob{index}, limit_ + 1}, [&](const db::Row& r) { add(r, FoundBy::document); });
  }
  void by_phone(const std::string& number) {
    const auto index = keys_.blind("phone", number);
    q_.run(
        "SELECT r.person_id, r.dwelling_id FROM phone ph CROSS JOIN residence r CROSS JOIN place p WHERE "
        "ph.number_index = $1 AND r.person_id = COALESCE((SELECT al.person_id FROM person_alias al WHERE "
        "al.alias_id = ph.person_id), ph.person_id) AND r.visible = 1 AND p.id = r.dwelling_id AND {scope:p} "
        "ORDER BY r.person_id, r.id LIMIT $2",
        {db::Blob{index}, limit_ + 1}, [&](const db::Row& r) { add(r, FoundBy::phone); });
  }

  db::Scoped& q_;
  const core::Keyring& keys_;
  std::optional<std::int64_t> compound_;
  std::int64_t limit_;
  std::optional<std::string> compounds_{};  // searched one by one
  std::set<std::int64_t> seen_{};
  std::vector<Found> found_{};
  bool more_ = false;
};

std::vector<PersonHit> Searcher::hits() {
  std::vector<std::int64_t> ids;
  for (const auto& f : found_) ids.push_back(f.person);
  std::map<std::pair<std::int64_t, std::int64_t>, PersonHit> homes;  // person, dwelling
  q_.run(
      "SELECT pe.id, pe.name, r.relation, pe.sex, pe.birth_day, pe.document_masked, r.household_id, "
      "h.label, p.compound_id, cp.name, r.valid_until_ms, r.dwelling_id FROM residence r JOIN person pe ON "
      "pe.id = r.person_id JOIN household h ON h.id = r.household_id JOIN place p ON p.id = r.dwelling_id "
      "JOIN place cp ON cp.id = p.compound_id WHERE r.person_id {in:1} AND r.visible = 1 AND {scope:p}",
      {db::json_array(ids)}, [&](const db::Row& r) {
        PersonHit hit;
        hit.id = meta::Id<PersonRow>(r.integer(0));
        hit.name = r.str(1);
        meta::parse_enum(r.text(2), hit.relation);
        meta::parse_enum(r.text(3), hit.sex);
        if (!r.is_null(4)) hit.birth_day = r.day(4);
        hit.document_masked = r.maybe_text(5);
        hit.household_id = r.integer(6);
        hit.label = r.str(7);
        hit.compound_id = r.integer(8);
        hit.compound = r.str(9);
        hit.former = !r.is_null(10);
        homes[{r.integer(0), r.integer(11)}] = std::move(hit);
      });
  std::vector<PersonHit> out;
  for (const auto& f : found_) {
    const auto at = homes.find({f.person, f.dwelling});
    if (at == homes.end() || (compound_ && at->second.compound_id != *compound_)) continue;
    out.push_back(at->second);
    out.back().found_by = f.by;
  }
  return out;
}

// The rooms first; then the households in them, in the same order.
std::vector<DwellingHit> Searcher::dwellings(const Sought& sought) {
  std::vector<std::int64_t> ids;
  const auto take = [&](const db::Row& r) {
    if (std::ranges::find(ids, r.integer(0)) == ids.end()) ids.push_back(r.integer(0));
  };
  const auto compound = compound_.value_or(0);
  if (sought.room && !sought.room->room.empty())
    q_.run(
        "SELECT d.id FROM dwelling d CROSS JOIN place p WHERE d.room = $1 AND (CAST($2 AS text) = '' OR "
        "d.building = $2) AND (CAST($3 AS text) = '' OR d.stair = $3) AND (CAST($4 AS text) = '' OR "
        "d.phase = $4) AND p.id = d.id AND p.valid_until_ms IS NULL AND (CAST($5 AS bigint) = 0 OR "
        "p.compound_id = $5) AND {scope:p} ORDER BY p.sort, d.id LIMIT $6",
        {sought.room->room, sought.room->building, sought.room->stair, sought.room->phase, compound,
         limit_ + 1},
        take);
  if (!sought.label.empty())
    q_.run(
        "SELECT d.id FROM dwelling d CROSS JOIN place p WHERE d.label >= $1 AND d.label <= $2 AND p.id = "
        "d.id AND p.valid_until_ms IS NULL AND (CAST($3 AS bigint) = 0 OR p.compound_id = $3) AND "
        "{scope:p} ORDER BY d.label, d.id LIMIT $4",
        {sought.label, sought.label + std::string(last_character), compound, limit_ + 1}, take);
  if (static_cast<std::int64_t>(ids.size()) > limit_) {
    more_ = true;
    ids.resize(static_cast<std::size_t>(limit_));
  }
  std::multimap<std::int64_t, DwellingHit> by_dwelling;
  q_.run(
      "SELECT d.id, d.label, p.compound_id, cp.name, h.id, (SELECT pe.name FROM residence r JOIN person pe "
      "ON pe.id = r.person_id WHERE r.household_id = h.id AND r.valid_until_ms IS NULL AND r.relation = "
      "'head' ORDER BY r.position LIMIT 1), (SELECT COUNT(*) FROM residence r WHERE r.household_id = h.id "
      "AND r.valid_until_ms IS NULL) FROM dwelling d JOIN place p ON p.id = d.id JOIN place cp ON cp.id = "
      "p.compound_id LEFT JOIN household h ON h.dwelling_id = d.id AND h.valid_until_ms IS NULL WHERE d.id "
      "{in:1} AND {scope:p} ORDER BY h.id",
      {db::json_array(ids)}, [&](const db::Row& r) {
        by_dwelling.emplace(r.integer(0),
                            DwellingHit{r.integer(0), r.str(1), r.integer(2), r.str(3), r.maybe_integer(4),
                                        r.maybe_text(5), static_cast<int>(r.integer(6))});
      });
  std::vector<DwellingHit> out;
  for (const auto id : ids)
    for (auto [at, end] = by_dwelling.equal_range(id); at != end; ++at) out.push_back(at->second);
  return out;
}

SearchAnswer answer_to(db::Scoped& q, const api::Context& c, const Search& in,
                       const engine::identity::Sought& sought) {
  Searcher searcher(q, c.services.keys, in.compound_id, in.limit ? in.limit->value : 20);
  SearchAnswer found;
  searcher.by_words(sought);
  found.persons = searcher.hits();
  found.dwellings = searcher.dwellings(sought);
  found.more = searcher.more();
  return found;
}

// So many a minute and no more: whoever has a number can ask whether it is on record, and nobody shall try
// numbers out.
Result<void> may_look_up(db::Connection& raw, const api::Context& c) {
  // The guard: two requests of one account at once count each other.
  raw.run("UPDATE account SET last_login_ms = last_login_ms WHERE id = $1", {c.who.account});
  const auto recent = raw.count(
      "SELECT COUNT(*) FROM (SELECT action, at_ms FROM audit WHERE actor = $1 ORDER BY id DESC LIMIT 500) t "
      "WHERE t.action = 'person.look_up' AND t.at_ms > $2",
      {core::source_of(c).actor, c.now + -base::minute_ms});
  if (recent < look_ups_a_minute) return {};
  return base::fail(ErrorKind::rate_limited, "too_many_look_ups",
                    {{"count", std::to_string(look_ups_a_minute)}, {"seconds", "60"}});
}

// Looking somebody up by a number is counted and written down before the answer leaves: how it was asked and
// how many were found, never the number.
Result<SearchAnswer> search(api::Context& c, const Search& in) {
  const auto sought = engine::identity::understand(in.q, base::civil_day(c.now));
  if (!sought.by_number())
    return c.read([&](db::Scoped& q) -> Result<SearchAnswer> { return answer_to(q, c, in, sought); });
  const auto* how = !sought.documents.empty() ? "document"
                    : !sought.phone.empty()   ? "phone"
                                              : "end_of_number";
  return c.write([&](db::Scoped& q) -> Result<SearchAnswer> {
    if (auto may = may_look_up(q.unscoped(), c); !may) return tl::unexpected(std::move(may).error());
    auto found = answer_to(q, c, in, sought);
    core::audit(q, c,
                {"person.look_up", "person", 0, in.compound_id,
                 std::string(how) + " found=" + std::to_string(found.persons.size())});
    return found;
  });
}

}  // namespace

void search_routes(api::Router& r) {
  r.post<Search, SearchAnswer>("/api/search", Permission::household_read,
                               "Persons and dwellings by name, pinyin, number or room", search);
}

}  // namespace feature::people
