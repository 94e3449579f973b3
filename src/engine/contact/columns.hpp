#pragma once
// Presences of a time in 16-byte rows, ordered by place and start, with a 4-byte index by person: about 21
// bytes per presence. Read by many at once; a row can be struck out meanwhile, nothing else changes.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/contact/huge_pages.hpp"
#include "engine/contact/types.hpp"

namespace engine::contact {

// Person, certainty and "struck out" share a word.
struct Row {
  std::uint32_t word = 0, place = 0;
  Second from = 0, until = 0;

  static constexpr std::uint32_t struck_bit = 1U << 28;
  static std::uint32_t pack(const Presence& p) {
    return p.person | static_cast<std::uint32_t>(p.certainty) << 29;
  }
  static Row of(const Presence& p) { return {pack(p), p.place, p.from, p.until}; }
  // Another thread may strike a row out while it is read.
  std::uint32_t load() const {
    return std::atomic_ref<std::uint32_t>(const_cast<std::uint32_t&>(word)).load(std::memory_order_relaxed);
  }
  // As it is now, apart from what becomes of it later.
  Row seen() const { return {load(), place, from, until}; }
  void strike() { std::atomic_ref<std::uint32_t>(word).fetch_or(struck_bit, std::memory_order_relaxed); }
};
inline bool is_struck(std::uint32_t word) { return (word & Row::struck_bit) != 0; }
inline std::uint32_t person_in(std::uint32_t word) { return word & (Row::struck_bit - 1); }
inline Certainty certainty_in(std::uint32_t word) { return static_cast<Certainty>(word >> 29); }
inline Presence presence_in(const Row& row) {
  const auto word = row.load();
  return {person_in(word), row.place, row.from, row.until, certainty_in(word)};
}

class Columns {
 public:
  Columns() = default;
  // Rows in any order; ids below the two counts. Struck rows are left out.
  Columns(std::vector<Row> rows, std::uint32_t persons, std::uint32_t places);

  std::uint32_t persons() const { return count_of(person_start_); }
  std::uint32_t places() const { return count_of(place_start_); }
  std::size_t size() const { return rows_.size(); }
  std::size_t bytes() const;
  std::span<Row> rows() { return rows_; }
  std::span<const Row> rows() const { return rows_; }

  // Positions of a person's rows.
  std::span<const std::uint32_t> of_person(std::uint32_t person) const {
    if (person >= persons()) return {};
    return {by_person_.data() + person_start_[person], person_start_[person + 1] - person_start_[person]};
  }
  // By start.
  std::span<const Row> of_place(std::uint32_t place) const {
    if (place >= places()) return {};
    return rows().subspan(place_start_[place], place_start_[place + 1] - place_start_[place]);
  }
  // What is asked for of a person soon, in three steps that follow one another.
  void prefetch_person(std::uint32_t person) const {
    if (person < persons()) __builtin_prefetch(&person_start_[person]);
  }
  void prefetch_index(std::uint32_t person) const {
    if (person < persons()) __builtin_prefetch(by_person_.data() + person_start_[person]);
  }
  void prefetch_rows(std::uint32_t person) const {
    for (const auto i : of_person(person)) __builtin_prefetch(&rows_[i]);
  }
  // The same of a place, in two steps; of many rows the first.
  void prefetch_place(std::uint32_t place) const {
    if (place < places()) __builtin_prefetch(&place_start_[place]);
  }
  void prefetch_rows_at(std::uint32_t place) const {
    if (place >= places()) return;
    const auto begin = place_start_[place], end = place_start_[place + 1];
    __builtin_prefetch(&latest_[begin / block]);
    for (auto i = begin; i < end && i < begin + block; i += 4) __builtin_prefetch(rows_.data() + i);
  }
  // Calls f(row) for every row of the place that touches [from, until], struck ones too.
  template <class F>
  void at_place(std::uint32_t place, Second from, Second until, F&& f) const {
    if (place >= places()) return;
    const auto begin = place_start_[place], end = first_after(begin, place_start_[place + 1], until);
    for (auto i = begin; i < end;) {
      const auto block_end = std::min<std::uint32_t>(end, (i / block + 1) * block);
      if (latest_[i / block] >= from)
        for (; i < block_end; ++i)
          if (rows_[i].until >= from) f(rows_[i]);
      i = block_end;
    }
  }

 private:
  static constexpr std::uint32_t block = 64;
  static std::uint32_t count_of(std::span<const std::uint32_t> starts) {
    return starts.empty() ? 0 : static_cast<std::uint32_t>(starts.size() - 1);
  }
  std::uint32_t first_after(std::uint32_t begin, std::uint32_t end, Second instant) const;
  void order_by_place(std::vector<Row> rows);
  void index_persons();

  std::vector<Row, HugePages<Row>> rows_;
  std::vector<std::uint32_t, HugePages<std::uint32_t>> place_start_, person_start_, by_person_;
  std::vector<Second> latest_;  // latest end of each block of rows
};

}  // namespace engine::contact
