#include "app/demo_bodies.hpp"

#include <fmt/format.h>

#include "engine/town/town.hpp"
#include "feature/stewardship/service.hpp"

namespace app {
namespace {

namespace organisation = feature::organisation;
namespace stewardship = feature::stewardship;
namespace place = feature::place;
using base::Result;
using organisation::Bond, organisation::Branch;

constexpr const char* company_fronts[] = {"安和", "嘉宁", "启明", "佳园", "同心",
                                          "万邻", "和信", "锦程", "远航", "恒居"};
constexpr const char* company_ends[] = {"物业服务有限公司", "物业管理有限公司", "城市服务有限公司",
                                        "物业有限责任公司", "生活服务有限公司", "物业集团分公司"};
constexpr const char* bureaus[] = {"教育局(虚构)", "财政局(虚构)", "自然资源局(虚构)", "市场监管局(虚构)",
                                   "审计局(虚构)", "统计局(虚构)", "水务局(虚构)",     "文化旅游局(虚构)"};

}  // namespace

struct DemoBodies::Batch {
  std::vector<organisation::OrganisationRow> bodies{};
  std::vector<stewardship::StaffRow> staff{};
  std::vector<organisation::SuperiorRow> superiors{};
  std::vector<organisation::BondRow> bonds{};
  std::vector<organisation::TeamRow> teams{};
  std::vector<organisation::TeamVersionRow> versions{};
  std::vector<organisation::TeamMemberRow> members{};
  std::vector<organisation::TeamBodyRow> parties{};
  std::vector<organisation::DocumentRow> documents{};
};

std::int64_t DemoBodies::body(Batch& batch, std::int64_t home, const std::string& kind,
                              const std::string& name) {
  organisation::OrganisationRow row;
  row.id = meta::Id<organisation::OrganisationRow>(program_.store().next_id());
  row.kind = kind;
  row.place_id = home;
  row.name = name;
  row.phone = fmt::format("000-{:07}", dice_.below(10'000'000));
  row.source = source_.source;
  row.valid_from = row.updated = now_;
  batch.bodies.push_back(row);
  return row.id.value;
}

std::int64_t DemoBodies::employee(Batch& batch, std::int64_t body, const std::string& post,
                                  const std::string& rank, const std::string& force) {
  stewardship::StaffRow row;
  row.id = meta::Id<stewardship::StaffRow>(program_.store().next_id());
  row.name = engine::town::person_name(dice_);
  row.post = post;
  row.rank = rank;
  row.party = dice_.chance(60) ? "member" : "none";
  row.force = force;
  row.organisation_id = body;
  if (dice_.chance(25)) row.skills = dice_.chance(50) ? "driving" : "sampling computing";
  stewardship::give_phone(row, fmt::format("1990002{:04}", dice_.below(10000)), program_.services().keys);
  row.source = source_.source;
  row.updated = now_;
  batch.staff.push_back(row);
  return row.id.value;
}

void DemoBodies::put_under(Batch& batch, std::int64_t body, std::int64_t superior, Branch branch) {
  batch.superiors.push_back({meta::Id<organisation::SuperiorRow>(program_.store().next_id()), body, superior,
                             branch, now_, std::nullopt});
}

organisation::BondRow& DemoBodies::bond(Batch& batch, Bond bond, std::int64_t place) {
  auto& row = batch.bonds.emplace_back();
  row.id = meta::Id<organisation::BondRow>(program_.store().next_id());
  row.bond = bond;
  row.place_id = place;
  row.valid_from = now_;
  return row;
}

void DemoBodies::team(Batch& batch, const std::string& kind, std::int64_t place, const std::string& name,
                      const std::vector<std::int64_t>& bodies, const std::vector<std::int64_t>& staff) {
  auto& store = program_.store();
  const auto team = store.next_id(), version = store.next_id();
  batch.teams.push_back({meta::Id<organisation::TeamRow>(team), kind, place, name, now_, {}});
  batch.versions.push_back({meta::Id<organisation::TeamVersionRow>(version), team, 1, {}, {}, now_, {}, 0});
  for (const auto id : staff)
    batch.members.push_back(
        {meta::Id<organisation::TeamMemberRow>(store.next_id()),
         version,
         id,
         id == staff.front() ? organisation::TeamRole::head : organisation::TeamRole::member,
         {}});
  for (const auto id : bodies)
    batch.parties.push_back({meta::Id<organisation::TeamBodyRow>(store.next_id()), version, id});
}

void DemoBodies::document(Batch& batch, std::int64_t body, const std::string& kind,
                          const std::string& title) {
  auto& row = batch.documents.emplace_back();
  row.id = meta::Id<organisation::DocumentRow>(program_.store().next_id());
  row.kind = kind;
  row.organisation_id = body;
  row.title = title;
  row.signed_day = base::civil_day(now_) + -dice_.between(1, 20);
  row.created = now_;
}

Result<void> DemoBodies::store(const Batch& batch) {
  return program_.store().write(
      [&](db::Connection& c) -> Result<void> {
        db::Scoped q(c, db::Scope::all());
        core::insert_all(q, batch.bodies, source_);
        core::insert_all(q, batch.staff, source_);
        core::insert_all(q, batch.superiors, source_);
        core::insert_all(q, batch.bonds, source_);
        core::insert_all(q, batch.teams, source_);
        core::insert_all(q, batch.versions, source_);
        core::insert_all(q, batch.members, source_);
        core::insert_all(q, batch.parties, source_);
        core::insert_all(q, batch.documents, source_);
        return {};
      },
      db::Priority::low);
}

Result<void> DemoBodies::add_district(const place::PlaceRow& district, int companies) {
  Batch batch;
  const auto home = district.id.value;
  auto& d = districts_[home];
  d.government = body(batch, home, "government", "演示区人民政府(虚构)");
  offices_[home] = d.government;
  auto& own = bond(batch, Bond::responsible, home);
  own.branch = Branch::territorial;
  own.organisation_id = d.government;
  for (const auto* post : {"区委书记", "区长", "人大主任", "政协主席", "区委副书记", "常务副区长"})
    d.leaders.push_back(employee(batch, d.government, post, "division_deputy", "seconded_cadre"));
  d.housing = body(batch, home, "bureau", "演示区住房和城乡建设局(虚构)");
  put_under(batch, d.housing, d.government, Branch::territorial);
  employee(batch, d.housing, "局长", "section_head", "seconded_cadre");
  auto& industry = bond(batch, Bond::responsible, home);
  industry.branch = Branch::industry;
  industry.organisation_id = d.housing;
  for (const auto* name : bureaus) {
    d.bureaus.push_back(body(batch, home, "bureau", std::string("演示区") + name));
    put_under(batch, d.bureaus.back(), d.government, Branch::territorial);
    employee(batch, d.bureaus.back(), "局长", "section_head", "seconded_cadre");
    employee(batch, d.bureaus.back(), "科员", "clerk", "seconded_cadre");
  }
  for (int i = 0; i < companies; ++i) {
    const auto name = fmt::format("{}{}", company_fronts[i % 10], company_ends[i / 10 % 6]);
    d.companies.push_back(body(batch, home, "property_company", name));
    put_under(batch, d.companies.back(), d.housing, Branch::industry);
    // Most have sent what they must have.
    if (i % 10 != 9) document(batch, d.companies.back(), "plan", "疫情防控方案");
    if (i % 3 != 0) document(batch, d.companies.back(), "emergency_plan", "疫情防控应急预案");
    if (i % 4 != 0) document(batch, d.companies.back(), "commitment", "责任承诺书");
    d.managers.push_back(employee(batch, d.companies.back(), "项目经理", "none", "property_guard"));
  }
  return store(batch);
}

Result<void> DemoBodies::add_office(const place::PlaceRow& node, const std::string& name) {
  Batch batch;
  auto& d = districts_.at(node.district_id.value_or(0));
  const bool community = node.kind == place::Kind::community;
  const auto office = body(batch, node.id.value, community ? "community_committee" : "government", name);
  offices_[node.id.value] = office;
  put_under(batch, office, offices_.at(node.parent_id.value_or(0)), Branch::territorial);
  auto& own = bond(batch, Bond::responsible, node.id.value);
  own.branch = Branch::territorial;
  own.organisation_id = office;
  const auto secretary = employee(batch, office, community ? "社区书记" : "办事处主任",
                                  community ? "none" : "section_head", "community_cadre");
  if (community) {
    auto& contract = bond(batch, Bond::contract, node.id.value);
    contract.organisation_id = d.bureaus[d.next_bureau++ % d.bureaus.size()];
    contract.document_ref = fmt::format("演防指〔2020〕{}号", d.next_bureau);
    team(batch, "working_group", node.id.value, name + "防控工作组", {office}, {secretary});
  } else {
    team(batch, "leading_group", node.id.value, name + "防控领导小组", {office}, {secretary});
    auto& hooked = bond(batch, Bond::hook_up, node.id.value);
    hooked.staff_id = d.leaders[d.next_leader++ % d.leaders.size()];
    hooked.organisation_id = d.government;
  }
  return store(batch);
}

Result<void> DemoBodies::add_compound(const place::PlaceRow& compound) {
  Batch batch;
  auto& d = districts_.at(compound.district_id.value_or(0));
  const auto kind = compound.compound_kind.value_or(place::CompoundKind::unmanaged);
  const bool managed = kind == place::CompoundKind::property_managed;
  const auto company = d.next_company % d.companies.size();
  if (managed) {
    bond(batch, Bond::manages, compound.id.value).organisation_id = d.companies[company];
    ++d.next_company;
  }
  if (kind == place::CompoundKind::owners_committee || (managed && d.next_company % 2 == 1)) {
    const auto committee = body(batch, compound.id.value, "owners_committee", compound.name + "业主委员会");
    bond(batch, Bond::represents, compound.id.value).organisation_id = committee;
    put_under(batch, committee, offices_.at(compound.community_id.value_or(0)), Branch::territorial);
    const auto chair = employee(batch, committee, "业委会主任", "none", "resident");
    if (managed)
      team(batch, "joint_control", compound.id.value, compound.name + "联控队",
           {d.companies[company], committee}, {d.managers[company], chair});
    else
      team(batch, "gate_team", compound.id.value, compound.name + "业主守门队", {committee}, {chair});
  } else if (kind == place::CompoundKind::scattered_cluster) {
    const auto office = offices_.at(compound.community_id.value_or(0));
    const auto volunteer = employee(batch, office, "志愿者队长", "none", "volunteer");
    team(batch, "gate_team", compound.id.value, compound.name + "守门队", {office}, {volunteer});
  }
  return store(batch);
}

}  // namespace app
