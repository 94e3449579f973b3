// Who stood at the gates since yesterday, and who was swabbed yesterday morning.
#include <fmt/format.h>

#include <algorithm>

#include "app/demo_life.hpp"
#include "feature/attendance/service.hpp"
#include "feature/control/service.hpp"

namespace app {
namespace {

namespace attendance = feature::attendance;
using base::Result;

struct Watch {
  int from, until;    // minutes of yesterday
  const char* guard;  // as it was typed; empty: whoever answers for the compound
};
constexpr Watch watches[] = {{6 * 60, 14 * 60, ""}, {14 * 60, 22 * 60, "小周"}, {22 * 60, 30 * 60, "老吴"}};
constexpr std::size_t swabbed = 24;  // of a compound, ten to a tube

}  // namespace

// The first the office has named, the others wait for it: that is what the page is for.
Result<void> DemoLife::stand_at_gates(std::int64_t compound) {
  const auto openings = ids(
      "SELECT id FROM opening WHERE compound_id = $1 AND state = 'guarded' AND valid_until_ms IS NULL ORDER "
      "BY id LIMIT 2",
      {compound});
  if (!openings) return tl::unexpected(openings.error());
  for (const auto opening : *openings)
    for (const auto& watch : watches) {
      attendance::ShiftRow row;
      row.id = meta::Id<attendance::ShiftRow>(next_id());
      row.compound_id = compound;
      row.opening_id = opening;
      row.guard = watch.guard;
      row.from = at(today_ + -1, watch.from);
      row.until = at(today_ + -1, watch.until);
      if (*row.until > now_) row.until.reset();
      if (row.from > now_) continue;
      row.recorded_by = account_;
      row.recorded = row.from;
      const bool known = row.guard.empty();
      if (known && carrier_ == 0) continue;
      if (known) row.staff_id = carrier_;
      row.confirmed = known;
      then([this, row](db::Scoped& q) mutable -> Result<void> {
        if (row.staff_id)
          q.unscoped().one("SELECT name FROM staff WHERE id = $1", {*row.staff_id},
                           [&](const db::Row& r) { row.guard = r.str(0); });
        attendance::store_shift(q, row, by(row.from));
        return {};
      });
    }
  return {};
}

void DemoLife::swab(std::int64_t compound, const std::vector<DemoResident>& all) {
  attendance::SessionRow session;
  session.id = meta::Id<attendance::SessionRow>(next_id());
  session.compound_id = compound;
  session.site = "中心广场";
  session.organiser = std::string("社区卫生服务中心（虚构）");
  session.from = at(today_ + -1, 8 * 60);
  session.until = at(today_ + -1, 11 * 60);
  session.recorded_by = account_;
  session.recorded = session.from;
  then([this, session](db::Scoped& q) -> Result<void> {
    core::insert(q, session, by(session.from));
    return {};
  });
  for (std::size_t i = 0; i < std::min(swabbed, all.size()); ++i) {
    attendance::SwabRow row;
    row.id = meta::Id<attendance::SwabRow>(next_id());
    row.session_id = session.id.value;
    row.person_id = all[i].person;
    row.tube = fmt::format("HC{:04}", 1 + i / 10);
    row.taken = session.from + static_cast<std::int64_t>(5 + i) * base::minute_ms;
    row.recorded_by = account_;
    row.recorded = row.taken;
    const auto sample = feature::control::take_ids(program_.store());
    then([this, session, row, sample](db::Scoped& q) -> Result<void> {
      attendance::store_swab(q, session, row, sample, by(row.taken));
      return {};
    });
  }
}

}  // namespace app
