#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "api/openapi.hpp"
#include "api/scenario.hpp"
#include "core/file.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/access/record.hpp"
#include "feature/access/service.hpp"
#include "feature/arrival/record.hpp"
#include "feature/attendance/record.hpp"
#include "feature/attendance/session_record.hpp"
#include "feature/care/record.hpp"
#include "feature/command/area_record.hpp"
#include "feature/control/act_record.hpp"
#include "feature/control/outbreak_record.hpp"
#include "feature/erasure/record.hpp"
#include "feature/exchange/record.hpp"
#include "feature/gate/exemption_record.hpp"
#include "feature/gate/record.hpp"
#include "feature/gate/vehicle_record.hpp"
#include "feature/meter/record.hpp"
#include "feature/organisation/document_record.hpp"
#include "feature/organisation/team_record.hpp"
#include "feature/people/record.hpp"
#include "feature/people/review_record.hpp"
#include "feature/place/opening_record.hpp"
#include "feature/place/rule_record.hpp"
#include "feature/place/set_record.hpp"
#include "feature/place/zone_record.hpp"
#include "feature/questionnaire/record.hpp"
#include "feature/service_request/run_record.hpp"
#include "feature/stewardship/record.hpp"
#include "feature/survey/record.hpp"
#include "feature/trace/record.hpp"
#include "feature/work_item/plan_record.hpp"
#include "feature/work_item/record.hpp"
#include "print/pdf_tools.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

const std::filesystem::path source = SHOUWANG_SOURCE_DIR;

bool unavailable(db::Dialect dialect) {
  return dialect == db::Dialect::postgres && !test_support::PostgresCluster::installed();
}

// --- scenarios: every file on both stores ------------------------------------------------------------
using Case = std::tuple<std::string, db::Dialect>;
class Scenario : public testing::TestWithParam<Case> {};

TEST_P(Scenario, Holds) {
  const auto& [name, dialect] = GetParam();
  if (unavailable(dialect)) GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(dialect);
  api_test::run(world, source / "tests/api/scenarios" / (name + ".test"));
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::directory_iterator(source / "tests/api/scenarios"))
    if (entry.path().extension() == ".test")
      for (const auto dialect : {db::Dialect::sqlite, db::Dialect::postgres})
        cases.emplace_back(entry.path().stem().string(), dialect);
  std::sort(cases.begin(), cases.end());
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Files, Scenario, testing::ValuesIn(all_cases()), [](const auto& of) {
  return std::get<0>(of.param) + (std::get<1>(of.param) == db::Dialect::sqlite ? "_sqlite" : "_postgres");
});

// --- every endpoint, every role ----------------------------------------------------------------------
// What each account may do, from the roles as they are stored.
std::map<std::string, api::PermissionSet> permissions_in(test_world::World& world) {
  std::map<std::string, api::PermissionSet> out;
  auto read = world.program().store().read([&](db::Connection& c) -> base::Result<bool> {
    c.run(
        "SELECT a.username, r.permissions FROM account a JOIN role_grant g ON g.account_id = a.id JOIN "
        "role r ON r.name = g.role",
        {}, [&](const db::Row& r) { out[r.str(0)].add(feature::access::parse_permissions(r.text(1))); });
    return true;
  });
  EXPECT_TRUE(read);
  out["phone"] = {api::Permission::gate_decide};
  return out;
}

TEST(Roles, EveryBuiltInRoleHasAnAccountInTheDemonstration) {
  test_world::World world(db::Dialect::sqlite);
  auto without = world.program().store().read([](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count(
        "SELECT COUNT(*) FROM role WHERE builtin = 1 AND name NOT IN (SELECT role FROM role_grant)");
  });
  EXPECT_EQ(without.value(), 0);
}

std::string concrete(const api::Endpoint& e) {
  std::string path;
  for (const auto& segment : e.segments)
    path += "/" + (segment.front() == '{' ? "9007199254740991" : segment);
  return path;
}

TEST(Roles, EveryEndpointSaysWhoMayAndWhoMayNot) {
  test_world::World world(db::Dialect::sqlite);
  auto permissions = permissions_in(world);
  int checked = 0;
  for (const auto& e : world.program().service().router().endpoints())
    for (const auto& role : test_world::World::roles()) {
      // Logging out would end the role for the endpoints after it.
      if (e->method == "DELETE" && e->path == "/api/session") continue;
      const bool form = e->consumes.find("form") != std::string::npos;
      const auto answer = world.send(role, e->method, concrete(*e), e->method == "GET" ? "" : "{}",
                                     form ? e->consumes : "application/json");
      const bool open = e->permission == api::Permission::anybody;
      const bool may =
          open || (e->permission == api::Permission::signed_in ? role != "nobody"
                                                               : permissions[role].has(e->permission));
      const auto what =
          role + " " + e->method + " " + e->path + ": " + std::to_string(answer.status) + " " + answer.body;
      if (may) {
        // A phone is signed in and has no account: what is about oneself tells it so.
        const bool account_only = role == "phone" && e->permission == api::Permission::signed_in;
        EXPECT_TRUE(account_only || (answer.status != 401)) << what;
        EXPECT_TRUE(answer.status != 403 || test_world::at(answer.body, "code") == "not_a_gate_phone")
            << what;
        EXPECT_LT(answer.status, 500) << what;
      } else {
        EXPECT_EQ(answer.status, role == "nobody" ? 401 : 403) << what;
      }
      ++checked;
    }
  EXPECT_GT(checked, 1000);
}

// Absent and out of scope are the same answer, byte for byte, but for the request's own number.
TEST(Roles, OutOfScopeIsTheSameAsAbsent) {
  test_world::World world(db::Dialect::sqlite);
  const auto compound = test_world::at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto household = test_world::at(
      world.send("office", "GET", "/api/households?compound_id=" + compound).body, "items.0.id");
  const auto pass =
      test_world::at(world.send("office", "GET", "/api/passes?compound_id=" + compound).body, "items.0.id");
  const auto without_id = [](std::string body) {
    const auto from = body.find("\"request_id\"");
    return from == std::string::npos ? body : body.substr(0, from);
  };
  const auto same = [&](const std::string& method, const std::string& before, const std::string& id,
                        const std::string& after, const std::string& body) {
    const auto hidden = world.send("other_office", method, before + id + after, body);
    const auto absent = world.send("other_office", method, before + "9007199254740990" + after, body);
    const auto seen = world.send("office", method, before + id + after, body);
    EXPECT_EQ(hidden.status, absent.status) << before;
    EXPECT_EQ(without_id(hidden.body), without_id(absent.body)) << before;
    EXPECT_LT(seen.status, 300) << before << seen.body << " (or the test shows nothing)";
  };
  same("GET", "/api/households/", household, "", "");
  const auto person =
      test_world::at(world.send("office", "GET", "/api/households/" + household).body, "members.0.id");
  same("GET", "/api/persons/", person, "", "");
  same("GET", "/api/persons/", person, "/history", "");
  same("PATCH", "/api/persons/", person, "", R"({"origin":"成都"})");
  same("GET", "/api/conflicts?person_id=", person, "", "");
  same("GET", "/api/duplicates?person_id=", person, "", "");
  same("GET", "/api/places/", compound, "", "");
  same("GET", "/api/households?compound_id=", compound, "", "");
  same("GET", "/api/persons?compound_id=", compound, "", "");
  same("GET", "/api/passages?compound_id=", compound, "", "");
  same("GET", "/api/overview?compound_id=", compound, "", "");
  same("GET", "/api/overview/list?code=unregistered_households&compound_id=", compound, "", "");
  same("GET", "/api/places/", compound, "/drawing", "");
  same("GET", "/api/places/", compound, "/history", "");
  same("GET", "/api/openings/board?place_id=", compound, "", "");
  same("GET", "/api/zones?place_id=", compound, "", "");
  same("GET", "/api/place-rules?place_id=", compound, "", "");
  same("GET", "/api/place-sets?kind=sealed_unit&place_id=", compound, "", "");
  same("GET", "/api/place-sets/uncovered?place_id=", compound, "", "");
  same("GET", "/api/stewardships?place_id=", compound, "", "");
  same("GET", "/api/stewardships/responsible?place_id=", compound, "", "");
  same("GET", "/api/stewardships/board?place_id=", compound, "", "");
  same("PATCH", "/api/places/", compound, "", R"({"name":"改名"})");
  same("GET", "/api/organisation-bonds?place_id=", compound, "", "");
  same("GET", "/api/compound-bodies?place_id=", compound, "", "");
  same("GET", "/api/teams?place_id=", compound, "", "");
  same("GET", "/api/teams/missing?place_id=", compound, "", "");
  same("GET", "/api/compound-bodies/summary?place_id=", compound, "", "");
  same("GET", "/api/organisation-chain?place_id=", compound, "", "");
  same("GET", "/api/policies/effective?compound_id=", compound, "", "");
  same("GET", "/api/enrolments?compound_id=", compound, "", "");
  same("GET", "/api/control-rules?place_id=", compound, "", "");
  same("GET", "/api/control-cases?place_id=", compound, "", "");
  same("GET", "/api/arrivals?place_id=", compound, "", "");
  same("GET", "/api/arrivals/summary?place_id=", compound, "", "");
  same("GET", "/api/key-areas?place_id=", compound, "", "");
  same("GET", "/api/follow-ups?half=morning&place_id=", compound, "", "");
  same("GET", "/api/care-recipients?place_id=", compound, "", "");
  same("GET", "/api/care-candidates?place_id=", compound, "", "");
  same("GET", "/api/service-requests?place_id=", compound, "", "");
  same("GET", "/api/service-days?place_id=", compound, "", "");
  same("GET", "/api/delivery-runs/proposals?place_id=", compound, "", "");
  same("GET", "/api/service-directory?place_id=", compound, "", "");
  same("GET", "/api/drop-points?compound_id=", compound, "", "");
  same("POST", "/api/passes/", pass, "/void", R"({"reason":"lost"})");
}

// --- lists and their exports ---------------------------------------------------------------------------
TEST(ExportWords, EveryColumnOfEveryListHasItsWordsInBothLanguages) {
  api::Router router;
  app::add_routes(router);
  int lists = 0;
  // Said elsewhere on the paper, or choosing no rows.
  const std::set<std::string_view> unspoken{"compound_id", "place_id", "building_id", "limit", "cursor",
                                            "order",       "format",   "columns",     "lang"};
  for (const auto& e : router.endpoints()) {
    if (!e->rows) continue;
    ++lists;
    for (const std::string language : {"zh-CN", "en"}) {
      const auto name = e->segments.at(1);
      EXPECT_TRUE(core::has_words(language, "export." + name)) << e->path;
      for (const auto& column : core::export_columns(*e->rows))
        EXPECT_FALSE(core::export_header(language, column.name).starts_with("column."))
            << e->path << " " << column.name << " in " << language;
      for (const auto& filter : e->input->fields)
        EXPECT_TRUE(core::filter_header(language, filter.name).find('.') == std::string::npos ||
                    unspoken.contains(filter.name))
            << e->path << " " << filter.name << " in " << language;
    }
  }
  EXPECT_GE(lists, 7);
}

std::string whole(api::Response answer) {
  std::string out = answer.body;
  if (answer.stream)
    for (auto piece = answer.stream->next(); !piece.empty(); piece = answer.stream->next()) out += piece;
  return out;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class Exports : public testing::TestWithParam<db::Dialect> {};

// XN-45: the office's own tables come out of what was recorded once; all rows, masked, audited.
TEST_P(Exports, GiveTheWholeListOverAllItsPages) {
  if (unavailable(GetParam())) GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  const auto compound = test_world::at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto persons = world.program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count(
        "SELECT COUNT(*) FROM residence r JOIN household h ON h.id = r.household_id "
        "WHERE h.compound_id = $1 AND r.valid_until_ms IS NULL",
        {static_cast<std::int64_t>(std::stoll(compound))});
  });
  ASSERT_TRUE(persons && *persons > 400) << "more than one page, or the test shows little";
  const auto target = "/api/persons/export?format=csv&lang=en&compound_id=" + compound;
  const auto csv = whole(world.send("office", "GET", target));
  EXPECT_EQ(lines_in(csv), static_cast<std::size_t>(*persons) + 1) << csv.substr(0, 300);
  EXPECT_NE(csv.find("Document (masked)"), std::string::npos);
  EXPECT_NE(csv.find(core::words("en", "relation.head")), std::string::npos);
  EXPECT_EQ(csv.find("1990000"), std::string::npos) << "a phone in clear";
  const auto names = whole(world.send("office", "GET", target + "&columns=name,household_id"));
  EXPECT_EQ(lines_in(names), static_cast<std::size_t>(*persons) + 1);
  EXPECT_EQ(world.send("office", "GET", target + "&columns=name,secret").status, 422);
  const auto xlsx = whole(world.send("office", "GET", "/api/households/export?compound_id=" + compound));
  EXPECT_EQ(xlsx.substr(0, 2), "PK");
  // Out of scope: a table without rows, as the list is without items.
  EXPECT_EQ(lines_in(whole(world.send("other_office", "GET", target))), 1u);
  const auto audited = world.program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count("SELECT COUNT(*) FROM audit WHERE action = 'list.export'");
  });
  EXPECT_EQ(audited.value_or(0), 4);
  EXPECT_TRUE(std::filesystem::is_empty(world.program().services().data_directory / "temporary"));
}

// Those who export leave workers to those who stand at a gate.
TEST(TableFile, FewAreWrittenAtATime) {
  const print::TestFolder folder;
  const auto make = [&] {
    return core::TableFile::make(folder / "data", core::ExportFormat::csv, "en", {"List", {}, {}, {}},
                                 {{"Name", 14}});
  };
  std::vector<std::shared_ptr<core::TableFile>> open;
  for (auto file = make(); file; file = make()) open.push_back(*file);
  EXPECT_EQ(open.size(), 4u);
  EXPECT_EQ(make().error().code, "too_many_exports");
  ASSERT_TRUE(core::TableFile::finish(open.back(), "list")) << "written, though not yet sent";
  EXPECT_TRUE(make());
}

// In the form the office prints: place, filter, who and when, pages counted, masked as on the screen.
TEST_P(Exports, GoToPaper) {
  if (unavailable(GetParam())) GTEST_SKIP() << "PostgreSQL is not installed";
  if (!print::has_tool("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
  test_world::World world(GetParam());
  const auto compound = test_world::at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto target = "/api/persons/export?format=pdf&lang=zh-CN&flag=elder_alone&compound_id=" + compound;
  auto answer = world.send("office", "GET", target);
  EXPECT_EQ(answer.header("content-type"), "application/pdf");
  const print::TestFolder folder;
  std::ofstream(folder / "list.pdf", std::ios::binary) << whole(std::move(answer));
  const auto text = print::text_of(folder / "list.pdf");
  const auto says = [&](const std::string& words) { return text.find(words) != text.npos; };
  EXPECT_TRUE(says("春江花园")) << text;
  EXPECT_TRUE(says("标记: 独居老人"));
  EXPECT_TRUE(says("制表：春江社区办公室"));
  EXPECT_TRUE(says("第 1 页，共 1 页"));
  EXPECT_FALSE(says("1990000")) << "a phone in clear";
  const auto audited = world.program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count("SELECT COUNT(*) FROM audit WHERE action = 'list.export' AND compound_id = $1",
                   {static_cast<std::int64_t>(std::stoll(compound))});
  });
  EXPECT_EQ(audited.value_or(0), 1);
  const auto ledger =
      whole(world.send("office", "GET", "/api/passages/export?format=pdf&compound_id=" + compound));
  EXPECT_EQ(ledger.substr(0, 5), "%PDF-");
}

// LZ-30, practice 18 and 24: on paper and as a workbook, masked, and on record.
TEST_P(Exports, GiveTheFiveLedgersAndTheirForms) {
  if (unavailable(GetParam())) GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  const auto compound = test_world::at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  for (const std::string book : {"survey", "person_passage", "vehicle_passage", "work_log", "supervision"}) {
    const auto target = "/api/ledgers/export?book=" + book + "&place_id=" + compound;
    EXPECT_EQ(whole(world.send("office", "GET", target)).substr(0, 2), "PK") << book;
    EXPECT_EQ(whole(world.send("office", "GET", target + "&format=pdf")).substr(0, 5), "%PDF-") << book;
    const auto blank =
        world.send("office", "GET", "/api/ledgers/blank?book=" + book + "&place_id=" + compound);
    EXPECT_EQ(whole(blank).substr(0, 5), "%PDF-") << book;
    EXPECT_EQ(world.send("other_office", "GET", target).status, 422) << book;
  }
  const auto households = world.program().store().read([&](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count("SELECT COUNT(*) FROM household WHERE compound_id = $1 AND valid_until_ms IS NULL",
                   {static_cast<std::int64_t>(std::stoll(compound))});
  });
  const auto csv = whole(
      world.send("office", "GET", "/api/ledgers/export?book=survey&format=csv&lang=en&place_id=" + compound));
  EXPECT_EQ(lines_in(csv), static_cast<std::size_t>(households.value_or(0)) + 1);
  const auto opening =
      test_world::at(world.send("office", "GET", "/api/openings?compound_id=" + compound).body, "items.0.id");
  const auto list = world.send("office", "GET", "/api/gates/day-list?opening_id=" + opening);
  EXPECT_EQ(whole(list).substr(0, 5), "%PDF-");
  EXPECT_EQ(world.send("other_office", "GET", "/api/gates/day-list?opening_id=" + opening).status, 422);
}
INSTANTIATE_TEST_SUITE_P(Stores, Exports, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& of) {
                           return of.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

// --- the schema is the records -----------------------------------------------------------------------
class Schema : public test_support::OnBothStores {};

struct Column {
  std::string name, type;
  bool nullable;
  auto operator<=>(const Column&) const = default;
};

std::set<Column> columns_in(db::Store& store, std::string_view table) {
  std::set<Column> out;
  auto read = store.read([&](db::Connection& c) -> base::Result<bool> {
    if (c.dialect() == db::Dialect::sqlite)
      c.run("SELECT name, lower(type), \"notnull\" = 0 AND pk = 0 FROM pragma_table_info($1)", {table},
            [&](const db::Row& r) {
              out.insert({r.str(0), r.str(1), r.boolean(2)});
            });
    else
      c.run(
          "SELECT column_name, CASE data_type WHEN 'bigint' THEN 'integer' WHEN 'bytea' THEN 'blob' WHEN "
          "'double precision' THEN 'real' ELSE data_type END, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END "
          "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
          {table}, [&](const db::Row& r) {
            out.insert({r.str(0), r.str(1), r.boolean(2)});
          });
    return true;
  });
  EXPECT_TRUE(read);
  return out;
}

std::set<Column> columns_of(const meta::Record& record) {
  static constexpr std::string_view types[] = {"integer", "real", "text", "blob"};
  std::set<Column> out;
  for (const auto& f : record.fields)
    if (f.attrs.stored)
      out.insert(
          {std::string(f.name), std::string(types[static_cast<int>(f.ops->sql_type())]), f.ops->optional});
  return out;
}

namespace f = feature;
template <class... T>
std::vector<const meta::Record*> records_of() {
  return {&meta::record_of<T>()...};
}
// Every record with a table of its own.
std::vector<const meta::Record*> stored_records() {
  return records_of<
      f::place::PlaceRow, f::place::DwellingRow, f::place::Opening, f::place::OpeningUnitRow,
      f::place::PlaceSetRow, f::place::PlaceSetMemberRow, f::place::ZoneRow, f::place::PlaceRuleRow,
      f::place::PlacePastRow, f::place::PlaceMoveRow, f::stewardship::ProfileRow, f::people::HouseholdRow,
      f::people::PersonRow, f::people::ResidenceRow, f::people::PhoneRow, f::people::VehicleRow,
      f::stewardship::StaffRow, f::stewardship::StewardshipRow, f::people::DuplicatePairRow,
      f::people::PersonAliasRow, f::people::ConflictRow, f::access::AccountRow, f::access::GrantRow,
      f::access::RoleRow, f::gate::PolicyRow, f::gate::ObservationRow, f::gate::PassRow, f::gate::PassageRow,
      f::gate::GuestRow, f::gate::VehiclePassageRow, f::gate::ExemptionRow, f::exchange::ImportStored,
      f::exchange::RememberedForm, f::organisation::TermRow, f::organisation::OrganisationRow,
      f::organisation::SuperiorRow, f::organisation::BondRow, f::command::CompoundFigures,
      f::erasure::ErasureRow, f::erasure::ErasedPersonRow, f::erasure::RetentionRuleRow,
      f::organisation::TeamRow, f::organisation::TeamVersionRow, f::organisation::TeamMemberRow,
      f::organisation::TeamBodyRow, f::organisation::DocumentRow, core::StoredFile,
      f::erasure::RetentionRunRow, f::work_item::KindRow, f::work_item::TransitionRow, f::work_item::ItemRow,
      f::trace::CaseRow, f::trace::MarkRow, f::trace::PolicyRow, f::control::ControlRuleRow,
      f::control::SealDecisionRow, f::control::MeasureNoteRow, f::control::CaseRow, f::control::TestRow,
      f::control::FollowUpRow, f::control::MarkRow, f::control::OutingRow, f::control::TransferRow,
      f::survey::RoundRow, f::survey::RoundPlaceRow, f::survey::VisitRow, f::survey::AttemptRow,
      f::survey::HandoverRow, f::survey::FigureRow, f::questionnaire::QuestionnaireRow,
      f::questionnaire::VersionRow, f::questionnaire::RoundRow, f::questionnaire::SheetRow,
      f::meter::ReadingRow, f::meter::EstimateRow, f::care::RecipientRow, f::care::HelperRow,
      f::care::ContactRow, f::care::NeedRow, f::service_request::KindRow, f::service_request::RequestRow,
      f::service_request::RunRow, f::service_request::EntryRow, f::service_request::DropPointRow,
      f::arrival::KeyAreaRow, f::arrival::ArrivalRow, f::arrival::PersonRow, f::work_item::PlanRow,
      f::attendance::ShiftRow, f::attendance::SessionRow, f::attendance::SwabRow>();
}

TEST_P(Schema, TablesAreTheRecordsColumnByColumn) {
  db::MigrateOptions options;
  options.backup_directory = directory() / "backups";
  ASSERT_TRUE(db::migrate(store(), db::embedded_migrations(store().dialect()), options));
  for (const auto* record : stored_records()) {
    const auto stored = columns_in(store(), record->table), declared = columns_of(*record);
    for (const auto& c : declared)
      EXPECT_TRUE(stored.contains(c))
          << record->table << "." << c.name << " is not in the schema as declared (" << c.type
          << (c.nullable ? ", null)" : ", not null)");
    EXPECT_EQ(stored.size(), declared.size()) << record->table << " has columns that no record declares";
  }
}
SHOUWANG_ON_BOTH_STORES(Schema);

// A version of the rules from before there was a number is read with its default, and still holds.
TEST(PlaceRules, AStoredVersionNeedsNotKnowALaterNumber) {
  test_world::World world(db::Dialect::sqlite);
  const auto compound = test_world::at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto place = static_cast<std::int64_t>(std::stoll(compound));
  const auto id = world.program().store().next_id();
  ASSERT_TRUE(world.program().store().write([&](db::Connection& c) -> base::Result<bool> {
    c.run(
        "INSERT INTO place_rule (id, place_id, version, effective_from_ms, params, created_by, created_ms) "
        "VALUES "
        "($1, $2, 77, 0, '{\"seal_check_days\":3}', 1, 0)",
        {id, place});
    return true;
  }));
  const auto shown = world.send("office", "GET", "/api/place-rules?place_id=" + compound);
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(test_world::at(shown.body, "params.seal_check_days"), "3");
  EXPECT_EQ(test_world::at(shown.body, "params.gate_silent_minutes"), "15");
}

// --- the document --------------------------------------------------------------------------------------
TEST(OpenApi, IsTheOneThatWasReviewed) {
  api::Router router;
  app::add_routes(router);
  const auto document = api::openapi_document(router, app::program_version);
  const auto golden = source / "tests/golden/openapi.json";
  if (std::getenv("SHOUWANG_WRITE_GOLDEN")) std::ofstream(golden) << document;
  std::ostringstream text;
  text << std::ifstream(golden).rdbuf();
  // A long difference helps nobody: tests/golden/README.md says how to see and accept it.
  EXPECT_TRUE(text.str() == document)
      << "the API differs from tests/golden/openapi.json; see tests/golden/README.md";
}

}  // namespace
