// How a passage enters the ledger: once, decided under the rules of its own time, durable before it is
// acknowledged.
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "engine/gate/quota.hpp"
#include "feature/gate/alerts.hpp"
#include "feature/gate/entering.hpp"
#include "feature/gate/filings.hpp"
#include "feature/gate/rule_book.hpp"

namespace feature::gate {
namespace {

// Longer than any window of a policy; an outing older than this is nobody's any more.
constexpr std::int64_t uses_back_ms = 62 * base::day_ms;

constexpr auto event_columns = db::ScopedSql(
    "SELECT g.id, g.direction, g.result, g.happened_ms, g.person_id, g.persons, g.consumes, g.reverses_id, "
    "g.household_id, g.pass_id, g.opening_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
    "g.happened_ms >= $1 AND g.result <> 'turned_back' AND {scope:p}");

rule::PassageEvent load_event(const db::Row& r) {
  rule::PassageEvent e;
  e.key = std::to_string(r.integer(0));
  const auto result = r.text(2);
  e.kind = result == "reversed" ? rule::PassageKind::reversal
           : result == "closed" ? rule::PassageKind::close
           : r.text(1) == "out" ? rule::PassageKind::exit
                                : rule::PassageKind::entry;
  e.at_ms = r.integer(3);
  e.person = r.integer(4);
  e.persons = static_cast<int>(r.integer(5));
  e.counted = r.boolean(6);
  if (!r.is_null(7)) e.ref = std::to_string(r.integer(7));
  return e;
}

void read_ledger(db::Scoped& q, std::int64_t household_id, base::Instant now, Ground& g) {
  q.run(event_columns.with(" AND g.household_id = {arg}"), {now + -uses_back_ms, household_id},
        [&](const db::Row& r) {
          g.events.push_back(load_event(r));
          if (r.text(2) == "passed" && !r.is_null(9))
            g.crossings.push_back({r.instant(3), r.integer(9), r.integer(10)});
        });
}

// Where the person was, by the last crossing the ledger knows: unknown until there is one, and after an
// outing that staff have closed.
rule::Presence presence_of(db::Scoped& q, std::int64_t person_id, base::Instant before) {
  rule::Presence presence = rule::Presence::unknown;
  // A correction stands in the ledger of the same household, later than what it corrects.
  q.one(
      "SELECT g.direction, (SELECT COUNT(*) FROM passage v WHERE v.household_id = g.household_id AND "
      "v.happened_ms >= g.happened_ms AND v.reverses_id = g.id) FROM passage g JOIN place p ON p.id = "
      "g.compound_id WHERE g.household_id IN (SELECT r.household_id FROM residence r WHERE r.person_id = $1) "
      "AND g.person_id = $1 AND g.happened_ms < $2 AND g.result = 'passed' AND {scope:p} AND NOT EXISTS "
      "(SELECT 1 FROM passage v WHERE v.household_id = g.household_id AND v.happened_ms >= g.happened_ms AND "
      "v.reverses_id = g.id AND v.result = 'reversed') ORDER BY g.happened_ms DESC, g.id DESC LIMIT 1",
      {person_id, before}, [&](const db::Row& r) {
        if (r.integer(1) > 0) return;
        presence = r.text(0) == "out" ? rule::Presence::outside : rule::Presence::inside;
      });
  return presence;
}

bool is_child(db::Scoped& q, std::int64_t person_id, base::Instant at) {
  bool child = false;
  q.one(
      "SELECT pe.birth_day FROM person pe JOIN residence r ON r.person_id = pe.id JOIN place p ON p.id = "
      "r.dwelling_id WHERE pe.id = $1 AND pe.birth_day IS NOT NULL AND {scope:p}",
      {person_id}, [&](const db::Row& r) { child = r.day(0) > born_before(at); });
  return child;
}

// The strictest word of those who cross; of a card nobody has been chosen for, the household's.
rule::Standing standing_of(db::Scoped& q, const rule::Policy& policy, std::int64_t household_id,
                           const std::vector<std::int64_t>& persons, base::Instant at) {
  const auto levels = levels_of_household(q, household_id, at);
  auto word = levels.word(policy, household_id, std::nullopt, at);
  for (const auto person : persons) {
    const auto own = levels.word(policy, household_id, person, at);
    if (own == rule::Standing::may_not_leave || word == rule::Standing::may_leave) word = own;
  }
  return word;
}

// People who are out return under the rule of their own exit (practice.md 4). A record that is told late
// knows nothing of what happened after it; of somebody who left without a name, the household's last exit.
base::Instant left_at(const std::vector<rule::PassageEvent>& events, const GateRecord& r, base::Instant at) {
  std::vector<rule::PassageEvent> before, own;
  for (const auto& e : events) {
    if (e.at_ms >= at.ms) continue;
    before.push_back(e);
    const bool correction = e.kind == rule::PassageKind::reversal || e.kind == rule::PassageKind::close;
    if (!r.person_ids.empty() && (correction || e.person == r.person_ids.front())) own.push_back(e);
  }
  for (const auto& known : {own, before}) {
    std::optional<base::Instant> left;
    for (const auto& use : rule::uses_from_passages(known))
      if (!use.return_at_ms && !use.closed_without_return) left = base::Instant{use.exit_at_ms};
    if (left) return *left;
  }
  return at;
}

// A certificate is one person's and helps who goes alone. Of several the one that holds at this hour; else
// one that does not, so that the verdict can say so.
std::optional<rule::Exemption> exemption_of(db::Scoped& q, std::int64_t compound_id, const GateRecord& r,
                                            rule::Facts facts, const rule::Policy& policy, base::Instant at) {
  if (r.direction != rule::Direction::out || r.person_ids.size() != 1 || rule::counted_persons(facts) != 1 ||
      facts.persons - facts.accompanied_children != 1)
    return std::nullopt;
  std::optional<rule::Exemption> found;
  for (const auto& exemption : exemptions_of(q, compound_id, r.person_ids.front(), at)) {
    facts.exemption = exemption;
    const auto verdict = rule::decide(facts, policy);
    if (std::ranges::find(verdict.reasons, rule::ReasonCode::outing_exempt, &rule::Reason::code) !=
        verdict.reasons.end())
      return exemption;
    if (!found) found = exemption;
  }
  return found;
}

}  // namespace

void guard_household(db::Scoped& q, std::int64_t household_id, std::int64_t compound_id) {
  auto& raw = q.unscoped();
  if (raw.dialect() == db::Dialect::postgres)
    raw.run("SELECT id FROM household WHERE id = $1 AND compound_id = $2 FOR NO KEY UPDATE",
            {household_id, compound_id});
}

Ground ground_of(db::Scoped& q, const core::Services& services, const GateDevice& device, const GateRecord& r,
                 base::Instant at, Guard guard) {
  Ground g;
  g.pass = find_pass(q, services.keys, device.compound_id, r.pass_text, r.pass_id, at);
  // A household of another compound is nobody's here.
  const auto wanted = r.household_id ? r.household_id : g.pass.household_id;
  if (wanted && guard == Guard::hold) guard_household(q, *wanted, device.compound_id);
  std::optional<PlacesBelow> below;
  if (wanted)
    q.one(
        "SELECT h.id, h.dwelling_id, p.id, p.stair_id, p.building_id, p.phase_id FROM household h JOIN place "
        "p ON p.id = h.dwelling_id WHERE h.id = $1 AND h.compound_id = $2 AND {scope:p}",
        {*wanted, device.compound_id}, [&](const db::Row& row) {
          g.household_id = row.integer(0);
          g.dwelling_id = row.integer(1);
          below = places_below(row, 2);
        });
  if (!g.dwelling_id && r.dwelling_id &&
      q.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND p.compound_id = $2 AND {scope:p}",
              {*r.dwelling_id, device.compound_id}) > 0)
    g.dwelling_id = r.dwelling_id;

  auto& f = g.facts;
  f.direction = r.direction;
  f.now_ms = at.ms;
  f.holder = r.holder_kind;
  f.pass = g.pass.state;
  f.emergency = r.emergency_reason;
  f.persons = static_cast<int>(r.persons + r.companions);
  f.accompanied_children = static_cast<int>(r.companions);
  f.details_complete = r.claim.has_value() || r.relation.has_value();
  if (g.household_id && r.direction == rule::Direction::in)
    f.filing = filing_of(q, *g.household_id, r.person_ids, at);
  apply_steps(f, {r.steps.begin(), r.steps.end()});
  f.readings = r.readings;
  for (auto& reading : f.readings) reading.at_ms += at.ms - r.happened_ms;
  if (f.pass == rule::PassState::valid) {
    const auto pass_class = g.pass.row->pass_class;
    // The office has spoken to the host before it issued a visitor's card (LZ-18).
    if (pass_class == PassClass::visitor) f.visit_approved = f.details_complete = true;
    // Only a worker's own card lets a worker in.
    if (r.holder_kind == rule::Holder::worker && pass_class != PassClass::worker)
      f.pass = rule::PassState::none;
  }
  if (g.household_id) {
    read_ledger(q, *g.household_id, at, g);
    f.uses = rule::uses_from_passages(g.events);
  }
  if (!r.person_ids.empty()) f.presence = presence_of(q, r.person_ids.front(), at);
  if (r.person_ids.size() == 1 && f.persons == 1) f.child_alone = is_child(q, r.person_ids.front(), at);
  if (!below) below = g.dwelling_id ? places_below(q, device.compound_id, *g.dwelling_id) : PlacesBelow{};
  g.below = *std::move(below);
  const auto rules_at = r.direction == rule::Direction::in ? left_at(g.events, r, at) : at;
  g.policy = RuleBook(q, device.compound_id, rules_at).policy(q, g.below);
  if (g.household_id) f.standing = standing_of(q, g.policy, *g.household_id, r.person_ids, at);
  f.exemption = exemption_of(q, device.compound_id, r, f, g.policy, at);
  return g;
}

namespace {

// An exit that happened counts although it should not have: it is out of the house all the same.
bool counts(const Ground& g, const rule::Verdict& verdict) {
  if (g.facts.direction != rule::Direction::out || !g.household_id) return false;
  if (verdict.consumes_outing) return true;
  return verdict.outcome == rule::Outcome::deny;
}

}  // namespace

std::vector<std::string> flags_of(const rule::Verdict& verdict, const GateRecord& r, Mode mode,
                                  base::Instant happened, base::Instant now) {
  std::vector<std::string> flags;
  const bool released = r.result == PassageResult::passed && !r.emergency_reason;
  const bool agreed = std::ranges::any_of(r.steps, [](const auto& s) { return s.ends_with("_agreed"); });
  if (mode == Mode::happened && released && !agreed)
    for (const auto& reason : verdict.reasons)
      if (reason.mode == rule::Mode::enforce) flags.emplace_back(rule::name_of(reason.code));
  if (verdict.alert == rule::Alert::fever) flags.emplace_back("fever");
  if (r.holder_kind == rule::Holder::resident_provisional || r.claim) flags.emplace_back("provisional");
  if (happened > now + 2 * base::minute_ms) flags.emplace_back("clock_ahead");
  if (r.list_age_s > 72 * 3600) flags.emplace_back("list_old");
  if (r.policy_version != verdict.policy_version) flags.emplace_back("policy_differs");
  return flags;
}

PassageRow row_of(const Ground& g, const rule::Verdict& verdict, const GateRecord& r,
                  const GateDevice& device, std::int64_t id, base::Instant happened, base::Instant now) {
  PassageRow p;
  p.id = meta::Id<PassageRow>(id);
  p.compound_id = device.compound_id;
  p.opening_id = device.opening_id;
  p.happened = happened;
  p.recorded = now;
  p.device_ms = r.happened_ms;
  p.direction = r.direction;
  p.result = r.result;
  p.holder_kind = r.holder_kind;
  p.household_id = g.household_id;
  p.dwelling_id = g.dwelling_id;
  if (!r.person_ids.empty()) p.person_id = r.person_ids.front();
  if (g.pass.row) {
    p.pass_id = g.pass.row->id.value;
    p.guest_id = g.pass.row->guest_id;
  }
  p.persons = static_cast<int>(r.persons);
  p.companions = static_cast<int>(r.companions);
  p.person_ids = joined(r.person_ids, [](std::int64_t n) { return std::to_string(n); });
  if (r.relation) p.relation = *r.relation;
  for (const auto& reading : r.readings)
    if (reading.person == 0) {
      p.temperature_tenths = reading.tenths;
      p.temperature_note =
          reading.tenths ? TemperatureNote::reading : TemperatureNote::below_threshold_no_reading;
    }
  p.readings = meta::to_json(r.readings);
  p.steps = joined(r.steps, [](const auto& s) { return std::string(s); });
  if (r.emergency_reason) p.emergency_reason = std::string(rule::name_of(*r.emergency_reason));
  if (r.reason)
    p.reason = *r.reason;
  else if (r.note)
    p.reason = *r.note;
  p.outcome = verdict.outcome;
  p.reasons = joined(verdict.reasons, [](const auto& x) { return std::string(rule::name_of(x.code)); });
  p.consumes = r.result == PassageResult::passed && counts(g, verdict);
  p.policy_version = verdict.policy_version;
  p.offline = r.offline;
  p.list_age_s = r.list_age_s;
  if (device.enrolment_id != 0) p.enrolment_id = device.enrolment_id;
  p.account_id = device.account_id;
  return p;
}

void add_guest(db::Scoped& q, const core::Services& services, const GateDevice& device, const GateRecord& r,
               std::optional<std::int64_t> dwelling_id, std::int64_t id, base::Instant now) {
  GuestRow guest;
  guest.id = meta::Id<GuestRow>(id);
  guest.compound_id = device.compound_id;
  guest.dwelling_id = dwelling_id;
  guest.name_sealed.value = services.keys.seal("guest", "name", id, r.claim->name);
  guest.name_masked = core::mask_name(r.claim->name);
  if (r.claim->phone)
    guest.phone_sealed = meta::Bytes{services.keys.seal("guest", "phone", id, *r.claim->phone)};
  if (r.claim->note) guest.note = *r.claim->note;
  // Visitors are of the day; who claims to live here waits for the office (practice.md 11).
  guest.state = r.holder_kind == rule::Holder::visitor ? GuestState::dismissed : GuestState::waiting;
  guest.created = now;
  if (device.enrolment_id != 0) guest.enrolment_id = device.enrolment_id;
  core::append(q, guest);
}

std::string digest_of_text(std::string_view text) {
  std::string digest(16, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

Taken take_number(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest,
                  std::int64_t passage_id, base::Instant now) {
  Taken out;
  auto& raw = q.unscoped();
  bool taken = false;
  raw.run(
      "INSERT INTO ingest (enrolment_id, seq, payload_digest, passage_id, answer, recorded_ms) "
      "VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT DO NOTHING RETURNING (SELECT COUNT(*) FROM ingest o WHERE "
      "o.enrolment_id = $1 AND o.seq = $2 AND o.passage_id <> $4)",
      {device.enrolment_id, seq, db::Blob{digest}, passage_id, now}, [&](const db::Row& r) {
        taken = true;
        out.conflict = r.integer(0) > 0;
      });
  if (!taken)
    raw.run(
        "SELECT passage_id, answer FROM ingest WHERE enrolment_id = $1 AND seq = $2 AND payload_digest = $3",
        {device.enrolment_id, seq, db::Blob{digest}}, [&](const db::Row& r) {
          Entered e;
          e.status = UploadStatus::duplicate;
          e.passage_id = r.maybe_integer(0);
          e.flags = base::words_of(r.text(1));
          out.before = std::move(e);
        });
  return out;
}

void keep_answer(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest,
                 const std::string& flags) {
  q.unscoped().run(
      "UPDATE ingest SET answer = $4 WHERE enrolment_id = $1 AND seq = $2 AND payload_digest = $3",
      {device.enrolment_id, seq, db::Blob{digest}, flags});
}

void give_back_number(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest) {
  q.unscoped().run("DELETE FROM ingest WHERE enrolment_id = $1 AND seq = $2 AND payload_digest = $3",
                   {device.enrolment_id, seq, db::Blob{digest}});
}

UploadStatus status_of(bool conflict, const std::vector<std::string>& flags) {
  if (conflict) return UploadStatus::conflict;
  return flags.empty() ? UploadStatus::stored : UploadStatus::flagged;
}

base::Day born_before(base::Instant at) {
  const auto today = base::parts_of(base::civil_day(at));
  // 29 February counts as 1 March in a year without one.
  const auto day = base::day_from_parts(today.year - child_years, today.month, today.day);
  return day ? *day : *base::day_from_parts(today.year - child_years, 3, 1);
}

base::Problems check_record(const GateRecord& r) {
  base::Problems problems;
  if (r.result == PassageResult::reversed || r.result == PassageResult::closed)
    problems.push_back({"/result", "not_allowed", {{"allowed", "passed, turned_back"}}});
  if (r.persons + r.companions < 1) problems.push_back({"/persons", "out_of_range", {{"min", "1"}}});
  if (r.person_ids.size() > static_cast<std::size_t>(rule::persons_max))
    problems.push_back({"/person_ids", "too_long"});
  if (r.readings.size() > 4 * static_cast<std::size_t>(rule::persons_max))
    problems.push_back({"/readings", "too_long"});
  if (r.steps.size() > 50) problems.push_back({"/steps", "too_long", {{"max", "50"}}});
  return problems;
}

namespace {

bool used_at(const std::vector<rule::Use>& uses, const rule::Policy& policy, std::int64_t at_ms) {
  auto before = uses;
  std::erase_if(before, [&](const rule::Use& use) { return use.exit_at_ms >= at_ms; });
  return rule::quota_state(before, policy, at_ms).used;
}

// A counted exit that is told late, after the gate has let out others of the household without knowing of
// it: whether it is the one that made a later outing too many, under the rule of that outing's own time.
bool makes_later_one_too_many(db::Scoped& q, std::int64_t compound_id, const Ground& g,
                              const rule::Verdict& verdict, const GateRecord& r, base::Instant at) {
  if (r.result != PassageResult::passed || !counts(g, verdict)) return false;
  auto events = g.events;
  rule::PassageEvent own;
  own.key = "own";
  own.at_ms = at.ms;
  own.person = r.person_ids.empty() ? 0 : r.person_ids.front();
  own.persons = static_cast<int>(r.persons);
  events.push_back(own);
  const auto with = rule::uses_from_passages(events);
  return std::ranges::any_of(with, [&](const rule::Use& later) {
    if (!later.counted || later.exit_at_ms <= at.ms) return false;
    const auto policy = RuleBook(q, compound_id, {later.exit_at_ms}).policy(q, g.below);
    return used_at(with, policy, later.exit_at_ms) && !used_at(g.facts.uses, policy, later.exit_at_ms);
  });
}

}  // namespace

std::vector<rule::Use> uses_of(db::Scoped& q, std::int64_t household_id, base::Instant now) {
  Ground g;
  read_ledger(q, household_id, now, g);
  return rule::uses_from_passages(g.events);
}

std::map<std::int64_t, std::vector<rule::Use>> uses_of_compound(db::Scoped& q, std::int64_t compound_id,
                                                                base::Instant now) {
  std::map<std::int64_t, std::vector<rule::PassageEvent>> events;
  q.run(event_columns.with(" AND g.compound_id = {arg} AND g.household_id IS NOT NULL"),
        {now + -uses_back_ms, compound_id},
        [&](const db::Row& r) { events[r.integer(8)].push_back(load_event(r)); });
  std::map<std::int64_t, std::vector<rule::Use>> uses;
  for (const auto& [household, of_household] : events)
    uses[household] = rule::uses_from_passages(of_household);
  return uses;
}

void apply_steps(rule::Facts& facts, const std::vector<std::string>& steps) {
  using rule::Proof;
  constexpr std::pair<std::string_view, Proof> proofs[] = {{"code_shown", Proof::code},
                                                           {"paper_shown", Proof::paper},
                                                           {"guardian_shown", Proof::guardian_phone},
                                                           {"office_checked", Proof::office_lookup},
                                                           {"cannot_show", Proof::unable}};
  for (const auto& step : steps) {
    facts.visit_approved = facts.visit_approved || step == "visit_approved";
    facts.disinfected = facts.disinfected || step == "disinfected";
    facts.registered = facts.registered || step == "outing_registered";
    if (step == "delivery") facts.entrant = rule::Entrant::delivery;
    if (step == "outsider") facts.entrant = rule::Entrant::outsider;
    if (step == "arrival" && facts.filing == rule::Filing::not_needed) facts.filing = rule::Filing::missing;
    if (step == "filed") facts.filing = rule::Filing::filed;
    for (const auto& [name, proof] : proofs)
      if (step == name) facts.proof = proof;
    // The guard saw a test of the last so many hours.
    for (const int hours : {24, 48, 72})
      if (step == fmt::format("tested_{}", hours)) facts.tested_at_ms = facts.now_ms - hours * base::hour_ms;
  }
}

Judged judge(db::Scoped& q, const core::Services& services, const GateDevice& device,
             const GateRecord& record, bool child_alone, base::Instant now) {
  auto g = ground_of(q, services, device, record, now, Guard::none);
  if (child_alone) g.facts.child_alone = true;
  return {rule::decide(g.facts, g.policy), g.pass.state, g.household_id, g.facts.uses};
}

std::int64_t sequence_of(std::string_view json) {
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(json.data(), json.size()), error);
  if (error || !value.is_object()) return 0;
  const auto* seq = value.get_object().if_contains("seq");
  return seq && seq->is_int64() ? seq->get_int64() : 0;
}

Entered enter(db::Scoped& q, const core::Services& services, const GateDevice& device, const GateRecord& r,
              RecordIds ids, Mode mode, base::Instant happened, base::Instant now,
              std::vector<std::string> more_flags) {
  const auto digest = digest_of(r);
  auto number = take_number(q, device, r.seq, digest, ids.passage, now);
  if (number.before) return *std::move(number.before);
  const auto g = ground_of(q, services, device, r, happened, Guard::hold);
  Entered out;
  out.verdict = rule::decide(g.facts, g.policy);
  if (mode == Mode::confirm && r.result == PassageResult::passed && !rule::may_release(out.verdict)) {
    give_back_number(q, device, r.seq, digest);
    out.refused = true;
    return out;
  }
  out.flags = flags_of(out.verdict, r, mode, happened, now);
  if (mode == Mode::happened && std::ranges::find(out.flags, "quota_used") == out.flags.end() &&
      makes_later_one_too_many(q, device.compound_id, g, out.verdict, r, happened))
    out.flags.emplace_back("quota_used");
  // Paper knows no version of the rules.
  if (device.account_id) std::erase(out.flags, "policy_differs");
  out.flags.insert(out.flags.end(), more_flags.begin(), more_flags.end());
  if (number.conflict) out.flags.emplace_back("seq_conflict");
  auto row = row_of(g, out.verdict, r, device, ids.passage, happened, now);
  row.flags = joined(out.flags, [](const std::string& s) { return s; });
  if (r.claim) {
    add_guest(q, services, device, r, g.dwelling_id, ids.guest, now);
    row.guest_id = ids.guest;
  }
  if (r.holder_kind == rule::Holder::vehicle_emergency) {
    row.vehicle_passage_id = ids.vehicle;
    append_emergency_vehicle(q, row, ids.vehicle);
  }
  if (!row.flags.empty()) keep_answer(q, device, r.seq, digest, row.flags);
  // For the office alone: nobody is accused at the gate (practice.md 13).
  if (copy_suspected(row, g.crossings)) row.flags.append(row.flags.empty() ? "" : " ").append(copy_flag);
  core::append(q, row);
  raise_alerts(q, row, out.verdict, ids, now);
  core::note_change(q, "passage", device.compound_id, ids.passage, now);
  out.passage_id = ids.passage;
  out.status = status_of(number.conflict, out.flags);
  return out;
}

}  // namespace feature::gate
