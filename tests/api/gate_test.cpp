// What a gate needs of a large compound, and what the office is told of a household that stands out.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "feature/gate/service.hpp"
#include "feature/people/service.hpp"
#include "support/both_stores.hpp"
#include "token/short_code.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;
using test_world::number_at;

class Gate : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = number_at(send("office", "GET", "/api/session"), "compounds.0.id");
  }
  std::string send(const std::string& role, const std::string& method, const std::string& target,
                   const std::string& body = {}) {
    return world_->send(role, method, target, body).body;
  }
  // Numbers of the place, some of them changed: "visitors_day_max":2.
  void rules(const std::vector<std::pair<std::string, int>>& changed) {
    auto params = at(send("office", "GET", fmt::format("/api/place-rules?place_id={}", compound_)), "params");
    for (const auto& [name, value] : changed) {
      const auto key = fmt::format("\"{}\":", name);
      const auto from = params.find(key);
      ASSERT_NE(from, std::string::npos) << name << " in " << params;
      const auto end = params.find_first_of(",}", from);
      params.replace(from, end - from, key + std::to_string(value));
    }
    const auto made = world_->send("admin", "POST", "/api/place-rules",
                                   fmt::format(R"({{"place_id":{},"params":{}}})", compound_, params));
    ASSERT_EQ(made.status, 200) << made.body;
  }
  // One passage that happened now; `who` is the holder and whatever names them.
  void pass(const std::string& direction, const std::string& who) {
    const auto now = world_->clock().now().ms;
    const auto answer = send(
        "phone", "POST", "/api/gate/passages",
        fmt::format(R"({{"records":[{{"seq":{0},"happened_ms":{1},"direction":"{2}","result":"passed",{3},)"
                    R"("companions":0,"readings":[{{"person":0,"tenths":365,"at_ms":{1}}}],"steps":[],)"
                    R"("outcome":"allow","reasons":[],"policy_version":1,"offline":true,"list_age_s":0}}],)"
                    R"("client_ms":{1},"queue":0}})",
                    ++sequence_, now, direction, who));
    EXPECT_NE(at(answer, "results.0.passage_id"), "") << answer;
  }
  void visit(const std::string& direction, std::int64_t dwelling, int persons) {
    pass(direction, fmt::format(R"("holder_kind":"visitor","dwelling_id":{},"person_ids":[],"persons":{},)"
                                R"("claim":{{"name":"来客"}})",
                                dwelling, persons));
  }
  std::int64_t notes(const std::string& kind) {
    world_->tend_work();
    world_->tend_work();
    return *world_->program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
      return c.count("SELECT COUNT(*) FROM work_item WHERE kind = $1 AND compound_id = $2",
                     {kind, compound_});
    });
  }

  std::optional<test_world::World> world_;
  std::int64_t compound_ = 0;
  int sequence_ = 0;
};

// practice 13: the code under a card is drawn by chance, and of fifty thousand cards printed for a city that
// has as many some draw one that is taken. They get another, and the job goes on.
TEST_P(Gate, ACodeThatIsTakenBecomesTheNextFreeOne) {
  auto& program = world_->program();
  const auto now = world_->clock().now();
  std::vector<feature::gate::PassRow> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back(feature::gate::make_pass(program.services().keys, program.store().next_id(), compound_,
                                            std::nullopt, "batch", base::civil_day(now), now, 0));
    rows.back().short_code = token::short_code(token::short_code_count - 1);
  }
  const auto store = [&](std::vector<feature::gate::PassRow> some) {
    const auto done = program.store().write([&](db::Connection& c) -> base::Result<void> {
      db::Scoped q(c, db::Scope::all());
      feature::gate::insert_passes(q, some, {"office", "program", now, {}});
      return {};
    });
    EXPECT_TRUE(done) << done.error().code;
    std::vector<std::optional<std::uint64_t>> codes;
    for (const auto& row : some) codes.push_back(token::short_code_number(row.short_code));
    return codes;
  };
  using Codes = std::vector<std::optional<std::uint64_t>>;
  EXPECT_EQ(store({rows[0]}), (Codes{token::short_code_count - 1}));
  EXPECT_EQ(store({rows[1], rows[2]}), (Codes{0, 1})) << "after the last number comes the first";
}

// More visitors in a day than the place's number: a note, once a day, and nobody is stopped.
TEST_P(Gate, ManyVisitorsOfADwellingAreNoted) {
  rules({{"visitors_day_max", 3}, {"exits_day_max", 0}, {"gate_silent_minutes", 0}, {"gate_list_hours", 0}});
  const auto list = send("phone", "GET", "/api/gate/list");
  const auto dwelling = number_at(list, "households.2.d"), other = number_at(list, "households.3.d");
  visit("in", dwelling, 2);
  visit("out", dwelling, 2);
  visit("in", dwelling, 1);
  visit("in", other, 3);
  EXPECT_EQ(notes("attention_note"), 0) << "three are not more than three, and leaving is no visit";
  visit("in", dwelling, 1);
  EXPECT_EQ(notes("attention_note"), 1);
  visit("in", dwelling, 1);
  EXPECT_EQ(notes("attention_note"), 1) << "told once a day";
  world_->advance(base::day_ms);
  EXPECT_EQ(notes("attention_note"), 1);
  visit("in", dwelling, 4);
  EXPECT_EQ(notes("attention_note"), 2) << "another day";
}

// Practice 5 and 19: a visit is over when its own card leaves, another of the same dwelling does not end it;
// who stays the night is on the office's list of guests, once.
TEST_P(Gate, AVisitIsItsOwnAndAnOvernightVisitorBecomesAGuest) {
  rules({{"visitors_day_max", 0}, {"gate_silent_minutes", 0}, {"gate_list_hours", 0}});
  const auto list = send("phone", "GET", "/api/gate/list");
  const auto household = at(list, "households.2.id");
  const auto card = [&](const std::string& name) {
    return at(send("office", "POST", "/api/passes/one",
                   fmt::format(R"({{"compound_id":{},"pass_class":"visitor","name":"{}","household_id":{},)"
                               R"("valid_until":"2020-02-13"}})",
                               compound_, name, household)),
              "pass.id");
  };
  const auto scan = [&](const std::string& direction, const std::string& pass_id) {
    pass(direction,
         fmt::format(R"("holder_kind":"visitor","pass_id":{},"person_ids":[],"persons":1)", pass_id));
    world_->clock().advance(base::minute_ms);
  };
  const auto inside = [&] {
    return send("office", "GET",
                fmt::format("/api/overview/list?compound_id={}&code=visitors_inside", compound_));
  };
  const auto first = card("张来访"), second = card("李来访");
  ASSERT_NE(second, "");
  scan("in", first);
  scan("in", second);
  EXPECT_NE(at(inside(), "items.1.passage_id"), "") << inside();
  scan("out", first);
  const auto left = inside();
  EXPECT_EQ(at(left, "items.1.passage_id"), "") << left;
  EXPECT_NE(left.find("李**"), std::string::npos) << left;
  const auto waiting = [&] {
    return send("office", "GET", fmt::format("/api/guests?compound_id={}&state=waiting", compound_));
  };
  notes("attention_note");
  EXPECT_EQ(at(waiting(), "items.0.id"), "") << "of the day";
  world_->advance(base::day_ms);
  notes("attention_note");
  const auto guests = waiting();
  EXPECT_EQ(at(guests, "items.0.name"), "李来访") << guests;
  EXPECT_EQ(at(guests, "items.1.id"), "") << guests;
  send("office", "POST", "/api/guests/" + at(guests, "items.0.id") + "/settle", R"({"accept":false})");
  notes("attention_note");
  EXPECT_EQ(at(waiting(), "items.0.id"), "") << "settled once";
}

// Nobody of a household seen for so many days: somebody asks how they are, once a period; who is known to be
// away is left alone, and before the ledger is as old as that nobody knows anything (practice.md 11).
TEST_P(Gate, AHouseholdThatNobodyLeavesIsCaredFor) {
  rules({{"nobody_out_days", 3}, {"exits_day_max", 0}, {"gate_silent_minutes", 0}, {"gate_list_hours", 0}});
  const auto list = send("phone", "GET", "/api/gate/list");
  const auto home = number_at(list, "households.5.id");
  const auto resident = [&](const std::string& direction) {
    pass(direction,
         fmt::format(R"("holder_kind":"resident_member","household_id":{},"person_ids":[{}],"persons":1)",
                     home, at(list, "households.5.m.0.id")));
  };
  EXPECT_EQ(notes("welfare_note"), 0);
  resident("out");
  resident("in");
  world_->advance(2 * base::day_ms);
  EXPECT_EQ(notes("welfare_note"), 0) << "the ledger is two days old";
  resident("out");
  resident("in");
  world_->advance(base::day_ms + base::hour_ms);
  const auto noted = notes("welfare_note");
  EXPECT_GT(noted, 0);
  const auto of_home = [&] {
    return *world_->program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
      return c.count("SELECT COUNT(*) FROM work_item WHERE kind = 'welfare_note' AND household_id = $1",
                     {home});
    });
  };
  EXPECT_EQ(of_home(), 0) << "out yesterday";
  EXPECT_EQ(notes("welfare_note"), noted) << "told once";
  world_->advance(3 * base::day_ms);
  EXPECT_GT(notes("welfare_note"), noted);
  EXPECT_EQ(of_home(), 1);
}

std::size_t gzipped(const std::string& text) {
  auto size = compressBound(text.size());
  std::vector<Bytef> out(size);
  EXPECT_EQ(compress2(out.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 4), Z_OK);
  return size;
}

// XN-27: the list of 2,000 households with cards and outings is at most 300 KB on the way to a phone, and
// carries no document, no telephone number and no given name.
TEST_P(Gate, TheListOfTwoThousandHouseholdsIsSmall) {
  constexpr int households = 2000;
  for (int building = 1; building <= 10; ++building)
    ASSERT_EQ(
        world_
            ->send("office", "POST", "/api/buildings",
                   fmt::format(R"({{"compound_id":{},"name":"9{:02}","stairs":2,"first_floor":1,"floors":25,)"
                               R"("rooms_per_floor":4,"skip_floors":[]}})",
                               compound_, building))
            .status,
        200);
  auto& program = world_->program();
  std::vector<feature::people::HouseholdDraft> drafts;
  auto found = program.store().read([&](db::Connection& c) -> base::Result<bool> {
    c.run(
        "SELECT d.id, d.label, p.sort FROM dwelling d JOIN place p ON p.id = d.id WHERE p.compound_id = $1 "
        "AND d.building LIKE '9__' ORDER BY p.sort",
        {compound_}, [&](const db::Row& r) {
          feature::people::HouseholdDraft draft{r.integer(0), compound_, r.str(1), r.str(2)};
          for (int member = 0; member < 3; ++member) {
            feature::people::PersonDraft person;
            person.name = std::string(member == 1 ? "欧阳" : "王") + "建国";
            person.relation = member == 0   ? feature::people::Relation::head
                              : member == 1 ? feature::people::Relation::spouse
                                            : feature::people::Relation::child;
            person.document = fmt::format("51050319{:02}0123{:04}", 50 + member * 20, drafts.size());
            person.phones = {fmt::format("1390{:07}", drafts.size() * 3 + static_cast<unsigned>(member))};
            draft.members.push_back(std::move(person));
          }
          drafts.push_back(std::move(draft));
        });
    return true;
  });
  ASSERT_TRUE(found);
  ASSERT_EQ(drafts.size(), static_cast<std::size_t>(households));
  std::vector<std::int64_t> ids;
  for (const auto& draft : drafts)
    for (std::size_t i = 0; i < feature::people::plan_ids(draft); ++i)
      ids.push_back(program.store().next_id());
  auto added = program.store().write([&](db::Connection& c) -> base::Result<bool> {
    db::Scoped q(c, db::Scope::all());
    feature::people::add_households(q, drafts, ids, program.services().keys,
                                    {"office", "program", world_->clock().now(), {}});
    return true;
  });
  ASSERT_TRUE(added);
  EXPECT_GE(number_at(send("office", "POST", "/api/passes/issue",
                           fmt::format(R"({{"compound_id":{}}})", compound_)),
                      "issued"),
            households);
  const auto list = send("phone", "GET", "/api/gate/list");
  EXPECT_NE(at(list, fmt::format("households.{}.id", households - 1)), "");
  EXPECT_NE(at(list, fmt::format("passes.{}.id", households - 1)), "");
  EXPECT_LE(gzipped(list), 300u * 1024) << list.size() << " plain";
  // The rules beside them say what each level may do; nothing says whose it is.
  const auto people = list.find("\"households\"");
  ASSERT_NE(people, std::string::npos);
  for (const auto* secret :
       {"5105031", "1390000", "建国", "document", "phone_", "control_level", "observation"})
    EXPECT_EQ(list.find(secret, people), std::string::npos) << secret;
}

// Each ledger has a rule of its own; looking counts what is due, and what goes leaves the store's files too.
// Passages stay as long as outings are derived from them.
TEST_P(Gate, LedgersAreKeptAsLongAsTheirRuleSays) {
  const auto rule = [&](const std::string& kind, int days) {
    return world_->send("admin", "POST", "/api/retention/rules",
                        fmt::format(R"({{"kind":"{}","days":{}}})", kind, days));
  };
  const auto count = [&](const std::string& table, const std::string& where = "1 = 1") {
    return *world_->program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
      return c.count("SELECT COUNT(*) FROM " + table + " WHERE " + where);
    });
  };
  const auto due = [&](const std::string& kind) -> std::string {
    const auto state = send("admin", "GET", "/api/retention");
    for (int i = 0; !at(state, fmt::format("due.{}.kind", i)).empty(); ++i)
      if (at(state, fmt::format("due.{}.kind", i)) == kind) return at(state, fmt::format("due.{}.count", i));
    return "none";
  };
  const auto run = [&](const std::string& kind) {
    return at(send("admin", "POST", "/api/retention/run", fmt::format(R"({{"kind":"{}"}})", kind)), "erased");
  };
  const auto list = send("phone", "GET", "/api/gate/list");
  visit("in", number_at(list, "households.2.d"), 1);
  const auto now = world_->clock().now().ms;
  const auto drove = world_->send(
      "phone", "POST", "/api/gate/passages",
      fmt::format(
          R"({{"records":[{{"seq":{0},"happened_ms":{1},"direction":"in","result":"passed",)"
          R"("vehicle_class":"supplies","vehicle_kind":"car","plate":"川A77Q61","parties":[{{"holder_kind":)"
          R"("visitor","person_ids":[],"persons":1,"companions":0,"visit_approved":true,"claim":{{"name":)"
          R"("司机"}},"readings":[{{"person":0,"tenths":365,"at_ms":{1}}}]}}],"steps":[],"outcome":"allow",)"
          R"("reasons":[],"policy_version":1,"offline":true,"list_age_s":0}}],"client_ms":{1},"queue":0}})",
          ++sequence_, now));
  ASSERT_EQ(count("vehicle_passage", "plate = '川A77Q61'"), 1) << drove.body;
  const auto passages = count("passage");
  EXPECT_EQ(rule("passage", 30).status, 422);
  EXPECT_EQ(rule("passage", 70).status, 200);
  EXPECT_EQ(rule("outside_plate", 30).status, 200);
  EXPECT_EQ(rule("vehicle_passage", 90).status, 200);
  EXPECT_EQ(due("passage"), "0");
  world_->advance(31 * base::day_ms);
  EXPECT_EQ(due("outside_plate"), "1");
  EXPECT_EQ(due("passage"), "0");
  EXPECT_EQ(run("outside_plate"), "1");
  EXPECT_EQ(count("vehicle_passage", "plate = ''"), 1) << "the line stays";
  if (GetParam() == db::Dialect::sqlite)
    for (const auto* end : {"", "-wal"}) {
      std::ifstream in(world_->options().data / (std::string("shouwang.db") + end), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      EXPECT_EQ(bytes.find("川A77Q61"), std::string::npos) << "shouwang.db" << end;
    }
  world_->advance(40 * base::day_ms);
  EXPECT_EQ(due("passage"), std::to_string(passages));
  EXPECT_EQ(run("passage"), std::to_string(passages));
  EXPECT_EQ(count("passage"), 0);
  EXPECT_EQ(count("vehicle_passage"), 1);
  world_->advance(20 * base::day_ms);
  EXPECT_EQ(run("vehicle_passage"), "1");
  EXPECT_EQ(count("vehicle_passage"), 0);
}

// The books of rules that stay in memory are as old as this number: whatever they are read from changes it,
// by whichever way it comes into the store; a grid, which they do not read, does not.
TEST_P(Gate, WhateverARuleBookIsReadFromMakesTheRememberedOnesOld) {
  const auto changes = [&](const std::string& statement) {
    const auto changed = world_->program().store().write([&](db::Connection& c) -> base::Result<bool> {
      const auto epoch = [&] { return c.count("SELECT epoch FROM rule_epoch"); };
      const auto before = epoch();
      EXPECT_GT(c.run(statement, {compound_}), 0) << statement;
      return epoch() != before;
    });
    return changed && *changed;
  };
  const std::vector<std::string> rows = {
      "INSERT INTO zone (id, place_id, level, valid_from_ms, created_by) SELECT 901, $1, 'red', 0, 1",
      "INSERT INTO place_set (id, kind, place_id, name, valid_from_ms) SELECT 902, 'sealed_unit', $1, '1', 0",
      "INSERT INTO place_set_member (id, set_id, place_id, valid_from_ms) SELECT 903, 902, $1, 0",
      "INSERT INTO policy (id, place_id, version, effective_from_ms, params, created_by, created_ms) SELECT "
      "904, $1, 904, 9000000000000, '{}', 1, 0"};
  for (const auto& row : rows) EXPECT_TRUE(changes(row)) << row;
  for (const std::string table : {"zone", "place_set", "place_set_member"})
    EXPECT_TRUE(changes("UPDATE " + table + " SET valid_until_ms = 1 WHERE id > 900 AND $1 > 0")) << table;
  EXPECT_TRUE(changes("UPDATE policy SET effective_from_ms = 9000000000001 WHERE id = 904 AND $1 > 0"));
  for (const std::string table : {"policy", "zone", "place_set_member", "place_set"})
    EXPECT_TRUE(changes("DELETE FROM " + table + " WHERE id IN (901, 902, 903, 904) AND $1 > 0")) << table;
  EXPECT_TRUE(changes("UPDATE place SET compound_kind = 'scattered_cluster' WHERE id = $1"));
  EXPECT_TRUE(changes("UPDATE place SET community_id = subdistrict_id WHERE compound_id = $1"));
  EXPECT_FALSE(changes("UPDATE place SET name = name WHERE id = $1"));
  EXPECT_FALSE(
      changes("INSERT INTO place_set (id, kind, place_id, name, valid_from_ms) SELECT 905, 'grid', $1, "
              "'1', 0"));
  EXPECT_FALSE(
      changes("INSERT INTO place_set_member (id, set_id, place_id, valid_from_ms) SELECT 906, 905, "
              "$1, 0"));
}

SHOUWANG_ON_BOTH_STORES(Gate);

}  // namespace
