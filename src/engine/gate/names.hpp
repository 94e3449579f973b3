#pragma once
// The names of the enumerations in JSON, in the order of the enumerators.
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/gate/compare.hpp"
#include "engine/gate/subject.hpp"
#include "engine/gate/types.hpp"
#include "engine/gate/uses.hpp"

namespace engine::gate {

template <class E>
struct EnumNames;

template <>
struct EnumNames<Mode> {
  static constexpr auto names = std::to_array<std::string_view>({"record", "warn", "enforce"});
};
template <>
struct EnumNames<WindowKind> {
  static constexpr auto names = std::to_array<std::string_view>({"calendar", "rolling"});
};
template <>
struct EnumNames<Direction> {
  static constexpr auto names = std::to_array<std::string_view>({"out", "in"});
};
template <>
struct EnumNames<Holder> {
  static constexpr auto names =
      std::to_array<std::string_view>({"household", "resident_member", "resident_provisional",
                                       "unknown_person", "visitor", "worker", "vehicle_emergency"});
};
template <>
struct EnumNames<PassState> {
  static constexpr auto names =
      std::to_array<std::string_view>({"none", "valid", "inactive", "expired", "void", "replaced",
                                       "bad_signature", "other_compound", "unknown"});
};
template <>
struct EnumNames<Standing> {
  static constexpr auto names =
      std::to_array<std::string_view>({"may_leave", "may_not_leave", "ask_community"});
};
template <>
struct EnumNames<EntryRule> {
  static constexpr auto names = std::to_array<std::string_view>({"allow", "approval", "refer"});
};
template <>
struct EnumNames<Check> {
  static constexpr auto names = std::to_array<std::string_view>({"none", "code_or_test", "code", "test"});
};
template <>
struct EnumNames<Entrant> {
  static constexpr auto names = std::to_array<std::string_view>({"visitor", "delivery", "outsider"});
};
template <>
struct EnumNames<Proof> {
  static constexpr auto names =
      std::to_array<std::string_view>({"none", "code", "paper", "guardian_phone", "office_lookup", "unable"});
};
template <>
struct EnumNames<Filing> {
  static constexpr auto names = std::to_array<std::string_view>({"not_needed", "filed", "missing"});
};
template <>
struct EnumNames<Errand> {
  static constexpr auto names =
      std::to_array<std::string_view>({"ordinary", "medical", "testing", "drop_point"});
};
template <>
struct EnumNames<Emergency> {
  static constexpr auto names =
      std::to_array<std::string_view>({"medical", "childbirth", "fire", "police", "other"});
};
template <>
struct EnumNames<Presence> {
  static constexpr auto names = std::to_array<std::string_view>({"unknown", "inside", "outside"});
};
template <>
struct EnumNames<Outcome> {
  static constexpr auto names = std::to_array<std::string_view>({"allow", "refer", "deny"});
};
template <>
struct EnumNames<Need> {
  static constexpr auto names =
      std::to_array<std::string_view>({"none", "choose_member", "details", "temperature", "second_reading",
                                       "disinfection", "filing", "registration", "check"});
};
template <>
struct EnumNames<Alert> {
  static constexpr auto names = std::to_array<std::string_view>({"none", "fever"});
};
template <>
struct EnumNames<ReasonCode> {
  static constexpr auto names = std::to_array<std::string_view>({"emergency_release",
                                                                 "emergency_vehicle",
                                                                 "child_alone",
                                                                 "may_not_leave",
                                                                 "ask_community",
                                                                 "identity_unconfirmed",
                                                                 "outsider",

                                                                 "pass_missing",
                                                                 "pass_inactive",
                                                                 "pass_expired",
                                                                 "pass_void",
                                                                 "pass_replaced",
                                                                 "pass_bad_signature",
                                                                 "pass_other_compound",
                                                                 "pass_unknown",
                                                                 "quota_used",
                                                                 "persons_over_limit",
                                                                 "persons_out_limit",
                                                                 "return_missing",
                                                                 "outside_hours",
                                                                 "curfew",
                                                                 "member_unchosen",
                                                                 "details_missing",
                                                                 "temperature_missing",
                                                                 "temperature_low",
                                                                 "temperature_unreadable",
                                                                 "second_reading_due",
                                                                 "temperature_high_twice",
                                                                 "disinfection_missing",
                                                                 "filing_missing",
                                                                 "registration_missing",
                                                                 "check_missing",
                                                                 "check_unavailable",
                                                                 "check_old",
                                                                 "outing_exempt",
                                                                 "outing_not_counted",
                                                                 "exemption_not_valid",
                                                                 "overrun",
                                                                 "already_outside",
                                                                 "already_inside"});
};
template <>
struct EnumNames<Effect> {
  static constexpr auto names = std::to_array<std::string_view>({"looser", "tighter"});
};
template <>
struct EnumNames<Why> {
  static constexpr auto names = std::to_array<std::string_view>(
      {"chosen", "farther", "older", "not_begun", "other_zone", "other_kind", "other_unit", "other_place"});
};
template <>
struct EnumNames<PassageKind> {
  static constexpr auto names = std::to_array<std::string_view>({"exit", "entry", "close", "reversal"});
};

template <class E>
constexpr std::string_view name_of(E value) {
  return EnumNames<E>::names[static_cast<std::size_t>(value)];
}

template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i)
    if (EnumNames<E>::names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

static_assert(EnumNames<ReasonCode>::names.size() ==
              static_cast<std::size_t>(ReasonCode::already_inside) + 1);
static_assert(EnumNames<Holder>::names.size() == static_cast<std::size_t>(Holder::vehicle_emergency) + 1);
static_assert(EnumNames<PassState>::names.size() == static_cast<std::size_t>(PassState::unknown) + 1);

}  // namespace engine::gate
