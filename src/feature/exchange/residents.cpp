#include "feature/exchange/residents.hpp"

#include <algorithm>

namespace feature::exchange {

std::map<std::int64_t, Inhabited> load_residents(db::Scoped& q, const std::vector<std::int64_t>& dwellings) {
  std::map<std::int64_t, Inhabited> found;
  const auto ids = db::json_array(dwellings);
  q.run(
      "SELECT h.id, h.dwelling_id, h.provisional FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.dwelling_id {in:1} AND h.valid_until_ms IS NULL AND {scope:p} ORDER BY h.id",
      {ids}, [&](const db::Row& r) {
        found[r.integer(1)].households.push_back({r.integer(0), r.boolean(2)});
      });
  std::map<std::int64_t, std::pair<std::int64_t, std::size_t>> place_of;  // person -> where it is kept
  constexpr int person_columns = 21;
  q.run(
      "SELECT pe.id, pe.name, pe.sex, pe.birth_day, pe.document_kind, pe.document_state, "
      "pe.document_sealed, pe.document_index, pe.document_masked, pe.registered_residence, pe.origin, "
      "pe.return_day, pe.flags, pe.presence, pe.presence_source, pe.presence_ms, pe.source, pe.import_id, "
      "pe.updated_ms, pe.away_place, pe.away_since, r.id, r.person_id, r.household_id, r.dwelling_id, "
      "r.relation, r.is_primary, r.position, r.valid_from_ms, r.valid_until_ms, r.source, r.import_id, "
      "r.registered, r.living, r.visible, r.end_reason FROM residence r JOIN person pe ON pe.id = "
      "r.person_id JOIN place p ON p.id = r.dwelling_id WHERE r.dwelling_id {in:1} AND r.valid_until_ms IS "
      "NULL AND {scope:p} ORDER BY r.household_id, r.position, r.id",
      {ids}, [&](const db::Row& r) {
        Resident resident;
        resident.person = meta::load<people::PersonRow>(r);
        resident.residence = meta::load<people::ResidenceRow>(r, person_columns);
        auto& inhabited = found[resident.residence.dwelling_id.value];
        for (auto& household : inhabited.households)
          if (household.id == resident.residence.household_id.value)
            household.next_position = std::max(household.next_position, resident.residence.position + 1);
        place_of[resident.person.id.value] = {resident.residence.dwelling_id.value,
                                              inhabited.residents.size()};
        inhabited.residents.push_back(std::move(resident));
      });
  q.run(
      "SELECT ph.person_id, ph.number_index FROM phone ph JOIN residence r ON r.person_id = ph.person_id "
      "JOIN place p ON p.id = r.dwelling_id WHERE r.dwelling_id {in:1} AND r.valid_until_ms IS NULL AND "
      "{scope:p} ORDER BY ph.person_id, ph.position",
      {ids}, [&](const db::Row& r) {
        const auto at = place_of.find(r.integer(0));
        if (at == place_of.end()) return;
        const auto [dwelling, index] = at->second;
        found[dwelling].residents[index].phones.emplace_back(r.blob(1));
      });
  return found;
}

std::map<std::string, std::string> documents_of(db::Scoped& q, std::int64_t compound_id,
                                                std::int64_t import_id) {
  std::map<std::string, std::string> labels;
  q.run(
      "SELECT pe.document_index, d.label FROM residence r JOIN person pe ON pe.id = r.person_id JOIN "
      "dwelling d ON d.id = r.dwelling_id JOIN place p ON p.id = r.dwelling_id WHERE p.compound_id = $1 "
      "AND r.valid_until_ms IS NULL AND pe.document_index IS NOT NULL AND pe.document_state <> 'damaged' "
      "AND COALESCE(pe.import_id, 0) <> $2 AND {scope:p}",
      {compound_id, import_id}, [&](const db::Row& r) { labels.emplace(r.blob(0), r.str(1)); });
  return labels;
}

}  // namespace feature::exchange
