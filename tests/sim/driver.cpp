#include "sim/driver.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <thread>

namespace sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t second_ms = 1000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms;
constexpr std::int64_t farthest_ms = 50 * 24 * hour_ms;  // cards and outings are known for longer

}  // namespace

json::value member(const json::value& object, const char* name) {
  const auto* found = object.as_object().if_contains(name);
  return found ? *found : json::value();
}

std::string text_of(const json::value& v) { return std::string(v.as_string()); }

Codes codes_of(const json::value& list) {
  Codes codes;
  for (const auto& v : list.as_array()) codes.insert(text_of(v));
  return codes;
}

std::string words(const Codes& codes) { return fmt::format("{}", fmt::join(codes, " ")); }

Driver::Driver(db::Dialect dialect, std::uint64_t seed, Rules rules)
    : world_(dialect), seed_(seed), random_(seed), model_(rules), logged_in_ms_(world_.clock().now().ms) {
  find_ground();
}

void Driver::expect(bool holds, const std::string& what) {
  if (!holds)
    throw Disagreement(fmt::format("seed {} step {} ({}) at {}: {}", seed_, step_, doing_,
                                   base::to_local(world_.clock().now()), what));
}

json::object Driver::post(const std::string& role, const std::string& target, const std::string& body,
                          int status) {
  const auto answer = world_.send(role, "POST", target, body);
  expect(answer.status == status, fmt::format("{} gives {} {}", target, answer.status, answer.body));
  return json::parse(answer.body).as_object();
}

// Eight households with two adults and a card in their hands, three phones at two openings.
void Driver::find_ground() {
  doing_ = "find_ground";
  compound_id_ = test_world::number_at(world_.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto openings =
      world_.send("office", "GET", fmt::format("/api/openings?compound_id={}", compound_id_)).body;
  int index = 0;
  for (const auto* path : {"items.0.id", "items.0.id", "items.1.id"}) {
    const auto opening = test_world::number_at(openings, path);
    phones_.push_back({world_.enrol(opening), opening, index++ * 17 * minute_ms});
  }
  const auto list = json::parse(world_.send(phones_[0].role, "GET", "/api/gate/list").body);
  std::map<std::int64_t, std::int64_t> active;
  for (const auto& p : list.at("passes").as_array())
    if (p.at("s") == "active") active[p.at("h").as_int64()] = p.at("id").as_int64();
  for (const auto& h : list.at("households").as_array()) {
    Household household{h.at("id").as_int64(), h.at("d").as_int64(), {}, {}, households_.size() < 2};
    for (const auto& m : h.at("m").as_array())
      if (!m.at("c").as_bool()) household.adults.push_back(m.at("id").as_int64());
    const auto card = active.find(household.id);
    if (household.adults.size() < 2 || card == active.end()) continue;
    household.cards.push_back({card->second});
    households_.push_back(std::move(household));
    if (households_.size() == 8) break;
  }
  expect(households_.size() == 8, "the district is too small");
}

void Driver::run(int steps) {
  for (step_ = 1; step_ <= steps; ++step_) {
    world_.clock().advance(second_ms + below(60) * second_ms);
    keep_logged_in();
    step();
    keep_logged_in();
    if (step_ % 10 == 0) check_figures();
    if (step_ % 100 == 0) check_ledger();
  }
  doing_ = "the end";
  for (auto& p : phones_) p.online = true;
  while (std::ranges::any_of(phones_, [](const Phone& p) { return !p.queue.empty(); })) {
    world_.clock().advance(second_ms);
    upload();
  }
  check_figures();
  check_ledger();
  check_list();
  check_plain_quota();
}

// A log-in lasts twelve hours.
void Driver::keep_logged_in() {
  if (now_ms() - logged_in_ms_ < 8 * hour_ms) return;
  world_.log_in("office");
  logged_in_ms_ = now_ms();
}

void Driver::step() {
  const int dice = below(100);
  const auto go = [&](const char* what, auto&& action) {
    doing_ = what;
    action();
  };
  if (dice < 20)
    return go("exit", [&] {
      auto& p = phone(true);
      confirm(p, resident_record(p, true, false));
    });
  if (dice < 36)
    return go("entry", [&] {
      auto& p = phone(true);
      confirm(p, resident_record(p, false, false));
    });
  if (dice < 41)
    return go("emergency", [&] {
      auto& p = phone(true);
      confirm(p, record(p, emergency()));
    });
  if (dice < 43)
    return go("unknown resident", [&] {
      auto& p = phone(true);
      confirm(p, record(p, guest()));
    });
  if (dice < 49) return go("same record again", [&] { confirm_again(); });
  if (dice < 55) return go("two phones at once", [&] { confirm_at_once(); });
  if (dice < 74) return go("offline", [&] { cross_offline(); });
  if (dice < 81) return go("upload", [&] { upload(); });
  if (dice < 86) return go("correction", [&] { correct(); });
  if (dice < 90) return go("card", [&] { change_card(); });
  if (dice < 98) return go("time", [&] { pass_time(); });
  go("restart", [&] {
    world_.restart();
    ++counts_.restarts;
  });
}

Driver::Phone& Driver::phone(bool online) {
  auto& p = any(phones_);
  if (chance(20)) p.online = online;
  for (auto& other : phones_)
    if (other.online == online) return p.online == online ? p : other;
  p.online = online;
  return p;
}

// --- records -----------------------------------------------------------------------------------------

Crossing Driver::crossing(bool out, bool tell_late) {
  Crossing c;
  c.at_ms = now_ms();
  c.out = out;
  c.offline = tell_late;
  do c.household = below(static_cast<int>(households_.size()));
  while (tell_late && households_[static_cast<std::size_t>(c.household)].online_only);
  c.person = below(2);
  c.companions = chance(15) ? 1 : 0;
  return c;
}

Crossing Driver::emergency() {
  Crossing c = crossing(true, false);
  c.emergency = true;
  c.companions = 0;
  c.out = chance(70);
  if (chance(50)) c.household = -1;  // an ambulance: no plate, no names
  return c;
}

Crossing Driver::guest() {
  Crossing c = crossing(false, false);
  c.guest = true;
  c.household = -1;
  c.companions = 0;
  return c;
}

Driver::Record Driver::record(Phone& phone, const Crossing& c, const Card* card) {
  json::object r;
  Record made{phone.next_seq++, {}, c};
  made.crossing.opening = phone.opening;
  r["seq"] = made.seq;
  r["happened_ms"] = c.at_ms - phone.slow_ms;
  r["direction"] = c.out ? "out" : "in";
  r["result"] = c.passed ? "passed" : "turned_back";
  r["persons"] = 1;
  r["companions"] = c.companions;
  r["policy_version"] = 1;
  r["offline"] = c.offline;
  r["list_age_s"] = c.list_old ? 100 * 3600 : 60;
  r["holder_kind"] = c.guest           ? "resident_provisional"
                     : c.household < 0 ? "vehicle_emergency"
                                       : "resident_member";
  json::array readings;
  for (int person = 0; person <= c.companions && !c.emergency; ++person)
    readings.push_back({{"person", person}, {"tenths", 360 + below(9)}, {"at_ms", c.at_ms - phone.slow_ms}});
  r["readings"] = std::move(readings);
  if (c.emergency) r["emergency_reason"] = chance(50) ? "medical" : "childbirth";
  r["steps"] = c.agreed ? json::array{"identity_agreed"} : json::array{};
  r["outcome"] = "allow";
  r["reasons"] = json::array{};
  r["person_ids"] = json::array{};
  if (c.guest) {
    r["claim"] = {{"name", "刘芳"}, {"note", "住三楼"}};
    r["dwelling_id"] = any(households_).dwelling_id;
  }
  if (c.household >= 0) {
    const auto& h = households_[static_cast<std::size_t>(c.household)];
    r["person_ids"] = json::array{h.adults[static_cast<std::size_t>(c.person)]};
    if (card) r["pass_id"] = made.crossing.card_id = card->id;
    if (!card || chance(50)) r["household_id"] = h.id;
  }
  made.json = json::serialize(r);
  return made;
}

Driver::Record Driver::resident_record(Phone& phone, bool out, bool tell_late) {
  auto c = crossing(out, tell_late);
  const auto& cards = households_[static_cast<std::size_t>(c.household)].cards;
  const Card* card = chance(50) ? nullptr : chance(75) ? &cards.back() : &cards.front();
  if (card) c.card = card->state;
  c.list_old = tell_late && chance(5);
  return record(phone, c, card);
}

// --- the gate with a network ---------------------------------------------------------------------------

void Driver::judge_refusal(const json::object& answer, const Codes& expected) {
  Codes codes;
  for (const auto& reason : answer.at("verdict").at("reasons").as_array())
    if (reason.at("mode") == "enforce") codes.insert(text_of(reason.at("code")));
  expect(codes == expected, fmt::format("refused for [{}], not [{}]", words(codes), words(expected)));
  expect(member(answer, "passage_id").is_null(), "a refused record has a passage");
}

void Driver::confirm(Phone& phone, Record r) {
  auto c = r.crossing;
  c.at_ms = now_ms();
  const auto obstacles = model_.obstacles(c);
  const auto answer = post(phone.role, "/api/gate/confirm", r.json);
  const auto status = text_of(answer.at("status"));
  note(fmt::format("{} {} {}", doing_, status, words(codes_of(answer.at("flags")))));
  expect(status == (obstacles.empty() ? "stored" : "refused"),
         fmt::format("{} although [{}]: {}", status, words(obstacles), r.json));
  if (status == "stored") {
    c.id = member(answer, "passage_id").as_int64();
    expect(codes_of(answer.at("flags")).empty(), "an online release is flagged: " + json::serialize(answer));
    ++counts_.stored;
    counts_.emergencies += c.emergency;
    confirmed_.insert(c.id);
    r.crossing = c;
    model_.store(c);
    phone.acknowledged.push_back(std::move(r));
    return;
  }
  ++counts_.refused;
  judge_refusal(answer, obstacles);
  if (c.guest || chance(50)) return;
  c.passed = false;
  world_.clock().advance(second_ms);
  c.at_ms = now_ms();
  confirm(phone, record(phone, c));
}

void Driver::confirm_again() {
  auto& p = any(phones_);
  if (p.acknowledged.empty()) return;
  const auto& r = any(p.acknowledged);
  const auto answer = post(p.role, "/api/gate/confirm", r.json);
  note(fmt::format("again {}", text_of(answer.at("status"))));
  expect(answer.at("status") == "duplicate", "confirmed twice: " + r.json);
  expect(member(answer, "passage_id") == r.crossing.id, "a duplicate has another passage");
  ++counts_.duplicates;
}

// One household at two openings in the same instant, or one record sent twice: one outing at most.
void Driver::confirm_at_once() {
  const bool same_record = chance(40);
  auto& first = phones_[0];
  auto& second = same_record ? phones_[0] : phones_[2];
  const auto c = crossing(true, false);
  const auto r1 = record(first, c);
  const auto r2 = same_record ? r1 : record(second, c);
  const auto obstacles = model_.obstacles(c);
  std::array<api::Response, 2> answers;
  std::thread other([&] { answers[1] = world_.send(second.role, "POST", "/api/gate/confirm", r2.json); });
  answers[0] = world_.send(first.role, "POST", "/api/gate/confirm", r1.json);
  other.join();
  std::multiset<std::string> statuses;
  for (const auto& a : answers) statuses.insert(a.status == 200 ? test_world::at(a.body, "status") : a.body);
  note(fmt::format("at once {}", fmt::join(statuses, " ")));
  const std::multiset<std::string> free{"stored", same_record ? "duplicate" : "refused"};
  const std::multiset<std::string> taken{"refused", "refused"};
  expect(statuses == (obstacles.empty() ? free : taken),
         "at once: " + fmt::format("{}", fmt::join(statuses, ", ")));
  ++counts_.simultaneous;
  if (!obstacles.empty()) return;
  const bool second_won = test_world::at(answers[1].body, "status") == "stored";
  auto won = second_won ? r2 : r1;
  won.crossing.id = test_world::number_at(answers[second_won ? 1 : 0].body, "passage_id");
  confirmed_.insert(won.crossing.id);
  model_.store(won.crossing);
  // Not to be sent again: which of the two phones holds it differs from run to run.
}

// --- the gate without a network -------------------------------------------------------------------------

void Driver::cross_offline() {
  auto& p = phone(false);
  if (!chance(12)) {
    p.queue.push_back(resident_record(p, chance(55), true));
    return;
  }
  auto c = chance(50) ? guest() : emergency();
  c.agreed = c.guest && chance(30);
  c.offline = true;
  if (c.household >= 0 && households_[static_cast<std::size_t>(c.household)].online_only) c.household = -1;
  // A phone whose storage was lost begins to count anew.
  const bool counts_anew = !p.acknowledged.empty() && chance(25);
  const auto next = p.next_seq;
  if (counts_anew) p.next_seq = any(p.acknowledged).seq;
  p.queue.push_back(record(p, c));
  if (counts_anew) p.next_seq = next;
}

void Driver::upload() {
  auto& p = *std::ranges::max_element(phones_, {}, [](const Phone& x) { return x.queue.size(); });
  p.online = true;
  auto batch = p.queue;
  for (std::size_t i = batch.size(); i > 1; --i)
    std::swap(batch[i - 1], batch[static_cast<std::size_t>(below(static_cast<int>(i)))]);
  if (batch.size() > 3 && chance(30)) batch.resize(batch.size() / 2);
  if (!batch.empty() && chance(40)) batch.push_back(batch.front());
  if (!p.acknowledged.empty() && chance(40)) batch.push_back(any(p.acknowledged));
  const auto bad =
      chance(40) ? static_cast<std::size_t>(below(static_cast<int>(batch.size()) + 1)) : batch.size();
  const auto bad_seq = p.next_seq;
  json::array records;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i == bad) records.push_back({{"seq", bad_seq}, {"direction", "sideways"}});
    records.push_back(json::parse(batch[i].json));
  }
  if (bad < batch.size()) ++p.next_seq;
  const json::object body{
      {"records", std::move(records)}, {"client_ms", now_ms() - p.slow_ms}, {"queue", p.queue.size()}};
  const auto answer = post(p.role, "/api/gate/passages", json::serialize(body));
  const auto& results = answer.at("results").as_array();
  expect(results.size() == batch.size() + (bad < batch.size() ? 1 : 0), "not one result for each record");
  std::size_t at = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i == bad) {
      const auto& result = results[at++].as_object();
      note("upload " + text_of(result.at("status")));
      expect(result.at("status") == "invalid" && result.at("seq") == bad_seq, "a bad record was taken");
      ++counts_.invalid;
    }
    judge_upload(p, batch[i], results[at++].as_object());
  }
  // An answer lost on the way: the phone sends all of it again.
  if (chance(25) && doing_ != "the end") return;
  std::erase_if(p.queue, [&](const Record& q) {
    return std::ranges::any_of(batch, [&](const Record& b) { return b.json == q.json; });
  });
}

void Driver::judge_upload(Phone& phone, const Record& r, const json::object& result) {
  const auto status = text_of(result.at("status"));
  const auto flags = codes_of(result.at("flags"));
  note(fmt::format("upload {} {}", status, words(flags)));
  expect(result.at("seq") == r.seq, "a result for another record");
  const auto known = std::ranges::find(phone.acknowledged, r.json, &Record::json);
  if (known != phone.acknowledged.end()) {
    expect(status == "duplicate" && member(result, "passage_id") == known->crossing.id,
           "sent again, " + status + ": " + r.json);
    expect(flags == known->crossing.flags, "a duplicate has other flags");
    ++counts_.duplicates;
    return;
  }
  auto c = r.crossing;
  c.flags = model_.flags_afterwards(c);
  const bool conflict =
      std::ranges::find(phone.acknowledged, r.seq, &Record::seq) != phone.acknowledged.end();
  if (conflict) c.flags.insert("seq_conflict");
  expect(flags == c.flags, fmt::format("flags [{}], not [{}]: {}", words(flags), words(c.flags), r.json));
  expect(status == (conflict ? "conflict" : flags.empty() ? "stored" : "flagged"), "status " + status);
  counts_.conflicts += conflict;
  counts_.flagged += !flags.empty();
  counts_.late_excess += flags.contains("quota_used") && !model_.obstacles(c).contains("quota_used");
  counts_.emergencies += c.emergency;
  ++counts_.stored;
  c.id = member(result, "passage_id").as_int64();
  model_.store(c);
  phone.acknowledged.push_back({r.seq, r.json, c});
}

// --- the office --------------------------------------------------------------------------------------------

void Driver::correct() {
  auto& stored = model_.stored();
  if (stored.empty()) return;
  auto& c = any(stored);
  if (c.household >= 0 && households_[static_cast<std::size_t>(c.household)].online_only) return;
  const bool close = c.out && c.passed && chance(50);
  const bool again = close ? c.closed_ms.has_value() : c.reversed;
  const auto answer = post("office", fmt::format("/api/passages/{}/{}", c.id, close ? "close" : "reverse"),
                           R"({"reason":"经核实"})", again ? 409 : 200);
  note(fmt::format("correction {}", again ? "already_corrected" : close ? "closed" : "reversed"));
  if (again) {
    expect(answer.at("code") == "already_corrected", "corrected twice: " + json::serialize(answer));
    return;
  }
  if (close)
    c.closed_ms = now_ms();
  else
    c.reversed = true;
  corrections_[answer.at("id").as_int64()] = c.id;
  ++counts_.corrections;
}

void Driver::change_card() {
  auto& h = any(households_);
  auto& card = h.cards.back();
  const auto target = fmt::format("/api/passes/{}/", card.id);
  const std::string reason = R"({"reason":"lost"})";
  // A card withdrawn twice is known by its last state alone.
  const bool nothing_waits = std::ranges::all_of(phones_, [](const Phone& p) { return p.queue.empty(); });
  if (card.state == sim::Card::inactive) {
    post("office", target + "activate", "{}");
    card.state = sim::Card::active;
  } else if (card.state == sim::Card::active && chance(50)) {
    post("office", target + "void", reason);
    card.state = sim::Card::voided;
  } else if (card.state == sim::Card::active || nothing_waits) {
    const auto answer = post("office", target + "reissue", reason);
    card.state = sim::Card::replaced;
    h.cards.push_back({answer.at("id").as_int64(), sim::Card::inactive});
  }
}

void Driver::pass_time() {
  const auto jump = chance(50)   ? below(12) * minute_ms
                    : chance(70) ? below(12) * hour_ms
                                 : below(72) * hour_ms;
  if (now_ms() + jump - test_world::first_morning.ms < farthest_ms) world_.clock().advance(jump);
}

}  // namespace sim
