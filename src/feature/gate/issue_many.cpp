// Cards for a whole place at once: everybody of a class who has none, in walking order.
#include <set>

#include "feature/gate/issuing.hpp"
#include "feature/gate/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::Result;

constexpr std::size_t issue_chunk = 400;  // cards of one write: a bulk job never holds the writer for long
constexpr std::size_t workers_max = 500;

struct Holder {
  std::optional<std::int64_t> household_id{}, dwelling_id{}, person_id{}, vehicle_id{};
  std::string sort{};
  std::optional<std::string> label{};
  std::optional<base::Day> last_day{};  // of the certificate
  std::optional<GuestRow> guest{};
};

// Household, dwelling, order, label, person, vehicle, last day of a certificate, live cards of the class.
constexpr auto households = db::ScopedSql(
    "SELECT h.id, h.dwelling_id, h.sort, h.label, NULL, NULL, NULL, (SELECT COUNT(*) FROM pass ps WHERE "
    "ps.household_id = h.id AND ps.pass_class = 'household' AND ps.state IN ('active', 'inactive') AND "
    "ps.valid_until >= $2) FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.compound_id = $1 "
    "AND h.valid_until_ms IS NULL AND {scope:p}");
constexpr auto persons = db::ScopedSql(
    "SELECT h.id, r.dwelling_id, h.sort, h.label, r.person_id, NULL, NULL, (SELECT COUNT(*) FROM pass ps "
    "WHERE ps.person_id = r.person_id AND ps.compound_id = $1 AND ps.pass_class = 'person' AND ps.state IN "
    "('active', 'inactive') AND ps.valid_until >= $2) FROM residence r JOIN household h ON h.id = "
    "r.household_id JOIN place p ON p.id = r.dwelling_id WHERE h.compound_id = $1 AND h.valid_until_ms IS "
    "NULL AND r.valid_until_ms IS NULL AND {scope:p}");
constexpr auto certified = db::ScopedSql(
    "SELECT h.id, r.dwelling_id, h.sort, h.label, r.person_id, NULL, (SELECT MAX(x.valid_until) FROM "
    "exemption x WHERE x.person_id = r.person_id AND x.compound_id = $1 AND x.granted_ms IS NOT NULL AND "
    "x.ended_ms IS NULL AND x.valid_from <= $2 AND x.valid_until >= $2), (SELECT COUNT(*) FROM pass ps "
    "WHERE ps.person_id = r.person_id AND ps.compound_id = $1 AND ps.pass_class = 'exempt' AND ps.state IN "
    "('active', 'inactive') AND ps.valid_until >= $2) FROM residence r JOIN household h ON h.id = "
    "r.household_id JOIN place p ON p.id = r.dwelling_id WHERE h.compound_id = $1 AND h.valid_until_ms IS "
    "NULL AND r.valid_until_ms IS NULL AND EXISTS (SELECT 1 FROM exemption x WHERE x.person_id = "
    "r.person_id AND x.compound_id = $1 AND x.granted_ms IS NOT NULL AND x.ended_ms IS NULL AND "
    "x.valid_from <= $2 AND x.valid_until >= $2) AND {scope:p}");
constexpr auto vehicles = db::ScopedSql(
    "SELECT v.household_id, v.dwelling_id, p.sort, v.label, NULL, v.id, NULL, (SELECT COUNT(*) FROM pass "
    "ps WHERE ps.vehicle_id = v.id AND ps.state IN ('active', 'inactive') AND ps.valid_until >= $2) FROM "
    "vehicle v JOIN place p ON p.id = COALESCE(v.dwelling_id, v.compound_id) WHERE v.compound_id = $1 AND "
    "v.valid_until_ms IS NULL AND v.plate <> '' AND {scope:p}");

const db::ScopedSql& query_of(PassClass pass_class) {
  return pass_class == PassClass::person    ? persons
         : pass_class == PassClass::exempt  ? certified
         : pass_class == PassClass::vehicle ? vehicles
                                            : households;
}
db::Fragment order_of(PassClass pass_class) {
  if (pass_class == PassClass::vehicle) return " ORDER BY p.sort, v.id";
  if (pass_class == PassClass::household) return " ORDER BY h.sort, h.id";
  return " ORDER BY h.sort, h.id, r.position, r.id";
}

std::vector<Holder> holders_of(db::Scoped& q, const IssuePasses& in, PassClass pass_class, base::Day today,
                               std::int64_t& with_card) {
  auto sql = query_of(pass_class);
  std::vector<db::Arg> args{in.compound_id, today};
  if (in.building_id) {
    sql = sql.with(" AND p.building_id = {arg}");
    args.push_back(*in.building_id);
  }
  std::vector<Holder> holders;
  std::set<std::int64_t> seen;  // somebody with two homes in the compound has one card
  q.run(sql.with(order_of(pass_class)), args, [&](const db::Row& r) {
    if (!r.is_null(4) && !seen.insert(r.integer(4)).second) return;
    if (r.integer(7) > 0) {
      ++with_card;
      return;
    }
    Holder holder{r.maybe_integer(0),
                  r.maybe_integer(1),
                  r.maybe_integer(4),
                  r.maybe_integer(5),
                  r.str(2),
                  r.maybe_text(3),
                  {},
                  {}};
    if (!r.is_null(6)) holder.last_day = r.day(6);
    holders.push_back(std::move(holder));
  });
  return holders;
}

std::vector<Holder> named_workers(api::Context& c, const IssuePasses& in) {
  std::vector<Holder> holders;
  for (const auto& worker : *in.workers) {
    Holder holder;
    holder.guest = office_guest(c.services.keys, c.store.next_id(), in.compound_id,
                                {worker.name, worker.phone, worker.note}, c.now);
    holders.push_back(std::move(holder));
  }
  return holders;
}

PassRow card_for(const api::Context& c, const IssuePasses& in, PassClass pass_class, const Holder& holder,
                 std::int64_t id, const std::string& batch, base::Day valid_until) {
  auto row = make_pass(c.services.keys, id, in.compound_id, holder.household_id, batch,
                       std::min(valid_until, holder.last_day.value_or(valid_until)), c.now, c.who.account,
                       pass_class);
  row.dwelling_id = holder.dwelling_id;
  row.person_id = holder.person_id;
  row.vehicle_id = holder.vehicle_id;
  if (holder.guest) row.guest_id = holder.guest->id.value;
  row.sort = holder.sort;
  row.label = holder.label;
  return row;
}

Result<std::vector<Holder>> whom_for(api::Context& c, const IssuePasses& in, PassClass pass_class,
                                     std::int64_t& with_card) {
  if (pass_class == PassClass::visitor)
    return base::fail_field("/pass_class", "not_allowed",
                            {{"allowed", "household, person, exempt, vehicle, worker"}});
  if ((pass_class == PassClass::worker) != in.workers.has_value())
    return base::fail_field("/workers", in.workers ? "not_allowed" : "required");
  if (in.workers && (in.workers->empty() || in.workers->size() > workers_max))
    return base::fail_field("/workers", in.workers->empty() ? "required" : "too_long",
                            {{"max", std::to_string(workers_max)}});
  auto workers = in.workers ? named_workers(c, in) : std::vector<Holder>{};
  return c.read([&](db::Scoped& q) -> Result<std::vector<Holder>> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    if (in.workers) return workers;
    return holders_of(q, in, pass_class, base::civil_day(c.now), with_card);
  });
}

Result<Issued> issue(api::Context& c, const IssuePasses& in) {
  const auto pass_class = in.pass_class.value_or(PassClass::household);
  const auto valid_until = in.valid_until.value_or(base::civil_day(c.now) + usual_days(pass_class));
  if (valid_until < base::civil_day(c.now)) return base::fail_field("/valid_until", "in_the_past");
  Issued out;
  const auto holders = whom_for(c, in, pass_class, out.skipped);
  if (!holders) return tl::unexpected(holders.error());
  out.batch = new_batch(c.now);
  for (std::size_t from = 0; from < holders->size(); from += issue_chunk) {
    const auto until = std::min(holders->size(), from + issue_chunk);
    std::vector<PassRow> rows;
    for (auto i = from; i < until; ++i)
      rows.push_back(card_for(c, in, pass_class, (*holders)[i], c.store.next_id(), out.batch, valid_until));
    auto written = c.write(
        [&](db::Scoped& q) -> Result<bool> {
          for (auto i = from; i < until; ++i)
            if (const auto& guest = (*holders)[i].guest) core::append(q, *guest);
          insert_passes(q, rows, core::source_of(c));
          core::audit(
              q, c,
              {"pass.issue", "pass", rows.front().id.value, in.compound_id, std::to_string(rows.size())});
          core::note_change(q, "pass", in.compound_id, rows.front().id.value, c.now);
          return true;
        },
        db::Priority::low);
    if (!written) return tl::unexpected(std::move(written).error());
    out.issued += static_cast<std::int64_t>(rows.size());
  }
  return out;
}

}  // namespace

void issue_many_routes(api::Router& r) {
  r.post<IssuePasses, Issued>("/api/passes/issue", Permission::pass_write,
                              "Issue cards to all of a place who have none of the class", issue);
}

}  // namespace feature::gate
