// Documents on file, and the bodies that must have one and have not, with the number that must (SY-09,
// FZ-05).
#include <fmt/format.h>

#include <map>

#include "api/paging.hpp"
#include "core/file.hpp"
#include "core/list.hpp"
#include "feature/organisation/document_record.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/service.hpp"
#include "feature/organisation/sql.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// The body o, at home in p, is at home in the scope or has a compound in it.
#define KEPT_BY_SCOPE                                                                                  \
  "({scope:p} OR EXISTS (SELECT 1 FROM organisation_bond r JOIN place rp ON rp.id = r.place_id WHERE " \
  "r.organisation_id = o.id AND r.bond IN ('manages', 'represents') AND r.valid_until_ms IS NULL AND " \
  "{scope:rp}))"

constexpr auto document_columns = db::ScopedSql(
    "SELECT d.id, d.kind, t.title, d.organisation_id, o.name, d.place_id, dp.name, d.title, d.reference, "
    "d.signed_day, d.valid_until_day, CASE WHEN d.withdrawn_ms IS NOT NULL THEN 'withdrawn' WHEN "
    "d.signed_day > $1 THEN 'to_come' WHEN d.valid_until_day < $1 THEN 'expired' ELSE 'in_force' END, "
    "d.note, f.name, f.size_bytes FROM organisation_document d LEFT JOIN stored_file f ON f.owner = "
    "'organisation_document' AND f.owner_id = d.id JOIN organisation o ON o.id = d.organisation_id JOIN "
    "place p ON p.id = o.place_id LEFT JOIN place dp ON dp.id = d.place_id LEFT JOIN term t ON t.list = "
    "'document_kind' AND t.code = d.kind "
    "WHERE (d.place_id IS NULL OR {scope:dp}) AND " KEPT_BY_SCOPE);

Result<api::Page<OrganisationDocument>> list_documents(api::Context& c, const DocumentQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = document_columns;
    std::vector<db::Arg> args{base::civil_day(c.now)};
    if (in.organisation_id)
      sql = sql.with(" AND d.organisation_id = {arg}"), args.push_back(*in.organisation_id);
    if (in.kind) sql = sql.with(" AND d.kind = {arg}"), args.push_back(*in.kind);
    return api::fetch_page<OrganisationDocument>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (o.name, d.id) > ({arg}, {arg})", " ORDER BY o.name, d.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<OrganisationDocument>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(4), r.integer(0)};
        });
  });
}

Result<OrganisationDocument> shown(db::Scoped& q, const api::Context& c, std::int64_t id) {
  std::optional<OrganisationDocument> found;
  q.one(document_columns.with(" AND d.id = {arg}"), {base::civil_day(c.now), id},
        [&](const db::Row& r) { found = meta::load<OrganisationDocument>(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return std::move(*found);
}

std::optional<std::int64_t> compound_of(db::Scoped& q, const OrganisationDocument& document) {
  const auto place = document.place_id ? place::find_place(q, *document.place_id) : std::nullopt;
  return place ? place->compound_id : std::nullopt;
}

bool kept_here(db::Scoped& q, std::int64_t organisation) {
  return q.count(db::ScopedSql(
                     "SELECT COUNT(*) FROM organisation o JOIN place p ON p.id = o.place_id WHERE o.id = "
                     "$1 AND o.valid_until_ms IS NULL AND " KEPT_BY_SCOPE),
                 {organisation}) > 0;
}

Result<OrganisationDocument> file_document(api::Context& c, const NewDocument& in) {
  DocumentRow row;
  row.id = c.new_id<DocumentRow>();
  row.kind = in.kind;
  row.organisation_id = in.organisation_id;
  row.place_id = in.place_id;
  row.title = in.title;
  if (in.reference) row.reference = *in.reference;
  row.signed_day = in.signed_day;
  row.valid_until_day = in.valid_until_day;
  if (in.note) row.note = *in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  return c.write([&](db::Scoped& q) -> Result<OrganisationDocument> {
    base::Problems problems;
    if (!kept_here(q, in.organisation_id)) problems.push_back({"/organisation_id", "not_found"});
    if (!known_term(q, TermList::document_kind, row.kind))
      problems.push_back({"/kind", "not_allowed", {{"value", row.kind}}});
    const auto place = in.place_id ? place::find_place(q, *in.place_id) : std::nullopt;
    if (in.place_id && !place) problems.push_back({"/place_id", "not_found"});
    if (in.valid_until_day && *in.valid_until_day < in.signed_day)
      problems.push_back({"/valid_until_day", "ends_before_it_begins"});
    if (!problems.empty()) return base::fail(std::move(problems));
    core::insert(q, row, core::source_of(c));
    core::audit(q, c,
                {"organisation_document.file", "organisation_document", row.id.value,
                 place ? place->compound_id : std::nullopt, row.kind});
    return shown(q, c, row.id.value);
  });
}

Result<OrganisationDocument> withdraw(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<OrganisationDocument> {
    if (auto seen = shown(q, c, c.id()); !seen) return seen;
    std::optional<DocumentRow> before;
    q.unscoped().run(fmt::format("SELECT {} FROM organisation_document d WHERE d.id = $1",
                                 meta::column_list(meta::record_of<DocumentRow>(), "d")),
                     {c.id()}, [&](const db::Row& r) { before = meta::load<DocumentRow>(r); });
    if (before->withdrawn) return base::fail(ErrorKind::conflict, "withdrawn_already");
    auto after = *before;
    after.withdrawn = c.now;
    core::update(q, *before, after, core::source_of(c));
    core::audit(
        q, c,
        {"organisation_document.withdraw", "organisation_document", c.id(), std::nullopt, before->kind});
    return shown(q, c, c.id());
  });
}

constexpr std::string_view owner = "organisation_document";
constexpr std::uint64_t file_limit_bytes = 20ull << 20;

std::vector<std::int64_t> ids_of(const std::vector<core::StoredFile>& files) {
  std::vector<std::int64_t> ids;
  for (const auto& file : files) ids.push_back(file.id.value);
  return ids;
}

// A document has one scan: a new one takes the place of the old.
Result<OrganisationDocument> keep_scan(api::Context& c, const DocumentFile& in) {
  const auto there = c.read([&](db::Scoped& q) { return shown(q, c, c.id()); });
  if (!there) return there;
  const auto kept = core::keep_file(c.services, c.store.next_id(), {std::string(owner), c.id(), in.filename},
                                    c.request.body, c.who.account, c.now);
  if (!kept) return tl::unexpected(kept.error());
  std::vector<std::string> old;
  auto done = c.write([&](db::Scoped& q) -> Result<OrganisationDocument> {
    const auto document = shown(q, c, c.id());
    if (!document) return document;
    if (document->state == DocumentState::withdrawn)
      return base::fail(ErrorKind::conflict, "withdrawn_already");
    old = core::let_go(q, ids_of(core::files_of(q, owner, c.id())));
    core::append(q, *kept);
    core::audit(q, c,
                {"organisation_document.scan", std::string(owner), c.id(), compound_of(q, *document),
                 fmt::format("bytes={} replaced={}", kept->size_bytes, old.size())});
    return shown(q, c, c.id());
  });
  if (!done) old = {kept->address};
  for (const auto& address : old) core::drop_file(c.services, address);
  return done;
}

Result<api::Response> scan(api::Context& c) {
  auto file = c.read([&](db::Scoped& q) -> Result<core::StoredFile> {
    if (auto seen = shown(q, c, c.id()); !seen) return tl::unexpected(seen.error());
    auto files = core::files_of(q, owner, c.id());
    if (files.empty()) return base::fail(ErrorKind::not_found, "not_found");
    return std::move(files.front());
  });
  if (!file) return tl::unexpected(std::move(file).error());
  auto bytes = core::kept_file(c.services, *file);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  // Known before anything leaves.
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    const auto document = shown(q, c, c.id());
    if (!document) return tl::unexpected(document.error());
    core::audit(q, c,
                {"organisation_document.download", std::string(owner), c.id(), compound_of(q, *document),
                 fmt::format("bytes={}", bytes->size())});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return core::file_answer(*file, std::move(*bytes));
}

// One that should not have come here goes for good; the document stays on file.
Result<OrganisationDocument> drop_scan(api::Context& c) {
  std::vector<std::string> old;
  auto done = c.write([&](db::Scoped& q) -> Result<OrganisationDocument> {
    const auto document = shown(q, c, c.id());
    if (!document) return document;
    old = core::let_go(q, ids_of(core::files_of(q, owner, c.id())));
    if (old.empty()) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(
        q, c, {"organisation_document.scan_removed", std::string(owner), c.id(), compound_of(q, *document)});
    return shown(q, c, c.id());
  });
  if (done)
    for (const auto& address : old) core::drop_file(c.services, address);
  return done;
}

// Bodies o at home in p that must have a document of the kind t. $1: the place, $2: now.
#define MUST_HAVE \
  " FROM organisation o JOIN place p ON p.id = o.place_id JOIN term t ON t.list = 'document_kind' AND "     \
  "t.retired_ms IS NULL AND ' ' || t.required_of || ' ' LIKE '% ' || o.kind || ' %' WHERE "                 \
  "o.valid_until_ms IS NULL AND (($1 IN (p.id, p.compound_id, p.community_id, p.subdistrict_id, p.area_id, " \
  "p.district_id) AND {scope:p}) OR EXISTS (SELECT 1 FROM organisation_bond r JOIN place rp ON rp.id = "     \
  "r.place_id WHERE r.organisation_id = o.id AND r.bond IN ('manages', 'represents') AND " \
  IN_FORCE("r", "$2") \
  " AND $1 IN (rp.id, rp.compound_id, rp.community_id, rp.subdistrict_id, rp.area_id, rp.district_id) AND "  \
  "{scope:rp}))"
// $3: today.
#define HAS_ONE_IN_FORCE                                                                                  \
  "EXISTS (SELECT 1 FROM organisation_document d WHERE d.organisation_id = o.id AND d.kind = t.code AND " \
  "d.withdrawn_ms IS NULL AND d.signed_day <= $3 AND (d.valid_until_day IS NULL OR d.valid_until_day >= " \
  "$3))"
#define HAD_ONE                                                                                           \
  "EXISTS (SELECT 1 FROM organisation_document e WHERE e.organisation_id = o.id AND e.kind = t.code AND " \
  "e.withdrawn_ms IS NULL AND e.valid_until_day < $3)"

Result<api::Page<LackingDocument>> list_lacking(api::Context& c, const LackingQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = db::ScopedSql("SELECT o.id, o.name, o.kind, t.code, t.title, CASE WHEN " HAD_ONE
                             " THEN 'expired' ELSE 'missing' END, o.phone, o.name || '/' || t.code" MUST_HAVE
                             " AND NOT " HAS_ONE_IN_FORCE);
    std::vector<db::Arg> args{in.place_id, c.now, base::civil_day(c.now)};
    if (in.kind) sql = sql.with(" AND t.code = {arg}"), args.push_back(*in.kind);
    return api::fetch_page<LackingDocument>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (o.name || '/' || t.code, o.id) > ({arg}, {arg})",
         " ORDER BY o.name || '/' || t.code, o.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<LackingDocument>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(7), r.integer(0)};
        });
  });
}

Result<LackingSummary> lacking_summary(api::Context& c, const place::PlaceIdQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<LackingSummary> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    LackingSummary out;
    out.as_of_ms = c.now;
    q.run(db::ScopedSql("SELECT t.code, t.title, SUM(CASE WHEN NOT " HAS_ONE_IN_FORCE " AND NOT " HAD_ONE
                        " THEN 1 ELSE 0 END), SUM(CASE WHEN NOT " HAS_ONE_IN_FORCE " AND " HAD_ONE
                        " THEN 1 ELSE 0 END), COUNT(*)" MUST_HAVE
                        " GROUP BY t.code, t.title, t.position, t.id ORDER BY t.position, t.id"),
          {in.place_id, c.now, base::civil_day(c.now)},
          [&](const db::Row& r) { out.items.push_back(meta::load<LackingCount>(r)); });
    return out;
  });
}
#undef KEPT_BY_SCOPE
#undef MUST_HAVE
#undef HAS_ONE_IN_FORCE
#undef HAD_ONE

}  // namespace

void document_routes(api::Router& r) {
  core::list<list_documents>(r, "/api/organisation-documents", Permission::organisation_read,
                             "Documents on file of bodies");
  r.post<NewDocument, OrganisationDocument>("/api/organisation-documents", Permission::organisation_write,
                                            "Put a document of a body on file", file_document);
  r.post<OrganisationDocument>("/api/organisation-documents/{id}/withdraw", Permission::organisation_write,
                               "Take a document back: it does not count any more", withdraw);
  r.upload<DocumentFile, OrganisationDocument>(
      "/api/organisation-documents/{id}/file", Permission::organisation_write,
      "Keep the scan of a document: PDF, JPEG or PNG", file_limit_bytes, keep_scan);
  r.get<api::Response>("/api/organisation-documents/{id}/file", Permission::organisation_read,
                       "The scan of a document, to be saved", scan)
      .produces = "application/octet-stream";
  r.post<OrganisationDocument>("/api/organisation-documents/{id}/file/remove", Permission::organisation_write,
                               "Remove the scan of a document for good", drop_scan);
  core::list<list_lacking>(r, "/api/missing-documents", Permission::organisation_read,
                           "Bodies without a document that they must have");
  r.get<place::PlaceIdQuery, LackingSummary>(
      "/api/missing-documents/summary", Permission::organisation_read,
      "Of each document how many bodies lack it, and how many must have it", lacking_summary);
}

}  // namespace feature::organisation
