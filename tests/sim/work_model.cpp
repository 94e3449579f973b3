#include "sim/work_model.hpp"

#include <algorithm>

namespace sim::work {

Day day_of(std::int64_t at_ms) { return (at_ms + 8 * hour_ms) / day_ms; }
std::int64_t start_of(Day day) { return day * day_ms - 8 * hour_ms; }

// --- a door ----------------------------------------------------------------------------------------------
int Door::unanswered(const std::string& contact, const Beliefs& beliefs) const {
  std::set<std::int64_t> times;
  for (const auto& a : attempts)
    if (!a.taken_back && !a.answered && a.contact == contact)
      times.insert(beliefs.knocks_by_half_day ? (a.at_ms + 8 * hour_ms) / (12 * hour_ms) : a.at_ms);
  return static_cast<int>(times.size());
}

std::optional<std::string> Door::next(const Ladder& ladder, const Beliefs& beliefs) const {
  for (const auto& [contact, times] : ladder)
    if (unanswered(contact, beliefs) < times) return contact;
  return std::nullopt;
}

// Everybody at the door tells the truth, so what was told adds up.
Told Door::told() const {
  Told all;
  for (const auto& a : attempts) {
    if (a.taken_back) continue;
    if (a.told.fitted_out) all.fitted_out = a.told.fitted_out;
    if (a.told.occupied) all.occupied = a.told.occupied;
    if (a.told.persons) all.persons = a.told.persons;
  }
  return all;
}

namespace {
std::string outcome_of(const Told& t) {
  if (t.fitted_out == false) return "not_fitted_out";
  if (t.occupied == false) return "vacant";
  return t.occupied == true && t.persons ? "occupied" : "open";
}
}  // namespace

std::string Door::outcome() const { return outcome_of(told()); }

std::string Door::state(const Ladder& ladder, const Beliefs& beliefs) const {
  if (outcome() != "open") return "resolved";
  if (closed || (known && !next(ladder, beliefs))) return handed ? "handed_over" : "registered";
  return known ? "open" : "untried";
}

std::int64_t Door::settled_ms() const {
  auto in_time = attempts;
  std::ranges::sort(in_time, {}, &Attempt::at_ms);
  Door so_far;
  for (auto& a : in_time) {
    so_far.attempts.push_back(a);
    if (so_far.outcome() != "open") return a.at_ms;
  }
  return 0;
}

std::map<std::string, std::int64_t> Round::figures(const Beliefs& beliefs) const {
  std::map<std::string, std::int64_t> all{{"dwellings", 0},  {"not_fitted_out", 0}, {"vacant", 0},
                                          {"occupied", 0},   {"persons", 0},        {"tried", 0},
                                          {"registered", 0}, {"handed_over", 0}};
  for (const auto& [dwelling, door] : doors) {
    ++all["dwellings"];
    const auto state = door.state(ladder, beliefs);
    if (state == "resolved") {
      ++all[door.outcome()];
      all["persons"] += door.told().persons.value_or(0);
    }
    if (state == "open") ++all["tried"];
    if (state == "registered" || state == "handed_over") ++all[state];
  }
  return all;
}

// --- a person under control ------------------------------------------------------------------------------
Clock Case::clock(const Rules& rules, Day today, const Beliefs& beliefs) const {
  const auto found = rules.find(category);
  const std::vector<Stage> stages =
      found == rules.end() ? std::vector<Stage>{{"home_observation", 0, {}, 0}} : found->second;
  Clock out;
  out.positive = std::ranges::any_of(
      samples, [&](const Sample& s) { return s.result == "positive" && s.day >= began && s.day <= today; });
  Day first = began;
  for (const auto& stage : stages) out.last = stage.days == 0 ? std::optional<Day>{} : first += stage.days;
  if (out.last) --*out.last;
  first = began;
  for (std::size_t i = 0; i < stages.size(); ++i, first += stages[i - 1].days) {
    const auto& stage = stages[i];
    const bool ends = stage.days > 0;
    const bool over = ends && first + stage.days <= today;
    auto from = first + stage.days - 1;
    std::optional<Day> test;  // the newest one that has come
    if (!stage.tests.empty()) from = first + *std::ranges::max_element(stage.tests) - 1;
    for (const int t : stage.tests)
      if (first + t - 1 <= today) test = std::max(test.value_or(0), first + t - 1);
    const auto negatives = std::ranges::count_if(
        samples, [&](const Sample& s) { return s.result == "negative" && s.day >= from && s.day <= today; });
    const bool enough = !ends || negatives >= stage.leave || !beliefs.samples_are_demanded;
    const bool last = i + 1 == stages.size() || !ends;
    if (over && enough && !out.positive && !last) continue;
    out.level = stage.level;
    out.held = over && (!enough || out.positive);
    out.full = last && over && !out.held;
    out.test_due = test && std::ranges::none_of(
                               samples, [&](const Sample& s) { return s.day >= *test && s.day <= today; });
    break;
  }
  return out;
}

std::int64_t due_of(const Slot& slot) { return start_of(slot.first) + (slot.second ? 17 : 10) * hour_ms; }

std::vector<Slot> Case::missing(std::int64_t now_ms) const {
  std::vector<Slot> all;
  if (ended_ms) return all;
  for (Day day = day_of(created_ms); day <= day_of(now_ms); ++day)
    for (const bool evening : {false, true}) {
      const Slot slot{day, evening};
      if (due_of(slot) >= created_ms && due_of(slot) <= now_ms && !lines.contains(slot)) all.push_back(slot);
    }
  return all;
}

// --- somebody who is looked after ------------------------------------------------------------------------
// At noon, or with the first round after it; one open item is enough.
void Recipient::tend(std::int64_t now_ms) {
  const auto today = day_of(now_ms);
  const auto noon = start_of(today) + 12 * hour_ms;
  if (ended || now_ms < noon || created_ms >= noon || !looked.insert(today).second) return;
  if (!reached.contains(today)) missed = true;
}

void Recipient::contacted(Day day, bool was_reached) {
  if (was_reached) {
    reached.insert(day);
    missed = false;
  } else {
    ++tries[day];
  }
}

std::string Recipient::today(std::int64_t now_ms) const {
  const auto day = day_of(now_ms);
  const auto noon = start_of(day) + 12 * hour_ms;
  if (reached.contains(day)) return "contacted";
  return now_ms >= noon && created_ms < noon ? "overdue" : "waiting";
}

}  // namespace sim::work
