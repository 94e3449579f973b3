#include "sim/ledger_rows.hpp"

#include <fmt/format.h>

#include "sim/driver.hpp"

namespace sim {

namespace json = boost::json;

LedgerRows ledger_of(test_world::World& world, const std::string& role, std::int64_t compound_id,
                     const Expect& expect) {
  LedgerRows rows;
  std::string next;
  std::int64_t before_ms = INT64_MAX;
  do {
    const auto answer = world.send(role, "GET",
                                   fmt::format("/api/passages?compound_id={}&limit=50{}", compound_id,
                                               next.empty() ? "" : "&cursor=" + next));
    expect(answer.status == 200, answer.body);
    const auto page = json::parse(answer.body);
    for (const auto& item : page.at("items").as_array()) {
      const auto& row = item.as_object();
      expect(row.at("happened_ms").as_int64() <= before_ms, "not newest first");
      before_ms = row.at("happened_ms").as_int64();
      expect(rows.emplace(row.at("id").as_int64(), row).second, "a passage twice");
    }
    next = member(page, "next").is_null() ? "" : text_of(member(page, "next"));
  } while (!next.empty());
  return rows;
}

void compare(const LedgerRows& rows, const Crossing& c, std::int64_t household_id, const Expect& expect) {
  expect(rows.contains(c.id), fmt::format("passage {} is lost", c.id));
  const auto& row = rows.at(c.id);
  const auto household = household_id == 0 ? json::value() : json::value(household_id);
  // An outing may be ended and then taken back.
  const json::value corrected = c.reversed    ? json::value("reversed")
                                : c.closed_ms ? json::value("closed")
                                              : json::value(nullptr);
  const bool same =
      row.at("happened_ms") == c.at_ms && row.at("direction") == (c.out ? "out" : "in") &&
      row.at("result") == (c.passed ? "passed" : "turned_back") && member(row, "household_id") == household &&
      row.at("persons") == c.persons && row.at("companions") == c.companions &&
      row.at("offline") == c.offline && (c.judged_by == 0 || row.at("policy_version") == c.judged_by) &&
      member(row, "corrected") == corrected && member(row, "emergency_reason").is_null() != c.emergency;
  // The office is told of a card seen twice, the gate is not.
  auto flags = c.flags;
  if (c.copy) flags.insert("copy_suspected");
  expect(same && codes_of(row.at("flags")) == flags,
         fmt::format("{} is not what was sent (at {}, flags [{}], reversed {})", json::serialize(row),
                     c.at_ms, words(flags), c.reversed));
}

}  // namespace sim
