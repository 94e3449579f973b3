#include "feature/people/api.hpp"

#include <array>
#include <map>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/people/duplicates.hpp"
#include "feature/people/person_file.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// A trailing wildcard search; what the user typed is never a pattern itself.
std::string beginning(std::string_view typed) {
  std::string out;
  for (const char c : typed) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

constexpr auto household_list = db::ScopedSql(
    "SELECT h.id, h.dwelling_id, h.label, "
    "(SELECT pe.name FROM residence r JOIN person pe ON pe.id = r.person_id WHERE r.household_id = h.id AND "
    "r.valid_until_ms IS NULL AND r.relation = 'head' ORDER BY r.position LIMIT 1), "
    "(SELECT COUNT(*) FROM residence r WHERE r.household_id = h.id AND r.valid_until_ms IS NULL), "
    "(SELECT COUNT(*) FROM residence r JOIN person pe ON pe.id = r.person_id WHERE r.household_id = h.id AND "
    "r.valid_until_ms IS NULL AND pe.presence = 'home'), "
    "(SELECT COUNT(*) FROM residence r JOIN person pe ON pe.id = r.person_id WHERE r.household_id = h.id AND "
    "r.valid_until_ms IS NULL AND pe.presence = 'away'), "
    "(SELECT ps.state FROM pass ps WHERE ps.household_id = h.id AND ps.pass_class = 'household' ORDER BY "
    "CASE ps.state WHEN 'active' THEN 0 WHEN 'inactive' THEN 1 ELSE 2 END, ps.id DESC LIMIT 1), "
    "h.provisional, h.sort, h.valid_from_ms FROM household h JOIN place p ON p.id = h.dwelling_id "
    "WHERE h.compound_id = $1 AND h.valid_until_ms IS NULL AND {scope:p}");

HouseholdSummary load_summary(const db::Row& r) {
  HouseholdSummary h;
  h.id = meta::Id<HouseholdRow>(r.integer(0));
  h.dwelling_id = r.integer(1);
  h.label = r.str(2);
  h.head_name = r.maybe_text(3);
  h.members = static_cast<int>(r.integer(4));
  h.presence.home = static_cast<int>(r.integer(5));
  h.presence.away = static_cast<int>(r.integer(6));
  h.presence.unknown = h.members - h.presence.home - h.presence.away;
  if (!r.is_null(7) && !meta::parse_enum(r.text(7), h.pass_state))
    h.pass_state = CardState::voided;  // replaced
  h.provisional = r.boolean(8);
  h.since_ms = r.instant(10);
  return h;
}

constexpr std::array household_orders{
    api::PageOrder{" AND (h.sort, h.id) > ({arg}, {arg})", " ORDER BY h.sort, h.id LIMIT {arg}", "walking"},
    api::PageOrder{" AND (h.sort, h.id) < ({arg}, {arg})", " ORDER BY h.sort DESC, h.id DESC LIMIT {arg}",
                   "walking_back"},
    api::PageOrder{" AND (h.valid_from_ms, h.id) < ({arg}, {arg})",
                   " ORDER BY h.valid_from_ms DESC, h.id DESC LIMIT {arg}", "newest"},
    api::PageOrder{" AND (h.valid_from_ms, h.id) > ({arg}, {arg})",
                   " ORDER BY h.valid_from_ms, h.id LIMIT {arg}", "oldest"}};

constexpr std::array person_orders{
    api::PageOrder{" AND (h.sort, r.id) > ({arg}, {arg})", " ORDER BY h.sort, r.id LIMIT {arg}", "walking",
                   " AND h.sort >= {arg}"},
    api::PageOrder{" AND (h.sort, r.id) < ({arg}, {arg})", " ORDER BY h.sort DESC, r.id DESC LIMIT {arg}",
                   "walking_back", " AND h.sort <= {arg}"},
    api::PageOrder{" AND (st.term, r.id) > ({arg}, {arg})", " ORDER BY st.term, r.id LIMIT {arg}", "name",
                   " AND st.term >= {arg}"},
    api::PageOrder{" AND (st.term, r.id) < ({arg}, {arg})", " ORDER BY st.term DESC, r.id DESC LIMIT {arg}",
                   "name_back", " AND st.term <= {arg}"}};

constexpr std::array vehicle_orders{
    api::PageOrder{" AND (v.plate, v.id) > ({arg}, {arg})", " ORDER BY v.plate, v.id LIMIT {arg}", "plate"},
    api::PageOrder{" AND (v.plate, v.id) < ({arg}, {arg})", " ORDER BY v.plate DESC, v.id DESC LIMIT {arg}",
                   "plate_back"},
    api::PageOrder{" AND (COALESCE(dp.sort, ''), v.id) > ({arg}, {arg})",
                   " ORDER BY COALESCE(dp.sort, ''), v.id LIMIT {arg}", "walking"},
    api::PageOrder{" AND (COALESCE(dp.sort, ''), v.id) < ({arg}, {arg})",
                   " ORDER BY COALESCE(dp.sort, '') DESC, v.id DESC LIMIT {arg}", "walking_back"}};

Result<api::Page<HouseholdSummary>> list_households(api::Context& c, const HouseholdQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = household_list;
    std::vector<db::Arg> args{in.compound_id};
    if (in.building_id) {
      sql = sql.with(" AND p.building_id = {arg}");
      args.push_back(*in.building_id);
    }
    if (in.registered) {
      sql = sql.with(" AND h.provisional = {arg}");
      args.push_back(!*in.registered);
    }
    const auto like = in.q ? beginning(*in.q) : "";
    if (in.q) {
      sql = sql.with(
          " AND (h.label LIKE {arg} ESCAPE '\\' OR EXISTS (SELECT 1 FROM residence r JOIN person pe ON "
          "pe.id = r.person_id WHERE r.household_id = h.id AND r.valid_until_ms IS NULL AND pe.name LIKE "
          "{arg} "
          "ESCAPE '\\'))");
      args.push_back(like);
      args.push_back(like);
    }
    const bool walking = in.order.value_or(HouseholdOrder{}) < HouseholdOrder::newest;
    return api::fetch_page<HouseholdSummary>(q, sql, args, in.limit, in.cursor,
                                             api::order_of(in.order, household_orders), load_summary,
                                             [&](const db::Row& r) {
                                               if (walking) return api::SortKey{r.str(9), r.integer(0)};
                                               return api::SortKey{r.integer(10), r.integer(0)};
                                             });
  });
}

constexpr int person_columns = 13;
Person load_person(const db::Row& r) {
  Person p;
  p.id = meta::Id<PersonRow>(r.integer(0));
  p.name = r.str(1);
  meta::parse_enum(r.text(2), p.relation);
  meta::parse_enum(r.text(3), p.sex);
  if (!r.is_null(4)) p.birth_day = r.day(4);
  p.document_masked = r.maybe_text(5);
  meta::parse_enum(r.text(6), p.document_state);
  p.registered_residence = r.maybe_text(7);
  p.origin = r.maybe_text(8);
  if (!r.is_null(9)) p.return_day = r.day(9);
  p.flags = base::words_of(r.text(10));
  meta::parse_enum(r.text(11), p.presence);
  p.source = r.str(12);
  return p;
}

void add_phones(db::Scoped& q, const std::vector<Person*>& persons) {
  std::map<std::int64_t, Person*> by_id;
  std::vector<std::int64_t> ids;
  for (auto* p : persons) {
    by_id[p->id.value] = p;
    ids.push_back(p->id.value);
  }
  q.run(
      "SELECT ph.person_id, ph.number_masked FROM phone ph JOIN residence r ON r.person_id = ph.person_id "
      "JOIN place p ON p.id = r.dwelling_id WHERE ph.person_id {in:1} AND r.valid_until_ms IS NULL AND "
      "r.is_primary = 1 AND {scope:p} ORDER BY ph.person_id, ph.position",
      {db::json_array(ids)},
      [&](const db::Row& r) { by_id.at(r.integer(0))->phones_masked.push_back(r.str(1)); });
}

}  // namespace

Result<HouseholdFile> load_household_file(db::Scoped& q, std::int64_t id) {
  HouseholdFile file;
  const bool found = q.one(
      "SELECT h.id, h.dwelling_id, h.compound_id, h.label, h.provisional FROM household h JOIN place p ON "
      "p.id = h.dwelling_id WHERE h.id = $1 AND h.valid_until_ms IS NULL AND {scope:p}",
      {id}, [&](const db::Row& r) {
        file.id = meta::Id<HouseholdRow>(r.integer(0));
        file.dwelling_id = r.integer(1);
        file.compound_id = r.integer(2);
        file.label = r.str(3);
        file.provisional = r.boolean(4);
      });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  q.run(
      "SELECT pe.id, pe.name, r.relation, pe.sex, pe.birth_day, pe.document_masked, pe.document_state, "
      "pe.registered_residence, pe.origin, pe.return_day, pe.flags, pe.presence, pe.source "
      "FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = r.dwelling_id "
      "WHERE r.household_id = $1 AND r.valid_until_ms IS NULL AND {scope:p} ORDER BY r.position, r.id",
      {id}, [&](const db::Row& r) { file.members.push_back(load_person(r)); });
  std::vector<std::int64_t> persons;
  std::vector<Person*> members;
  for (auto& m : file.members) {
    members.push_back(&m);
    persons.push_back(m.id.value);
  }
  add_phones(q, members);
  file.matches = matches_of(q, persons);
  return file;
}

namespace {

Result<HouseholdFile> get_household(api::Context& c) {
  return c.read([&](db::Scoped& q) { return load_household_file(q, c.id()); });
}

Result<HouseholdFile> create_household(api::Context& c, const NewHousehold& in) {
  base::Problems problems;
  HouseholdDraft draft;
  draft.dwelling_id = in.dwelling_id;
  if (in.members.empty()) problems.push_back({"/members", "required"});
  for (std::size_t i = 0; i < in.members.size(); ++i)
    draft.members.push_back(
        draft_of(in.members[i], "/members/" + std::to_string(i), base::civil_day(c.now), problems));
  if (!problems.empty()) return base::fail(std::move(problems));
  std::vector<std::int64_t> ids(plan_ids(draft));
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<HouseholdFile> {
    const bool found = q.one(
        "SELECT p.compound_id, p.sort, d.label FROM dwelling d JOIN place p ON p.id = d.id WHERE d.id = $1 "
        "AND p.valid_until_ms IS NULL AND {scope:p}",
        {in.dwelling_id}, [&](const db::Row& r) {
          draft.compound_id = r.integer(0);
          draft.sort = r.str(1);
          draft.label = r.str(2);
        });
    if (!found) return base::fail_field("/dwelling_id", "not_found");
    const auto added = add_households(q, {draft}, ids, c.services.keys, core::source_of(c));
    core::audit(q, c, {"household.create", "household", added.households[0], draft.compound_id});
    core::note_change(q, "household", draft.compound_id, added.households[0], c.now);
    return load_household_file(q, added.households[0]);
  });
}

#define PERSON_COLUMNS                                                                               \
  "SELECT pe.id, pe.name, r.relation, pe.sex, pe.birth_day, pe.document_masked, pe.document_state, " \
  "pe.registered_residence, pe.origin, pe.return_day, pe.flags, pe.presence, pe.source, h.id, h.label, "
#define AT_HOME " h.valid_until_ms IS NULL AND r.valid_until_ms IS NULL AND {scope:p}"

constexpr auto persons_walking = db::ScopedSql(
    PERSON_COLUMNS
    "h.sort, r.id FROM household h JOIN residence r ON r.household_id = h.id JOIN person pe ON pe.id = "
    "r.person_id JOIN place p ON p.id = r.dwelling_id WHERE h.compound_id = $1 AND" AT_HOME);
// Along the words of the compound, which hold one of this kind for each person and home.
constexpr auto persons_by_name = db::ScopedSql(
    PERSON_COLUMNS
    "st.term, r.id FROM search_term st CROSS JOIN residence r CROSS JOIN household h CROSS JOIN person pe "
    "CROSS JOIN place p WHERE st.compound_id = $1 AND st.kind = 'order' AND r.person_id = st.person_id AND "
    "r.dwelling_id = st.dwelling_id AND h.id = r.household_id AND pe.id = r.person_id AND p.id = "
    "r.dwelling_id "
    "AND h.compound_id = $1 AND" AT_HOME);
#undef PERSON_COLUMNS
#undef AT_HOME

Result<api::Page<PersonListed>> list_persons(api::Context& c, const PersonQuery& in) {
  return c.read([&](db::Scoped& q) {
    const bool walking = in.order.value_or(PersonOrder{}) < PersonOrder::name;
    auto sql = walking ? persons_walking : persons_by_name;
    std::vector<db::Arg> args{in.compound_id};
    const auto like = in.q ? beginning(*in.q) : "";
    if (in.q) {
      sql = sql.with(" AND (pe.name LIKE {arg} ESCAPE '\\' OR h.label LIKE {arg} ESCAPE '\\')");
      args.push_back(like);
      args.push_back(like);
    }
    if (in.document_state) {
      sql = sql.with(" AND pe.document_state = {arg}");
      args.push_back(meta::name_of(*in.document_state));
    }
    const auto flag = in.flag ? "% " + *in.flag + " %" : "";
    if (in.flag) {
      sql = sql.with(" AND ' ' || pe.flags || ' ' LIKE {arg}");
      args.push_back(flag);
    }
    auto page = api::fetch_page<PersonListed>(
        q, sql, args, in.limit, in.cursor, api::order_of(in.order, person_orders),
        [](const db::Row& r) {
          return PersonListed{load_person(r), r.integer(person_columns), r.str(person_columns + 1)};
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(15), r.integer(16)};
        });
    if (!page) return page;
    std::vector<Person*> persons;
    for (auto& item : page->items) persons.push_back(&item.person);
    add_phones(q, persons);
    return page;
  });
}

Result<api::Page<Vehicle>> list_vehicles(api::Context& c, const VehicleQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = db::ScopedSql(
        "SELECT v.id, v.plate, v.plate_doubtful, v.owner_name, v.label, v.household_id, v.vehicle_kind, "
        "v.colour, v.phone_masked, COALESCE(dp.sort, '') FROM vehicle v JOIN place p ON p.id = "
        "v.compound_id LEFT JOIN place dp ON dp.id = v.dwelling_id WHERE v.compound_id = $1 AND "
        "v.valid_until_ms IS NULL AND {scope:p}");
    std::vector<db::Arg> args{in.compound_id};
    const auto like = in.q ? "%" + beginning(*in.q) : "";
    if (in.q) {
      sql = sql.with(" AND (v.plate LIKE {arg} ESCAPE '\\' OR v.label LIKE {arg} ESCAPE '\\')");
      args.push_back(like);
      args.push_back(like);
    }
    return api::fetch_page<Vehicle>(
        q, sql, args, in.limit, in.cursor, api::order_of(in.order, vehicle_orders),
        [](const db::Row& r) { return meta::load<Vehicle>(r); },
        [&](const db::Row& r) {
          const bool walking = in.order.value_or(VehicleOrder{}) >= VehicleOrder::walking;
          return api::SortKey{r.str(walking ? 9 : 1), r.integer(0)};
        });
  });
}

}  // namespace

void routes(api::Router& r) {
  core::list<list_households>(r, "/api/households", Permission::household_read,
                              "Households in walking order");
  r.get<HouseholdFile>("/api/households/{id}", Permission::household_read, "One household's file",
                       get_household);
  r.post<NewHousehold, HouseholdFile>("/api/households", Permission::household_write, "Register a household",
                                      create_household);
  core::list<list_persons>(r, "/api/persons", Permission::household_read, "Persons of a compound");
  core::list<list_vehicles>(r, "/api/vehicles", Permission::household_read, "Vehicles of a compound");
  reveal_routes(r);
  search_routes(r);
  person_file_routes(r);
  person_routes(r);
  duplicate_routes(r);
  conflict_routes(r);
}

}  // namespace feature::people
