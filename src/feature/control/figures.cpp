// How many are under control and what waits. A compound is counted once after each change and its row kept;
// an answer adds up the rows and counts for itself what changed since, so that it is never behind.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "core/recount.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/place/below_service.hpp"

namespace feature::control {
namespace {

using base::Result;

constexpr int at_once = 100;  // compounds; they are counted beside the writer

// An erased person's case goes with a change of the household.
constexpr core::Figures figures{"control_figures", "control_figures_until", [](std::string_view kind) {
                                  return kind == "control" || kind == "household";
                                }};

struct Tally {
  std::int64_t persons = 0, households = 0, morning = 0, evening = 0;
  std::map<std::string, CategoryCount> categories{};  // by name, in the order they are shown
  std::array<std::int64_t, meta::EnumNames<Attention>::names.size()> waiting{};
  std::int64_t last_household = 0;
  Category last_category{};

  // Household, category, what it waits for, cases, of them followed up in the morning and in the evening of
  // the day: in the order of households and categories.
  void add(const db::Row& r, int at) {
    const auto household = r.integer(at), many = r.integer(at + 3);
    Category category{};
    meta::parse_enum(r.text(at + 1), category);
    auto& of = categories[r.str(at + 1)];
    of.category = category;
    of.persons += many;
    of.households += household != last_household || category != last_category ? 1 : 0;
    persons += many;
    households += household != last_household ? 1 : 0;
    morning += r.integer(at + 4);
    evening += r.integer(at + 5);
    for (const auto& word : base::words_of(r.text(at + 2)))
      if (Attention code{}; meta::parse_enum(word, code)) waiting.at(static_cast<std::size_t>(code)) += many;
    last_household = household;
    last_category = category;
  }
  // Of another day nobody was followed up today: that would have been a change.
  void add(const ControlSummary& kept, bool of_today) {
    persons += kept.persons;
    households += kept.households;
    morning += of_today ? kept.followed_morning : 0;
    evening += of_today ? kept.followed_evening : 0;
    for (const auto& one : kept.categories) {
      auto& of = categories[std::string(meta::name_of(one.category))];
      of.category = one.category;
      of.persons += one.persons;
      of.households += one.households;
    }
    for (const auto& one : kept.attention) waiting.at(static_cast<std::size_t>(one.attention)) += one.persons;
  }
  ControlSummary shown() const {
    ControlSummary out{persons, households, morning, evening, {}, {}};
    for (const auto& [name, of] : categories) out.categories.push_back(of);
    for (std::size_t i = 0; i < waiting.size(); ++i)
      out.attention.push_back({static_cast<Attention>(i), waiting[i]});
    return out;
  }
};

std::map<std::int64_t, Tally> counted(db::Connection& c, const std::vector<std::int64_t>& compounds,
                                      base::Day today) {
  std::map<std::int64_t, Tally> out;
  for (const auto id : compounds) out.try_emplace(id);
  c.run(
      "SELECT c.compound_id, c.household_id, c.category, c.attention, COUNT(*), COUNT(*) FILTER (WHERE "
      "c.morning = $2), COUNT(*) FILTER (WHERE c.evening = $2) FROM control_case c WHERE c.compound_id " +
          c.in_list(1) +
          " AND c.ended_ms IS NULL GROUP BY c.compound_id, c.household_id, c.category, c.attention ORDER BY "
          "c.compound_id, c.household_id, c.category, c.attention",
      {db::json_array(compounds), today}, [&](const db::Row& r) { out.at(r.integer(0)).add(r, 1); });
  return out;
}

// A part of a compound has no row of its own.
bool has_rows(db::Scoped& q, std::optional<std::int64_t> place_id) {
  const auto& nodes = q.scope().nodes();
  if (!q.scope().is_all() &&
      std::ranges::any_of(nodes, [](const db::ScopeNode& node) { return node.level > db::Level::compound; }))
    return false;
  if (!place_id) return true;
  place::Kind kind{};
  q.unscoped().one("SELECT kind FROM place WHERE id = $1", {*place_id},
                   [&](const db::Row& r) { meta::parse_enum(r.text(0), kind); });
  return kind <= place::Kind::compound;
}

struct Asked {
  db::ScopedSql sql;
  std::vector<db::Arg> args{};
};
Asked asked(db::Scoped& q, Asked of, std::optional<std::int64_t> place_id) {
  if (!place_id) return of;
  of.sql = of.sql.with(place::below(q, *place_id));
  of.args.emplace_back(*place_id);
  return of;
}

}  // namespace

ControlSummary summary_of(db::Scoped& q, std::optional<std::int64_t> place_id, base::Instant now) {
  const auto today = base::civil_day(now);
  Tally sum;
  if (!has_rows(q, place_id)) {
    const auto [sql, args] = asked(
        q,
        {db::ScopedSql(
             "SELECT c.household_id, c.category, c.attention, COUNT(*), COUNT(*) FILTER (WHERE c.morning = "
             "$1), COUNT(*) FILTER (WHERE c.evening = $1) FROM control_case c JOIN place p ON p.id = "
             "c.dwelling_id WHERE c.ended_ms IS NULL AND {scope:p}"),
         {today}},
        place_id);
    q.run(sql.with(" GROUP BY c.household_id, c.category, c.attention ORDER BY c.household_id, c.category, "
                   "c.attention"),
          args, [&](const db::Row& r) { sum.add(r, 0); });
    return sum.shown();
  }
  const auto changed = core::touched(q, figures);
  std::vector<std::int64_t> to_count;
  const auto [sql, args] =
      asked(q,
            {db::ScopedSql("SELECT p.id, f.day, f.figures FROM place p LEFT JOIN control_figures f ON "
                           "f.compound_id = p.id WHERE p.kind = 'compound' AND {scope:p}"),
             {}},
            place_id);
  q.run(sql, args, [&](const db::Row& r) {
    const auto kept = r.is_null(1) || std::ranges::binary_search(changed, r.integer(0))
                          ? std::nullopt
                          : std::optional(meta::from_json<ControlSummary>(r.text(2)));
    if (kept && *kept)
      sum.add(**kept, r.day(1) == today);
    else
      to_count.push_back(r.integer(0));
  });
  // Compounds in scope; all that is in them is.
  for (const auto& [id, tally] : counted(q.unscoped(), to_count, today)) sum.add(tally.shown(), true);
  return sum.shown();
}

Result<std::int64_t> count_compounds(db::Store& store, base::Instant now) {
  const auto today = base::civil_day(now);
  core::Behind behind;
  std::map<std::int64_t, std::string> rows;
  // One snapshot: what is committed later stands behind `until` and is counted again.
  auto found = store.read([&](db::Connection& c) -> Result<bool> {
    behind = core::behind(c, figures, at_once);
    rows.clear();
    for (const auto& [id, tally] : counted(c, behind.compounds, today))
      rows.emplace(id, meta::to_json(tally.shown()));
    return true;
  });
  if (!found) return tl::unexpected(std::move(found).error());
  if (rows.empty()) return 0;
  auto kept = store.write(
      [&](db::Connection& c) -> Result<void> {
        for (const auto& [id, text] : rows)
          c.run(
              "INSERT INTO control_figures (compound_id, day, figures, counted_ms) VALUES ($1, $2, $3, $4) "
              "ON CONFLICT (compound_id) DO UPDATE SET day = $2, figures = $3, counted_ms = $4",
              {id, today, text, now});
        core::keep_counted(c, figures, behind);
        return {};
      },
      db::Priority::low);
  if (!kept) return tl::unexpected(std::move(kept).error());
  return static_cast<std::int64_t>(rows.size());
}

}  // namespace feature::control
