// People under control, and the work of every day.
#include <fmt/format.h>

#include <algorithm>

#include "sim/work_driver.hpp"

namespace sim::work {

namespace json = boost::json;

namespace {

std::string iso(Day day) { return base::to_string(base::Day{static_cast<std::int32_t>(day)}); }
const char* half(bool evening) { return evening ? "evening" : "morning"; }

}  // namespace

std::vector<Case*> WorkDriver::open_cases() {
  std::vector<Case*> all;
  for (auto& c : cases_)
    if (!c.ended_ms) all.push_back(&c);
  return all;
}

std::vector<Case*> WorkDriver::cases_of(std::int64_t household) {
  auto all = open_cases();
  std::erase_if(all, [&](const Case* c) { return c->household != household; });
  return all;
}

// XN-47: a named person decides; the same said twice is one case.
void WorkDriver::begin_cases(int count) {
  doing_ = "begin cases";
  static const std::vector<std::string> categories{"confirmed",         "suspected",       "fever",
                                                   "close_contact",     "close_contact",   "close_contact",
                                                   "secondary_contact", "general_contact", "arrival"};
  for (int i = 0; i < count; ++i) {
    // The first ones live where the household has a page.
    const auto at = cases_.size() < 2 ? std::size_t{0} : static_cast<std::size_t>(below(120));
    const auto person = people_[at];
    people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(at));
    Case c{0, person.id, person.household, any(categories), today() - (chance(30) ? below(4) : 0)};
    if (cases_.size() < 2) c.category = "close_contact";
    const auto begun =
        post_surely("office", "/api/control-cases",
                    fmt::format(R"({{"person_id":{},"category":"{}","began":"{}","decided_by":"张医生"}})",
                                c.person, c.category, iso(c.began)),
                    409);
    c.id = begun.at("item").at("id").as_int64();
    c.created_ms = said_ms_;
    cases_.push_back(std::move(c));
    ++counts_.cases;
  }
}

// XN-49: by phone, message or visit, some dozen on one sheet; what is sent again changes nothing.
void WorkDriver::follow_up(bool evening, int percent) {
  doing_ = "follow up";
  static const std::vector<std::string> channels{"phone", "message", "visit"};
  std::string items;
  std::vector<std::pair<Case*, Slot>> said;
  std::int64_t alerts = 0;
  const auto send = [&] {
    if (said.empty()) return;
    const auto role = chance(50) ? "grid" : "office";
    const auto body = "{\"items\":[" + items + "]}";
    const auto done = post(role, "/api/follow-ups", body);
    expect(done.at("stored") == std::int64_t(said.size()) && done.at("alerts") == alerts,
           fmt::format("{} of {} with {} alerts", json::serialize(done), said.size(), alerts));
    counts_.alerts += static_cast<int>(alerts);
    if (chance(15)) {
      ++counts_.repeated;
      expect(post(role, "/api/follow-ups", body).at("alerts") == 0, "an alert is raised twice");
    }
    items.clear();
    said.clear();
    alerts = 0;
  };
  for (auto* c : open_cases()) {
    if (!chance(percent)) continue;
    if (c->household == page_household_ && chance(70)) {
      tell_by_page(*c, evening);
      continue;
    }
    const Slot slot{today(), evening};
    const bool fever = chance(4) && !c->lines.contains(slot);
    const int tenths = (fever ? 373 : 360) + below(9);
    const auto& channel = any(channels);
    items += fmt::format(R"({}{{"case_id":{},"half":"{}","channel":"{}","tenths":{},"done":["mask"],)"
                         R"("not_done":[],"symptoms":[]}})",
                         items.empty() ? "" : ",", c->id, half(evening), channel, tenths);
    c->lines[slot] = {channel, tenths};
    said.emplace_back(c, slot);
    if (fever && c->raised.insert(slot).second) ++alerts;
    ++counts_.follow_ups;
    if (said.size() == 10) send();
  }
  send();
}

// Asked later than it should have been, at most two days.
void WorkDriver::follow_up_late() {
  doing_ = "follow up late";
  for (auto* c : open_cases())
    for (const auto& slot : c->missing(now_ms())) {
      ++counts_.missed;
      if (slot.first < today() - 2 || !chance(35)) continue;
      const auto done = post_surely(
          "grid", "/api/follow-ups",
          fmt::format(R"({{"items":[{{"case_id":{},"day":"{}","half":"{}","channel":"phone","tenths":364,)"
                      R"("done":[],"not_done":["mask"],"symptoms":[]}}]}})",
                      c->id, iso(slot.first), half(slot.second)),
          200);
      expect(done.at("stored") == 1, json::serialize(done));
      c->lines[slot] = {"phone", 364};
    }
}

// The household tells it on its own page; a form that is sent twice says the same.
void WorkDriver::tell_by_page(Case& of, bool evening) {
  const auto form = [&](const std::string& target, const std::string& body) {
    world_.clock().advance(31'000);  // an address is not asked for ever
    api::Request request;
    request.method = "POST";
    request.target = target;
    request.body = body;
    request.peer = "192.0.2.1";
    request.headers = {{"host", "localhost"},
                       {"content-type", "application/x-www-form-urlencoded"},
                       {"sec-fetch-site", "same-origin"}};
    return world_.program().service().handle(request);
  };
  const auto opened = form("/r/home/" + page_link_ + "?lang=en", "fact=" + page_fact_);
  expect(opened.status == 303, fmt::format("a household's page gives {}", opened.status));
  std::string visit(opened.header("location"));
  visit = visit.substr(0, visit.find('?'));
  const auto shown = world_.send("nobody", "GET", visit + "?lang=en").body;
  const std::string before = R"(name="form" value=")";
  auto token = shown.substr(shown.find(before) + before.size());
  token = token.substr(0, token.find('"'));
  const int tenths = 360 + below(9);
  const auto body = fmt::format("form={}&case={}&half={}&temperature_{}={}.{}&symptom=none", token, of.id,
                                half(evening), of.id, tenths / 10, tenths % 10);
  for (int i = 0; i < (chance(20) ? 2 : 1); ++i)
    expect(form(visit + "/follow-up?lang=en", body).status == 303, "the page does not take a reading");
  of.lines[{today(), evening}] = {"self", tenths};
  ++counts_.told_by_page;
}

// --- samples and releases --------------------------------------------------------------------------------
void WorkDriver::take_samples() {
  doing_ = "sample";
  for (auto* c : open_cases()) {
    const bool due = c->clock(rules_, today(), beliefs_).test_due;
    if (!chance(due ? 65 : 6)) continue;
    Sample s{0, today(), chance(60) ? "pending" : chance(94) ? "negative" : "positive"};
    const auto body =
        fmt::format(R"({{"result":"{}","client_id":"sample-{:05}"}})", s.result, ++next_client_);
    const auto file = post_surely("grid", fmt::format("/api/control-cases/{}/tests", c->id), body, 200);
    for (const auto& t : file.at("tests").as_array())
      if (std::ranges::find(c->samples, t.at("id").as_int64(), &Sample::id) == c->samples.end()) {
        expect(s.id == 0, "one sample is on file twice");
        s.id = t.at("id").as_int64();
      }
    expect(s.id != 0, "a sample is not on file");
    c->samples.push_back(s);
    ++counts_.samples;
    counts_.positives += s.result == "positive";
  }
}

void WorkDriver::tell_results() {
  doing_ = "results";
  for (auto* c : open_cases())
    for (auto& s : c->samples) {
      if (s.result != "pending" || !chance(60)) continue;
      s.result = chance(96) ? "negative" : "positive";
      counts_.positives += s.result == "positive";
      post_surely("office", fmt::format("/api/control-tests/{}/result", s.id),
                  fmt::format(R"({{"result":"{}"}})", s.result), 200);
    }
}

// rules.md section 6: not before everything is there; what is asked for too early is refused and says why.
void WorkDriver::release() {
  doing_ = "release";
  for (auto* c : open_cases()) {
    const auto clock = c->clock(rules_, today(), beliefs_);
    const bool may = clock.full || !clock.last;
    if (!chance(clock.full ? 60 : clock.last ? 10 : 4)) continue;
    const auto target = fmt::format("/api/control-cases/{}/release", c->id);
    const auto body = R"({"reason":"released","reference":"解除通知"})";
    if (may) {
      post_surely("office", target, body, 409);
      c->ended_ms = said_ms_;
      ++counts_.releases;
      continue;
    }
    const auto why = text_of(post("office", target, body, 409).at("code"));
    const auto* expected = clock.positive ? "control.positive"
                           : clock.held   ? "control.tests_missing"
                                          : "control.too_early";
    expect(why == expected, fmt::format("refused for {}, not {}", why, expected));
    ++counts_.refused_releases;
  }
}

// Who is positive becomes another case with its own clock.
void WorkDriver::change_categories() {
  doing_ = "category";
  for (auto* c : open_cases()) {
    if (c->category == "confirmed" || !c->clock(rules_, today(), beliefs_).positive || !chance(60)) continue;
    const auto old = *c;
    c->ended_ms = now_ms();
    Case next{0, old.person, old.household, "confirmed", today()};
    const auto file = post_surely("office", fmt::format("/api/control-cases/{}/category", old.id),
                                  R"({"category":"confirmed","decided_by":"李医生"})", 409);
    next.id = file.at("item").at("id").as_int64();
    next.created_ms = said_ms_;
    cases_.push_back(std::move(next));
    return;  // one a day; the list has grown
  }
}

// rules.md section 0: clocks go by the new version at once; what is confirmed is what was seen.
void WorkDriver::change_rules(const std::string& regime) {
  doing_ = "change rules";
  const auto templates = get("office", "/api/control-rules/templates");
  for (const auto& t : templates.at("items").as_array()) {
    if (text_of(t.at("regime")) != regime) continue;
    const auto next = rules_in(t.at("params"));
    std::int64_t moved = 0;
    for (auto* c : open_cases()) {
      const auto before = c->clock(rules_, today(), beliefs_), after = c->clock(next, today(), beliefs_);
      moved += before.level != after.level || before.last != after.last || before.full != after.full;
    }
    const auto params = json::serialize(t.at("params"));
    const auto seen = post("office", "/api/control-rules/preview",
                           fmt::format(R"({{"place_id":{},"params":{}}})", community_, params));
    expect(seen.at("changed") == moved,
           fmt::format("{} clocks move, not {}", seen.at("changed").as_int64(), moved));
    const auto body = [&](std::int64_t expected) {
      return fmt::format(R"({{"place_id":{},"reference":"{}","expected_changes":{},"params":{}}})",
                         community_, regime, expected, params);
    };
    post("office", "/api/control-rules", body(moved + 1), 409);
    post("office", "/api/control-rules", body(moved));
    rules_ = next;
    counts_.moved_clocks += static_cast<int>(moved);
    note(fmt::format("moved {}", moved));
  }
}

// --- care ------------------------------------------------------------------------------------------------
void WorkDriver::begin_care() {
  doing_ = "begin care";
  for (int i = 0; i < 3; ++i) {
    const auto person = *std::find_if(people_.begin() + 150, people_.end(), [&](const Person& p) {
      return std::ranges::find(cared_, p.household, &Recipient::household) == cared_.end();
    });
    const auto file =
        post_surely("office", "/api/care-recipients",
                    fmt::format(R"({{"person_id":{},"care_kinds":["elder_alone"],"staff_id":{}}})", person.id,
                                any(staff_)),
                    409);
    Recipient r{file.at("item").at("id").as_int64(), person.id, person.household,
                file.at("item").at("helper_id").as_int64(), said_ms_};
    cared_.push_back(std::move(r));
  }
}

void WorkDriver::contact(int percent) {
  doing_ = "contact";
  for (auto& r : cared_) {
    if (r.ended || !chance(percent)) continue;
    const bool reached = chance(60);
    post("grid", fmt::format("/api/care-recipients/{}/contacts", r.id),
         fmt::format(R"({{"channel":"phone","reached":{}}})", reached));
    r.contacted(today(), reached);
    ++counts_.contacts;
  }
}

void WorkDriver::change_care() {
  doing_ = "change care";
  for (auto& r : cared_) {
    if (r.ended || !chance(6)) continue;
    const auto target = fmt::format("/api/care-recipients/{}/", r.id);
    if (chance(20)) {
      post_surely("office", target + "end", R"({"reason":"moved_away"})", 409);
      r.ended = true;
      r.missed = false;
      continue;
    }
    const auto helper = any(staff_);
    const auto body = fmt::format(R"({{"staff_id":{}}})", helper);
    if (helper == r.helper)
      post("office", target + "helper", body, 422);
    else {
      post_surely("office", target + "helper", body, 422);
      if (r.missed) log_.insert({said_ms_, "care_missed", "handed_over", ""});
    }
    r.helper = helper;
  }
}

}  // namespace sim::work
