#include "feature/erasure/erase.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "core/erasure_journal.hpp"
#include "core/trail.hpp"
#include "db/traces.hpp"
#include "feature/erasure/inventory.hpp"
#include "feature/exchange/service.hpp"
#include "feature/people/record.hpp"

namespace feature::erasure {
namespace {

using base::Result;

constexpr auto open_households =
    "SELECT DISTINCT r.household_id FROM residence r JOIN household h ON h.id = r.household_id WHERE "
    "h.valid_until_ms IS NULL AND r.person_id {} ORDER BY r.household_id";

std::vector<std::int64_t> ids_from(db::Connection& c, const std::string& sql, const std::string& persons) {
  std::vector<std::int64_t> out;
  c.run(sql, {persons}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> households_of(db::Connection& c, const std::string& persons) {
  return ids_from(c, fmt::format(open_households, c.in_list(1)), persons);
}

bool lived_in_by_others(db::Connection& c, std::int64_t household, const std::string& persons) {
  return c.count(
             "SELECT COUNT(*) FROM residence WHERE household_id = $2 AND valid_until_ms IS NULL AND NOT "
             "(person_id " +
                 c.in_list(1) + ")",
             {persons, household}) > 0;
}

// Keyed digests stand in indexes too; they tell when nobody else has the same number.
void add_digests(db::Connection& c, const std::string& persons, std::vector<std::string>& needles) {
  if (c.dialect() != db::Dialect::sqlite) return;
  const auto in = c.in_list(1);
  const auto add = [&](const db::Row& r) { needles.emplace_back(r.blob(0)); };
  c.run("SELECT document_index FROM person WHERE document_index IS NOT NULL AND id " + in +
            " AND NOT EXISTS (SELECT 1 FROM person o WHERE o.document_index = person.document_index AND NOT "
            "(o.id " +
            in + "))",
        {persons}, add);
  c.run("SELECT number_index FROM phone WHERE person_id " + in +
            " AND NOT EXISTS (SELECT 1 FROM phone o WHERE o.number_index = phone.number_index AND NOT "
            "(o.person_id " +
            in + "))",
        {persons}, add);
}

std::vector<std::string> needles_of(db::Connection& c, const std::string& persons) {
  std::vector<std::string> needles;
  for (const auto& e : inventory()) {
    if (e.whose != Whose::person || e.fate == Fate::kept || e.image_bytes == 0) continue;
    auto images = db::row_images(c, e.table, where_of(e, c), {persons}, e.image_bytes);
    std::ranges::move(images, std::back_inserter(needles));
  }
  add_digests(c, persons, needles);
  return needles;
}

std::vector<TableCount> remove_rows(db::Connection& c, const std::string& persons) {
  std::map<std::string, std::int64_t> rows;
  for (const auto& e : inventory()) {
    if (e.whose != Whose::person || e.fate == Fate::kept) continue;
    const auto where = where_of(e, c);
    const auto sql = e.fate == Fate::removed
                         ? fmt::format("DELETE FROM {} WHERE {}", e.table, where)
                         : fmt::format("UPDATE {} SET {} WHERE {}", e.table, e.set, where);
    if (const auto changed = c.run(sql, {persons}); changed > 0) rows[std::string(e.table)] += changed;
  }
  std::vector<TableCount> out;
  for (const auto& [table, count] : rows) out.push_back({table, count});
  return out;
}

void end_household(db::Scoped& q, std::int64_t id, const core::Source& source) {
  people::HouseholdRow row;
  q.unscoped().one("SELECT " + meta::column_list(meta::record_of<people::HouseholdRow>(), "h") +
                       " FROM household h WHERE h.id = $1",
                   {id}, [&](const db::Row& r) { row = meta::load<people::HouseholdRow>(r); });
  auto after = row;
  after.valid_until = source.now;
  ++after.version;
  core::update(q, row, after, source);
}

// The compound of the residences that say who looks after the person, today's primary one first.
std::optional<std::int64_t> compound_of(db::Connection& c, const std::string& persons) {
  std::optional<std::int64_t> found;
  c.one("SELECT p.compound_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id " +
            c.in_list(1) +
            " ORDER BY r.visible DESC, CASE WHEN r.valid_until_ms IS NULL THEN 0 ELSE 1 END, r.is_primary "
            "DESC, r.valid_from_ms DESC LIMIT 1",
        {persons}, [&](const db::Row& r) { found = r.maybe_integer(0); });
  return found;
}

void write_receipt(db::Scoped& q, const core::Services& services, const ErasureRow& row,
                   const std::vector<std::int64_t>& ids, const Order& order) {
  core::append(q, row);
  for (const auto id : ids) core::append(q, ErasedPersonRow{base::Id<ErasedPersonRow>(id), row.id.value});
  core::AuditEntry entry{
      "person.erase", "erasure", row.id.value, row.compound_id,
      std::string(meta::name_of(order.cause)) + " " + std::string(meta::name_of(order.reason))};
  core::audit_as(q, services.keys, order.actor, order.now, order.request_id, entry);
}

std::vector<std::string> tables() {
  std::set<std::string> names;
  for (const auto& e : inventory())
    if (e.whose == Whose::guest || (e.whose == Whose::person && e.fate != Fate::kept)) names.emplace(e.table);
  return {names.begin(), names.end()};
}

}  // namespace

std::vector<std::int64_t> ids_of(db::Connection& c, std::int64_t person) {
  std::vector<std::int64_t> ids;
  c.run(
      "SELECT id FROM person WHERE id = $1 UNION SELECT alias_id FROM person_alias WHERE person_id = $1 "
      "ORDER BY 1",
      {person}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

Preview preview_of(db::Connection& c, std::int64_t person) {
  const auto ids = ids_of(c, person);
  const auto persons = db::json_array(ids);
  Preview out;
  out.person_id = person;
  out.merged = static_cast<int>(ids.size()) - 1;
  std::map<std::string, std::int64_t> removed, kept;
  for (const auto& e : inventory())
    if (e.whose == Whose::person && !e.where.empty())
      if (const auto rows =
              c.count(fmt::format("SELECT COUNT(*) FROM {} WHERE {}", e.table, where_of(e, c)), {persons});
          rows > 0)
        (e.fate == Fate::kept ? kept : removed)[std::string(e.table)] += rows;
  for (const auto& [table, rows] : removed) out.removed.push_back({table, rows});
  for (const auto& [table, rows] : kept) out.kept.push_back({table, rows});
  out.import_files = static_cast<std::int64_t>(exchange::files_of(c, persons).size());
  for (const auto household : households_of(c, persons))
    out.households_ended += !lived_in_by_others(c, household, persons);
  return out;
}

Result<void> erase_person(db::Store& store, core::Services& services, std::int64_t person, const Order& order,
                          db::Priority priority, Unproven& unproven) {
  auto ids =
      store.read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> { return ids_of(c, person); });
  if (!ids) return tl::unexpected(std::move(ids).error());
  // A copy of the store may be older than the person; the number stays nobody's all the same.
  if (ids->empty()) ids->push_back(person);
  if (order.cause != Cause::replay)
    if (auto noted = core::journal_erasure(services.keys.directory(), *ids, order.now); !noted) return noted;
  const auto persons = db::json_array(*ids);
  const auto receipt = store.next_id();
  Unproven mine;
  auto done = store.write(
      [&](db::Connection& c) -> Result<void> {
        mine = {};
        db::Scoped q(c, db::Scope::all());
        // The guards: the person, so that two erasures are serial, and the households they live in.
        c.run("UPDATE person SET updated_ms = updated_ms WHERE id = $1", {person});
        if (c.count("SELECT COUNT(*) FROM erased_person WHERE person_id = $1", {person}) > 0) return {};
        const auto households = households_of(c, persons);
        for (const auto id : households)
          c.run("UPDATE household SET version = version + 1 WHERE id = $1", {id});
        ErasureRow row;
        row.id = base::Id<ErasureRow>(receipt);
        row.person_id = person;
        row.compound_id = compound_of(c, persons);
        row.erased = order.now;
        row.cause = order.cause;
        row.actor = order.actor;
        row.reason = order.reason;
        row.reference = order.reference;
        mine.needles = needles_of(c, persons);
        mine.files = exchange::close_files_of(c, persons);
        row.traces = static_cast<std::int64_t>(mine.needles.size());
        row.removed.text = meta::to_json(remove_rows(c, persons));
        const core::Source source{"erasure", order.actor, order.now, std::nullopt};
        for (const auto id : households)
          if (!lived_in_by_others(c, id, persons)) end_household(q, id, source);
        write_receipt(q, services, row, *ids, order);
        if (row.compound_id)
          core::note_change(q, "household", *row.compound_id, households.empty() ? 0 : households[0],
                            order.now);
        mine.erasures.push_back(receipt);
        return {};
      },
      priority);
  if (!done) return done;
  std::ranges::move(mine.erasures, std::back_inserter(unproven.erasures));
  std::ranges::move(mine.needles, std::back_inserter(unproven.needles));
  std::ranges::move(mine.files, std::back_inserter(unproven.files));
  return {};
}

Result<void> prove(db::Store& store, core::Services& services, const Unproven& unproven, base::Instant now) {
  exchange::drop_files(services, unproven.files);
  if (auto done = store.scrub(tables()); !done) return done;
  auto left = store.traces(unproven.needles);
  if (left && left->value_or(0) > 0) {
    if (auto done = store.rewrite(); !done) return done;
    left = store.traces(unproven.needles);
  }
  if (!left) return tl::unexpected(std::move(left).error());
  const auto proof = !*left ? Proof::server : **left == 0 ? Proof::absent : Proof::found;
  return store.write([&](db::Connection& c) -> Result<void> {
    c.run("UPDATE erasure SET proof = $2, proven_ms = $3 WHERE id " + c.in_list(1),
          {db::json_array(unproven.erasures), meta::name_of(proof), now});
    return {};
  });
}

}  // namespace feature::erasure
