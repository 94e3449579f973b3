// The days: what happens at which hour.
#include "sim/work_driver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/keyring.hpp"
#include "core/resident.hpp"

namespace sim::work {

namespace json = boost::json;

Rules rules_in(const json::value& params) {
  Rules rules;
  for (const auto& of : params.at("categories").as_array()) {
    auto& stages = rules[text_of(of.at("category"))];
    for (const auto& s : of.at("stages").as_array()) {
      Stage stage{text_of(s.at("level")),
                  static_cast<int>(s.at("days").as_int64()),
                  {},
                  static_cast<int>(s.at("leave_negatives").as_int64())};
      for (const auto& day : s.at("test_days").as_array())
        stage.tests.push_back(static_cast<int>(day.as_int64()));
      stages.push_back(std::move(stage));
    }
  }
  return rules;
}

WorkDriver::WorkDriver(db::Dialect dialect, std::uint64_t seed, Beliefs beliefs)
    : world_(dialect), seed_(seed), random_(seed), beliefs_(beliefs) {
  find_ground();
  find_household_page();
}

void WorkDriver::expect(bool holds, const std::string& what) {
  if (!holds)
    throw Disagreement(fmt::format("seed {} day {} ({}) at {}: {}", seed_, day_, doing_,
                                   base::to_local(world_.clock().now()), what));
}

api::Response WorkDriver::ask(const std::string& role, const std::string& method, const std::string& target,
                              const std::string& body) {
  world_.clock().advance(137);
  return world_.send(role, method, target, body);
}

json::value WorkDriver::get(const std::string& role, const std::string& target) {
  const auto answer = ask(role, "GET", target);
  expect(answer.status == 200, fmt::format("{} gives {} {}", target, answer.status, answer.body));
  return json::parse(answer.body);
}

json::value WorkDriver::post(const std::string& role, const std::string& target, const std::string& body,
                             int status) {
  const auto answer = ask(role, "POST", target, body);
  said_ms_ = now_ms();
  expect(answer.status == status,
         fmt::format("{} {} gives {}, not {}: {}", target, body, answer.status, status, answer.body));
  return answer.body.empty() ? json::value() : json::parse(answer.body);
}

json::value WorkDriver::post_surely(const std::string& role, const std::string& target,
                                    const std::string& body, int again, int status) {
  auto answer = post(role, target, body, status);
  if (!chance(10)) return answer;
  ++counts_.repeated;
  const auto first_ms = said_ms_;
  auto second = post(role, target, body, again);
  said_ms_ = first_ms;
  return again == status && !second.is_null() ? second : answer;
}

std::vector<json::object> WorkDriver::all_of(const std::string& role, const std::string& target) {
  std::vector<json::object> all;
  std::string next;
  do {
    const auto page = get(role, target + "&limit=200" + (next.empty() ? "" : "&cursor=" + next));
    for (const auto& item : page.at("items").as_array()) all.push_back(item.as_object());
    next = member(page, "next").is_null() ? "" : text_of(member(page, "next"));
  } while (!next.empty());
  return all;
}

void WorkDriver::find_ground() {
  doing_ = "find ground";
  const auto session = world_.send("office", "GET", "/api/session").body;
  garden_ = test_world::number_at(session, "compounds.0.id");
  yard_ = test_world::number_at(session, "compounds.1.id");
  const auto street = test_world::number_at(session, "compounds.2.id");
  community_ = get("office", fmt::format("/api/places/{}", garden_)).at("place").at("parent_id").as_int64();
  const auto buildings = get("office", fmt::format("/api/places?parent_id={}", garden_));
  places_ = {buildings.at("items").at(0).at("id").as_int64(), yard_, street};
  for (const auto compound : {garden_, yard_, street})
    for (const auto& s : all_of("office", fmt::format("/api/stewardships?place_id={}", compound))) {
      stewards_.push_back({s.at("id").as_int64(), s.at("staff_id").as_int64(), compound,
                           static_cast<int>(s.at("tier").as_int64())});
      staff_.push_back(s.at("staff_id").as_int64());
    }
  const auto list = get("phone", "/api/gate/list");
  for (const auto& h : list.at("households").as_array())
    for (const auto& m : h.at("m").as_array())
      people_.push_back({m.at("id").as_int64(), h.at("id").as_int64()});
  expect(people_.size() > 200 && stewards_.size() == 6, "the district is another one");
  rules_ = rules_in(get("office", fmt::format("/api/control-rules?place_id={}", garden_)).at("params"));
}

// The link of a card and the last digits of a number on file.
void WorkDriver::find_household_page() {
  doing_ = "find a household's page";
  page_household_ = people_.front().household;
  post("office", "/api/passes/issue", fmt::format(R"({{"compound_id":{}}})", garden_));
  std::int64_t card = 0;
  const auto& keys = world_.program().services().keys;
  auto read = world_.program().store().read([&](db::Connection& c) -> base::Result<void> {
    c.run("SELECT id FROM pass WHERE household_id = $1", {page_household_},
          [&](const db::Row& r) { card = r.integer(0); });
    c.run(
        "SELECT f.id, f.number_sealed FROM phone f JOIN residence r ON r.person_id = f.person_id WHERE "
        "r.household_id = $1 ORDER BY f.id",
        {page_household_}, [&](const db::Row& r) {
          const auto number = keys.unseal("phone", "number", r.integer(0), r.blob(1)).value_or("");
          if (number.size() >= 4) page_fact_ = number.substr(number.size() - 4);
        });
    return {};
  });
  expect(read && card != 0 && !page_fact_.empty(), "no card or no number");
  ask("office", "POST", fmt::format("/api/passes/{}/activate", card));
  page_link_ = core::resident_link(keys, "pass", card);
}

void WorkDriver::until(int minute) {
  const auto at = start_of(today()) + minute * minute_ms;
  if (now_ms() < at) world_.clock().set({at});
}

// What a running program does by itself; sometimes it is late.
void WorkDriver::tend(bool may_sleep) {
  doing_ = "tend";
  if (may_sleep && chance(12)) {
    ++counts_.slept;
    return;
  }
  world_.tend_work();
  for (auto& r : cared_) r.tend(now_ms());
}

void WorkDriver::restart() {
  if (!chance(8)) return;
  world_.restart();
  ++counts_.restarts;
}

void WorkDriver::run(int days) {
  const auto log_in = [&] {
    for (const auto* role : {"office", "grid", "surveyor"}) world_.log_in(role);
  };
  for (day_ = 1; day_ <= days; ++day_) {
    until(8 * 60);
    log_in();
    restart();
    tend(true);
    if (day_ == 1) begin_round("第一轮", {{"knock", 3}, {"phone", 1}, {"sms", 1}, {"wechat", 1}}, "");
    if (day_ == 14) begin_round("第二轮", {{"knock", 2}, {"phone", 1}}, "knock:2 phone:1");
    begin_cases(day_ == 1 ? 12 : below(3));
    if (day_ == 1) begin_plan();
    if (day_ <= 3) begin_care();
    move_stewards();
    change_team();
    follow_up(false, 60);
    contact(50);
    visit_doors(30);
    until(10 * 60 + 10);
    restart();
    tend(true);
    take_samples();
    if (day_ == 9) change_rules("seven_plus_three");
    if (day_ == 16) change_rules("fourteen_plus_seven");
    if (day_ == 23) change_rules("five_plus_three");
    do_items();
    until(12 * 60 + 10);
    restart();
    tend(true);
    contact(25);
    change_categories();
    until(15 * 60);
    restart();
    visit_doors(30);
    for (auto& phone : phones_) upload(phone, false);
    tell_results();
    hand_over_register();
    contact(40);
    until(17 * 60 + 10);
    tend(true);
    follow_up(true, 65);
    follow_up_late();
    release();
    hand_over_items();
    change_care();
    if (day_ == 8 || day_ == 21) end_round();
    until(19 * 60);
    log_in();
    for (auto& phone : phones_) upload(phone, day_ % 3 == 0);
    receive_register();
    do_items();
    until(20 * 60);
    tend(false);
    check();
    world_.clock().set({start_of(today() + 1) + 10 * minute_ms});
    log_in();
    restart();
    tend(true);
  }
  check_ledgers();
}

}  // namespace sim::work
