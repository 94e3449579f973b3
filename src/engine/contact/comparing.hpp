#pragma once
// Who was met: the stays of a ring against everybody who was there.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/contact/contacts.hpp"
#include "engine/contact/positions.hpp"
#include "engine/contact/tracing.hpp"

namespace engine::contact {

inline constexpr std::size_t ahead = 16;  // until something asked for is in the cache

// What a question looks at.
struct Asked {
  const Contacts::View view;
  const Columns& columns;
  const Tail& tail;
  const std::vector<Kind>& kinds;
  const Query& query;
  const Policy& policy;
  std::vector<Gap> gaps{};  // by place

  Certainty certainty_of(const Row& row) const {
    return gaps.empty() ? certainty_in(row.load()) : weakened(presence_in(row), gaps).certainty;
  }
  const KindPolicy& rule_of(std::uint32_t place) const {
    return policy.kinds[static_cast<std::size_t>(kinds[place])];
  }
};

// Somebody at a place.
struct There {
  Row row{};
  std::uint32_t position = Positions::none;  // if it is known already
};

class Comparing {
 public:
  Comparing(const Asked& asked, Positions& positions, Answer& answer)
      : asked_(asked), positions_(positions), answer_(answer) {}

  // Who is found from now on is of this ring; whoever stands in the answer is of one before.
  void begin(std::uint16_t ring) {
    ring_ = ring, ring_begin_ = static_cast<std::uint32_t>(answer_.contacts.size());
  }
  std::uint32_t ring_begin() const { return ring_begin_; }
  // Stays of a ring, by place and time; who else was there is looked for.
  void go_through_places(std::span<const SourceStay> stays) {
    remember(stays);
    for (std::size_t i = 0; i < stays.size();) {
      if (i + 2 * ahead < stays.size()) {
        asked_.columns.prefetch_place(stays[i + 2 * ahead].place);
        asked_.tail.prefetch_place(stays[i + 2 * ahead].place);
        __builtin_prefetch(&asked_.kinds[stays[i + 2 * ahead].place]);
      }
      if (i + ahead < stays.size()) asked_.columns.prefetch_rows_at(stays[i + ahead].place);
      auto next = i + 1;
      while (next < stays.size() && stays[next].place == stays[i].place) ++next;
      go_through(stays.subspan(i, next - i));
      i = next;
    }
  }

  // All that happened at some places, read in its order.
  struct Part {
    struct Place {
      std::size_t stays = 0, others = 0;  // where they end
    };
    std::vector<Place> places{};
    std::vector<SourceStay> stays{};
    std::vector<There> others{};  // by start; nobody of the rings before

    void clear() { places.clear(), stays.clear(), others.clear(); }
    std::size_t bytes() const {
      return places.capacity() * sizeof(Place) + stays.capacity() * sizeof(SourceStay) +
             others.capacity() * sizeof(There);
    }
  };
  void go_through(Part& part) {
    remember(part.stays);
    Part::Place begin{};
    for (const auto& end : part.places) {
      compare(stays_.subspan(begin.stays, end.stays - begin.stays),
              std::span(part.others).subspan(begin.others, end.others - begin.others));
      begin = end;
    }
  }

 private:
  void remember(std::span<const SourceStay> stays) {
    stays_ = stays;
    first_stay_ = static_cast<std::uint32_t>(answer_.stays.size());
    if (asked_.query.evidence) answer_.stays.insert(answer_.stays.end(), stays.begin(), stays.end());
  }

  // All stays at one place. Those near each other in time are compared with who was there then; a pair is
  // looked at with the group its stay is in, and so once.
  void go_through(std::span<const SourceStay> stays) {
    const auto place = stays.front().place;
    const auto slack = asked_.rule_of(place).slack_s;
    new_there_.clear();
    asked_.tail.at_place(place, asked_.view.tail, [&](const Row& row) {
      if (!is_struck(row.load())) new_there_.push_back(&row);
    });
    std::ranges::sort(new_there_, {}, &Row::from);
    for (std::size_t i = 0; i < stays.size();) {
      Span hull{stays[i].from, stays[i].until};
      auto next = i + 1;
      for (; next < stays.size() && stays[next].begins <= plus(plus(hull.until, slack), slack); ++next)
        hull = {std::min(hull.from, stays[next].from), std::max(hull.until, stays[next].until)};
      hull = {minus(hull.from, slack), plus(hull.until, slack)};
      there_.clear();
      asked_.columns.at_place(place, hull.from, hull.until, [&](const Row& row) {
        if (!is_struck(row.load())) there_.push_back({row.seen()});
      });
      for (const auto* row : new_there_)
        if (row->from <= hull.until && row->until >= hull.from) there_.push_back({row->seen()});
      compare(stays.subspan(i, next - i), there_);
      i = next;
    }
  }

  void compare(std::span<const SourceStay> stays, std::span<There> there) {
    Second longest = 0;
    for (const auto& stay : stays) longest = std::max(longest, stay.until - stay.begins);
    const bool crossings = stays.size() > 1 && std::ranges::all_of(stays, &SourceStay::crossing);
    Crossed crossed{stays};
    // In three steps, so that many words from all over the memory are on their way at once.
    for (; !there.empty(); there = there.subspan(std::min(there.size(), 2 * ahead))) {
      const auto some = there.first(std::min(there.size(), 2 * ahead));
      for (const auto& other : some)
        if (other.position == Positions::none) positions_.prefetch(person_in(other.row.word));
      for (auto& other : some) {
        if (other.position == Positions::none) other.position = positions_.find(person_in(other.row.word));
        if (other.position != Positions::none) __builtin_prefetch(&answer_.contacts[other.position]);
      }
      for (auto& other : some) {  // who was new may have come in since
        if (other.position == Positions::none) other.position = positions_.find(person_in(other.row.word));
        if (other.position < ring_begin_) continue;  // of a ring before, or the same person
        if (crossings && other.row.from == other.row.until)
          count(crossed, other.position, other.row);
        else
          one_by_one(stays, longest, other.position, other.row);
      }
    }
  }

  void one_by_one(std::span<const SourceStay> stays, Second longest, std::uint32_t position,
                  const Row& other) {
    const auto kind = asked_.kinds[other.place];
    const auto slack = asked_.rule_of(other.place).slack_s;
    const Presence theirs{person_in(other.load()), other.place, other.from, other.until,
                          asked_.certainty_of(other)};
    auto stay = stays.begin();
    if (stays.size() > 16)  // fewer are sooner gone through
      stay =
          std::ranges::lower_bound(stays, minus(minus(other.from, slack), longest), {}, &SourceStay::begins);
    const SourceStay *first_met = nullptr, *last_met = nullptr;
    const bool forward = asked_.query.direction == Direction::contacts;
    std::uint32_t links = 0;
    Second first_at = 0, furthest = 0;
    double strength = 0;
    for (const auto last = plus(other.until, slack); stay != stays.end() && stay->begins <= last; ++stay) {
      const Presence own{0, stay->place, stay->from, stay->until, stay->certainty};
      const auto m = meet(own, {}, theirs, kind, asked_.policy);
      if (!m) continue;
      const auto at = forward ? m->from : m->until;
      const auto ended = forward ? std::max(m->from, m->until) : std::min(m->from, m->until);
      if (links++ == 0) first_met = &*stay, first_at = at, furthest = ended;
      last_met = &*stay;
      first_at = forward ? std::min(first_at, at) : std::max(first_at, at);
      furthest = forward ? std::max(furthest, ended) : std::min(furthest, ended);
      strength = std::max(strength, m->strength);
    }
    if (links == 0) return;
    note(contact_at(position, theirs.person, first_at), first_at, furthest, links, strength, kind);
    if (asked_.query.evidence) keep(position, first_met, last_met + 1, theirs, kind);
  }

  void keep(std::uint32_t position, const SourceStay* first, const SourceStay* end, const Presence& theirs,
            Kind kind) {
    const auto at = [&](const SourceStay* stay) {
      return first_stay_ + static_cast<std::uint32_t>(stay - stays_.data());
    };
    answer_.runs.push_back({position, at(first), at(end), theirs.from, theirs.until, theirs.certainty, kind});
  }

  // Which of the crossings are within the slack of an instant: a window that moves along with it.
  struct Crossed {
    std::span<const SourceStay> stays;
    std::size_t begin = 0, end = 0;
    std::array<std::uint32_t, certainty_count> known{};  // in the window, by how sure

    void move_to(Second first, Second last) {
      while (end < stays.size() && stays[end].from <= last) ++at(end++);
      while (begin > 0 && stays[begin - 1].from >= first) ++at(--begin);
      while (end > begin && stays[end - 1].from > last) --at(--end);
      while (begin < end && stays[begin].from < first) --at(begin++);
    }
    std::uint32_t& at(std::size_t i) { return known[static_cast<std::size_t>(stays[i].certainty)]; }
  };

  // A crossing meets all within the slack alike, apart from how sure they are: they need not be gone through.
  void count(Crossed& crossed, std::uint32_t position, const Row& other) {
    const auto kind = asked_.kinds[other.place];
    const auto slack = asked_.rule_of(other.place).slack_s;
    crossed.move_to(minus(other.from, slack), plus(other.from, slack));
    if (crossed.begin == crossed.end) return;
    const auto first = crossed.stays[crossed.begin].from, last = crossed.stays[crossed.end - 1].from;
    const auto theirs = presence_in(other);
    double strength = 0;
    for (std::size_t i = 0; i < certainty_count; ++i) {
      if (crossed.known[i] == 0) continue;
      const Presence own{0, other.place, other.from, other.from, static_cast<Certainty>(i)};
      strength = std::max(strength, meet(own, {}, theirs, kind, asked_.policy)->strength);
    }
    const bool forward = asked_.query.direction == Direction::contacts;
    const auto at = forward ? std::max(first, other.from) : std::min(last, other.from);
    const auto furthest = forward ? std::max(last, other.from) : std::min(first, other.from);
    note(contact_at(position, theirs.person, at), at, furthest,
         static_cast<std::uint32_t>(crossed.end - crossed.begin), strength, kind);
    if (asked_.query.evidence)
      keep(position, &crossed.stays[crossed.begin], &crossed.stays[crossed.end - 1] + 1, theirs, kind);
  }

  // `position` becomes that of somebody new.
  Contact& contact_at(std::uint32_t& position, std::uint32_t person, Second at) {
    if (position == Positions::none) {
      position = static_cast<std::uint32_t>(answer_.contacts.size());
      positions_.put(person, position);
      answer_.contacts.push_back({person, ring_, 0, at, at, 0, 0, {}});
    }
    return answer_.contacts[position];
  }

  void note(Contact& contact, Second at, Second last, std::uint32_t links, double strength, Kind kind) const {
    const bool forward = asked_.query.direction == Direction::contacts;
    contact.at = forward ? std::min(contact.at, at) : std::max(contact.at, at);
    contact.last = forward ? std::max(contact.last, last) : std::min(contact.last, last);
    contact.links += links;
    contact.kinds = static_cast<std::uint16_t>(contact.kinds | 1U << static_cast<unsigned>(kind));
    contact.strength = std::max(contact.strength, static_cast<float>(strength));
  }

  const Asked& asked_;
  Positions& positions_;
  Answer& answer_;
  std::uint16_t ring_ = 0;
  std::uint32_t ring_begin_ = 0;         // positions below are of the rings before
  std::span<const SourceStay> stays_{};  // gone through now
  std::uint32_t first_stay_ = 0;         // of them, in the evidence
  std::vector<There> there_{};
  std::vector<const Row*> new_there_{};
};

}  // namespace engine::contact
