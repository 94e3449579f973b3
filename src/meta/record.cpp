#include "meta/record.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

namespace meta {
namespace json = boost::json;

namespace {

// Length in code points, or -1 when the bytes are not UTF-8.
int code_points(std::string_view text) {
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int extra = lead < 0x80         ? 0
                      : (lead >> 5) == 6  ? 1
                      : (lead >> 4) == 14 ? 2
                      : (lead >> 3) == 30 ? 3
                                          : -1;
    if (extra < 0 || i + static_cast<std::size_t>(extra) >= text.size() + (extra == 0 ? 1 : 0)) return -1;
    for (int k = 1; k <= extra; ++k)
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xC0) != 0x80) return -1;
    i += static_cast<std::size_t>(extra) + 1;
  }
  return count;
}

bool has_control(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return true;
  return false;
}

std::string_view as_text(const json::value& v) { return {v.get_string().data(), v.get_string().size()}; }

const Field* find_field(const Record& record, std::string_view name) {
  for (const auto& f : record.fields)
    if (f.attrs.shown && f.name == name) return &f;
  return nullptr;
}

std::optional<std::int64_t> integer_of(const json::value& v, bool lenient) {
  if (v.is_int64()) return v.get_int64();
  if (v.is_uint64() && v.get_uint64() <= static_cast<std::uint64_t>(INT64_MAX))
    return static_cast<std::int64_t>(v.get_uint64());
  if (lenient && v.is_string()) {
    const auto text = as_text(v);
    std::int64_t n = 0;
    const auto [end, err] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (err == std::errc{} && end == text.data() + text.size() && !text.empty()) return n;
  }
  return std::nullopt;
}

}  // namespace

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(plain, i - plain));
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
  }
  out.append(text.substr(plain));
  out += '"';
}

// --- Reader ------------------------------------------------------------------------------------------
void Reader::problem(std::string code, base::ErrorParams params) {
  // A hostile body must not make a list of problems larger than itself.
  if (problems_.size() < 100) problems_.push_back({path_, std::move(code), std::move(params)});
}
Reader::Step::Step(Reader& reader, std::string_view key) : reader_(reader), length_(reader.path_.size()) {
  reader_.path_ += '/';
  for (const char c : key) {
    if (c == '~')
      reader_.path_ += "~0";
    else if (c == '/')
      reader_.path_ += "~1";
    else
      reader_.path_ += c;
  }
}
Reader::Step::Step(Reader& reader, std::size_t index) : reader_(reader), length_(reader.path_.size()) {
  reader_.path_ += '/' + std::to_string(index);
}
Reader::Step::~Step() { reader_.path_.resize(length_); }

std::string Schemas::ref(const Record& record) {
  const std::string name(record.name);
  const auto pointer = R"({"$ref":"#/components/schemas/)" + name + "\"}";
  for (const auto& [known, _] : defined_)
    if (known == name) return pointer;
  const auto slot = defined_.size();
  defined_.emplace_back(name, "");
  std::string properties, required;
  for (const auto& f : record.fields) {
    if (!f.attrs.shown) continue;
    if (!properties.empty()) properties += ',';
    append_quoted(f.name, properties);
    auto schema = f.ops->schema(*this);
    if (f.attrs.read_only || !f.attrs.doc.empty() || f.attrs.sensitive) {
      std::string extra;
      if (f.attrs.read_only) extra += R"("readOnly":true,)";
      if (f.attrs.sensitive) extra += R"("x-sensitive":true,)";
      if (!f.attrs.doc.empty()) {
        extra += "\"description\":";
        append_quoted(f.attrs.doc, extra);
        extra += ',';
      }
      schema = "{" + extra + schema.substr(1);
    }
    properties += ':' + schema;
    if (answers_only_ || !f.ops->optional) {
      if (!required.empty()) required += ',';
      append_quoted(f.name, required);
    }
  }
  defined_[slot].second = R"({"type":"object","additionalProperties":false,"properties":{)" + properties +
                          "}" + (required.empty() ? "" : ",\"required\":[" + required + "]") + "}";
  return pointer;
}

// --- primitives --------------------------------------------------------------------------------------
namespace detail {

void write_text(const std::string& value, std::string& out) { append_quoted(value, out); }
void read_text(std::string& value, const json::value& v, Reader& r, int min, int max) {
  if (!v.is_string()) return r.problem("wrong_type", {{"expected", "string"}});
  const auto text = as_text(v);
  const int length = code_points(text);
  if (length < 0) return r.problem("not_utf8");
  if (has_control(text)) return r.problem("control_character");
  if (length < min) return r.problem(length == 0 ? "required" : "too_short", {{"min", std::to_string(min)}});
  if (length > max) return r.problem("too_long", {{"max", std::to_string(max)}});
  value.assign(text);
}
std::string schema_text(int min, int max) {
  return fmt::format(R"({{"type":"string","minLength":{},"maxLength":{}}})", min, max);
}
void write_integer(std::int64_t value, std::string& out) {
  fmt::format_int text(value);
  out.append(text.data(), text.size());
}
void read_integer(std::int64_t& value, const json::value& v, Reader& r, std::int64_t min, std::int64_t max) {
  const auto n = integer_of(v, r.lenient);
  if (!n) return r.problem("wrong_type", {{"expected", "integer"}});
  if (*n < min || *n > max)
    return r.problem("out_of_range", {{"min", std::to_string(min)}, {"max", std::to_string(max)}});
  value = *n;
}
std::string schema_integer(std::int64_t min, std::int64_t max, std::string_view format) {
  return fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}{}}})", min, max,
                     format.empty() ? "" : fmt::format(R"(,"format":"{}")", format));
}
int read_enum(const json::value& v, Reader& r, std::span<const std::string_view> names) {
  if (!v.is_string()) {
    r.problem("wrong_type", {{"expected", "string"}});
    return -1;
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == as_text(v)) return static_cast<int>(i);
  r.problem("not_allowed", {{"allowed", fmt::format("{}", fmt::join(names, ", "))}});
  return -1;
}
std::string schema_enum(std::span<const std::string_view> names) {
  std::string out = R"({"type":"string","enum":[)";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i) out += ',';
    append_quoted(names[i], out);
  }
  return out + "]}";
}
std::string enum_text(std::string_view name) { return '"' + std::string(name) + '"'; }
bool is_null(const json::value& v) { return v.is_null(); }
std::size_t array_size(const json::value& v, Reader& r) {
  if (!v.is_array()) {
    r.problem("wrong_type", {{"expected", "array"}});
    return 0;
  }
  if (v.get_array().size() > max_array) {
    r.problem("too_long", {{"max", std::to_string(max_array)}});
    return 0;
  }
  return v.get_array().size();
}
const json::value& array_at(const json::value& v, std::size_t index) { return v.get_array()[index]; }

void write_record(const Record& record, const void* value, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& f : record.fields) {
    if (!f.attrs.shown) continue;
    if (!first) out += ',';
    first = false;
    out += '"';
    out += f.name;
    out += "\":";
    f.ops->write(f.get(value), out);
  }
  out += '}';
}

void read_record(const Record& record, void* value, const json::value& v, Reader& r) {
  if (!v.is_object()) return r.problem("wrong_type", {{"expected", "object"}});
  const auto& object = v.get_object();
  for (const auto& member : object) {
    const std::string_view key{member.key().data(), member.key().size()};
    const Field* f = find_field(record, key);
    if (f && !f->attrs.read_only) continue;
    Reader::Step step(r, key);
    r.problem(f ? "read_only" : "unknown_field");
  }
  for (const auto& f : record.fields) {
    if (!f.attrs.shown || f.attrs.read_only) continue;
    const auto* found = object.if_contains(json::string_view(f.name.data(), f.name.size()));
    Reader::Step step(r, f.name);
    if (found)
      f.ops->read(f.mut(value), *found, r);
    else if (!f.ops->optional)
      r.problem("required");
  }
}

}  // namespace detail

namespace {
template <class T>
const T& as(const void* v) {
  return *static_cast<const T*>(v);
}
template <class T>
T& as(void* v) {
  return *static_cast<T*>(v);
}
}  // namespace

const TypeOps bool_ops{[](const void* v, std::string& out) { out += as<bool>(v) ? "true" : "false"; },
                       [](void* v, const json::value& j, Reader& r) {
                         if (j.is_bool())
                           as<bool>(v) = j.get_bool();
                         else if (r.lenient && j.is_string() && (as_text(j) == "true" || as_text(j) == "1"))
                           as<bool>(v) = true;
                         else if (r.lenient && j.is_string() && (as_text(j) == "false" || as_text(j) == "0"))
                           as<bool>(v) = false;
                         else
                           r.problem("wrong_type", {{"expected", "boolean"}});
                       },
                       [](Schemas&) { return std::string(R"({"type":"boolean"})"); },
                       [](const void* v) { return Arg(as<bool>(v)); },
                       [](void* v, const Row& row, int c) { as<bool>(v) = row.boolean(c); },
                       [](const void* v) { return std::string(as<bool>(v) ? "1" : "0"); },
                       SqlType::integer};

const TypeOps int64_ops{
    [](const void* v, std::string& out) { detail::write_integer(as<std::int64_t>(v), out); },
    [](void* v, const json::value& j, Reader& r) {
      detail::read_integer(as<std::int64_t>(v), j, r, -base::max_id, base::max_id);
    },
    [](Schemas&) { return std::string(R"({"type":"integer","format":"int64"})"); },
    [](const void* v) { return Arg(as<std::int64_t>(v)); },
    [](void* v, const Row& row, int c) { as<std::int64_t>(v) = row.integer(c); },
    [](const void* v) { return std::to_string(as<std::int64_t>(v)); },
    SqlType::integer};

const TypeOps int_ops{[](const void* v, std::string& out) { detail::write_integer(as<int>(v), out); },
                      [](void* v, const json::value& j, Reader& r) {
                        std::int64_t n = as<int>(v);
                        detail::read_integer(n, j, r, INT32_MIN, INT32_MAX);
                        as<int>(v) = static_cast<int>(n);
                      },
                      [](Schemas&) { return std::string(R"({"type":"integer","format":"int32"})"); },
                      [](const void* v) { return Arg(as<int>(v)); },
                      [](void* v, const Row& row, int c) { as<int>(v) = static_cast<int>(row.integer(c)); },
                      [](const void* v) { return std::to_string(as<int>(v)); },
                      SqlType::integer};

const TypeOps double_ops{
    [](const void* v, std::string& out) { fmt::format_to(std::back_inserter(out), "{}", as<double>(v)); },
    [](void* v, const json::value& j, Reader& r) {
      if (j.is_double())
        as<double>(v) = j.get_double();
      else if (const auto n = integer_of(j, r.lenient))
        as<double>(v) = static_cast<double>(*n);
      else
        r.problem("wrong_type", {{"expected", "number"}});
    },
    [](Schemas&) { return std::string(R"({"type":"number"})"); },
    [](const void* v) { return Arg(as<double>(v)); },
    [](void* v, const Row& row, int c) { as<double>(v) = row.real(c); },
    [](const void* v) { return fmt::format("{}", as<double>(v)); },
    SqlType::real};

const TypeOps string_ops{
    [](const void* v, std::string& out) { append_quoted(as<std::string>(v), out); },
    [](void* v, const json::value& j, Reader& r) { detail::read_text(as<std::string>(v), j, r, 0, 100'000); },
    [](Schemas&) { return std::string(R"({"type":"string"})"); },
    [](const void* v) { return Arg(as<std::string>(v)); },
    [](void* v, const Row& row, int c) { as<std::string>(v).assign(row.text(c)); },
    [](const void* v) { return as<std::string>(v); },
    SqlType::text};

const TypeOps instant_ops{
    [](const void* v, std::string& out) { detail::write_integer(as<Instant>(v).ms, out); },
    [](void* v, const json::value& j, Reader& r) {
      detail::read_integer(as<Instant>(v).ms, j, r, 0, base::max_id);
    },
    [](Schemas&) { return std::string(R"({"type":"integer","format":"utc-milliseconds"})"); },
    [](const void* v) { return Arg(as<Instant>(v)); },
    [](void* v, const Row& row, int c) { as<Instant>(v) = row.instant(c); },
    [](const void* v) { return base::to_local(as<Instant>(v)); },
    SqlType::integer};

const TypeOps day_ops{
    [](const void* v, std::string& out) { append_quoted(base::to_string(as<Day>(v)), out); },
    [](void* v, const json::value& j, Reader& r) {
      const auto day = j.is_string() ? base::parse_day(as_text(j)) : std::nullopt;
      if (day)
        as<Day>(v) = *day;
      else
        r.problem("not_a_day");
    },
    [](Schemas&) { return std::string(R"({"type":"string","format":"date"})"); },
    [](const void* v) { return Arg(as<Day>(v)); },
    [](void* v, const Row& row, int c) { as<Day>(v) = row.day(c); },
    [](const void* v) { return base::to_string(as<Day>(v)); },
    SqlType::integer};

const TypeOps bytes_ops{[](const void*, std::string& out) { out += "null"; },
                        [](void*, const json::value&, Reader& r) { r.problem("read_only"); },
                        [](Schemas&) { return std::string(R"({"type":"null"})"); },
                        [](const void* v) { return Arg(Blob{as<Bytes>(v).value}); },
                        [](void* v, const Row& row, int c) { as<Bytes>(v).value.assign(row.blob(c)); },
                        [](const void*) { return std::string{}; },
                        SqlType::blob};

const TypeOps json_ops{[](const void* v, std::string& out) { out += as<Json>(v).text; },
                       [](void* v, const json::value& j, Reader&) { as<Json>(v).text = json::serialize(j); },
                       [](Schemas&) { return std::string("{}"); },
                       [](const void* v) { return Arg(as<Json>(v).text); },
                       [](void* v, const Row& row, int c) { as<Json>(v).text.assign(row.text(c)); },
                       [](const void* v) { return as<Json>(v).text; },
                       SqlType::text};

// --- whole texts ---------------------------------------------------------------------------------------
namespace {
template <class Read>
base::Result<void> parse_and_read(std::string_view text, Read read) {
  json::parse_options options;
  options.max_depth = max_json_depth;
  boost::system::error_code error;
  json::monotonic_resource memory;
  const auto parsed = json::parse(json::string_view(text.data(), text.size()), error, &memory, options);
  if (error) return base::fail_field("", "json_syntax");
  Reader reader;
  read(parsed, reader);
  if (!reader.ok()) return base::fail(reader.take());
  return {};
}
}  // namespace

base::Result<void> read_json(const TypeOps& ops, void* value, std::string_view text) {
  return parse_and_read(text, [&](const json::value& v, Reader& r) { ops.read(value, v, r); });
}

base::Result<void> read_record_json(const Record& record, void* value, std::string_view text) {
  return parse_and_read(text,
                        [&](const json::value& v, Reader& r) { detail::read_record(record, value, v, r); });
}

base::Result<void> read_pairs(const Record& record, void* value,
                              std::span<const std::pair<std::string, std::string>> pairs) {
  json::object object;
  for (const auto& [name, text] : pairs)
    if (!text.empty()) object[json::string_view(name)] = json::string_view(text);
  Reader reader;
  reader.lenient = true;
  detail::read_record(record, value, json::value(std::move(object)), reader);
  if (!reader.ok()) return base::fail(reader.take());
  return {};
}

// --- SQL ---------------------------------------------------------------------------------------------
namespace {
template <class F>
void each_stored(const Record& record, F&& use) {
  for (const auto& f : record.fields)
    if (f.attrs.stored) use(f);
}
}  // namespace

std::string column_list(const Record& record, std::string_view alias) {
  std::string out;
  each_stored(record, [&](const Field& f) {
    if (!out.empty()) out += ", ";
    if (!alias.empty()) out += std::string(alias) + ".";
    out += f.name;
  });
  return out;
}

int stored_count(const Record& record) {
  int count = 0;
  each_stored(record, [&](const Field&) { ++count; });
  return count;
}

std::string insert_sql(const Record& record) {
  std::string values;
  for (int i = 1; i <= stored_count(record); ++i) values += fmt::format("{}${}", i > 1 ? ", " : "", i);
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", record.table, column_list(record, ""), values);
}

std::string update_sql(const Record& record) {
  std::string sets, key;
  int at = 0;
  each_stored(record, [&](const Field& f) {
    ++at;
    if (f.attrs.primary_key)
      key = fmt::format("{} = ${}", f.name, at);
    else
      sets += fmt::format("{}{} = ${}", sets.empty() ? "" : ", ", f.name, at);
  });
  return fmt::format("UPDATE {} SET {} WHERE {}", record.table, sets, key);
}

void append_args(const Record& record, const void* value, std::vector<Arg>& out) {
  each_stored(record, [&](const Field& f) { out.push_back(f.ops->to_arg(f.get(value))); });
}

void load_row(const Record& record, void* value, const Row& row, int first_column) {
  each_stored(record, [&](const Field& f) { f.ops->from_column(f.mut(value), row, first_column++); });
}

}  // namespace meta
