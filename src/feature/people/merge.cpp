#include "feature/people/merge.hpp"

#include <set>

#include "feature/people/fields.hpp"
#include "feature/people/service.hpp"

namespace feature::people {

// What a merge changed, so that it can be taken back.
struct MergeUndo {
  std::vector<std::int64_t> ended{}, hidden{};  // residences of the alias
  std::vector<std::int64_t> households{};       // that ended with them
  std::vector<std::int64_t> aliases{};          // who stood for the alias before
  std::vector<std::string> filled{};            // fields of the person kept
  std::optional<std::int64_t> made_head{};      // residence of the person kept that took over being head
  std::string relation_before{};
};

}  // namespace feature::people

META_DESCRIBE(feature::people::MergeUndo, "MergeUndo", "", ended, hidden, households, aliases, filled,
              made_head, relation_before)

namespace feature::people {
namespace {

using base::ErrorKind;
using base::Result;

constexpr PersonField fillable[] = {PersonField::sex,      PersonField::birth_day,
                                    PersonField::document, PersonField::registered_residence,
                                    PersonField::origin,   PersonField::return_day};

template <class T>
std::vector<T> rows_where(db::Connection& c, std::string_view where, std::int64_t id) {
  std::vector<T> rows;
  const auto& record = meta::record_of<T>();
  c.run("SELECT " + meta::column_list(record, "t") + " FROM " + std::string(record.table) + " t WHERE t." +
            std::string(where) + " = $1",
        {id}, [&](const db::Row& r) { rows.push_back(meta::load<T>(r)); });
  return rows;
}

// The person as they are, whatever the scope: both sides of a pair were found in it.
Subject subject_of(db::Connection& c, std::int64_t id) {
  Subject s;
  c.run("UPDATE person SET updated_ms = updated_ms WHERE id = $1", {id});
  auto persons = rows_where<PersonRow>(c, "id", id);
  if (!persons.empty()) s.person = std::move(persons[0]);
  s.phones = rows_where<PhoneRow>(c, "person_id", id);
  return s;
}

void fill(const Subject& from, Subject& to, const core::Keyring& keys, const core::Source& source,
          MergeUndo& undo) {
  for (const auto field : fillable) {
    const auto told = known_text(from, field, keys);
    if (told.empty() || !known_text(to, field, keys).empty()) continue;
    take(to, {field, told}, keys, base::civil_day(source.now), 0, source);
    undo.filled.emplace_back(meta::name_of(field));
  }
}

// The other's residences end; a household that is empty then ends too, and its head's place is taken.
void end_residences(db::Scoped& q, std::int64_t keep, std::int64_t other, const core::Source& source,
                    MergeUndo& undo) {
  auto& c = q.unscoped();
  auto kept = rows_where<ResidenceRow>(c, "person_id", keep);
  for (const auto& row : rows_where<ResidenceRow>(c, "person_id", other)) {
    auto after = row;
    if (row.visible) undo.hidden.push_back(row.id.value);
    after.visible = false;
    if (!row.valid_until) {
      undo.ended.push_back(row.id.value);
      after.valid_until = source.now;
      after.end_reason = EndReason::merged;
    }
    if (row.visible || !row.valid_until) core::update(q, row, after, source);
    if (row.valid_until) continue;
    if (row.relation == Relation::head)
      for (const auto& own : kept)
        if (own.household_id == row.household_id && !own.valid_until && own.relation != Relation::head) {
          auto head = own;
          head.relation = Relation::head;
          undo.made_head = own.id.value;
          undo.relation_before = meta::name_of(own.relation);
          core::update(q, own, head, source);
        }
    const auto left =
        c.count("SELECT COUNT(*) FROM residence WHERE household_id = $1 AND valid_until_ms IS NULL",
                {row.household_id.value});
    for (const auto& household : rows_where<HouseholdRow>(c, "id", row.household_id.value)) {
      if (left > 0 || household.valid_until) continue;
      auto ended = household;
      ended.valid_until = source.now;
      ++ended.version;
      core::update(q, household, ended, source);
      undo.households.push_back(household.id.value);
    }
  }
}

bool lives_somewhere(db::Connection& c, std::int64_t person) {
  return c.count("SELECT COUNT(*) FROM residence WHERE person_id = $1 AND valid_until_ms IS NULL", {person}) >
         0;
}

void put_back_residences(db::Scoped& q, const MergeUndo& undo, const core::Source& source) {
  auto& c = q.unscoped();
  const std::set<std::int64_t> ended(undo.ended.begin(), undo.ended.end());
  for (const auto id : undo.households)
    for (const auto& row : rows_where<HouseholdRow>(c, "id", id)) {
      auto after = row;
      after.valid_until.reset();
      ++after.version;
      core::update(q, row, after, source);
    }
  std::set<std::int64_t> touched(undo.hidden.begin(), undo.hidden.end());
  touched.insert(ended.begin(), ended.end());
  for (const auto id : touched)
    for (const auto& row : rows_where<ResidenceRow>(c, "id", id)) {
      auto after = row;
      after.visible = true;
      if (ended.contains(id)) {
        after.valid_until.reset();
        after.end_reason.reset();
      }
      core::update(q, row, after, source);
    }
  if (!undo.made_head) return;
  for (const auto& row : rows_where<ResidenceRow>(c, "id", *undo.made_head)) {
    auto after = row;
    meta::parse_enum(undo.relation_before, after.relation);
    core::update(q, row, after, source);
  }
}

}  // namespace

Result<void> merge_persons(db::Scoped& q, std::int64_t keep, std::int64_t other, const core::Keyring& keys,
                           const core::Source& source, std::int64_t account) {
  auto& c = q.unscoped();
  const auto kept = subject_of(c, keep), gone = subject_of(c, other);
  if (!lives_somewhere(c, keep) && lives_somewhere(c, other))
    return base::fail_field("/keep", "lives_nowhere");
  MergeUndo undo;
  auto after = kept;
  fill(gone, after, keys, source, undo);
  end_residences(q, keep, other, source, undo);
  for (const auto& row : rows_where<PersonAliasRow>(c, "person_id", other)) {
    auto moved = row;
    moved.person_id = meta::Id<PersonRow>(keep);
    core::update(q, row, moved, source);
    undo.aliases.push_back(row.alias_id.value);
  }
  PersonAliasRow alias;
  alias.alias_id = meta::Id<PersonRow>(other);
  alias.person_id = meta::Id<PersonRow>(keep);
  alias.undo.text = meta::to_json(undo);
  alias.merged = source.now;
  alias.merged_by = account;
  core::insert(q, alias, source);
  // What else was asked about the one that is gone is asked about the one kept.
  c.run("DELETE FROM duplicate_pair WHERE state = 'open' AND (a_id = $1 OR b_id = $1)", {other});
  write_subject(q, kept, after, keys, source);
  find_duplicates(q, {keep}, source.now);
  return {};
}

Result<void> undo_merge(db::Scoped& q, std::int64_t a, std::int64_t b, const core::Keyring& keys,
                        const core::Source& source) {
  auto& c = q.unscoped();
  std::optional<PersonAliasRow> alias;
  for (const auto id : {a, b})
    for (auto& row : rows_where<PersonAliasRow>(c, "alias_id", id)) alias = std::move(row);
  const auto keep = alias && alias->alias_id.value == a ? b : a;
  if (!alias || alias->person_id.value != keep) return base::fail(ErrorKind::conflict, "merged_again");
  auto undo = meta::from_json<MergeUndo>(alias->undo.text);
  if (!undo) return tl::unexpected(std::move(undo).error());
  const auto kept = subject_of(c, keep), back = subject_of(c, alias->alias_id.value);
  auto after = kept;
  for (const auto& name : undo->filled) {
    PersonField field{};
    if (meta::parse_enum(name, field) && known_text(after, field, keys) == known_text(back, field, keys))
      clear(after, field);
  }
  c.run("DELETE FROM person_alias WHERE alias_id = $1", {alias->alias_id.value});
  for (const auto id : undo->aliases)
    c.run("UPDATE person_alias SET person_id = $2 WHERE alias_id = $1", {id, alias->alias_id.value});
  put_back_residences(q, *undo, source);
  write_subject(q, kept, after, keys, source);
  index_persons(q, {alias->alias_id.value}, keys);
  find_duplicates(q, {keep, alias->alias_id.value}, source.now);
  return {};
}

}  // namespace feature::people
