#pragma once
// Gate: certificates that take a person out of the household's quota (XN-41, practice.md 7). Dated; ended,
// never changed. The kinds are an open list, those a policy honours.
#include <optional>
#include <string>

#include "feature/gate/record.hpp"

namespace feature::gate {

struct ExemptionRow {
  meta::Id<ExemptionRow> id;
  std::int64_t compound_id = 0, person_id = 0;
  std::string exemption_kind{}, certificate{};
  std::optional<std::string> issuer{};
  meta::Day valid_from{}, valid_until{};  // both included
  int weekdays = 127;                     // bit 0 Monday .. bit 6 Sunday
  int from_minute = 0, until_minute = 1440;
  meta::Instant created{};
  std::int64_t created_by = 0;
  std::optional<meta::Instant> ended{};
  std::optional<meta::Instant> granted{};    // none: to be confirmed at the home its person moved to
  std::optional<std::int64_t> follows_id{};  // the one it goes on from, at the home they left
};

enum class ExemptionState { waiting, valid, over, ended, to_confirm };
struct Exemption {
  meta::Id<ExemptionRow> id;
  std::int64_t person_id = 0;
  std::optional<std::int64_t> household_id{};
  std::string label{}, person_name{};  // masked
  std::string exemption_kind{}, certificate{};
  std::optional<std::string> issuer{};
  meta::Day valid_from{}, valid_until{};
  int weekdays = 127, from_minute = 0, until_minute = 1440;
  ExemptionState exemption_state = ExemptionState::valid;
  meta::Instant created{};
};
struct ExemptionQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> household_id{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewExemption {
  std::int64_t person_id = 0;
  meta::Text<1, 40> exemption_kind;
  meta::Text<1, 100> certificate;
  std::optional<meta::Name> issuer{};
  std::optional<meta::Day> valid_from{};  // today
  meta::Day valid_until{};
  std::optional<meta::Int<1, 127>> weekdays{};
  std::optional<meta::Int<0, 1439>> from_minute{};
  std::optional<meta::Int<1, 1440>> until_minute{};
};

}  // namespace feature::gate

META_ENUM(feature::gate::ExemptionState, "waiting", "valid", "over", "ended", "to_confirm")
META_DESCRIBE(feature::gate::ExemptionQuery, "ExemptionQuery", "", compound_id, household_id, limit, cursor)
META_DESCRIBE(feature::gate::NewExemption, "NewExemption", "", person_id, exemption_kind, certificate, issuer,
              valid_from, valid_until, weekdays, from_minute, until_minute)

namespace meta {
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::gate::ExemptionRow> {
  using T = feature::gate::ExemptionRow;
  static constexpr std::string_view name = "ExemptionStored", table = "exemption";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     F(compound_id),
                                     F(person_id),
                                     F(exemption_kind),
                                     field<&T::certificate>("certificate", {.sensitive = true}),
                                     F(issuer),
                                     F(valid_from),
                                     F(valid_until),
                                     F(weekdays),
                                     F(from_minute),
                                     F(until_minute),
                                     AT(created),
                                     F(created_by),
                                     AT(ended),
                                     AT(granted),
                                     F(follows_id)};
};
template <>
struct Describe<feature::gate::Exemption> {
  using T = feature::gate::Exemption;
  static constexpr std::string_view name = "Exemption", table = "";
  static constexpr std::array fields{F(id),           F(person_id),       F(household_id), F(label),
                                     F(person_name),  F(exemption_kind),  F(certificate),  F(issuer),
                                     F(valid_from),   F(valid_until),     F(weekdays),     F(from_minute),
                                     F(until_minute), F(exemption_state), AT(created)};
};
#undef F
#undef AT
}  // namespace meta
