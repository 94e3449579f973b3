#pragma once
// A record's key: a 64-bit integer below 2^53 (JavaScript reads it exactly), unique in the
// installation. Id<Household> and Id<Person> do not mix.
#include <compare>
#include <cstdint>
#include <functional>

namespace base {

inline constexpr std::int64_t max_id = (std::int64_t{1} << 53) - 1;

template <class T>
struct Id {
  std::int64_t value = 0;
  Id() = default;
  explicit constexpr Id(std::int64_t v) : value(v) {}
  explicit operator bool() const { return value != 0; }
  friend auto operator<=>(const Id&, const Id&) = default;
};

}  // namespace base

template <class T>
struct std::hash<base::Id<T>> {
  std::size_t operator()(base::Id<T> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
