// Dwelling tables: the dwellings of a compound with what is known of them.
#include "feature/exchange/merge.hpp"
#include "feature/place/service.hpp"

namespace feature::exchange {
namespace {

using intake::Field;

static_assert(static_cast<int>(place::Tri::yes) == static_cast<int>(intake::Tri::yes));
static_assert(static_cast<int>(place::Occupancy::vacant) == static_cast<int>(intake::Occupancy::vacant));

std::map<std::int64_t, place::DwellingRow> load_known(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, place::DwellingRow> known;
  q.run(
      "SELECT d.id, d.phase, d.building, d.stair, d.floor, d.room, d.label, d.area_m2, d.fitted_out, "
      "d.occupancy, d.owner_name, d.owner_phone_sealed, d.owner_phone_masked, d.source, d.import_id, "
      "d.updated_ms FROM dwelling d JOIN place p ON p.id = d.id WHERE d.id {in:1} AND p.valid_until_ms IS "
      "NULL AND {scope:p}",
      {db::json_array(ids)}, [&](const db::Row& r) {
        auto row = meta::load<place::DwellingRow>(r);
        known.emplace(row.id.value, std::move(row));
      });
  return known;
}

place::DwellingDraft draft_of(const intake::DwellingRow& row) {
  place::DwellingDraft d;
  d.phase = row.room.phase;
  d.building = row.room.building;
  d.stair = row.room.stair;
  d.room = row.room.room;
  d.floor = row.floor;
  d.area_m2 = row.area_m2;
  d.fitted_out = static_cast<place::Tri>(row.fitted_out);
  d.occupancy = static_cast<place::Occupancy>(row.occupancy);
  d.owner_name = not_empty(row.owner_name);
  if (!row.owner_phones.empty()) d.owner_phone = row.owner_phones.front().number;
  return d;
}

// True when the known dwelling is to be written.
bool merge(const Job& job, const intake::DwellingRow& row, place::DwellingRow& known, Verdict& verdict) {
  const auto told = draft_of(row);
  Merge m(job.reading.analysis, verdict);
  m.value(known.floor, told.floor, Field::floor);
  m.value(known.area_m2, told.area_m2, Field::area);
  m.word(known.fitted_out, told.fitted_out, Field::fitted_out);
  m.word(known.occupancy, told.occupancy, Field::occupancy);
  m.value(known.owner_name, told.owner_name, Field::owner_name);
  if (told.owner_phone && !known.owner_phone_sealed) {
    known.owner_phone_sealed =
        meta::Bytes{job.keys.seal("dwelling", "owner_phone", known.id.value, *told.owner_phone)};
    known.owner_phone_masked = core::mask_phone(*told.owner_phone);
    m.fill();
  } else if (told.owner_phone) {
    const auto number =
        job.keys.unseal("dwelling", "owner_phone", known.id.value, known.owner_phone_sealed->value);
    if (number != told.owner_phone) m.differ(Field::phone);
  }
  return m.settle();
}

}  // namespace

std::vector<Verdict> take_dwellings(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  const auto& file = job.reading.analysis;
  std::vector<std::int64_t> ids;
  for (const auto i : rows)
    if (const auto at = job.ground.dwellings.find(file.dwellings[i].room); at != job.ground.dwellings.end())
      ids.push_back(at->second.id);
  const auto known = load_known(q, ids);

  std::vector<Verdict> verdicts;
  std::vector<place::DwellingDraft> drafts;
  for (const auto i : rows) {
    const auto& row = file.dwellings[i];
    auto& verdict = verdicts.emplace_back(own_verdict(row));
    name_spare_phones(file, row.owner_phones, verdict);
    if (verdict.status != RowStatus::fresh) continue;
    const auto at = job.ground.dwellings.find(row.room);
    const auto before = at == job.ground.dwellings.end() ? known.end() : known.find(at->second.id);
    if (before == known.end()) {
      if (writing && writing->wanted(i)) drafts.push_back(draft_of(row));
      continue;
    }
    auto after = before->second;
    if (!merge(job, row, after, verdict) || !writing || !writing->wanted(i)) continue;
    after.updated = writing->source().now;
    core::update(q, before->second, after, writing->source());
  }
  if (!drafts.empty())
    place::add_dwellings(q, job.ground.compound, drafts, writing->ids(place::plan_ids(drafts)), job.keys,
                         writing->source());
  return verdicts;
}

}  // namespace feature::exchange
