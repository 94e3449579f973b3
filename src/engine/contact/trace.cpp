// Rings: breadth first, a ring at a time, so that every contact's first exposure by the ring before is known
// when it is followed further.
#include <algorithm>
#include <cmath>

#include "engine/contact/contacts.hpp"
#include "engine/contact/tracing.hpp"

namespace engine::contact {
namespace {

// Person to position; grows with the answer, so it stays in the cache however many persons there are.
class Positions {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  // Where the person's position stands, `none` when it is new.
  std::uint32_t& of(std::uint32_t person) {
    if (used_ * 2 >= slots_.size()) grow();
    auto& slot = find(person);
    if (slot.position == none && slot.person == none) {
      slot.person = person;
      ++used_;
    }
    return slot.position;
  }

 private:
  struct Slot {
    std::uint32_t person = none, position = none;
  };
  Slot& find(std::uint32_t person) {
    const auto mask = slots_.size() - 1;
    auto i = (person * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & mask;
    while (slots_[i].person != none && slots_[i].person != person) i = (i + 1) & mask;
    return slots_[i];
  }
  void grow() {
    auto old = std::move(slots_);
    slots_.assign(old.size() * 4, Slot{});
    for (const auto& slot : old)
      if (slot.person != none) find(slot.person) = slot;
  }
  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  std::size_t used_ = 0;
};

}  // namespace

class Tracing {
 public:
  Tracing(const Contacts& contacts, const Query& query, const Policy& policy)
      : view_(contacts.view()), kinds_(view_.generation->kinds), query_(query), policy_(policy) {
    isolations_ = query.isolations;
    std::ranges::sort(isolations_, {}, &Isolation::person);
  }

  Answer run() {
    for (const auto& index : query_.indices) {
      auto& position = positions_.of(index.person);
      if (position == Positions::none) {
        position = static_cast<std::uint32_t>(answer_.contacts.size());
        answer_.contacts.push_back({index.person, 0, index.window.from, 0, 0, 0, index.window});
      } else {  // named twice: both windows
        auto& window = answer_.contacts[position].window;
        window = {std::min(window.from, index.window.from), std::max(window.until, index.window.until)};
      }
    }
    std::size_t begin = 0;
    for (std::uint32_t ring = 1; ring <= static_cast<std::uint32_t>(std::max(0, query_.depth)); ++ring) {
      const auto end = answer_.contacts.size();
      for (auto i = begin; i < end; ++i) follow(static_cast<std::uint32_t>(i), ring);
      for (auto i = end; i < answer_.contacts.size(); ++i) set_window(answer_.contacts[i]);
      if (end == answer_.contacts.size()) break;
      begin = end;
    }
    return std::move(answer_);
  }

 private:
  void follow(std::uint32_t source, std::uint32_t ring) {
    const auto person = answer_.contacts[source].person;
    const auto window = answer_.contacts[source].window;
    if (window.from > window.until) return;
    view_.of_person(person, [&](const Row& mine) {
      const auto kind = kinds_[mine.place];
      const auto& rule = policy_.kinds[static_cast<std::size_t>(kind)];
      if (!rule.follow || mine.from > window.until || mine.until < window.from) return;
      const auto own = presence_in(mine);
      view_.at_place(mine.place, minus(std::max(mine.from, window.from), rule.slack_s),
                     plus(std::min(mine.until, window.until), rule.slack_s), [&](const Row& other) {
                       if (person_in(other.load()) == person) return;
                       if (const auto m = meet(own, window, presence_in(other), kind, policy_))
                         note(source, ring, presence_in(other), kind, *m);
                     });
    });
  }

  void note(std::uint32_t source, std::uint32_t ring, const Presence& other, Kind kind, const Meeting& m) {
    auto& position = positions_.of(other.person);
    const auto at = query_.direction == Direction::contacts ? m.from : m.until;
    if (position == Positions::none) {
      position = static_cast<std::uint32_t>(answer_.contacts.size());
      answer_.contacts.push_back({other.person, ring, at, 0, 0, 0, {}});
    }
    auto& contact = answer_.contacts[position];
    if (contact.ring != ring) return;
    contact.at =
        query_.direction == Direction::contacts ? std::min(contact.at, at) : std::max(contact.at, at);
    ++contact.links;
    contact.kinds |= 1U << static_cast<unsigned>(kind);
    contact.strength = std::max(contact.strength, static_cast<float>(m.strength));
    if (query_.evidence)
      answer_.links.push_back(
          {source, position, other.place, m.from, m.until, static_cast<float>(m.strength)});
  }

  // From its own first exposure until it is isolated (rules.md, secondary contacts); backward, until it last
  // met who it may have infected.
  void set_window(Contact& c) const {
    if (query_.direction == Direction::sources) {
      c.window = {query_.horizon.from, minus(c.at, policy_.latent_s)};
      return;
    }
    c.window = {plus(c.at, policy_.latent_s), query_.horizon.until};
    const auto found = std::ranges::lower_bound(isolations_, c.person, {}, &Isolation::person);
    if (found != isolations_.end() && found->person == c.person)
      c.window.until = std::min(c.window.until, found->from);
  }

  const Contacts::View view_;
  const std::vector<Kind>& kinds_;
  const Query& query_;
  const Policy& policy_;
  std::vector<Isolation> isolations_;
  Positions positions_;
  Answer answer_;
};

Answer Contacts::trace(const Query& query, const Policy& policy) const {
  return Tracing(*this, query, policy).run();
}

std::vector<Link> path_to(const Answer& answer, std::uint32_t contact) {
  std::vector<Link> path;
  while (answer.contacts[contact].ring > 0) {
    const auto& reached = answer.contacts[contact];
    const Link* link = nullptr;  // at the first exposure; of several the strongest
    for (const auto& l : answer.links)
      if (l.contact == contact && (l.from == reached.at || l.until == reached.at) &&
          (link == nullptr || l.strength > link->strength))
        link = &l;
    if (link == nullptr) return {};
    path.push_back(*link);
    contact = link->source;
  }
  std::ranges::reverse(path);
  return path;
}

}  // namespace engine::contact
