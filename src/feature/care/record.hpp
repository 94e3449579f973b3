#pragma once
// People who are looked after: why, by whom, the contact of each day, and what they will need (XN-64,
// practice 22). Exactly one helper at a time.
#include <optional>
#include <string>
#include <vector>

#include "feature/work_item/record.hpp"
#include "meta/describe.hpp"

namespace feature::care {

enum class Channel { phone, visit, message, neighbour, self };
enum class Need { medicine, dialysis, check_up, supplies, other };
enum class EndReason { no_longer_needed, moved_away, deceased, declined, mistaken_record };

// --- stored ------------------------------------------------------------------------------------------
struct RecipientRow {
  meta::Id<RecipientRow> id;
  std::int64_t person_id = 0, household_id = 0, dwelling_id = 0, compound_id = 0;
  std::string kinds{};  // codes of the list care_kind with spaces between
  meta::Day began{};
  int contact_minute = 720;  // of the day: without a contact by then it is somebody's to do
  bool door_mark = false;    // agreed to a neutral mark at the door (practice 24)
  std::optional<std::string> note{};
  std::optional<meta::Instant> check{};  // when it is looked at again by itself; none: it has ended
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
  std::optional<EndReason> end_reason{};
  std::optional<std::string> end_note{};
  std::int64_t version = 1;
};
struct HelperRow {
  meta::Id<HelperRow> id;
  std::int64_t recipient_id = 0, staff_id = 0;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t assigned_by = 0;
};
struct ContactRow {
  meta::Id<ContactRow> id;
  std::int64_t recipient_id = 0;
  meta::Day day{};
  Channel channel = Channel::phone;
  bool reached = true;
  std::optional<std::string> note{};
  std::int64_t recorded_by = 0;
  meta::Instant recorded{};
};
struct NeedRow {
  meta::Id<NeedRow> id;
  std::int64_t recipient_id = 0;
  Need kind = Need::medicine;
  std::string what{};
  meta::Day due{};
  int lead_days = 2;                      // somebody is told so many days before
  std::optional<int> every_days{};        // it comes again
  std::optional<meta::Instant> notify{};  // when work is opened for it; none: it has been, or it is done
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> done{};
  std::optional<std::int64_t> done_by{};
};

// --- what the API shows ------------------------------------------------------------------------------
// Of today: somebody was reached, the hour has not come yet, the hour has passed.
enum class Today { contacted, waiting, overdue };
enum class Standing { open, ended, all };

struct CareRecipient {
  meta::Id<RecipientRow> id;
  std::int64_t person_id = 0, household_id = 0, compound_id = 0;
  std::string label{}, person_name{};  // masked
  std::vector<std::string> care_kinds{};
  std::optional<Today> care_today{};  // none: it has ended
  int tries = 0;                      // of today, nobody reached
  std::optional<std::int64_t> helper_id{};
  std::optional<std::string> helper{};
  std::optional<meta::Day> next_need{};
  std::optional<Need> care_need{};
  meta::Day began{};
  std::optional<meta::Instant> ended{};
  std::optional<EndReason> care_ending{};
};
struct CareQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it
  std::optional<meta::Text<1, 40>> care_kind{};
  std::optional<Today> care_today{};
  std::optional<bool> mine{};               // the asker is the helper
  std::optional<Standing> care_standing{};  // default: open
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct CareSummaryQuery {
  std::optional<std::int64_t> place_id{};
};
struct CareKindCount {
  std::string kind{};
  std::int64_t persons = 0;
};
struct CareSummary {
  std::int64_t persons = 0, contacted = 0, waiting = 0, overdue = 0, needs_due = 0;
  std::vector<CareKindCount> kinds{};
};
// Somebody whose file says what is a reason for care, and who has none (flags are the file's own).
struct CareCandidate {
  std::int64_t person_id = 0, household_id = 0;
  std::string label{}, person_name{};  // masked
  std::vector<std::string> care_kinds{};
};
struct CandidateQuery {
  std::int64_t place_id = 0;
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

struct Helper {
  std::int64_t staff_id = 0;
  std::string name{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct Contact {
  meta::Id<ContactRow> id;
  meta::Day day{};
  Channel channel = Channel::phone;
  bool reached = true;
  std::optional<std::string> note{};
  std::string by{};
  meta::Instant recorded_ms{};
};
struct NeedShown {
  meta::Id<NeedRow> id;
  Need kind = Need::medicine;
  std::string what{};
  meta::Day due{};
  int lead_days = 2;
  std::optional<int> every_days{};
  std::optional<meta::Instant> done_ms{};
};
struct CareFile {
  CareRecipient item{};
  int contact_minute = 720;
  bool door_mark = false;
  std::optional<std::string> note{}, end_note{};
  bool own = false;                 // the asker is the helper, and may call
  std::vector<Helper> helpers{};    // newest first
  std::vector<Contact> contacts{};  // newest first
  std::vector<NeedShown> needs{};   // open ones first, by day
};

using ContactMinute = meta::Int<1, 1439>;
struct NewRecipient {
  std::int64_t person_id = 0;
  std::vector<std::string> care_kinds{};
  std::optional<std::int64_t> staff_id{};  // the helper; none: who answers for the home
  std::optional<ContactMinute> contact_minute{};
  std::optional<bool> door_mark{};
  std::optional<meta::Note> note{};
};
struct RecipientPatch {
  std::optional<std::vector<std::string>> care_kinds{};
  std::optional<ContactMinute> contact_minute{};
  std::optional<bool> door_mark{};
  std::optional<meta::Note> note{};
};
struct NewHelper {
  std::int64_t staff_id = 0;
};
struct NewContact {
  std::optional<meta::Day> day{};  // default: today
  Channel channel = Channel::phone;
  bool reached = true;
  std::optional<meta::Note> note{};
};
struct NewNeed {
  Need kind = Need::medicine;
  meta::Text<1, 100> what;
  meta::Day due{};
  std::optional<meta::Int<0, 30>> lead_days{};
  std::optional<meta::Int<1, 365>> every_days{};
};
struct CareEnd {
  EndReason reason = EndReason::no_longer_needed;
  std::optional<meta::Note> note{};
};
enum class Card { inside, door };
struct CardQuery {
  std::optional<Card> card{};  // default: inside
  std::optional<std::string> lang{};
};

}  // namespace feature::care

META_ENUM(feature::care::Channel, "phone", "visit", "message", "neighbour", "self")
META_ENUM(feature::care::Need, "medicine", "dialysis", "check_up", "supplies", "other")
META_ENUM(feature::care::EndReason, "no_longer_needed", "moved_away", "deceased", "declined",
          "mistaken_record")
META_ENUM(feature::care::Today, "contacted", "waiting", "overdue")
META_ENUM(feature::care::Standing, "open", "ended", "all")
META_ENUM(feature::care::Card, "inside", "door")
META_DESCRIBE(feature::care::CareQuery, "CareQuery", "", place_id, care_kind, care_today, mine, care_standing,
              limit, cursor)
META_DESCRIBE(feature::care::CareSummaryQuery, "CareSummaryQuery", "", place_id)
META_DESCRIBE(feature::care::CareKindCount, "CareKindCount", "", kind, persons)
META_DESCRIBE(feature::care::CareSummary, "CareSummary", "", persons, contacted, waiting, overdue, needs_due,
              kinds)
META_DESCRIBE(feature::care::CareCandidate, "CareCandidate", "", person_id, household_id, label, person_name,
              care_kinds)
META_DESCRIBE(feature::care::CandidateQuery, "CareCandidateQuery", "", place_id, limit, cursor)
META_DESCRIBE(feature::care::Helper, "CareHelper", "", staff_id, name, valid_from_ms, valid_until_ms)
META_DESCRIBE(feature::care::Contact, "CareContact", "", id, day, channel, reached, note, by, recorded_ms)
META_DESCRIBE(feature::care::NeedShown, "CareNeed", "", id, kind, what, due, lead_days, every_days, done_ms)
META_DESCRIBE(feature::care::NewRecipient, "NewCareRecipient", "", person_id, care_kinds, staff_id,
              contact_minute, door_mark, note)
META_DESCRIBE(feature::care::RecipientPatch, "CareRecipientPatch", "", care_kinds, contact_minute, door_mark,
              note)
META_DESCRIBE(feature::care::NewHelper, "NewCareHelper", "", staff_id)
META_DESCRIBE(feature::care::NewContact, "NewCareContact", "", day, channel, reached, note)
META_DESCRIBE(feature::care::NewNeed, "NewCareNeed", "", kind, what, due, lead_days, every_days)
META_DESCRIBE(feature::care::CareEnd, "CareEnd", "", reason, note)
META_DESCRIBE(feature::care::CardQuery, "CareCardQuery", "", card, lang)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
#define HEALTH(m) field<&T::m>(#m, {.sensitive = true})
template <>
struct Describe<feature::care::RecipientRow> {
  using T = feature::care::RecipientRow;
  static constexpr std::string_view name = "CareRecipientStored", table = "care_recipient";
  static constexpr std::array fields{
      KEY,         F(person_id),      F(household_id), F(dwelling_id), F(compound_id), HEALTH(kinds),
      F(began),    F(contact_minute), F(door_mark),    HEALTH(note),   AT(check),      F(created_by),
      AT(created), AT(ended),         F(end_reason),   F(end_note),    F(version)};
};
template <>
struct Describe<feature::care::HelperRow> {
  using T = feature::care::HelperRow;
  static constexpr std::string_view name = "CareHelperStored", table = "care_helper";
  static constexpr std::array fields{
      KEY, F(recipient_id), F(staff_id), AT(valid_from), AT(valid_until), F(assigned_by)};
};
template <>
struct Describe<feature::care::ContactRow> {
  using T = feature::care::ContactRow;
  static constexpr std::string_view name = "CareContactStored", table = "care_contact";
  static constexpr std::array fields{KEY,        F(recipient_id), F(day),         F(channel),
                                     F(reached), HEALTH(note),    F(recorded_by), AT(recorded)};
};
template <>
struct Describe<feature::care::NeedRow> {
  using T = feature::care::NeedRow;
  static constexpr std::string_view name = "CareNeedStored", table = "care_need";
  static constexpr std::array fields{KEY,           F(recipient_id), HEALTH(kind),  HEALTH(what),
                                     F(due),        F(lead_days),    F(every_days), AT(notify),
                                     F(created_by), AT(created),     AT(done),      F(done_by)};
};
template <>
struct Describe<feature::care::CareRecipient> {
  using T = feature::care::CareRecipient;
  static constexpr std::string_view name = "CareRecipient", table = "";
  static constexpr std::array fields{F(id),        F(person_id),   F(household_id), F(compound_id),
                                     F(label),     F(person_name), F(care_kinds),   F(care_today),
                                     F(tries),     F(helper_id),   F(helper),       F(next_need),
                                     F(care_need), F(began),       AT(ended),       F(care_ending)};
};
#undef KEY
#undef F
#undef AT
#undef HEALTH
}  // namespace meta

META_DESCRIBE(feature::care::CareFile, "CareFile", "", item, contact_minute, door_mark, note, end_note, own,
              helpers, contacts, needs)
