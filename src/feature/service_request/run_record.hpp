#pragma once
// Delivery runs, the directory of services (LZ-29) and where couriers leave theirs (practice 19).
#include "feature/service_request/record.hpp"

namespace feature::service_request {

enum class Line { inside, outside };

// --- stored ------------------------------------------------------------------------------------------
struct RunRow {
  meta::Id<RunRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> shop_id{}, drop_point_id{}, staff_id{};
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
  std::int64_t version = 1;
};
struct EntryRow {
  meta::Id<EntryRow> id;
  std::int64_t place_id = 0;
  std::string kind{};  // of the list directory_kind
  std::string name{};
  std::optional<std::string> phone{}, address{}, hours{}, responsible{}, note{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
};
struct DropPointRow {
  meta::Id<DropPointRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  std::string name{};
  Line line = Line::outside;
  std::optional<std::string> note{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
};

// --- what the API shows ------------------------------------------------------------------------------
struct DeliveryRun {
  meta::Id<RunRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::string> shop{}, drop_point{}, carrier{};
  std::optional<std::string> note{};
  std::int64_t requests = 0, doors = 0, left = 0;  // left: neither delivered nor cancelled
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
};
struct RunQuery {
  std::optional<std::int64_t> place_id{};
  std::optional<bool> run_open{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct RunFile {
  DeliveryRun run{};
  bool own = false;                        // the asker carries it, and may call while it is open
  std::vector<ServiceRequest> requests{};  // in walking order
};
struct NewRun {
  std::vector<std::int64_t> request_ids{};
  std::optional<std::int64_t> staff_id{};  // who carries; none: by the stewardships
  std::optional<meta::Note> note{};
};
// What waits to be carried, by where it comes from and the building it goes to.
struct RunProposal {
  std::optional<std::int64_t> shop_id{}, drop_point_id{};
  std::optional<std::string> shop{}, drop_point{};
  std::int64_t compound_id = 0;
  std::string building{};
  std::int64_t doors = 0;
  std::vector<std::int64_t> request_ids{};
};
struct RunProposals {
  std::vector<RunProposal> items{};
};

struct DirectoryEntry {
  meta::Id<EntryRow> id;
  std::int64_t place_id = 0;
  std::string place_name{};
  std::string directory_kind{};
  std::optional<std::string> kind_title{};
  std::string name{};
  std::optional<std::string> phone{}, address{}, hours{}, responsible{}, note{};
};
struct DirectoryQuery {
  std::int64_t place_id = 0;
  std::optional<std::string> lang{};
};
struct Directory {
  std::vector<DirectoryEntry> items{};  // of the place and of those above it, by kind, nearest first
  std::vector<std::string> missing{};   // of the kinds LZ-29 names, those nobody has written down
};
struct NewEntry {
  std::int64_t place_id = 0;
  meta::Text<1, 40> kind;
  meta::Name name;
  std::optional<meta::Text<3, 40>> phone{};
  std::optional<meta::Text<1, 100>> address{}, hours{}, responsible{};
  std::optional<meta::Note> note{};
};
struct EntryPatch {
  std::optional<meta::Name> name{};
  std::optional<meta::Text<3, 40>> phone{};
  std::optional<meta::Text<1, 100>> address{}, hours{}, responsible{};
  std::optional<meta::Note> note{};
  std::optional<bool> ended{};
};

struct DropPoint {
  meta::Id<DropPointRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  std::optional<std::string> opening_name{};
  std::string name{};
  Line line = Line::outside;
  std::optional<std::string> note{};
  std::int64_t waiting = 0;  // parcels nobody has carried yet
};
struct DropPointQuery {
  std::int64_t compound_id = 0;
};
struct DropPointList {
  std::vector<DropPoint> items{};
};
struct NewDropPoint {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  meta::Name name;
  Line line = Line::outside;
  std::optional<meta::Note> note{};
};
struct DropPointPatch {
  std::optional<Line> line{};
  std::optional<meta::Note> note{};
  std::optional<bool> ended{};
};
struct NewParcel {
  std::int64_t household_id = 0;
  std::optional<meta::Int<1, 1000>> pieces{};  // default: one
  std::optional<meta::Text<1, 100>> note{};
};

}  // namespace feature::service_request

META_ENUM(feature::service_request::Line, "inside", "outside")
META_DESCRIBE(feature::service_request::RunQuery, "DeliveryRunQuery", "", place_id, run_open, limit, cursor)
META_DESCRIBE(feature::service_request::NewRun, "NewDeliveryRun", "", request_ids, staff_id, note)
META_DESCRIBE(feature::service_request::RunProposal, "DeliveryRunProposal", "", shop_id, drop_point_id, shop,
              drop_point, compound_id, building, doors, request_ids)
META_DESCRIBE(feature::service_request::RunProposals, "DeliveryRunProposals", "", items)
META_DESCRIBE(feature::service_request::DirectoryEntry, "DirectoryEntry", "", id, place_id, place_name,
              directory_kind, kind_title, name, phone, address, hours, responsible, note)
META_DESCRIBE(feature::service_request::DirectoryQuery, "DirectoryQuery", "", place_id, lang)
META_DESCRIBE(feature::service_request::Directory, "Directory", "", items, missing)
META_DESCRIBE(feature::service_request::NewEntry, "NewDirectoryEntry", "", place_id, kind, name, phone,
              address, hours, responsible, note)
META_DESCRIBE(feature::service_request::EntryPatch, "DirectoryEntryPatch", "", name, phone, address, hours,
              responsible, note, ended)
META_DESCRIBE(feature::service_request::DropPoint, "DropPoint", "", id, compound_id, opening_id, opening_name,
              name, line, note, waiting)
META_DESCRIBE(feature::service_request::DropPointQuery, "DropPointQuery", "", compound_id)
META_DESCRIBE(feature::service_request::DropPointList, "DropPointList", "", items)
META_DESCRIBE(feature::service_request::NewDropPoint, "NewDropPoint", "", compound_id, opening_id, name, line,
              note)
META_DESCRIBE(feature::service_request::DropPointPatch, "DropPointPatch", "", line, note, ended)
META_DESCRIBE(feature::service_request::NewParcel, "NewParcel", "", household_id, pieces, note)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::service_request::RunRow> {
  using T = feature::service_request::RunRow;
  static constexpr std::string_view name = "DeliveryRunStored", table = "delivery_run";
  static constexpr std::array fields{KEY,     F(compound_id), F(shop_id),  F(drop_point_id), F(staff_id),
                                     F(note), F(created_by),  AT(created), AT(ended),        F(version)};
};
template <>
struct Describe<feature::service_request::EntryRow> {
  using T = feature::service_request::EntryRow;
  static constexpr std::string_view name = "DirectoryEntryStored", table = "directory_entry";
  static constexpr std::array fields{KEY,      F(place_id),    F(kind),         F(name),
                                     F(phone), F(address),     F(hours),        F(responsible),
                                     F(note),  AT(valid_from), AT(valid_until), F(created_by)};
};
template <>
struct Describe<feature::service_request::DropPointRow> {
  using T = feature::service_request::DropPointRow;
  static constexpr std::string_view name = "DropPointStored", table = "drop_point";
  static constexpr std::array fields{KEY,     F(compound_id), F(opening_id),   F(name),      F(line),
                                     F(note), AT(valid_from), AT(valid_until), F(created_by)};
};
template <>
struct Describe<feature::service_request::DeliveryRun> {
  using T = feature::service_request::DeliveryRun;
  static constexpr std::string_view name = "DeliveryRun", table = "";
  static constexpr std::array fields{F(id),       F(compound_id), F(shop), F(drop_point), F(carrier), F(note),
                                     F(requests), F(doors),       F(left), AT(created),   AT(ended)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta

META_DESCRIBE(feature::service_request::RunFile, "DeliveryRunFile", "", run, own, requests)
