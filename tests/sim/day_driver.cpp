#include "sim/day_driver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/demo_maker.hpp"

namespace sim::day {
namespace {

namespace json = boost::json;
namespace place = feature::place;

constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;
constexpr int compounds_each = 36, openings_each = 3, subdistricts = 2;
constexpr const char* the_kind = "unmanaged";

// What the offices write; the versions are numbered by the program. Notices in minutes.
constexpr int notice = 120, notice_of_first = 150;
constexpr Rules first_morning_rules{1, 10, 2, 2}, own_rules{1, 10, 3, 2};
constexpr Rules first_since_noon{3, 5, 1, 1, 20 * 60}, kind_since_noon{2, 10, 2, 1};
constexpr Rules second_since_noon{1, 10, 2, 1}, own_since_noon{4, 10, 1, 1, 19 * 60}, nobody_out{3, 10, 0, 1};

template <class T>
T made(base::Result<T> result) {
  if (!result) throw std::runtime_error("the district: " + result.error().code + " " + result.error().cause);
  return *std::move(result);
}
void made(const base::Result<void>& result) {
  if (!result) throw std::runtime_error("the district: " + result.error().code + " " + result.error().cause);
}

}  // namespace

DayDriver::DayDriver(db::Dialect dialect, std::uint64_t seed, Beliefs beliefs)
    : world_(dialect),
      seed_(seed),
      random_(seed),
      beliefs_(beliefs),
      model_([this](int compound, std::int64_t at_ms) {
        return dates_.at(compound, beliefs_.judged_by_their_time ? at_ms : now_ms());
      }),
      noon_ms_(test_world::first_morning.ms + day_ms + 4 * hour_ms) {
  build();
}

void DayDriver::expect(bool holds, const std::string& what) {
  if (!holds)
    throw Disagreement(
        fmt::format("seed {} ({}) at {}: {}", seed_, doing_, base::to_local(world_.clock().now()), what));
}

json::object DayDriver::ask(const std::string& role, const std::string& method, const std::string& target,
                            const std::string& body, int status) {
  const auto answer = world_.send(role, method, target, body);
  expect(answer.status == status, fmt::format("{} gives {} {}", target, answer.status, answer.body));
  return json::parse(answer.body).as_object();
}

// --- the ground ----------------------------------------------------------------------------------------

void DayDriver::build() {
  doing_ = "building";
  app::DemoMaker maker(world_.program(), world_.clock().now(), seed_);
  const auto district = made(maker.add_place({}, place::Kind::district, "正午区(虚构)", {}, "990200"));
  district_ = district.id.value;
  made(maker.add_policy(district_));
  made(maker.add_account("day_office", "演示办公室", "community_office", district_));
  made(maker.add_account("day_second", "第二人", "district_office", district_));
  for (int number = 0; number < subdistricts; ++number) {
    const auto subdistrict =
        made(maker.add_place(district, place::Kind::subdistrict, fmt::format("街道{}", number + 1)));
    subdistricts_[number] = subdistrict.id.value;
    const auto community = made(maker.add_place(subdistrict, place::Kind::community, "社区"));
    for (int i = 0; i < compounds_each; ++i) build_compound(community, number, i);
  }
  dates_.stand(standings_);
  log_in();
  enrol_phones();
  read_households();
  make_rules_of_yesterday();
}

void DayDriver::build_compound(const place::PlaceRow& community, int subdistrict, int number) {
  // People of their own in each compound.
  app::DemoMaker maker(world_.program(), world_.clock().now(), seed_ + 1 + compounds_.size());
  const bool of_the_kind = number % 5 == 1;
  const auto compound = made(
      maker.add_place(community, place::Kind::compound, fmt::format("小区{}-{}", subdistrict + 1, number + 1),
                      of_the_kind ? place::CompoundKind::unmanaged : place::CompoundKind::property_managed));
  engine::town::Compound shape;
  shape.buildings.push_back({"1", 1, 3, 2, 6});
  const auto homes = engine::town::homes(shape, seed_ + compounds_.size(), maker.today());
  made(maker.add_dwellings(compound, shape, homes));
  made(maker.add_households(compound, shape, homes));
  made(maker.add_passes(compound.id.value));
  for (int gate = 0; gate < openings_each; ++gate) {
    Phone phone;
    phone.opening = made(maker.add_opening(compound.id.value, fmt::format("{}号门", gate + 1),
                                           place::OpeningKind::both, place::OpeningState::guarded));
    phone.compound = static_cast<int>(compounds_.size());
    phones_.push_back(std::move(phone));
  }
  compounds_.push_back({compound.id.value, {}, {}});
  standings_.push_back({subdistrict, of_the_kind});
}

void DayDriver::enrol_phones() {
  for (std::size_t i = 0; i < phones_.size(); ++i) {
    auto& phone = phones_[i];
    phone.role = world_.enrol(phone.opening, "day_office");
    compounds_[static_cast<std::size_t>(phone.compound)].phones.push_back(i);
    // Half of the clocks are nearly right, none is exactly so, and no two are wrong by the same: the phones
    // believe that noon is at different times.
    const auto minutes = chance(50) ? 0 : below(50) - 25;
    phone.slow_ms = minutes * minute_ms + 2 * static_cast<std::int64_t>(i + 1);
  }
  counts_.openings = static_cast<int>(phones_.size());
}

void DayDriver::read_households() {
  for (std::size_t n = 0; n < compounds_.size(); ++n) {
    const auto list = ask(phones_[compounds_[n].phones[0]].role, "GET", "/api/gate/list");
    std::map<std::int64_t, std::int64_t> cards;
    for (const auto& p : list.at("passes").as_array())
      if (p.at("s") == "active") cards[p.at("h").as_int64()] = p.at("id").as_int64();
    for (const auto& h : list.at("households").as_array()) {
      Household household{h.at("id").as_int64(), 0, static_cast<int>(n), {}, households_.size() % 3 == 0};
      for (const auto& m : h.at("m").as_array())
        if (!m.at("c").as_bool()) household.adults.push_back(m.at("id").as_int64());
      const auto card = cards.find(household.id);
      if (household.adults.size() < 2 || card == cards.end()) continue;
      household.card = card->second;
      compounds_[n].households.push_back(households_.size());
      households_.push_back(std::move(household));
    }
    expect(compounds_[n].households.size() >= 1, "nobody lives in a compound");
  }
}

// --- the rules -----------------------------------------------------------------------------------------

std::int64_t DayDriver::propose(Version& v, std::int64_t place_id, const std::string& kind,
                                int notice_minutes, bool waits) {
  const auto now =
      ask("day_office", "GET", fmt::format("/api/policies/effective?compound_id={}", compounds_[0].id));
  auto params = now.at("params").as_object();
  params["window_days"] = v.rules.window_days;
  params["refund_minutes"] = v.rules.refund_minutes;
  params["outings_per_window"] = v.rules.outings;
  params["persons_per_outing"] = v.rules.persons;
  params["notice_minutes"] = notice_minutes;
  params["out_hours"] = json::array{};
  if (v.rules.exits_until_minute < 24 * 60)
    params["out_hours"] = json::array{{{"weekdays", 127},
                                       {"from_minute", 0},
                                       {"until_minute", v.rules.exits_until_minute},
                                       {"places", json::array{}}}};
  json::object body{{"place_id", place_id}, {"effective_from_ms", v.from_ms}, {"params", std::move(params)}};
  if (!kind.empty()) body["compound_kind"] = kind;
  const auto answer = ask("day_office", "POST", "/api/policies", json::serialize(body));
  expect(answer.at("state") == (waits ? "waiting" : "in_force") && answer.at("tightening") == waits,
         "a version is " + json::serialize(answer.at("state")));
  v.rules.version = answer.at("version").as_int64();
  v.from_ms = std::max(v.from_ms, now_ms());
  return answer.at("id").as_int64();
}

void DayDriver::agree(std::int64_t waiting, Version v, std::int64_t asked_for_ms, int notice_minutes) {
  const auto target = fmt::format("/api/policies/{}/approve", waiting);
  expect(ask("day_office", "POST", target, "{}", 409).at("code") == "policy_needs_another",
         "one person has tightened the rules");
  const auto answer = ask("day_second", "POST", target, "{}");
  v.from_ms = begins_ms(asked_for_ms, now_ms(), notice_minutes);
  expect(answer.at("effective_from_ms") == v.from_ms, "begins at another time: " + json::serialize(answer));
  if (!beliefs_.notice_is_kept) v.from_ms = asked_for_ms;
  hold(v);
}

void DayDriver::hold(Version v) { dates_.add(v); }

// The first subdistrict has the milder rule, some of its compounds one of their own; the second what the
// whole district has.
void DayDriver::make_rules_of_yesterday() {
  doing_ = "rules of yesterday";
  const auto base =
      ask("day_office", "GET", fmt::format("/api/policies/effective?compound_id={}", compounds_[0].id));
  Version district{Reach::district, 0, now_ms(), {}};
  district.rules.version = base.at("version").as_int64();
  hold(district);
  world_.clock().advance(10 * minute_ms);
  Version first{Reach::subdistrict, 0, now_ms(), first_morning_rules};
  propose(first, subdistricts_[0], {}, notice_of_first, false);
  hold(first);
  world_.clock().advance(minute_ms);
  for (int n = 0; n < compounds_each; n += 5) {
    Version own{Reach::compound, n, now_ms(), own_rules};
    propose(own, compounds_[static_cast<std::size_t>(n)].id, {}, notice_of_first, false);
    if (!beliefs_.nearest_wins) own.reach = Reach::district;
    hold(own);
  }
  for (auto& phone : phones_) phone.list_version = dates_.at(phone.compound, now_ms()).version;
}

// Prepared in the morning: the first subdistrict tightens at noon, the second loosens at noon while some of
// its compounds tighten; compounds of a kind follow later, because the second person agreed late; and one
// tightening nobody agrees to.
void DayDriver::plan_noon() {
  const auto at = [&](int minutes_before_noon, std::function<void()> work) {
    plan_[noon_ms_ - minutes_before_noon * minute_ms] = std::move(work);
  };
  at(230, [this] {
    doing_ = "proposing";
    Version plain{Reach::subdistrict, 0, noon_ms_, first_since_noon};
    const auto waiting = propose(plain, subdistricts_[0], {}, notice, true);
    plan_[noon_ms_ - 180 * minute_ms] = [this, waiting, plain] {
      agree(waiting, plain, noon_ms_, notice_of_first);
    };
  });
  at(220, [this] {
    Version kind{Reach::kind_in_subdistrict, 0, noon_ms_, kind_since_noon};
    const auto waiting = propose(kind, subdistricts_[0], the_kind, notice, true);
    plan_[noon_ms_ - 110 * minute_ms] = [this, waiting, kind] {
      agree(waiting, kind, noon_ms_, notice_of_first);
    };
  });
  at(210, [this] {
    Version loose{Reach::subdistrict, 1, noon_ms_, second_since_noon};
    propose(loose, subdistricts_[1], {}, notice, false);
    hold(loose);
  });
  at(200, [this] {
    for (int n = compounds_each; n < 2 * compounds_each; ++n) {
      const auto number = n - compounds_each;
      const auto id = compounds_[static_cast<std::size_t>(n)].id;
      Version own{Reach::compound, n, noon_ms_, number % 5 == 2 ? own_since_noon : nobody_out};
      if (number % 5 != 0 && number % 5 != 2) continue;
      const auto waiting = propose(own, id, {}, notice, true);
      if (number % 5 == 2) agree(waiting, own, noon_ms_, notice);
    }
  });
}

// --- the day -------------------------------------------------------------------------------------------

void DayDriver::log_in() {
  world_.log_in("day_office");
  world_.log_in("day_second");
  logged_in_ms_ = now_ms();
}

// An afternoon, since a window looks back over days; then the day, closer around noon.
std::vector<std::int64_t> DayDriver::moments() {
  std::vector<std::int64_t> all;
  const auto yesterday = noon_ms_ - day_ms;
  for (auto at = yesterday + 2 * hour_ms; at < yesterday + 5 * hour_ms; at += 5 * minute_ms)
    all.push_back(at + below(60) * 1000);
  for (auto at = noon_ms_ - 390 * minute_ms; at < noon_ms_ + 570 * minute_ms; at += 4 * minute_ms)
    all.push_back(at + below(60) * 1000);
  for (auto at = noon_ms_ - 15 * minute_ms; at < noon_ms_ + 15 * minute_ms; at += 40'000)
    all.push_back(at + below(30) * 1000);
  all.insert(all.end(), {noon_ms_ - 1, noon_ms_, noon_ms_ + 40 * minute_ms - 1, noon_ms_ + 40 * minute_ms});
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void DayDriver::at(std::int64_t moment_ms) {
  while (!plan_.empty() && plan_.begin()->first <= moment_ms) {
    const auto next = plan_.begin()->first;
    const auto work = std::move(plan_.begin()->second);
    plan_.erase(plan_.begin());
    world_.clock().set({std::max(next, now_ms())});
    work();
  }
  world_.clock().set({std::max(moment_ms, now_ms() + 1)});
  if (now_ms() - logged_in_ms_ > 6 * hour_ms) log_in();
}

void DayDriver::run() {
  plan_noon();
  for (const auto moment : moments()) {
    at(moment);
    const bool around_noon = std::abs(now_ms() - noon_ms_) < 16 * minute_ms;
    // The model tells instants apart, so a kill has one of its own: the last before noon is one.
    const bool last_before_noon = moment == noon_ms_ - 1;
    if (!last_before_noon) side_by_side(around_noon ? 14 : 7);
    if (chance(3)) restart();
    if (last_before_noon) {
      kill();
    } else if (moment == noon_ms_ + 40 * minute_ms || chance(around_noon ? 10 : 1)) {
      world_.clock().advance(1000);
      kill();
    }
    if (moment == noon_ms_) restart();
    if (moment == noon_ms_ + 40 * minute_ms) check_rules();
    // Takes some seconds, which are not to hide noon itself.
    if (now_ms() >= noon_ms_ || now_ms() < noon_ms_ - minute_ms / 2) spells();
  }
  doing_ = "the end";
  for (auto& phone : phones_) phone.offline_until_ms = phone.keeps_until_ms = 0;
  at(now_ms() + hour_ms);
  while (std::ranges::any_of(phones_, [](const Phone& p) { return !p.queue.empty(); })) {
    at(now_ms() + 1000);
    std::vector<Act> acts;
    for (const auto& compound : compounds_)
      for (const auto phone : compound.phones)
        if (!phones_[phone].queue.empty()) {
          acts.push_back(upload_of(phone));
          break;
        }
    send(acts);
    for (auto& act : acts) judge(act);
  }
  check_rules();
  check_figures();
  check_ledgers();
}

}  // namespace sim::day
