// Who answers for what, and what is done with items.
#include <fmt/format.h>

#include <algorithm>

#include "sim/work_driver.hpp"

namespace sim::work {

namespace json = boost::json;

const Steward* WorkDriver::steward_of(std::int64_t compound, std::int64_t staff, int tier) {
  const auto found = std::ranges::find_if(stewards_, [&](const Steward& s) {
    return s.compound == compound && s.staff == staff && s.tier == tier;
  });
  return found == stewards_.end() ? nullptr : &*found;
}

// They go, and somebody else comes at once, or later, or in another rank.
void WorkDriver::move_stewards() {
  doing_ = "move stewards";
  if (!chance(45)) return;
  const auto compound = chance(60) ? garden_ : yard_;
  std::vector<Steward> here;
  for (const auto& s : stewards_)
    if (s.compound == compound) here.push_back(s);
  if (!here.empty() && chance(70)) {
    const auto goes = any(here);
    post_surely("office", fmt::format("/api/stewardships/{}/end", goes.id), "", 404, 204);
    std::erase_if(stewards_, [&](const Steward& s) { return s.id == goes.id; });
    ++counts_.moved_stewards;
  }
  if (!chance(55)) return;
  const auto staff = any(staff_);
  const int tier = 1 + below(3);
  if (steward_of(compound, staff, tier)) return;
  post_surely("office", "/api/stewardships",
              fmt::format(R"({{"staff_id":{},"place_id":{},"tier":{}}})", staff, compound, tier), 422);
  const auto list = all_of("office", fmt::format("/api/stewardships?place_id={}", compound));
  for (const auto& s : list)
    if (s.at("staff_id") == staff && s.at("tier") == tier && s.at("place_id") == compound)
      stewards_.push_back({s.at("id").as_int64(), staff, compound, tier});
  ++counts_.moved_stewards;
}

// CZ-06: a team that is formed anew is a new version.
void WorkDriver::change_team() {
  doing_ = "change the team";
  if (day_ > 1 && !chance(15)) return;
  const auto head = any(staff_);
  auto second = any(staff_);
  team_members_ = {head};
  auto members = fmt::format(R"({{"staff_id":{},"role":"head"}})", head);
  if (second != head) {
    team_members_.push_back(second);
    members += fmt::format(R"(,{{"staff_id":{},"role":"member"}})", second);
  }
  if (day_ == 1) {
    const auto file =
        post("office", "/api/teams",
             fmt::format(R"({{"kind":"working_group","place_id":{},"name":"五包一","body_ids":[],)"
                         R"("members":[{}]}})",
                         community_, members));
    team_ = file.at("team").at("id").as_int64();
    team_version_ = 1;
    post("office", fmt::format("/api/teams/{}/versions", team_),
         fmt::format(R"({{"version":9,"body_ids":[],"members":[{}]}})", members), 409);
    const auto* of = open_cases().front();
    team_household_ = of->household;
    std::set<std::string> kinds;  // of what is open, one of each on the first day: it becomes the team's
    for (const auto& item : items_of(""))
      if (item.household == of->household &&
          (item.kind.starts_with("control_") || item.kind == "follow_up_missing"))
        kinds.insert(item.kind);
    const auto changed = ask("office", "PATCH", fmt::format("/api/control-cases/{}", of->id),
                             fmt::format(R"({{"team_id":{}}})", team_));
    expect(changed.status == 200, changed.body);
    for (const auto& kind : kinds) log_.insert({said_ms_, kind, "handed_over", ""});
    return;
  }
  post_surely("office", fmt::format("/api/teams/{}/versions", team_),
              fmt::format(R"({{"version":{},"body_ids":[],"members":[{}]}})", team_version_++, members), 409);
}

// Work that comes back by itself, once each morning.
void WorkDriver::begin_plan() {
  doing_ = "plan";
  post("office", "/api/work-plans",
       fmt::format(
           R"({{"kind":"task_publicity","place_id":{},"rhythm":"daily","at_minute":480,"note":"daily"}})",
           yard_));
  plan_day_ = today();
}

std::vector<WorkDriver::Item> WorkDriver::items_of(const std::string& filter) {
  std::vector<Item> all;
  for (const auto& i : all_of("office", "/api/work-items?standing=open" + filter)) {
    Item item{i.at("id").as_int64(), i.at("compound_id").as_int64(), 0, text_of(i.at("work_kind")),
              text_of(i.at("work_state"))};
    if (!member(i, "household_id").is_null()) item.household = i.at("household_id").as_int64();
    if (!member(i, "assignee_id").is_null()) item.assignee = i.at("assignee_id").as_int64();
    item.tier = static_cast<int>(i.at("tier").as_int64());
    all.push_back(std::move(item));
  }
  return all;
}

void WorkDriver::act(const Item& item, const std::string& verb) {
  const auto words = fmt::format("act {}", ++next_note_);
  post_surely("grid", fmt::format("/api/work-items/{}/act", item.id),
              fmt::format(R"({{"verb":"{}","note":"{}","client_id":"act-{:06}"}})", verb, words, next_note_),
              204, 204);
  log_.insert({said_ms_, item.kind, verb, words});
  ++counts_.acts;
}

// What is done by doing the thing itself is not closed by hand.
void WorkDriver::do_items() {
  doing_ = "items";
  static const std::set<std::string> closed_by_hand{"control_begun", "control_symptoms", "care_missed",
                                                    "task_disinfection", "control_positive"};
  if (chance(40)) {
    const auto words = fmt::format("task {}", ++next_note_);
    post("office", "/api/work-items",
         fmt::format(R"({{"kind":"task_disinfection","place_ids":[{},{}],"note":"{}"}})", garden_, yard_,
                     words));
    for (int i = 0; i < 2; ++i) log_.insert({said_ms_, "task_disinfection", "opened", ""});
  }
  for (const auto& item : items_of("&place_id=" + std::to_string(garden_))) {
    if (!chance(12)) continue;
    if (item.state == "open") act(item, "acknowledge");
    if (chance(30)) act(item, "comment");
    const auto of = cases_of(item.household);
    const bool alert = item.kind == "control_symptoms";
    if (!closed_by_hand.contains(item.kind) || (alert && of.size() != 1) || !chance(50)) continue;
    act(item, "close");
    if (alert) ++of.front()->alerts_closed;
    if (item.kind == "care_missed")
      for (auto& r : cared_)
        if (r.household == item.household) r.missed = false;
  }
}

void WorkDriver::hand_over_items() {
  doing_ = "hand over items";
  if (!chance(35)) return;
  for (const auto& item : items_of("&kind=control_begun")) {
    if (!chance(20)) continue;
    const auto staff = any(staff_);
    const auto words = fmt::format("given {}", ++next_note_);
    post("office", "/api/work-items/hand-over",
         fmt::format(R"({{"ids":[{}],"to_staff_id":{},"note":"{}"}})", item.id, staff, words));
    log_.insert({said_ms_, item.kind, "handed_over", words});
    given_[item.id] = staff;
    ++counts_.hand_overs;
  }
}

}  // namespace sim::work
