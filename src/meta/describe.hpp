#pragma once
// Describe<T> for records whose members keep their names and need no attributes, in one line:
//   META_DESCRIBE(feature::place::Place, "Place", "", id, kind, name)
// (at the top level of a file, outside namespaces). Others specialise meta::Describe by hand.
#include "meta/record.hpp"

#define META_PARENS ()
#define META_EXPAND(...) META_EXPAND3(META_EXPAND3(META_EXPAND3(META_EXPAND3(__VA_ARGS__))))
#define META_EXPAND3(...) META_EXPAND2(META_EXPAND2(META_EXPAND2(META_EXPAND2(__VA_ARGS__))))
#define META_EXPAND2(...) META_EXPAND1(META_EXPAND1(META_EXPAND1(META_EXPAND1(__VA_ARGS__))))
#define META_EXPAND1(...) __VA_ARGS__
#define META_EACH(...) __VA_OPT__(META_EXPAND(META_EACH_STEP(__VA_ARGS__)))
#define META_EACH_STEP(member, ...) \
  ::meta::field<&T::member>(#member) __VA_OPT__(, META_EACH_AGAIN META_PARENS(__VA_ARGS__))
#define META_EACH_AGAIN() META_EACH_STEP

#define META_DESCRIBE(Type, Name, Table, ...)                     \
  template <>                                                     \
  struct meta::Describe<Type> {                                   \
    using T = Type;                                               \
    static constexpr std::string_view name = Name, table = Table; \
    static constexpr std::array fields{META_EACH(__VA_ARGS__)};   \
  };

// Names of an enumeration, in its order.
#define META_ENUM(Type, ...)                                      \
  template <>                                                     \
  struct meta::EnumNames<Type> {                                  \
    static constexpr auto names = ::meta::name_list(__VA_ARGS__); \
  };

namespace meta {
template <class... N>
constexpr std::array<std::string_view, sizeof...(N)> name_list(N... names) {
  return {std::string_view(names)...};
}
}  // namespace meta
