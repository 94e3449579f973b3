#include <map>

#include "engine/intake/reader.hpp"

namespace engine::intake {

// A dwelling may hold several households (practice.md 8): each further head begins one, members belong to
// the head above them. A head without a known dwelling is a household still to be placed; members without one
// cannot be given to anybody.
std::vector<HouseholdDraft> form_households(std::vector<PersonRow>& persons) {
  std::vector<HouseholdDraft> households;
  std::map<RoomRef, std::size_t> current;  // dwelling -> its latest household
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto& person = persons[i];
    if (person.duplicate_of) continue;
    const bool head = person.relation == Relation::head;
    if (!person.placed) {
      if (head) households.push_back({false, person.room, i, {i}});
      continue;
    }
    const auto [found, added] = current.emplace(person.room, households.size());
    const bool another = !added && head && households[found->second].head;
    if (added || another) {
      found->second = households.size();
      households.push_back({true, person.room, {}, {}});
    }
    auto& household = households[found->second];
    if (head) household.head = i;
    household.members.push_back(i);
  }
  for (const auto& household : households) {
    if (household.head) continue;
    auto& first = persons[household.members.front()];
    add_issue(first, -1, "intake.head_missing", {{"room", print(household.room)}});
    settle_status(first);
  }
  return households;
}

}  // namespace engine::intake
