#pragma once
// Where a person stands in an answer.
#include <cstdint>
#include <utility>
#include <vector>

namespace engine::contact {

// Person to position, in blocks of sixteen persons: who goes through the same gate has numbers near each
// other, so their blocks stay in the cache. An answer that reaches a large share of all persons has an entry
// for each.
class Positions {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  explicit Positions(std::uint32_t persons) : persons_(persons) {}

  void prefetch(std::uint32_t person) const {
    if (!for_all_)
      __builtin_prefetch(&slots_[first(person / block)]);
    else if (person < all_.size())
      __builtin_prefetch(&all_[person]);
  }
  // `none` when it is new.
  std::uint32_t find(std::uint32_t person) const {
    if (for_all_) return person < all_.size() ? all_[person] : none;
    const auto& found = slots_[slot(person / block)];
    return found.number == none ? none : all_[found.begin + person % block];
  }
  // Of one that is new.
  void put(std::uint32_t person, std::uint32_t position) {
    if (for_all_) {
      if (person >= all_.size()) all_.resize(person + 1, none);
      all_[person] = position;
      return;
    }
    auto& found = slots_[slot(person / block)];
    if (found.number != none) {
      all_[found.begin + person % block] = position;
      return;
    }
    found = {person / block, static_cast<std::uint32_t>(all_.size())};
    all_.resize(all_.size() + block, none);
    all_[found.begin + person % block] = position;
    if (++used_ * 2 >= slots_.size()) grow();
  }

 private:
  static constexpr std::uint32_t block = 16;
  struct Slot {
    std::uint32_t number = none, begin = 0;  // of the block, where it stands in `all_`
  };
  std::size_t first(std::uint32_t number) const {
    return (number * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & (slots_.size() - 1);
  }
  std::size_t slot(std::uint32_t number) const {
    auto i = first(number);
    while (slots_[i].number != none && slots_[i].number != number) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  void grow() {
    const auto old = std::exchange(slots_, {});
    if (std::size_t{used_} * block * 4 >= persons_) {
      for_all_ = true;
      const auto blocks = std::exchange(all_, std::vector<std::uint32_t>(persons_ + block, none));
      for (const auto& one : old)
        for (std::uint32_t i = 0; one.number != none && i < block; ++i)
          if (blocks[one.begin + i] != none) put(one.number * block + i, blocks[one.begin + i]);
      return;
    }
    slots_.resize(old.size() * 4);
    all_.reserve(slots_.size() / 2 * block);  // until it grows again; pages nobody touches cost nothing
    for (const auto& one : old)
      if (one.number != none) slots_[slot(one.number)] = one;
  }

  std::uint32_t persons_;
  std::vector<Slot> slots_ = std::vector<Slot>(16);
  std::vector<std::uint32_t> all_;  // of the blocks, or of all
  bool for_all_ = false;
  std::uint32_t used_ = 0;
};

}  // namespace engine::contact
