// Rosters: persons into households into known dwellings. Somebody known is found in the same dwelling, by
// document number or by name, and never written twice.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/exchange/merge.hpp"
#include "feature/exchange/residents.hpp"
#include "feature/people/service.hpp"

namespace feature::exchange {
namespace {

using intake::Field;

static_assert(static_cast<int>(people::Relation::other) == static_cast<int>(intake::Relation::other));
static_assert(static_cast<int>(people::Sex::female) == static_cast<int>(intake::Sex::female));

std::string kind_name(intake::DocumentKind kind) {
  switch (kind) {
    case intake::DocumentKind::passport:
      return "passport";
    case intake::DocumentKind::mainland_permit:
      return "mainland_permit";
    case intake::DocumentKind::taiwan_permit:
      return "taiwan_permit";
    case intake::DocumentKind::other:
      return "other";
    case intake::DocumentKind::none:
    case intake::DocumentKind::resident_id:
      break;
  }
  return "resident_id";
}

std::vector<std::string> flags_of(const intake::PersonRow& row) {
  std::vector<std::string> flags;
  const auto add = [&](bool is, const char* flag) {
    if (is) flags.emplace_back(flag);
  };
  add(row.returnee, "returnee");
  add(row.flags.elder_alone, "elder_alone");
  add(row.flags.disabled, "disabled");
  add(row.flags.pregnant, "pregnant");
  add(row.flags.dialysis, "dialysis");
  add(row.flags.chronic_medicine, "chronic_medicine");
  add(row.flags.needs_care, "needs_care");
  add(row.flags.infant, "infant");
  return flags;
}

people::PersonDraft draft_of(const intake::PersonRow& row) {
  people::PersonDraft d;
  d.name = row.name;
  d.relation = static_cast<people::Relation>(row.relation);
  d.sex = static_cast<people::Sex>(row.sex);
  d.birth_day = row.birth_day;
  d.document_kind = kind_name(row.document.kind);
  d.document_state = people::state_of_document(row.document.state);
  d.document = row.document.number;
  for (const auto& phone : row.phones) d.phones.push_back(phone.number);
  d.registered_residence = not_empty(row.registered_residence);
  d.origin = not_empty(row.origin);
  d.return_day = row.return_day;
  d.flags = flags_of(row);
  return d;
}

struct Told {                   // a row with what it is compared by
  std::size_t row = 0, at = 0;  // in the file; in the verdicts
  people::PersonDraft draft{};
  std::string document{};             // blind index, empty when it does not tell who
  std::vector<std::string> phones{};  // blind indexes
  Resident* match = nullptr;
};

Told told_by(const Job& job, std::size_t row, std::size_t at) {
  Told t{row, at, draft_of(job.reading.analysis.persons[row])};
  if (people::tells_who(t.draft.document_state)) t.document = job.keys.blind("document", t.draft.document);
  for (const auto& number : t.draft.phones) t.phones.push_back(job.keys.blind("phone", number));
  return t;
}

// How well a row fits a known person of the same dwelling; empty when it is somebody else.
std::optional<int> likeness(const Told& told, const Resident& known) {
  const auto& person = known.person;
  const bool known_document = person.document_index && people::tells_who(person.document_state);
  const bool same_document = known_document && told.document == person.document_index->value;
  if (same_document) return told.draft.name == person.name ? 101 : 100;
  if (told.draft.name != person.name) return std::nullopt;
  const bool same_relation = told.draft.relation == known.residence.relation;
  const bool same_birth = told.draft.birth_day == person.birth_day;
  const bool both_ok = told.draft.document_state == people::DocumentState::ok &&
                       person.document_state == people::DocumentState::ok;
  if (both_ok && !same_relation && !same_birth) return std::nullopt;  // namesakes in one family
  const bool same_phone = std::ranges::any_of(told.phones, [&](const auto& phone) {
    return std::ranges::find(known.phones, phone) != known.phones.end();
  });
  return (same_relation ? 8 : 0) + (same_birth ? 4 : 0) + (same_phone ? 2 : 0) +
         (told.draft.sex == person.sex ? 1 : 0);
}

// The best pairs first, so that a father and a son of one name each find themselves.
void find_matches(std::vector<Told*>& told, Inhabited& inhabited) {
  struct Pair {
    int likeness;
    Told* told;
    Resident* known;
  };
  std::vector<Pair> pairs;
  for (auto* t : told)
    for (auto& known : inhabited.residents)
      if (const auto like = likeness(*t, known)) pairs.push_back({*like, t, &known});
  std::ranges::stable_sort(pairs, std::ranges::greater{}, &Pair::likeness);
  std::vector<Resident*> taken;
  for (const auto& pair : pairs) {
    if (pair.told->match || std::ranges::find(taken, pair.known) != taken.end()) continue;
    pair.told->match = pair.known;
    taken.push_back(pair.known);
  }
}

void merge_document(const Job& job, const Told& told, people::PersonRow& known, Merge& m) {
  using S = people::DocumentState;
  if (told.document.empty()) return;
  if (known.document_index && known.document_index->value == told.document &&
      people::tells_who(known.document_state))
    return;
  const auto& draft = told.draft;
  const auto wide = intake::widen_fifteen(draft.document);
  const bool same_person = known.document_state == S::ok && wide && known.document_index &&
                           job.keys.blind("document", *wide) == known.document_index->value;
  if (same_person) return;
  // The office mended the number: what stood there was known to be no good.
  const bool mended = draft.document_state == S::ok &&
                      (known.document_state == S::bad_checksum || known.document_state == S::fifteen);
  if (people::tells_who(known.document_state) && !mended) return m.differ(Field::document_number);
  known.document_kind = draft.document_kind;
  known.document_state = draft.document_state;
  known.document_sealed = meta::Bytes{job.keys.seal("person", "document", known.id.value, draft.document)};
  known.document_index = meta::Bytes{told.document};
  known.document_masked = core::mask_document(draft.document);
  m.fill();
}

void merge_flags(const Told& told, people::PersonRow& known, Merge& m) {
  const auto flags = base::words_of(known.flags);
  for (const auto& flag : told.draft.flags) {
    if (std::ranges::find(flags, flag) != flags.end()) continue;
    known.flags += (known.flags.empty() ? "" : " ") + flag;
    m.fill();
  }
}

// True when the file has numbers for somebody without any.
bool merge_phones(const Told& told, const Resident& known, Merge& m) {
  const bool all_known = std::ranges::all_of(told.phones, [&](const auto& phone) {
    return std::ranges::find(known.phones, phone) != known.phones.end();
  });
  if (all_known) return false;
  if (!known.phones.empty()) {
    m.differ(Field::phone);
    return false;
  }
  m.fill();
  return true;
}

void write_phones(db::Scoped& q, const Job& job, const Told& told, Writing& writing) {
  std::vector<people::PhoneRow> rows;
  for (std::size_t i = 0; i < told.phones.size(); ++i) {
    people::PhoneRow row;
    row.id = meta::Id<people::PhoneRow>(writing.id());
    row.person_id = told.match->person.id;
    row.position = static_cast<int>(i);
    row.number_sealed.value = job.keys.seal("phone", "number", row.id.value, told.draft.phones[i]);
    row.number_index.value = told.phones[i];
    row.number_masked = core::mask_phone(told.draft.phones[i]);
    row.source = writing.source().source;
    row.import_id = writing.source().import_id;
    rows.push_back(std::move(row));
  }
  core::insert_all(q, rows, writing.source());
}

void merge(db::Scoped& q, const Job& job, const Told& told, Verdict& verdict, Writing* writing) {
  const auto& draft = told.draft;
  const auto& known = *told.match;
  auto person = known.person;
  auto residence = known.residence;
  Merge m(job.reading.analysis, verdict);
  if (person.name.empty() && !draft.name.empty()) {
    person.name = draft.name;
    m.fill();
  } else if (!draft.name.empty() && draft.name != person.name) {
    m.differ(Field::name);
  }
  m.word(residence.relation, draft.relation, Field::relation);
  const bool new_relation = residence.relation != known.residence.relation;
  m.word(person.sex, draft.sex, Field::sex);
  m.value(person.birth_day, draft.birth_day, Field::birth_day);
  merge_document(job, told, person, m);
  m.value(person.registered_residence, draft.registered_residence, Field::registered_residence);
  m.value(person.origin, draft.origin, Field::origin);
  m.value(person.return_day, draft.return_day, Field::return_day);
  merge_flags(told, person, m);
  const bool new_phones = merge_phones(told, known, m);
  const bool changed = m.settle();
  // A contradiction is not written; it waits beside what is known until somebody decides (XN-45, XN-58).
  if (writing && verdict.status == RowStatus::doubtful)
    people::note_conflicts(q, known.person.id.value, known.residence.id.value, draft, job.keys,
                           writing->source());
  if (!changed || !writing || !writing->wanted(told.row)) return;
  person.updated = writing->source().now;
  core::update(q, known.person, person, writing->source());
  if (new_relation) core::update(q, known.residence, residence, writing->source());
  if (new_phones) write_phones(q, job, told, *writing);
  people::index_persons(q, {person.id.value}, job.keys);
}

// The household that new members of a dwelling belong to: that of their relatives in the file; without any,
// and without a head of their own, the only registered one. Empty: a household of their own.
const Household* household_for(const intake::HouseholdDraft& group, const std::map<std::size_t, Told*>& told,
                               const Inhabited& inhabited) {
  const auto household = [&](std::int64_t id) -> const Household* {
    const auto at = std::ranges::find(inhabited.households, id, &Household::id);
    return at == inhabited.households.end() ? nullptr : &*at;
  };
  for (const auto member : group.members)
    if (const auto at = told.find(member); at != told.end() && at->second->match)
      return household(at->second->match->residence.household_id.value);
  if (group.head) return nullptr;
  const Household* only = nullptr;
  for (const auto& h : inhabited.households) {
    if (h.provisional) continue;
    if (only) return nullptr;
    only = &h;
  }
  return only;
}

bool has_registered(const Inhabited& inhabited) {
  return std::ranges::any_of(inhabited.households, [](const auto& h) { return !h.provisional; });
}

class Roster {
 public:
  Roster(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing)
      : q_(q), job_(job), file_(job.reading.analysis), writing_(writing) {
    read(rows);
  }

  std::vector<Verdict> take() {
    for (auto& t : told_)
      if (t.match) merge(q_, job_, t, verdicts_[t.at], writing_);
    if (!writing_) look_elsewhere();
    std::set<std::size_t> groups;  // of these rows, which may be a small part of the file
    for (const auto& t : told_) groups.insert(job_.reading.household_of[t.row]);
    for (const auto i : groups)
      if (i < file_.households.size() && file_.households[i].placed) form(file_.households[i]);
    write_drafts();
    return std::move(verdicts_);
  }

 private:
  void read(const Rows& rows) {
    told_.reserve(rows.size());
    std::map<std::int64_t, std::vector<Told*>> by_dwelling;
    for (const auto i : rows) {
      verdicts_.push_back(own_verdict(file_.persons[i]));
      if (verdicts_.back().status != RowStatus::fresh) continue;
      told_.push_back(told_by(job_, i, verdicts_.size() - 1));
      by_row_[i] = &told_.back();
      by_dwelling[job_.ground.dwellings.at(file_.persons[i].room).id].push_back(&told_.back());
    }
    std::vector<std::int64_t> dwellings;
    for (const auto& [id, told] : by_dwelling) dwellings.push_back(id);
    known_ = load_residents(q_, dwellings);
    for (auto& [id, told] : by_dwelling) find_matches(told, known_[id]);
  }

  // Somebody who is known in another dwelling of the compound has moved, or one of the two is wrong.
  void look_elsewhere() {
    const auto documents = documents_of(q_, job_.ground.compound.id.value, job_.import_id);
    for (const auto& t : told_) {
      if (t.match || t.document.empty()) continue;
      const auto at = documents.find(t.document);
      if (at == documents.end()) continue;
      verdicts_[t.at].status = RowStatus::doubtful;
      verdicts_[t.at].issues.push_back(
          {column_of(file_, Field::document_number), "person_elsewhere", {{"room", at->second}}});
    }
  }

  void form(const intake::HouseholdDraft& group) {
    std::vector<Told*> added;
    const auto add = [&](std::size_t row) {
      const auto at = by_row_.find(row);
      if (at == by_row_.end() || at->second->match) return;
      if (verdicts_[at->second->at].status == RowStatus::fresh) added.push_back(at->second);
    };
    if (group.head) add(*group.head);
    for (const auto member : group.members)
      if (member != group.head) add(member);
    if (added.empty()) return;
    const auto& dwelling = job_.ground.dwellings.at(group.room);
    const auto& inhabited = known_[dwelling.id];
    const auto* household = household_for(group, by_row_, inhabited);
    if (!household && has_registered(inhabited))
      verdicts_[added.front()->at].issues.push_back({-1, "another_household", {{"room", dwelling.label}}});
    if (writing_) draft(added, dwelling, household);
  }

  void draft(const std::vector<Told*>& added, const KnownDwelling& dwelling, const Household* household) {
    people::HouseholdDraft d;
    d.dwelling_id = dwelling.id;
    d.compound_id = job_.ground.compound.id.value;
    d.label = dwelling.label;
    d.sort = dwelling.sort;
    if (household) {
      d.joins = household->id;
      d.first_position = household->next_position;
    }
    for (const auto* t : added)
      if (writing_->wanted(t->row)) d.members.push_back(t->draft);
    if (!d.members.empty()) drafts_.push_back(std::move(d));
  }

  void write_drafts() {
    if (drafts_.empty()) return;
    std::size_t ids = 0;
    for (const auto& d : drafts_) ids += people::plan_ids(d);
    people::add_households(q_, drafts_, writing_->ids(ids), job_.keys, writing_->source(),
                           people::Words::at_end);
  }

  db::Scoped& q_;
  const Job& job_;
  const intake::Analysis& file_;
  Writing* writing_;
  std::vector<Verdict> verdicts_{};
  std::vector<Told> told_{};
  std::map<std::size_t, Told*> by_row_{};
  std::map<std::int64_t, Inhabited> known_{};
  std::vector<people::HouseholdDraft> drafts_{};
};

}  // namespace

std::vector<Verdict> take_roster(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  return Roster(q, job, rows, writing).take();
}

}  // namespace feature::exchange
