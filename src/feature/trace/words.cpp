// Persons and places as a trace shows them: within the asker's scope, names masked.
#include <set>

#include "feature/people/service.hpp"
#include "feature/place/service.hpp"
#include "feature/trace/cases.hpp"

namespace feature::trace {

std::vector<SilentGate> silent_gates(db::Scoped& q, base::Instant now) {
  constexpr std::int64_t silent_ms = 30 * base::minute_ms;
  std::vector<SilentGate> out;
  q.run(
      "SELECT e.compound_id, o.name, CASE WHEN e.queue_since_ms IS NOT NULL AND e.queue_since_ms < "
      "e.last_contact_ms THEN e.queue_since_ms ELSE e.last_contact_ms END FROM enrolment e JOIN opening o ON "
      "o.id = e.opening_id JOIN place p ON p.id = e.compound_id WHERE e.state = 'active' AND "
      "e.last_contact_ms IS NOT NULL AND (e.last_contact_ms < $1 OR e.queue_since_ms IS NOT NULL) AND "
      "{scope:p} ORDER BY e.id",
      {now + -silent_ms}, [&](const db::Row& r) {
        out.push_back({r.integer(0), {r.str(1), r.instant(2)}});
      });
  return out;
}

std::vector<TraceGap> shown_gaps(const std::vector<SilentGate>& gates,
                                 const std::set<std::int64_t>& compounds) {
  std::vector<TraceGap> out;
  for (const auto& gate : gates)
    if (compounds.contains(gate.compound_id)) out.push_back(gate.gap);
  return out;
}

std::map<std::int64_t, Who> who_are(db::Scoped& q, const std::vector<std::int64_t>& ids, base::Instant now) {
  std::map<std::int64_t, Who> out;
  constexpr std::size_t at_once = 2'000;
  for (std::size_t from = 0; from < ids.size(); from += at_once) {
    const auto some = db::json_array(std::span(ids).subspan(from, std::min(at_once, ids.size() - from)));
    q.run(
        "SELECT pe.id, pe.name, d.label, p.compound_id, pe.birth_day FROM person pe JOIN residence r ON "
        "r.person_id = pe.id JOIN place p ON p.id = r.dwelling_id LEFT JOIN dwelling d ON d.id = p.id WHERE "
        "pe.id {in:1} AND r.visible = 1 AND {scope:p} ORDER BY pe.id, r.is_primary, r.id",
        {some}, [&](const db::Row& r) {
          std::optional<base::Day> born;
          if (!r.is_null(4)) born = base::Day{static_cast<std::int32_t>(r.integer(4))};
          out[r.integer(0)] = {core::mask_name(r.text(1)), r.maybe_text(2), r.integer(3), false,
                               people::under_age(born, base::civil_day(now))};
        });
    q.run(
        "SELECT gu.id, gu.name_masked, d.label, gu.compound_id FROM guest gu JOIN place p ON p.id = "
        "gu.compound_id LEFT JOIN dwelling d ON d.id = gu.dwelling_id WHERE gu.id {in:1} AND {scope:p}",
        {some}, [&](const db::Row& r) {
          out[r.integer(0)] = {r.str(1), r.maybe_text(2), r.integer(3), true, false};
        });
  }
  return out;
}

std::map<PlaceKey, std::string> names_of(db::Scoped& q, const std::vector<PlaceKey>& keys) {
  std::map<PlaceKey, std::string> out;
  std::map<contact::Kind, std::set<std::int64_t>> wanted;
  for (const auto& key : keys) wanted[key.kind].insert(key.id);
  const auto list = [&](contact::Kind kind) {
    const auto& ids = wanted[kind];
    return db::json_array(std::vector<std::int64_t>(ids.begin(), ids.end()));
  };
  const auto take = [&](contact::Kind kind) {
    return [&out, kind](const db::Row& r) { out[{kind, r.integer(0)}] = r.str(1); };
  };
  using contact::Kind;
  q.run(
      "SELECT o.id, o.name FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id {in:1} AND "
      "{scope:p}",
      {list(Kind::opening)}, take(Kind::opening));
  q.run(
      "SELECT o.id, o.name FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id {in:1} AND "
      "{scope:p}",
      {list(Kind::shift)}, take(Kind::shift));
  q.run(
      "SELECT t.id, t.site FROM test_session t JOIN place p ON p.id = t.compound_id WHERE t.id {in:1} AND "
      "{scope:p}",
      {list(Kind::test)}, take(Kind::test));
  q.run(
      "SELECT h.id, h.label FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id {in:1} AND "
      "{scope:p}",
      {list(Kind::household)}, take(Kind::household));
  q.run(
      "SELECT g.id, d.label FROM passage g JOIN dwelling d ON d.id = g.dwelling_id JOIN place p ON p.id = "
      "d.id WHERE g.id {in:1} AND {scope:p}",
      {list(Kind::visit)}, take(Kind::visit));
  q.run(
      "SELECT COALESCE(w.vehicle_id, w.id), COALESCE(NULLIF(MAX(w.plate), ''), '-') FROM vehicle_passage w "
      "JOIN place p ON p.id = w.compound_id WHERE (w.id {in:1} OR w.vehicle_id {in:1}) AND {scope:p} GROUP "
      "BY COALESCE(w.vehicle_id, w.id)",
      {list(Kind::vehicle)}, take(Kind::vehicle));
  q.run(
      "SELECT a.id, d.label FROM survey_attempt a JOIN dwelling d ON d.id = a.dwelling_id JOIN place p ON "
      "p.id = d.id WHERE a.id {in:1} AND {scope:p}",
      {list(Kind::survey)}, take(Kind::survey));
  q.run(
      "SELECT a.id, d.label FROM service_request a JOIN dwelling d ON d.id = a.dwelling_id JOIN place p ON "
      "p.id = d.id WHERE a.id {in:1} AND {scope:p}",
      {list(Kind::delivery)}, take(Kind::delivery));
  for (const auto& t : transports_in(q, wanted[Kind::transport]))
    out[{Kind::transport, t.id}] = t.number + " " + base::to_string(t.day);
  for (const auto kind : {Kind::stair, Kind::inside}) {
    std::vector<std::int64_t> ids;
    q.run("SELECT p.id FROM place p WHERE p.id {in:1} AND {scope:p}", {list(kind)},
          [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    for (const auto& [id, label] : place::labels_of(q, ids)) out[{kind, id}] = label;
  }
  return out;
}

}  // namespace feature::trace
