#pragma once
// What an account may do, named. A role is a set of these; an endpoint asks for one.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "meta/types.hpp"

namespace api {

enum class Permission {
  anybody,    // no log-in: set-up, log-in, health
  signed_in,  // any account
  place_read,
  place_write,
  household_read,
  household_write,
  import_write,
  pass_read,
  pass_write,
  policy_read,
  policy_write,
  passage_read,
  passage_write,
  passage_export,
  gate_decide,  // an enrolled gate phone
  enrolment_write,
  account_write,
  audit_read,
  figure_read,        // counts without the persons behind them
  role_write,         // what a role may do
  sensitive_read,     // masked numbers of one person, for a reason
  break_glass,        // the same for one compound and half an hour
  organisation_read,  // bodies, their staff and teams
  organisation_write,
  term_write,       // the words an installation chooses: kinds of bodies, teams, documents
  key_write,        // the recovery sheet
  erasure_write,    // take a person out for good
  work_read,        // alerts and tasks of a place
  work_write,       // take them, speak about them, close them, give them to others
  webhook_write,    // where alerts are sent besides
  trace_read,       // who met whom, for a case
  trace_write,      // open and lift cases, decide on contacts
  trace_export,     // contacts decided on, in full
  control_read,     // people under control and arrivals, masked
  control_write,    // decide about them
  follow_up_write,  // write down what was asked of them
};

class PermissionSet {
 public:
  constexpr PermissionSet() = default;
  constexpr PermissionSet(std::initializer_list<Permission> list) {
    for (const auto p : list) add(p);
  }
  constexpr void add(Permission p) { bits_ |= std::uint64_t{1} << static_cast<int>(p); }
  constexpr void add(PermissionSet other) { bits_ |= other.bits_; }
  constexpr bool has(Permission p) const { return (bits_ >> static_cast<int>(p)) & 1; }
  constexpr bool within(PermissionSet other) const { return (bits_ & ~other.bits_) == 0; }
  constexpr PermissionSet without(PermissionSet other) const {
    PermissionSet left;
    left.bits_ = bits_ & ~other.bits_;
    return left;
  }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace api

template <>
struct meta::EnumNames<api::Permission> {
  static constexpr std::array<std::string_view, 36> names{
      "anybody",         "signed_in",     "place_read",        "place_write",        "household_read",
      "household_write", "import_write",  "pass_read",         "pass_write",         "policy_read",
      "policy_write",    "passage_read",  "passage_write",     "passage_export",     "gate_decide",
      "enrolment_write", "account_write", "audit_read",        "figure_read",        "role_write",
      "sensitive_read",  "break_glass",   "organisation_read", "organisation_write", "term_write",
      "key_write",       "erasure_write", "work_read",         "work_write",         "webhook_write",
      "trace_read",      "trace_write",   "trace_export",      "control_read",       "control_write",
      "follow_up_write"};
};
