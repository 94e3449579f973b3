// Rings: breadth first, a ring at a time, so that every contact's first exposure by the ring before is known
// when it is followed further.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/contact/contacts.hpp"
#include "engine/contact/tracing.hpp"

namespace engine::contact {
namespace {

// Person to position. A small answer has a table of its own that stays in the cache however many persons
// there are; one that reaches a large share of them has an entry for each.
class Positions {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  explicit Positions(std::uint32_t persons) : persons_(persons) {}

  void prefetch(std::uint32_t person) const {
    if (!for_all_)
      __builtin_prefetch(&slots_[first(person)]);
    else if (person < all_.size())
      __builtin_prefetch(&all_[person]);
  }
  // `none` when it is new.
  std::uint32_t find(std::uint32_t person) const {
    if (for_all_) return person < all_.size() ? all_[person] : none;
    return slots_[slot(person)].position;
  }
  // Of one that is new.
  void put(std::uint32_t person, std::uint32_t position) {
    if (for_all_) {
      if (person >= all_.size()) all_.resize(person + 1, none);
      all_[person] = position;
      return;
    }
    slots_[slot(person)] = {person, position};
    if (++used_ * 2 >= slots_.size()) grow();
  }

 private:
  struct Slot {
    std::uint32_t person = none, position = none;
  };
  std::size_t first(std::uint32_t person) const {
    return (person * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & (slots_.size() - 1);
  }
  std::size_t slot(std::uint32_t person) const {
    auto i = first(person);
    while (slots_[i].person != none && slots_[i].person != person) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  void grow() {
    if (slots_.size() >= persons_) {  // the table would be larger than an entry for each
      for_all_ = true;
      all_.assign(persons_, none);
      for (const auto& one : slots_)
        if (one.person != none) put(one.person, one.position);
      std::vector<Slot>().swap(slots_);
      return;
    }
    const auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 4));
    for (const auto& one : old)
      if (one.person != none) slots_[slot(one.person)] = one;
  }

  std::uint32_t persons_;
  std::vector<Slot> slots_ = std::vector<Slot>(16);
  std::vector<std::uint32_t> all_;
  bool for_all_ = false;
  std::size_t used_ = 0;
};

}  // namespace

class Tracing {
 public:
  Tracing(const Contacts& contacts, const Query& query, const Policy& policy)
      : view_(contacts.view()),
        kinds_(view_.generation->kinds),
        query_(query),
        policy_(policy),
        positions_(view_.generation->columns.persons()) {
    isolations_ = query.isolations;
    std::ranges::sort(isolations_, {}, &Isolation::person);
    gaps_ = query.gaps;
    std::ranges::stable_sort(gaps_, {}, &Gap::place);
  }

  Answer run() {
    for (const auto& index : query_.indices) {
      const auto position = positions_.find(index.person);
      if (position == Positions::none) {
        positions_.put(index.person, static_cast<std::uint32_t>(answer_.contacts.size()));
        answer_.contacts.push_back(
            {index.person, 0, index.window.from, index.window.from, 0, 0, 0, index.window});
      } else {  // named twice: both windows
        auto& window = answer_.contacts[position].window;
        window = {std::min(window.from, index.window.from), std::max(window.until, index.window.until)};
      }
    }
    std::size_t begin = 0;
    for (std::uint32_t ring = 1; ring <= static_cast<std::uint32_t>(std::max(0, query_.depth)); ++ring) {
      const auto end = answer_.contacts.size();
      ring_begin_ = static_cast<std::uint32_t>(end);
      for (auto i = begin; i < end; ++i) follow(static_cast<std::uint32_t>(i), ring);
      for (auto i = end; i < answer_.contacts.size(); ++i) set_window(answer_.contacts[i]);
      if (end == answer_.contacts.size()) break;
      begin = end;
    }
    return std::move(answer_);
  }

 private:
  static constexpr std::size_t ahead = 8;  // rows, until a position asked for is in the cache

  void follow(std::uint32_t source, std::uint32_t ring) {
    const auto person = answer_.contacts[source].person;
    const auto window = answer_.contacts[source].window;
    if (window.from > window.until) return;
    view_.of_person(person, [&](const Row& mine) {
      const auto kind = kinds_[mine.place];
      const auto& rule = policy_.kinds[static_cast<std::size_t>(kind)];
      if (!rule.follow || mine.from > window.until || mine.until < window.from) return;
      const auto own = known(mine);
      there_.clear();
      view_.at_place(mine.place, minus(std::max(mine.from, window.from), rule.slack_s),
                     plus(std::min(mine.until, window.until), rule.slack_s),
                     [&](const Row& other) { there_.push_back(&other); });
      for (std::size_t i = 0; i < there_.size(); ++i) {
        if (i + ahead < there_.size()) positions_.prefetch(person_in(there_[i + ahead]->load()));
        const auto theirs = known(*there_[i]);
        // Of a ring before, or the same person.
        const auto position = positions_.find(theirs.person);
        if (position < ring_begin_) continue;
        if (const auto m = meet(own, window, theirs, kind, policy_))
          note(source, ring, position, own, theirs, kind, *m);
      }
    });
  }

  Presence known(const Row& row) const {
    const auto presence = presence_in(row);
    return gaps_.empty() ? presence : weakened(presence, gaps_);
  }

  void note(std::uint32_t source, std::uint32_t ring, std::uint32_t position, const Presence& own,
            const Presence& other, Kind kind, const Meeting& m) {
    const bool forward = query_.direction == Direction::contacts;
    const auto at = forward ? m.from : m.until;
    const auto last = forward ? std::max(m.from, m.until) : std::min(m.from, m.until);
    if (position == Positions::none) {
      position = static_cast<std::uint32_t>(answer_.contacts.size());
      positions_.put(other.person, position);
      answer_.contacts.push_back({other.person, ring, at, last, 0, 0, 0, {}});
    }
    auto& contact = answer_.contacts[position];
    contact.at = forward ? std::min(contact.at, at) : std::max(contact.at, at);
    contact.last = forward ? std::max(contact.last, last) : std::min(contact.last, last);
    ++contact.links;
    contact.kinds |= 1U << static_cast<unsigned>(kind);
    contact.strength = std::max(contact.strength, static_cast<float>(m.strength));
    if (query_.evidence)
      answer_.links.push_back({source, position, other.place, m.from, m.until, static_cast<float>(m.strength),
                               own.certainty, other.certainty});
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
  std::vector<Gap> gaps_;
  Positions positions_;
  std::vector<const Row*> there_;
  std::uint32_t ring_begin_ = 0;  // positions below are of the rings before
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
