// What earlier regimes said, as rules.md sections 0, 3 and 6 give it, and nothing else. Where a length was
// not found, somebody decides (days 0).
#include "feature/control/clockwork.hpp"

namespace feature::control {
namespace {

using enum ControlLevel;

CategoryRule until_decided(Category category) { return {category, {{central_observation, 0, {}, 0}}}; }

std::vector<CategoryRule> ill() {
  return {until_decided(Category::confirmed), until_decided(Category::suspected)};
}

// Fever: handled like close contacts (section 4).
std::vector<CategoryRule> with_contacts(const std::vector<StageRule>& stages) {
  auto all = ill();
  all.push_back({Category::fever, stages});
  all.push_back({Category::close_contact, stages});
  return all;
}

ControlRules regime(std::vector<CategoryRule> categories) {
  ControlRules rules;
  rules.categories = std::move(categories);
  rules.items = {"separate_room", "separate_meals", "mask"};
  rules.symptoms = {"fever", "dry_cough", "fatigue", "sore_throat", "smell_taste", "diarrhoea"};
  rules.team_duties = {"community_cadre", "grid_worker", "medical_worker", "police", "volunteer"};
  return rules;
}

}  // namespace

ControlRules rules_of(Regime which) {
  switch (which) {
    case Regime::fourteen_plus_seven: {
      auto all = with_contacts({{central_observation, 14, {1, 4, 7, 14}, 2}, {home_monitoring, 7, {}, 0}});
      all.push_back({Category::secondary_contact, {{central_observation, 7, {}, 0}}});
      return regime(std::move(all));
    }
    case Regime::seven_plus_three: {
      auto all = with_contacts({{central_observation, 7, {1, 2, 3, 5, 7}, 1}, {home_monitoring, 3, {3}, 1}});
      all.push_back({Category::secondary_contact, {{home_observation, 7, {1, 4, 7}, 1}}});
      return regime(std::move(all));
    }
    case Regime::five_plus_three:
      return regime(
          with_contacts({{central_observation, 5, {1, 2, 3, 5}, 1}, {home_observation, 3, {1, 3}, 1}}));
    case Regime::early_2020:
      break;
  }
  auto all = with_contacts({{home_observation, 14, {}, 0}});
  all.push_back({Category::arrival, {{home_observation, 14, {}, 0}}});
  return regime(std::move(all));
}

ControlRules built_in_rules() { return rules_of(Regime::early_2020); }

}  // namespace feature::control
