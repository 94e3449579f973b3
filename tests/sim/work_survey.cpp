// Surveyors at doors: what they try, what they send late and twice, the register and its receipt.
#include <fmt/format.h>

#include <algorithm>

#include "sim/work_driver.hpp"

namespace sim::work {

namespace json = boost::json;

namespace {

const char* word_of(const std::optional<bool>& told) { return !told ? "unknown" : *told ? "yes" : "no"; }

}  // namespace

Round* WorkDriver::open_round() {
  const auto found = std::ranges::find(rounds_, false, &Round::closed);
  return found == rounds_.end() ? nullptr : &*found;
}

void WorkDriver::begin_round(const std::string& title, const Ladder& ladder, const std::string& text) {
  doing_ = "begin a round";
  const auto begun = post(
      "office", "/api/survey-rounds",
      fmt::format(R"({{"place_id":{},"title":"{}","place_ids":[{},{},{}]{}}})", community_, title, places_[0],
                  places_[1], places_[2], text.empty() ? "" : fmt::format(R"(,"ladder":"{}")", text)));
  Round round{begun.at("id").as_int64(), title, ladder, false, {}, {}};
  for (const auto& place : {fmt::format("building_id={}", places_[0]), fmt::format("compound_id={}", yard_),
                            fmt::format("compound_id={}", places_[2])}) {
    const auto list = get("office", fmt::format("/api/survey-doors?round_id={}&{}", round.id, place));
    for (const auto& door : list.at("items").as_array()) {
      const auto id = door.at("dwelling_id").as_int64();
      round.doors[id] = {
          door.at("compound_id").as_int64(), text_of(door.at("label")), false, false, false, {}};
      if (truth_.contains(id)) continue;
      auto& truth = truth_[id];
      const int dice = below(10);
      truth.told.fitted_out = dice > 0;
      truth.told.occupied = dice > 2;
      if (dice > 2) truth.told.persons = 1 + below(5);
      truth.at_home_percent = chance(15) ? 0 : 40;
      truth.phone = truth_.size() % phones_.size();
    }
  }
  rounds_.push_back(std::move(round));
  note(fmt::format("doors {}", rounds_.back().doors.size()));
}

// What a surveyor does whose phone knows what it has sent: mostly the next thing, sometimes another.
Attempt WorkDriver::attempt_at(const Door& door, const Truth& truth) {
  static const std::vector<std::string> contacts{"knock", "phone", "sms", "wechat"};
  Attempt a;
  a.client_id = fmt::format("try-{:05}", ++next_client_);
  a.contact = chance(10) ? any(contacts) : door.next(open_round()->ladder, beliefs_).value_or("phone");
  a.at_ms = now_ms();
  // A door without people is seen to be so; else somebody has to be there.
  const bool empty = truth.told.occupied == false && a.contact == "knock";
  a.answered = chance(empty ? 60 : truth.at_home_percent);
  if (!a.answered) return a;
  const int dice = below(10);
  if (dice > 0) a.told = truth.told;
  if (dice == 1) a.told.persons.reset();
  if (dice == 2) a.told.fitted_out.reset();
  return a;
}

void WorkDriver::write_down(std::int64_t dwelling, Attempt a, const std::string& takes_back) {
  auto& round = *open_round();
  json::object r{{"client_id", a.client_id}, {"round_id", round.id},
                 {"dwelling_id", dwelling},  {"contact", a.contact},
                 {"answered", a.answered},   {"fitted_out", word_of(a.told.fitted_out)},
                 {"happened_ms", a.at_ms},   {"occupied", word_of(a.told.occupied)}};
  if (a.told.persons) r["persons"] = *a.told.persons;
  if (!takes_back.empty()) r["retracts"] = takes_back;
  auto& phone = phones_[truth_.at(dwelling).phone];  // a door is one surveyor's
  phone.queue.emplace_back(round.id, json::serialize(r));
}

void WorkDriver::visit_doors(int doors) {
  doing_ = "visit doors";
  auto* round = open_round();
  if (!round) return;
  // What waits on a phone is known to who holds it.
  std::vector<std::int64_t> left;
  for (const auto& [id, door] : round->doors)
    if (door.outcome() == "open" && door.next(round->ladder, beliefs_)) left.push_back(id);
  for (int i = 0; i < doors && !left.empty(); ++i) {
    world_.clock().advance(20'000);
    const auto id = any(left);
    std::erase(left, id);
    const auto queued = std::ranges::any_of(phones_, [&](const Phone& p) {
      return std::ranges::any_of(
          p.queue, [&](const auto& record) { return json::parse(record.second).at("dwelling_id") == id; });
    });
    if (queued && chance(80)) continue;
    ++counts_.attempts;
    auto attempt = attempt_at(round->doors[id], truth_.at(id));
    write_down(id, attempt);
    if (attempt.answered || !chance(25)) continue;
    // Once more a little later, of the same half-day.
    world_.clock().advance(30'000);
    attempt.client_id = fmt::format("try-{:05}", ++next_client_);
    attempt.at_ms = now_ms();
    write_down(id, attempt);
  }
  // The wrong door, sometimes: what was written down last is taken back.
  if (chance(50))
    for (auto& [id, door] : round->doors) {
      if (door.attempts.empty() || door.attempts.back().taken_back || !chance(3)) continue;
      Attempt a;
      a.client_id = fmt::format("try-{:05}", ++next_client_);
      a.contact = "knock";
      a.answered = true;
      a.at_ms = now_ms();
      ++counts_.taken_back;
      write_down(id, a, door.attempts.back().client_id);
      break;
    }
}

// In parts, some of them again, some of them not today; of a round that has ended as well.
void WorkDriver::upload(Phone& phone, bool all) {
  doing_ = "upload";
  if (!all && chance(30)) return;
  while (!phone.queue.empty()) {
    const auto part = std::min<std::size_t>(phone.queue.size(), 1 + static_cast<std::size_t>(below(25)));
    std::vector<std::pair<std::int64_t, std::string>> sending(
        phone.queue.begin(), phone.queue.begin() + static_cast<std::ptrdiff_t>(part));
    if (!phone.sent.empty() && chance(30)) sending.push_back(any(phone.sent));
    std::string body;
    for (const auto& [round, record] : sending) body += (body.empty() ? "" : ",") + record;
    body = "{\"items\":[" + body + "]}";
    if (chance(10)) {  // it arrives, and the phone does not hear of it
      ++counts_.repeated;
      post(phone.role, "/api/survey-attempts", body);
    }
    const auto answer = post(phone.role, "/api/survey-attempts", body);
    for (std::size_t i = 0; i < sending.size(); ++i) {
      const auto status = text_of(answer.at("items").at(i).at("status"));
      expect(status == "stored" || status == "stored_before",
             fmt::format("{} of {}", status, sending[i].second));
      if (i >= part) {
        expect(status == "stored_before", "a record is stored twice");
        continue;
      }
      auto& round = *std::ranges::find(rounds_, sending[i].first, &Round::id);
      if (round.closed) ++counts_.late_uploads;
      const auto r = json::parse(sending[i].second);
      auto& door = round.doors.at(r.at("dwelling_id").as_int64());
      Attempt a{text_of(r.at("client_id")),
                text_of(r.at("contact")),
                r.at("answered").as_bool(),
                {},
                r.at("happened_ms").as_int64()};
      if (r.at("fitted_out") != "unknown") a.told.fitted_out = r.at("fitted_out") == "yes";
      if (r.at("occupied") != "unknown") a.told.occupied = r.at("occupied") == "yes";
      if (!member(r, "persons").is_null()) a.told.persons = static_cast<int>(r.at("persons").as_int64());
      if (!member(r, "retracts").is_null())
        std::ranges::find(door.attempts, text_of(r.at("retracts")), &Attempt::client_id)->taken_back = true;
      door.known = true;
      door.attempts.push_back(std::move(a));
    }
    for (std::size_t i = 0; i < part; ++i) phone.sent.push_back(sending[i]);
    phone.queue.erase(phone.queue.begin(), phone.queue.begin() + static_cast<std::ptrdiff_t>(part));
    if (!all && chance(30)) return;
  }
}

// XN-56: what was tried in every way goes to the community, and comes back as an answer.
void WorkDriver::hand_over_register() {
  doing_ = "hand over";
  if (rounds_.empty() || !chance(40)) return;
  auto& round = rounds_.back();
  const auto compound = chance(50) ? garden_ : yard_;
  int lines = 0;
  for (auto& [id, door] : round.doors)
    if (door.compound == compound && door.state(round.ladder, beliefs_) == "registered") ++lines;
  const auto target = fmt::format("/api/survey-rounds/{}/handovers", round.id);
  const auto body = fmt::format(R"({{"place_id":{}}})", compound);
  if (lines == 0) {
    post("office", target, body, 409);
    return;
  }
  const auto answer = post_surely("office", target, body, 409);
  log_.insert({said_ms_, "survey_register", "opened", ""});
  for (auto& [id, door] : round.doors)
    if (door.compound == compound && door.state(round.ladder, beliefs_) == "registered") door.handed = true;
  expect(answer.at("doors").as_int64() == lines,
         fmt::format("{} doors, not {}", json::serialize(answer), lines));
  handed_[answer.at("id").as_int64()] = lines;
  counts_.handed_over += lines;
}

void WorkDriver::receive_register() {
  doing_ = "receive";
  for (auto it = handed_.begin(); it != handed_.end();)
    if (chance(50)) {
      post_surely("office", fmt::format("/api/survey-handovers/{}/receipt", it->first), "{}", 409);
      it = handed_.erase(it);
    } else {
      ++it;
    }
}

void WorkDriver::end_round() {
  doing_ = "end a round";
  auto& round = *open_round();
  post_surely("office", fmt::format("/api/survey-rounds/{}/close", round.id), "", 409, 204);
  round.closed = true;
  for (auto& [id, door] : round.doors) door.known = door.closed = true;
  round.frozen = round.figures(beliefs_);
  for (const auto& [name, value] : round.frozen) note(fmt::format("{} {}", name, value));
  counts_.resolved += static_cast<int>(round.frozen["vacant"] + round.frozen["occupied"]);
  counts_.registered += static_cast<int>(round.frozen["registered"]);
}

}  // namespace sim::work
