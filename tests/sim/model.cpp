#include "sim/model.hpp"

#include <algorithm>

namespace sim {
namespace {

constexpr std::int64_t minute_ms = 60'000, day_ms = 86'400'000;

// Civil day at UTC+8, where the demonstration district is.
std::int64_t day_of(std::int64_t at_ms) { return (at_ms + 8 * 60 * minute_ms) / day_ms; }

bool back(const Outing& o, std::int64_t at_ms) { return o.return_ms && *o.return_ms <= at_ms; }

bool refunded(const Outing& o, const Rules& rules, std::int64_t at_ms) {
  return back(o, at_ms) && *o.return_ms - o.exit_ms <= rules.refund_minutes * minute_ms;
}

bool holds_place(const Outing& o, const Rules& rules, std::int64_t at_ms) {
  return o.counted && o.exit_ms < at_ms && !refunded(o, rules, at_ms) &&
         day_of(at_ms) < day_of(o.exit_ms) + rules.window_days;
}

}  // namespace

bool Model::used(const std::vector<Outing>& outings, const Rules& rules, std::int64_t at_ms) const {
  return std::ranges::count_if(outings, [&](const Outing& o) { return holds_place(o, rules, at_ms); }) >=
         rules.outings;
}

std::vector<Outing> Model::outings(int household, const Crossing* more) const {
  // Each person's crossings are a story of their own: out, back, out again.
  std::map<int, std::vector<const Crossing*>> by_person;
  const auto take = [&](const Crossing& c) {
    if (c.household == household && c.passed && !c.reversed) by_person[c.person].push_back(&c);
  };
  for (const auto& c : stored_) take(c);
  if (more) take(*more);
  std::vector<Outing> all;
  for (auto& [person, crossings] : by_person) {
    std::ranges::sort(crossings, {}, &Crossing::at_ms);
    for (std::size_t i = 0; i < crossings.size(); ++i) {
      const auto& exit = *crossings[i];
      if (!exit.out) continue;
      Outing o{exit.at_ms, std::nullopt, !exit.emergency, false, exit.persons};
      const auto* next = i + 1 < crossings.size() ? crossings[i + 1] : nullptr;
      const bool closed_first = exit.closed_ms && (!next || *exit.closed_ms < next->at_ms);
      if (closed_first || (next && next->out))
        o.closed = true;
      else if (next)
        o.return_ms = next->at_ms;
      all.push_back(o);
    }
  }
  std::ranges::sort(all);
  return all;
}

bool Model::outside(int household, int person, std::int64_t before_ms) const {
  const Crossing* last = nullptr;
  for (const auto& c : stored_)
    if (c.household == household && c.person == person && c.passed && !c.reversed && c.at_ms < before_ms &&
        (!last || c.at_ms > last->at_ms))
      last = &c;
  return last && last->out && !last->closed_ms;
}

std::optional<std::int64_t> Model::left_ms(const Crossing& c) const {
  std::map<int, const Crossing*> last;
  for (const auto& s : stored_)
    if (s.household == c.household && s.passed && !s.reversed && s.at_ms < c.at_ms) {
      auto& known = last[s.person];
      if (!known || s.at_ms > known->at_ms) known = &s;
    }
  const auto out = [&](const Crossing& s) { return s.out && !(s.closed_ms && *s.closed_ms < c.at_ms); };
  if (const auto own = last.find(c.person); own != last.end() && out(*own->second)) return own->second->at_ms;
  std::optional<std::int64_t> left;
  for (const auto& [person, s] : last)
    if (out(*s) && (!left || s->at_ms > *left)) left = s->at_ms;
  return left;
}

Rules Model::rules_of(const Crossing& c) const {
  if (c.out || c.household < 0) return rules_at_(c.compound, c.at_ms);
  return rules_at_(c.compound, left_ms(c).value_or(c.at_ms));
}

Codes Model::obstacles(const Crossing& c) const {
  if (c.emergency || !c.passed) return {};
  if (c.guest) return {"identity_unconfirmed"};
  if (!c.out) return {};  // nobody is kept out by a quota or a card
  const auto rules = rules_of(c);
  Codes codes;
  if (c.card == Card::inactive) codes.insert("pass_inactive");
  if (c.card == Card::voided) codes.insert("pass_void");
  if (c.card == Card::replaced) codes.insert("pass_replaced");
  const auto known = outings(c.household);
  if (used(known, rules, c.at_ms)) codes.insert("quota_used");
  int out_lately = 0, out_long = 0;
  for (const auto& o : known)
    if (o.counted && o.exit_ms < c.at_ms && !o.closed && !back(o, c.at_ms))
      (holds_place(o, rules, c.at_ms) ? out_lately : out_long) += o.persons;
  // Who stands here is not out: one of those is this very person.
  if (outside(c.household, c.person, c.at_ms)) {
    if (out_lately > 0)
      --out_lately;
    else if (out_long > 0)
      --out_long;
  }
  if (c.persons > rules.persons) codes.insert("persons_over_limit");
  if (out_lately > 0 && out_lately + c.persons > rules.persons)
    codes.insert("persons_out_limit");
  else if (out_long > 0 && out_lately + out_long + c.persons > rules.persons)
    codes.insert("return_missing");
  if ((c.at_ms + 8 * 60 * minute_ms) % day_ms / minute_ms >= rules.exits_until_minute)
    codes.insert("outside_hours");
  return codes;
}

// An outing told late can be the one that was too many, although the gate that let the next one out did
// not know. Each outing has the rules of its own time.
bool Model::makes_later_one_too_many(const Crossing& c) const {
  if (!c.out || !c.passed || c.emergency || c.household < 0) return false;
  const auto without = outings(c.household), with = outings(c.household, &c);
  return std::ranges::any_of(with, [&](const Outing& later) {
    if (!later.counted || later.exit_ms <= c.at_ms) return false;
    const auto rules = rules_at_(c.compound, later.exit_ms);
    return used(with, rules, later.exit_ms) && !used(without, rules, later.exit_ms);
  });
}

void Model::store(Crossing c) {
  constexpr std::int64_t ten_minutes_ms = 600'000;
  const auto elsewhere = [&](const Crossing& s) {
    const auto apart = s.at_ms > c.at_ms ? s.at_ms - c.at_ms : c.at_ms - s.at_ms;
    return s.passed && s.household == c.household && s.card_id == c.card_id && s.opening != c.opening &&
           apart < ten_minutes_ms;
  };
  c.copy = c.passed && c.household >= 0 && c.card_id != 0 && std::ranges::any_of(stored_, elsewhere);
  stored_.push_back(std::move(c));
}

Codes Model::flags_afterwards(const Crossing& c) const {
  Codes flags;
  if (!c.agreed) flags = obstacles(c);
  if (makes_later_one_too_many(c)) flags.insert("quota_used");
  if (c.guest) flags.insert("provisional");
  if (c.list_old) flags.insert("list_old");
  if (c.policy_version != rules_of(c).version) flags.insert("policy_differs");
  return flags;
}

Figures Model::figures(std::int64_t now_ms, int compound) const {
  Figures f;
  std::map<std::pair<int, int>, const Crossing*> last;
  for (const auto& c : stored_) {
    if (c.compound != compound) continue;
    if (c.guest) ++f.provisional_waiting;
    if (c.reversed) continue;
    const bool today = day_of(c.at_ms) == day_of(now_ms);
    const int persons = c.persons + c.companions;
    if (today && c.passed) (c.out ? f.exits_today : f.entries_today) += persons;
    if (today && c.emergency) ++f.emergencies_today;
    if (today && !c.passed) ++f.turned_back;
    if (c.household < 0 || !c.passed) continue;
    auto& known = last[{c.household, c.person}];
    if (!known || c.at_ms > known->at_ms) known = &c;
  }
  for (const auto& [who, c] : last)
    if (c->out && !c->closed_ms) f.out_now += c->persons + c->companions;
  return f;
}

}  // namespace sim
