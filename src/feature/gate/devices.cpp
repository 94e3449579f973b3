// Gate phones: enrolled by one QR code, revocable, and the list they decide from without a network.
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <map>
#include <set>

#include "api/paging.hpp"
#include "feature/gate/filings.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/place/service.hpp"
#include "print/qr.hpp"
#include "token/day_word.hpp"
#include "token/enrolment.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t code_life_ms = 10 * base::minute_ms;
constexpr int day_marks = 7;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char b : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(b));
  return out;
}

Result<EnrolmentCode> create_enrolment(api::Context& c, const NewEnrolment& in) {
  const auto secret = core::random_bytes(16);
  const auto id = c.store.next_id();
  token::Enrolment code;
  code.server_urls = {server_url(c)};
  code.enrolment_id = id;
  std::copy(secret.begin(), secret.end(), code.secret.begin());
  const auto text = token::encode_enrolment(code);
  if (!text) return tl::unexpected(text.error());
  const auto svg = print::qr_svg(*text);
  if (!svg) return tl::unexpected(svg.error());
  const auto digest = core::token_digest(hex(secret));
  return c.write([&](db::Scoped& q) -> Result<EnrolmentCode> {
    std::optional<std::int64_t> compound;
    q.one(
        "SELECT o.compound_id FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id = $1 AND "
        "o.valid_until_ms IS NULL AND {scope:p}",
        {in.opening_id}, [&](const db::Row& r) { compound = r.integer(0); });
    if (!compound) return base::fail_field("/opening_id", "not_found");
    q.run(
        "INSERT INTO enrolment (id, compound_id, opening_id, label, state, secret_digest, created_by, "
        "created_ms, expires_ms) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8)",
        {id, *compound, in.opening_id, in.label, db::Blob{digest}, c.who.account, c.now,
         c.now + code_life_ms});
    core::audit(q, c, {"enrolment.create", "enrolment", id, *compound});
    core::note_change(q, "device", *compound, id, c.now);
    return EnrolmentCode{id, *svg, *text, server_url(c) + "/m/#e=" + api::percent_encode(*text),
                         (c.now + code_life_ms).ms};
  });
}

constexpr auto enrolment_columns = db::ScopedSql(
    "SELECT e.id, e.label, e.opening_id, o.name, e.state, e.last_contact_ms, e.list_version, e.queue, "
    "e.clock_offset_ms FROM enrolment e JOIN opening o ON o.id = e.opening_id JOIN place p ON p.id = "
    "e.compound_id WHERE {scope:p}");

Result<api::Page<Enrolment>> list_enrolments(api::Context& c, const place::CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Enrolment>> {
    api::Page<Enrolment> page;
    q.run(enrolment_columns.with(" AND e.compound_id = {arg}").with(" ORDER BY e.id DESC LIMIT 200"),
          {in.compound_id}, [&](const db::Row& r) { page.items.push_back(meta::load<Enrolment>(r)); });
    return page;
  });
}

Result<Enrolment> revoke(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Enrolment> {
    std::optional<Enrolment> found;
    q.one(enrolment_columns.with(" AND e.id = {arg}"), {c.id()},
          [&](const db::Row& r) { found = meta::load<Enrolment>(r); });
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    q.unscoped().run("UPDATE enrolment SET state = 'revoked', revoked_ms = $2 WHERE id = $1",
                     {c.id(), c.now});
    std::int64_t compound = q.unscoped().count("SELECT compound_id FROM enrolment WHERE id = $1", {c.id()});
    core::audit(q, c, {"enrolment.revoke", "enrolment", c.id(), compound});
    core::note_change(q, "device", compound, c.id(), c.now);
    found->state = EnrolmentState::revoked;
    return *found;
  });
}

// The secret of the QR code works once; what the phone gets for it is stored as a digest.
Result<EnrolAnswer> enrol(api::Context& c, const EnrolRequest& in) {
  const auto device_token = core::random_token();
  const auto secret_digest = core::token_digest(in.secret);
  const auto device_digest = core::token_digest(device_token);
  return c.store.write([&](db::Connection& raw) -> Result<EnrolAnswer> {
    EnrolAnswer out;
    std::int64_t compound = 0, opening = 0;
    raw.run(
        "UPDATE enrolment SET state = 'active', device_digest = $2, activated_ms = $3, last_contact_ms = $3, "
        "clock_offset_ms = $4 WHERE secret_digest = $1 AND state = 'waiting' AND expires_ms > $3 "
        "RETURNING id, compound_id, opening_id",
        {db::Blob{secret_digest}, db::Blob{device_digest}, c.now, c.now.ms - in.client_ms},
        [&](const db::Row& r) {
          out.enrolment_id = r.integer(0);
          compound = r.integer(1);
          opening = r.integer(2);
        });
    if (!out.enrolment_id) return base::fail_field("/secret", "code_used_or_expired");
    raw.run(
        "SELECT id, compound_id, name, kind, state, direction, key_holder, key_phone, opens_from_inside, "
        "valid_from_ms, valid_until_ms, open_minute, close_minute, seal_method, minutes_to_open, fire_exit, "
        "checked_ms, exception_reason, exception_until_ms FROM opening WHERE id = $1",
        {opening}, [&](const db::Row& r) { out.opening = meta::load<place::Opening>(r); });
    raw.run("SELECT id, name FROM place WHERE id = $1", {compound}, [&](const db::Row& r) {
      out.compound = {r.integer(0), r.str(1)};
    });
    db::Scoped q(raw, db::Scope::of({{db::Level::compound, compound}}));
    core::note_change(q, "device", compound, out.enrolment_id, c.now);
    out.device_token = device_token;
    out.server_ms = c.now.ms;
    return out;
  });
}

Result<Pong> ping(api::Context& c, const Ping& in) {
  return c.write([&](db::Scoped& q) -> Result<Pong> {
    const auto device = device_of(q, c.who.enrolment);
    if (!device) return base::fail(ErrorKind::forbidden, "not_a_gate_phone");
    q.unscoped().run(
        "UPDATE enrolment SET last_contact_ms = $2, list_version = $3, clock_offset_ms = $4, "
        "list_generated_ms = COALESCE($5, list_generated_ms), waiting = $6 WHERE id = $1",
        {device->enrolment_id, c.now, in.list_version, c.now.ms - in.client_ms, in.list_generated_ms,
         in.waiting});
    note_queue(q, device->enrolment_id, in.queue, c.now);
    return Pong{c.now.ms, list_version(q, c.services, *device, c.now), false};
  });
}

Result<api::Response> gate_list(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<api::Response> {
    const auto device = device_of(q, c.who.enrolment);
    if (!device) return base::fail(ErrorKind::forbidden, "not_a_gate_phone");
    const auto etag = '"' + list_version(q, c.services, *device, c.now) + '"';
    api::Response response;
    if (c.request.header("if-none-match") == etag)
      response.status = 304;
    else
      response = api::json_response(meta::to_json(build_list(q, c.services, *device, c.now)));
    response.set("ETag", etag);
    response.set("Cache-Control", "private, no-cache");
    return response;
  });
}

// Family names of two characters; the rest of the world's Chinese names begin with one.
std::string surname_of(std::string_view name) {
  static constexpr std::string_view double_names[] = {"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "尉迟",
                                                      "公孙", "令狐", "慕容", "皇甫", "长孙", "夏侯", "轩辕"};
  for (const auto d : double_names)
    if (name.starts_with(d)) return std::string(d);
  std::size_t end = name.empty() ? 0 : 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;
  // Latin names: the whole first word.
  if (end == 1)
    while (end < name.size() && name[end] != ' ') ++end;
  return std::string(name.substr(0, end));
}

void list_households(db::Scoped& q, const GateDevice& device, base::Instant now, GateList& list) {
  std::map<std::int64_t, std::size_t> dwelling_at, household_at;
  q.run(
      "SELECT d.id, d.building, d.stair, d.floor, d.room FROM dwelling d JOIN place p ON p.id = d.id WHERE "
      "p.compound_id = $1 AND p.valid_until_ms IS NULL AND {scope:p} ORDER BY p.sort",
      {device.compound_id}, [&](const db::Row& r) {
        dwelling_at[r.integer(0)] = list.dwellings.size();
        list.dwellings.push_back({r.integer(0),
                                  r.str(1),
                                  r.str(2),
                                  r.is_null(3) ? "" : std::to_string(r.integer(3)),
                                  r.str(4),
                                  {}});
      });
  q.run(
      "SELECT h.id, h.dwelling_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.compound_id = $1 AND h.valid_until_ms IS NULL AND {scope:p} ORDER BY h.sort, h.id",
      {device.compound_id}, [&](const db::Row& r) {
        household_at[r.integer(0)] = list.households.size();
        list.households.push_back({r.integer(0), r.integer(1), {}});
        if (const auto at = dwelling_at.find(r.integer(1)); at != dwelling_at.end())
          list.dwellings[at->second].h.push_back(r.integer(0));
      });
  const auto child_after = born_before(now);
  q.run(
      "SELECT r.household_id, pe.id, pe.name, r.relation, pe.birth_day FROM residence r JOIN person pe ON "
      "pe.id = r.person_id JOIN place p ON p.id = r.dwelling_id WHERE p.compound_id = $1 AND "
      "r.valid_until_ms IS NULL AND {scope:p} ORDER BY r.household_id, r.position",
      {device.compound_id}, [&](const db::Row& r) {
        const auto at = household_at.find(r.integer(0));
        if (at == household_at.end()) return;
        list.households[at->second].m.push_back(
            {r.integer(1), surname_of(r.text(2)), r.str(3), !r.is_null(4) && r.day(4) > child_after});
      });
}

// Plates only: whose car it is says the household, and nothing more is needed at a gate.
void list_vehicles(db::Scoped& q, const GateDevice& device, GateList& list) {
  q.run(
      "SELECT v.plate, v.household_id FROM vehicle v JOIN place p ON p.id = v.compound_id WHERE "
      "v.compound_id = $1 AND v.valid_until_ms IS NULL AND v.plate <> '' AND {scope:p} ORDER BY v.plate, "
      "v.id",
      {device.compound_id}, [&](const db::Row& r) {
        if (list.vehicles.empty() || list.vehicles.back().p != r.text(0))
          list.vehicles.push_back({r.str(0), {}});
        auto& households = list.vehicles.back().h;
        if (!r.is_null(1) && std::ranges::find(households, r.integer(1)) == households.end())
          households.push_back(r.integer(1));
      });
}

// Whose a card is that is no household's, told at arm's length: a masked name or a plate.
void list_holders(db::Scoped& q, const GateDevice& device, base::Day today, GateList& list) {
  q.run(
      "SELECT ps.id, ps.person_id, COALESCE((SELECT v.plate FROM vehicle v WHERE v.id = ps.vehicle_id), "
      "(SELECT gu.name_masked FROM guest gu WHERE gu.id = ps.guest_id), '') FROM pass ps JOIN place p ON "
      "p.id = ps.compound_id WHERE ps.compound_id = $1 AND ps.pass_class <> 'household' AND ps.valid_until "
      ">= $2 AND {scope:p} ORDER BY ps.id",
      {device.compound_id, today + -30},
      [&](const db::Row& r) { list.holders.push_back(meta::load<ListHolder>(r)); });
}

void list_uses(db::Scoped& q, const GateDevice& device, int window_days, base::Instant now, GateList& list) {
  // The longest window, doubled for overruns that hold their place for two, and outings that are still open.
  const auto since = now + -(std::int64_t{2} * window_days + 1) * base::day_ms;
  for (const auto& [h, uses] : uses_of_compound(q, device.compound_id, now))
    for (const auto& u : uses) {
      const bool open = !u.return_at_ms && !u.closed_without_return;
      if (open || u.exit_at_ms >= since.ms)
        list.uses.push_back({h, u.exit_at_ms, u.return_at_ms, u.persons, u.counted, u.closed_without_return});
    }
}

// The compound's own rules, and beside them those of the dwellings where others hold.
void list_rules(db::Scoped& q, const GateDevice& device, base::Instant now, GateList& list) {
  const RuleBook book(q, device.compound_id, now);
  list.policy = book.policy(q, {});
  q.run(
      "SELECT p.id, p.stair_id, p.building_id, p.phase_id FROM place p WHERE p.compound_id = $1 AND p.kind = "
      "'dwelling' AND p.valid_until_ms IS NULL AND {scope:p} ORDER BY p.sort",
      {device.compound_id}, [&](const db::Row& r) {
        PlacesBelow below;
        for (int column = 0; column < 4; ++column)
          if (!r.is_null(column)) below.push_back(r.integer(column));
        const auto policy = book.policy(q, below);
        if (policy == list.policy) return;
        auto rule = std::ranges::find(list.rules, policy, &ListRule::policy);
        if (rule == list.rules.end()) rule = list.rules.insert(rule, {policy, {}});
        rule->dwellings.push_back(r.integer(0));
      });
}

// One word for a person or a household, and no why (practice.md 24).
void list_words(db::Scoped& q, const GateDevice& device, base::Instant now, GateList& list) {
  const auto levels = levels_of_compound(q, device.compound_id, now);
  std::set<std::int64_t> concerned;
  for (const auto& one : levels.all) concerned.insert(one.household_id);
  for (const auto& household : list.households) {
    if (!concerned.contains(household.id)) continue;
    const auto rule = std::ranges::find_if(list.rules, [&](const ListRule& r) {
      return std::ranges::find(r.dwellings, household.d) != r.dwellings.end();
    });
    const auto& policy = rule == list.rules.end() ? list.policy : rule->policy;
    const auto all = levels.word(policy, household.id, std::nullopt, now);
    if (all != rule::Standing::may_leave) list.words.push_back({household.id, std::nullopt, all});
    for (const auto& member : household.m) {
      const auto own = levels.word(policy, household.id, member.id, now);
      if (own != all) list.words.push_back({household.id, member.id, own});
    }
  }
}

// Whom a referred person calls: the nearest steward who has a phone, a person's name in full on purpose.
std::optional<Duty> duty_of(db::Scoped& q, const core::Services& services, std::int64_t compound_id) {
  std::optional<Duty> duty;
  q.one(
      "SELECT s.id, s.name, s.phone_sealed FROM stewardship w JOIN staff s ON s.id = w.staff_id JOIN place "
      "p ON p.id = w.place_id WHERE w.place_id = $1 AND w.valid_until_ms IS NULL AND w.duty = 'steward' "
      "AND s.phone_sealed IS NOT NULL AND {scope:p} ORDER BY w.tier, w.id LIMIT 1",
      {compound_id}, [&](const db::Row& r) {
        const auto phone = services.keys.unseal("staff", "phone", r.integer(0), r.blob(2));
        if (phone) duty = Duty{r.str(1), *phone};
      });
  return duty;
}

}  // namespace

std::string server_url(const api::Context& c) {
  if (!c.services.public_url.empty()) return c.services.public_url;
  return fmt::format("{}://{}", c.request.secure ? "https" : "http", c.request.header("host"));
}

void note_queue(db::Scoped& q, std::int64_t enrolment_id, std::int64_t queue, base::Instant now) {
  std::optional<base::Instant> since;
  if (queue > 0) since = now;
  q.unscoped().run(
      "UPDATE enrolment SET queue_since_ms = CASE WHEN CAST($3 AS bigint) IS NULL THEN NULL ELSE "
      "COALESCE(queue_since_ms, $3) END, queue = $2 WHERE id = $1",
      {enrolment_id, queue, since});
}

std::optional<GateDevice> device_of(db::Scoped& q, std::int64_t enrolment_id) {
  std::optional<GateDevice> found;
  if (enrolment_id == 0) return found;
  q.one(
      "SELECT e.id, e.compound_id, e.opening_id, e.clock_offset_ms FROM enrolment e JOIN place p ON p.id = "
      "e.compound_id WHERE e.id = $1 AND e.state = 'active' AND {scope:p}",
      {enrolment_id}, [&](const db::Row& r) {
        found = GateDevice{r.integer(0), r.integer(1), r.integer(2), r.integer(3), {}};
      });
  return found;
}

std::string list_version(db::Scoped& q, const core::Services& services, const GateDevice& device,
                         base::Instant now) {
  const auto last = q.count(
      "SELECT COALESCE(MAX(ch.id), 0) FROM change ch JOIN place p ON p.id = ch.compound_id WHERE "
      "ch.compound_id = $1 AND {scope:p}",
      {device.compound_id});
  // A policy from above or one whose time has come, a new day with its word, and a new key of cards make a
  // new list too.
  const RuleBook book(q, device.compound_id, now);
  // And a control level that begins or ends by itself.
  const auto words = q.count(
      "SELECT COALESCE(SUM(o.id), 0) FROM observation o JOIN place p ON p.id = o.compound_id WHERE "
      "o.compound_id = $1 AND o.valid_from_ms <= $2 AND (o.valid_until_ms IS NULL OR o.valid_until_ms > "
      "$2) AND {scope:p}",
      {device.compound_id, now});
  return fmt::format("{}.{}.{}.{}.{}", last, book.stamp(), words % 1'000'003, base::civil_day(now).number,
                     services.keys.verify_keys().size());
}

GateList build_list(db::Scoped& q, const core::Services& services, const GateDevice& device,
                    base::Instant now) {
  GateList list;
  list.version = list_version(q, services, device, now);
  list.generated_ms = now.ms;
  list.utc_offset_minutes = base::utc_offset_minutes(now);
  list_rules(q, device, now, list);
  q.one("SELECT p.id, p.name FROM place p WHERE p.id = $1 AND {scope:p}", {device.compound_id},
        [&](const db::Row& r) {
          list.compound = {r.integer(0), r.str(1)};
        });
  q.one(
      "SELECT o.id, o.name, o.direction FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id = $1 "
      "AND {scope:p}",
      {device.opening_id}, [&](const db::Row& r) {
        list.opening.id = r.integer(0);
        list.opening.name = r.str(1);
        meta::parse_enum(r.text(2), list.opening.direction);
      });
  for (const auto& verify : services.keys.verify_keys()) {
    list.keys.push_back({hex({reinterpret_cast<const char*>(verify.kid.data()), verify.kid.size()}),
                         api::base64url({reinterpret_cast<const char*>(verify.public_key.data()),
                                         verify.public_key.size()})});
  }
  list.duty = duty_of(q, services, device.compound_id);
  const auto today = base::civil_day(now);
  for (int d = 0; d < day_marks; ++d) {
    const auto mark = token::day_mark(services.keys.day_secret(), device.compound_id, today + d);
    list.days.push_back(
        {today + d, std::string(mark.word.text), std::string(mark.word.key), std::string(mark.colour.key)});
  }
  list_households(q, device, now, list);
  list_words(q, device, now, list);
  list.filings = filings_of_compound(q, device.compound_id, now);
  q.run(
      "SELECT ps.id, ps.household_id, ps.pass_class, ps.generation, ps.state, ps.short_code, "
      "ps.valid_until FROM pass ps JOIN place p ON p.id = ps.compound_id WHERE ps.compound_id = $1 AND "
      "ps.valid_until >= $2 AND {scope:p} ORDER BY ps.id",
      {device.compound_id, today + -30},
      [&](const db::Row& r) { list.passes.push_back(meta::load<ListPass>(r)); });
  int window_days = list.policy.window_days;
  for (const auto& rule : list.rules) window_days = std::max(window_days, rule.policy.window_days);
  list_uses(q, device, window_days, now, list);
  list_holders(q, device, today, list);
  list_vehicles(q, device, list);
  list.inside_unknown = list.uses.empty();
  return list;
}

void device_routes(api::Router& r) {
  r.post<NewEnrolment, EnrolmentCode>("/api/enrolments", Permission::enrolment_write,
                                      "A QR code that enrols a gate phone", create_enrolment);
  r.get<place::CompoundQuery, api::Page<Enrolment>>("/api/enrolments", Permission::enrolment_write,
                                                    "Gate phones", list_enrolments);
  r.post<Enrolment>("/api/enrolments/{id}/revoke", Permission::enrolment_write, "Cut a gate phone off",
                    revoke);
  r.post<EnrolRequest, EnrolAnswer>("/api/gate/enrol", Permission::anybody,
                                    "Enrol this phone with the code's secret", enrol);
  r.post<Ping, Pong>("/api/gate/ping", Permission::gate_decide, "The phone is there", ping);
  auto& list = r.get<api::Response>("/api/gate/list", Permission::gate_decide, "What the phone decides from",
                                    gate_list);
  list.output = [](meta::Schemas& s) { return s.ref(meta::record_of<GateList>()); };
}

}  // namespace feature::gate
