#pragma once
// The two directions between a C++ value and an SQL driver, without any driver's header.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace meta {

struct Blob {
  std::string_view bytes;
};

// One statement argument. Text and blobs are views: they must outlive the call of `run`.
class Arg {
 public:
  using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob>;
  Arg(std::nullptr_t) {}
  Arg(std::nullopt_t) {}
  Arg(bool value) : value_(std::int64_t{value}) {}
  Arg(int value) : value_(std::int64_t{value}) {}
  Arg(std::int64_t value) : value_(value) {}
  Arg(std::uint64_t) = delete;
  Arg(double value) : value_(value) {}
  Arg(std::string_view value) : value_(value) {}
  Arg(const std::string& value) : value_(std::string_view(value)) {}
  Arg(const char* value) : value_(std::string_view(value)) {}
  Arg(Blob value) : value_(value) {}
  Arg(base::Instant value) : value_(value.ms) {}
  Arg(base::Day value) : value_(std::int64_t{value.number}) {}
  template <class T>
  Arg(base::Id<T> id) : value_(id.value) {}
  template <class T>
  Arg(const std::optional<T>& value) {
    if (value) *this = Arg(*value);
  }
  const Value& value() const { return value_; }

 private:
  Value value_;
};

// One row of a result, valid inside the row callback only. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual int size() const = 0;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;   // 0 when null
  virtual double real(int column) const = 0;            // 0 when null
  virtual std::string_view text(int column) const = 0;  // "" when null
  virtual std::string_view blob(int column) const = 0;  // "" when null

  bool boolean(int column) const { return integer(column) != 0; }
  base::Instant instant(int column) const { return {integer(column)}; }
  base::Day day(int column) const { return {static_cast<std::int32_t>(integer(column))}; }
  std::string str(int column) const { return std::string(text(column)); }
  std::optional<std::int64_t> maybe_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  std::optional<std::string> maybe_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(str(column));
  }
  std::optional<base::Instant> maybe_instant(int column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
};

enum class SqlType { integer, real, text, blob };

}  // namespace meta
