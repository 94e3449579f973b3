// Rings: breadth first, a ring at a time, so that every contact's first exposure by the ring before is known
// when it is followed further. A ring is gone through place by place: what happened at a gate is read once,
// however many of the ring before passed it.
#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <tuple>
#include <utility>

#include "engine/contact/contacts.hpp"
#include "engine/contact/positions.hpp"
#include "engine/contact/tracing.hpp"

namespace engine::contact {
namespace {

// A stay in the columns by the position of its row: that is the order of places, and of time in each.
struct Key {
  std::uint32_t position = 0, stay = 0;
};

void order(std::vector<Key>& keys) {
  constexpr std::size_t few = 1'000;
  if (keys.size() < few) {
    std::ranges::sort(keys, {}, &Key::position);
    return;
  }
  constexpr unsigned bits = 11;
  constexpr std::uint32_t buckets = 1U << bits;
  std::vector<Key> other(keys.size());
  for (unsigned shift = 0; shift < 32; shift += bits) {
    const auto bucket = [&](const Key& key) { return key.position >> shift & (buckets - 1); };
    std::array<std::uint32_t, buckets + 1> begin{};
    for (const auto& key : keys) ++begin[bucket(key) + 1];
    for (std::size_t i = 1; i <= buckets; ++i) begin[i] += begin[i - 1];
    for (const auto& key : keys) other[begin[bucket(key)]++] = key;
    keys.swap(other);
  }
}

}  // namespace

// Memory that a question needs and the next one uses again: taking it from the system each time, which clears
// it, took a third of a large question.
struct Workspace {
  Positions positions{};
  std::vector<SourceStay> found{}, late{}, stays{};  // in the columns, in the tail, both in order
  std::vector<Key> keys{};
  std::vector<const Row*> there{}, new_there{};

  std::size_t lists() const {
    return (found.capacity() + late.capacity() + stays.capacity()) * sizeof(SourceStay) +
           keys.capacity() * sizeof(Key) + (there.capacity() + new_there.capacity()) * sizeof(void*);
  }
  std::size_t bytes() const { return positions.bytes() + lists(); }
};

class Tracing {
 public:
  Tracing(const Contacts& contacts, const Query& query, const Policy& policy, Workspace& workspace)
      : view_(contacts.view()),
        columns_(view_.generation->columns),
        tail_(view_.generation->tail),
        kinds_(view_.generation->kinds),
        query_(query),
        policy_(policy),
        positions_(workspace.positions),
        found_(workspace.found),
        late_(workspace.late),
        stays_(workspace.stays),
        keys_(workspace.keys),
        there_(workspace.there),
        new_there_(workspace.new_there) {
    positions_.make_room(tail_.persons());
    isolations_ = query.isolations;
    std::ranges::sort(isolations_, {}, &Isolation::person);
    gaps_ = query.gaps;
    std::ranges::stable_sort(gaps_, {}, &Gap::place);
  }

  Answer run() {
    begin_with_indices();
    std::size_t begin = 0;
    for (std::uint32_t ring = 1; ring <= static_cast<std::uint32_t>(std::max(0, query_.depth)); ++ring) {
      const auto end = answer_.contacts.size();
      ring_ = ring;
      ring_begin_ = static_cast<std::uint32_t>(end);
      // A large answer is not copied while it grows.
      if (end > 500) answer_.contacts.reserve(std::min<std::size_t>(columns_.persons(), end * 1'000) + end);
      if ((end - begin) * large_share >= columns_.persons())
        everywhere(begin);
      else
        where_they_were(begin, end);
      for (auto i = end; i < answer_.contacts.size(); ++i) set_window(answer_.contacts[i]);
      if (end == answer_.contacts.size()) break;
      begin = end;
    }
    if (query_.evidence) answer_.policy = policy_;
    positions_.forget(answer_.contacts);
    return std::move(answer_);
  }

 private:
  static constexpr std::size_t ahead = 16;               // until something asked for is in the cache
  static constexpr std::size_t rows_at_once = 1U << 18;  // that a thread reads ahead
  static constexpr std::size_t large_share = 16;         // of all persons, one in so many

  void begin_with_indices() {
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
  }

  void where_they_were(std::size_t begin, std::size_t end) {
    gather(begin, end);
    go_through_places();
  }

  // Of a ring that is a large share of all persons: the rows are read once in their order, instead of those
  // of each person from all over and put in order again. A second thread reads ahead: it looks only at
  // persons of the ring before, and this one changes only those after them.
  void everywhere(std::size_t begin) {
    answer_.contacts.reserve(std::max(positions_.size(), answer_.contacts.size()));  // stays where it is
    std::vector<SourceStay> next;
    auto place = gather_in_order(begin, 0, stays_);
    while (true) {
      std::future<std::uint32_t> ahead_of_us;
      if (place < kinds_.size())
        ahead_of_us =
            std::async(std::launch::async, [&, place] { return gather_in_order(begin, place, next); });
      go_through_places();
      if (!ahead_of_us.valid()) return;
      place = ahead_of_us.get();
      stays_.swap(next);
    }
  }

  // The stays at some of the places; returns the first of the others.
  std::uint32_t gather_in_order(std::size_t begin, std::uint32_t place,
                                std::vector<SourceStay>& stays) const {
    stays.clear();
    const auto look_at = [&](const Row& row, std::uint32_t position) {
      if (position < begin || position >= ring_begin_) return;
      if (const auto stay = counting(position, row)) stays.push_back(*stay);
    };
    for (std::size_t read = 0; place < kinds_.size() && read < rows_at_once; ++place) {
      if (!rule_of(place).follow) continue;
      const auto first = static_cast<std::ptrdiff_t>(stays.size());
      const auto rows = columns_.of_place(place);
      read += rows.size();
      with_positions(
          rows.size(), [&](std::size_t i) { return person_in(rows[i].load()); },
          [&](std::size_t i, std::uint32_t position) { look_at(rows[i], position); });
      const auto known = stays.size();
      tail_.at_place(place, view_.tail,
                     [&](const Row& row) { look_at(row, positions_.find(person_in(row.load()))); });
      if (stays.size() > known) std::sort(stays.begin() + first, stays.end(), in_order);
    }
    return place;
  }

  void go_through_places() {
    if (query_.evidence) {
      first_stay_ = static_cast<std::uint32_t>(answer_.stays.size());
      answer_.stays.insert(answer_.stays.end(), stays_.begin(), stays_.end());
    }
    for (std::size_t i = 0; i < stays_.size();) {
      if (i + 2 * ahead < stays_.size()) {
        columns_.prefetch_place(stays_[i + 2 * ahead].place);
        tail_.prefetch_place(stays_[i + 2 * ahead].place);
      }
      if (i + ahead < stays_.size()) columns_.prefetch_rows_at(stays_[i + ahead].place);
      auto next = i + 1;
      while (next < stays_.size() && stays_[next].place == stays_[i].place) ++next;
      go_through(std::span<const SourceStay>(stays_).subspan(i, next - i));
      i = next;
    }
  }

  static bool in_order(const SourceStay& a, const SourceStay& b) {
    return std::tie(a.place, a.begins, a.source) < std::tie(b.place, b.begins, b.source);
  }

  // The stays of a ring, by place and time.
  void gather(std::size_t begin, std::size_t end) {
    found_.clear(), keys_.clear(), late_.clear();
    const auto rows = columns_.rows();
    const auto person = [&](std::size_t i) { return answer_.contacts[i].person; };
    for (auto i = begin; i < end; ++i) {
      if (i + 3 * ahead < end) {
        columns_.prefetch_person(person(i + 3 * ahead));
        tail_.prefetch_person(person(i + 3 * ahead));
      }
      if (i + 2 * ahead < end) columns_.prefetch_index(person(i + 2 * ahead));
      if (i + ahead < end) columns_.prefetch_rows(person(i + ahead));
      const auto source = static_cast<std::uint32_t>(i);
      for (const auto at : columns_.of_person(person(i)))
        if (const auto stay = counting(source, rows[at])) {
          keys_.push_back({at, static_cast<std::uint32_t>(found_.size())});
          found_.push_back(*stay);
        }
      tail_.of_person(person(i), view_.tail, [&](const Row& row) {
        if (const auto stay = counting(source, row)) late_.push_back(*stay);
      });
    }
    order(keys_);
    std::ranges::sort(late_, in_order);
    stays_.clear();
    stays_.reserve(keys_.size() + late_.size());
    auto late = late_.begin();
    for (const auto& key : keys_) {
      const auto& stay = found_[key.stay];
      while (late != late_.end() && in_order(*late, stay)) stays_.push_back(*late++);
      stays_.push_back(stay);
    }
    stays_.insert(stays_.end(), late, late_.end());
  }

  std::optional<SourceStay> counting(std::uint32_t source, const Row& row) const {
    const auto& window = answer_.contacts[source].window;
    if (row.from > window.until || row.until < window.from || window.from > window.until ||
        is_struck(row.load()) || !rule_of(row.place).follow)
      return std::nullopt;
    return SourceStay{row.place,
                      source,
                      row.from,
                      std::max(row.from, window.from),
                      std::min(row.until, window.until),
                      known(row).certainty};
  }

  // All stays at one place. Those near each other in time are compared with who was there then; a pair is
  // looked at with the group its stay is in, and so once.
  void go_through(std::span<const SourceStay> stays) {
    const auto place = stays.front().place;
    const auto slack = rule_of(place).slack_s;
    new_there_.clear();
    tail_.at_place(place, view_.tail, [&](const Row& row) {
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
      columns_.at_place(place, hull.from, hull.until, [&](const Row& row) {
        if (!is_struck(row.load())) there_.push_back(&row);
      });
      for (const auto* row : new_there_)
        if (row->from <= hull.until && row->until >= hull.from) there_.push_back(row);
      compare(stays.subspan(i, next - i));
      i = next;
    }
  }

  // Stays near each other with everybody in `there_`.
  void compare(std::span<const SourceStay> stays) {
    Second longest = 0;
    for (const auto& stay : stays) longest = std::max(longest, stay.until - stay.begins);
    const bool crossings = stays.size() > 1 && std::ranges::all_of(stays, &SourceStay::crossing);
    Crossed crossed{stays};
    with_positions(
        there_.size(), [&](std::size_t i) { return person_in(there_[i]->load()); },
        [&](std::size_t i, std::uint32_t position) {
          const auto& other = *there_[i];
          if (position < ring_begin_) return;  // of a ring before, or the same person
          if (crossings && other.from == other.until)
            count(crossed, position, other);
          else
            one_by_one(stays, longest, position, other);
        });
  }

  // Calls f(i, position of person(i)) in order. In three steps, so that many words from all over the memory
  // are on their way at once.
  template <class Person, class F>
  void with_positions(std::size_t count, const Person& person, const F& f) const {
    std::array<std::uint32_t, 2 * ahead> found;
    for (std::size_t begin = 0; begin < count; begin += found.size()) {
      const auto some = std::min(found.size(), count - begin);
      for (std::size_t i = 0; i < some; ++i) positions_.prefetch(person(begin + i));
      for (std::size_t i = 0; i < some; ++i) {
        found[i] = positions_.find(person(begin + i));
        if (found[i] != Positions::none) __builtin_prefetch(&answer_.contacts[found[i]]);
      }
      for (std::size_t i = 0; i < some; ++i)  // who was new may have come in since
        f(begin + i, found[i] == Positions::none ? positions_.find(person(begin + i)) : found[i]);
    }
  }

  void one_by_one(std::span<const SourceStay> stays, Second longest, std::uint32_t position,
                  const Row& other) {
    const auto kind = kinds_[other.place];
    const auto slack = rule_of(other.place).slack_s;
    const auto theirs = known(other);
    auto stay = stays.begin();
    if (stays.size() > 1)
      stay =
          std::ranges::lower_bound(stays, minus(minus(other.from, slack), longest), {}, &SourceStay::begins);
    const SourceStay *first_met = nullptr, *last_met = nullptr;
    for (const auto last = plus(other.until, slack); stay != stays.end() && stay->begins <= last; ++stay) {
      const Presence own{0, stay->place, stay->from, stay->until, stay->certainty};
      const auto m = meet(own, {}, theirs, kind, policy_);
      if (!m) continue;
      const bool forward = query_.direction == Direction::contacts;
      auto& contact = contact_at(position, theirs.person, forward ? m->from : m->until);
      note(contact, forward ? m->from : m->until,
           forward ? std::max(m->from, m->until) : std::min(m->from, m->until), 1, m->strength, kind);
      last_met = &*stay;
      if (first_met == nullptr) first_met = last_met;
    }
    if (query_.evidence && first_met != nullptr) keep(position, first_met, last_met + 1, theirs, kind);
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
    const auto kind = kinds_[other.place];
    const auto slack = rule_of(other.place).slack_s;
    crossed.move_to(minus(other.from, slack), plus(other.from, slack));
    if (crossed.begin == crossed.end) return;
    const auto first = crossed.stays[crossed.begin].from, last = crossed.stays[crossed.end - 1].from;
    const auto theirs = presence_in(other);
    double strength = 0;
    for (std::size_t i = 0; i < certainty_count; ++i) {
      if (crossed.known[i] == 0) continue;
      const Presence own{0, other.place, other.from, other.from, static_cast<Certainty>(i)};
      strength = std::max(strength, meet(own, {}, theirs, kind, policy_)->strength);
    }
    const bool forward = query_.direction == Direction::contacts;
    const auto at = forward ? std::max(first, other.from) : std::min(last, other.from);
    const auto furthest = forward ? std::max(last, other.from) : std::min(first, other.from);
    note(contact_at(position, theirs.person, at), at, furthest,
         static_cast<std::uint32_t>(crossed.end - crossed.begin), strength, kind);
    if (query_.evidence)
      keep(position, &crossed.stays[crossed.begin], &crossed.stays[crossed.end - 1] + 1, theirs, kind);
  }

  // `position` becomes that of somebody new.
  Contact& contact_at(std::uint32_t& position, std::uint32_t person, Second at) {
    if (position == Positions::none) {
      position = static_cast<std::uint32_t>(answer_.contacts.size());
      positions_.put(person, position);
      answer_.contacts.push_back({person, ring_, at, at, 0, 0, 0, {}});
    }
    return answer_.contacts[position];
  }

  void note(Contact& contact, Second at, Second last, std::uint32_t links, double strength, Kind kind) const {
    const bool forward = query_.direction == Direction::contacts;
    contact.at = forward ? std::min(contact.at, at) : std::max(contact.at, at);
    contact.last = forward ? std::max(contact.last, last) : std::min(contact.last, last);
    contact.links += links;
    contact.kinds |= 1U << static_cast<unsigned>(kind);
    contact.strength = std::max(contact.strength, static_cast<float>(strength));
  }

  Presence known(const Row& row) const {
    const auto presence = presence_in(row);
    return gaps_.empty() ? presence : weakened(presence, gaps_);
  }
  const KindPolicy& rule_of(std::uint32_t place) const {
    return policy_.kinds[static_cast<std::size_t>(kinds_[place])];
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
  const Columns& columns_;
  const Tail& tail_;
  const std::vector<Kind>& kinds_;
  const Query& query_;
  const Policy& policy_;
  std::vector<Isolation> isolations_;
  std::vector<Gap> gaps_;
  Positions& positions_;
  std::vector<SourceStay>&found_, &late_, &stays_;
  std::vector<Key>& keys_;
  std::vector<const Row*>&there_, &new_there_;
  std::uint32_t ring_ = 0, ring_begin_ = 0;  // positions below are of the rings before
  std::uint32_t first_stay_ = 0;             // of the ring, in the evidence
  Answer answer_;
};

std::shared_ptr<Workspace> Contacts::borrow() const {
  const std::lock_guard lock(pointer_);
  if (workspaces_.empty()) return std::make_shared<Workspace>();
  auto one = std::move(workspaces_.back());
  workspaces_.pop_back();
  return one;
}

// As many as are often needed at once; a list that one very large question needed is not kept.
void Contacts::give_back(std::shared_ptr<Workspace> workspace) const {
  constexpr std::size_t kept = 2, largest = std::size_t{64} << 20;
  if (workspace->lists() > largest) *workspace = {.positions = std::move(workspace->positions)};
  const std::lock_guard lock(pointer_);
  if (workspaces_.size() < kept) workspaces_.push_back(std::move(workspace));
}

std::size_t Contacts::workspace_bytes() const {
  const std::lock_guard lock(pointer_);
  std::size_t bytes = 0;
  for (const auto& workspace : workspaces_) bytes += workspace->bytes();
  return bytes;
}

// A question that ends early leaves its workspace to nobody.
Answer Contacts::trace(const Query& query, const Policy& policy) const {
  auto workspace = borrow();
  auto answer = Tracing(*this, query, policy, *workspace).run();
  give_back(std::move(workspace));
  return answer;
}

namespace {

void read_links(const Answer& answer, const Run& run, std::vector<Link>& out) {
  for (auto i = run.first; i < run.end; ++i) {
    const auto& stay = answer.stays[i];
    const auto m = meet({0, stay.place, stay.from, stay.until, stay.certainty}, {},
                        {0, stay.place, run.from, run.until, run.certainty}, run.kind, answer.policy);
    if (m)
      out.push_back({stay.source, run.contact, stay.place, m->from, m->until, static_cast<float>(m->strength),
                     stay.certainty, run.certainty});
  }
}

}  // namespace

std::vector<Link> links_of(const Answer& answer) {
  std::vector<Link> links;
  for (const auto& run : answer.runs) read_links(answer, run, links);
  return links;
}

std::vector<Link> links_of(const Answer& answer, std::uint32_t contact) {
  std::vector<Link> links;
  for (const auto& run : answer.runs)
    if (run.contact == contact) read_links(answer, run, links);
  return links;
}

std::vector<Link> path_to(const Answer& answer, std::uint32_t contact) {
  std::vector<Link> path;
  while (answer.contacts[contact].ring > 0) {
    const auto& reached = answer.contacts[contact];
    std::optional<Link> link;  // at the first exposure; of several the strongest
    for (const auto& l : links_of(answer, contact))
      if ((l.from == reached.at || l.until == reached.at) && (!link || l.strength > link->strength)) link = l;
    if (!link) return {};
    path.push_back(*link);
    contact = link->source;
  }
  std::ranges::reverse(path);
  return path;
}

}  // namespace engine::contact
