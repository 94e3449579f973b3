#pragma once
// The list a phone decides from without a network. It carries ids, no phone or document number and no
// category.
#include "feature/gate/record.hpp"

namespace feature::gate {

// Short names: it is sent often.
struct ListOpening {
  std::int64_t id = 0;
  std::string name{};
  place::OpeningDirection direction = place::OpeningDirection::both;
};
struct ListKey {
  std::string kid{}, public_key{};  // hexadecimal; base64url of 32 bytes
};
struct Duty {
  std::string name{}, phone{};
};
struct DayMark {
  meta::Day day{};
  std::string word{}, word_en{}, colour{};
};
struct ListDwelling {
  std::int64_t id = 0;
  std::string b{}, s{}, f{}, r{};
  std::vector<std::int64_t> h{};
};
struct ListMember {
  std::int64_t id = 0;
  std::string n{}, r{};  // surname, relation
  bool c = false;        // child
};
struct ListHousehold {
  std::int64_t id = 0, d = 0;
  std::vector<ListMember> m{};
};
struct ListPass {
  std::int64_t id = 0, h = 0;
  PassClass k = PassClass::household;
  int n = 1;
  PassState s = PassState::inactive;
  std::string c{};
  meta::Day u{};
};
// Dwellings whose rules are not the compound's own: another policy or other hours.
struct ListRule {
  rule::Policy policy{};
  std::vector<std::int64_t> dwellings{};
};
// The word for a person, or for a whole household (practice.md 24); who has none may leave.
struct ListWord {
  std::int64_t h = 0;
  std::optional<std::int64_t> m{};
  rule::Standing w = rule::Standing::ask_community;
};
// Who comes from elsewhere, of the last days: whether the community has filed them (XN-50).
struct ListFiling {
  std::int64_t h = 0;
  std::optional<std::int64_t> m{};  // none: somebody who is not on the list yet
  bool f = false;
};
struct ListHolder {
  std::int64_t id = 0;              // of a pass that is no household's
  std::optional<std::int64_t> p{};  // person
  std::string t{};                  // masked name, or plate
};
struct ListVehicle {
  std::string p{};                // plate
  std::vector<std::int64_t> h{};  // households it belongs to: one car may have two
};
struct GateList {
  std::string version{};
  std::int64_t generated_ms = 0;
  int utc_offset_minutes = 480;
  NamedId compound{};
  ListOpening opening{};
  rule::Policy policy{};
  std::vector<ListRule> rules{};
  std::vector<ListWord> words{};
  std::vector<ListFiling> filings{};
  std::vector<ListKey> keys{};
  std::optional<Duty> duty{};
  std::vector<DayMark> days{};
  std::vector<ListDwelling> dwellings{};
  std::vector<ListHousehold> households{};
  std::vector<ListPass> passes{};
  std::vector<ListUse> uses{};
  std::vector<ListHolder> holders{};
  std::vector<ListVehicle> vehicles{};
  bool inside_unknown = true;
};

}  // namespace feature::gate

META_DESCRIBE(feature::gate::ListOpening, "ListOpening", "", id, name, direction)
META_DESCRIBE(feature::gate::ListKey, "ListKey", "", kid, public_key)
META_DESCRIBE(feature::gate::Duty, "Duty", "", name, phone)
META_DESCRIBE(feature::gate::DayMark, "DayMark", "", day, word, word_en, colour)
META_DESCRIBE(feature::gate::ListDwelling, "ListDwelling", "", id, b, s, f, r, h)
META_DESCRIBE(feature::gate::ListMember, "ListMember", "", id, n, r, c)
META_DESCRIBE(feature::gate::ListHousehold, "ListHousehold", "", id, d, m)
META_DESCRIBE(feature::gate::ListPass, "ListPass", "", id, h, k, n, s, c, u)
META_DESCRIBE(feature::gate::ListRule, "ListRule", "", policy, dwellings)
META_DESCRIBE(feature::gate::ListWord, "ListWord", "", h, m, w)
META_DESCRIBE(feature::gate::ListFiling, "ListFiling", "", h, m, f)
META_DESCRIBE(feature::gate::ListHolder, "ListHolder", "", id, p, t)
META_DESCRIBE(feature::gate::ListVehicle, "ListVehicle", "", p, h)
META_DESCRIBE(feature::gate::GateList, "GateList", "", version, generated_ms, utc_offset_minutes, compound,
              opening, policy, rules, words, filings, keys, duty, days, dwellings, households, passes, uses,
              holders, vehicles, inside_unknown)
