#pragma once
// What was appended since the columns were built: rows in the order they came, chained by person and by
// place, newest first. One thread appends while others read without a lock: a row is complete before a chain
// leads to it, and a reader passes over rows from after its own beginning.
#include <atomic>
#include <cstdint>
#include <memory>

#include "engine/contact/columns.hpp"

namespace engine::contact {

class Tail {
 public:
  // Room for so many rows, of persons and places below the two counts.
  Tail(std::uint32_t capacity, std::uint32_t persons, std::uint32_t places)
      : capacity_(capacity),
        persons_(persons),
        places_(places),
        rows_(std::make_unique<Linked[]>(capacity)),
        of_person_(std::make_unique<Head[]>(persons)),
        at_place_(std::make_unique<Head[]>(places)) {}

  bool has_room_for(const Presence& p) const {
    return count_.load(std::memory_order_relaxed) < capacity_ && p.person < persons_ && p.place < places_;
  }
  void append(const Presence& p) {
    const auto at = count_.load(std::memory_order_relaxed);
    auto& entry = rows_[at];
    entry.row = Row::of(p);
    entry.same_person = of_person_[p.person].load(std::memory_order_relaxed);
    entry.same_place = at_place_[p.place].load(std::memory_order_relaxed);
    of_person_[p.person].store(at + 1, std::memory_order_release);
    at_place_[p.place].store(at + 1, std::memory_order_release);
    count_.store(at + 1, std::memory_order_release);
  }
  std::uint32_t persons() const { return persons_; }  // that it may name
  std::uint32_t size() const { return count_.load(std::memory_order_acquire); }
  Row& row(std::uint32_t at) { return rows_[at].row; }
  std::size_t bytes() const {
    return capacity_ * sizeof(Linked) + (std::size_t{persons_} + places_) * sizeof(Head);
  }

  void prefetch_person(std::uint32_t person) const {
    if (person < persons_) __builtin_prefetch(&of_person_[person]);
  }
  void prefetch_place(std::uint32_t place) const {
    if (place < places_) __builtin_prefetch(&at_place_[place]);
  }
  // f(row) for the rows among the first `size`.
  template <class F>
  void of_person(std::uint32_t person, std::uint32_t size, F&& f) const {
    if (person >= persons_) return;
    for (auto i = of_person_[person].load(std::memory_order_acquire); i != 0; i = rows_[i - 1].same_person)
      if (i <= size) f(rows_[i - 1].row);
  }
  template <class F>
  void at_place(std::uint32_t place, std::uint32_t size, F&& f) const {
    if (place >= places_) return;
    for (auto i = at_place_[place].load(std::memory_order_acquire); i != 0; i = rows_[i - 1].same_place)
      if (i <= size) f(rows_[i - 1].row);
  }

 private:
  struct Linked {
    Row row{};
    std::uint32_t same_person = 0, same_place = 0;  // 1 + position of the one before, 0: none
  };
  using Head = std::atomic<std::uint32_t>;
  std::uint32_t capacity_, persons_, places_;
  std::atomic<std::uint32_t> count_{0};
  std::unique_ptr<Linked[]> rows_;
  std::unique_ptr<Head[]> of_person_, at_place_;
};

}  // namespace engine::contact
