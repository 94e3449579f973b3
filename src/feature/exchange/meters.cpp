// Readings of meters. A reading is known by dwelling, meter, its number and day; one that says something else
// than the registry stays out, and a row of two readings adds the one that is missing.
#include <cmath>
#include <tuple>

#include "feature/exchange/merge.hpp"
#include "feature/meter/record.hpp"

namespace feature::exchange {
namespace {

using Key = std::tuple<std::int64_t, meter::rule::Meter, std::string, base::Day>;
constexpr double least_kept = 0.0005;  // what two ways of writing one counter may differ by

meter::rule::Meter meter_of(const intake::MeterReading& reading) {
  static_assert(static_cast<int>(meter::rule::Meter::water) == static_cast<int>(intake::Meter::water));
  return static_cast<meter::rule::Meter>(reading.meter);
}

std::map<Key, double> load_known(db::Scoped& q, const std::vector<std::int64_t>& dwellings) {
  std::map<Key, double> known;
  q.run(
      "SELECT m.dwelling_id, m.meter, m.number, m.day, m.value FROM meter_reading m JOIN place p ON p.id = "
      "m.dwelling_id WHERE m.dwelling_id {in:1} AND {scope:p}",
      {db::json_array(dwellings)}, [&](const db::Row& r) {
        meter::rule::Meter kind{};
        meta::parse_enum(r.text(1), kind);
        known.emplace(Key{r.integer(0), kind, r.str(2), r.day(3)}, r.real(4));
      });
  return known;
}

}  // namespace

std::vector<Verdict> take_meters(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  const auto& file = job.reading.analysis;
  std::vector<std::int64_t> ids;
  for (const auto i : rows)
    if (const auto at = job.ground.dwellings.find(file.meters[i].room); at != job.ground.dwellings.end())
      if (ids.empty() || ids.back() != at->second.id) ids.push_back(at->second.id);
  auto known = load_known(q, ids);

  std::vector<Verdict> verdicts;
  std::vector<meter::ReadingRow> added;
  for (const auto i : rows) {
    const auto& row = file.meters[i];
    auto& verdict = verdicts.emplace_back(own_verdict(row));
    if (verdict.status != RowStatus::fresh) continue;
    const auto dwelling = job.ground.dwellings.at(row.room).id;
    std::size_t old = 0;
    std::vector<int> different;
    std::vector<meter::ReadingRow> fresh;
    for (std::size_t r = 0; r < row.readings.size(); ++r) {
      const auto& reading = row.readings[r];
      const auto at = known.find({dwelling, meter_of(reading), reading.number, reading.day});
      if (at != known.end()) {
        ++old;
        if (std::abs(at->second - reading.value) > least_kept) different.push_back(row.columns.at(r));
        continue;
      }
      meter::ReadingRow one;
      one.compound_id = job.ground.compound.id.value;
      one.dwelling_id = dwelling;
      one.meter = meter_of(reading);
      one.number = reading.number;
      one.day = meta::Day{reading.day};
      one.value = reading.value;
      one.estimated = reading.estimated;
      fresh.push_back(std::move(one));
    }
    if (!different.empty()) {
      verdict.status = RowStatus::doubtful;
      for (const int column : different) verdict.issues.push_back({column, "differs_from_file", {}});
      continue;
    }
    if (old > 0) verdict.status = fresh.empty() ? RowStatus::unchanged : RowStatus::changed;
    for (auto& one : fresh) {
      known.emplace(Key{dwelling, one.meter, one.number, one.day}, one.value);
      if (!writing || !writing->wanted(i)) continue;
      one.id = meta::Id<meter::ReadingRow>(writing->id());
      one.import_id = writing->source().import_id;
      added.push_back(std::move(one));
    }
  }
  core::insert_all(q, added, writing ? writing->source() : core::Source{});
  return verdicts;
}

}  // namespace feature::exchange
