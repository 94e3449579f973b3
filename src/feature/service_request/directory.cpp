// The directory of an area: shops, pharmacies, hotlines, who is responsible; as a page and as a card (LZ-29).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/paper.hpp"
#include "core/words.hpp"
#include "feature/organisation/service.hpp"
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int entries_max = 500;
// The seven of LZ-29.
constexpr std::array<std::string_view, 7> usual{"family_doctor", "police",  "supplies", "power",
                                                "pipes",         "repairs", "emergency"};

Directory directory_of(db::Scoped& q, const place::PlaceRow& place, base::Instant now) {
  Directory out;
  out.items = directory_at(q, place, now);
  for (const auto kind : usual)
    if (std::ranges::none_of(out.items, [&](const auto& e) { return e.directory_kind == kind; }))
      out.missing.emplace_back(kind);
  return out;
}

Result<Directory> get_directory(api::Context& c, const DirectoryQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<Directory> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    return directory_of(q, *place, c.now);
  });
}

std::optional<std::string> said(const auto& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

Result<Directory> add_entry(api::Context& c, const NewEntry& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Directory> {
    const auto place = add_to_directory(q, in, id, c.who.account, core::source_of(c));
    if (!place) return tl::unexpected(place.error());
    core::audit(q, c, {"directory.change", "directory_entry", id, place->compound_id});
    return directory_of(q, *place, c.now);
  });
}

Result<Directory> change_entry(api::Context& c, const EntryPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Directory> {
    std::optional<EntryRow> before;
    q.one(
        "SELECT e.id, e.place_id, e.kind, e.name, e.phone, e.address, e.hours, e.responsible, e.note, "
        "e.valid_from_ms, e.valid_until_ms, e.created_by FROM directory_entry e JOIN place p ON p.id = "
        "e.place_id WHERE e.id = $1 AND e.valid_until_ms IS NULL AND {scope:p}",
        {c.id()}, [&](const db::Row& r) { before = meta::load<EntryRow>(r); });
    const auto place = before ? place::find_place(q, before->place_id) : std::nullopt;
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    auto row = *before;
    if (in.name) row.name = *in.name;
    if (in.phone) row.phone = *in.phone;
    if (in.address) row.address = *in.address;
    if (in.hours) row.hours = *in.hours;
    if (in.responsible) row.responsible = *in.responsible;
    if (in.note) row.note = *in.note;
    if (in.ended.value_or(false)) row.valid_until = c.now;
    core::update(q, *before, row, core::source_of(c));
    core::audit(q, c, {"directory.change", "directory_entry", c.id(), place->compound_id});
    return directory_of(q, *place, c.now);
  });
}

// What nobody has written down is a line to write on, never left out.
Result<api::Response> card(api::Context& c, const DirectoryQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  std::string area;
  const auto found = c.read([&](db::Scoped& q) -> Result<Directory> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    area = place->name;
    return directory_of(q, *place, c.now);
  });
  if (!found) return tl::unexpected(found.error());
  print::Notice n;
  n.title = core::words(language, "service_card.title");
  for (const auto& e : found->items) {
    std::string line = e.name;
    for (const auto& part : {e.phone, e.address, e.hours, e.responsible})
      if (part) line += "  " + *part;
    n.facts.emplace_back(directory_word(language, e), std::move(line));
  }
  for (const auto& kind : found->missing)
    n.blanks.push_back(core::words(language, fmt::format("directory_kind.{}", kind)));
  n.paragraphs = {core::words(language, "service_card.text")};
  n.issued = area + "  " + base::to_string(base::civil_day(c.now));
  n.created = base::to_iso(c.now);
  return core::notice_pdf(n, "services");
}

}  // namespace

Result<place::PlaceRow> add_to_directory(db::Scoped& q, const NewEntry& in, std::int64_t id,
                                         std::int64_t account, const core::Source& source) {
  EntryRow row;
  row.id = meta::Id<EntryRow>(id);
  row.place_id = in.place_id;
  row.kind = in.kind;
  row.name = in.name;
  row.phone = said(in.phone);
  row.address = said(in.address);
  row.hours = said(in.hours);
  row.responsible = said(in.responsible);
  row.note = said(in.note);
  row.valid_from = source.now;
  row.created_by = account;
  auto place = place::find_place(q, in.place_id);
  if (!place) return base::fail_field("/place_id", "not_found");
  if (!organisation::known_term(q, organisation::TermList::directory_kind, in.kind))
    return base::fail_field("/kind", "not_allowed");
  core::insert(q, row, source);
  return *std::move(place);
}

std::vector<DirectoryEntry> directory_at(db::Scoped& q, const place::PlaceRow& place, base::Instant now) {
  const auto chain = place::chain_of(place);
  std::vector<std::pair<int, DirectoryEntry>> found;
  auto& raw = q.unscoped();
  raw.run(
      fmt::format("SELECT e.id, e.place_id, p.name, e.kind, t.title, e.name, e.phone, e.address, e.hours, "
                  "e.responsible, e.note, COALESCE(t.position, 9999) FROM directory_entry e JOIN place p ON "
                  "p.id = e.place_id LEFT JOIN term t ON t.list = 'directory_kind' AND t.code = e.kind "
                  "WHERE e.place_id {} AND e.valid_from_ms <= $2 AND (e.valid_until_ms IS NULL OR "
                  "e.valid_until_ms > $2) ORDER BY e.id LIMIT {}",
                  raw.in_list(1), entries_max),
      {db::json_array(chain), now}, [&](const db::Row& r) {
        found.emplace_back(static_cast<int>(r.integer(11)),
                           DirectoryEntry{meta::Id<EntryRow>(r.integer(0)), r.integer(1), r.str(2), r.str(3),
                                          r.maybe_text(4), r.str(5), r.maybe_text(6), r.maybe_text(7),
                                          r.maybe_text(8), r.maybe_text(9), r.maybe_text(10)});
      });
  const auto distance = [&](const DirectoryEntry& e) {
    return std::ranges::find(chain, e.place_id) - chain.begin();
  };
  std::ranges::stable_sort(found, [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : distance(a.second) < distance(b.second);
  });
  std::vector<DirectoryEntry> out;
  for (auto& [position, entry] : found) out.push_back(std::move(entry));
  return out;
}

std::string directory_word(std::string_view language, const DirectoryEntry& entry) {
  return entry.kind_title.value_or(
      core::words(language, fmt::format("directory_kind.{}", entry.directory_kind)));
}

void directory_routes(api::Router& r) {
  r.get<DirectoryQuery, Directory>("/api/service-directory", Permission::place_read,
                                   "Shops, pharmacies, hotlines and who is responsible, of a place",
                                   get_directory);
  r.post<NewEntry, Directory>("/api/service-directory", Permission::place_write,
                              "Add somebody to the directory", add_entry);
  r.patch<EntryPatch, Directory>("/api/service-directory/{id}", Permission::place_write,
                                 "Correct an entry of the directory or end it", change_entry);
  r.get<DirectoryQuery, api::Response>("/api/service-directory/card", Permission::place_read,
                                       "The directory of a place as a card", card)
      .produces = "application/pdf";
}

}  // namespace feature::service_request
