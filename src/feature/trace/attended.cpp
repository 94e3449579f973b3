#include "feature/trace/attended.hpp"

#include <algorithm>

#include "engine/contact/tracing.hpp"

namespace feature::trace {
namespace {

using contact::Certainty;
using contact::Kind;
using contact::Second;
using Ids = std::vector<std::int64_t>;

constexpr Second longest_shift_s = 24 * 3600;  // of a guard whom nobody was written down after

constexpr Second queue_s = 10 * 60;  // before a swab was taken

// A merged person is whom it stands for.
#define WHO "COALESCE(al.person_id, l.person_id)"
// $2: since, and a day before, for who was on duty then.
#define SHIFTS                                                                                       \
  "FROM duty_shift d JOIN staff_person l ON l.staff_id = d.staff_id LEFT JOIN person_alias al ON "   \
  "al.alias_id = l.person_id JOIN place p ON p.id = d.compound_id WHERE d.withdrawn_ms IS NULL AND " \
  "d.from_ms >= $2 AND {scope:p} AND "

#define SWABBED "COALESCE(al.person_id, s.person_id)"
#define SWABS                                                                                               \
  "FROM test_swab s JOIN test_session t ON t.id = s.session_id LEFT JOIN person_alias al ON al.alias_id = " \
  "s.person_id JOIN place p ON p.id = t.compound_id WHERE s.withdrawn_ms IS NULL AND t.withdrawn_ms IS "    \
  "NULL "                                                                                                   \
  "AND s.taken_ms >= $2 AND {scope:p} AND "

base::Instant day_before(base::Instant since) { return since + -base::day_ms; }

Ids staff_of(db::Scoped& q, const Ids& persons) {
  Ids out;
  auto& c = q.unscoped();
  c.run(
      "SELECT l.staff_id FROM staff_person l LEFT JOIN person_alias al ON al.alias_id = l.person_id "
      "WHERE " WHO " " +
          c.in_list(1),
      {db::json_array(persons)}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

// A guard meets the one at the same gate, and whoever passed it. Where nobody wrote the end down, or only the
// next one did days later, the beginning is all that is known.
void shifts_of(db::Scoped& q, const Ids& persons, base::Instant since, std::vector<Attended>& out) {
  const auto staff = staff_of(q, persons);
  if (staff.empty()) return;
  q.run("SELECT " WHO ", d.opening_id, d.compound_id, d.from_ms, d.until_ms, d.confirmed " SHIFTS
        "d.staff_id {in:1} ORDER BY d.from_ms, d.id",
        {db::json_array(staff), day_before(since)}, [&](const db::Row& r) {
          Attended a;
          a.person = r.integer(0);
          a.compound = r.integer(2);
          const auto from = second_of(r.instant(3)), latest = contact::plus(from, longest_shift_s);
          const auto ended = r.is_null(4) ? contact::end_of_time : second_of(r.instant(4));
          const bool known = ended <= latest;
          a.most = {from, known ? ended : latest};
          a.least = {from, known ? ended : from};
          a.certainty = r.integer(5) == 0 ? Certainty::assumed
                        : known           ? Certainty::observed
                                          : Certainty::one_end;
          for (const auto kind : {Kind::shift, Kind::opening}) {
            a.place = {kind, r.integer(1)};
            out.push_back(a);
          }
        });
}

// At the swab, and a while before it in the queue; not before the session. Who was near in the queue is a
// question of the slack, not of the tube: a tube that stood open for an hour makes no meeting.
void swabs_of(db::Scoped& q, const Ids& persons, base::Instant since, std::vector<Attended>& out) {
  auto known_as = persons;
  auto& c = q.unscoped();
  c.run("SELECT alias_id FROM person_alias WHERE person_id " + c.in_list(1), {db::json_array(persons)},
        [&](const db::Row& r) { known_as.push_back(r.integer(0)); });
  q.run("SELECT " SWABBED ", t.id, t.compound_id, t.from_ms, s.taken_ms " SWABS
        "s.person_id {in:1} ORDER BY s.taken_ms, s.id",
        {db::json_array(known_as), since}, [&](const db::Row& r) {
          const auto began = second_of(r.instant(3)), taken = second_of(r.instant(4));
          out.push_back({{Kind::test, r.integer(1)},
                         r.integer(0),
                         r.integer(2),
                         {std::max(began, contact::minus(taken, queue_s)), taken},
                         {taken, taken},
                         Certainty::one_end});
        });
}

}  // namespace

std::vector<Attended> attended_by(db::Scoped& q, const Ids& persons, base::Instant since) {
  std::vector<Attended> out;
  if (persons.empty()) return out;
  shifts_of(q, persons, since, out);
  swabs_of(q, persons, since, out);
  return out;
}

Ids persons_attending(db::Scoped& q, const Ids& compounds, base::Instant since) {
  Ids out;
  q.run("SELECT DISTINCT " WHO " " SHIFTS "d.compound_id {in:1}",
        {db::json_array(compounds), day_before(since)},
        [&](const db::Row& r) { out.push_back(r.integer(0)); });
  q.run("SELECT DISTINCT " SWABBED " " SWABS "t.compound_id {in:1}", {db::json_array(compounds), since},
        [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

}  // namespace feature::trace
