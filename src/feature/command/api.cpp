#include "feature/command/api.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "api/url.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/command/record.hpp"
#include "feature/command/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::command {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// Where somebody last was is asked of the last two months; nobody's outing is older (feature/gate).
constexpr std::int64_t position_back_ms = 62 * base::day_ms;

// Every figure is the number of its own lines, so that it always leads to its list. A line: id, instant,
// household, dwelling, persons, name.

// The last crossing of every person, or card, of a household: direction out means out now, unless staff have
// closed that outing.
constexpr auto out_now = db::ScopedSql(
    "SELECT l.id, l.happened_ms, l.household_id, d.label, l.persons + l.companions, pe.name FROM (SELECT "
    "g.id, g.happened_ms, g.household_id, g.dwelling_id, g.person_id, g.direction, g.persons, "
    "g.companions, g.compound_id, ROW_NUMBER() OVER (PARTITION BY g.household_id, g.person_id ORDER BY "
    "g.happened_ms DESC, g.id DESC) AS n FROM passage g WHERE g.compound_id = $1 AND g.happened_ms >= $2 "
    "AND g.household_id IS NOT NULL AND g.result = 'passed' AND NOT EXISTS (SELECT 1 FROM passage v WHERE "
    "v.compound_id = $1 AND v.happened_ms >= $2 AND v.reverses_id = g.id AND v.result = 'reversed')) l "
    "JOIN place p ON p.id = l.compound_id LEFT JOIN dwelling d ON d.id = l.dwelling_id LEFT JOIN person pe "
    "ON pe.id = l.person_id WHERE l.n = 1 AND l.direction = 'out' AND {scope:p} AND NOT EXISTS (SELECT 1 "
    "FROM passage v WHERE v.compound_id = $1 AND v.happened_ms >= $2 AND v.reverses_id = l.id) ORDER BY "
    "l.happened_ms DESC, l.id DESC");

// Visitors who came in and have not gone out (在内非住户, practice.md 5): by the card of the visit, without
// one by the dwelling visited.
constexpr auto visitors = db::ScopedSql(
    "SELECT g.id, g.happened_ms, g.household_id, d.label, g.persons + g.companions, gu.name_masked FROM "
    "passage g LEFT JOIN guest gu ON gu.id = g.guest_id JOIN place p ON p.id = g.compound_id LEFT JOIN "
    "dwelling d ON d.id = g.dwelling_id WHERE g.compound_id = $1 AND g.happened_ms >= $2 AND g.result = "
    "'passed' AND g.direction = 'in' AND g.holder_kind = 'visitor' AND {scope:p} AND NOT EXISTS (SELECT 1 "
    "FROM passage later WHERE later.compound_id = $1 AND later.direction = 'out' AND later.holder_kind = "
    "'visitor' AND later.happened_ms > g.happened_ms AND (later.pass_id = g.pass_id OR (later.pass_id IS "
    "NULL AND g.pass_id IS NULL AND COALESCE(later.dwelling_id, 0) = COALESCE(g.dwelling_id, 0)))) ORDER "
    "BY g.happened_ms DESC, g.id DESC");

// Of a day's crossings, those that were not taken back.
constexpr auto crossings = db::ScopedSql(
    "SELECT g.id, g.happened_ms, g.household_id, d.label, g.persons + g.companions, pe.name FROM passage g "
    "JOIN place p ON p.id = g.compound_id LEFT JOIN dwelling d ON d.id = g.dwelling_id LEFT JOIN person pe "
    "ON pe.id = g.person_id WHERE g.compound_id = $1 AND g.happened_ms >= $2 AND {scope:p} AND NOT EXISTS "
    "(SELECT 1 FROM passage v WHERE v.compound_id = $1 AND v.happened_ms >= $2 AND v.reverses_id = g.id "
    "AND v.result = 'reversed')");

// Dwellings that somebody lives in, as far as is known, without a confirmed household.
constexpr auto unregistered = db::ScopedSql(
    "SELECT p.id, $2, NULL, d.label, 1, NULL FROM dwelling d JOIN place p ON p.id = d.id WHERE "
    "p.compound_id = $1 AND p.valid_until_ms IS NULL AND d.occupancy IN ('lived_in', 'rented') AND "
    "{scope:p} AND NOT EXISTS (SELECT 1 FROM household h WHERE h.dwelling_id = d.id AND h.valid_until_ms "
    "IS NULL AND h.provisional = 0) ORDER BY p.sort");

constexpr auto waiting = db::ScopedSql(
    "SELECT gu.id, gu.created_ms, NULL, d.label, 1, gu.name_masked FROM guest gu JOIN place p ON p.id = "
    "gu.compound_id LEFT JOIN dwelling d ON d.id = gu.dwelling_id WHERE gu.compound_id = $1 AND "
    "gu.created_ms >= $2 AND gu.state = 'waiting' AND {scope:p} ORDER BY gu.created_ms, gu.id");

// What is open for somebody to look after, the oldest first.
constexpr auto alerts = db::ScopedSql(
    "SELECT i.id, i.opened_ms, i.household_id, COALESCE(d.label, p.name), 1, NULL FROM work_item i JOIN "
    "place p ON p.id = i.place_id LEFT JOIN dwelling d ON d.id = i.place_id WHERE i.compound_id = $1 AND "
    "i.opened_ms >= $2 AND i.closed_ms IS NULL AND {scope:p} ORDER BY i.opened_ms, i.id");

enum class Since { today, long_ago };
enum class Counts { lines, persons };
struct Figured {
  std::string_view code;
  db::ScopedSql lines;
  Since since;
  Counts counts;
  bool passage_lines;
};

const std::vector<Figured>& figured() {
  static const std::vector<Figured> all{
      {"out_now", out_now, Since::long_ago, Counts::persons, true},
      {"visitors_inside", visitors, Since::long_ago, Counts::persons, true},
      {"exits_today",
       crossings.with(
           " AND g.result = 'passed' AND g.direction = 'out' ORDER BY g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::persons, true},
      {"entries_today",
       crossings.with(
           " AND g.result = 'passed' AND g.direction = 'in' ORDER BY g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::persons, true},
      // What the gate itself called high, by the rule of that time.
      {"abnormal_temperature",
       crossings.with(
           " AND (g.reasons LIKE '%temperature_high_twice%' OR g.reasons LIKE '%second_reading_due%') "
           "ORDER BY g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::lines, true},
      {"turned_back", crossings.with(" AND g.result = 'turned_back' ORDER BY g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::lines, true},
      {"emergencies_today",
       crossings.with(" AND g.emergency_reason IS NOT NULL ORDER BY g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::lines, true},
      // Passed by somebody's word although the rules said no (practice.md 6).
      {"overrides_today",
       crossings.with(
           " AND g.result = 'passed' AND g.outcome <> 'allow' AND g.emergency_reason IS NULL ORDER BY "
           "g.happened_ms DESC, g.id DESC"),
       Since::today, Counts::lines, true},
      {"alerts_open", alerts, Since::long_ago, Counts::lines, false},
      {"unregistered_households", unregistered, Since::long_ago, Counts::lines, false},
      {"provisional_waiting", waiting, Since::long_ago, Counts::lines, false},
  };
  return all;
}

std::vector<FigureLine> lines_of(db::Scoped& q, const Figured& f, std::int64_t compound, base::Instant now,
                                 std::int64_t& value) {
  const auto since = f.since == Since::today ? base::start_of(base::civil_day(now)) : now + -position_back_ms;
  std::vector<FigureLine> lines;
  value = 0;
  q.run(f.lines, {compound, since}, [&](const db::Row& r) {
    FigureLine line;
    line.title = r.str(3);
    line.subtitle = r.is_null(5) ? ""
                    : (f.code == "provisional_waiting" || f.code == "visitors_inside")
                        ? r.str(5)
                        : core::mask_name(r.text(5));
    if (f.code != "unregistered_households") line.at_ms = r.integer(1);
    line.household_id = r.maybe_integer(2);
    if (f.passage_lines) line.passage_id = r.integer(0);
    value += f.counts == Counts::persons ? r.integer(4) : 1;
    lines.push_back(std::move(line));
  });
  return lines;
}

struct Base {  // what the other figures are parts of
  std::int64_t persons = 0, away = 0, placed = 0, lived_in = 0, passages = 0;
};

Base base_of(db::Scoped& q, std::int64_t compound, base::Instant now) {
  Base b;
  const auto since = now + -position_back_ms;
  b.persons = q.count(
      "SELECT COUNT(*) FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE p.compound_id = $1 AND "
      "r.valid_until_ms IS NULL AND {scope:p}",
      {compound});
  b.away = q.count(
      "SELECT COUNT(*) FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = "
      "r.dwelling_id WHERE p.compound_id = $1 AND r.valid_until_ms IS NULL AND pe.presence = 'away' AND "
      "{scope:p}",
      {compound});
  b.placed = q.count(
      "SELECT COUNT(DISTINCT g.person_id) FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
      "g.compound_id = $1 AND g.happened_ms >= $2 AND g.result = 'passed' AND {scope:p}",
      {compound, since});
  b.lived_in = q.count(
      "SELECT COUNT(*) FROM dwelling d JOIN place p ON p.id = d.id WHERE p.compound_id = $1 AND "
      "p.valid_until_ms IS NULL AND "
      "d.occupancy IN ('lived_in', 'rented') AND {scope:p}",
      {compound});
  b.passages = q.count(
      "SELECT COUNT(*) FROM passage g JOIN place p ON p.id = g.compound_id WHERE g.compound_id = $1 AND "
      "g.happened_ms >= $2 AND {scope:p}",
      {compound, since});
  return b;
}

std::string message_of(const Overview& o, std::string_view language, base::Instant now) {
  const auto minute = base::minute_of_day(now);
  auto text = core::words(language, "overview.head",
                          {{"compound", o.compound.name},
                           {"day", base::to_string(base::civil_day(now))},
                           {"time", fmt::format("{:02}:{:02}", minute / 60, minute % 60)}});
  for (const auto& f : o.figures) {
    const auto value = f.value ? core::words(language, "overview." + f.code + ".known",
                                             {{"value", std::to_string(*f.value)}})
                               : core::words(language, "unknown");
    text += core::words(language, "overview." + f.code, {{"value", value}});
  }
  return text + core::words(language, "overview.tail");
}

Result<Overview> overview(api::Context& c, const OverviewQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  return c.read([&](db::Scoped& q) -> Result<Overview> {
    const auto compound = place::find_compound(q, in.compound_id);
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    const auto b = base_of(q, in.compound_id, c.now);
    Overview out;
    out.compound = {compound->id.value, compound->name};
    out.as_of_ms = c.now.ms;
    const auto registered = std::optional<std::string>("registered_persons");
    out.figures.push_back(
        {"living", b.persons ? std::optional(b.persons - b.away) : std::nullopt, b.persons, registered});
    for (const auto& f : figured()) {
      std::int64_t value = 0;
      (void)lines_of(q, f, in.compound_id, c.now, value);
      Figure shown{std::string(f.code), value, std::nullopt, std::nullopt};
      // Before the first passage nobody knows who is out: unknown, not zero (practice.md 11).
      if ((f.code == "out_now" || f.code == "visitors_inside") && b.passages == 0) shown.value.reset();
      if (f.code == "unregistered_households") {
        shown.denominator = b.lived_in;
        shown.denominator_code = "lived_in_dwellings";
      }
      out.figures.push_back(std::move(shown));
    }
    out.figures.push_back(
        {"position_unknown", std::max<std::int64_t>(0, b.persons - b.placed), b.persons, registered});
    out.message = message_of(out, language, c.now);
    return out;
  });
}

Result<api::Page<FigureLine>> figure_lines(api::Context& c, const FigureQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<FigureLine>> {
    for (const auto& f : figured()) {
      if (f.code != in.code) continue;
      std::int64_t value = 0;
      auto lines = lines_of(q, f, in.compound_id, c.now, value);
      std::size_t from = 0;
      if (in.cursor) {
        const auto keys = api::read_cursor(*in.cursor, 1);
        if (!keys) return base::fail_field("/cursor", "not_a_cursor");
        from =
            std::min(lines.size(), static_cast<std::size_t>(std::strtoull((*keys)[0].c_str(), nullptr, 10)));
      }
      const auto until =
          std::min(lines.size(), from + static_cast<std::size_t>(in.limit ? in.limit->value : 50));
      api::Page<FigureLine> page;
      page.items.assign(lines.begin() + static_cast<std::ptrdiff_t>(from),
                        lines.begin() + static_cast<std::ptrdiff_t>(until));
      if (until < lines.size()) page.next = api::make_cursor({std::to_string(until)});
      return page;
    }
    return base::fail_field("/code", "no_list_for_figure");
  });
}

}  // namespace

void routes(api::Router& r) {
  r.get<OverviewQuery, Overview>("/api/overview", Permission::figure_read, "The day at a glance", overview);
  r.get<FigureQuery, api::Page<FigureLine>>("/api/overview/list", Permission::passage_read,
                                            "The lines behind a figure", figure_lines);
  area_routes(r);
}

}  // namespace feature::command
