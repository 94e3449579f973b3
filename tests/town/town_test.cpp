// A subdistrict of real size in the store: the figures of every level are those of the plan (LZ-07), and the
// files an office would have of a compound are read back without a loss.
#include <gtest/gtest.h>

#include "app/demo_maker.hpp"
#include "engine/town/office_files.hpp"
#include "feature/command/area_record.hpp"
#include "feature/command/service.hpp"
#include "feature/exchange/service.hpp"
#include "support/temporary.hpp"

namespace {

namespace town = engine::town;
namespace place = feature::place;
namespace command = feature::command;

class FixedClock final : public base::Clock {
 public:
  base::Instant now() const override { return base::start_of(*base::parse_day("2020-02-11")); }
};

class Town : public testing::Test {
 protected:
  void SetUp() override {
    app::Options options;
    options.data = directory_.path() / "data";
    auto opened = app::Program::open(options, clock_);
    ASSERT_TRUE(opened) << opened.error().code;
    program_ = std::move(*opened);
    api::Principal all{.account = 1, .name = "test", .permissions = {api::Permission::figure_read}};
    all.scope = db::Scope::all();
    program_->service().set_authenticate(
        [all](const api::Request&, db::Store&, base::Instant) -> base::Result<api::Principal> {
          return all;
        });
  }
  app::DemoMaker maker() { return {*program_, clock_.now(), 1}; }
  void count() {
    base::Result<std::int64_t> counted = 1;
    while (counted && *counted > 0) counted = command::count_compounds(program_->store(), clock_.now());
    ASSERT_TRUE(counted) << counted.error().code;
  }
  template <class T>
  T ask(const std::string& target) {
    api::Request request;
    request.method = "GET";
    request.target = target;
    const auto answer = program_->service().handle(request);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return meta::from_json<T>(answer.body).value_or(T{});
  }
  command::AreaSum total(std::int64_t id) {
    return ask<command::AreaSum>("/api/area-figures/total?place_id=" + std::to_string(id));
  }

  test_support::TemporaryDirectory directory_;
  FixedClock clock_;
  std::unique_ptr<app::Program> program_;
};

void expect_totals(const command::AreaFigures& a, const town::Totals& expected) {
  if (expected.compounds > 0) {
    EXPECT_EQ(a.compounds, expected.compounds);
  }
  EXPECT_EQ(a.buildings, expected.buildings);
  EXPECT_EQ(a.households, expected.households);
  EXPECT_EQ(a.uncounted, 0);
}

TEST_F(Town, FiguresOfEveryLevelAreThoseOfThePlan) {
  auto m = maker();
  const auto district = m.add_place({}, place::Kind::district, "演示区", {}, "990100");
  ASSERT_TRUE(district);
  ASSERT_TRUE(m.bodies().add_district(*district, 54));
  const auto added = m.add_subdistrict(*district, 1);
  ASSERT_TRUE(added) << added.error().code;
  const auto before = total(district->id.value);
  EXPECT_EQ(before.total.uncounted, before.total.compounds) << "not counted is not zero, and is said";
  count();

  const auto all = total(district->id.value);
  EXPECT_EQ(all.total.households, 43636);
  EXPECT_EQ(all.total.buildings, 1085 + 285 + 206);
  EXPECT_GE(all.total.dwellings, all.total.households);
  EXPECT_GT(all.total.persons, all.total.households);
  command::AreaFigures without;
  for (const auto& kind : all.by_kind) {
    ASSERT_TRUE(kind.compound_kind);
    if (*kind.compound_kind == place::CompoundKind::property_managed) {
      expect_totals(kind, town::property_managed);
    } else if (*kind.compound_kind == place::CompoundKind::scattered_cluster) {
      expect_totals(kind, town::scattered);
    } else {
      without.compounds += kind.compounds;
      without.buildings += kind.buildings;
      without.households += kind.households;
    }
  }
  expect_totals(without, town::without_property);

  // Each level is the sum of the one below it, down to what is in the tables themselves.
  std::vector<std::int64_t> level{district->id.value};
  for (int depth = 0; depth < 3; ++depth) {
    std::int64_t persons = 0, households = 0, openings = 0;
    std::vector<std::int64_t> below;
    for (const auto id : level)
      for (const auto& child :
           ask<api::Page<command::AreaFigures>>("/api/area-figures?limit=200&place_id=" + std::to_string(id))
               .items) {
        persons += child.persons;
        households += child.households;
        openings += child.guarded + child.sealed + child.unguarded;
        below.push_back(child.id.value);
      }
    EXPECT_EQ(persons, all.total.persons);
    EXPECT_EQ(households, all.total.households);
    EXPECT_EQ(openings, all.total.guarded + all.total.sealed + all.total.unguarded);
    level = below;
  }
  const auto stored =
      program_->store().read([](db::Connection& c) -> base::Result<std::pair<std::int64_t, std::int64_t>> {
        return std::pair{c.count("SELECT COUNT(*) FROM person"), c.count("SELECT COUNT(*) FROM opening")};
      });
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->first, all.total.persons);
  EXPECT_EQ(stored->second, all.total.guarded + all.total.sealed + all.total.unguarded);
}

TEST_F(Town, TheFilesOfAnOfficeAreReadBackWithoutALoss) {
  auto m = maker();
  auto parent = m.add_place({}, place::Kind::district, "演示区");
  ASSERT_TRUE(parent);
  for (const auto& [kind, name] :
       {std::pair{place::Kind::subdistrict, "红星街道"}, std::pair{place::Kind::community, "东门社区"}}) {
    parent = m.add_place(*parent, kind, name);
    ASSERT_TRUE(parent);
  }
  const auto plan = town::plan(7);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& shape = plan.compounds[i * 40];
    const auto compound = m.add_place(*parent, place::Kind::compound, shape.name);
    ASSERT_TRUE(compound);
    const auto homes = town::homes(shape, 7, m.today());
    const auto truth = town::write_office_files(shape, homes, 7, directory_.path());
    ASSERT_TRUE(truth) << truth.error().code;
    for (const auto* file : {"楼盘表_", "住户花名册_"}) {
      const auto read =
          feature::exchange::import_file(program_->store(), program_->services(), compound->id.value,
                                         directory_.path() / (file + shape.name + ".xlsx"), clock_.now());
      ASSERT_TRUE(read) << read.error().code << " " << read.error().cause;
    }
    count();
    const auto found = total(compound->id.value).total;
    EXPECT_EQ(found.dwellings, truth->dwellings) << shape.name;
    EXPECT_EQ(found.households, truth->households) << shape.name;
    EXPECT_EQ(found.persons, truth->persons) << shape.name;
    const auto damaged = program_->store().read([&](db::Connection& c)
                                                    -> base::Result<std::pair<std::int64_t, std::int64_t>> {
      return std::pair{
          c.count("SELECT COUNT(*) FROM person pe JOIN residence r ON r.person_id = pe.id JOIN household h "
                  "ON h.id = r.household_id WHERE pe.document_state = 'damaged' AND h.compound_id = $1",
                  {compound->id}),
          c.count(
              "SELECT COUNT(*) FROM dwelling d JOIN place p ON p.id = d.id WHERE d.fitted_out = 'yes' AND "
              "p.compound_id = $1",
              {compound->id})};
    });
    ASSERT_TRUE(damaged);
    EXPECT_EQ(damaged->first, truth->damaged_documents) << shape.name;
    EXPECT_EQ(damaged->second, truth->fitted_out) << shape.name;
  }
}

}  // namespace
