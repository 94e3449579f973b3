#pragma once
// Where a person stands in an answer.
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/contact/types.hpp"

namespace engine::contact {

// A word for each person of the town. Clearing all of them would cost more than most questions, so those of
// an answer are cleared after it and the rest is used again.
class Positions {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  void make_room(std::uint32_t persons) {
    if (persons > all_.size()) all_.resize(persons, none);
  }
  std::size_t size() const { return all_.size(); }
  void prefetch(std::uint32_t person) const { __builtin_prefetch(all_.data() + person); }
  // `none` when it is new. Another thread may be putting others meanwhile, for whom there is room.
  std::uint32_t find(std::uint32_t person) const {
    if (person >= all_.size()) return none;
    return std::atomic_ref(const_cast<std::uint32_t&>(all_[person])).load(std::memory_order_relaxed);
  }
  void put(std::uint32_t person, std::uint32_t position) {
    make_room(person + 1);
    std::atomic_ref(all_[person]).store(position, std::memory_order_relaxed);
  }
  void forget(std::span<const Contact> contacts) {
    for (const auto& contact : contacts) all_[contact.person] = none;
  }
  std::size_t bytes() const { return all_.capacity() * sizeof(std::uint32_t); }

 private:
  std::vector<std::uint32_t, HugePages<std::uint32_t>> all_;
};

}  // namespace engine::contact
