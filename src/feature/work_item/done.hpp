#pragma once
// What shows that work was done, and the daily log of who did it (LZ-37).
#include <optional>
#include <string>
#include <vector>

#include "core/file.hpp"
#include "feature/work_item/record.hpp"

namespace feature::work_item {

// --- evidence ----------------------------------------------------------------------------------------
struct NewPicture {
  Evidence evidence = Evidence::photo;
  meta::Text<1, 100> filename;
  std::optional<meta::Text<8, 60>> client_id{};
};
struct Picture {
  meta::Id<core::StoredFile> id;
  Evidence evidence = Evidence::photo;
  std::string filename{};
  std::int64_t size_bytes = 0;
  meta::Instant created_ms{};
};
struct PictureList {
  std::vector<Picture> items{};
};
std::vector<Evidence> evidence_in(std::string_view words);
// The first thing the kind demands and the item lacks.
struct Shown {
  bool note = false, location = false;  // with what closes it
};
std::optional<Evidence> evidence_missing(db::Scoped& q, const ItemRow& item, const KindRow& kind, Shown with);
// A dispute or a hazard is a place's, never a mark on the people of one door (XN-28).
bool about_a_door(const place::PlaceRow& place, Category category);
// The account sent this very record already: what it asks for is done.
bool sent_before(db::Scoped& q, std::int64_t account, const std::optional<meta::Text<8, 60>>& client_id);

// --- the daily log -----------------------------------------------------------------------------------
struct LogQuery {
  std::optional<meta::Day> day{}, until_day{};  // both included; default: today
  std::optional<std::int64_t> account_id{};     // default: the asker
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct LogLine {
  std::int64_t line = 0;  // its own among those of a day
  meta::Instant at{};
  std::string place_name{};
  Category category = Category::entry_control;
  std::string work_kind{};  // or survey_visit
  std::string done{};
  std::optional<std::string> note{};
  std::int64_t place_id = 0;
};
struct NewLogEntry {
  std::int64_t place_id = 0;
  Category category = Category::entry_control;
  meta::Note note;
  std::optional<meta::Instant> happened_ms{};
  std::optional<meta::Text<8, 60>> client_id{};
};

}  // namespace feature::work_item

META_DESCRIBE(feature::work_item::NewPicture, "NewWorkPicture", "", evidence, filename, client_id)
META_DESCRIBE(feature::work_item::Picture, "WorkPicture", "", id, evidence, filename, size_bytes, created_ms)
META_DESCRIBE(feature::work_item::PictureList, "WorkPictureList", "", items)
META_DESCRIBE(feature::work_item::LogQuery, "WorkLogQuery", "", day, until_day, account_id, limit, cursor)
META_DESCRIBE(feature::work_item::NewLogEntry, "NewWorkLogEntry", "", place_id, category, note, happened_ms,
              client_id)

namespace meta {
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::work_item::LogLine> {
  using T = feature::work_item::LogLine;
  static constexpr std::string_view name = "WorkLogLine", table = "";
  static constexpr std::array fields{field<&T::line>("line", {.exported = false}),
                                     AT(at),
                                     F(place_name),
                                     F(category),
                                     F(work_kind),
                                     F(done),
                                     F(note),
                                     F(place_id)};
};
#undef F
#undef AT
}  // namespace meta
