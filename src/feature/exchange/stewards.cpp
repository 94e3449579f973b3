// Stewardship lists: who answers for which building or for the compound. Staff are known by name and phone,
// in any compound; without a phone by name among those who answer for a part of this one.
#include "feature/exchange/merge.hpp"
#include "feature/organisation/service.hpp"
#include "feature/stewardship/record.hpp"

namespace feature::exchange {
namespace {

using intake::Field;

std::string rank_name(intake::Rank rank) {
  constexpr std::string_view names[] = {"unknown",        "none",          "clerk",
                                        "section_deputy", "section_head",  "division_deputy",
                                        "division_head",  "bureau_deputy", "bureau_head"};
  static_assert(std::size(names) == static_cast<std::size_t>(intake::Rank::bureau_head) + 1);
  return std::string(names[static_cast<std::size_t>(rank)]);
}

std::string party_name(intake::Party party) {
  constexpr std::string_view names[] = {"unknown", "member", "probationary", "league", "other_party", "none"};
  static_assert(std::size(names) == static_cast<std::size_t>(intake::Party::none) + 1);
  return std::string(names[static_cast<std::size_t>(party)]);
}

// Buildings and stairs of the compound by phase, building and stair.
std::map<intake::RoomRef, std::int64_t> load_parts(db::Scoped& q, std::int64_t compound_id) {
  struct Node {
    std::string kind, name;
    std::int64_t phase_id, building_id;
  };
  std::map<std::int64_t, Node> nodes;
  q.run(
      "SELECT p.id, p.kind, p.name, p.phase_id, p.building_id FROM place p WHERE p.compound_id = $1 AND "
      "p.kind IN ('phase', 'building', 'stair') AND p.valid_until_ms IS NULL AND {scope:p}",
      {compound_id}, [&](const db::Row& r) {
        nodes[r.integer(0)] = {r.str(1), r.str(2), r.integer(3), r.integer(4)};
      });
  const auto name = [&](std::int64_t id) {
    const auto at = nodes.find(id);
    return at == nodes.end() ? std::string{} : at->second.name;
  };
  std::map<intake::RoomRef, std::int64_t> parts;
  for (const auto& [id, node] : nodes) {
    if (node.kind == "building") parts[{name(node.phase_id), node.name, {}, {}}] = id;
    if (node.kind == "stair") parts[{name(node.phase_id), name(node.building_id), node.name, {}}] = id;
  }
  return parts;
}

// A list seldom says the phase: then exactly one must have such a building.
std::optional<std::int64_t> find_part(const std::map<intake::RoomRef, std::int64_t>& parts,
                                      const intake::RoomRef& wanted) {
  if (const auto at = parts.find(wanted); at != parts.end()) return at->second;
  std::optional<std::int64_t> found;
  for (const auto& [part, id] : parts) {
    if (part.building != wanted.building || part.stair != wanted.stair) continue;
    if (!wanted.phase.empty() || found) return std::nullopt;
    found = id;
  }
  return found;
}

struct KnownStaff {
  stewardship::StaffRow staff{};
  std::map<std::int64_t, int> tiers{};  // place -> tier
  std::string employer{};               // the name of the body they are employed by, when it is on record
};

using StaffKey = std::pair<std::string, std::string>;  // name, blind index of the phone

class Stewards {
 public:
  Stewards(db::Scoped& q, const Job& job, Writing* writing)
      : q_(q),
        job_(job),
        writing_(writing),
        parts_(load_parts(q, job.ground.compound.id.value)),
        forces_(organisation::codes_by_word(q, organisation::TermList::force)),
        skills_(organisation::codes_by_word(q, organisation::TermList::skill)) {}

  Verdict take(std::size_t index) {
    const auto& row = job_.reading.analysis.stewards[index];
    auto verdict = own_verdict(row);
    name_spare_phones(job_.reading.analysis, row.phones, verdict);
    name_unknown_words(row, verdict);
    if (verdict.status != RowStatus::fresh) return verdict;
    const auto places = places_of(row);
    if (places.empty() || row.tier == 0) {
      verdict.status = RowStatus::wrong;
      return verdict;
    }
    const StaffKey key{row.name,
                       row.phones.empty() ? "" : job_.keys.blind("phone", row.phones.front().number)};
    if (!known_.contains(key)) load(key);
    auto& known = known_[key];
    const bool write = writing_ && writing_->wanted(index);
    if (known) {
      merge(row, *known, places, verdict, write);
    } else if (write || !writing_) {  // shown as it will be: the next row of the same person finds them known
      known = KnownStaff{staff_of(row, write ? writing_->id() : 0)};
      if (!row.organisation.empty()) employ(*known, row.organisation);
      if (write) put(*known, row);
    }
    if (known && verdict.status != RowStatus::doubtful) add(*known, places, row.tier, write);
    return verdict;
  }

 private:
  std::vector<std::int64_t> places_of(const intake::StewardRow& row) const {
    if (row.whole_compound) return {job_.ground.compound.id.value};
    std::vector<std::int64_t> places;
    for (const auto& building : row.buildings)
      if (const auto id = find_part(parts_, building)) places.push_back(*id);
    return places;
  }

  // Words the installation does not have are named and left out; the rest of the row is taken.
  void name_unknown_words(const intake::StewardRow& row, Verdict& verdict) const {
    const auto name = [&](const std::string& word, Field field) {
      verdict.issues.push_back({column_of(job_.reading.analysis, field), "word_unknown", {{"text", word}}});
    };
    if (!row.force.empty() && !forces_.contains(row.force)) name(row.force, Field::force);
    for (const auto& skill : row.skills)
      if (!skills_.contains(skill)) name(skill, Field::skills);
  }

  std::string force_of(const intake::StewardRow& row) const {
    const auto found = forces_.find(row.force);
    return found == forces_.end() ? "unknown" : found->second;
  }

  // Those on record, and those the file adds.
  std::string skills_of(const intake::StewardRow& row, const std::string& known) const {
    auto out = known;
    for (const auto& skill : row.skills) {
      const auto found = skills_.find(skill);
      const auto codes = " " + out + " ";
      if (found == skills_.end() || codes.find(" " + found->second + " ") != codes.npos) continue;
      out += (out.empty() ? "" : " ") + found->second;
    }
    return out;
  }

  void load(const StaffKey& key) {
    auto& known = known_[key];
    const auto keep = [&](const db::Row& r) { known = KnownStaff{meta::load<stewardship::StaffRow>(r)}; };
    // Staff have no place of their own; the phone number names one person everywhere.
    if (!key.second.empty())
      q_.unscoped().one(
          "SELECT s.id, s.name, s.organisation, s.post, s.rank, s.party, s.phone_sealed, s.phone_index, "
          "s.phone_masked, s.source, s.import_id, s.updated_ms, s.organisation_id, s.force, s.skills FROM "
          "staff s WHERE s.name = $1 AND s.phone_index = $2 ORDER BY s.id",
          {key.first, meta::Blob{key.second}}, keep);
    else
      q_.one(
          "SELECT s.id, s.name, s.organisation, s.post, s.rank, s.party, s.phone_sealed, s.phone_index, "
          "s.phone_masked, s.source, s.import_id, s.updated_ms, s.organisation_id, s.force, s.skills FROM "
          "staff s JOIN stewardship w ON w.staff_id = s.id JOIN place p ON p.id = w.place_id WHERE s.name "
          "= $1 AND p.compound_id = $2 AND w.valid_until_ms IS NULL AND {scope:p} ORDER BY s.id",
          {key.first, job_.ground.compound.id}, keep);
    if (!known) return;
    if (known->staff.organisation_id)
      q_.unscoped().one("SELECT o.name FROM organisation o WHERE o.id = $1", {*known->staff.organisation_id},
                        [&](const db::Row& r) { known->employer = r.str(0); });
    q_.run(
        "SELECT w.place_id, w.tier FROM stewardship w JOIN place p ON p.id = w.place_id WHERE w.staff_id = "
        "$1 AND w.valid_until_ms IS NULL AND w.duty = 'steward' AND w.grid_id IS NULL AND {scope:p}",
        {known->staff.id},
        [&](const db::Row& r) { known->tiers[r.integer(0)] = static_cast<int>(r.integer(1)); });
  }

  // A name that is a body's on record makes it the employer; any other stays as it was written.
  void employ(KnownStaff& known, const std::string& name) {
    auto found = bodies_.find(name);
    if (found == bodies_.end())
      found = bodies_.emplace(name, organisation::organisation_named(q_, name)).first;
    if (!found->second) return;
    known.staff.organisation_id = found->second->id;
    known.staff.organisation.reset();
    known.employer = found->second->name;
  }

  stewardship::StaffRow staff_of(const intake::StewardRow& row, std::int64_t id) const {
    stewardship::StaffRow s;
    s.id = meta::Id<stewardship::StaffRow>(id);
    s.name = row.name;
    s.organisation = not_empty(row.organisation);
    s.post = not_empty(row.post);
    s.rank = rank_name(row.rank);
    s.party = party_name(row.party);
    s.force = force_of(row);
    s.skills = skills_of(row, {});
    return s;
  }

  void put(KnownStaff& known, const intake::StewardRow& row) {
    auto& s = known.staff;
    if (!row.phones.empty()) {
      const auto& number = row.phones.front().number;
      s.phone_sealed = meta::Bytes{job_.keys.seal("staff", "phone", s.id.value, number)};
      s.phone_index = meta::Bytes{job_.keys.blind("phone", number)};
      s.phone_masked = core::mask_phone(number);
    }
    s.source = writing_->source().source;
    s.import_id = writing_->source().import_id;
    s.updated = writing_->source().now;
    core::insert(q_, s, writing_->source());
  }

  void merge(const intake::StewardRow& row, KnownStaff& known, const std::vector<std::int64_t>& places,
             Verdict& verdict, bool write) {
    auto after = known.staff;
    Merge m(job_.reading.analysis, verdict);
    if (known.staff.organisation_id) {
      if (!row.organisation.empty() && row.organisation != known.employer) m.differ(Field::organisation);
    } else {
      m.value(after.organisation, not_empty(row.organisation), Field::organisation);
    }
    m.value(after.post, not_empty(row.post), Field::post);
    m.word(after.rank, rank_name(row.rank), Field::rank);
    m.word(after.party, party_name(row.party), Field::party);
    m.word(after.force, force_of(row), Field::force);
    if (const auto skills = skills_of(row, after.skills); skills != after.skills) {
      after.skills = skills;
      m.fill();
    }
    bool new_place = false;
    for (const auto place : places) {
      const auto at = known.tiers.find(place);
      new_place = new_place || at == known.tiers.end();
      if (at != known.tiers.end() && at->second != row.tier) m.differ(Field::tier);
    }
    const bool filled = m.settle();
    if (verdict.status == RowStatus::unchanged && new_place) verdict.status = RowStatus::changed;
    if (!filled || !write) return;
    after.updated = writing_->source().now;
    core::update(q_, known.staff, after, writing_->source());
    known.staff = std::move(after);
  }

  void add(KnownStaff& known, const std::vector<std::int64_t>& places, int tier, bool write) {
    for (const auto place : places) {
      const bool is_new = (write || !writing_) && known.tiers.emplace(place, tier).second;
      if (!is_new || !write) continue;
      stewardship::StewardshipRow w;
      w.id = meta::Id<stewardship::StewardshipRow>(writing_->id());
      w.staff_id = known.staff.id;
      w.place_id = meta::Id<place::PlaceRow>(place);
      w.tier = tier;
      w.valid_from = writing_->source().now;
      w.source = writing_->source().source;
      w.import_id = writing_->source().import_id;
      core::insert(q_, w, writing_->source());
    }
  }

  db::Scoped& q_;
  const Job& job_;
  Writing* writing_;
  std::map<intake::RoomRef, std::int64_t> parts_;
  std::map<std::string, std::string> forces_, skills_;  // what they are called -> code
  std::map<StaffKey, std::optional<KnownStaff>> known_{};
  std::map<std::string, std::optional<organisation::Named>> bodies_{};
};

}  // namespace

std::vector<Verdict> take_stewards(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  Stewards stewards(q, job, writing);
  std::vector<Verdict> verdicts;
  for (const auto i : rows) verdicts.push_back(stewards.take(i));
  return verdicts;
}

}  // namespace feature::exchange
