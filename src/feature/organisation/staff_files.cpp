// Staff in depth. What somebody's party is stays stored; it and the phone are told for a reason, on record
// first.
#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/organisation/bonds.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/sql.hpp"
#include "feature/organisation/staff_record.hpp"
#include "feature/stewardship/service.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;
using stewardship::StaffRow;

// $1: now
constexpr auto file_columns = db::ScopedSql(
    "SELECT s.id, s.name, s.organisation_id, COALESCE(o.name, s.organisation), s.post, s.rank, s.force, "
    "s.skills, s.phone_masked, CASE WHEN s.party = 'unknown' THEN 0 ELSE 1 END, (SELECT COUNT(*) FROM "
    "stewardship d JOIN "
    "place dp ON dp.id = d.place_id WHERE d.staff_id = s.id AND " IN_FORCE("d", "$1") " AND {scope:dp}) FROM "
    "staff s LEFT JOIN organisation o ON o.id = s.organisation_id WHERE " STAFF_SEEN);

constexpr auto row_columns = db::ScopedSql(
    "SELECT s.id, s.name, s.organisation, s.post, s.rank, s.party, s.phone_sealed, s.phone_index, "
    "s.phone_masked, s.source, s.import_id, s.updated_ms, s.organisation_id, s.force, s.skills FROM staff s "
    "WHERE " STAFF_KEPT);

StaffFile load_file(const db::Row& r) {
  StaffFile f;
  f.id = meta::Id<StaffRow>(r.integer(0));
  f.name = r.str(1);
  f.organisation_id = r.maybe_integer(2);
  f.organisation = r.maybe_text(3);
  f.post = r.maybe_text(4);
  f.rank = r.str(5);
  f.force = r.str(6);
  f.skills = base::words_of(r.text(7));
  f.phone_masked = r.maybe_text(8);
  f.party_recorded = r.boolean(9);
  f.duties = r.integer(10);
  return f;
}

Result<api::Page<StaffFile>> list_files(api::Context& c, const StaffFileQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = file_columns;
    std::vector<db::Arg> args{c.now};
    const auto name = like("%", in.q.value_or(meta::Text<1, 50>{}), "%");
    const auto skill = like("% ", in.skill.value_or(""), " %");
    if (in.organisation_id)
      sql = sql.with(" AND s.organisation_id = {arg}"), args.push_back(*in.organisation_id);
    if (in.force) sql = sql.with(" AND s.force = {arg}"), args.push_back(*in.force);
    if (in.rank) sql = sql.with(" AND s.rank = {arg}"), args.push_back(meta::name_of(*in.rank));
    if (in.skill) sql = sql.with(" AND ' ' || s.skills || ' ' LIKE {arg} ESCAPE '\\'"), args.push_back(skill);
    if (in.q) sql = sql.with(" AND s.name LIKE {arg} ESCAPE '\\'"), args.push_back(name);
    return api::fetch_page<StaffFile>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (s.name, s.id) > ({arg}, {arg})", " ORDER BY s.name, s.id LIMIT {arg}"}, load_file,
        [](const db::Row& r) {
          return api::SortKey{r.str(1), r.integer(0)};
        });
  });
}

std::vector<StaffPost> posts_of(db::Scoped& q, std::int64_t staff) {
  std::vector<StaffPost> posts;
  std::vector<std::int64_t> places;
  const auto keep = [&](const db::Row& r) {
    StaffPost post;
    post.what = r.str(0);
    if (const auto tier = r.maybe_integer(1); tier && *tier > 0) post.tier = static_cast<int>(*tier);
    post.body = r.maybe_text(3);
    post.valid_from_ms = r.instant(4);
    post.valid_until_ms = r.maybe_instant(5);
    places.push_back(r.integer(2));
    posts.push_back(std::move(post));
  };
  q.run(
      "SELECT w.duty, w.tier, w.place_id, g.name, w.valid_from_ms, w.valid_until_ms FROM stewardship w JOIN "
      "place p ON p.id = w.place_id LEFT JOIN place_set g ON g.id = w.grid_id WHERE w.staff_id = $1 AND "
      "{scope:p} ORDER BY w.valid_from_ms DESC, w.id LIMIT 500",
      {staff}, keep);
  q.run(
      "SELECT b.bond, NULL, b.place_id, o.name, b.valid_from_ms, b.valid_until_ms FROM organisation_bond b "
      "JOIN place p ON p.id = b.place_id LEFT JOIN organisation o ON o.id = b.organisation_id WHERE "
      "b.staff_id = $1 AND (b.valid_until_ms IS NULL OR b.valid_until_ms > b.valid_from_ms) AND {scope:p} "
      "ORDER BY b.valid_from_ms DESC, b.id LIMIT 500",
      {staff}, keep);
  // Who belongs to a party branch says what their party is: its heads are known to everybody.
  q.run(
      "SELECT m.role, NULL, t.place_id, t.name, v.valid_from_ms, v.valid_until_ms FROM team_member m JOIN "
      "team_version v ON v.id = m.version_id JOIN team t ON t.id = v.team_id JOIN place p ON p.id = "
      "t.place_id WHERE m.staff_id = $1 AND (t.kind <> 'party_branch' OR m.role <> 'member') AND {scope:p} "
      "ORDER BY v.valid_from_ms DESC, m.id LIMIT 500",
      {staff}, keep);
  const auto labels = place::labels_of(q, places);
  for (std::size_t i = 0; i < posts.size(); ++i)
    if (const auto label = labels.find(places[i]); label != labels.end()) posts[i].place_name = label->second;
  return posts;
}

Result<StaffFileDetail> detail_of(db::Scoped& q, std::int64_t id, base::Instant now) {
  StaffFileDetail out;
  if (!q.one(file_columns.with(" AND s.id = {arg}"), {now, id},
             [&](const db::Row& r) { out.staff = load_file(r); }))
    return base::fail(ErrorKind::not_found, "not_found");
  out.posts = posts_of(q, id);
  return out;
}

Result<StaffFileDetail> get_file(api::Context& c) {
  return c.read([&](db::Scoped& q) { return detail_of(q, c.id(), c.now); });
}

// The employer is one whose staff the caller's office keeps.
bool may_employ(db::Scoped& q, std::int64_t organisation) {
  return q.count(
             "SELECT COUNT(*) FROM organisation o JOIN place p ON p.id = o.place_id WHERE o.id = $1 AND "
             "o.valid_until_ms IS NULL AND ({scope:p} OR EXISTS (SELECT 1 FROM organisation_bond r JOIN "
             "place rp ON rp.id = r.place_id WHERE r.organisation_id = o.id AND r.bond IN ('manages', "
             "'represents') AND r.valid_until_ms IS NULL AND {scope:rp}))",
             {organisation}) > 0;
}

// NewStaffFile and StaffFilePatch have the same members but for what must be there.
template <class In>
base::Problems apply(db::Scoped& q, StaffRow& row, const In& in, const core::Keyring& keys) {
  base::Problems problems;
  if (in.post) row.post = *in.post;
  if (in.rank) row.rank = meta::name_of(*in.rank);
  if (in.party) row.party = meta::name_of(*in.party);
  if (in.force) {
    if (!known_term(q, TermList::force, *in.force))
      problems.push_back({"/force", "not_allowed", {{"value", *in.force}}});
    row.force = *in.force;
  }
  if (in.skills) {
    for (std::size_t i = 0; i < in.skills->size(); ++i)
      if (!known_term(q, TermList::skill, (*in.skills)[i]))
        problems.push_back({fmt::format("/skills/{}", i), "not_allowed", {{"value", (*in.skills)[i]}}});
    row.skills = fmt::format("{}", fmt::join(*in.skills, " "));
  }
  if (in.phone && !stewardship::give_phone(row, *in.phone, keys))
    problems.push_back({"/phone", "not_a_phone"});
  return problems;
}

// Among those the caller may see: others are nobody's business here.
bool known_already(db::Scoped& q, const StaffRow& row) {
  if (!row.phone_index) return false;
  return q.count(db::ScopedSql(
                     "SELECT COUNT(*) FROM staff s WHERE s.name = $1 AND s.phone_index = $2 AND s.id <> "
                     "$3 AND " STAFF_SEEN),
                 {row.name, meta::Blob{row.phone_index->value}, row.id}) > 0;
}

Result<StaffFileDetail> create_file(api::Context& c, const NewStaffFile& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<StaffFileDetail> {
    StaffRow row;
    row.id = meta::Id<StaffRow>(id);
    row.name = in.name;
    row.organisation_id = in.organisation_id;
    row.updated = c.now;
    auto problems = apply(q, row, in, c.services.keys);
    if (!may_employ(q, in.organisation_id)) problems.push_back({"/organisation_id", "not_found"});
    if (problems.empty() && known_already(q, row)) problems.push_back({"/phone", "duplicate"});
    if (!problems.empty()) return base::fail(std::move(problems));
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"staff.create", "staff", id, std::nullopt});
    return detail_of(q, id, c.now);
  });
}

Result<StaffFileDetail> change_file(api::Context& c, const StaffFilePatch& in) {
  return c.write([&](db::Scoped& q) -> Result<StaffFileDetail> {
    std::optional<StaffRow> before;
    q.one(row_columns.with(" AND s.id = {arg}"), {c.id()},
          [&](const db::Row& r) { before = meta::load<StaffRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    auto problems = apply(q, after, in, c.services.keys);
    if (in.name) after.name = *in.name;
    if (in.organisation_id && in.organisation_id != before->organisation_id) {
      if (!may_employ(q, *in.organisation_id)) problems.push_back({"/organisation_id", "not_found"});
      after.organisation_id = *in.organisation_id;
      after.organisation.reset();
    }
    if (problems.empty() && known_already(q, after)) problems.push_back({"/phone", "duplicate"});
    if (!problems.empty()) return base::fail(std::move(problems));
    after.updated = c.now;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"staff.change", "staff", c.id(), std::nullopt});
    return detail_of(q, c.id(), c.now);
  });
}

Result<StaffRevealed> reveal(api::Context& c, const StaffRevealWanted& in) {
  if (!in.phone.value_or(false) && !in.party.value_or(false)) return base::fail_field("/phone", "required");
  struct Subject {
    std::optional<std::string> sealed{};
    std::string party{};
  };
  // The row of the audit is durable when this returns; only then anything is opened.
  auto subject = c.write([&](db::Scoped& q) -> Result<Subject> {
    Subject found;
    if (!q.one(db::ScopedSql("SELECT s.phone_sealed, s.party FROM staff s WHERE s.id = $1 AND " STAFF_SEEN),
               {c.id()}, [&](const db::Row& r) {
                 if (!r.is_null(0)) found.sealed = std::string(r.blob(0));
                 found.party = r.str(1);
               }))
      return base::fail(ErrorKind::not_found, "not_found");
    const auto fields = fmt::format("{}{}", in.phone.value_or(false) ? "phone " : "",
                                    in.party.value_or(false) ? "party" : "");
    core::audit(q, c, {"staff.reveal", "staff", c.id(), std::nullopt, fields, std::string(in.reason)});
    return found;
  });
  if (!subject) return tl::unexpected(std::move(subject).error());
  StaffRevealed out;
  out.staff_id = c.id();
  if (in.phone.value_or(false) && subject->sealed)
    out.phone = c.services.keys.unseal("staff", "phone", c.id(), *subject->sealed);
  if (in.party.value_or(false)) out.party = subject->party;
  return out;
}

}  // namespace

void staff_routes(api::Router& r) {
  core::list<list_files>(r, "/api/staff-files", Permission::organisation_read,
                         "Staff with employer, force, rank and skills");
  r.get<StaffFileDetail>("/api/staff-files/{id}", Permission::organisation_read,
                         "One of the staff and where they stand or stood", get_file);
  r.post<NewStaffFile, StaffFileDetail>("/api/staff-files", Permission::organisation_write,
                                        "Add somebody to the staff of a body", create_file);
  r.patch<StaffFilePatch, StaffFileDetail>("/api/staff-files/{id}", Permission::organisation_write,
                                           "Change what is known of one of the staff", change_file);
  r.post<StaffRevealWanted, StaffRevealed>("/api/staff-files/{id}/reveal", Permission::sensitive_read,
                                           "Phone or party of one of the staff in full, for a reason",
                                           reveal);
}

}  // namespace feature::organisation
