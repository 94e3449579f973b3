#pragma once
// The few kinds of CBOR item that passes and enrolments are made of, over libcbor's encoder and its
// streaming decoder, which allocates nothing whatever lengths an input claims.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "token/base45.hpp"

namespace token {

class CborWriter {
 public:
  CborWriter& integer(std::int64_t value);
  CborWriter& bytes(std::span<const std::uint8_t> value);
  CborWriter& text(std::string_view value);
  CborWriter& array(std::size_t count);
  CborWriter& map(std::size_t count);
  const Bytes& data() const { return data_; }

 private:
  template <class Encode>
  CborWriter& head(Encode encode);
  Bytes data_;
};

// Reads the items expected one after the other. Every function is empty when the next item is of
// another kind, of indefinite length or cut off; the reader is then of no further use. Encodings
// longer than needed are accepted: a caller compares with what it would have written.
class CborReader {
 public:
  explicit CborReader(std::span<const std::uint8_t> data) : rest_(data) {}
  std::optional<std::int64_t> integer();
  std::optional<std::span<const std::uint8_t>> bytes();
  std::optional<std::string_view> text();
  std::optional<std::size_t> array();
  std::optional<std::size_t> map();
  bool at_end() const { return rest_.empty(); }

 private:
  struct Item;
  std::optional<Item> next();
  std::span<const std::uint8_t> rest_;
};

}  // namespace token
