#include "feature/arrival/repo.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "engine/intake/text.hpp"
#include "feature/place/service.hpp"

namespace feature::arrival {
namespace {

bool names(std::string_view text, std::string_view name, std::string_view also) {
  if (text.find(name) != std::string_view::npos) return true;
  return std::ranges::any_of(base::words_of(also), [&](const std::string& word) {
    return text.find(word) != std::string_view::npos;
  });
}

// Words for a page of them, each table asked once.
struct Names {
  std::map<std::int64_t, std::string> labels{}, areas{};
  std::map<std::int64_t, std::vector<std::string>> people{};
};

Names names_of(db::Scoped& q, const std::vector<ArrivalRow>& rows) {
  Names out;
  std::vector<std::int64_t> arrivals, dwellings, areas;
  for (const auto& row : rows) {
    arrivals.push_back(row.id.value);
    dwellings.push_back(row.dwelling_id);
    for (const auto& area : {row.origin_area_id, row.been_area_id})
      if (area) areas.push_back(*area);
  }
  auto& raw = q.unscoped();  // ids found through the scope
  const auto in = raw.in_list(1);
  raw.run("SELECT id, label FROM dwelling WHERE id " + in, {db::json_array(dwellings)},
          [&](const db::Row& r) { out.labels[r.integer(0)] = r.str(1); });
  raw.run("SELECT id, name FROM key_area WHERE id " + in, {db::json_array(areas)},
          [&](const db::Row& r) { out.areas[r.integer(0)] = r.str(1); });
  raw.run("SELECT arrival_id, name_masked FROM arrival_person WHERE arrival_id " + in +
              " ORDER BY arrival_id, position",
          {db::json_array(arrivals)},
          [&](const db::Row& r) { out.people[r.integer(0)].push_back(r.str(1)); });
  return out;
}

std::optional<std::string> account_name(db::Scoped& q, const std::optional<std::int64_t>& account) {
  std::optional<std::string> name;
  if (account)
    q.unscoped().one("SELECT display_name FROM account WHERE id = $1", {*account},
                     [&](const db::Row& r) { name = r.str(0); });
  return name;
}

}  // namespace

std::string origin_of(std::int64_t arrival_id) { return "arrival:" + std::to_string(arrival_id); }

bool overdue(const ArrivalRow& row, base::Instant now) {
  return !row.filed && !row.withdrawn && now >= base::start_of(row.arrived + 1);
}

std::string plain_number(std::string_view text) {
  auto out = engine::intake::to_code(text);
  std::erase(out, '-');
  return out;
}

std::optional<ArrivalRow> find_arrival(db::Scoped& q, std::int64_t id) {
  std::optional<ArrivalRow> found;
  q.one(arrival_columns.with(" AND a.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<ArrivalRow>(r); });
  return found;
}

std::optional<ArrivalRow> lock_arrival(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE arrival SET version = version + 1 WHERE id = $1", {id});
  return find_arrival(q, id);
}

std::vector<PersonRow> people_of(db::Scoped& q, std::int64_t arrival_id) {
  std::vector<PersonRow> people;
  q.unscoped().run(
      "SELECT id, arrival_id, position, person_id, name_sealed, phone_sealed, name_masked, relation FROM "
      "arrival_person WHERE arrival_id = $1 ORDER BY position",
      {arrival_id}, [&](const db::Row& r) { people.push_back(meta::load<PersonRow>(r)); });
  return people;
}

std::vector<Arrival> shown(db::Scoped& q, const std::vector<ArrivalRow>& rows, base::Instant now) {
  auto words = names_of(q, rows);
  std::vector<Arrival> out;
  for (const auto& row : rows) {
    Arrival a;
    a.id = row.id;
    a.household_id = row.household_id;
    a.dwelling_id = row.dwelling_id;
    a.compound_id = row.compound_id;
    a.label = words.labels[row.dwelling_id];
    a.arrival_state = row.state;
    a.overdue = overdue(row, now);
    a.arrived = row.arrived;
    a.names = words.people[row.id.value];
    a.persons = static_cast<int>(a.names.size());
    a.origin = row.origin;
    if (row.origin_area_id) a.origin_area = words.areas[*row.origin_area_id];
    a.been_to = row.been_to;
    if (row.been_area_id) a.been_area = words.areas[*row.been_area_id];
    a.demand = row.demand;
    a.transport = row.transport;
    a.transport_number = row.transport_number;
    a.seat = row.seat;
    a.proof = row.proof;
    a.filing_number = row.filing_number;
    a.told_by = row.source;
    a.created = row.created;
    a.filed = row.filed;
    out.push_back(std::move(a));
  }
  return out;
}

base::Result<ArrivalFile> file_of(db::Scoped& q, std::int64_t id, base::Instant now) {
  const auto row = find_arrival(q, id);
  if (!row) return base::fail(base::ErrorKind::not_found, "not_found");
  ArrivalFile file;
  file.item = shown(q, {*row}, now).front();
  for (const auto& person : people_of(q, id)) {
    ArrivalPerson each{person.id, person.person_id, person.name_masked, person.relation, false};
    each.under_control =
        person.person_id &&
        q.unscoped().count("SELECT COUNT(*) FROM control_case WHERE person_id = $1 AND ended_ms IS NULL",
                           {*person.person_id}) > 0;
    file.people.push_back(std::move(each));
  }
  file.host_name = row->host_name;
  file.confirmed_by = account_name(q, row->confirmed_by);
  file.filed_by = account_name(q, row->filed_by);
  file.confirmed_ms = row->confirmed;
  return file;
}

std::optional<AreaFound> area_of(db::Scoped& q, std::int64_t dwelling_id, std::string_view text,
                                 base::Day day) {
  std::optional<AreaFound> found;
  const auto home = place::find_place(q, dwelling_id);
  if (!home) return found;
  auto& raw = q.unscoped();  // lists of the places above are no secret to anyone inside
  raw.run(
      "SELECT id, name, also, demand FROM key_area WHERE from_day <= $2 AND (until_day IS NULL OR "
      "until_day > $2) AND place_id " +
          raw.in_list(1) + " ORDER BY id",
      {db::json_array(place::chain_of(*home)), day}, [&](const db::Row& r) {
        if (!names(text, r.text(1), r.text(2))) return;
        AreaFound area{r.integer(0), Demand::filing};
        meta::parse_enum(r.text(3), area.demand);
        if (!found || area.demand > found->demand) found = area;
      });
  return found;
}

std::vector<Arrival> of_household(db::Scoped& q, std::int64_t household_id, base::Instant now, int days) {
  std::vector<ArrivalRow> rows;
  q.run(arrival_columns.with(" AND a.household_id = {arg}")
            .with(" AND (a.filed_ms IS NULL OR a.arrived >= {arg})")
            .with(" AND a.withdrawn_ms IS NULL ORDER BY a.arrived DESC, a.id DESC LIMIT 20"),
        {household_id, base::civil_day(now) + -days},
        [&](const db::Row& r) { rows.push_back(meta::load<ArrivalRow>(r)); });
  return shown(q, rows, now);
}

// --- retention ---------------------------------------------------------------------------------------
std::vector<std::int64_t> arrivals_due(db::Scoped& q, base::Instant before, std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT a.id FROM arrival a JOIN place p ON p.id = a.dwelling_id WHERE a.arrived < $1 AND (a.filed_ms "
      "IS NOT NULL OR a.withdrawn_ms IS NOT NULL) AND {scope:p} ORDER BY a.id LIMIT $2",
      {base::civil_day(before), limit}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

void let_go(db::Scoped& q, const std::vector<std::int64_t>& arrivals) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(arrivals);
  const auto in = raw.in_list(1);
  raw.run(
      "DELETE FROM history WHERE entity = 'arrival_person' AND record_id IN (SELECT id FROM arrival_person "
      "WHERE arrival_id " +
          in + ")",
      {ids});
  raw.run("DELETE FROM arrival_person WHERE arrival_id " + in, {ids});
  raw.run("DELETE FROM history WHERE entity = 'arrival' AND record_id " + in, {ids});
  raw.run("DELETE FROM arrival WHERE id " + in, {ids});
}

std::vector<std::string> tables_of_arrivals() { return {"arrival", "arrival_person", "history"}; }

}  // namespace feature::arrival
