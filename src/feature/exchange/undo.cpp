#include "feature/exchange/undo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/services.hpp"
#include "feature/meter/service.hpp"
#include "feature/people/service.hpp"
#include "feature/place/record.hpp"
#include "feature/stewardship/record.hpp"

namespace feature::exchange {
namespace {

using base::ErrorKind;
using base::Result;
using Ids = std::vector<std::int64_t>;

constexpr std::size_t part_records = 200;
constexpr std::size_t rooms_named = 50;

// What an import may write, in the order in which it can be taken out again. A record belongs to the group of
// its dwelling, or of its staff member, named by `group`; without one it is a group of its own.
struct Kind {
  const meta::Record& record;
  std::string_view group;
};
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {meta::record_of<meter::ReadingRow>(), "SELECT id, dwelling_id FROM meter_reading WHERE id "},
      {meta::record_of<people::PhoneRow>(),
       "SELECT ph.id, r.dwelling_id FROM phone ph JOIN residence r ON r.person_id = ph.person_id WHERE "
       "ph.id "},
      {meta::record_of<people::ResidenceRow>(), "SELECT id, dwelling_id FROM residence WHERE id "},
      {meta::record_of<people::VehicleRow>(), "SELECT id, dwelling_id FROM vehicle WHERE id "},
      {meta::record_of<people::PersonRow>(), "SELECT person_id, dwelling_id FROM residence WHERE person_id "},
      {meta::record_of<people::HouseholdRow>(), "SELECT id, dwelling_id FROM household WHERE id "},
      {meta::record_of<stewardship::StewardshipRow>(), "SELECT id, staff_id FROM stewardship WHERE id "},
      {meta::record_of<stewardship::StaffRow>(), ""},
      {meta::record_of<place::DwellingRow>(), ""},
      {meta::record_of<place::PlaceRow>(), ""}};
  return all;
}

// Derived from persons, and gone or made anew with them.
bool is_derived(std::string_view table) {
  return table == "duplicate_pair" || table == "conflict" || table == "meter_estimate";
}

struct Written {
  std::size_t kind = 0;
  std::int64_t id = 0, first = 0, last = 0;  // history rows of the import
  bool added = false;
};
using Group = std::vector<Written>;

std::vector<Written> written_by(db::Connection& c, std::int64_t import) {
  std::vector<Written> out;
  for (std::size_t k = 0; k < kinds().size(); ++k)
    c.run(
        "SELECT record_id, MIN(id), MAX(id), MAX(CASE WHEN before IS NULL THEN 1 ELSE 0 END) FROM history "
        "WHERE import_id = $1 AND entity = $2 GROUP BY record_id ORDER BY record_id",
        {import, kinds()[k].record.table}, [&](const db::Row& r) {
          out.push_back({k, r.integer(0), r.integer(1), r.integer(2), r.integer(3) != 0});
        });
  return out;
}

// Buildings and stairs go when nothing stands in them any more: after all dwellings, the lowest first.
std::map<std::int64_t, int> levels_of(db::Connection& c, const Ids& places) {
  std::map<std::int64_t, int> out;
  c.run("SELECT id, kind FROM place WHERE id " + c.in_list(1), {db::json_array(places)},
        [&](const db::Row& r) {
          place::Kind kind{};
          if (meta::parse_enum(r.text(1), kind)) out[r.integer(0)] = static_cast<int>(kind);
        });
  return out;
}

// All that must go or stay together, in stages: what a later stage holds may be named by an earlier one.
std::vector<std::vector<Group>> stages_of(db::Connection& c, const std::vector<Written>& written) {
  std::map<std::pair<bool, std::int64_t>, Group> together;  // staff, then dwellings
  std::map<int, std::vector<Group>, std::greater<>> above;
  std::vector<Group> alone;
  Ids places;
  for (const auto& w : written)
    if (kinds()[w.kind].record.table == "place") places.push_back(w.id);
  const auto levels = levels_of(c, places);
  for (std::size_t k = 0; k < kinds().size(); ++k) {
    const auto& [record, group_sql] = kinds()[k];
    Ids ids;
    for (const auto& w : written)
      if (w.kind == k && w.added) ids.push_back(w.id);
    std::map<std::int64_t, std::int64_t> group;
    if (!group_sql.empty())
      c.run(std::string(group_sql) + c.in_list(1), {db::json_array(ids)},
            [&](const db::Row& r) { group.emplace(r.integer(0), r.integer(1)); });
    const bool of_dwelling = record.table != "staff" && record.table != "stewardship";
    for (const auto& w : written) {
      if (w.kind != k) continue;
      const auto level = levels.find(w.id);
      const bool is_place = record.table == "place" && level != levels.end();
      const auto at = group.find(w.id);
      if (!w.added)
        alone.push_back({w});
      else if (is_place && level->second < static_cast<int>(place::Kind::dwelling))
        above[level->second].push_back({w});
      else
        together[{of_dwelling, at == group.end() ? w.id : at->second}].push_back(w);
    }
  }
  std::vector<std::vector<Group>> stages{{}, std::move(alone)};
  for (auto& [key, group] : together) stages[0].push_back(std::move(group));
  for (auto& [level, groups] : above) stages.push_back(std::move(groups));
  return stages;
}

// Where the schema lets one record name another: a table made later is found too.
struct Reference {
  std::string table{}, column{}, target{};
};
std::vector<Reference> references(db::Connection& c) {
  std::vector<Reference> out;
  c.run(c.dialect() == db::Dialect::postgres
            ? "SELECT k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text FROM "
              "pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
              "WHERE k.contype = 'f' ORDER BY 1, 2"
            : "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m JOIN "
              "pragma_foreign_key_list(m.name) "
              "f WHERE m.type = 'table' ORDER BY 1, 2",
        {}, [&](const db::Row& r) {
          out.push_back({r.str(0), r.str(1), r.str(2)});
        });
  return out;
}

class Part {
 public:
  Part(db::Scoped& q, const std::vector<Reference>& references, std::int64_t import, std::int64_t compound,
       const core::Keyring& keys, base::Instant now)
      : c_(q.unscoped()),
        q_(q),
        references_(references),
        import_(import),
        compound_(compound),
        keys_(keys),
        now_(now) {}

  Undone take_back(std::span<const Group> groups) {
    for (const auto& group : groups)
      for (const auto& w : group) all_.insert({kinds()[w.kind].record.table, w.id});
    find_touched(groups);
    find_used(groups);
    for (const auto& group : groups) {
      const bool held = std::ranges::any_of(group, [&](const auto& w) { return held_.contains(key(w)); });
      if (held) {
        keep(group);
        continue;
      }
      for (const auto& w : group) {
        if (w.added)
          gone_[w.kind].push_back(w.id);
        else
          restore(w);
      }
    }
    remove();
    if (!restored_persons_.empty()) {
      people::index_persons(q_, restored_persons_, keys_);
      people::find_duplicates(q_, restored_persons_, now_);
    }
    return std::move(done_);
  }

 private:
  using Key = std::pair<std::string_view, std::int64_t>;
  static Key key(const Written& w) { return {kinds()[w.kind].record.table, w.id}; }

  void keep(const Group& group) {
    done_.kept += static_cast<std::int64_t>(group.size());
    for (const auto& w : group)
      if (done_.kept_rooms.size() < rooms_named)
        if (auto label = label_of(w); !label.empty()) {
          done_.kept_rooms.push_back(std::move(label));
          return;
        }
  }

  std::string label_of(const Written& w) {
    const auto& table = kinds()[w.kind].record.table;
    std::string label;
    if (table == "household" || table == "vehicle" || table == "dwelling")
      c_.one(fmt::format("SELECT label FROM {} WHERE id = $1", table), {w.id},
             [&](const db::Row& r) { label = r.str(0); });
    return label;
  }

  // Written by somebody else after the import.
  void find_touched(std::span<const Group> groups) {
    for (std::size_t k = 0; k < kinds().size(); ++k) {
      std::map<std::int64_t, std::int64_t> last;
      Ids ids;
      for (const auto& group : groups)
        for (const auto& w : group)
          if (w.kind == k) {
            last[w.id] = w.last;
            ids.push_back(w.id);
          }
      if (ids.empty()) continue;
      const auto& table = kinds()[k].record.table;
      c_.run("SELECT record_id, MAX(id) FROM history WHERE entity = $1 AND record_id " + c_.in_list(2) +
                 " GROUP BY record_id",
             {table, db::json_array(ids)}, [&](const db::Row& r) {
               if (r.integer(1) > last.at(r.integer(0))) held_.insert({table, r.integer(0)});
             });
    }
  }

  // Named by records that did not come with the import: a pass, a passage, a grid, another household.
  void find_used(std::span<const Group> groups) {
    for (std::size_t k = 0; k < kinds().size(); ++k) {
      Ids ids;
      for (const auto& group : groups)
        for (const auto& w : group)
          if (w.kind == k && w.added) ids.push_back(w.id);
      if (ids.empty()) continue;
      const auto& table = kinds()[k].record.table;
      const auto list = db::json_array(ids);
      for (const auto& ref : references_)
        if (ref.target == table && !is_derived(ref.table)) named_in(ref, list);
      if (table == "household") named_in({"passage", "household_id", "household"}, list);
      if (table == "place")
        c_.run("SELECT dwelling_id FROM guest WHERE compound_id = $1 AND dwelling_id " + c_.in_list(2),
               {compound_, list}, [&](const db::Row& r) {
                 held_.insert({"place", r.integer(0)});
               });
    }
  }

  void named_in(const Reference& ref, const std::string& ids) {
    const auto known = std::ranges::find(kinds(), ref.table, [](const Kind& k) { return k.record.table; });
    const auto in = c_.in_list(1);
    const auto target = std::ranges::find(kinds(), ref.target, [](const Kind& k) { return k.record.table; });
    c_.run(fmt::format("SELECT DISTINCT {0}, {2} FROM {1} WHERE {0} {3}", ref.column, ref.table,
                       known == kinds().end() ? "0" : "id", in),
           {ids}, [&](const db::Row& r) {
             const bool own = known != kinds().end() && all_.contains({known->record.table, r.integer(1)});
             if (!own) held_.insert({target->record.table, r.integer(0)});
           });
  }

  template <class T>
  bool put_back(const Written& w) {
    const auto& record = meta::record_of<T>();
    if (kinds()[w.kind].record.table != record.table) return false;
    std::optional<T> now;
    c_.one(fmt::format("SELECT {} FROM {} t WHERE t.id = $1", meta::column_list(record, "t"), record.table),
           {w.id}, [&](const db::Row& r) { now = meta::load<T>(r); });
    std::string before;
    c_.one("SELECT before FROM history WHERE id = $1", {w.first},
           [&](const db::Row& r) { before = r.str(0); });
    if (!now || before.empty()) return true;
    auto then = *now;
    core::load_version(record, &then, before);
    std::vector<db::Arg> args;
    meta::append_args(record, &then, args);
    c_.run(meta::update_sql(record), args, {});
    c_.run("DELETE FROM history WHERE entity = $1 AND record_id = $2 AND import_id = $3",
           {record.table, w.id, import_});
    ++done_.restored;
    return true;
  }

  void restore(const Written& w) {
    if (put_back<people::PersonRow>(w)) {
      restored_persons_.push_back(w.id);
      return;
    }
    put_back<people::PhoneRow>(w) || put_back<people::ResidenceRow>(w) || put_back<people::VehicleRow>(w) ||
        put_back<people::HouseholdRow>(w) || put_back<stewardship::StewardshipRow>(w) ||
        put_back<stewardship::StaffRow>(w) || put_back<place::DwellingRow>(w) || put_back<place::PlaceRow>(w);
  }

  void remove_where(std::string_view table, std::string_view column, const Ids& ids) {
    c_.run(fmt::format("DELETE FROM {} WHERE {} {}", table, column, c_.in_list(1)), {db::json_array(ids)});
  }

  void remove() {
    for (std::size_t k = 0; k < kinds().size(); ++k) {
      const auto& ids = gone_[k];
      if (ids.empty()) continue;
      const auto& table = kinds()[k].record.table;
      if (table == "phone")
        c_.run("SELECT DISTINCT person_id FROM phone WHERE id " + c_.in_list(1), {db::json_array(ids)},
               [&](const db::Row& r) {
                 if (!all_.contains({"person", r.integer(0)})) restored_persons_.push_back(r.integer(0));
               });
      if (table == "residence") remove_where("conflict", "residence_id", ids);
      if (table == "person") {
        for (const auto* column : {"a_id", "b_id"}) remove_where("duplicate_pair", column, ids);
        remove_where("conflict", "person_id", ids);
        remove_where("search_word", "person_id", ids);  // and from search_term with it
      }
      remove_where(table, "id", ids);
      // What never should have been leaves no copy of itself; the audit says that there was an import.
      c_.run("DELETE FROM history WHERE entity = $1 AND record_id " + c_.in_list(2),
             {table, db::json_array(ids)});
      done_.removed += static_cast<std::int64_t>(ids.size());
    }
  }

  db::Connection& c_;
  db::Scoped& q_;
  const std::vector<Reference>& references_;
  std::int64_t import_, compound_;
  const core::Keyring& keys_;
  base::Instant now_;
  std::set<Key> all_{}, held_{};
  std::map<std::size_t, Ids> gone_{};
  Ids restored_persons_{};
  Undone done_{};
};

void add(Undone& sum, const Undone& part) {
  sum.removed += part.removed;
  sum.restored += part.restored;
  sum.kept += part.kept;
  for (const auto& room : part.kept_rooms)
    if (sum.kept_rooms.size() < rooms_named) sum.kept_rooms.push_back(room);
}

Result<ImportStored> begin(api::Context& c, std::int64_t id, std::string_view reason) {
  return c.write([&](db::Scoped& q) -> Result<ImportStored> {
    auto before = find_import(q, id);
    if (!before) return tl::unexpected(std::move(before).error());
    // A commit that was stopped half-way can be taken back as well.
    const bool open = before->state == State::committed || before->state == State::committing ||
                      before->state == State::undoing;
    if (!open) return base::fail(ErrorKind::conflict, "import_not_committed");
    auto after = *before;
    auto undone = meta::from_json<Undone>(before->undo.text).value_or(Undone{});
    undone.kept = 0;  // looked at again
    undone.kept_rooms.clear();
    after.undo.text = meta::to_json(undone);
    after.state = State::undoing;
    after.done = after.total = 0;
    after.stop = false;
    core::update(q, *before, after, core::source_of(c, "undo"));
    core::AuditEntry entry{"import.undo", "import", id, after.compound_id};
    entry.reason = std::string(reason);
    core::audit(q, c, entry);
    return after;
  });
}

Result<void> take_back(api::Context& c, std::int64_t id, const std::vector<Reference>& refs,
                       std::span<const Group> groups) {
  return c.write(
      [&](db::Scoped& q) -> Result<void> {
        auto before = find_import(q, id);
        if (!before) return tl::unexpected(std::move(before).error());
        auto sum = meta::from_json<Undone>(before->undo.text).value_or(Undone{});
        add(sum, Part(q, refs, id, before->compound_id, c.services.keys, c.now).take_back(groups));
        q.unscoped().run("UPDATE import SET undone = $2, done = done + $3 WHERE id = $1",
                         {id, meta::to_json(sum), static_cast<std::int64_t>(groups.size())});
        for (const auto* kind : {"place", "household"})
          core::note_change(q, kind, before->compound_id, before->compound_id, c.now);
        return {};
      },
      db::Priority::low);
}

Result<void> take_back_stage(api::Context& c, std::int64_t id, const std::vector<Reference>& refs,
                             const std::vector<Group>& groups) {
  for (std::size_t from = 0; from < groups.size();) {
    std::size_t until = from, records = 0;
    while (until < groups.size() && (records == 0 || records + groups[until].size() <= part_records))
      records += groups[until++].size();
    if (auto done = take_back(c, id, refs, {groups.data() + from, until - from}); !done) return done;
    from = until;
  }
  return {};
}

Result<ImportStored> end(api::Context& c, std::int64_t id) {
  return c.write([&](db::Scoped& q) -> Result<ImportStored> {
    auto before = find_import(q, id);
    if (!before || before->state == State::undone) return before;
    q.unscoped().run("DELETE FROM conflict WHERE import_id = $1 AND state = 'open'", {id});
    auto after = *before;
    after.state = State::undone;
    after.undone = c.now;
    core::update(q, *before, after, core::source_of(c, "undo"));
    core::note_change(q, "import", after.compound_id, id, c.now);
    return after;
  });
}

}  // namespace

Result<Import> undo_import(api::Context& c, std::int64_t id, std::string_view reason) {
  auto stored = begin(c, id, reason);
  if (!stored) return tl::unexpected(std::move(stored).error());
  std::vector<Reference> refs;
  auto stages = c.read([&](db::Scoped& q) -> Result<std::vector<std::vector<Group>>> {
    refs = references(q.unscoped());
    return stages_of(q.unscoped(), written_by(q.unscoped(), id));
  });
  if (!stages) return tl::unexpected(std::move(stages).error());
  std::int64_t total = 0;
  for (const auto& stage : *stages) total += static_cast<std::int64_t>(stage.size());
  auto told = c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run("UPDATE import SET done = 0, total = $2 WHERE id = $1", {id, total});
    return {};
  });
  if (!told) return tl::unexpected(std::move(told).error());
  for (const auto& stage : *stages)
    if (auto done = take_back_stage(c, id, refs, stage); !done)
      return tl::unexpected(std::move(done).error());
  if (listed(*stored).kind == exchange::Kind::meters)
    if (auto estimated = meter::estimate_compound(c, stored->compound_id); !estimated)
      return tl::unexpected(std::move(estimated).error());
  auto finished = end(c, id);
  if (!finished) return tl::unexpected(std::move(finished).error());
  return listed(*finished);
}

}  // namespace feature::exchange
