// The twice-daily follow-up: what was asked and measured, thirty people on one sheet, and what follows from
// it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/keyring.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/control/routes.hpp"
#include "feature/place/below_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t at_once = 100;
constexpr int days_back = 2;
constexpr int round_lines = 500;

void check_codes(const std::vector<meta::Text<1, 30>>& codes, const std::vector<meta::Text<1, 30>>& known,
                 const std::string& pointer, base::Problems& problems) {
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (std::ranges::find(known, codes[i]) == known.end())
      problems.push_back({fmt::format("{}/{}", pointer, i), "not_allowed"});
}

base::Problems check(const NewFollowUp& in, const ControlRules& rules, const std::string& at,
                     base::Day today) {
  base::Problems problems;
  check_codes(in.done, rules.items, at + "/done", problems);
  check_codes(in.not_done, rules.items, at + "/not_done", problems);
  check_codes(in.symptoms, rules.symptoms, at + "/symptoms", problems);
  for (std::size_t i = 0; i < in.not_done.size(); ++i)
    if (std::ranges::find(in.done, in.not_done[i]) != in.done.end())
      problems.push_back({fmt::format("{}/not_done/{}", at, i), "twice"});
  const auto day = in.day.value_or(today);
  if (day > today) problems.push_back({at + "/day", "in_the_future"});
  if (day < today + -days_back) problems.push_back({at + "/day", "too_long_ago"});
  // Unknown is not normal: a follow-up says at least one thing.
  if (!in.tenths && in.done.empty() && in.not_done.empty() && in.symptoms.empty() && !in.note)
    problems.push_back({at + "/tenths", "required"});
  return problems;
}

std::optional<FollowUpRow> stored(db::Scoped& q, std::int64_t case_id, base::Day day, Half half) {
  std::optional<FollowUpRow> found;
  q.unscoped().one(
      "SELECT id, case_id, day, half, channel, tenths, done, not_done, symptoms, note, recorded_by, "
      "recorded_ms FROM control_follow_up WHERE case_id = $1 AND day = $2 AND half = $3",
      {case_id, day, meta::name_of(half)}, [&](const db::Row& r) { found = meta::load<FollowUpRow>(r); });
  return found;
}

FollowUpRow row_of(const NewFollowUp& in, std::int64_t id, const Follower& who) {
  FollowUpRow row;
  row.id = meta::Id<FollowUpRow>(id);
  row.case_id = in.case_id;
  row.day = in.day.value_or(base::civil_day(who.source.now));
  row.half = in.half;
  row.channel = in.channel;
  if (in.tenths) row.tenths = static_cast<int>(in.tenths->value);
  row.done = joined(in.done);
  row.not_done = joined(in.not_done);
  row.symptoms = joined(in.symptoms);
  if (in.note) row.note = *in.note;
  row.recorded_by = who.account_id;
  row.recorded = who.source.now;
  return row;
}

// A reading or a symptom makes an alert and never a category (practice 17).
bool raise(db::Scoped& q, const CaseRow& of, const FollowUpRow& row, const ControlRules& rules,
           std::int64_t id, base::Instant now) {
  const bool fever = row.tenths && *row.tenths >= rules.fever_tenths;
  if (!fever && row.symptoms.empty()) return false;
  work_item::Cause cause;
  cause.kind = "control_symptoms";
  cause.place_id = of.dwelling_id;
  cause.origin =
      origin_of(of.id.value, fmt::format("symptoms:{}:{}", row.day.number, meta::name_of(row.half)));
  cause.household_id = of.household_id;
  cause.person_id = of.person_id;
  return work_item::open(q, cause, id, now);
}

}  // namespace

Result<bool> follow_up(db::Scoped& q, const Follower& who, const NewFollowUp& in, const Ids& ids,
                       const std::string& at) {
  const auto& source = who.source;
  const auto of = lock_case(q, in.case_id);
  if (!of) return base::fail_field(at + "/case_id", "not_found");
  if (of->ended) return base::fail_field(at + "/case_id", "ended");
  const auto rules = rules_at(q, of->dwelling_id);
  if (auto problems = check(in, rules.params(), at, base::civil_day(source.now)); !problems.empty())
    return base::fail(std::move(problems));
  auto row = row_of(in, ids.first, who);
  if (const auto before = stored(q, row.case_id, row.day, row.half)) {
    row.id = before->id;
    core::update(q, *before, row, source);
  } else {
    core::insert(q, row, source);
  }
  work_item::settle(q, slot_origin(of->id.value, {row.day, row.half}), source.now);
  const bool raised = raise(q, *of, row, rules.params(), ids.work.back(), source.now);
  auto asked = *of;
  auto& newest = row.half == Half::morning ? asked.morning : asked.evening;
  newest = std::max(newest.value_or(row.day), row.day);
  bring_up_to_date(q, of, asked, ids, source);
  return raised;
}

std::vector<TodayOf> today_of_household(db::Scoped& q, std::int64_t household_id, base::Day today) {
  std::vector<TodayOf> out;
  std::int64_t home = 0;
  q.run(
      "SELECT c.id, pe.name, c.dwelling_id FROM control_case c JOIN place p ON p.id = c.dwelling_id JOIN "
      "person pe ON pe.id = c.person_id WHERE c.household_id = $1 AND c.ended_ms IS NULL AND {scope:p} ORDER "
      "BY c.id",
      {household_id}, [&](const db::Row& r) {
        TodayOf of;
        of.case_id = r.integer(0);
        of.person_name = core::mask_name(r.text(1));
        home = r.integer(2);
        out.push_back(std::move(of));
      });
  if (out.empty()) return out;
  const auto rules = rules_at(q, home);
  for (auto& of : out) {
    of.symptoms.assign(rules.params().symptoms.begin(), rules.params().symptoms.end());
    for (const auto half : {Half::morning, Half::evening})
      if (const auto row = stored(q, of.case_id, today, half))
        (half == Half::morning ? of.morning : of.evening) = FollowUp{row->id,
                                                                     row->day,
                                                                     row->half,
                                                                     row->channel,
                                                                     row->tenths,
                                                                     base::words_of(row->done),
                                                                     base::words_of(row->not_done),
                                                                     base::words_of(row->symptoms),
                                                                     row->note,
                                                                     {},
                                                                     row->recorded};
  }
  return out;
}

namespace {

Result<FollowUpsDone> add_follow_ups(api::Context& c, const NewFollowUps& in) {
  if (in.items.empty()) return base::fail_field("/items", "required");
  if (in.items.size() > at_once) return base::fail_field("/items", "too_many");
  std::vector<Ids> ids;
  for (std::size_t i = 0; i < in.items.size(); ++i) ids.push_back(take_ids(c.store));
  return c.write([&](db::Scoped& q) -> Result<FollowUpsDone> {
    FollowUpsDone done;
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      const auto raised =
          follow_up(q, {c.who.account, core::source_of(c)}, in.items[i], ids[i], fmt::format("/items/{}", i));
      if (!raised) return tl::unexpected(raised.error());
      ++done.stored;
      done.alerts += *raised ? 1 : 0;
    }
    core::audit(q, c,
                {"control.follow_up", "control_case", in.items.front().case_id, std::nullopt,
                 std::to_string(done.stored)});
    return done;
  });
}

// In walking order; who has been asked already comes with the answer, so that nobody is asked twice
// (practice 21).
Result<Round> round(api::Context& c, const RoundQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<Round> {
    const auto today = base::civil_day(c.now);
    auto sql = db::ScopedSql(
        "SELECT c.id, c.household_id, d.label, pe.name, c.level, c.site, f.id, f.channel, f.tenths, "
        "f.done, f.not_done, f.symptoms, f.note, a.display_name, f.recorded_ms, (SELECT l.tenths FROM "
        "control_follow_up l WHERE l.case_id = c.id AND l.tenths IS NOT NULL ORDER BY l.day DESC, l.half "
        "LIMIT 1), c.dwelling_id FROM control_case c JOIN place p ON p.id = c.dwelling_id JOIN dwelling d "
        "ON d.id = c.dwelling_id JOIN person pe ON pe.id = c.person_id LEFT JOIN control_follow_up f ON "
        "f.case_id = c.id AND f.day = $1 AND f.half = $2 LEFT JOIN account a ON a.id = f.recorded_by WHERE "
        "c.ended_ms IS NULL AND {scope:p}");
    std::vector<db::Arg> args{today, meta::name_of(in.half)};
    if (in.place_id) {
      sql = sql.with(place::below(q, *in.place_id));
      args.emplace_back(*in.place_id);
    }
    if (in.missing.value_or(false)) sql = sql.with(" AND f.id IS NULL");
    args.emplace_back(std::int64_t{round_lines});
    Round out;
    out.day = today;
    std::int64_t home = in.place_id.value_or(0);
    q.run(sql.with(" ORDER BY c.compound_id, p.sort, c.id LIMIT {arg}"), args, [&](const db::Row& r) {
      RoundLine line;
      line.case_id = r.integer(0);
      line.household_id = r.integer(1);
      line.label = r.str(2);
      line.person_name = core::mask_name(r.text(3));
      meta::parse_enum(r.text(4), line.level);
      line.site = r.maybe_text(5);
      if (!r.is_null(6)) {
        FollowUp f;
        f.id = meta::Id<FollowUpRow>(r.integer(6));
        f.day = today;
        f.half = in.half;
        meta::parse_enum(r.text(7), f.channel);
        if (const auto tenths = r.maybe_integer(8)) f.tenths = static_cast<int>(*tenths);
        f.done = base::words_of(r.text(9));
        f.not_done = base::words_of(r.text(10));
        f.symptoms = base::words_of(r.text(11));
        f.note = r.maybe_text(12);
        f.by = r.maybe_text(13).value_or("");
        f.recorded_ms = r.instant(14);
        line.follow_up = std::move(f);
      }
      if (const auto last = r.maybe_integer(15)) line.last_tenths = static_cast<int>(*last);
      if (home == 0) home = r.integer(16);
      out.lines.push_back(std::move(line));
    });
    const auto rules = rules_at(q, home);
    out.items.assign(rules.params().items.begin(), rules.params().items.end());
    out.symptoms.assign(rules.params().symptoms.begin(), rules.params().symptoms.end());
    out.fever_tenths = static_cast<int>(rules.params().fever_tenths);
    core::audit(q, c,
                {"control.round", "control_case", in.place_id.value_or(0), std::nullopt,
                 std::to_string(out.lines.size())});
    return out;
  });
}

}  // namespace

void follow_up_routes(api::Router& r) {
  r.get<RoundQuery, Round>("/api/follow-ups", Permission::control_read,
                           "Who is asked this half-day, in walking order", round);
  r.post<NewFollowUps, FollowUpsDone>("/api/follow-ups", Permission::follow_up_write,
                                      "What was asked and measured, many persons at once", add_follow_ups);
}

}  // namespace feature::control
