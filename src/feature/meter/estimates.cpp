#include <cmath>
#include <map>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/meter/routes.hpp"
#include "feature/meter/service.hpp"
#include "feature/place/service.hpp"

namespace feature::meter {
namespace {

using api::Permission;
using base::Result;

constexpr int window_days = 45;  // holds two readings about a month apart
constexpr std::size_t part_rows = 200;

struct Readings {
  std::map<std::int64_t, std::vector<rule::Reading>> of_dwelling{};
  base::Day until{};
};

Readings recent_readings(db::Scoped& q, std::int64_t compound) {
  Readings found;
  q.one(
      "SELECT MAX(m.day) FROM meter_reading m JOIN place p ON p.id = m.compound_id WHERE m.compound_id = $1 "
      "AND {scope:p}",
      {compound}, [&](const db::Row& r) {
        if (!r.is_null(0)) found.until = r.day(0);
      });
  std::map<std::string, std::int64_t> numbers;  // other words are other meters
  q.run(
      "SELECT m.dwelling_id, m.meter, m.number, m.day, m.value, m.estimated FROM meter_reading m JOIN "
      "place p ON p.id = m.compound_id WHERE m.compound_id = $1 AND m.day >= $2 AND {scope:p}",
      {compound, found.until + -window_days}, [&](const db::Row& r) {
        rule::Reading reading;
        meta::parse_enum(r.text(1), reading.meter);
        reading.meter_number =
            numbers.emplace(r.str(2), static_cast<std::int64_t>(numbers.size())).first->second;
        reading.day = r.day(3);
        reading.value = r.real(4);
        reading.estimated = r.boolean(5);
        found.of_dwelling[r.integer(0)].push_back(reading);
      });
  return found;
}

std::string text_of(const std::vector<rule::Reason>& reasons) {
  std::string text;
  for (const auto reason : reasons) {
    if (!text.empty()) text += ' ';
    text += meta::name_of(reason);
  }
  return text;
}

std::vector<EstimateRow> estimates_of(const Readings& readings, std::int64_t compound, base::Instant now) {
  std::vector<rule::Use> uses;
  for (const auto& [dwelling, list] : readings.of_dwelling) uses.push_back(rule::use_of(list));
  const auto estimates = rule::estimate(uses);
  std::vector<EstimateRow> rows;
  std::size_t i = 0;
  for (const auto& [dwelling, list] : readings.of_dwelling) {
    const auto& use = uses[i];
    const auto& estimate = estimates[i++];
    if (!use.electricity_kwh && !use.water_m3) continue;  // a single reading says nothing yet
    EstimateRow row;
    row.compound_id = compound;
    row.dwelling_id = dwelling;
    row.lived_in_percent = std::lround(estimate.lived_in * 100);
    row.reasons = text_of(estimate.reasons);
    row.electricity_per_day = use.electricity_kwh;
    row.water_per_day = use.water_m3;
    row.newest_day = readings.until;
    row.estimated = now;
    rows.push_back(std::move(row));
  }
  return rows;
}

void keep(db::Scoped& q, const EstimateRow& e) {
  q.unscoped().run(
      "INSERT INTO meter_estimate (compound_id, dwelling_id, lived_in_percent, reasons, "
      "electricity_per_day, water_per_day, newest_day, estimated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, "
      "$8) ON CONFLICT (dwelling_id) DO UPDATE SET lived_in_percent = excluded.lived_in_percent, reasons = "
      "excluded.reasons, electricity_per_day = excluded.electricity_per_day, water_per_day = "
      "excluded.water_per_day, newest_day = excluded.newest_day, estimated_ms = excluded.estimated_ms",
      {e.compound_id, e.dwelling_id, e.lived_in_percent, e.reasons, e.electricity_per_day, e.water_per_day,
       e.newest_day, e.estimated});
}

Result<api::Page<Estimate>> list_estimates(api::Context& c, const EstimateQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Estimate>> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    db::ScopedSql sql(
        "SELECT m.dwelling_id, d.label, m.lived_in_percent, m.reasons, m.electricity_per_day, "
        "m.water_per_day, m.newest_day, p.sort FROM meter_estimate m JOIN place p ON p.id = m.dwelling_id "
        "JOIN dwelling d ON d.id = p.id WHERE m.compound_id = $1 AND p.valid_until_ms IS NULL AND {scope:p}");
    if (in.vacant)
      sql = *in.vacant ? sql.with(" AND m.lived_in_percent < 50") : sql.with(" AND m.lived_in_percent >= 50");
    return api::fetch_page<Estimate>(
        q, sql, {in.compound_id}, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) {
          Estimate e;
          e.dwelling_id = r.integer(0);
          e.label = r.str(1);
          e.lived_in_percent = r.integer(2);
          e.meter_reasons = reasons_in(r.text(3));
          if (!r.is_null(4)) e.electricity_per_day = r.real(4);
          if (!r.is_null(5)) e.water_per_day = r.real(5);
          e.newest_day = r.day(6);
          return e;
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(7), r.integer(0)};
        });
  });
}

}  // namespace

std::vector<rule::Reason> reasons_in(std::string_view text) {
  std::vector<rule::Reason> out;
  for (const auto& word : base::words_of(text))
    if (rule::Reason reason{}; meta::parse_enum(word, reason)) out.push_back(reason);
  return out;
}

Result<void> estimate_compound(api::Context& c, std::int64_t compound_id) {
  auto readings = c.read([&](db::Scoped& q) -> Result<Readings> { return recent_readings(q, compound_id); });
  if (!readings) return tl::unexpected(std::move(readings).error());
  const auto rows = estimates_of(*readings, compound_id, c.now);
  for (std::size_t from = 0; from < rows.size(); from += part_rows) {
    auto kept = c.write(
        [&](db::Scoped& q) -> Result<void> {
          for (std::size_t i = from; i < std::min(from + part_rows, rows.size()); ++i) keep(q, rows[i]);
          return {};
        },
        db::Priority::low);
    if (!kept) return kept;
  }
  return c.write([&](db::Scoped& q) -> Result<void> {
    auto& raw = q.unscoped();
    std::vector<std::int64_t> known;
    for (const auto& row : rows) known.push_back(row.dwelling_id);
    raw.run("DELETE FROM meter_estimate WHERE compound_id = $1 AND NOT (dwelling_id " + raw.in_list(2) + ")",
            {compound_id, db::json_array(known)});
    core::note_change(q, "place", compound_id, compound_id, c.now);
    return {};
  });
}

void routes(api::Router& r) {
  core::list<list_estimates>(r, "/api/meter-estimates", Permission::work_read,
                             "Which dwellings of a compound their meters show to be lived in");
}

}  // namespace feature::meter
