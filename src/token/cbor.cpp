#include "token/cbor.hpp"

#include <cbor.h>

#include <array>
#include <limits>

namespace token {

template <class Encode>
CborWriter& CborWriter::head(Encode encode) {
  std::array<unsigned char, 9> buffer{};  // the longest head: one byte and eight of length
  const std::size_t size = encode(buffer.data(), buffer.size());
  data_.insert(data_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  return *this;
}

CborWriter& CborWriter::integer(std::int64_t value) {
  return head([value](unsigned char* out, std::size_t room) {
    return value >= 0 ? cbor_encode_uint(static_cast<std::uint64_t>(value), out, room)
                      : cbor_encode_negint(static_cast<std::uint64_t>(-1 - value), out, room);
  });
}

CborWriter& CborWriter::bytes(std::span<const std::uint8_t> value) {
  head([&](unsigned char* out, std::size_t room) {
    return cbor_encode_bytestring_start(value.size(), out, room);
  });
  data_.insert(data_.end(), value.begin(), value.end());
  return *this;
}

CborWriter& CborWriter::text(std::string_view value) {
  head([&](unsigned char* out, std::size_t room) {
    return cbor_encode_string_start(value.size(), out, room);
  });
  data_.insert(data_.end(), value.begin(), value.end());
  return *this;
}

CborWriter& CborWriter::array(std::size_t count) {
  return head(
      [&](unsigned char* out, std::size_t room) { return cbor_encode_array_start(count, out, room); });
}

CborWriter& CborWriter::map(std::size_t count) {
  return head([&](unsigned char* out, std::size_t room) { return cbor_encode_map_start(count, out, room); });
}

struct CborReader::Item {
  enum class Kind { other, integer, negative, bytes, text, array, map } kind = Kind::other;
  std::uint64_t number = 0;  // the value, length or count; for negative -1 minus the value
  std::span<const std::uint8_t> content{};

  static void set(void* item, Kind kind, std::uint64_t number) {
    *static_cast<Item*>(item) = Item{kind, number, {}};
  }
  template <Kind kind, class Number>
  static void on_number(void* item, Number number) {
    set(item, kind, number);
  }
  template <Kind kind>
  static void on_content(void* item, cbor_data data, std::size_t size) {
    *static_cast<Item*>(item) = Item{kind, size, {data, size}};
  }
  static cbor_callbacks callbacks() {
    cbor_callbacks calls = cbor_empty_callbacks;
    calls.uint8 = on_number<Kind::integer>;
    calls.uint16 = on_number<Kind::integer>;
    calls.uint32 = on_number<Kind::integer>;
    calls.uint64 = on_number<Kind::integer>;
    calls.negint8 = on_number<Kind::negative>;
    calls.negint16 = on_number<Kind::negative>;
    calls.negint32 = on_number<Kind::negative>;
    calls.negint64 = on_number<Kind::negative>;
    calls.byte_string = on_content<Kind::bytes>;
    calls.string = on_content<Kind::text>;
    calls.array_start = on_number<Kind::array>;
    calls.map_start = on_number<Kind::map>;
    return calls;
  }
};

std::optional<CborReader::Item> CborReader::next() {
  static const cbor_callbacks callbacks = Item::callbacks();
  Item item;
  const cbor_decoder_result result = cbor_stream_decode(rest_.data(), rest_.size(), &callbacks, &item);
  if (result.status != CBOR_DECODER_FINISHED) return std::nullopt;
  rest_ = rest_.subspan(result.read);
  return item;
}

std::optional<std::int64_t> CborReader::integer() {
  const auto item = next();
  if (!item || item->number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  const auto number = static_cast<std::int64_t>(item->number);
  if (item->kind == Item::Kind::integer) return number;
  if (item->kind == Item::Kind::negative) return -1 - number;
  return std::nullopt;
}

std::optional<std::span<const std::uint8_t>> CborReader::bytes() {
  const auto item = next();
  if (!item || item->kind != Item::Kind::bytes) return std::nullopt;
  return item->content;
}

std::optional<std::string_view> CborReader::text() {
  const auto item = next();
  if (!item || item->kind != Item::Kind::text) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(item->content.data()), item->content.size());
}

std::optional<std::size_t> CborReader::array() {
  const auto item = next();
  if (!item || item->kind != Item::Kind::array) return std::nullopt;
  return item->number;
}

std::optional<std::size_t> CborReader::map() {
  const auto item = next();
  if (!item || item->kind != Item::Kind::map) return std::nullopt;
  return item->number;
}

}  // namespace token
