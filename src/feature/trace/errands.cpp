#include "feature/trace/errands.hpp"

#include <map>
#include <set>

namespace feature::trace {
namespace {

using contact::Kind;
using Ids = std::vector<std::int64_t>;

// l: who of the registry did it; a merged person is whom it stands for.
#define BY_PERSON_OF(account)                                                                               \
  "JOIN account_staff t ON t.account_id = " account                                                         \
  " JOIN staff_person l ON l.staff_id = t.staff_id LEFT JOIN person_alias al ON al.alias_id = l.person_id " \
  "JOIN place p ON p.id = a.dwelling_id "
#define WHO "COALESCE(al.person_id, l.person_id)"
// $2: since
#define ANSWERED                                                                                   \
  "a.contact = 'knock' AND a.answered = 1 AND a.retracted_by IS NULL AND a.happened_ms >= $2 AND " \
  "{scope:p} AND "
// What was left at a drop point was handed to nobody.
#define HANDED_OVER                                                                          \
  "k.carried = 1 AND a.state IN ('delivered', 'confirmed') AND a.drop_point_id IS NULL AND " \
  "a.delivered_ms >= $2 AND {scope:p} AND "
#define SURVEYS                                                                           \
  "SELECT a.id, " WHO                                                                     \
  ", a.dwelling_id, a.compound_id, 0, a.happened_ms FROM survey_attempt a " BY_PERSON_OF( \
      "a.account_id") "WHERE " ANSWERED
#define DELIVERIES                                                                         \
  "SELECT a.id, " WHO                                                                      \
  ", a.dwelling_id, a.compound_id, a.household_id, a.delivered_ms FROM service_request a " \
  "JOIN service_kind k ON k.id = a.kind_id " BY_PERSON_OF("a.delivered_by") "WHERE " HANDED_OVER

Ids list(const std::set<std::int64_t>& all) { return {all.begin(), all.end()}; }

// Accounts these persons work under.
Ids accounts_of(db::Scoped& q, const Ids& persons) {
  Ids out;
  auto& c = q.unscoped();
  c.run(
      "SELECT t.account_id FROM staff_person l JOIN account_staff t ON t.staff_id = l.staff_id LEFT JOIN "
      "person_alias al ON al.alias_id = l.person_id WHERE " WHO " " +
          c.in_list(1),
      {db::json_array(persons)}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

}  // namespace

std::vector<Errand> errands_of(db::Scoped& q, const Ids& persons, const Ids& dwellings, base::Instant since) {
  std::map<PlaceKey, Errand> found;
  const auto take = [&](Kind kind) {
    return [&found, kind](const db::Row& r) {
      const PlaceKey key{kind, r.integer(0)};
      found[key] = {key, r.integer(1), r.integer(2), r.integer(3), r.integer(4), second_of(r.instant(5))};
    };
  };
  if (const auto accounts = accounts_of(q, persons); !accounts.empty()) {
    const auto those = db::json_array(accounts);
    q.run(SURVEYS "a.account_id {in:1}", {those, since}, take(Kind::survey));
    q.run(DELIVERIES "a.delivered_by {in:1}", {those, since}, take(Kind::delivery));
  }
  if (!dwellings.empty()) {
    const auto those = db::json_array(dwellings);
    q.run(SURVEYS "a.dwelling_id {in:1}", {those, since}, take(Kind::survey));
    q.run(DELIVERIES "a.dwelling_id {in:1}", {those, since}, take(Kind::delivery));
  }
  std::vector<Errand> out;
  for (const auto& [key, errand] : found) out.push_back(errand);
  return out;
}

Ids persons_sent(db::Scoped& q, const Ids& dwellings, const Ids& compounds, base::Instant since) {
  std::set<std::int64_t> out;
  const auto take = [&](const db::Row& r) { out.insert(r.integer(1)); };
  const auto at = db::json_array(dwellings), in = db::json_array(compounds);
  if (!dwellings.empty()) {
    q.run(SURVEYS "a.dwelling_id {in:1}", {at, since}, take);
    q.run(DELIVERIES "a.dwelling_id {in:1}", {at, since}, take);
  }
  if (!compounds.empty()) {
    q.run(SURVEYS "a.compound_id {in:1}", {in, since}, take);
    q.run(DELIVERIES "a.compound_id {in:1}", {in, since}, take);
  }
  return list(out);
}

Ids dwellings_of_requests(db::Scoped& q, const Ids& requests) {
  Ids out;
  if (requests.empty()) return out;
  q.run(
      "SELECT DISTINCT a.dwelling_id FROM service_request a JOIN place p ON p.id = a.dwelling_id WHERE a.id "
      "{in:1} AND {scope:p}",
      {db::json_array(requests)}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

Ids persons_of_staff(db::Scoped& q, const Ids& ids) {
  std::set<std::int64_t> out(ids.begin(), ids.end());
  auto& c = q.unscoped();
  c.run("SELECT " WHO
        " FROM staff_person l LEFT JOIN person_alias al ON al.alias_id = l.person_id WHERE "
        "l.staff_id " +
            c.in_list(1),
        {db::json_array(ids)}, [&](const db::Row& r) { out.insert(r.integer(0)); });
  return list(out);
}

Ids dwellings_of_staff(db::Scoped& q, const Ids& ids, base::Instant since) {
  std::set<std::int64_t> accounts(ids.begin(), ids.end()), out;
  auto& c = q.unscoped();
  c.run("SELECT account_id FROM account_staff WHERE staff_id " + c.in_list(1), {db::json_array(ids)},
        [&](const db::Row& r) { accounts.insert(r.integer(0)); });
  const auto those = db::json_array(list(accounts));
  const auto take = [&](const db::Row& r) { out.insert(r.integer(0)); };
  q.run(
      "SELECT DISTINCT a.dwelling_id FROM survey_attempt a JOIN place p ON p.id = a.dwelling_id WHERE "
      "a.account_id {in:1} AND a.happened_ms >= $2 AND {scope:p}",
      {those, since}, take);
  q.run(
      "SELECT DISTINCT a.dwelling_id FROM service_request a JOIN place p ON p.id = a.dwelling_id WHERE "
      "a.delivered_by {in:1} AND a.delivered_ms >= $2 AND {scope:p}",
      {those, since}, take);
  return list(out);
}

}  // namespace feature::trace
