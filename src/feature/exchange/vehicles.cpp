// Vehicles of known dwellings. One car may belong to two households (practice.md, "Bad inputs that happen"),
// so a vehicle is known by plate and dwelling; without a plate by dwelling, kind and owner.
#include "feature/exchange/merge.hpp"
#include "feature/people/record.hpp"

namespace feature::exchange {
namespace {

using intake::Field;

std::string kind_name(intake::VehicleKind kind) {
  constexpr std::string_view names[] = {"unknown", "car",        "suv",           "van",      "truck",
                                        "bus",     "motorcycle", "electric_bike", "tricycle", "other"};
  static_assert(std::size(names) == static_cast<std::size_t>(intake::VehicleKind::other) + 1);
  return std::string(names[static_cast<std::size_t>(kind)]);
}

std::multimap<std::int64_t, people::VehicleRow> load_known(db::Scoped& q, const std::string& dwellings) {
  std::multimap<std::int64_t, people::VehicleRow> known;
  q.run(
      "SELECT v.id, v.compound_id, v.household_id, v.dwelling_id, v.label, v.plate, v.plate_doubtful, "
      "v.owner_name, v.vehicle_kind, v.new_energy, v.colour, v.phone_sealed, v.phone_masked, "
      "v.valid_from_ms, v.valid_until_ms, v.source, v.import_id FROM vehicle v JOIN place p ON p.id = "
      "v.dwelling_id WHERE v.dwelling_id {in:1} AND v.valid_until_ms IS NULL AND {scope:p}",
      {dwellings}, [&](const db::Row& r) {
        auto row = meta::load<people::VehicleRow>(r);
        known.emplace(*row.dwelling_id, std::move(row));
      });
  return known;
}

struct Living {  // households of a dwelling with the names of their members
  std::int64_t household_id = 0;
  std::string name{};
};
std::multimap<std::int64_t, Living> load_living(db::Scoped& q, const std::string& dwellings) {
  std::multimap<std::int64_t, Living> living;
  q.run(
      "SELECT h.dwelling_id, h.id, pe.name FROM household h JOIN residence r ON r.household_id = h.id JOIN "
      "person pe ON pe.id = r.person_id JOIN place p ON p.id = h.dwelling_id WHERE h.dwelling_id {in:1} AND "
      "h.valid_until_ms IS NULL AND r.valid_until_ms IS NULL AND {scope:p} ORDER BY h.id",
      {dwellings}, [&](const db::Row& r) {
        living.emplace(r.integer(0), Living{r.integer(1), r.str(2)});
      });
  return living;
}

// The dwelling's only household, or the one its owner lives in.
std::optional<std::int64_t> household_of(const std::multimap<std::int64_t, Living>& living,
                                         std::int64_t dwelling_id, const std::string& owner) {
  std::optional<std::int64_t> first;
  bool several = false;
  const auto [from, to] = living.equal_range(dwelling_id);
  for (auto at = from; at != to; ++at) {
    if (!owner.empty() && at->second.name == owner) return at->second.household_id;
    several = several || (first && *first != at->second.household_id);
    first = first.value_or(at->second.household_id);
  }
  return several ? std::nullopt : first;
}

bool is_same(const intake::VehicleRow& row, const people::VehicleRow& known) {
  if (!row.plate.number.empty()) return row.plate.number == known.plate;
  return known.plate.empty() && known.vehicle_kind == kind_name(row.kind) &&
         known.owner_name.value_or("") == row.owner_name;
}

void put_phone(const Job& job, const intake::VehicleRow& row, people::VehicleRow& vehicle) {
  if (row.phones.empty()) return;
  const auto& number = row.phones.front().number;
  vehicle.phone_sealed = meta::Bytes{job.keys.seal("vehicle", "phone", vehicle.id.value, number)};
  vehicle.phone_masked = core::mask_phone(number);
}

bool merge(const Job& job, const intake::VehicleRow& row, people::VehicleRow& known, Verdict& verdict) {
  Merge m(job.reading.analysis, verdict);
  m.value(known.owner_name, not_empty(row.owner_name), Field::owner_name);
  m.word(known.vehicle_kind, kind_name(row.kind), Field::vehicle_kind);
  m.value(known.colour, not_empty(row.colour), Field::colour);
  if (!row.phones.empty() && !known.phone_sealed) {
    put_phone(job, row, known);
    m.fill();
  } else if (!row.phones.empty()) {
    const auto number = job.keys.unseal("vehicle", "phone", known.id.value, known.phone_sealed->value);
    if (number != row.phones.front().number) m.differ(Field::phone);
  }
  return m.settle();
}

people::VehicleRow vehicle_of(const Job& job, const intake::VehicleRow& row, const KnownDwelling& dwelling,
                              std::optional<std::int64_t> household_id, Writing& writing) {
  people::VehicleRow v;
  v.id = meta::Id<people::VehicleRow>(writing.id());
  v.compound_id = job.ground.compound.id;
  v.household_id = household_id;
  v.dwelling_id = dwelling.id;
  v.label = dwelling.label;
  v.plate = row.plate.number;
  v.plate_doubtful = row.plate.kind == intake::PlateKind::other;
  v.owner_name = not_empty(row.owner_name);
  v.vehicle_kind = kind_name(row.kind);
  v.new_energy = row.new_energy;
  v.colour = not_empty(row.colour);
  put_phone(job, row, v);
  v.valid_from = writing.source().now;
  v.source = writing.source().source;
  v.import_id = writing.source().import_id;
  return v;
}

}  // namespace

std::vector<Verdict> take_vehicles(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  const auto& file = job.reading.analysis;
  std::vector<std::int64_t> ids;
  for (const auto i : rows)
    if (const auto at = job.ground.dwellings.find(file.vehicles[i].room); at != job.ground.dwellings.end())
      ids.push_back(at->second.id);
  const auto dwellings = db::json_array(ids);
  auto known = load_known(q, dwellings);
  const auto living = writing ? load_living(q, dwellings) : std::multimap<std::int64_t, Living>{};

  std::vector<Verdict> verdicts;
  std::vector<people::VehicleRow> added;
  for (const auto i : rows) {
    const auto& row = file.vehicles[i];
    auto& verdict = verdicts.emplace_back(own_verdict(row));
    name_spare_phones(file, row.phones, verdict);
    if (verdict.status != RowStatus::fresh) continue;
    const auto& dwelling = job.ground.dwellings.at(row.room);
    auto [at, end] = known.equal_range(dwelling.id);
    while (at != end && !is_same(row, at->second)) ++at;
    if (at == end) {
      if (writing && writing->wanted(i))
        added.push_back(
            vehicle_of(job, row, dwelling, household_of(living, dwelling.id, row.owner_name), *writing));
      continue;
    }
    auto after = at->second;
    if (merge(job, row, after, verdict) && writing && writing->wanted(i))
      core::update(q, at->second, after, writing->source());
    known.erase(at);  // two bicycles of one owner are two
  }
  core::insert_all(q, added, writing ? writing->source() : core::Source{});
  return verdicts;
}

}  // namespace feature::exchange
