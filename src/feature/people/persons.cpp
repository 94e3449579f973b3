// Changing persons: what is known of them, where they live, and the end of that. Every change is dated, keeps
// the version before, and is told to the offices of both places.
#include <algorithm>
#include <set>

#include "core/services.hpp"
#include "feature/people/conflicts.hpp"
#include "feature/people/fields.hpp"
#include "feature/people/person_file.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t members_max = 50;  // of a household that moves together

std::optional<PersonField> field_named(std::string_view name) {
  PersonField field{};
  if (!meta::parse_enum(name, field)) return std::nullopt;
  return field == PersonField::name || field == PersonField::phone ? std::nullopt : std::optional(field);
}

void check_patch(const PersonPatch& in, base::Day today, base::Problems& problems) {
  if (in.flags) check_flags(*in.flags, "/flags", problems);
  if (in.away_since && *in.away_since > today) problems.push_back({"/away_since", "in_the_future"});
  if (in.clear)
    for (std::size_t i = 0; i < in.clear->size(); ++i)
      if (!field_named((*in.clear)[i])) problems.push_back({"/clear/" + std::to_string(i), "not_allowed"});
}

void put_presence(const PersonPatch& in, const core::Source& source, PersonRow& person) {
  if (in.presence) {
    person.presence = *in.presence;
    person.presence_source = source.source;
    person.presence_at = source.now;
    if (*in.presence != Presence::away) {
      person.away_place.reset();
      person.away_since.reset();
    }
  }
  if (in.away_place) person.away_place = *in.away_place;
  if (in.away_since) person.away_since = in.away_since;
}

void put_flags(const PersonPatch& in, PersonRow& person) {
  if (!in.flags) return;
  person.flags.clear();
  for (const auto& flag : std::set<std::string>(in.flags->begin(), in.flags->end()))
    person.flags += (person.flags.empty() ? "" : " ") + flag;
}

std::int64_t compound_of(db::Scoped& q, std::int64_t dwelling) {
  return q.count("SELECT p.compound_id FROM place p WHERE p.id = $1 AND {scope:p}", {dwelling});
}

// Both the list of a compound and the gate's have changed.
void tell(db::Scoped& q, std::int64_t compound, std::int64_t household, base::Instant now) {
  if (compound != 0) core::note_change(q, "household", compound, household, now);
}

Result<PersonFile> change_person(api::Context& c, const PersonPatch& in) {
  const auto today = base::civil_day(c.now);
  base::Problems problems;
  check_patch(in, today, problems);
  const auto sayings = sayings_of(in, today, problems);
  if (!problems.empty()) return base::fail(std::move(problems));
  std::vector<std::int64_t> ids(sayings.size());
  for (auto& id : ids) id = c.store.next_id();
  const auto said_by = in.said_by.value_or(SaidBy::office);
  return c.write([&](db::Scoped& q) -> Result<PersonFile> {
    const auto found = load_subject(q, c.id(), in.residence_id.value_or(0));
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    if (in.residence_id && !found->residence) return base::fail_field("/residence_id", "not_found");
    const auto source = core::source_of(c, meta::name_of(said_by));
    auto after = *found;
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < sayings.size(); ++i) {
      // The office decides; what others say and what contradicts is looked at first (XN-45).
      if (said_by != SaidBy::office && !agrees(after, sayings[i], c.services.keys)) {
        waiting += keep_conflict(q, after, sayings[i], c.services.keys, source);
        continue;
      }
      take(after, sayings[i], c.services.keys, today, ids[i], source);
    }
    if (in.clear)
      for (const auto& name : *in.clear) clear(after, *field_named(name));
    put_presence(in, source, after.person);
    put_flags(in, after.person);
    write_subject(q, *found, after, c.services.keys, source);
    find_duplicates(q, {after.person.id.value}, c.now);
    const auto home = after.residence ? compound_of(q, after.residence->dwelling_id.value) : 0;
    core::audit(
        q, c,
        {"person.change", "person", after.person.id.value, home, "conflicts=" + std::to_string(waiting)});
    tell(q, home, after.residence ? after.residence->household_id.value : 0, c.now);
    return load_person_file(q, after.person.id.value, today);
  });
}

// --- where they live -----------------------------------------------------------------------------------
constexpr auto current_residences = db::ScopedSql(
    "SELECT r.id, r.person_id, r.household_id, r.dwelling_id, r.relation, r.is_primary, r.position, "
    "r.valid_from_ms, r.valid_until_ms, r.source, r.import_id, r.registered, r.living, r.visible, "
    "r.end_reason FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.valid_until_ms IS NULL AND "
    "{scope:p}");

std::vector<ResidenceRow> residences_where(db::Scoped& q, db::Fragment where, std::int64_t id) {
  std::vector<ResidenceRow> rows;
  q.run(current_residences.with(where).with(" ORDER BY r.is_primary DESC, r.position, r.id"), {id},
        [&](const db::Row& r) { rows.push_back(meta::load<ResidenceRow>(r)); });
  return rows;
}

void end(db::Scoped& q, const ResidenceRow& row, EndReason reason, bool visible, const core::Source& source) {
  auto after = row;
  after.valid_until = source.now;
  after.end_reason = reason;
  after.visible = visible;
  core::update(q, row, after, source);
}

// A household nobody lives in any more has ended; its dwelling stays.
void end_if_empty(db::Scoped& q, std::int64_t household, const core::Source& source) {
  auto& c = q.unscoped();  // reached through a residence in scope
  if (c.count("SELECT COUNT(*) FROM residence WHERE household_id = $1 AND valid_until_ms IS NULL",
              {household}) > 0)
    return;
  HouseholdRow row;
  const bool open = c.one("SELECT " + meta::column_list(meta::record_of<HouseholdRow>(), "h") +
                              " FROM household h WHERE h.id = $1 AND h.valid_until_ms IS NULL",
                          {household}, [&](const db::Row& r) { row = meta::load<HouseholdRow>(r); });
  if (!open) return;
  auto after = row;
  after.valid_until = source.now;
  ++after.version;
  core::update(q, row, after, source);
}

struct Target {
  HouseholdRow household{};
  bool fresh = true;
  int next_position = 0;
};

Result<Target> target_of(db::Scoped& q, const MovePerson& in, std::int64_t new_id,
                         const core::Source& source) {
  Target target;
  auto& h = target.household;
  const bool found = q.one(
      "SELECT p.compound_id, p.sort, d.label FROM dwelling d JOIN place p ON p.id = d.id WHERE d.id = $1 AND "
      "p.valid_until_ms IS NULL AND {scope:p}",
      {in.dwelling_id}, [&](const db::Row& r) {
        h.compound_id = meta::Id<place::PlaceRow>(r.integer(0));
        h.sort = r.str(1);
        h.label = r.str(2);
      });
  if (!found) return base::fail_field("/dwelling_id", "not_found");
  h.id = meta::Id<HouseholdRow>(new_id);
  h.dwelling_id = meta::Id<place::PlaceRow>(in.dwelling_id);
  h.valid_from = source.now;
  h.source = source.source;
  if (!in.household_id) return target;
  // Guard: two who join at once take turns.
  const auto joined = q.unscoped().run(
      "UPDATE household SET version = version + 1 WHERE id = $1 AND dwelling_id = $2 AND valid_until_ms IS "
      "NULL",
      {*in.household_id, in.dwelling_id});
  if (joined == 0) return base::fail_field("/household_id", "not_found");
  h.id = meta::Id<HouseholdRow>(*in.household_id);
  target.fresh = false;
  target.next_position = static_cast<int>(q.unscoped().count(
      "SELECT COALESCE(MAX(position), -1) + 1 FROM residence WHERE household_id = $1", {*in.household_id}));
  return target;
}

struct Move {
  std::vector<ResidenceRow> from{}, to{};
};

// The ends and beginnings of a move; the one who was named first is the head of a household of their own.
Move plan_move(const MovePerson& in, const std::vector<ResidenceRow>& leaving, const Target& target,
               const std::vector<std::int64_t>& ids, const core::Source& source) {
  Move move;
  int position = target.next_position;
  for (std::size_t i = 0; i < leaving.size(); ++i) {
    auto next = leaving[i];
    next.id = meta::Id<ResidenceRow>(ids[i]);
    next.household_id = target.household.id;
    next.dwelling_id = target.household.dwelling_id;
    if (i == 0) next.relation = in.relation;
    next.is_primary = !in.keep_old.value_or(false);
    next.position = position++;
    next.valid_from = source.now;
    next.valid_until.reset();
    next.source = source.source;
    next.import_id.reset();
    next.registered = Registered::unknown;
    next.living = Living::unknown;
    next.visible = true;
    next.end_reason.reset();
    move.from.push_back(leaving[i]);
    move.to.push_back(std::move(next));
  }
  return move;
}

// A residence that ended is no longer what lets an office see the person, once there is another.
void forget_last(db::Scoped& q, std::int64_t person) {
  q.unscoped().run("UPDATE residence SET visible = 0 WHERE person_id = $1 AND valid_until_ms IS NOT NULL",
                   {person});
}

Result<void> write_move(db::Scoped& q, const MovePerson& in, const std::vector<ResidenceRow>& leaving,
                        const std::vector<std::int64_t>& ids, const core::Source& source,
                        const core::Keyring& keys) {
  auto target = target_of(q, in, ids.back(), source);
  if (!target) return tl::unexpected(std::move(target).error());
  for (const auto& row : leaving)
    if (!row.valid_until && row.household_id == target->household.id)
      return base::fail(ErrorKind::conflict, "lives_there");
  const auto move = plan_move(in, leaving, *target, ids, source);
  if (target->fresh) core::insert(q, target->household, source);
  std::vector<std::int64_t> persons;
  std::set<std::int64_t> left;
  for (const auto& row : move.from) {
    persons.push_back(row.person_id.value);
    if (row.valid_until || in.keep_old.value_or(false)) continue;
    end(q, row, EndReason::moved, false, source);
    left.insert(row.household_id.value);
  }
  for (const auto& row : move.to)
    if (row.relation == Relation::head && !target->fresh) step_down(q, row, source);
  core::insert_all(q, move.to, source);
  for (const auto person : persons) forget_last(q, person);
  for (const auto household : left) end_if_empty(q, household, source);
  index_persons(q, persons, keys);
  find_duplicates(q, persons, source.now);
  tell(q, target->household.compound_id.value, target->household.id.value, source.now);
  return {};
}

// The primary residence of today, else the last one: somebody who left comes back.
std::vector<ResidenceRow> leaving_of(db::Scoped& q, const Subject& subject, const MovePerson& in) {
  if (!subject.residence) return {};
  std::vector<ResidenceRow> rows{*subject.residence};
  if (subject.residence->valid_until || !in.whole_household.value_or(false)) return rows;
  for (auto& row : residences_where(q, " AND r.household_id = {arg}", subject.residence->household_id.value))
    if (row.id != subject.residence->id) rows.push_back(std::move(row));
  return rows;
}

Result<PersonFile> move_person(api::Context& c, const MovePerson& in) {
  std::vector<std::int64_t> ids(members_max + 1);
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<PersonFile> {
    const auto subject = load_subject(q, c.id());
    if (!subject) return base::fail(ErrorKind::not_found, "not_found");
    const auto leaving = leaving_of(q, *subject, in);
    if (leaving.empty()) return base::fail(ErrorKind::not_found, "not_found");
    if (leaving.size() > members_max) return base::fail_field("/whole_household", "too_many");
    const auto source = core::source_of(c);
    const auto from = compound_of(q, leaving[0].dwelling_id.value);
    if (auto moved = write_move(q, in, leaving, ids, source, c.services.keys); !moved)
      return tl::unexpected(std::move(moved).error());
    core::audit(q, c,
                {"person.move", "person", subject->person.id.value, from,
                 "persons=" + std::to_string(leaving.size())});
    tell(q, from, leaving[0].household_id.value, c.now);
    return load_person_file(q, subject->person.id.value, base::civil_day(c.now));
  });
}

Result<PersonFile> end_residence(api::Context& c, const EndResidence& in) {
  if (in.reason == EndReason::moved || in.reason == EndReason::merged)
    return base::fail_field("/reason", "not_allowed");
  return c.write([&](db::Scoped& q) -> Result<PersonFile> {
    const auto subject = load_subject(q, c.id());
    if (!subject) return base::fail(ErrorKind::not_found, "not_found");
    auto rows = residences_where(q, " AND r.person_id = {arg}", subject->person.id.value);
    if (in.residence_id)
      std::erase_if(rows, [&](const ResidenceRow& r) { return r.id.value != *in.residence_id; });
    if (rows.empty()) return base::fail(ErrorKind::conflict, "lives_nowhere");
    const auto source = core::source_of(c);
    const auto others =
        q.unscoped().count("SELECT COUNT(*) FROM residence WHERE person_id = $1 AND valid_until_ms IS NULL",
                           {subject->person.id.value});
    const bool last = others == static_cast<std::int64_t>(rows.size());
    for (const auto& row : rows) {
      end(q, row, in.reason, last, source);
      end_if_empty(q, row.household_id.value, source);
      tell(q, compound_of(q, row.dwelling_id.value), row.household_id.value, c.now);
    }
    index_persons(q, {subject->person.id.value}, c.services.keys);
    core::audit(q, c,
                {"person.end_residence", "person", subject->person.id.value,
                 compound_of(q, rows[0].dwelling_id.value), std::string(meta::name_of(in.reason))});
    return load_person_file(q, subject->person.id.value, base::civil_day(c.now));
  });
}

// --- households ----------------------------------------------------------------------------------------
Result<HouseholdFile> add_member(api::Context& c, const NewMember& in) {
  base::Problems problems;
  HouseholdDraft draft;
  draft.members.push_back(draft_of(in, "", base::civil_day(c.now), problems));
  if (!problems.empty()) return base::fail(std::move(problems));
  draft.joins = c.id();
  std::vector<std::int64_t> ids(plan_ids(draft));
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<HouseholdFile> {
    const bool found = q.one(
        "SELECT h.dwelling_id, h.compound_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
        "h.id = $1 AND h.valid_until_ms IS NULL AND {scope:p}",
        {c.id()}, [&](const db::Row& r) {
          draft.dwelling_id = r.integer(0);
          draft.compound_id = r.integer(1);
        });
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {c.id()});
    draft.first_position = static_cast<int>(q.unscoped().count(
        "SELECT COALESCE(MAX(position), -1) + 1 FROM residence WHERE household_id = $1", {c.id()}));
    const auto source = core::source_of(c);
    if (in.relation == Relation::head) {
      ResidenceRow next;
      next.household_id = meta::Id<HouseholdRow>(c.id());
      step_down(q, next, source);
    }
    const auto added = add_households(q, {draft}, ids, c.services.keys, source);
    core::audit(q, c, {"household.add_member", "household", c.id(), draft.compound_id});
    tell(q, draft.compound_id, c.id(), c.now);
    return load_household_file(q, c.id());
  });
}

Result<HouseholdFile> change_household(api::Context& c, const HouseholdPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<HouseholdFile> {
    auto file = load_household_file(q, c.id());
    if (!file || file->provisional == in.provisional) return file;
    HouseholdRow row;
    q.unscoped().one("SELECT " + meta::column_list(meta::record_of<HouseholdRow>(), "h") +
                         " FROM household h WHERE h.id = $1",
                     {c.id()}, [&](const db::Row& r) { row = meta::load<HouseholdRow>(r); });
    auto after = row;
    after.provisional = in.provisional;
    ++after.version;
    core::update(q, row, after, core::source_of(c));
    core::audit(q, c, {"household.change", "household", c.id(), file->compound_id});
    tell(q, file->compound_id, c.id(), c.now);
    return load_household_file(q, c.id());
  });
}

}  // namespace

void step_down(db::Scoped& q, const ResidenceRow& next, const core::Source& source) {
  auto& c = q.unscoped();  // a household the caller found in scope
  std::vector<ResidenceRow> heads;
  c.run("SELECT " + meta::column_list(meta::record_of<ResidenceRow>(), "r") +
            " FROM residence r WHERE r.household_id = $1 AND r.relation = 'head' AND r.valid_until_ms IS "
            "NULL AND r.id <> $2",
        {next.household_id.value, next.id.value},
        [&](const db::Row& r) { heads.push_back(meta::load<ResidenceRow>(r)); });
  for (const auto& head : heads) {
    auto after = head;
    after.relation = Relation::unknown;
    core::update(q, head, after, source);
  }
}

void person_routes(api::Router& r) {
  r.patch<PersonPatch, PersonFile>("/api/persons/{id}", Permission::household_write,
                                   "Change what is known of a person", change_person);
  r.post<MovePerson, PersonFile>("/api/persons/{id}/move", Permission::household_write,
                                 "Move to another dwelling, or take a second home", move_person);
  r.post<EndResidence, PersonFile>("/api/persons/{id}/leave", Permission::household_write,
                                   "Lives here no longer", end_residence);
  r.post<NewMember, HouseholdFile>("/api/households/{id}/members", Permission::household_write,
                                   "Add a person to a household", add_member);
  r.patch<HouseholdPatch, HouseholdFile>("/api/households/{id}", Permission::household_write,
                                         "Confirm a household made at a gate", change_household);
}

}  // namespace feature::people
