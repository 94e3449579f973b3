#pragma once
// One declaration per record: Describe<T> lists the members once, and validation, JSON, SQL columns,
// OpenAPI schema, list columns and the export form follow from it.
//
//   template <> struct meta::Describe<Visit> {
//     static constexpr std::string_view name = "Visit", table = "visit";   // table "" : not stored
//     static constexpr std::array fields{
//         field<&Visit::id>("id", {.primary_key = true, .read_only = true}),
//         field<&Visit::note>("note", {.sensitive = true, .doc = "Seat, row, remark"})}; };
//
// The work is done by ordinary code over five function pointers per C++ type (TypeOps), not by
// templates per record: that keeps compile time and code size flat.
#include <array>
#include <boost/json/fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "meta/sql.hpp"
#include "meta/types.hpp"

namespace meta {

struct Attrs {
  bool primary_key = false;
  bool read_only = false;  // set by the program; sending it is a problem
  bool sensitive = false;  // never logged; exported and unmasked only with a permission
  bool stored = true;      // false: computed for the answer, no column
  bool shown = true;       // false: a column that never appears in JSON
  bool exported = true;    // part of the export form
  std::string_view doc{};
};

struct Field;
struct Record {
  std::string_view name, table;
  std::span<const Field> fields;
};

// Reads JSON into records and collects every problem instead of stopping at the first.
class Reader {
 public:
  void problem(std::string code, base::ErrorParams params = {});
  base::Problems take() { return std::move(problems_); }
  bool ok() const { return problems_.empty(); }
  // Numbers and booleans may come as text: query strings and form fields.
  bool lenient = false;

  class Step {  // one path segment for a scope of reading
   public:
    Step(Reader& reader, std::string_view key);
    Step(Reader& reader, std::size_t index);
    ~Step();
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    std::size_t length_;
  };

 private:
  std::string path_;
  base::Problems problems_;
};

// Collects the component schemas that an OpenAPI document needs.
class Schemas {
 public:
  // Records named from now on are answers only: every member is there, null where there is no value.
  void answers_only() { answers_only_ = true; }
  std::string ref(const Record& record);  // {"$ref":"#/components/schemas/Name"}, defining it once
  const std::vector<std::pair<std::string, std::string>>& defined() const { return defined_; }

 private:
  std::vector<std::pair<std::string, std::string>> defined_;
  bool answers_only_ = false;
};

struct TypeOps {
  void (*write)(const void* value, std::string& out);
  void (*read)(void* value, const boost::json::value& json, Reader& reader);
  std::string (*schema)(Schemas& schemas);
  Arg (*to_arg)(const void* value);
  void (*from_column)(void* value, const Row& row, int column);
  std::string (*text)(const void* value);  // for people: exports
  SqlType sql = SqlType::text;
  bool optional = false;                  // may be absent from JSON and null in SQL
  const TypeOps* inner = nullptr;         // of an optional
  const Record& (*record)() = nullptr;    // of a described record
  bool list = false, of_records = false;  // a vector; one of records
  SqlType sql_type() const { return inner ? inner->sql_type() : sql; }
};

struct Field {
  std::string_view name;
  const void* (*get)(const void* record);
  void* (*mut)(void* record);
  const TypeOps* ops;
  Attrs attrs;
};

template <class T>
struct Describe;

template <class T>
concept Described = requires {
  Describe<T>::fields;
};

template <class T>
const Record& record_of() {
  static constexpr Record record{Describe<T>::name, Describe<T>::table,
                                 std::span<const Field>(Describe<T>::fields)};
  return record;
}

// --- one TypeOps per type -------------------------------------------------------------------------
namespace detail {
void write_text(const std::string& value, std::string& out);
void read_text(std::string& value, const boost::json::value& json, Reader& reader, int min, int max);
std::string schema_text(int min, int max);
void write_integer(std::int64_t value, std::string& out);
void read_integer(std::int64_t& value, const boost::json::value& json, Reader& reader, std::int64_t min,
                  std::int64_t max);
std::string schema_integer(std::int64_t min, std::int64_t max, std::string_view format);
int read_enum(const boost::json::value& json, Reader& reader, std::span<const std::string_view> names);
std::string schema_enum(std::span<const std::string_view> names);
bool is_null(const boost::json::value& json);
void read_record(const Record& record, void* value, const boost::json::value& json, Reader& reader);
void write_record(const Record& record, const void* value, std::string& out);
std::size_t array_size(const boost::json::value& json, Reader& reader);
const boost::json::value& array_at(const boost::json::value& json, std::size_t index);
std::string enum_text(std::string_view name);
inline constexpr std::size_t max_array = 10'000;  // elements of one JSON array in a request
}  // namespace detail

extern const TypeOps bool_ops, int64_ops, int_ops, double_ops, string_ops, instant_ops, day_ops, bytes_ops,
    json_ops;

template <class T>
struct OpsOf;  // one per type; `static const TypeOps ops`

template <class T>
constexpr const TypeOps* ops_of() {
  if constexpr (std::is_same_v<T, bool>)
    return &bool_ops;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return &int64_ops;
  else if constexpr (std::is_same_v<T, int>)
    return &int_ops;
  else if constexpr (std::is_same_v<T, double>)
    return &double_ops;
  else if constexpr (std::is_same_v<T, std::string>)
    return &string_ops;
  else if constexpr (std::is_same_v<T, Instant>)
    return &instant_ops;
  else if constexpr (std::is_same_v<T, Day>)
    return &day_ops;
  else if constexpr (std::is_same_v<T, Bytes>)
    return &bytes_ops;
  else if constexpr (std::is_same_v<T, Json>)
    return &json_ops;
  else
    return &OpsOf<T>::ops;
}

template <int Min, int Max>
struct OpsOf<Text<Min, Max>> {
  using T = Text<Min, Max>;
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) { detail::write_text(*static_cast<const T*>(v), out); },
      [](void* v, const boost::json::value& j, Reader& r) {
        detail::read_text(*static_cast<T*>(v), j, r, Min, Max);
      },
      [](Schemas&) { return detail::schema_text(Min, Max); },
      [](const void* v) { return Arg(static_cast<const std::string&>(*static_cast<const T*>(v))); },
      [](void* v, const Row& row, int c) { static_cast<T*>(v)->assign(row.text(c)); },
      [](const void* v) { return std::string(*static_cast<const T*>(v)); },
      SqlType::text,
      false};
};

template <std::int64_t Min, std::int64_t Max>
struct OpsOf<Int<Min, Max>> {
  using T = Int<Min, Max>;
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) { detail::write_integer(static_cast<const T*>(v)->value, out); },
      [](void* v, const boost::json::value& j, Reader& r) {
        detail::read_integer(static_cast<T*>(v)->value, j, r, Min, Max);
      },
      [](Schemas&) { return detail::schema_integer(Min, Max, {}); },
      [](const void* v) { return Arg(static_cast<const T*>(v)->value); },
      [](void* v, const Row& row, int c) { static_cast<T*>(v)->value = row.integer(c); },
      [](const void* v) { return std::to_string(static_cast<const T*>(v)->value); },
      SqlType::integer,
      false};
};

template <class R>
struct OpsOf<Id<R>> {
  using T = Id<R>;
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) { detail::write_integer(static_cast<const T*>(v)->value, out); },
      [](void* v, const boost::json::value& j, Reader& r) {
        detail::read_integer(static_cast<T*>(v)->value, j, r, 1, base::max_id);
      },
      [](Schemas&) { return detail::schema_integer(1, base::max_id, "id"); },
      [](const void* v) { return Arg(static_cast<const T*>(v)->value); },
      [](void* v, const Row& row, int c) { static_cast<T*>(v)->value = row.integer(c); },
      [](const void* v) { return std::to_string(static_cast<const T*>(v)->value); },
      SqlType::integer,
      false};
};

template <class E>
requires std::is_enum_v<E>
struct OpsOf<E> {
  static std::string_view name(const void* v) { return meta::name_of(*static_cast<const E*>(v)); }
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) { out += detail::enum_text(name(v)); },
      [](void* v, const boost::json::value& j, Reader& r) {
        const int at = detail::read_enum(j, r, EnumNames<E>::names);
        if (at >= 0) *static_cast<E*>(v) = static_cast<E>(at);
      },
      [](Schemas&) { return detail::schema_enum(EnumNames<E>::names); },
      [](const void* v) { return Arg(name(v)); },
      [](void* v, const Row& row, int c) { parse_enum(row.text(c), *static_cast<E*>(v)); },
      [](const void* v) { return std::string(name(v)); },
      SqlType::text,
      false};
};

template <class T>
struct OpsOf<std::optional<T>> {
  using O = std::optional<T>;
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) {
        const auto& value = *static_cast<const O*>(v);
        if (value)
          ops_of<T>()->write(&*value, out);
        else
          out += "null";
      },
      [](void* v, const boost::json::value& j, Reader& r) {
        auto& value = *static_cast<O*>(v);
        if (detail::is_null(j))
          value.reset();
        else
          ops_of<T>()->read(&value.emplace(), j, r);
      },
      [](Schemas& s) { return "{\"anyOf\":[" + ops_of<T>()->schema(s) + ",{\"type\":\"null\"}]}"; },
      [](const void* v) {
        const auto& value = *static_cast<const O*>(v);
        return value ? ops_of<T>()->to_arg(&*value) : Arg(nullptr);
      },
      [](void* v, const Row& row, int c) {
        auto& value = *static_cast<O*>(v);
        if (row.is_null(c))
          value.reset();
        else
          ops_of<T>()->from_column(&value.emplace(), row, c);
      },
      [](const void* v) {
        const auto& value = *static_cast<const O*>(v);
        return value ? ops_of<T>()->text(&*value) : std::string{};
      },
      SqlType::text,
      true,
      ops_of<T>()};
};

template <class T>
struct OpsOf<std::vector<T>> {
  using V = std::vector<T>;
  static void write(const void* v, std::string& out) {
    out += '[';
    bool first = true;
    for (const auto& item : *static_cast<const V*>(v)) {
      if (!first) out += ',';
      first = false;
      ops_of<T>()->write(&item, out);
    }
    out += ']';
  }
  static void read(void* v, const boost::json::value& j, Reader& r) {
    auto& items = *static_cast<V*>(v);
    items.clear();
    const auto size = detail::array_size(j, r);
    for (std::size_t i = 0; i < size; ++i) {
      Reader::Step step(r, i);
      T item{};
      ops_of<T>()->read(&item, detail::array_at(j, i), r);
      items.push_back(std::move(item));
    }
  }
  static std::string text(const void* v) {
    std::string out;
    for (const auto& item : *static_cast<const V*>(v)) {
      if (!out.empty()) out += ", ";
      out += ops_of<T>()->text(&item);
    }
    return out;
  }
  static constexpr TypeOps ops{
      write,
      read,
      [](Schemas& s) { return "{\"type\":\"array\",\"items\":" + ops_of<T>()->schema(s) + "}"; },
      [](const void*) { return Arg(nullptr); },
      [](void*, const Row&, int) {},
      text,
      SqlType::text,
      false,
      nullptr,
      nullptr,
      true,
      Described<T>};
};

template <Described T>
struct OpsOf<T> {
  static constexpr TypeOps ops{
      [](const void* v, std::string& out) { detail::write_record(record_of<T>(), v, out); },
      [](void* v, const boost::json::value& j, Reader& r) { detail::read_record(record_of<T>(), v, j, r); },
      [](Schemas& s) { return s.ref(record_of<T>()); },
      [](const void*) { return Arg(nullptr); },
      [](void*, const Row&, int) {},
      [](const void*) { return std::string{}; },
      SqlType::text,
      false,
      nullptr,
      &record_of<T>};
};

template <class M>
struct MemberOf;
template <class C, class M>
struct MemberOf<M C::*> {
  using Class = C;
  using Type = M;
};

template <auto Member>
constexpr Field field(std::string_view name, Attrs attrs = {}) {
  using C = typename MemberOf<decltype(Member)>::Class;
  using M = typename MemberOf<decltype(Member)>::Type;
  return Field{name, [](const void* r) -> const void* { return &(static_cast<const C*>(r)->*Member); },
               [](void* r) -> void* { return &(static_cast<C*>(r)->*Member); }, ops_of<M>(), attrs};
}

// --- JSON ------------------------------------------------------------------------------------------
inline constexpr std::size_t max_json_depth = 32;

template <class T>
std::string to_json(const T& value) {
  std::string out;
  ops_of<T>()->write(&value, out);
  return out;
}

// The whole text as one value of T, every problem named by its JSON pointer.
// Codes: json_syntax, required, unknown_field, read_only, wrong_type, too_short, too_long, out_of_range,
// not_allowed, not_utf8, control_character.
base::Result<void> read_json(const TypeOps& ops, void* value, std::string_view text);
base::Result<void> read_record_json(const Record& record, void* value, std::string_view text);
template <class T>
base::Result<T> from_json(std::string_view text) {
  T value{};
  if (auto done = read_json(*ops_of<T>(), &value, text); !done)
    return tl::unexpected(std::move(done).error());
  return value;
}

// name=value pairs (already decoded) into a record; lenient about numbers and booleans as text.
base::Result<void> read_pairs(const Record& record, void* value,
                              std::span<const std::pair<std::string, std::string>> pairs);

void append_quoted(std::string_view text, std::string& out);  // JSON string with escapes

// --- SQL -------------------------------------------------------------------------------------------
std::string column_list(const Record& record, std::string_view alias);  // "p.id, p.name"
std::string insert_sql(const Record& record);
std::string update_sql(const Record& record);  // all but the key, WHERE key = $1
int stored_count(const Record& record);
void append_args(const Record& record, const void* value, std::vector<Arg>& out);
void load_row(const Record& record, void* value, const Row& row, int first_column = 0);
template <class T>
T load(const Row& row, int first_column = 0) {
  T value{};
  load_row(record_of<T>(), &value, row, first_column);
  return value;
}

}  // namespace meta
