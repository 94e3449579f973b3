#pragma once
// Test support: facts, policies and passages of every kind, close to the edges of days and windows, from
// any source of numbers: a seed for the vectors file, rapidcheck (which then shrinks them) for properties.
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/gate/names.hpp"
#include "engine/gate/types.hpp"
#include "engine/gate/uses.hpp"

namespace engine::gate {

// A number from `low` to `high`, both included.
using Source = std::function<std::int64_t(std::int64_t low, std::int64_t high)>;

Policy any_policy(const Source& source);
Facts any_facts(const Source& source);
Use any_use(const Source& source, std::int64_t now_ms);
std::vector<PassageEvent> any_passages(const Source& source);

template <class E>
E any_of(const Source& source) {
  return static_cast<E>(source(0, static_cast<std::int64_t>(EnumNames<E>::names.size()) - 1));
}
inline bool any_bool(const Source& source) { return source(0, 1) == 1; }
// True once in `n`.
inline bool seldom(const Source& source, int n) { return source(1, n) == n; }

}  // namespace engine::gate
