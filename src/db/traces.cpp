#include "db/traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <unordered_map>
#include <unordered_set>

namespace db {
namespace {

// The file format's integers: as few bytes as hold the value, none for 0 and 1.
void append_integer(std::int64_t value, std::string& out) {
  if (value == 0 || value == 1) return;
  int bytes = 8;
  for (const int size : {1, 2, 3, 4, 6}) {
    const std::int64_t limit = std::int64_t{1} << (size * 8 - 1);
    if (value >= -limit && value < limit) {
      bytes = size;
      break;
    }
  }
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

void append_real(double value, std::string& out) {
  if (std::nearbyint(value) == value && std::abs(value) < 1e15)
    return append_integer(static_cast<std::int64_t>(value), out);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  for (int i = 7; i >= 0; --i) out += static_cast<char>(bits >> (8 * i) & 0xff);
}

struct Column {
  std::string name{}, type{};
  bool key = false;
};

// The row's number stands outside the values, so a single integer key is not among them.
std::vector<Column> stored_columns(Connection& c, std::string_view table) {
  std::vector<Column> columns;
  c.run("SELECT name, lower(type), pk FROM pragma_table_info($1) ORDER BY cid", {table}, [&](const Row& r) {
    columns.push_back({r.str(0), r.str(1), r.integer(2) > 0});
  });
  const auto is_key = [](const Column& column) { return column.key && column.type == "integer"; };
  if (std::ranges::count_if(columns, &Column::key) == 1) std::erase_if(columns, is_key);
  return columns;
}

constexpr std::size_t start_bytes = 8;

std::uint64_t start_of(const char* at) {
  std::uint64_t start = 0;
  std::memcpy(&start, at, start_bytes);
  return start;
}

}  // namespace

std::vector<std::string> row_images(Connection& c, std::string_view table, std::string_view where,
                                    std::initializer_list<Arg> args, std::size_t bytes_max) {
  std::vector<std::string> images;
  if (c.dialect() != Dialect::sqlite) return images;
  const auto columns = stored_columns(c, table);
  std::string names;
  for (const auto& column : columns) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", column.name);
  c.run(fmt::format("SELECT {} FROM {} WHERE {}", names, table, where), args, [&](const Row& r) {
    std::string image;
    for (int i = 0; i < r.size() && image.size() < bytes_max; ++i) {
      const auto& type = columns[static_cast<std::size_t>(i)].type;
      if (r.is_null(i)) continue;
      if (type == "integer")
        append_integer(r.integer(i), image);
      else if (type == "real")
        append_real(r.real(i), image);
      else
        image += type == "blob" ? r.blob(i) : r.text(i);
    }
    image.resize(std::min(image.size(), bytes_max));
    if (image.size() >= trace_bytes_min) images.push_back(std::move(image));
  });
  return images;
}

base::Result<std::size_t> count_traces(const std::filesystem::path& path,
                                       const std::vector<std::string>& needles) {
  std::error_code error;
  if (needles.empty() || !std::filesystem::exists(path, error)) return std::size_t{0};
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(base::ErrorKind::internal, "store.unreadable", {{"path", path.string()}});
  // One pass for all: a needle is looked at where its first eight bytes stand, and a table of sixteen bits
  // rules out nearly every place before that.
  std::unordered_multimap<std::uint64_t, const std::string*> by_start;
  std::vector<bool> may_start(1 << 16);
  std::size_t longest = 0;
  for (const auto& needle : needles) {
    if (needle.size() < start_bytes) continue;
    by_start.emplace(start_of(needle.data()), &needle);
    may_start[start_of(needle.data()) & 0xffff] = true;
    longest = std::max(longest, needle.size());
  }
  std::unordered_set<const std::string*> found;
  constexpr std::size_t block = 1 << 20;
  std::string window;
  for (bool more = true; more;) {
    const auto kept = window.size();
    window.resize(kept + block);
    file.read(window.data() + kept, block);
    window.resize(kept + static_cast<std::size_t>(file.gcount()));
    more = static_cast<bool>(file);
    const std::string_view text = window;
    for (std::size_t at = 0; at + start_bytes <= text.size(); ++at) {
      const auto start = start_of(text.data() + at);
      if (!may_start[start & 0xffff]) continue;
      const auto [from, until] = by_start.equal_range(start);
      for (auto it = from; it != until; ++it)
        if (text.substr(at).starts_with(*it->second)) found.insert(it->second);
    }
    if (window.size() > longest) window.erase(0, window.size() - longest);
  }
  if (file.bad()) return base::fail(base::ErrorKind::internal, "store.unreadable", {{"path", path.string()}});
  return found.size();
}

}  // namespace db
