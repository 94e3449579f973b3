// Pairs that may be one person: listed, merged, told apart, and taken back. A merge makes one of the two an
// alias of the other; ledgers keep the ids they were written with.
#include "feature/people/duplicates.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/services.hpp"
#include "feature/people/fields.hpp"
#include "feature/people/merge.hpp"
#include "feature/people/person_file.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// Both sides must be seen, or there is no pair; a merged one is seen where whom it stands for is.
constexpr auto pairs_in_scope = db::ScopedSql(
    "SELECT dp.id, dp.a_id, dp.b_id, dp.reasons, dp.score, dp.state, dp.found_ms, dp.settled_ms, "
    "dp.settled_by FROM duplicate_pair dp WHERE EXISTS (SELECT 1 FROM residence r JOIN place p ON p.id = "
    "r.dwelling_id WHERE r.person_id = COALESCE((SELECT al.person_id FROM person_alias al WHERE "
    "al.alias_id = dp.a_id), dp.a_id) AND r.visible = 1 AND {scope:p}) AND EXISTS (SELECT 1 FROM residence "
    "r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id = COALESCE((SELECT al.person_id FROM "
    "person_alias al WHERE al.alias_id = dp.b_id), dp.b_id) AND r.visible = 1 AND {scope:p})");

// Written so that no engine goes through all open pairs to find those of a few persons.
constexpr db::Fragment still_open = " AND dp.state <> 'merged' AND dp.state <> 'not_duplicate'";

PairSide side_of(const db::Row& r) {
  PairSide s;
  s.id = meta::Id<PersonRow>(r.integer(0));
  s.name = r.str(1);
  meta::parse_enum(r.text(2), s.sex);
  if (!r.is_null(3)) s.birth_day = r.day(3);
  s.document_masked = r.maybe_text(4);
  meta::parse_enum(r.text(5), s.document_state);
  s.source = r.str(6);
  meta::parse_enum(r.text(7), s.relation);
  s.household_id = r.integer(8);
  s.label = r.str(9);
  s.compound = r.str(10);
  return s;
}

void fill_sides(db::Scoped& q, std::vector<DuplicatePair>& pairs) {
  std::vector<std::int64_t> ids;
  for (const auto& pair : pairs) ids.insert(ids.end(), {pair.a.id.value, pair.b.id.value});
  const auto list = db::json_array(ids);
  std::map<std::int64_t, PairSide> sides;
  q.run(
      "SELECT pe.id, pe.name, pe.sex, pe.birth_day, pe.document_masked, pe.document_state, pe.source, "
      "r.relation, r.household_id, h.label, cp.name FROM person pe JOIN residence r ON r.person_id = pe.id "
      "JOIN household h ON h.id = r.household_id JOIN place p ON p.id = r.dwelling_id JOIN place cp ON "
      "cp.id = p.compound_id WHERE pe.id {in:1} AND {scope:p} ORDER BY r.visible DESC, r.is_primary DESC, "
      "r.id DESC",
      {list}, [&](const db::Row& r) { sides.emplace(r.integer(0), side_of(r)); });
  auto& c = q.unscoped();  // persons of pairs found in scope
  c.run(
      "SELECT person_id, number_masked FROM phone WHERE person_id " + c.in_list(1) + " ORDER BY position, id",
      {list}, [&](const db::Row& r) {
        if (const auto at = sides.find(r.integer(0)); at != sides.end())
          at->second.phones_masked.push_back(r.str(1));
      });
  for (auto& pair : pairs) {
    pair.a = sides[pair.a.id.value];
    pair.b = sides[pair.b.id.value];
  }
}

DuplicatePair shown(const db::Row& r) {
  const auto row = meta::load<DuplicatePairRow>(r);
  DuplicatePair pair;
  pair.id = row.id;
  pair.a.id = row.a_id;
  pair.b.id = row.b_id;
  pair.reasons = base::words_of(row.reasons);
  pair.score = row.score;
  pair.state = row.state;
  pair.found_ms = row.found;
  pair.settled_ms = row.settled;
  return pair;
}

Result<api::Page<DuplicatePair>> list_pairs(api::Context& c, const PairQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<DuplicatePair>> {
    auto sql = pairs_in_scope.with(" AND dp.state = {arg}");
    std::vector<db::Arg> args{meta::name_of(in.state.value_or(PairState::open))};
    if (in.compound_id) {
      sql = sql.with(
          " AND EXISTS (SELECT 1 FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id "
          "IN (dp.a_id, dp.b_id) AND p.compound_id = {arg})");
      args.push_back(*in.compound_id);
    }
    if (in.person_id) {
      sql = sql.with(" AND {arg} IN (dp.a_id, dp.b_id)");
      args.push_back(*in.person_id);
    }
    auto page = api::fetch_page<DuplicatePair>(
        q, sql, args, in.limit, in.cursor,
        {" AND (dp.score, dp.id) < ({arg}, {arg})", " ORDER BY dp.score DESC, dp.id DESC LIMIT {arg}"}, shown,
        [](const db::Row& r) {
          return api::SortKey{r.integer(4), r.integer(0)};
        });
    if (page) fill_sides(q, page->items);
    return page;
  });
}

Result<DuplicatePairRow> load_pair(db::Scoped& q, std::int64_t id) {
  DuplicatePairRow row;
  const bool found = q.one(pairs_in_scope.with(" AND dp.id = {arg}"), {id},
                           [&](const db::Row& r) { row = meta::load<DuplicatePairRow>(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return row;
}

Result<DuplicatePair> pair_shown(db::Scoped& q, std::int64_t id) {
  std::vector<DuplicatePair> pairs;
  q.one(pairs_in_scope.with(" AND dp.id = {arg}"), {id},
        [&](const db::Row& r) { pairs.push_back(shown(r)); });
  if (pairs.empty()) return base::fail(ErrorKind::not_found, "not_found");
  fill_sides(q, pairs);
  return std::move(pairs[0]);
}

// Of two who settle one pair, one is told.
bool change_state(db::Scoped& q, const DuplicatePairRow& row, PairState state, const core::Source& source,
                  std::int64_t account) {
  if (q.unscoped().run("UPDATE duplicate_pair SET state = state WHERE id = $1 AND state = $2",
                       {row.id, meta::name_of(row.state)}) == 0)
    return false;
  auto after = row;
  after.state = state;
  after.settled.reset();
  after.settled_by.reset();
  if (state != PairState::open) {
    after.settled = source.now;
    after.settled_by = account;
  }
  core::update(q, row, after, source);
  return true;
}

void tell(db::Scoped& q, std::int64_t person, base::Instant now) {
  std::vector<std::int64_t> compounds;
  q.unscoped().run(
      "SELECT DISTINCT p.compound_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id "
      "= $1",
      {person}, [&](const db::Row& r) { compounds.push_back(r.integer(0)); });
  for (const auto compound : compounds) core::note_change(q, "household", compound, person, now);
}

Result<DuplicatePair> settle_pair(api::Context& c, const SettlePair& in) {
  return c.write([&](db::Scoped& q) -> Result<DuplicatePair> {
    const auto row = load_pair(q, c.id());
    if (!row) return tl::unexpected(row.error());
    if (row->state != PairState::open) return base::fail(ErrorKind::conflict, "already_settled");
    const auto a = row->a_id.value, b = row->b_id.value;
    if (in.keep && *in.keep != a && *in.keep != b) return base::fail_field("/keep", "not_allowed");
    const auto source = core::source_of(c);
    if (!change_state(q, *row, in.keep ? PairState::merged : PairState::not_duplicate, source, c.who.account))
      return base::fail(ErrorKind::conflict, "already_settled");
    if (in.keep) {
      const auto other = *in.keep == a ? b : a;
      if (auto merged = merge_persons(q, *in.keep, other, c.services.keys, source, c.who.account); !merged)
        return tl::unexpected(std::move(merged).error());
      tell(q, *in.keep, c.now);
      tell(q, other, c.now);
    }
    core::audit(
        q, c,
        {in.keep ? "person.merge" : "person.not_duplicate", "duplicate_pair", row->id, std::nullopt, ""});
    return pair_shown(q, row->id);
  });
}

Result<DuplicatePair> reopen_pair(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<DuplicatePair> {
    const auto row = load_pair(q, c.id());
    if (!row) return tl::unexpected(row.error());
    if (row->state == PairState::open) return base::fail(ErrorKind::conflict, "not_settled");
    const auto source = core::source_of(c);
    if (!change_state(q, *row, PairState::open, source, c.who.account))
      return base::fail(ErrorKind::conflict, "already_settled");
    if (row->state == PairState::merged) {
      if (auto undone = undo_merge(q, row->a_id.value, row->b_id.value, c.services.keys, source); !undone)
        return tl::unexpected(std::move(undone).error());
      tell(q, row->a_id.value, c.now);
      tell(q, row->b_id.value, c.now);
    }
    core::audit(q, c, {"person.unmerge", "duplicate_pair", row->id, std::nullopt, ""});
    return pair_shown(q, row->id);
  });
}

// Everybody in scope, a part at a time: no read and no write lasts long.
Result<DuplicatesChecked> check(api::Context& c, const CheckDuplicates& in) {
  constexpr std::int64_t part = 2000;
  const auto started = std::chrono::steady_clock::now();
  DuplicatesChecked done;
  for (std::int64_t after = 0;;) {
    std::vector<std::int64_t> persons;
    auto found = c.read([&](db::Scoped& q) -> Result<std::vector<FoundPair>> {
      persons.clear();
      auto sql = db::ScopedSql(
          "SELECT DISTINCT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE "
          "r.person_id > $1 AND r.visible = 1 AND {scope:p}");
      std::vector<db::Arg> args{after};
      if (in.compound_id) {
        sql = sql.with(" AND p.compound_id = {arg}");
        args.push_back(*in.compound_id);
      }
      args.push_back(part);
      q.run(sql.with(" ORDER BY r.person_id LIMIT {arg}"), args,
            [&](const db::Row& r) { persons.push_back(r.integer(0)); });
      // Within a part of the whole a partner with a smaller id may lie outside it, and would be missed.
      return judge(q.unscoped(), persons, c.who.scope.is_all() && !in.compound_id);
    });
    if (!found) return tl::unexpected(std::move(found).error());
    if (persons.empty()) break;
    after = persons.back();
    done.persons += static_cast<std::int64_t>(persons.size());
    if (found->empty()) continue;
    auto kept = c.write(
        [&](db::Scoped& q) -> Result<std::int64_t> { return keep_pairs(q.unscoped(), *found, c.now); },
        db::Priority::low);
    if (!kept) return tl::unexpected(std::move(kept).error());
    done.found += *kept;
  }
  auto open = c.read([&](db::Scoped& q) -> Result<std::int64_t> { return count_open_pairs(q); });
  if (!open) return tl::unexpected(std::move(open).error());
  done.open = *open;
  const auto took = std::chrono::steady_clock::now() - started;
  done.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  return done;
}

}  // namespace

std::int64_t count_open_pairs(db::Scoped& q) {
  std::int64_t open = 0;
  q.run(pairs_in_scope.with(" AND dp.state = 'open'"), {}, [&](const db::Row&) { ++open; });
  return open;
}

int count_pairs_of(db::Scoped& q, std::int64_t person) {
  int open = 0;
  q.run(pairs_in_scope.with(" AND (dp.a_id = {arg} OR dp.b_id = {arg})").with(still_open), {person, person},
        [&](const db::Row&) { ++open; });
  return open;
}

std::vector<Match> matches_of(db::Scoped& q, const std::vector<std::int64_t>& persons) {
  std::vector<DuplicatePair> pairs;
  const auto ids = db::json_array(persons);
  q.run(pairs_in_scope.with(" AND (dp.a_id {in} OR dp.b_id {in})")
            .with(still_open)
            .with(" ORDER BY dp.score DESC, dp.id"),
        {ids, ids}, [&](const db::Row& r) { pairs.push_back(shown(r)); });
  fill_sides(q, pairs);
  std::vector<Match> out;
  for (const auto& pair : pairs) {
    const bool a_is_ours = std::ranges::find(persons, pair.a.id.value) != persons.end();
    const auto& own = a_is_ours ? pair.a : pair.b;
    const auto& other = a_is_ours ? pair.b : pair.a;
    out.push_back({pair.id, own.id.value, other.id.value, other.name, other.label, other.compound,
                   pair.reasons, pair.score});
  }
  return out;
}

void duplicate_routes(api::Router& r) {
  r.get<PairQuery, api::Page<DuplicatePair>>("/api/duplicates", Permission::household_read,
                                             "Persons that may be one", list_pairs);
  r.post<CheckDuplicates, DuplicatesChecked>("/api/duplicates/check", Permission::household_write,
                                             "Look through everybody for duplicates", check);
  r.post<SettlePair, DuplicatePair>("/api/duplicates/{id}/settle", Permission::household_write,
                                    "Merge two persons, or say that they are two", settle_pair);
  r.post<DuplicatePair>("/api/duplicates/{id}/reopen", Permission::household_write,
                        "Take back a merge or a refusal", reopen_pair);
}

}  // namespace feature::people
