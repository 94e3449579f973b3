#pragma once
// Field types that carry their own validation, SQL type and schema.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace meta {

using base::Day;
using base::Id;
using base::Instant;

// UTF-8 text of Min to Max characters (code points), no control characters but tab and newline.
template <int Min, int Max>
struct Text : std::string {
  static constexpr int min = Min, max = Max;
  using std::string::string;
  Text() = default;
  Text(std::string value) : std::string(std::move(value)) {}
  Text(std::string_view value) : std::string(value) {}
};
using Name = Text<1, 100>;
using Note = Text<1, 500>;

template <std::int64_t Min, std::int64_t Max>
struct Int {
  static constexpr std::int64_t min = Min, max = Max;
  std::int64_t value = Min > 0 ? Min : 0;
  Int() = default;
  constexpr Int(std::int64_t v) : value(v) {}
  constexpr operator std::int64_t() const { return value; }
};

// Ciphertext or digest: stored, never written to JSON.
struct Bytes {
  std::string value{};
};

// Any JSON value, kept as its text.
struct Json {
  std::string text = "null";
};

// Names of an enumeration counted from 0; specialise with `static constexpr std::array names`.
template <class E>
struct EnumNames;

template <class E>
constexpr std::string_view name_of(E value) {
  return EnumNames<E>::names[static_cast<std::size_t>(value)];
}
template <class E>
constexpr bool parse_enum(std::string_view text, E& out) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i)
    if (EnumNames<E>::names[i] == text) {
      out = static_cast<E>(i);
      return true;
    }
  return false;
}

}  // namespace meta
