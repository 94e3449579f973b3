// Uses from passages: whatever the order, however often sent (practice.md 6).
#include "engine/gate/uses.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/gate/gate_cases.hpp"

namespace engine::gate {
namespace {

Source shrinking() {
  return [](std::int64_t low, std::int64_t high) { return *rc::gen::inRange(low, high + 1); };
}

std::int64_t open_uses(const std::vector<Use>& uses) {
  return std::ranges::count_if(uses,
                               [](const Use& u) { return !u.return_at_ms && !u.closed_without_return; });
}

RC_GTEST_PROP(GateUses, OrderOfArrivalAndRepetitionDoNotMatter, ()) {
  const auto source = shrinking();
  auto events = any_passages(source);
  const auto uses = uses_from_passages(events);
  for (std::size_t i = events.size(); i > 1; --i)
    std::swap(events[i - 1], events[static_cast<std::size_t>(source(0, static_cast<std::int64_t>(i) - 1))]);
  if (!events.empty())
    events.push_back(
        events[static_cast<std::size_t>(source(0, static_cast<std::int64_t>(events.size()) - 1))]);
  RC_ASSERT(uses_from_passages(events) == uses);
}

RC_GTEST_PROP(GateUses, EachStandsForOneExitAndEndsAfterIt, ()) {
  const auto events = any_passages(shrinking());
  const auto uses = uses_from_passages(events);
  RC_ASSERT(static_cast<std::ptrdiff_t>(uses.size()) <=
            std::ranges::count(events, PassageKind::exit, &PassageEvent::kind));
  RC_ASSERT(std::ranges::is_sorted(uses, {}, &Use::exit_at_ms));
  for (const auto& use : uses) {
    RC_ASSERT(std::ranges::find(events, use.exit_at_ms, &PassageEvent::at_ms) != events.end());
    RC_ASSERT(!use.return_at_ms || *use.return_at_ms >= use.exit_at_ms);
    RC_ASSERT(!use.return_at_ms || !use.closed_without_return);
  }
}

RC_GTEST_PROP(GateUses, ALateExitAddsAUseAndItsReversalTakesItAway, ()) {
  const auto source = shrinking();
  auto events = any_passages(source);
  std::erase_if(events, [](const auto& e) { return e.kind == PassageKind::reversal; });
  const auto before = uses_from_passages(events);
  PassageEvent late{"late", PassageKind::exit, source(0, 2000000) * 1000000, 7, 1, true, ""};
  events.push_back(late);
  RC_ASSERT(uses_from_passages(events).size() == before.size() + 1);
  events.push_back({"undo", PassageKind::reversal, late.at_ms, 0, 1, true, "late"});
  RC_ASSERT(uses_from_passages(events) == before);
}

RC_GTEST_PROP(GateUses, OnePersonIsOutAtMostOnce, ()) {
  const auto source = shrinking();
  auto events = any_passages(source);
  for (auto& e : events) e.person = 1;
  RC_ASSERT(open_uses(uses_from_passages(events)) <= 1);
}

RC_GTEST_PROP(GateUses, StaffCanCloseEveryOpenOutingForGood, ()) {
  const auto source = shrinking();
  auto events = any_passages(source);
  const auto exits = events;
  for (const auto& e : exits)
    if (e.kind == PassageKind::exit)
      events.push_back({"close " + e.key, PassageKind::close, std::int64_t{1} << 50, 0, 1, true, e.key});
  RC_ASSERT(open_uses(uses_from_passages(events)) == 0);
}

}  // namespace
}  // namespace engine::gate
