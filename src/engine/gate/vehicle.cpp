#include "engine/gate/vehicle.hpp"

#include <algorithm>

#include "engine/gate/civil.hpp"
#include "engine/gate/vehicle_names.hpp"

namespace engine::gate {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool enforces(const Verdict& verdict, ReasonCode code) {
  return std::ranges::find(verdict.reasons, Reason{code, Mode::enforce}) != verdict.reasons.end();
}

// A child alone and a fever are taken care of and not sent away, whoever else may not go.
bool needs_care(const Verdict& verdict) {
  return enforces(verdict, ReasonCode::child_alone) || enforces(verdict, ReasonCode::temperature_high_twice);
}

bool from_outside(const Facts& party) {
  return party.holder == Holder::visitor || party.holder == Holder::unknown_person ||
         (party.holder == Holder::worker && party.pass != PassState::valid);
}

class VehicleDecision {
 public:
  VehicleDecision(const VehicleFacts& facts, const Policy& policy)
      : facts_(facts),
        policy_(policy),
        rules_(policy.vehicles.value_or(VehicleRules{.mode = Mode::warn})),
        entering_(facts.direction == Direction::in),
        may_enter_(contains(rules_.entry_classes, name_of(facts.vehicle_class)) ||
                   contains(rules_.free_kinds, name_of(facts.kind))) {
    verdict_.policy_version = policy.version;
  }

  VehicleVerdict run() {
    if (facts_.vehicle_class <= VehicleClass::rescue) {
      add(VehicleReasonCode::emergency_vehicle, Mode::record);
      return std::move(verdict_);
    }
    for (const auto& party : facts_.parties) verdict_.parties.push_back(decide(as_rides(party), policy_));
    rules();
    verdict_.outcome = outcome();
    if (verdict_.outcome != Outcome::deny) steps();
    notes();
    return std::move(verdict_);
  }

 private:
  void add(VehicleReasonCode code, Mode mode) { verdict_.reasons.push_back({code, mode}); }
  Mode in_force() const {
    const bool only_warns = policy_.warn_until_day &&
                            civil_day(facts_.now_ms, policy_.utc_offset_minutes) < *policy_.warn_until_day;
    return only_warns && rules_.mode == Mode::enforce ? Mode::warn : rules_.mode;
  }

  // The crew of a service that may come in is let in with it: the class is the permission.
  Facts as_rides(Facts party) const {
    party.direction = facts_.direction;
    party.now_ms = facts_.now_ms;
    if (may_enter_ && facts_.vehicle_class < VehicleClass::resident) party.visit_approved = true;
    return party;
  }

  void rules() {
    if (!entering_) return;
    if (!may_enter_) add(VehicleReasonCode::exit_only, in_force());
    const auto unwanted = [](const Facts& p) { return from_outside(p) && !p.visit_approved; };
    if (facts_.vehicle_class == VehicleClass::resident && std::ranges::any_of(facts_.parties, unwanted))
      add(VehicleReasonCode::outsider_in_car, in_force());
  }

  Outcome outcome() const {
    auto outcome = Outcome::allow;
    for (const auto& reason : verdict_.reasons)
      if (reason.mode == Mode::enforce) outcome = Outcome::refer;
    for (const auto& party : verdict_.parties) outcome = std::max(outcome, party.outcome);
    return std::ranges::any_of(verdict_.parties, needs_care) ? Outcome::refer : outcome;
  }

  // The first question asked is the one on the screen. Recorded only, nothing is asked.
  void ask(VehicleNeed need, VehicleReasonCode code) {
    add(code, in_force());
    if (in_force() != Mode::record && verdict_.need == VehicleNeed::none) verdict_.need = need;
  }
  void steps() {
    if (facts_.plate == PlateState::missing) ask(VehicleNeed::plate, VehicleReasonCode::plate_missing);
    if (facts_.parties.empty()) ask(VehicleNeed::occupants, VehicleReasonCode::occupants_missing);
    if (verdict_.need != VehicleNeed::none) return;
    const auto asks =
        std::ranges::find_if(verdict_.parties, [](const Verdict& v) { return v.need != Need::none; });
    if (asks == verdict_.parties.end()) return;
    verdict_.need = VehicleNeed::party;
    verdict_.need_party = static_cast<int>(asks - verdict_.parties.begin());
  }

  void notes() {
    if (!entering_ && !may_enter_ && in_force() == Mode::enforce)
      add(VehicleReasonCode::cannot_return, Mode::record);
    if (facts_.plate == PlateState::none) add(VehicleReasonCode::plate_none, Mode::record);
    if (facts_.plate == PlateState::odd) add(VehicleReasonCode::plate_odd, Mode::record);
    if (facts_.vehicle_class == VehicleClass::resident && !facts_.listed && facts_.plate >= PlateState::odd)
      add(VehicleReasonCode::plate_not_listed, Mode::record);
  }

  const VehicleFacts& facts_;
  const Policy& policy_;
  const VehicleRules rules_;
  const bool entering_;
  const bool may_enter_;
  VehicleVerdict verdict_;
};

}  // namespace

VehicleVerdict decide_vehicle(const VehicleFacts& facts, const Policy& policy) {
  return VehicleDecision(facts, policy).run();
}

bool may_release(const VehicleVerdict& verdict) {
  return std::ranges::find(verdict.reasons, Mode::enforce, &VehicleReason::mode) == verdict.reasons.end() &&
         std::ranges::all_of(verdict.parties, [](const Verdict& party) { return may_release(party); });
}

}  // namespace engine::gate
