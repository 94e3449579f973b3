// One person's file, and their history.
#include "feature/people/person_file.hpp"

#include "base/text.hpp"
#include "core/services.hpp"
#include "feature/people/history.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

std::vector<ResidenceShown> residences_of(db::Scoped& q, const std::vector<std::int64_t>& persons) {
  std::vector<ResidenceShown> out;
  q.run(
      "SELECT r.id, r.household_id, r.dwelling_id, h.label, p.compound_id, cp.name, r.relation, "
      "r.is_primary, r.valid_from_ms, r.valid_until_ms, r.end_reason, r.registered, r.living, r.source "
      "FROM residence r JOIN household h ON h.id = r.household_id JOIN place p ON p.id = r.dwelling_id "
      "JOIN place cp ON cp.id = p.compound_id WHERE r.person_id {in:1} AND {scope:p} ORDER BY CASE WHEN "
      "r.valid_until_ms IS NULL THEN 0 ELSE 1 END, r.is_primary DESC, r.valid_from_ms DESC, r.id DESC",
      {db::json_array(persons)}, [&](const db::Row& r) {
        ResidenceShown shown;
        shown.id = meta::Id<ResidenceRow>(r.integer(0));
        shown.household_id = r.integer(1);
        shown.dwelling_id = r.integer(2);
        shown.label = r.str(3);
        shown.compound_id = r.integer(4);
        shown.compound = r.str(5);
        meta::parse_enum(r.text(6), shown.relation);
        shown.is_primary = r.boolean(7);
        shown.valid_from_ms = r.instant(8);
        shown.valid_until_ms = r.maybe_instant(9);
        if (EndReason reason{}; !r.is_null(10) && meta::parse_enum(r.text(10), reason))
          shown.end_reason = reason;
        meta::parse_enum(r.text(11), shown.registered);
        meta::parse_enum(r.text(12), shown.living);
        shown.state = living_state(shown.registered, shown.living);
        shown.source = r.str(13);
        out.push_back(std::move(shown));
      });
  return out;
}

void load_aliases(db::Scoped& q, PersonFile& file) {
  q.unscoped().run(
      "SELECT al.alias_id, pe.name, pe.document_masked, al.merged_ms FROM person_alias al JOIN person pe "
      "ON pe.id = al.alias_id WHERE al.person_id = $1 ORDER BY al.merged_ms, al.alias_id",
      {file.id.value}, [&](const db::Row& r) {
        file.aliases.push_back({meta::Id<PersonRow>(r.integer(0)), r.str(1), r.maybe_text(2), r.instant(3)});
      });
}

std::vector<std::int64_t> everybody_of(const PersonFile& file) {
  std::vector<std::int64_t> ids{file.id.value};
  for (const auto& alias : file.aliases) ids.push_back(alias.id.value);
  return ids;
}

void fill_file(const PersonRow& row, base::Day today, PersonFile& file) {
  file.id = row.id;
  file.name = row.name;
  file.sex = row.sex;
  file.birth_day = row.birth_day;
  file.document_kind = row.document_kind;
  file.document_state = row.document_state;
  file.document_masked = row.document_masked;
  file.registered_residence = row.registered_residence;
  file.origin = row.origin;
  file.return_day = row.return_day;
  file.flags = base::words_of(row.flags);
  if (under_age(row.birth_day, today)) file.flags.push_back("under_age");
  file.presence = row.presence;
  file.presence_source = row.presence_source;
  file.presence_ms = row.presence_at;
  file.away_place = row.away_place;
  file.away_since = row.away_since;
  file.source = row.source;
}

}  // namespace

Result<PersonFile> load_person_file(db::Scoped& q, std::int64_t id, base::Day today) {
  PersonFile file;
  bool found = false;
  q.one(
      "SELECT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id = COALESCE("
      "(SELECT al.person_id FROM person_alias al WHERE al.alias_id = $1), $1) AND r.visible = 1 AND "
      "{scope:p}",
      {id}, [&](const db::Row& r) {
        id = r.integer(0);
        found = true;
      });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  auto& c = q.unscoped();  // the person was found in scope
  c.one(
      "SELECT " + meta::column_list(meta::record_of<PersonRow>(), "pe") + " FROM person pe WHERE pe.id = $1",
      {id}, [&](const db::Row& r) { fill_file(meta::load<PersonRow>(r), today, file); });
  load_aliases(q, file);
  const auto everybody = db::json_array(everybody_of(file));
  c.run("SELECT ph.id, ph.number_masked, ph.source FROM phone ph WHERE ph.person_id " + c.in_list(1) +
            " ORDER BY CASE WHEN ph.person_id = $2 THEN 0 ELSE 1 END, ph.position, ph.id",
        {everybody, id}, [&](const db::Row& r) {
          file.phones.push_back({meta::Id<PhoneRow>(r.integer(0)), r.str(1), r.str(2)});
        });
  file.residences = residences_of(q, everybody_of(file));
  file.sources = sources_of(history_of(q, {id}, {}), "person");
  file.conflicts = static_cast<int>(
      c.count("SELECT COUNT(*) FROM conflict WHERE person_id = $1 AND state = 'open'", {id}));
  file.duplicates = count_pairs_of(q, id);
  return file;
}

namespace {

Result<PersonFile> get_person(api::Context& c) {
  return c.read([&](db::Scoped& q) { return load_person_file(q, c.id(), base::civil_day(c.now)); });
}

Result<History> get_history(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<History> {
    auto file = load_person_file(q, c.id(), base::civil_day(c.now));
    if (!file) return tl::unexpected(std::move(file).error());
    return History{history_of(q, everybody_of(*file), file->residences)};
  });
}

}  // namespace

void person_file_routes(api::Router& r) {
  r.get<PersonFile>("/api/persons/{id}", Permission::household_read, "One person's file", get_person);
  r.get<History>("/api/persons/{id}/history", Permission::household_read,
                 "What has changed about a person, and who said so", get_history);
}

}  // namespace feature::people
