#include "feature/place/tree_change.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace feature::place {
namespace {

constexpr int places_a_step = 500;

std::vector<PlaceMoveRow> open_moves(db::Connection& c) {
  std::vector<PlaceMoveRow> rows;
  c.run(fmt::format("SELECT {} FROM place_move m WHERE m.done_ms IS NULL ORDER BY m.id",
                    meta::column_list(meta::record_of<PlaceMoveRow>(), "m")),
        {}, [&](const db::Row& r) { rows.push_back(meta::load<PlaceMoveRow>(r)); });
  return rows;
}

Kind kind_of(db::Connection& c, std::int64_t place) {
  Kind kind{};
  c.run("SELECT kind FROM place WHERE id = $1", {place},
        [&](const db::Row& r) { meta::parse_enum(r.text(0), kind); });
  return kind;
}

// Places below the moved node that still have an ancestor of before; how many were put right.
std::int64_t step(db::Connection& c, const PlaceMoveRow& m) {
  struct Level {
    std::string_view column;
    std::optional<std::int64_t> before, after;
  };
  const Level levels[] = {{"district_id", m.old_district_id, m.new_district_id},
                          {"area_id", m.old_area_id, m.new_area_id},
                          {"subdistrict_id", m.old_subdistrict_id, m.new_subdistrict_id},
                          {"community_id", m.old_community_id, m.new_community_id}};
  // Only what came from above the node: a level that stands between it and the place stays.
  const auto kind = kind_of(c, m.place_id);
  std::string sets, wrong;
  std::vector<db::Arg> args{m.place_id};
  for (const auto& level : levels) {
    if (level.before == level.after || level.column == level_column(kind)) continue;
    const auto old_at = args.size() + 1, new_at = old_at + 1;
    args.emplace_back(level.before);
    args.emplace_back(level.after);
    sets += fmt::format(
        "{}{} = CASE WHEN {} IS NOT DISTINCT FROM CAST(${} AS bigint) THEN CAST(${} AS bigint) "
        "ELSE {} END",
        sets.empty() ? "" : ", ", level.column, level.column, old_at, new_at, level.column);
    wrong += fmt::format("{}{} IS NOT DISTINCT FROM CAST(${} AS bigint)", wrong.empty() ? "" : " OR ",
                         level.column, old_at);
  }
  if (sets.empty()) return 0;
  return c.run(fmt::format("UPDATE place SET {} WHERE id IN (SELECT id FROM place WHERE {} = $1 AND id <> $1 "
                           "AND ({}) ORDER BY id LIMIT {})",
                           sets, level_column(kind), wrong, places_a_step),
               args, {});
}

}  // namespace

bool good_code(Kind kind, std::string_view code) {
  const std::size_t digits = kind == Kind::district      ? 6
                             : kind == Kind::subdistrict ? 9
                             : kind == Kind::community   ? 12
                                                         : 0;
  if (digits == 0) return true;
  if (code.size() != digits && code.size() != 12) return false;
  if (!std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; })) return false;
  if (std::ranges::any_of(code.substr(digits), [](char c) { return c != '0'; })) return false;
  return digits == 6 || (code[6] != '4' && code[6] != '5');
}

void write_version(db::Scoped& q, const PlaceRow& before, PlaceRow after, std::int64_t past_id,
                   const core::Source& source) {
  PlacePastRow past;
  past.id = meta::Id<PlacePastRow>(past_id);
  past.place_id = before.id.value;
  past.parent_id = before.parent_id;
  past.name = before.name;
  past.code = before.code;
  past.compound_kind = before.compound_kind;
  past.valid_from.ms = std::max(
      before.valid_from.ms,
      q.unscoped().count("SELECT COALESCE(MAX(valid_until_ms), 0) FROM place_past WHERE place_id = $1",
                         {before.id}));
  past.valid_until = source.now;
  core::append(q, past);
  ++after.version;
  core::update(q, before, after, source);
}

PlaceRow under(const PlaceRow& moved, const PlaceRow& parent) {
  auto row = child_of(parent, moved.kind, moved.name, moved.id.value, moved.valid_from);
  row.code = moved.code;
  row.compound_kind = moved.compound_kind;
  row.version = moved.version;
  return row;
}

bool move_under_way(db::Scoped& q) {
  return q.unscoped().count("SELECT COUNT(*) FROM place_move WHERE done_ms IS NULL") > 0;
}

namespace {

// A grid of the old community ends at its border: what left it is in none of its sets any more.
void leave_sets(db::Scoped& q, const PlaceRow& before, const PlaceRow& after, const core::Source& source) {
  const auto stays = chain_of(after);
  std::vector<std::int64_t> lost;
  for (const auto id : chain_of(before))
    if (std::ranges::find(stays, id) == stays.end()) lost.push_back(id);
  auto& raw = q.unscoped();
  std::vector<PlaceSetMemberRow> rows;
  raw.run(fmt::format("SELECT {} FROM place_set_member m JOIN place_set s ON s.id = m.set_id JOIN place p ON "
                      "p.id = m.place_id WHERE m.valid_until_ms IS NULL AND s.place_id {} AND p.{} = $2",
                      meta::column_list(meta::record_of<PlaceSetMemberRow>(), "m"), raw.in_list(1),
                      level_column(before.kind)),
          {db::json_array(lost), before.id},
          [&](const db::Row& r) { rows.push_back(meta::load<PlaceSetMemberRow>(r)); });
  for (const auto& row : rows) {
    auto ended = row;
    ended.valid_until = source.now;
    core::update(q, row, ended, source);
  }
}

}  // namespace

PlaceRow begin_move(db::Scoped& q, const PlaceRow& before, const PlaceRow& parent, std::int64_t past_id,
                    std::int64_t move_id, const core::Source& source) {
  const auto after = under(before, parent);
  write_version(q, before, after, past_id, source);
  leave_sets(q, before, after, source);
  PlaceMoveRow move;
  move.id = meta::Id<PlaceMoveRow>(move_id);
  move.place_id = before.id.value;
  move.old_district_id = before.district_id;
  move.old_area_id = before.area_id;
  move.old_subdistrict_id = before.subdistrict_id;
  move.old_community_id = before.community_id;
  move.new_district_id = after.district_id;
  move.new_area_id = after.area_id;
  move.new_subdistrict_id = after.subdistrict_id;
  move.new_community_id = after.community_id;
  move.moved = source.now;
  core::append(q, move);
  return after;
}

base::Result<void> finish_moves(db::Store& store, base::Instant now) {
  // Each step is small and of low priority, so that a gate's write never waits for a whole compound.
  for (bool more = true; more;) {
    auto stepped = store.write(
        [&](db::Connection& c) -> base::Result<bool> {
          const auto moves = open_moves(c);
          if (moves.empty()) return false;
          if (step(c, moves.front()) < places_a_step)
            c.run("UPDATE place_move SET done_ms = $2 WHERE id = $1", {moves.front().id, now});
          return true;
        },
        db::Priority::low);
    if (!stepped) return tl::unexpected(std::move(stepped).error());
    more = *stepped;
  }
  return {};
}

}  // namespace feature::place
