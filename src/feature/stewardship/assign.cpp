#include <fmt/format.h>

#include <algorithm>

#include "api/context.hpp"
#include "core/services.hpp"
#include "engine/intake/phone.hpp"
#include "feature/stewardship/api.hpp"
#include "feature/stewardship/service.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::stewardship {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// Where somebody is to stand, found in scope.
struct Post {
  place::PlaceRow place{};
  std::optional<std::int64_t> grid{};
};

Result<Post> find_post(db::Scoped& q, const NewStewardship& in) {
  if (in.place_id.has_value() == in.grid_id.has_value())
    return base::fail_field("/place_id", in.place_id ? "not_allowed_here" : "required");
  Post post;
  if (in.grid_id) {
    std::int64_t place_id = 0;
    q.one(
        "SELECT s.place_id FROM place_set s JOIN place p ON p.id = s.place_id WHERE s.id = $1 AND s.kind = "
        "'grid' AND s.valid_until_ms IS NULL AND {scope:p}",
        {*in.grid_id}, [&](const db::Row& r) { place_id = r.integer(0); });
    const auto place = place::find_place(q, place_id);
    if (!place) return base::fail_field("/grid_id", "not_found");
    return Post{*place, in.grid_id};
  }
  const auto place = place::find_place(q, *in.place_id);
  if (!place) return base::fail_field("/place_id", "not_found");
  return Post{*place, std::nullopt};
}

// XN-20: leaders and deputies belong to an area, XN-24: volunteers to a compound; a tier is one of the
// rules'.
base::Problems problems_of(const NewStewardship& in, const Post& post, const place::PlaceRules& rules) {
  base::Problems problems;
  const auto duty = in.duty.value_or(Duty::steward);
  if (duty == Duty::steward) {
    if (!in.tier)
      problems.push_back({"/tier", "required"});
    else if (*in.tier > static_cast<std::int64_t>(rules.tiers.size()))
      problems.push_back(
          {"/tier", "out_of_range", {{"min", "1"}, {"max", std::to_string(rules.tiers.size())}}});
  } else {
    if (in.tier) problems.push_back({"/tier", "not_allowed_here"});
    const auto wanted = duty == Duty::volunteer ? place::Kind::compound : place::Kind::area;
    if (post.grid || post.place.kind != wanted)
      problems.push_back({"/duty", "wrong_level", {{"kind", std::string(meta::name_of(post.place.kind))}}});
  }
  if (in.staff_id.has_value() == in.staff.has_value())
    problems.push_back({"/staff_id", in.staff_id ? "not_allowed_here" : "required"});
  return problems;
}

Result<StaffRow> new_staff(const NewStaff& in, std::int64_t id, const core::Keyring& keys,
                           const core::Source& source) {
  StaffRow s;
  s.id = meta::Id<StaffRow>(id);
  s.name = in.name;
  if (in.organisation) s.organisation = *in.organisation;
  if (in.post) s.post = *in.post;
  s.rank = meta::name_of(in.rank.value_or(place::Rank::unknown));
  if (in.phone && !give_phone(s, *in.phone, keys)) return base::fail_field("/staff/phone", "not_a_phone");
  s.source = source.source;
  s.updated = source.now;
  return s;
}

Result<Responsible> assign(api::Context& c, const NewStewardship& in) {
  const auto id = c.store.next_id(), staff_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Responsible> {
    const auto post = find_post(q, in);
    if (!post) return tl::unexpected(post.error());
    const auto rules = place::rules_at(q, post->place, c.now).params;
    if (auto problems = problems_of(in, *post, rules); !problems.empty())
      return base::fail(std::move(problems));
    const auto source = core::source_of(c);
    if (in.staff_id && !sees_staff(q, *in.staff_id)) return base::fail_field("/staff_id", "not_found");
    if (in.staff) {
      const auto staff = new_staff(*in.staff, staff_id, c.services.keys, source);
      if (!staff) return tl::unexpected(staff.error());
      core::insert(q, *staff, source);
    }
    StewardshipRow w;
    w.id = meta::Id<StewardshipRow>(id);
    w.staff_id = meta::Id<StaffRow>(in.staff_id.value_or(staff_id));
    w.place_id = post->place.id;
    w.grid_id = post->grid;
    w.duty = in.duty.value_or(Duty::steward);
    w.tier = in.tier ? static_cast<int>(in.tier->value) : 0;
    w.valid_from = c.now;
    w.source = source.source;
    if (q.unscoped().count(
            "SELECT COUNT(*) FROM stewardship WHERE staff_id = $1 AND place_id = $2 AND duty = $3 "
            "AND tier = $4 AND COALESCE(grid_id, 0) = $5 AND valid_until_ms IS NULL",
            {w.staff_id, w.place_id, meta::name_of(w.duty), w.tier, w.grid_id.value_or(0)}) > 0)
      return base::fail_field("/staff_id", "duplicate");
    core::insert(q, w, source);
    core::audit(q, c, {"stewardship.assign", "stewardship", id, post->place.compound_id});
    core::note_change(q, "place", post->place.compound_id.value_or(post->place.id.value), id, c.now);
    return responsible_for(q, post->place, c.now);
  });
}

Result<void> end(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    std::optional<StewardshipRow> row;
    std::optional<std::int64_t> compound;
    q.one(
        "SELECT w.id, w.staff_id, w.place_id, w.tier, w.valid_from_ms, w.valid_until_ms, w.source, "
        "w.import_id, w.duty, w.grid_id, p.compound_id FROM stewardship w JOIN place p ON p.id = "
        "w.place_id WHERE w.id = $1 AND w.valid_until_ms IS NULL AND {scope:p}",
        {c.id()}, [&](const db::Row& r) {
          row = meta::load<StewardshipRow>(r);
          compound = r.maybe_integer(10);
        });
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    auto ended = *row;
    ended.valid_until = c.now;
    core::update(q, *row, ended, core::source_of(c));
    core::audit(q, c, {"stewardship.end", "stewardship", c.id(), compound});
    core::note_change(q, "place", compound.value_or(row->place_id.value), c.id(), c.now);
    return {};
  });
}

// A trailing wildcard search; what the user typed is never a pattern itself.
std::string beginning(std::string_view typed) {
  std::string out;
  for (const char c : typed) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

Result<CandidateList> candidates(api::Context& c, const CandidateQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<CandidateList> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    CandidateList out;
    const auto like = beginning(in.q.value_or(meta::Text<1, 50>{}));
    q.run(db::ScopedSql(
              "SELECT s.id, s.name, COALESCE(o.name, s.organisation), s.post, s.rank, COALESCE(MIN(CASE "
              "WHEN p.id IS NOT NULL AND w.duty = 'steward' THEN w.tier END), 0), SUM(CASE WHEN p.id IS "
              "NOT NULL AND w.valid_until_ms IS NULL THEN 1 ELSE 0 END) FROM staff s LEFT JOIN "
              "organisation o ON o.id = s.organisation_id LEFT JOIN stewardship w ON w.staff_id = s.id "
              "LEFT JOIN place p ON p.id = w.place_id "
              "AND {scope:p} WHERE s.name LIKE $1 ESCAPE '\\' AND " STAFF_SEEN
              " GROUP BY s.id, s.name, o.name, s.organisation, s.post, s.rank ORDER BY 7, s.name, s.id LIMIT "
              "50"),
          {like}, [&](const db::Row& r) {
            out.items.push_back({meta::Id<StaffRow>(r.integer(0)).value, r.str(1), r.maybe_text(2),
                                 r.maybe_text(3), r.str(4), static_cast<int>(r.integer(5)), r.integer(6)});
          });
    return out;
  });
}

Result<Profile> set_profile(api::Context& c, const ProfilePatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Profile> {
    const auto compound = place::find_compound(q, c.id());
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    std::optional<ProfileRow> before;
    q.one(
        "SELECT f.id, f.property_level, f.observed_households, f.volunteers_planned, f.updated_ms FROM "
        "compound_profile f JOIN place p ON p.id = f.id WHERE f.id = $1 AND {scope:p}",
        {c.id()}, [&](const db::Row& r) { before = meta::load<ProfileRow>(r); });
    auto after = before.value_or(ProfileRow{compound->id});
    if (in.property_level) after.property_level = *in.property_level;
    if (in.observed_households) after.observed_households = in.observed_households->value;
    if (in.volunteers_planned) after.volunteers_planned = in.volunteers_planned->value;
    after.updated = c.now;
    if (before)
      core::update(q, *before, after, source);
    else
      core::insert(q, after, source);
    core::audit(q, c, {"compound_profile.change", "compound_profile", c.id(), c.id()});
    core::note_change(q, "place", c.id(), c.id(), c.now);
    Profile shown{c.id(), after.property_level, {}, {}};
    if (after.observed_households) shown.observed_households = *after.observed_households;
    if (after.volunteers_planned) shown.volunteers_planned = *after.volunteers_planned;
    return shown;
  });
}

}  // namespace

bool sees_staff(db::Scoped& q, std::int64_t staff) {
  return q.count(db::ScopedSql("SELECT COUNT(*) FROM staff s WHERE s.id = $1 AND " STAFF_SEEN), {staff}) > 0;
}

void note_staff_person(db::Scoped& q, const std::vector<std::int64_t>& ids, base::Instant now) {
  auto& c = q.unscoped();
  std::optional<std::int64_t> compound;
  c.run(
      "SELECT p.compound_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE p.compound_id IS NOT "
      "NULL AND (r.person_id " +
          c.in_list(1) + " OR r.person_id IN (SELECT l.person_id FROM staff_person l WHERE l.staff_id " +
          c.in_list(1) + ")) ORDER BY r.id LIMIT 1",
      {db::json_array(ids)}, [&](const db::Row& r) { compound = r.integer(0); });
  if (!compound) return;
  for (const auto id : ids) core::note_change(q, "staff_person", *compound, id, now);
}

bool give_phone(StaffRow& staff, std::string_view typed, const core::Keyring& keys) {
  const auto phones = engine::intake::parse_phones(typed);
  if (phones.empty()) return false;
  const auto& number = phones.front().number;
  staff.phone_sealed = meta::Bytes{keys.seal("staff", "phone", staff.id.value, number)};
  staff.phone_index = meta::Bytes{keys.blind("phone", number)};
  staff.phone_masked = core::mask_phone(number);
  return true;
}

void assign_routes(api::Router& r) {
  r.post<NewStewardship, Responsible>("/api/stewardships", Permission::place_write,
                                      "Make somebody responsible for a place or grid", assign);
  r.post<void>("/api/stewardships/{id}/end", Permission::place_write, "End a responsibility", end);
  r.get<CandidateQuery, CandidateList>("/api/stewardships/candidates", Permission::household_read,
                                       "Staff who may be chosen, those who carry least first", candidates);
  r.patch<ProfilePatch, Profile>("/api/compound-profiles/{id}", Permission::place_write,
                                 "What decides how many volunteers a compound needs", set_profile);
}

}  // namespace feature::stewardship
