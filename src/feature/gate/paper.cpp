// Paper at the gate: today's list to tick by hand, and what was written on slips keyed in afterwards with the
// hour it happened.
#include <fmt/format.h>

#include "core/words.hpp"
#include "engine/gate/quota.hpp"
#include "feature/gate/board_record.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/place/service.hpp"
#include "print/table.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t keyed_back_ms = 31 * base::day_ms;

struct OpeningOf {
  std::int64_t compound_id = 0;
  std::string name{}, compound{};
};
std::optional<OpeningOf> find_opening(db::Scoped& q, std::int64_t id) {
  std::optional<OpeningOf> found;
  q.one(
      "SELECT o.compound_id, o.name, p.name FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id "
      "= $1 AND {scope:p}",
      {id}, [&](const db::Row& r) {
        found = OpeningOf{r.integer(0), r.str(1), r.str(2)};
      });
  return found;
}

GateRecord record_of(const KeyedIn& in, std::int64_t seq) {
  GateRecord r;
  r.seq = seq;
  r.happened_ms = in.happened.ms;
  r.direction = in.direction;
  r.result = in.result.value_or(PassageResult::passed);
  r.holder_kind = in.holder_kind;
  r.household_id = in.household_id;
  r.dwelling_id = in.dwelling_id;
  if (in.person_id) r.person_ids = {*in.person_id};
  r.persons = in.persons.value;
  if (in.companions) r.companions = in.companions->value;
  r.claim = in.claim;
  r.emergency_reason = in.emergency_reason;
  if (in.temperature_tenths) {
    rule::Reading reading;
    reading.tenths = static_cast<int>(in.temperature_tenths->value);
    reading.at_ms = in.happened.ms;
    r.readings.push_back(reading);
  }
  r.note = in.note;
  r.offline = true;
  return r;
}

// The same way into the ledger as a phone's: decided under the rules of its own time, kept and flagged.
Result<ConfirmAnswer> key_in(api::Context& c, const KeyedIn& in) {
  if (in.happened > c.now) return base::fail_field("/happened_ms", "in_the_future");
  if (c.now - in.happened > keyed_back_ms) return base::fail_field("/happened_ms", "too_long_ago");
  const auto ids = record_ids(c.store);
  const auto record = record_of(in, ids.passage);
  if (auto problems = check_record(record); !problems.empty()) return base::fail(std::move(problems));
  return c.write([&](db::Scoped& q) -> Result<ConfirmAnswer> {
    const auto opening = find_opening(q, in.opening_id);
    if (!opening) return base::fail_field("/opening_id", "not_found");
    GateDevice desk;
    desk.compound_id = opening->compound_id;
    desk.opening_id = in.opening_id;
    desk.account_id = c.who.account;
    auto entered = enter(q, c.services, desk, record, ids, Mode::happened, in.happened, c.now, {"keyed_in"});
    core::audit(q, c, {"passage.key_in", "passage", ids.passage, opening->compound_id});
    return ConfirmAnswer{ConfirmStatus::stored, entered.passage_id, entered.verdict, entered.flags, c.now.ms};
  });
}

struct Line {
  std::int64_t household = 0, dwelling = 0;
  std::string label{};
  std::int64_t members = 0;
  bool may_go = true;
};

std::vector<Line> lines_of(db::Scoped& q, std::int64_t compound, base::Instant now) {
  std::vector<Line> lines;
  q.run(
      "SELECT h.id, h.dwelling_id, h.label, (SELECT COUNT(*) FROM residence r WHERE r.household_id = h.id "
      "AND r.valid_until_ms IS NULL) FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.compound_id = $1 AND h.valid_until_ms IS NULL AND {scope:p} ORDER BY h.sort, h.id",
      {compound}, [&](const db::Row& r) {
        lines.push_back({r.integer(0), r.integer(1), r.str(2), r.integer(3)});
      });
  const RuleBook book(q, compound, now);
  for (auto& line : lines) {
    const auto policy = book.policy(q, places_below(q, compound, line.dwelling));
    line.may_go = !rule::quota_state(uses_of(q, line.household, now), policy, now.ms).used;
  }
  return lines;
}

// For a day without phones (practice.md 18): rooms, whether an outing is free today, boxes to tick. No names.
Result<api::Response> day_list(api::Context& c, const DayListQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  OpeningOf opening;
  auto lines = c.write([&](db::Scoped& q) -> Result<std::vector<Line>> {
    const auto found = find_opening(q, in.opening_id);
    if (!found) return base::fail_field("/opening_id", "not_found");
    opening = *found;
    auto all = lines_of(q, opening.compound_id, c.now);
    core::audit(q, c,
                {"gate.day_list", "opening", in.opening_id, opening.compound_id, std::to_string(all.size())});
    return all;
  });
  if (!lines) return tl::unexpected(std::move(lines).error());
  const auto word = [&](std::string_view key) {
    return core::words(language, fmt::format("day_list.{}", key));
  };
  print::TableOptions options;
  options.title = opening.compound + " " + opening.name + " " + word("title");
  options.subtitle = base::to_string(base::civil_day(c.now)) + "  " + word("help");
  options.created = base::to_iso(c.now);
  using enum print::Column::Kind;
  options.columns = {{word("room"), 3, text},  {word("members"), 1, number}, {word("may_go"), 2, text},
                     {word("out"), 1, tick},   {word("out_at"), 2, text},    {word("in"), 1, tick},
                     {word("in_at"), 2, text}, {word("note"), 4, text}};
  api::Response response;
  auto table = print::Table::open(
      [&](std::string_view bytes) {
        response.body += bytes;
        return true;
      },
      std::move(options));
  if (!table) return tl::unexpected(std::move(table).error());
  for (const auto& line : *lines)
    if (auto added = table->add({line.label, std::to_string(line.members), word(line.may_go ? "yes" : "no")});
        !added)
      return tl::unexpected(std::move(added).error());
  if (auto done = table->finish(); !done) return tl::unexpected(std::move(done).error());
  response.set("Content-Type", "application/pdf");
  response.set("Content-Disposition", "inline; filename=\"day_list.pdf\"");
  return response;
}

}  // namespace

void paper_routes(api::Router& r) {
  r.post<KeyedIn, ConfirmAnswer>("/api/passages/keyed-in", Permission::passage_write,
                                 "A passage from a paper slip, with the hour it happened", key_in);
  r.get<DayListQuery, api::Response>("/api/gates/day-list", Permission::passage_read,
                                     "Today's list of an opening on paper, with boxes to tick", day_list)
      .produces = "application/pdf";
}

}  // namespace feature::gate
