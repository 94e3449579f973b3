#include <fmt/format.h>

#include "engine/intake/pattern.hpp"
#include "feature/place/service.hpp"

namespace feature::place {

std::string natural_key(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    if (name[i] >= '0' && name[i] <= '9') {
      std::size_t end = i;
      while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
      if (end - i < 6) out.append(6 - (end - i), '0');
      out.append(name.substr(i, end - i));
      i = end;
    } else {
      out += name[i++];
    }
  }
  return out;
}

std::string dwelling_label(std::string_view phase, std::string_view building, std::string_view stair,
                           std::string_view room) {
  std::string out;
  for (const auto part : {building, stair, room}) {
    if (part.empty()) continue;
    if (!out.empty()) out += '-';
    out += part;
  }
  return phase.empty() ? out : fmt::format("{}#{}", phase, out);
}

PlaceRow child_of(const PlaceRow& parent, Kind kind, std::string name, std::int64_t id, base::Instant now) {
  PlaceRow row = parent;
  row.id = meta::Id<PlaceRow>(id);
  row.kind = kind;
  row.parent_id = parent.id.value;
  row.name = std::move(name);
  row.code.reset();
  row.compound_kind.reset();
  row.sort = natural_key(row.name);
  row.valid_from = now;
  row.valid_until.reset();
  row.version = 1;
  switch (kind) {
    case Kind::district:
      row.district_id = id;
      break;
    case Kind::area:
      row.area_id = id;
      break;
    case Kind::subdistrict:
      row.subdistrict_id = id;
      break;
    case Kind::community:
      row.community_id = id;
      break;
    case Kind::compound:
      row.compound_id = id;
      break;
    case Kind::phase:
      row.phase_id = id;
      break;
    case Kind::building:
      row.building_id = id;
      break;
    case Kind::stair:
      row.stair_id = id;
      break;
    case Kind::dwelling:
    case Kind::premises:
      break;
  }
  return row;
}

namespace {

namespace intake = engine::intake;

intake::BuildingPattern to_engine(const BuildingPattern& in) {
  intake::BuildingPattern p;
  const auto ref = intake::parse_building_ref(in.name);
  p.phase = ref.phase;
  p.building = ref.building.empty() ? std::string(in.name) : ref.building;
  for (int s = 1; s <= in.stairs; ++s) p.stairs.push_back(std::to_string(s));
  p.first_floor = static_cast<int>(in.first_floor);
  p.last_floor = static_cast<int>(in.floors);
  p.rooms_per_floor = static_cast<int>(in.rooms_per_floor);
  p.shop_floors = static_cast<int>(in.shops_below.value_or(0));
  if (in.rooms_run_on.value_or(false)) p.numbering = intake::Numbering::floor_running;
  return p;
}

std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  int n = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    n = n * 10 + (c - '0');
  }
  return n;
}

}  // namespace

base::Result<std::vector<DwellingDraft>> expand(const BuildingPattern& in) {
  auto pattern = to_engine(in);
  base::Problems problems;
  for (std::size_t i = 0; i < in.skip_floors.size(); ++i) {
    const std::string_view text = in.skip_floors[i];
    const auto equals = text.find('=');
    const auto floor = number(text.substr(0, equals));
    if (!floor)
      problems.push_back({fmt::format("/skip_floors/{}", i), "not_a_floor"});
    else if (equals == std::string_view::npos)
      pattern.skipped_floors.push_back(*floor);
    else
      pattern.renamed_floors.emplace_back(*floor, std::string(text.substr(equals + 1)));
  }
  if (in.first_floor > in.floors) problems.push_back({"/first_floor", "above_last_floor"});
  if (!problems.empty()) return base::fail(std::move(problems));
  auto rooms = intake::expand(pattern);
  if (!rooms) return tl::unexpected(std::move(rooms).error());
  std::vector<DwellingDraft> drafts;
  for (auto& r : *rooms) {
    DwellingDraft d;
    d.phase = r.room.phase;
    d.building = r.room.building;
    d.stair = r.room.stair;
    d.room = r.room.room;
    d.floor = r.floor;
    drafts.push_back(std::move(d));
  }
  return drafts;
}

}  // namespace feature::place
