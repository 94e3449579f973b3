// What the gates of the day do, and what must be answered.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "sim/day_driver.hpp"

namespace sim::day {
namespace {

namespace json = boost::json;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t gates_at_once = 6;
constexpr std::int64_t clock_jump_ms = 5 * minute_ms;  // practice.md 15: more than this is told to the office

std::size_t at_most(std::size_t a, std::size_t b) { return std::min(a, b); }

json::object object_of(const api::Response& answer) { return json::parse(answer.body).as_object(); }

}  // namespace

// --- where there is no network ---------------------------------------------------------------------------

// Every now and then a phone loses its network; many do before noon and find it again after.
void DayDriver::spells() {
  doing_ = "spells";
  const auto to_noon = noon_ms_ - now_ms();
  const bool before_noon = to_noon > 0 && to_noon < 40 * minute_ms;
  for (int i = before_noon ? 3 : 1; i > 0; --i) {
    auto& phone = any(phones_);
    if (offline(phone) || !chance(before_noon ? 90 : 60)) continue;
    const auto back = before_noon && chance(80) ? to_noon + below(180) * minute_ms : below(240) * minute_ms;
    phone.offline_until_ms = now_ms() + back;
  }
  const int crossings = std::abs(to_noon) < 40 * minute_ms ? 12 : 3;
  for (int i = 0; i < crossings; ++i) {
    const auto start = static_cast<std::size_t>(below(static_cast<int>(phones_.size())));
    for (std::size_t n = 0; n < phones_.size(); ++n)
      if (auto& phone = phones_[(start + n) % phones_.size()]; offline(phone)) {
        world_.clock().advance(1000);
        cross_offline(phone);
        if (chance(3)) set_clock(phone);
        break;
      }
  }
}

void DayDriver::cross_offline(Phone& phone) {
  if (phone.clock_was_set && phone.keeps_until_ms > now_ms()) return;
  const auto c = crossing(phone.compound, true);
  if (c.household < 0 && !c.emergency) return;
  phone.queue.push_back(record(phone, c));
}

bool DayDriver::may_upload(const Phone& phone) {
  return !offline(phone) && phone.keeps_until_ms <= now_ms() && !phone.queue.empty();
}

// --- records -----------------------------------------------------------------------------------------------

Crossing DayDriver::crossing(int compound, bool tell_late) {
  Crossing c;
  c.at_ms = now_ms();
  c.compound = compound;
  c.offline = tell_late;
  if (chance(3)) {  // an ambulance: no plate, no names
    c.emergency = true;
    c.out = chance(50);
    return c;
  }
  auto& here = compounds_[static_cast<std::size_t>(compound)].households;
  const auto household = any(here);
  if (tell_late && households_[household].online_only) return c;
  c.household = static_cast<int>(household);
  c.person = below(2);
  c.out = model_.outside(c.household, c.person, c.at_ms) ? chance(15) : chance(85);
  c.persons = chance(12) ? 2 : 1;
  c.companions = chance(8) ? 1 : 0;
  c.list_old = tell_late && chance(2);
  if (chance(40)) {
    c.card = Card::active;
    c.card_id = households_[household].card;
  }
  return c;
}

DayDriver::Record DayDriver::record(Phone& phone, Crossing c) {
  c.opening = phone.opening;
  c.policy_version = phone.list_version;
  Record made{phone.next_seq++, c.at_ms - phone.slow_ms, {}, c};
  json::object r;
  r["seq"] = made.seq;
  r["happened_ms"] = made.phone_ms;
  r["direction"] = c.out ? "out" : "in";
  r["result"] = c.passed ? "passed" : "turned_back";
  r["persons"] = c.persons;
  r["companions"] = c.companions;
  r["policy_version"] = c.policy_version;
  r["offline"] = c.offline;
  r["list_age_s"] = c.list_old ? 100 * 3600 : 60;
  r["holder_kind"] = c.household < 0 ? "vehicle_emergency" : "resident_member";
  json::array readings;
  for (int person = 0; person < c.persons + c.companions && !c.emergency; ++person)
    readings.push_back({{"person", person}, {"tenths", 360 + below(9)}, {"at_ms", made.phone_ms}});
  r["readings"] = std::move(readings);
  if (c.emergency) r["emergency_reason"] = "medical";
  r["steps"] = json::array{};
  r["outcome"] = "allow";
  r["reasons"] = json::array{};
  r["person_ids"] = json::array{};
  if (c.household >= 0) {
    const auto& h = households_[static_cast<std::size_t>(c.household)];
    r["person_ids"] = json::array{h.adults[static_cast<std::size_t>(c.person)]};
    r["household_id"] = h.id;
    if (c.card_id != 0) r["pass_id"] = c.card_id;
  }
  made.json = json::serialize(r);
  return made;
}

// --- side by side ------------------------------------------------------------------------------------------

void DayDriver::side_by_side(int compounds) {
  doing_ = "side by side";
  std::vector<int> some(compounds_.size());
  for (std::size_t i = 0; i < some.size(); ++i) some[i] = static_cast<int>(i);
  std::vector<Act> acts;
  for (int i = 0; i < compounds; ++i) {
    const auto chosen = i + below(static_cast<int>(some.size()) - i);
    std::swap(some[static_cast<std::size_t>(i)], some[static_cast<std::size_t>(chosen)]);
    if (auto act = act_of(some[static_cast<std::size_t>(i)]); !act.phones.empty())
      acts.push_back(std::move(act));
  }
  send(acts);
  for (auto& act : acts) judge(act);
}

DayDriver::Act DayDriver::act_of(int compound) {
  const auto& here = compounds_[static_cast<std::size_t>(compound)].phones;
  std::vector<std::size_t> online;
  for (const auto phone : here)
    if (!offline(phones_[phone])) online.push_back(phone);
  if (online.empty()) return {};
  const auto uploading = std::ranges::find_if(online, [&](auto phone) { return may_upload(phones_[phone]); });
  if (uploading != online.end() && chance(80)) return upload_of(*uploading);
  const auto chosen = any(online);
  auto& phone = phones_[chosen];
  refresh_list(phone);
  if (chance(5) && !phone.acknowledged.empty()) {
    Act again{Act::Kind::again, {chosen}, {any(phone.acknowledged)}, {}, {}, false};
    again.bodies.push_back(again.records[0].json);
    return again;
  }
  const auto c = crossing(compound, false);
  if (online.size() < 2 || c.household < 0 || !chance(12)) return confirm_of(chosen, c);
  // One household at two openings in the same instant, two people of it or one record sent twice.
  const bool same_record = chance(30);
  Act both{Act::Kind::both, {online[0], same_record ? online[0] : online[1]}, {}, {}, {}, false};
  auto first = c;
  first.out = first.passed = true;
  first.persons = 1;
  first.card = Card::none;
  first.card_id = 0;
  for (int person = 0; person < 2; ++person)
    if (model_.outside(first.household, person, first.at_ms)) return confirm_of(chosen, c);
  auto second = first;
  // Where only one of them may, it is the same person twice: who was first differs from run to run.
  if (both_may(first)) second.person = 1 - first.person;
  both.records.push_back(record(phones_[both.phones[0]], first));
  both.records.push_back(same_record ? both.records[0] : record(phones_[both.phones[1]], second));
  for (const auto& r : both.records) both.bodies.push_back(r.json);
  return both;
}

DayDriver::Act DayDriver::confirm_of(std::size_t phone, const Crossing& c) {
  Act act{Act::Kind::confirm, {phone}, {record(phones_[phone], c)}, {}, {}, false};
  act.bodies.push_back(act.records[0].json);
  return act;
}

DayDriver::Act DayDriver::upload_of(std::size_t of) {
  auto& phone = phones_[of];
  Act act{Act::Kind::upload, {of}, phone.queue, {}, {}, false};
  auto& batch = act.records;
  for (std::size_t i = batch.size(); i > 1; --i)
    std::swap(batch[i - 1], batch[static_cast<std::size_t>(below(static_cast<int>(i)))]);
  if (batch.size() > 4 && chance(25)) batch.resize(batch.size() / 2);
  if (chance(30)) batch.push_back(batch.front());
  if (!phone.acknowledged.empty() && chance(30)) batch.push_back(any(phone.acknowledged));
  json::array records;
  for (const auto& r : batch) records.push_back(json::parse(r.json));
  const json::object body{{"records", std::move(records)},
                          {"client_ms", now_ms() - phone.slow_ms},
                          {"queue", phone.queue.size()}};
  act.bodies.push_back(json::serialize(body));
  return act;
}

// A phone that hears of newer rules gets the list that has them; not always before the next one stands there.
void DayDriver::refresh_list(Phone& phone) {
  const auto rules = dates_.at(phone.compound, now_ms());
  if (phone.list_version == rules.version || !chance(70)) return;
  const auto list = ask(phone.role, "GET", "/api/gate/list");
  const auto version = list.at("policy").at("version").as_int64();
  expect(version == rules.version, fmt::format("the list has rule {}, not {}", version, rules.version));
  phone.list_version = version;
}

void DayDriver::send(std::vector<Act>& acts) {
  std::vector<std::pair<Act*, std::size_t>> all;
  for (auto& act : acts) {
    act.answers.resize(act.bodies.size());
    for (std::size_t i = 0; i < act.bodies.size(); ++i) all.emplace_back(&act, i);
  }
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < all.size(); i = next++) {
      auto& [act, n] = all[i];
      const char* target = act->kind == Act::Kind::upload ? "/api/gate/passages" : "/api/gate/confirm";
      act->answers[n] = world_.send(phones_[act->phones[n]].role, "POST", target, act->bodies[n]);
    }
  };
  std::vector<std::jthread> gates;
  for (std::size_t i = 1; i < at_most(gates_at_once, all.size()); ++i) gates.emplace_back(work);
  work();
}

// --- what was answered
// ---------------------------------------------------------------------------------------

// The household's crossings in their order, to understand a disagreement by.
std::string DayDriver::story(const Crossing& of) const {
  std::vector<const Crossing*> all{&of};
  for (const auto& c : model_.stored())
    if (c.household == of.household) all.push_back(&c);
  std::ranges::sort(all, {}, &Crossing::at_ms);
  std::string text;
  for (const auto* c : all)
    text += fmt::format("{} {} person {} of {}{}{} [{}] rule {}{}\n", base::to_local({c->at_ms}),
                        c->out ? "out" : "in", c->person, c->persons, c->passed ? "" : " turned back",
                        c->offline ? " offline" : "", words(c->flags), c->policy_version,
                        c == &of ? " <- this" : "");
  return text;
}

void DayDriver::judge(Act& act) {
  for (const auto& answer : act.answers)
    expect(answer.status == 200, fmt::format("{} {}", answer.status, answer.body));
  switch (act.kind) {
    case Act::Kind::confirm:
      doing_ = "confirm";
      return judge_confirm(act);
    case Act::Kind::both:
      doing_ = "at once";
      return judge_both(act);
    case Act::Kind::again:
      doing_ = "again";
      return judge_again(act);
    case Act::Kind::upload:
      doing_ = "upload";
      return judge_upload(act);
  }
}

void DayDriver::keep(Phone& phone, Record r, std::int64_t id) {
  auto& c = r.crossing;
  c.id = id;
  c.judged_by = model_.rules_of(c).version;
  counts_.returned_under_old +=
      !c.out && c.at_ms >= noon_ms_ && c.judged_by != dates_.at(c.compound, c.at_ms).version;
  ++counts_.stored;
  model_.store(c);
  phone.acknowledged.push_back(std::move(r));
}

void DayDriver::judge_confirm(Act& act) {
  auto& phone = phones_[act.phones[0]];
  auto& r = act.records[0];
  auto& c = r.crossing;
  const auto answer = object_of(act.answers[0]);
  const auto status = text_of(answer.at("status"));
  const auto obstacles = model_.obstacles(c);
  const auto flags = codes_of(answer.at("flags"));
  if (!act.perhaps_before) note(fmt::format("confirm {} {}", status, words(flags)));
  const bool before = act.perhaps_before && status == "duplicate";
  expect(status == (obstacles.empty() ? "stored" : "refused") || (before && obstacles.empty()),
         fmt::format("{} although [{}]: {}", status, words(obstacles), r.json));
  const auto rules = model_.rules_of(c);
  if (!before)
    expect(answer.at("verdict").at("policy_version") == rules.version,
           fmt::format("decided by rule {}, not {}: {}",
                       json::serialize(answer.at("verdict").at("policy_version")), rules.version, r.json));
  if (obstacles.empty()) {
    c.flags.clear();
    if (c.policy_version != rules.version) c.flags.insert("policy_differs");
    expect(flags == c.flags, fmt::format("flags [{}], not [{}]: {}", words(flags), words(c.flags), r.json));
    counts_.other_rule += !c.flags.empty();
    const auto id = member(answer, "passage_id").as_int64();
    confirmed_.insert(id);
    return keep(phone, r, id);
  }
  ++counts_.refused;
  counts_.outside_hours += obstacles.contains("outside_hours");
  auto earlier = c;
  earlier.at_ms = noon_ms_ - 1;
  counts_.only_since_noon +=
      c.at_ms >= noon_ms_ && c.at_ms < noon_ms_ + 30 * minute_ms && model_.obstacles(earlier).empty();
  Codes codes;
  for (const auto& reason : answer.at("verdict").at("reasons").as_array())
    if (reason.at("mode") == "enforce") codes.insert(text_of(reason.at("code")));
  expect(codes == obstacles, fmt::format("refused for [{}], not [{}]", words(codes), words(obstacles)));
  expect(member(answer, "passage_id").is_null(), "a refused record has a passage");
  if (!act.perhaps_before && chance(40)) turn_back(phone, c);
}

void DayDriver::turn_back(Phone& phone, Crossing c) {
  c.passed = false;
  world_.clock().advance(1);
  c.at_ms = now_ms();
  Act act = confirm_of(static_cast<std::size_t>(&phone - phones_.data()), c);
  std::vector<Act> one{std::move(act)};
  send(one);
  judge(one[0]);
}

// Whether somebody else of the household may go out with this one.
bool DayDriver::both_may(const Crossing& first) const {
  auto ahead = model_;
  auto next = first, one = first;
  one.at_ms -=
      1;  // the model knows what was before; the rule of this very instant is what the next one meets
  ahead.store(one);
  next.person = 1 - first.person;
  return ahead.obstacles(next).empty();
}

void DayDriver::judge_both(Act& act) {
  const auto& first = act.records[0].crossing;
  const bool same_record = act.records[0].json == act.records[1].json;
  const auto obstacles = model_.obstacles(first);
  std::multiset<std::string> statuses;
  for (const auto& a : act.answers) statuses.insert(test_world::at(a.body, "status"));
  note(fmt::format("at once {}", fmt::join(statuses, " ")));
  std::multiset<std::string> expected{"refused", "refused"};
  if (obstacles.empty())
    expected = {"stored", same_record ? "duplicate" : both_may(first) ? "stored" : "refused"};
  expect(statuses == expected, "at once: " + fmt::format("{}: {}", fmt::join(statuses, ", "), act.bodies[0]));
  ++counts_.simultaneous;
  // Not to be sent again: which of two phones holds it differs from run to run.
  for (std::size_t i = 0; i < 2; ++i) {
    if (test_world::at(act.answers[i].body, "status") != "stored") continue;
    auto c = act.records[i].crossing;
    c.id = test_world::number_at(act.answers[i].body, "passage_id");
    c.judged_by = model_.rules_of(c).version;
    if (c.policy_version != c.judged_by) c.flags.insert("policy_differs");
    confirmed_.insert(c.id);
    model_.store(c);
    ++counts_.stored;
  }
}

void DayDriver::judge_again(const Act& act) {
  const auto answer = object_of(act.answers[0]);
  note(fmt::format("again {}", text_of(answer.at("status"))));
  const auto& r = act.records[0];
  expect(answer.at("status") == "duplicate", "confirmed twice: " + r.json);
  expect(member(answer, "passage_id") == r.crossing.id, "a duplicate has another passage");
  ++counts_.duplicates;
}

void DayDriver::judge_upload(Act& act) {
  auto& phone = phones_[act.phones[0]];
  const auto answer = object_of(act.answers[0]);
  const auto& results = answer.at("results").as_array();
  expect(results.size() == act.records.size(), "not one result for each record");
  const bool jumped = phone.measured_ms && std::abs(*phone.measured_ms - phone.slow_ms) > clock_jump_ms;
  counts_.jumps += jumped;
  for (std::size_t i = 0; i < results.size(); ++i)
    judge_told(phone, act.records[i], results[i].as_object(), act.perhaps_before, jumped);
  phone.measured_ms = phone.slow_ms;
  // An answer lost on the way: the phone sends all of it again.
  if (chance(20)) {
    ++counts_.lost_answers;
    return;
  }
  std::erase_if(phone.queue, [&](const Record& q) {
    return std::ranges::any_of(act.records, [&](const Record& b) { return b.json == q.json; });
  });
}

// What happened is judged by the rule of its time, whenever it is told; the instant is the phone's, put right
// by what its clock is found to be wrong by.
void DayDriver::judge_told(Phone& phone, Record r, const json::object& result, bool perhaps_before,
                           bool jumped) {
  const auto status = text_of(result.at("status"));
  const auto flags = codes_of(result.at("flags"));
  if (!perhaps_before) note(fmt::format("upload {} {}", status, words(flags)));
  expect(result.at("seq") == r.seq, "a result for another record");
  const auto known = std::ranges::find(phone.acknowledged, r.json, &Record::json);
  if (known != phone.acknowledged.end()) {
    expect(status == "duplicate" && member(result, "passage_id") == known->crossing.id,
           "sent again, " + status + ": " + r.json);
    expect(flags == known->crossing.flags, "a duplicate has other flags");
    ++counts_.duplicates;
    return;
  }
  auto& c = r.crossing;
  const bool was_after = c.at_ms >= noon_ms_;
  c.at_ms = r.phone_ms + phone.slow_ms;
  c.flags = model_.flags_afterwards(c);
  if (jumped) c.flags.insert("clock_jump");
  expect(flags == c.flags,
         fmt::format("flags [{}], not [{}]: {}\n{}", words(flags), words(c.flags), r.json, story(c)));
  expect(status == (flags.empty() ? "stored" : "flagged") || (perhaps_before && status == "duplicate"),
         "status " + status);
  counts_.flagged += !flags.empty();
  counts_.late_excess += flags.contains("quota_used") && !model_.obstacles(c).contains("quota_used");
  counts_.over_noon += c.at_ms < noon_ms_ && now_ms() >= noon_ms_;
  counts_.other_rule += flags.contains("policy_differs");
  counts_.moved_over_noon += was_after != (c.at_ms >= noon_ms_);
  keep(phone, r, member(result, "passage_id").as_int64());
}

}  // namespace sim::day
