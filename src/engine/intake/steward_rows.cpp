#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "engine/intake/reader.hpp"

namespace engine::intake {

namespace {

constexpr int longest_range = 200;

bool says_all(const std::string& code) {
  for (const std::string_view word : {"全小区", "整个小区", "全部", "所有", "全体", "全域", "整个"})
    if (code.find(word) != std::string::npos) return true;
  return false;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return {};
  return value;
}

// "3-5栋", "3栋至5栋": buildings 3, 4, 5.
std::vector<RoomRef> building_range(const std::string& piece) {
  for (const std::string_view mark : {"至", "到", "~", "-"}) {
    const auto at = piece.find(mark);
    if (at == std::string::npos) continue;
    const auto from = parse_building_ref(piece.substr(0, at));
    const auto to = parse_building_ref(piece.substr(at + mark.size()));
    const auto first = whole_number(from.building), last = whole_number(to.building);
    if (!first || !last || *first >= *last || *last - *first > longest_range) continue;
    if (!from.stair.empty() || !to.stair.empty()) continue;
    std::vector<RoomRef> buildings;
    for (int n = *first; n <= *last; ++n) buildings.push_back({from.phase, std::to_string(n), {}, {}});
    return buildings;
  }
  return {};
}

std::vector<std::string> pieces_of(std::string text) {
  for (const std::string_view mark : {"、", ",", "，", ";", "；", "和", "及", "\n", "/"})
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.replace(at, mark.size(), " ");
  return base::words_of(text);
}

// "1栋、3-5栋、7号楼2单元" or the name of the compound, which has no building in it.
void read_scope(const Reader& reader, std::size_t record, StewardRow& row) {
  row.scope_text = reader.text(record, Field::scope);
  const int column = reader.column(Field::scope);
  if (row.scope_text.empty()) return add_issue(row, column, "intake.scope_missing");
  bool unreadable = false;
  std::string phase;
  for (const auto& piece : pieces_of(row.scope_text)) {
    auto buildings = building_range(piece);
    if (buildings.empty())
      if (const auto one = parse_building_ref(piece); !one.building.empty()) buildings.push_back(one);
    unreadable = unreadable || buildings.empty();
    for (auto& building : buildings) {
      if (building.phase.empty()) building.phase = phase;  // 二期1栋、2栋
      phase = building.phase;
      row.buildings.push_back(std::move(building));
    }
  }
  const auto code = to_code(row.scope_text);
  const bool digits = code.find_first_of("0123456789") != std::string::npos;
  row.whole_compound = row.buildings.empty() && (says_all(code) || !digits);
  if (unreadable && !row.whole_compound)
    add_issue(row, column, "intake.scope_unreadable", {{"text", row.scope_text}});
  const auto* known = reader.options().known;
  for (const auto& building : row.buildings)
    if (known && !known->has_building(building.building))
      add_issue(row, column, "intake.building_unknown", {{"building", building.building}});
}

StewardRow read_steward(const Reader& reader, std::size_t record) {
  StewardRow row;
  row.row = reader.row(record);
  const auto tier = reader.text(record, Field::tier);
  row.tier = parse_tier(tier);
  if (row.tier == 0) add_issue(row, reader.column(Field::tier), "intake.tier_unknown", {{"text", tier}});
  row.name = normalise_name(reader.text(record, Field::name));
  if (row.name.empty()) {
    row.status = RowStatus::wrong;
    add_issue(row, reader.column(Field::name), "intake.name_missing");
  }
  row.organisation = reader.text(record, Field::organisation);
  row.post = reader.text(record, Field::post);
  const auto rank = reader.cell(record, Field::rank).text;
  row.rank = parse_rank(rank);
  if (!to_code(rank).empty() && row.rank == Rank::unknown)
    add_issue(row, reader.column(Field::rank), "intake.word_unknown", {{"text", rank}});
  const auto party = reader.cell(record, Field::party).text;
  row.party = parse_party(party);
  if (!to_code(party).empty() && row.party == Party::unknown)
    add_issue(row, reader.column(Field::party), "intake.word_unknown", {{"text", party}});
  row.force = reader.text(record, Field::force);
  row.skills = pieces_of(reader.text(record, Field::skills));
  row.phones = reader.phones(record, row);
  read_scope(reader, record, row);
  row.remark = reader.text(record, Field::remark);
  return row;
}

}  // namespace

std::vector<StewardRow> read_stewards(const Reader& reader) {
  std::vector<StewardRow> rows;
  std::map<std::tuple<int, std::string, std::string, std::string>, int> seen;
  for (std::size_t i = 0; i < reader.records(); ++i) {
    auto row = read_steward(reader, i);
    const auto phone = row.phones.empty() ? std::string{} : row.phones.front().number;
    const auto [first, added] = seen.emplace(std::tuple{row.tier, row.name, phone, row.scope_text}, row.row);
    if (!added) {
      row.duplicate_of = first->second;
      add_issue(row, -1, "intake.duplicate_row", {{"row", std::to_string(first->second)}});
    }
    settle_status(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace engine::intake
