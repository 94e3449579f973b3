#include "app/demo_life.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "app/demo_try.hpp"
#include "feature/care/service.hpp"
#include "feature/place/service.hpp"
#include "feature/stewardship/service.hpp"

namespace app {
namespace {

namespace care = feature::care;
namespace service = feature::service_request;
using base::Result;

constexpr std::size_t steps_at_once = 200;
constexpr int noon = 12 * 60;  // practice 22: reached by noon
constexpr int evening = 18 * 60;
constexpr int days_of_care = 5;  // with a contact on record

struct Listed {
  const char* kind;
  const char* name;
  const char* hours;
};
// LZ-29's seven, and where things are bought.
constexpr std::array<Listed, 9> directory{{{"family_doctor", "家庭医生签约团队（虚构）", "8:00-20:00"},
                                           {"police", "社区警务室（虚构）", "全天"},
                                           {"supplies", "生活品配送队（虚构）", "8:00-18:00"},
                                           {"power", "电力维护班（虚构）", "全天"},
                                           {"pipes", "管道疏通队（虚构）", "8:00-18:00"},
                                           {"repairs", "家电家具维修点（虚构）", "9:00-17:00"},
                                           {"emergency", "急救电话", "全天"},
                                           {"shop", "惠民生活超市（虚构）", "8:00-20:00"},
                                           {"pharmacy", "康宁大药房（虚构）", "8:00-21:00"}}};

// Why somebody is looked after, what they will need and every how many days it comes again.
struct Reason {
  const char* kind;
  int weight;
  int age_from, age_until;
  const char* note;
  std::optional<care::Need> need{};
  const char* what = "";
  int every_days = 0;
};
const std::array<Reason, 7> reasons{{
    {"elder_alone", 4, 60, 120, "独居，听力不好，敲门要久一点。", care::Need::supplies, "米面油和蔬菜", 7},
    {"chronic_medicine", 3, 55, 120, "高血压，长期服药。", care::Need::medicine, "降压药", 30},
    {"hardship", 2, 30, 70, "停工在家，生活困难。", care::Need::supplies, "生活补助物资", 14},
    {"pregnant", 2, 22, 40, "孕晚期，有情况随时联系。", care::Need::check_up, "产检", 14},
    {"disabled", 2, 18, 80, "行动不便，东西送到门口并打电话。", care::Need::supplies, "护理用品", 10},
    {"dialysis", 1, 45, 85, "隔日透析，需要车辆接送。", care::Need::dialysis, "到区医院透析", 2},
    {"child_alone", 1, 6, 16, "父母在外地隔离，亲属每天送饭。", {}, "", 0},
}};

// Nobody calls before seven; only who starts the program at night would else see a day without any contact.
int first_minute(int minute_now) { return minute_now < 8 * 60 ? 0 : 7 * 60; }

bool fits(const Reason& reason, const DemoResident& who, int age) {
  const std::string_view kind = reason.kind;
  if (kind == "elder_alone") return who.elder_alone;
  if (kind == "pregnant" && !who.female) return false;
  if (kind == "hardship" && !who.head) return false;
  return age >= reason.age_from && age < reason.age_until;
}

}  // namespace

Result<std::vector<std::int64_t>> DemoLife::ids(std::string_view sql, std::vector<db::Arg> args) {
  return program_.store().read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> out;
    c.run(sql, args, [&](const db::Row& r) { out.push_back(r.integer(0)); });
    return out;
  });
}

Result<std::vector<DemoResident>> DemoLife::residents_of(std::int64_t compound) {
  return program_.store().read([&](db::Connection& c) -> Result<std::vector<DemoResident>> {
    std::vector<DemoResident> out;
    c.run(
        "SELECT r.person_id, r.household_id, r.dwelling_id, p.birth_day, p.sex, p.flags, r.position FROM "
        "household h JOIN residence r ON r.household_id = h.id JOIN person p ON p.id = r.person_id WHERE "
        "h.compound_id = $1 AND p.birth_day IS NOT NULL ORDER BY h.sort, h.id, r.position",
        {compound}, [&](const db::Row& r) {
          out.push_back({r.integer(0), r.integer(1), r.integer(2), r.day(3), r.text(4) == "female",
                         r.text(5).find("elder_alone") != std::string_view::npos, r.integer(6) == 0});
        });
    return out;
  });
}

Result<std::int64_t> DemoLife::answers_for(std::int64_t dwelling) {
  return program_.store().read([&](db::Connection& c) -> Result<std::int64_t> {
    db::Scoped q(c, db::Scope::all());
    if (const auto home = feature::place::find_place(q, dwelling))
      for (const auto& tier : feature::stewardship::standing_for(q, *home, now_).tiers)
        if (!tier.stewards.empty()) return tier.stewards.front().staff_id;
    return 0;
  });
}

Result<void> DemoLife::flush() {
  for (std::size_t from = 0; from < steps_.size(); from += steps_at_once) {
    const auto until = std::min(steps_.size(), from + steps_at_once);
    auto written = program_.store().write(
        [&](db::Connection& c) -> Result<void> {
          db::Scoped q(c, db::Scope::all());
          for (auto i = from; i < until; ++i) TRY(steps_[i](q));
          return {};
        },
        db::Priority::low);
    if (!written) return written;
  }
  steps_.clear();
  return {};
}

Result<void> DemoLife::fill(std::int64_t near) {
  const auto subdistricts = ids("SELECT id FROM place WHERE kind = 'subdistrict' ORDER BY id", {});
  if (!subdistricts) return tl::unexpected(subdistricts.error());
  for (const auto subdistrict : *subdistricts) {
    const std::string_view writer = subdistrict == near ? "office" : "district";
    const auto account = ids("SELECT id FROM account WHERE username = $1", {writer});
    if (!account) return tl::unexpected(account.error());
    account_ = account->empty() ? 0 : account->front();
    const auto shops = add_directory(subdistrict);
    if (!shops) return tl::unexpected(shops.error());
    const auto compounds =
        ids("SELECT id FROM place WHERE kind = 'compound' AND subdistrict_id = $1 ORDER BY sort, id",
            {subdistrict});
    if (!compounds) return tl::unexpected(compounds.error());
    const auto share = subdistrict == near ? Share{20, 6, true} : Share{400, 150, false};
    for (const auto compound : *compounds) TRY(add_compound(compound, share, *shops));
  }
  return {};
}

Result<DemoLife::Shops> DemoLife::add_directory(std::int64_t subdistrict) {
  Shops shops;
  for (const auto& listed : directory) {
    const auto id = next_id();
    shops[listed.kind] = id;
    service::NewEntry entry;
    entry.place_id = subdistrict;
    entry.kind = std::string(listed.kind);
    entry.name = std::string(listed.name);
    entry.hours = std::string(listed.hours);
    entry.phone = std::string_view(listed.kind) == "emergency"
                      ? std::string("120")
                      : fmt::format("000-{:07}", dice_.below(10'000'000));
    then([this, entry, id](db::Scoped& q) -> Result<void> {
      TRY(service::add_to_directory(q, entry, id, account_, by(ago(20 * 24 * 60))));
      return {};
    });
  }
  TRY(flush());
  return shops;
}

Result<void> DemoLife::add_compound(std::int64_t compound, const Share& share, const Shops& shops) {
  const auto all = residents_of(compound);
  if (!all) return tl::unexpected(all.error());
  if (all->empty()) return {};
  std::set<std::int64_t> households;
  for (const auto& who : *all) households.insert(who.household);
  const auto of = [&](int one_in) {
    // The rest of the division is a chance, else small compounds would have nobody.
    const auto many = households.size();
    const auto in = static_cast<std::size_t>(one_in);
    return many / in + (dice_.below(one_in) < static_cast<int>(many % in) ? 1 : 0);
  };
  const auto carrier = answers_for(all->front().dwelling);
  if (!carrier) return tl::unexpected(carrier.error());
  carrier_ = *carrier;
  TRY(look_after(*all, of(share.care)));
  serve(*all, of(share.requests), shops);
  if (share.attendance) {
    TRY(stand_at_gates(compound));
    swab(compound, *all);
  }
  return flush();
}

// --- care --------------------------------------------------------------------------------------------
// Reasons take turns by their weight, and one household has one of them.
Result<void> DemoLife::look_after(const std::vector<DemoResident>& all, std::size_t files) {
  std::vector<std::size_t> turns;
  for (std::size_t i = 0; i < reasons.size(); ++i)
    turns.insert(turns.end(), static_cast<std::size_t>(reasons[i].weight), i);
  dice_.shuffle(turns);
  auto people = all;
  dice_.shuffle(people);
  std::set<std::int64_t> households;
  for (std::size_t made = 0, turn = 0; made < files && turn < files * turns.size(); ++turn) {
    const auto reason = turns[turn % turns.size()];
    const auto found = std::ranges::find_if(people, [&](const auto& who) {
      return !households.contains(who.household) && fits(reasons[reason], who, (today_ - who.birth) / 365);
    });
    if (found == people.end()) continue;
    households.insert(found->household);
    TRY(begin_care(*found, reason, static_cast<int>(made++)));
  }
  return {};
}

// Of five: three reached today, one not yet, one not in time.
Result<void> DemoLife::begin_care(const DemoResident& who, std::size_t reason, int number) {
  const auto& why = reasons[reason];
  const auto helper = answers_for(who.dwelling);
  if (!helper) return tl::unexpected(helper.error());
  if (*helper == 0) return {};
  const int standing = number % 5, minute = base::minute_of_day(now_);
  care::NewRecipient file;
  file.person_id = who.person;
  file.care_kinds = {why.kind};
  if (who.elder_alone && std::string_view(why.kind) != "elder_alone")
    file.care_kinds.push_back("elder_alone");
  file.staff_id = *helper;
  file.door_mark = dice_.chance(30);
  file.note = std::string(why.note);
  if (standing == 3 && minute >= noon && minute < evening) file.contact_minute = evening;
  // A whole or half hour that has passed.
  const int passed = (minute - 20) / 30 * 30;
  if (standing == 4 && minute < noon + 20 && passed >= first_minute(minute) && passed > 0)
    file.contact_minute = passed;
  const auto ids = care::take_ids(program_.store());
  const auto began = at(today_ + -(days_of_care + dice_.between(1, 9)), 9 * 60 + dice_.below(120));
  then([this, file, ids, began](db::Scoped& q) -> Result<void> {
    TRY(care::begin(q, file, ids, account_, by(began)));
    return {};
  });
  if (why.need) {
    care::NewNeed need;
    need.kind = *why.need;
    need.what = std::string(why.what);
    need.due = today_ + dice_.below(std::min(why.every_days, 10));
    need.every_days = why.every_days;
    const auto id = next_id();
    then([this, ids, need, id, began](db::Scoped& q) -> Result<void> {
      TRY(care::plan_need(q, ids.recipient, need, id, account_, by(began)));
      return {};
    });
  }
  contacts_before(ids.recipient, days_of_care, standing == 4);
  if (standing < 3) contact_today(ids.recipient);
  return {};
}

void DemoLife::contact(std::int64_t recipient, base::Instant at, bool reached) {
  care::NewContact said;
  said.channel = dice_.chance(70) ? care::Channel::phone : care::Channel::visit;
  said.reached = reached;
  if (!reached) said.note = std::string("没有人接，稍后再联系。");
  then([this, recipient, said, at, id = next_id()](db::Scoped& q) -> Result<void> {
    TRY(care::note_contact(q, recipient, said, id, account_, by(at)));
    return {};
  });
}

// Nearly always at the first try; who is overdue today was not reached yesterday either.
void DemoLife::contacts_before(std::int64_t recipient, int days, bool missed_yesterday) {
  for (int day = days; day > 0; --day) {
    const auto morning = at(today_ + -day, 8 * 60 + dice_.below(120));
    const bool missed = missed_yesterday && day == 1;
    if (missed || dice_.chance(10)) contact(recipient, morning, false);
    if (!missed) contact(recipient, morning + dice_.between(10, 90) * base::minute_ms, true);
  }
}

void DemoLife::contact_today(std::int64_t recipient) {
  const int minute = base::minute_of_day(now_);
  const int from = first_minute(minute), until = std::min(minute - 2, noon - 30);
  if (until > from) contact(recipient, at(today_, dice_.between(from, until)), true);
}

}  // namespace app
