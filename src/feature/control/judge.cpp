// All that cases are judged by, read for as many as come: where each stands by the rules of now, and what is
// not yet as it should be.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "feature/control/clockwork.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using Tests = std::vector<engine::control::Test>;
struct Away {
  base::Instant from{}, until{};
};

class Judging {
 public:
  Judging(db::Scoped& q, std::vector<Wanted> cases, base::Instant now)
      : q_(q), now_(now), cases_(std::move(cases)), rules_(q, homes_of(cases_)) {
    for (const auto& one : cases_) {
      ids_.push_back(one.row.id.value);
      persons_.push_back(one.row.person_id);
      // A new one owes nothing yet.
      slots_.push_back(one.before ? slots_due(one.row, rules_of(one.row).params(), now)
                                  : std::vector<Slot>{});
    }
    read_tests();
    read_follow_ups();
    read_outings();
    items_ = work_item::items_about(q, persons_, now + -2 * base::day_ms);
  }

  std::vector<Judged> all() {
    std::vector<Judged> out;
    std::vector<gate::LevelPlan> plans;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      out.push_back(judged(i));
      plans.push_back(out.back().levels);
    }
    const auto kept = gate::levels_kept(q_, plans, now_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].levels_kept = kept[i];
    return out;
  }

 private:
  static std::vector<std::int64_t> homes_of(const std::vector<Wanted>& cases) {
    std::vector<std::int64_t> homes;
    for (const auto& one : cases) homes.push_back(one.row.dwelling_id);
    return homes;
  }
  const RulesFound& rules_of(const CaseRow& row) const { return rules_.at(row.dwelling_id); }

  Judged judged(std::size_t i) {
    auto& wanted = cases_[i];
    const auto missing = missing_of(i);
    const auto id = wanted.row.id.value;
    auto outcome = outcome_of(wanted.row, rules_of(wanted.row), tests_[id], !missing.empty(), now_);
    Judged out;
    out.before = std::move(wanted.before);
    out.row = std::move(outcome.row);
    for (const auto& slot : missing) once("follow_up_missing", slot_origin(id, slot), out);
    if (outcome.clock.positive) once("control_positive", origin_of(id, "positive"), out);
    keep(outcome.clock.test_due, "control_test_due", "test", out);
    keep(outcome.clock.full, "control_release_due", "release", out);
    const auto& row = out.row;
    out.levels = {row.compound_id, row.household_id, row.person_id, row.created_by, spans_of(row), {}};
    return out;
  }

  void once(std::string_view kind, std::string origin, Judged& out) const {
    if (!items_.contains(origin)) out.open.push_back({kind, std::move(origin)});
  }
  // One item for as long as it is so, however many days; when it is so again later, another.
  void keep(bool is_so, std::string_view kind, std::string_view what, Judged& out) const {
    auto origins = origin_of(out.row.id.value, what);
    const bool is_open = any_open(origins);
    if (is_so && !is_open)
      out.open.push_back({kind, fmt::format("{}:{}", origins, base::civil_day(now_).number)});
    if (!is_so && is_open) out.settle.push_back(std::move(origins));
  }
  bool any_open(const std::string& origins) const {
    for (auto at = items_.lower_bound(origins); at != items_.end() && at->first.starts_with(origins); ++at)
      if (at->second) return true;
    return false;
  }
  // An approved outing takes the level away for its hours (rules.md section 6).
  std::vector<gate::LevelSpan> spans_of(const CaseRow& row) const {
    const auto away = away_.find(row.id.value);
    if (away == away_.end()) return {{row.level, now_, std::nullopt}};
    std::vector<gate::LevelSpan> spans;
    if (away->second.from > now_) spans.push_back({row.level, now_, away->second.from});
    spans.push_back({row.level, away->second.until, std::nullopt});
    return spans;
  }

  void read_tests() {
    q_.unscoped().run("SELECT case_id, day, result FROM control_test WHERE case_id " +
                          q_.unscoped().in_list(1) + " ORDER BY case_id, day, id",
                      {db::json_array(ids_)}, [&](const db::Row& r) {
                        engine::control::Test test{r.day(1), {}};
                        meta::parse_enum(r.text(2), test.result);
                        tests_[r.integer(0)].push_back(test);
                      });
  }
  static const std::optional<meta::Day>& newest(const CaseRow& row, Half half) {
    return half == Half::morning ? row.morning : row.evening;
  }
  // A case tells its newest day itself; of one that was asked later, the day before is looked up.
  void read_follow_ups() {
    std::vector<std::int64_t> ask;
    const auto yesterday = base::civil_day(now_) + -1;
    for (std::size_t i = 0; i < cases_.size(); ++i)
      if (std::ranges::any_of(slots_[i], [&](const Slot& slot) {
            return slot.day == yesterday && newest(cases_[i].row, slot.half) > yesterday;
          }))
        ask.push_back(ids_[i]);
    if (ask.empty()) return;
    q_.unscoped().run(
        "SELECT case_id, half FROM control_follow_up WHERE day = $2 AND case_id " + q_.unscoped().in_list(1),
        {db::json_array(ask), yesterday}, [&](const db::Row& r) {
          Half half{};
          meta::parse_enum(r.text(1), half);
          yesterday_.emplace(r.integer(0), half);
        });
  }
  // Half-days whose hour has come and that nobody asked about.
  std::vector<Slot> missing_of(std::size_t i) const {
    auto slots = slots_[i];
    const auto& row = cases_[i].row;
    std::erase_if(slots, [&](const Slot& slot) {
      const auto day = newest(row, slot.half);
      return day == slot.day || (day > slot.day && yesterday_.contains({row.id.value, slot.half}));
    });
    return slots;
  }
  void read_outings() {
    q_.unscoped().run(
        "SELECT case_id, from_ms, until_ms FROM control_outing WHERE state = 'approved' AND "
        "returned_ms IS NULL AND until_ms > $2 AND case_id " +
            q_.unscoped().in_list(1) + " ORDER BY from_ms, id",
        {db::json_array(ids_), now_}, [&](const db::Row& r) {
          away_.try_emplace(r.integer(0), Away{r.instant(1), r.instant(2)});
        });
  }

  db::Scoped& q_;
  base::Instant now_;
  std::vector<Wanted> cases_;
  RulesOf rules_;
  std::vector<std::int64_t> ids_{}, persons_{};
  std::vector<std::vector<Slot>> slots_{};
  std::map<std::int64_t, Tests> tests_{};
  std::set<std::pair<std::int64_t, Half>> yesterday_{};
  std::map<std::int64_t, Away> away_{};
  std::map<std::string, bool> items_{};
};

}  // namespace

bool Judged::stays() const {
  const auto set = [](const CaseRow& of) {
    return std::tie(of.rule_id, of.stage, of.level, of.day_one, of.last_day, of.attention);
  };
  return before && set(*before) == set(row) && open.empty() && settle.empty() && levels_kept;
}

std::vector<Judged> judge(db::Scoped& q, std::vector<Wanted> cases, base::Instant now) {
  if (cases.empty()) return {};
  return Judging(q, std::move(cases), now).all();
}

}  // namespace feature::control
