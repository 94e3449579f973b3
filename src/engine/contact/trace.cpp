// Rings: breadth first, a ring at a time, so that every contact's first exposure by the ring before is known
// when it is followed further. A ring is gone through place by place: what happened at a gate is read once,
// however many of the ring before passed it.
#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <tuple>
#include <utility>

#include "engine/contact/comparing.hpp"

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
  std::array<Comparing::Part, 2> parts{};

  std::size_t lists() const {
    return (found.capacity() + late.capacity() + stays.capacity()) * sizeof(SourceStay) +
           keys.capacity() * sizeof(Key) + parts[0].bytes() + parts[1].bytes();
  }
  std::size_t bytes() const { return positions.bytes() + lists(); }
};

class Tracing {
 public:
  Tracing(const Contacts& contacts, const Query& query, const Policy& policy, Workspace& workspace)
      : asked_(contacts.ask(query, policy)),
        columns_(asked_.columns),
        tail_(asked_.tail),
        kinds_(asked_.kinds),
        positions_(workspace.positions),
        found_(workspace.found),
        late_(workspace.late),
        stays_(workspace.stays),
        keys_(workspace.keys),
        parts_(workspace.parts) {
    positions_.make_room(tail_.persons());
    isolations_ = query.isolations;
    std::ranges::sort(isolations_, {}, &Isolation::person);
  }

  Answer run() {
    begin_with_indices();
    std::size_t begin = 0;
    for (std::uint16_t ring = 1; ring <= std::clamp(asked_.query.depth, 0, deepest); ++ring) {
      const auto end = answer_.contacts.size();
      comparing_.begin(ring);
      // A large answer is not copied while it grows; what is not used of it costs nothing.
      if (end > 500)
        answer_.contacts.reserve(end > 5'000 ? std::max<std::size_t>(columns_.persons(), end)
                                             : std::min<std::size_t>(columns_.persons(), end * 50) + end);
      if ((end - begin) * large_share >= columns_.persons())
        everywhere(begin);
      else
        where_they_were(begin, end);
      for (auto i = end; i < answer_.contacts.size(); ++i) set_window(answer_.contacts[i]);
      if (end == answer_.contacts.size()) break;
      begin = end;
    }
    if (asked_.query.evidence) answer_.policy = asked_.policy;
    positions_.forget(answer_.contacts);
    return std::move(answer_);
  }

 private:
  static constexpr int deepest = 1'000;                  // nobody asks for as many rings
  static constexpr std::size_t rows_at_once = 1U << 18;  // that a thread reads at once
  static constexpr std::size_t large_share = 16;         // of all persons, one in so many

  void begin_with_indices() {
    for (const auto& index : asked_.query.indices) {
      const auto position = positions_.find(index.person);
      if (position == Positions::none) {
        positions_.put(index.person, static_cast<std::uint32_t>(answer_.contacts.size()));
        answer_.contacts.push_back(
            {index.person, 0, 0, index.window.from, index.window.from, 0, 0, index.window});
      } else {  // named twice: both windows
        auto& window = answer_.contacts[position].window;
        window = {std::min(window.from, index.window.from), std::max(window.until, index.window.until)};
      }
    }
  }

  void where_they_were(std::size_t begin, std::size_t end) {
    gather(begin, end);
    comparing_.go_through_places(stays_);
  }

  // Of a ring that is a large share of all persons: the rows are read once in their order, instead of those
  // of each person from all over and put in order again. A second thread reads ahead: it looks only at
  // persons of the ring before, and this one changes only those after them.
  void everywhere(std::size_t begin) {
    answer_.contacts.reserve(std::max(positions_.size(), answer_.contacts.size()));  // stays where it is
    windows_.clear();
    for (auto i = begin; i < comparing_.ring_begin(); ++i) windows_.push_back(answer_.contacts[i].window);
    auto &part = parts_[0], &next = parts_[1];
    auto place = read(begin, 0, part);
    while (true) {
      std::future<std::uint32_t> reading;
      if (place < kinds_.size())
        reading = std::async(std::launch::async, [&, place] { return read(begin, place, next); });
      comparing_.go_through(part);
      if (!reading.valid()) return;
      place = reading.get();
      std::swap(part, next);
    }
  }

  // What happened at some of the places; returns the first of the others.
  std::uint32_t read(std::size_t begin, std::uint32_t place, Comparing::Part& part) const {
    part.clear();
    const auto ring_begin = comparing_.ring_begin();
    const auto look_at = [&](const Row& row, std::uint32_t position) {
      if (position >= ring_begin) {
        if (!is_struck(row.load())) part.others.push_back({row.seen(), position});
      } else if (position >= begin) {
        if (const auto stay = counting(position, windows_[position - begin], row))
          part.stays.push_back(*stay);
      }
    };
    for (std::size_t done = 0; place < kinds_.size() && done < rows_at_once; ++place) {
      if (!asked_.rule_of(place).follow) continue;
      const Comparing::Part::Place first{part.stays.size(), part.others.size()};
      const auto rows = columns_.of_place(place);
      done += rows.size();
      std::array<std::uint32_t, 2 * ahead> found;
      for (auto left = rows; !left.empty(); left = left.subspan(std::min(left.size(), found.size()))) {
        const auto some = left.first(std::min(left.size(), found.size()));
        for (const auto& row : some) positions_.prefetch(person_in(row.load()));
        for (std::size_t i = 0; i < some.size(); ++i) {
          found[i] = positions_.find(person_in(some[i].load()));
          if (found[i] >= begin && found[i] < ring_begin) __builtin_prefetch(&windows_[found[i] - begin]);
        }
        for (std::size_t i = 0; i < some.size(); ++i) look_at(some[i], found[i]);
      }
      tail_.at_place(place, asked_.view.tail,
                     [&](const Row& row) { look_at(row, positions_.find(person_in(row.load()))); });
      if (part.stays.size() == first.stays || part.others.size() == first.others) {
        part.stays.resize(first.stays), part.others.resize(first.others);
        continue;
      }
      // The rows are, what the tail holds comes after them.
      by_start(std::span(part.stays).subspan(first.stays), &SourceStay::begins);
      by_start(std::span(part.others).subspan(first.others),
               [](const There& there) { return there.row.from; });
      part.places.push_back({part.stays.size(), part.others.size()});
    }
    return place;
  }

  template <class T, class Start>
  static void by_start(std::span<T> all, Start start) {
    if (!std::ranges::is_sorted(all, {}, start)) std::ranges::sort(all, {}, start);
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
        if (const auto stay = counting(source, answer_.contacts[source].window, rows[at])) {
          keys_.push_back({at, static_cast<std::uint32_t>(found_.size())});
          found_.push_back(*stay);
        }
      tail_.of_person(person(i), asked_.view.tail, [&](const Row& row) {
        if (const auto stay = counting(source, answer_.contacts[source].window, row)) late_.push_back(*stay);
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

  std::optional<SourceStay> counting(std::uint32_t source, Span window, const Row& row) const {
    if (row.from > window.until || row.until < window.from || window.from > window.until ||
        is_struck(row.load()) || !asked_.rule_of(row.place).follow)
      return std::nullopt;
    return SourceStay{row.place,
                      source,
                      row.from,
                      std::max(row.from, window.from),
                      std::min(row.until, window.until),
                      asked_.certainty_of(row)};
  }

  // From its own first exposure until it is isolated (rules.md, secondary contacts); backward, until it last
  // met who it may have infected.
  void set_window(Contact& c) const {
    if (asked_.query.direction == Direction::sources) {
      c.window = {asked_.query.horizon.from, minus(c.at, asked_.policy.latent_s)};
      return;
    }
    c.window = {plus(c.at, asked_.policy.latent_s), asked_.query.horizon.until};
    const auto found = std::ranges::lower_bound(isolations_, c.person, {}, &Isolation::person);
    if (found != isolations_.end() && found->person == c.person)
      c.window.until = std::min(c.window.until, found->from);
  }

  const Asked asked_;
  const Columns& columns_;
  const Tail& tail_;
  const std::vector<Kind>& kinds_;
  std::vector<Isolation> isolations_;
  Positions& positions_;
  std::vector<SourceStay>&found_, &late_, &stays_;
  std::vector<Key>& keys_;
  std::array<Comparing::Part, 2>& parts_;
  std::vector<Span, HugePages<Span>> windows_{};  // of a large ring: all of them near each other
  Answer answer_;
  Comparing comparing_{asked_, positions_, answer_};
};

Asked Contacts::ask(const Query& query, const Policy& policy) const {
  const auto seen = view();
  auto& generation = *seen.generation;
  auto gaps = query.gaps;
  std::ranges::stable_sort(gaps, {}, &Gap::place);
  return {seen, generation.columns, generation.tail, generation.kinds, query, policy, std::move(gaps)};
}

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
