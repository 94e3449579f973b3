// The round over cases whose hour has come. Nearly all of them stay as they are: those are found many at once
// and noted as looked at; what changes goes the one way of all changes, some dozen at a time.
#include <algorithm>
#include <set>
#include <tuple>

#include "feature/control/clockwork.hpp"
#include "feature/gate/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using base::Result;
using Tests = std::vector<engine::control::Test>;

constexpr int looked_at = 1000;
constexpr std::size_t changed_at_once = 50;  // the writer is not held for long
constexpr std::size_t spans_max = 2, slots_max = 4, others_max = 3;

struct Look {
  CaseRow row{};
  bool missing = false;
  Outcome outcome{};
  bool stays = false;
};

// Work stands open exactly where it should.
bool work_is_right(const Look& look, const std::vector<Slot>& missing,
                   const std::map<std::string, bool>& items) {
  const auto id = look.row.id.value;
  const auto any_open = [&](std::string_view what) {
    const auto origins = origin_of(id, what);
    for (auto at = items.lower_bound(origins); at != items.end() && at->first.starts_with(origins); ++at)
      if (at->second) return true;
    return false;
  };
  return std::ranges::all_of(missing,
                             [&](const Slot& slot) { return items.contains(slot_origin(id, slot)); }) &&
         (!look.outcome.clock.positive || items.contains(origin_of(id, "positive"))) &&
         look.outcome.clock.test_due == any_open("test") && look.outcome.clock.full == any_open("release");
}

// All that cases are judged by, read for many at once.
class Looking {
 public:
  Looking(db::Scoped& q, base::Instant now) : q_(q), now_(now), rules_(newest_rules(q)) {
    built_in_.shown.params = built_in_rules();
    auto& c = q.unscoped();
    c.run("SELECT " + meta::column_list(meta::record_of<CaseRow>(), "c") +
              " FROM control_case c WHERE c.check_ms <= $1 ORDER BY c.check_ms, c.id LIMIT $2",
          {now, looked_at}, [&](const db::Row& r) {
            auto& look = looks_.emplace_back();
            look.row = meta::load<CaseRow>(r);
            ids_.push_back(look.row.id.value);
            persons_.push_back(look.row.person_id);
          });
  }
  std::vector<Look> judged() {
    if (looks_.empty()) return {};
    read_rules();
    read_tests();
    read_follow_ups();
    const auto away = away_now();
    const auto items = work_item::items_about(q_, persons_, now_ + -2 * base::day_ms);
    std::vector<gate::LevelPlan> plans;
    for (std::size_t i = 0; i < looks_.size(); ++i) {
      auto& look = looks_[i];
      const auto missing = missing_of(i);
      look.outcome = outcome_of(look.row, *rules_of_[i], tests_[look.row.id.value], !missing.empty(), now_);
      look.stays = is_same(look.row, look.outcome.row) && !away.contains(look.row.id.value) &&
                   work_is_right(look, missing, items);
      plans.push_back({look.row.compound_id,
                       look.row.household_id,
                       look.row.person_id,
                       look.row.created_by,
                       {{look.row.level, now_, std::nullopt}}});
    }
    const auto kept = gate::levels_kept(q_, plans, now_);
    for (std::size_t i = 0; i < looks_.size(); ++i) looks_[i].stays = looks_[i].stays && kept[i];
    return std::move(looks_);
  }

 private:
  static bool is_same(const CaseRow& before, const CaseRow& after) {
    const auto set = [](const CaseRow& row) {
      return std::tie(row.rule_id, row.stage, row.level, row.day_one, row.last_day, row.attention);
    };
    return set(before) == set(after);
  }
  void read_rules() {
    rules_of_.assign(looks_.size(), &built_in_);
    if (rules_.empty()) return;
    std::vector<std::int64_t> homes;
    for (const auto& look : looks_) homes.push_back(look.row.dwelling_id);
    std::map<std::int64_t, const RulesFound*> at;
    q_.unscoped().run("SELECT " + meta::column_list(meta::record_of<place::PlaceRow>(), "p") +
                          " FROM place p WHERE p.id " + q_.unscoped().in_list(1),
                      {db::json_array(homes)}, [&](const db::Row& r) {
                        const auto row = meta::load<place::PlaceRow>(r);
                        for (const auto id : place::chain_of(row))
                          if (const auto found = rules_.find(id); found != rules_.end()) {
                            at[row.id.value] = &found->second;
                            return;
                          }
                      });
    for (std::size_t i = 0; i < looks_.size(); ++i)
      if (const auto found = at.find(homes[i]); found != at.end()) rules_of_[i] = found->second;
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
    for (std::size_t i = 0; i < looks_.size(); ++i) {
      slots_.push_back(slots_due(looks_[i].row, rules_of_[i]->params(), now_));
      if (std::ranges::any_of(slots_[i], [&](const Slot& slot) {
            return slot.day == yesterday && newest(looks_[i].row, slot.half) > yesterday;
          }))
        ask.push_back(ids_[i]);
    }
    if (ask.empty()) return;
    q_.unscoped().run(
        "SELECT case_id, half FROM control_follow_up WHERE day = $2 AND case_id " + q_.unscoped().in_list(1),
        {db::json_array(ask), yesterday}, [&](const db::Row& r) {
          Half half{};
          meta::parse_enum(r.text(1), half);
          yesterday_.emplace(r.integer(0), half);
        });
  }
  std::vector<Slot> missing_of(std::size_t i) const {
    auto slots = slots_[i];
    const auto& row = looks_[i].row;
    std::erase_if(slots, [&](const Slot& slot) {
      const auto day = newest(row, slot.half);
      return day == slot.day || (day > slot.day && yesterday_.contains({row.id.value, slot.half}));
    });
    return slots;
  }
  std::set<std::int64_t> away_now() {
    std::set<std::int64_t> away;
    q_.unscoped().run(
        "SELECT case_id FROM control_outing WHERE state = 'approved' AND returned_ms IS NULL AND "
        "until_ms > $2 AND case_id " +
            q_.unscoped().in_list(1),
        {db::json_array(ids_), now_}, [&](const db::Row& r) { away.insert(r.integer(0)); });
    return away;
  }

  db::Scoped& q_;
  base::Instant now_;
  std::map<std::int64_t, RulesFound> rules_;
  RulesFound built_in_{};
  std::vector<Look> looks_{};
  std::vector<std::int64_t> ids_{}, persons_{};
  std::vector<const RulesFound*> rules_of_{};
  std::map<std::int64_t, Tests> tests_{};
  std::vector<std::vector<Slot>> slots_{};
  std::set<std::pair<std::int64_t, Half>> yesterday_{};
};

// Of one round: levels around an outing, missed half-days, a positive sample, a test and a release.
Ids ids_of_round(db::Store& store) {
  Ids ids;
  for (std::size_t i = 0; i < spans_max; ++i) ids.levels.at(i) = store.next_id();
  for (std::size_t i = 0; i < slots_max + others_max; ++i) ids.work.at(i) = store.next_id();
  return ids;
}

// Whatever changed a case since it was read has counted its version up.
Result<void> note_looked_at(db::Store& store, const std::vector<Look>& looks) {
  if (looks.empty()) return {};
  return store.write(
      [&](db::Connection& c) -> Result<void> {
        std::vector<db::Arg> args;
        c.run_many("UPDATE control_case SET check_ms = $2 WHERE id = $1 AND version = $3 AND check_ms = $4",
                   looks.size(), [&](std::size_t i) -> std::span<const db::Arg> {
                     const auto& row = looks[i].row;
                     args.assign({row.id, looks[i].outcome.row.check, row.version, row.check});
                     return args;
                   });
        return {};
      },
      db::Priority::low);
}

Result<void> change(db::Store& store, std::span<const std::int64_t> cases, base::Instant now) {
  std::vector<Ids> ids;
  for (std::size_t i = 0; i < cases.size(); ++i) ids.push_back(ids_of_round(store));
  return store.write(
      [&](db::Connection& c) -> Result<void> {
        db::Scoped q(c, db::Scope::all());
        const core::Source source{"office", "program", now, {}};
        for (std::size_t i = 0; i < cases.size(); ++i)
          if (const auto row = lock_case(q, cases[i]); row && row->check && *row->check <= now)
            bring_up_to_date(q, row, *row, ids[i], source);
        return {};
      },
      db::Priority::low);
}

}  // namespace

Result<std::int64_t> tend(db::Store& store, base::Instant now) {
  auto read = store.read([&](db::Connection& c) -> Result<std::vector<Look>> {
    db::Scoped q(c, db::Scope::all());
    return Looking(q, now).judged();
  });
  if (!read) return tl::unexpected(std::move(read).error());
  auto& looks = *read;
  const auto many = static_cast<std::int64_t>(looks.size());
  std::vector<std::int64_t> changing;
  for (const auto& look : looks)
    if (!look.stays) changing.push_back(look.row.id.value);
  std::erase_if(looks, [](const Look& look) { return !look.stays; });
  if (auto noted = note_looked_at(store, looks); !noted) return tl::unexpected(std::move(noted).error());
  for (auto rest = std::span<const std::int64_t>(changing); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), changed_at_once));
    if (auto done = change(store, part, now); !done) return tl::unexpected(std::move(done).error());
    rest = rest.subspan(part.size());
  }
  return many;
}

}  // namespace feature::control
