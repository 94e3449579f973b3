// What must hold every evening, asked of the program through its own answers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/words.hpp"
#include "sim/work_driver.hpp"

namespace sim::work {

namespace json = boost::json;

namespace {

using PerHome = std::map<std::int64_t, int>;  // by household

std::string list_of(const std::set<std::string>& words) { return sim::words(words); }

}  // namespace

void WorkDriver::check() {
  check_doors();
  check_register();
  check_cases();
  check_follow_ups();
  check_work_of_cases();
  check_care();
  check_assignees();
  check_plan();
  check_team();
  if (day_ % 10 == 0) check_ledgers();
}

// XN-51, XN-56: each door stands as its attempts say, however late and often they came; every dwelling of a
// round that has ended is resolved or in the register.
void WorkDriver::check_doors() {
  doing_ = "doors";
  for (auto& round : rounds_) {
    std::size_t seen = 0;
    for (const auto& place : {fmt::format("building_id={}", places_[0]), fmt::format("compound_id={}", yard_),
                              fmt::format("compound_id={}", places_[2])}) {
      const auto list =
          get("surveyor", fmt::format("/api/survey-doors?round_id={}&{}&all=true", round.id, place));
      for (const auto& shown : list.at("items").as_array()) {
        ++seen;
        const auto& door = round.doors.at(shown.at("dwelling_id").as_int64());
        const auto state = door.state(round.ladder, beliefs_);
        expect(text_of(shown.at("state")) == state && text_of(shown.at("outcome")) == door.outcome(),
               fmt::format("{} is {} {}, not {} {}", door.label, text_of(shown.at("state")),
                           text_of(shown.at("outcome")), state, door.outcome()));
        if (state == "open" || state == "untried")
          expect(text_of(shown.at("next_contact")) == *door.next(round.ladder, beliefs_),
                 fmt::format("{} is to be tried by another way", door.label));
        if (round.closed)
          expect(state != "open" && state != "untried", "a dwelling is neither resolved nor in the register");
      }
    }
    expect(seen == round.doors.size(), fmt::format("{} doors of {}", seen, round.doors.size()));
    const auto coverage = get("office", fmt::format("/api/survey-rounds/{}/coverage", round.id));
    for (const auto& [name, value] : round.closed ? round.frozen : round.figures(beliefs_))
      expect(coverage.at("total").at(name) == value,
             fmt::format("{} is {}, not {}", name, json::serialize(coverage.at("total").at(name)), value));
  }
}

void WorkDriver::check_register() {
  doing_ = "register";
  for (auto& round : rounds_) {
    std::map<std::int64_t, bool> lines, expected;  // whether it was handed over
    for (const auto& line : all_of("office", fmt::format("/api/survey-register?round_id={}", round.id)))
      expect(lines.emplace(line.at("dwelling_id").as_int64(), !member(line, "handed_ms").is_null()).second,
             "a line of the register twice");
    for (const auto& [id, door] : round.doors)
      if (const auto state = door.state(round.ladder, beliefs_);
          state == "registered" || state == "handed_over")
        expected[id] = state == "handed_over";
    expect(lines == expected, fmt::format("{} lines of the register, not {}", lines.size(), expected.size()));
  }
  expect(items_of("&kind=survey_register").size() == handed_.size(), "a hand-over nobody has to receive");
}

// rules.md sections 0 and 6: clocks by the rules in force; nobody is released before the samples are there
// that those demand (asked of each release when it is made).
void WorkDriver::check_cases() {
  doing_ = "cases";
  std::map<std::int64_t, json::object> rows;
  for (auto& row : all_of("office", "/api/control-cases?standing=all")) rows[row.at("id").as_int64()] = row;
  expect(rows.size() == cases_.size(), fmt::format("{} cases, not {}", rows.size(), cases_.size()));
  for (const auto& c : cases_) {
    const auto& row = rows.at(c.id);
    expect(text_of(row.at("control_category")) == c.category, "another category");
    expect(member(row, "ended_ms").is_null() == !c.ended_ms, fmt::format("case {} ended or not", c.id));
    if (c.ended_ms) continue;
    const auto clock = c.clock(rules_, today(), beliefs_);
    std::set<std::string> attention;
    for (const auto& [waits, code] : {std::pair{clock.held, "held"},
                                      {clock.test_due, "test_due"},
                                      {clock.positive, "positive"},
                                      {clock.full, "release_due"}})
      if (waits) attention.insert(code);
    for (const auto& slot : c.missing(now_ms()))
      if (now_ms() - due_of(slot) <= day_ms) attention.insert("follow_up_missing");
    const auto last = clock.last
                          ? json::value(base::to_string(base::Day{static_cast<std::int32_t>(*clock.last)}))
                          : json::value();
    expect(text_of(row.at("control_level")) == clock.level && member(row, "last_day") == last &&
               codes_of(row.at("attention")) == attention,
           fmt::format("{} is not {} until {} waiting for [{}]", json::serialize(row), clock.level,
                       json::serialize(last), list_of(attention)));
  }
}

// XN-49, practice 21: each half-day is there once, with what was said; whoever was not asked is on the sheet.
void WorkDriver::check_follow_ups() {
  doing_ = "follow-ups";
  for (const bool evening : {false, true}) {
    std::map<std::int64_t, json::value> sheet;
    const auto round = get(
        "grid", fmt::format("/api/follow-ups?place_id={}&half={}", garden_, evening ? "evening" : "morning"));
    for (const auto& line : round.at("lines").as_array())
      expect(sheet.emplace(line.at("case_id").as_int64(), member(line, "follow_up")).second, "asked twice");
    expect(sheet.size() == open_cases().size(), "somebody is not on the sheet, or too many are");
    for (const auto* c : open_cases()) {
      const auto said = c->lines.find({today(), evening});
      expect(sheet.contains(c->id) && sheet.at(c->id).is_null() == (said == c->lines.end()),
             fmt::format("case {} was asked or not", c->id));
    }
  }
  for (const auto& c : cases_) {
    if (!chance(day_ == 30 ? 100 : 25)) continue;
    const auto file = get("office", fmt::format("/api/control-cases/{}", c.id));
    std::set<Slot> seen;
    for (const auto& line : file.at("follow_ups").as_array()) {
      const auto day = base::parse_day(text_of(line.at("day")));
      const Slot slot{day->number, line.at("half") == "evening"};
      expect(seen.insert(slot).second, "a follow-up is there twice");
      const auto said = c.lines.find(slot);
      expect(said != c.lines.end() && text_of(line.at("channel")) == said->second.first &&
                 line.at("tenths") == said->second.second,
             fmt::format("{} was not said", json::serialize(line)));
    }
    expect(seen.size() == c.lines.size(), fmt::format("{} follow-ups, not {}", seen.size(), c.lines.size()));
    expect(file.at("tests").as_array().size() == c.samples.size(), "samples are lost or twice");
  }
}

// No follow-up is lost or done twice: each that nobody made is one item, as is each test and each release
// that is due; nothing is left of what is over (practice 21).
void WorkDriver::check_work_of_cases() {
  doing_ = "work of cases";
  std::map<std::string, PerHome> shown, expected;
  static const std::set<std::string> kinds{"follow_up_missing", "control_test_due", "control_release_due",
                                           "control_symptoms"};
  for (const auto& item : items_of("&place_id=" + std::to_string(garden_)))
    if (kinds.contains(item.kind)) ++shown[item.kind][item.household];
  for (const auto* c : open_cases()) {
    const auto clock = c->clock(rules_, today(), beliefs_);
    const auto add = [&](const char* kind, int count) {
      if (count > 0) expected[kind][c->household] += count;
    };
    if (beliefs_.missed_is_work) add("follow_up_missing", static_cast<int>(c->missing(now_ms()).size()));
    add("control_test_due", clock.test_due);
    add("control_release_due", clock.full);
    add("control_symptoms", static_cast<int>(c->raised.size()) - c->alerts_closed);
  }
  for (const auto& kind : kinds) {
    int total = 0;
    for (const auto& [household, count] : expected[kind]) {
      total += count;
      expect(shown[kind][household] == count, fmt::format("{} items {} of household {}, not {}",
                                                          shown[kind][household], kind, household, count));
    }
    for (const auto& [household, count] : shown[kind])
      expect(expected[kind][household] == count, fmt::format("{} items {} of household {}, not {}", count,
                                                             kind, household, expected[kind][household]));
    note(fmt::format("{} {}", kind, total));
  }
}

// XN-64, practice 22: exactly one helper; whom nobody reached by the hour is one item, until somebody does.
void WorkDriver::check_care() {
  doing_ = "care";
  PerHome open;
  std::map<std::int64_t, std::int64_t> whose;  // of items that have not climbed, nor were given to somebody
  for (const auto& item : items_of("&kind=care_missed")) {
    ++open[item.household];
    if (item.tier == 0 && !given_.contains(item.id)) whose[item.household] = item.assignee.value_or(0);
  }
  std::map<std::int64_t, json::object> rows;
  for (auto& row : all_of("office", "/api/care-recipients?care_standing=all"))
    rows[row.at("id").as_int64()] = row;
  expect(rows.size() == cared_.size(), "recipients are lost or twice");
  for (const auto& r : cared_) {
    const auto& row = rows.at(r.id);
    expect(member(row, "ended_ms").is_null() == !r.ended, "care has ended or not");
    expect(open[r.household] == (r.missed ? 1 : 0),
           fmt::format("{} items for recipient {}, not {}", open[r.household], r.id, r.missed ? 1 : 0));
    counts_.care_missed += r.missed;
    if (r.ended) continue;
    expect(row.at("helper_id") == r.helper, "another helper");
    if (whose.contains(r.household))
      expect(whose[r.household] == r.helper, "an open item is not the new helper's");
    expect(text_of(row.at("care_today")) == r.today(now_ms()),
           fmt::format("{} is not {}", json::serialize(row), r.today(now_ms())));
  }
}

// LZ-09, XN-28: an open item is somebody's who stands for its place, or it is on the list of those that are
// nobody's; that only while nobody stands there.
void WorkDriver::check_assignees() {
  doing_ = "assignees";
  std::set<std::int64_t> unassigned;
  for (const auto& item : items_of("&unassigned=true")) unassigned.insert(item.id);
  std::set<std::int64_t> without;
  for (const auto& item : items_of("")) {
    const bool somebody =
        std::ranges::any_of(stewards_, [&](const Steward& s) { return s.compound == item.compound; });
    if (!item.assignee) {
      without.insert(item.id);
      expect(!somebody,
             fmt::format("item {} {} is nobody's although somebody stands there", item.id, item.kind));
      continue;
    }
    if (item.kind == "care_missed") continue;  // the helper's by name
    const auto by_name = given_.find(item.id);
    if (by_name != given_.end() && by_name->second == *item.assignee) continue;
    if (item.household == team_household_ && *item.assignee == team_members_.front()) continue;
    expect(!beliefs_.stewards_leave || steward_of(item.compound, *item.assignee, item.tier),
           fmt::format("item {} {} of tier {} is of staff {} who does not stand there: {}", item.id,
                       item.kind, item.tier, *item.assignee,
                       world_.send("office", "GET", fmt::format("/api/work-items/{}", item.id)).body));
  }
  expect(unassigned == without,
         fmt::format("{} items are on the unassigned list, not {}", unassigned.size(), without.size()));
  const auto summary = get("office", "/api/work-items/summary");
  expect(summary.at("unassigned") == std::int64_t(without.size()), json::serialize(summary));
  counts_.unassigned += static_cast<int>(without.size());
  note(fmt::format("unassigned {}", without.size()));
}

void WorkDriver::check_plan() {
  doing_ = "plan";
  const auto made = all_of("office", "/api/work-items?standing=all&kind=task_publicity").size();
  expect(made == static_cast<std::size_t>(today() - plan_day_), fmt::format("{} items of the plan", made));
}

void WorkDriver::check_team() {
  doing_ = "team";
  const auto file = get("office", fmt::format("/api/teams/{}", team_));
  std::vector<std::int64_t> members;
  for (const auto& m : file.at("members").as_array()) members.push_back(m.at("staff_id").as_int64());
  std::ranges::sort(members);
  auto expected = team_members_;
  std::ranges::sort(expected);
  expect(members == expected && file.at("team").at("version") == team_version_, "another team");
}

// LZ-30, 31, 37: the ledgers say what was done, each thing once.
void WorkDriver::check_ledgers() {
  doing_ = "ledgers";
  const auto cells = [](const json::object& row, std::size_t i) { return text_of(row.at("cells").at(i)); };
  const auto minute = [](std::int64_t at_ms) { return base::to_local({at_ms}).substr(0, 16); };
  using Line = std::array<std::string, 4>;
  std::multiset<Line> shown, expected;
  for (const auto& row :
       all_of("office", fmt::format("/api/ledgers?book=work_log&lang=en&place_id={}", community_)))
    shown.insert({cells(row, 0), cells(row, 3), cells(row, 4), cells(row, 6)});
  for (const auto& l : log_)
    expected.insert({minute(l.at_ms), core::words("en", "work_kind." + l.kind),
                     core::words("en", "work_verb." + l.verb), l.note});
  std::string odd;
  for (const auto& line : shown)
    if (shown.count(line) > expected.count(line)) odd += fmt::format("; {}", fmt::join(line, " "));
  for (const auto& line : expected)
    if (expected.count(line) > shown.count(line)) odd += fmt::format("; missing {}", fmt::join(line, " "));
  expect(shown == expected,
         fmt::format("{} lines of the work log, not {}{}", shown.size(), expected.size(), odd));
  shown.clear();
  expected.clear();
  for (const auto& row :
       all_of("office", fmt::format("/api/ledgers?book=survey&lang=en&place_id={}", community_)))
    if (cells(row, 6).find(": ") != std::string::npos)
      shown.insert(
          {cells(row, 0), cells(row, 1).substr(cells(row, 1).find(' ') + 1), cells(row, 3), cells(row, 6)});
  for (const auto& round : rounds_)
    for (const auto& [id, door] : round.doors) {
      if (door.outcome() == "open") continue;
      const auto persons = door.outcome() == "occupied" ? std::to_string(*door.told().persons) : "";
      expected.insert({minute(door.settled_ms()), door.label, persons,
                       round.title + ": " + core::words("en", "survey_outcome." + door.outcome())});
    }
  expect(shown == expected, fmt::format("{} doors in the ledger, not {}", shown.size(), expected.size()));
}

}  // namespace sim::work
