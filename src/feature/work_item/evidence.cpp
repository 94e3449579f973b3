// Photos and signatures of a work item. What a kind demands is data; without it an item of the kind is not
// closed.
#include <fmt/format.h>

#include "base/text.hpp"
#include "core/file.hpp"
#include "core/services.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::uint64_t picture_limit_bytes = 8ull << 20;
constexpr std::size_t pictures_max = 20;

std::string owner_of(Evidence evidence) { return fmt::format("work_{}", meta::name_of(evidence)); }

std::vector<Picture> pictures_of(db::Scoped& q, std::int64_t item) {
  std::vector<Picture> all;
  for (const auto evidence : {Evidence::photo, Evidence::signature})
    for (const auto& file : core::files_of(q, owner_of(evidence), item))
      all.push_back({file.id, evidence, file.name, file.size_bytes, file.created});
  return all;
}

Result<ItemRow> open_item(db::Scoped& q, std::int64_t id) {
  auto item = find_item(q, id);
  if (!item) return base::fail(ErrorKind::not_found, "not_found");
  if (item->closed) return base::fail(ErrorKind::conflict, "work.closed");
  return *item;
}

Result<PictureList> keep_picture(api::Context& c, const NewPicture& in) {
  if (in.evidence == Evidence::note || in.evidence == Evidence::location)
    return base::fail_field("/evidence", "not_allowed");
  const auto media = core::media_of(c.request.body);
  if (media != core::Media::jpeg && media != core::Media::png)
    return base::fail(ErrorKind::invalid, "file.kind", {{"allowed", "JPEG, PNG"}});
  const auto there = c.read([&](db::Scoped& q) -> Result<bool> {
    if (sent_before(q, c.who.account, in.client_id)) return true;
    if (auto item = open_item(q, c.id()); !item) return tl::unexpected(std::move(item).error());
    if (pictures_of(q, c.id()).size() >= pictures_max)
      return base::fail(ErrorKind::conflict, "work.pictures_full");
    return false;
  });
  if (!there) return tl::unexpected(there.error());
  if (!*there) {
    const auto kept =
        core::keep_file(c.services, c.store.next_id(), {owner_of(in.evidence), c.id(), in.filename},
                        c.request.body, c.who.account, c.now);
    if (!kept) return tl::unexpected(kept.error());
    bool again = false;
    auto done = c.write([&](db::Scoped& q) -> Result<void> {
      q.unscoped().run("UPDATE work_item SET version = version + 1 WHERE id = $1", {c.id()});
      again = sent_before(q, c.who.account, in.client_id);
      if (again) return {};
      auto item = open_item(q, c.id());
      if (!item) return tl::unexpected(std::move(item).error());
      core::append(q, *kept);
      write_item(q, *item, {meta::name_of(in.evidence), c.who.account, std::nullopt, in.client_id}, c.now);
      core::audit(q, c,
                  {"work.evidence", "work_item", c.id(), item->compound_id,
                   fmt::format("{} bytes={}", meta::name_of(in.evidence), kept->size_bytes)});
      return {};
    });
    if (!done || again) core::drop_file(c.services, kept->address);
    if (!done) return tl::unexpected(std::move(done).error());
  }
  return c.read([&](db::Scoped& q) -> Result<PictureList> {
    if (!find_item(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    return PictureList{pictures_of(q, c.id())};
  });
}

Result<PictureList> list_pictures(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<PictureList> {
    if (!find_item(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    return PictureList{pictures_of(q, c.id())};
  });
}

Result<api::Response> picture(api::Context& c) {
  auto file = c.read([&](db::Scoped& q) -> Result<core::StoredFile> {
    std::int64_t item = 0;
    q.one(
        "SELECT i.id FROM stored_file f JOIN work_item i ON i.id = f.owner_id JOIN place p ON p.id = "
        "i.place_id WHERE f.id = $1 AND f.owner IN ('work_photo', 'work_signature') AND {scope:p}",
        {c.id()}, [&](const db::Row& r) { item = r.integer(0); });
    for (const auto evidence : {Evidence::photo, Evidence::signature})
      for (auto& each : core::files_of(q, owner_of(evidence), item))
        if (each.id.value == c.id()) return std::move(each);
    return base::fail(ErrorKind::not_found, "not_found");
  });
  if (!file) return tl::unexpected(std::move(file).error());
  auto bytes = core::kept_file(c.services, *file);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  // Known before anything leaves.
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    const auto item = find_item(q, file->owner_id);
    if (!item) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c,
                {"work.evidence_seen", "work_item", file->owner_id, item->compound_id,
                 fmt::format("bytes={}", bytes->size())});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return core::file_answer(*file, std::move(*bytes));
}

}  // namespace

std::vector<Evidence> evidence_in(std::string_view words) {
  std::vector<Evidence> out;
  for (const auto& word : base::words_of(words))
    if (Evidence evidence{}; meta::parse_enum(word, evidence)) out.push_back(evidence);
  return out;
}

std::optional<Evidence> evidence_missing(db::Scoped& q, const ItemRow& item, const KindRow& kind,
                                         Shown with) {
  const auto any = [&](std::string_view sql) { return q.unscoped().count(std::string(sql), {item.id}) > 0; };
  const auto there = [&](Evidence evidence) {
    switch (evidence) {
      case Evidence::note:
        return with.note || any("SELECT COUNT(*) FROM work_event WHERE item_id = $1 AND verb = 'comment'");
      case Evidence::location:
        // A phone may not know; then somebody says why in words.
        return with.location || with.note ||
               any("SELECT COUNT(*) FROM work_event WHERE item_id = $1 AND latitude_e4 IS NOT NULL");
      case Evidence::photo:
      case Evidence::signature:
        break;
    }
    return !core::files_of(q, owner_of(evidence), item.id.value).empty();
  };
  for (const auto evidence : evidence_in(kind.evidence))
    if (!there(evidence)) return evidence;
  return std::nullopt;
}

bool about_a_door(const place::PlaceRow& place, Category category) {
  return category == Category::unrest && place.kind == place::Kind::dwelling;
}

bool sent_before(db::Scoped& q, std::int64_t account, const std::optional<meta::Text<8, 60>>& client_id) {
  if (!client_id) return false;
  return q.unscoped().count("SELECT COUNT(*) FROM work_event WHERE account_id = $1 AND client_id = $2",
                            {account, std::string(*client_id)}) > 0;
}

void evidence_routes(api::Router& r) {
  r.upload<NewPicture, PictureList>("/api/work-items/{id}/files", Permission::work_write,
                                    "Keep a photo or a drawn signature of an item: JPEG or PNG",
                                    picture_limit_bytes, keep_picture);
  r.get<PictureList>("/api/work-items/{id}/files", Permission::work_read, "Photos and signatures of an item",
                     list_pictures);
  r.get<api::Response>("/api/work-files/{id}", Permission::work_read,
                       "A photo or signature, to be saved; on record", picture)
      .produces = "application/octet-stream";
}

}  // namespace feature::work_item
