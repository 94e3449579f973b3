// Items of plans, made when their time has come: exactly once for each place and time, whatever breaks off.
#include <fmt/format.h>

#include "feature/work_item/flow.hpp"
#include "feature/work_item/plans.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

using base::Result;

constexpr std::size_t part_max = 50;  // items of one write: the writer is not held for long

struct Part {
  PlanRow plan{};
  base::Instant time{};
  std::vector<std::int64_t> places{};
};

std::string below(const place::PlaceRow& place) {
  return fmt::format("(p.{} = $1 OR p.id = $1)", place::level_column(place.kind));
}

void read_places(db::Connection& c, const PlanRow& plan, const place::PlaceRow& place,
                 std::vector<std::int64_t>& out) {
  const auto take = [&](const db::Row& r) { out.push_back(r.integer(0)); };
  const auto limit = static_cast<std::int64_t>(part_max);
  switch (plan.target) {
    case Each::place:
      if (plan.reached < plan.place_id) out.push_back(plan.place_id);
      return;
    case Each::compound:
    case Each::building:
    case Each::stair:
    case Each::dwelling:
      c.run("SELECT p.id FROM place p WHERE " + below(place) +
                " AND p.kind = $2 AND p.valid_until_ms IS NULL AND p.id > $3 ORDER BY p.id LIMIT $4",
            {plan.place_id, meta::name_of(plan.target), plan.reached, limit}, take);
      return;
    case Each::steward_area:
      c.run("SELECT DISTINCT s.place_id FROM stewardship s JOIN place p ON p.id = s.place_id WHERE " +
                below(place) +
                " AND s.valid_until_ms IS NULL AND p.valid_until_ms IS NULL AND s.grid_id IS NULL AND "
                "s.place_id > $2 ORDER BY s.place_id LIMIT $3",
            {plan.place_id, plan.reached, limit}, take);
      return;
    case Each::member:
      c.run(
          "SELECT m.place_id FROM place_set_member m WHERE m.set_id = $1 AND m.valid_until_ms IS NULL AND "
          "m.place_id > $2 ORDER BY m.place_id LIMIT $3",
          {plan.set_id.value_or(0), plan.reached, limit}, take);
  }
}

Result<std::optional<Part>> next_part(db::Store& store, base::Instant now) {
  return store.read([&](db::Connection& c) -> Result<std::optional<Part>> {
    std::optional<Part> part;
    c.one(fmt::format("SELECT {} FROM work_plan w WHERE w.ended_ms IS NULL AND w.next_ms <= $1 ORDER BY "
                      "w.next_ms, w.id LIMIT 1",
                      meta::column_list(meta::record_of<PlanRow>(), "w")),
          {now}, [&](const db::Row& r) {
            part = Part{meta::load<PlanRow>(r), {}, {}};
          });
    if (!part) return part;
    // What was slept through is made once, for the newest time.
    part->time =
        part->plan.reached > 0 ? *part->plan.next : newest_time(part->plan, now).value_or(*part->plan.next);
    db::Scoped q(c, db::Scope::all());
    if (const auto place = place::find_place(q, part->plan.place_id))
      read_places(c, part->plan, *place, part->places);
    return part;
  });
}

// After the last place of a time: the next time, or the end of what was for once.
void go_on(PlanRow& plan, base::Instant time) {
  plan.reached = 0;
  plan.next = time_after(plan, time);
  if (!plan.next) plan.ended = time;
}

}  // namespace

Result<std::int64_t> recur(db::Store& store, base::Instant now) {
  const auto part = next_part(store, now);
  if (!part) return tl::unexpected(part.error());
  if (!*part) return 0;
  const auto& [plan, time, places] = **part;
  const bool last = places.size() < part_max;
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < places.size(); ++i) ids.push_back(store.next_id());
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        auto after = plan;
        after.next = time;
        ++after.version;
        if (last)
          go_on(after, time);
        else
          after.reached = places.back();
        // Whoever comes second finds another version.
        const auto mine = c.run(
            "UPDATE work_plan SET next_ms = $3, reached = $4, ended_ms = $5, version = $6 WHERE id = $1 AND "
            "version = $2",
            {plan.id, plan.version, after.next, after.reached, after.ended, after.version});
        if (mine == 0) return 1;
        db::Scoped q(c, db::Scope::all());
        std::vector<Cause> causes(places.size());
        for (std::size_t i = 0; i < places.size(); ++i) {
          auto& cause = causes[i];
          cause.kind = plan.kind;
          cause.place_id = places[i];
          cause.origin = fmt::format("plan:{}:{}:{}", plan.id.value, places[i], time.ms);
          cause.note = plan.note;
          if (plan.due_minutes)
            cause.due = std::max(time, plan.created) + *plan.due_minutes * base::minute_ms;
        }
        open_all(q, causes, ids, now);
        return static_cast<std::int64_t>(std::max<std::size_t>(1, places.size()));
      },
      // What a power cut takes back is made again with its plan; the last part of a time holds them all.
      last ? db::Priority::low : db::Priority::resumable);
}

}  // namespace feature::work_item
