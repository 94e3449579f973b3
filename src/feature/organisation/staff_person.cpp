// Who of the registry one of the staff is. An office says so; the same name and number only suggest it. What
// they do at doors is from then on known of a person who can be a contact, or a case (XN-46).
#include <algorithm>

#include "core/services.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/staff_record.hpp"
#include "feature/place/service.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// A merged person is whom it stands for.
#define STANDS_FOR(id) \
  "COALESCE((SELECT al.person_id FROM person_alias al WHERE al.alias_id = " id "), " id ")"
// Those with a home in the scope, and the home.
#define MATCHES                                                                                             \
  "SELECT r.person_id, pe.name, r.dwelling_id FROM residence r JOIN person pe ON pe.id = r.person_id JOIN " \
  "place p ON p.id = r.dwelling_id WHERE r.visible = 1 AND {scope:p} AND "

std::vector<StaffPersonMatch> matches(db::Scoped& q, const db::ScopedSql& sql,
                                      const std::vector<db::Arg>& args) {
  std::vector<StaffPersonMatch> out;
  std::vector<std::int64_t> homes;
  q.run(sql, args, [&](const db::Row& r) {
    if (std::ranges::count(out, r.integer(0), &StaffPersonMatch::person_id)) return;
    out.push_back({r.integer(0), core::mask_name(r.text(1)), std::nullopt});
    homes.push_back(r.integer(2));
  });
  const auto labels = place::labels_of(q, homes);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (const auto label = labels.find(homes[i]); label != labels.end()) out[i].home = label->second;
  return out;
}

std::vector<StaffPersonMatch> candidates_of(db::Scoped& q, std::int64_t staff) {
  return matches(q,
                 db::ScopedSql(MATCHES "r.person_id IN (SELECT " STANDS_FOR(
                     "ph.person_id") " FROM staff s JOIN phone ph ON ph.number_index = "
                                     "s.phone_index WHERE s.id = $1) AND pe.name = (SELECT "
                                     "s.name FROM staff s WHERE s.id = $1) ORDER BY "
                                     "r.person_id, r.is_primary DESC, r.id LIMIT 20"),
                 {staff});
}
std::vector<StaffPersonMatch> by_document(db::Scoped& q, std::int64_t staff, const std::string& index) {
  return matches(q,
                 db::ScopedSql(MATCHES "r.person_id IN (SELECT " STANDS_FOR(
                     "d.id") " FROM person d WHERE d.document_index = $2) AND pe.name = (SELECT "
                             "s.name FROM staff s WHERE s.id = $1) ORDER BY r.person_id, "
                             "r.is_primary DESC, r.id LIMIT 20"),
                 {staff, db::Blob{index}});
}

bool keeps_file(db::Scoped& q, std::int64_t staff) {
  return q.count(db::ScopedSql("SELECT COUNT(*) FROM staff s WHERE s.id = $1 AND " STAFF_KEPT), {staff}) > 0;
}

std::optional<std::int64_t> linked_to(db::Scoped& q, std::int64_t staff) {
  std::optional<std::int64_t> person;
  q.unscoped().run("SELECT person_id FROM staff_person WHERE staff_id = $1", {staff},
                   [&](const db::Row& r) { person = r.integer(0); });
  return person;
}

StaffPerson shown(db::Scoped& q, std::int64_t staff) {
  StaffPerson out;
  out.staff_id = staff;
  q.unscoped().run("SELECT confirmed_ms FROM staff_person WHERE staff_id = $1", {staff},
                   [&](const db::Row& r) {
                     out.confirmed = true;
                     out.confirmed_ms = r.instant(0);
                   });
  if (!out.confirmed) {
    out.candidates = candidates_of(q, staff);
    return out;
  }
  auto person =
      matches(q,
              db::ScopedSql(MATCHES "r.person_id = (SELECT " STANDS_FOR(
                  "l.person_id") " FROM staff_person l WHERE l.staff_id = $1) ORDER BY r.is_primary "
                                 "DESC, r.id"),
              {staff});
  if (!person.empty()) out.person = std::move(person.front());
  return out;
}

Result<StaffPerson> get_person(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<StaffPerson> {
    if (!keeps_file(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    return shown(q, c.id());
  });
}

// Spaces and the small x of a number, as people type them.
// The chosen one must be what the list showed, or hold the document and have the name.
Result<std::int64_t> chosen(db::Scoped& q, std::int64_t staff, const StaffPersonChoice& in,
                            const std::string& document_index) {
  const auto found = in.document ? by_document(q, staff, document_index) : candidates_of(q, staff);
  if (in.document && found.size() == 1) return found.front().person_id;
  if (in.person_id && std::ranges::count(found, *in.person_id, &StaffPersonMatch::person_id))
    return *in.person_id;
  return base::fail_field(in.document ? "/document" : "/person_id", "staff.not_this_person");
}

Result<StaffPerson> confirm(api::Context& c, const StaffPersonChoice& in) {
  if (in.person_id.has_value() == in.document.has_value()) return base::fail_field("/person_id", "required");
  std::string index;
  if (in.document) {
    const auto document = engine::intake::parse_document(*in.document, false, base::civil_day(c.now));
    index = c.services.keys.blind("document", document.number);
  }
  return c.write([&](db::Scoped& q) -> Result<StaffPerson> {
    if (!keeps_file(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    const auto person = chosen(q, c.id(), in, index);
    if (!person) return tl::unexpected(person.error());
    std::vector<std::int64_t> concerned{c.id(), *person};
    if (const auto before = linked_to(q, c.id())) concerned.push_back(*before);
    q.unscoped().run(
        "INSERT INTO staff_person (staff_id, person_id, confirmed_by, confirmed_ms) VALUES ($1, $2, $3, "
        "$4) ON CONFLICT (staff_id) DO UPDATE SET person_id = excluded.person_id, confirmed_by = "
        "excluded.confirmed_by, confirmed_ms = excluded.confirmed_ms",
        {c.id(), *person, c.who.account, c.now});
    stewardship::note_staff_person(q, concerned, c.now);
    core::audit(q, c, {"staff.person", "staff", c.id(), std::nullopt});
    return shown(q, c.id());
  });
}

Result<StaffPerson> take_back(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<StaffPerson> {
    if (!keeps_file(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    if (const auto before = linked_to(q, c.id())) {
      stewardship::note_staff_person(q, {c.id(), *before}, c.now);
      q.unscoped().run("DELETE FROM staff_person WHERE staff_id = $1", {c.id()});
      core::audit(q, c, {"staff.person_ended", "staff", c.id(), std::nullopt});
    }
    return shown(q, c.id());
  });
}

}  // namespace

void staff_person_routes(api::Router& r) {
  r.get<StaffPerson>("/api/staff-files/{id}/person", Permission::organisation_write,
                     "Who of the registry one of the staff is, or may be", get_person);
  r.post<StaffPersonChoice, StaffPerson>("/api/staff-files/{id}/person", Permission::organisation_write,
                                         "Confirm who of the registry one of the staff is", confirm);
  r.remove<StaffPerson>("/api/staff-files/{id}/person", Permission::organisation_write,
                        "Take back who of the registry one of the staff is", take_back);
}

}  // namespace feature::organisation
