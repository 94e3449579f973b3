#include "db/scoped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace db {
namespace {

constexpr std::array<std::string_view, level_count> level_columns{
    "district_id", "subdistrict_id", "community_id", "compound_id", "building_id", "stair_id", "id"};

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

}  // namespace

Scope::Scope(bool all, std::vector<ScopeNode> nodes) : all_(all) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  auto ids = std::make_shared<Ids>();
  for (std::size_t level = 0; level < level_count; ++level) {
    std::vector<std::int64_t> places;
    for (const ScopeNode& node : nodes)
      if (node.level == static_cast<Level>(level)) places.push_back(node.place);
    if (!places.empty()) (*ids)[level] = json_array(places);
  }
  nodes_ = std::make_shared<const std::vector<ScopeNode>>(std::move(nodes));
  ids_ = std::move(ids);
}

Scope Scope::all() { return Scope(true, {}); }
Scope Scope::none() { return Scope(false, {}); }
Scope Scope::of(std::vector<ScopeNode> nodes) { return Scope(false, std::move(nodes)); }

ScopedSql ScopedSql::with(Fragment fragment) const {
  if (size_ == pieces_max) throw std::length_error("too many pieces of SQL");
  ScopedSql longer = *this;
  longer.pieces_[longer.size_++] = fragment.text();
  return longer;
}

std::string ScopedSql::text() const {
  std::string joined;
  for (std::size_t i = 0; i < size_; ++i) joined += pieces_[i];
  return joined;
}

struct Scoped::Filled {
  std::string sql{};
  std::vector<Arg> scope_args{};  // views into the scope
};

// Ids travel as one JSON array per level, so the number of distinct texts stays small enough to cache.
Scoped::Filled Scoped::fill(const ScopedSql& sql, std::size_t arguments) const {
  Filled filled;
  std::array<std::size_t, level_count> parameter_of{};
  const std::string text = sql.text();
  std::size_t next_argument = arguments - count_of(text, "{arg}") - count_of(text, "{in}");

  const auto condition = [&](std::string_view target) -> std::string {
    if (scope_.is_all()) return "1=1";
    const auto dot = target.find('.');
    std::string terms;
    for (std::size_t level = 0; level < level_count; ++level) {
      const std::string& ids = scope_.ids_of(static_cast<Level>(level));
      if (ids.empty()) continue;
      if (parameter_of[level] == 0) {
        filled.scope_args.emplace_back(ids);
        parameter_of[level] = arguments + filled.scope_args.size();
      }
      const bool named = level + 1 == level_count && dot != target.npos;
      terms += fmt::format("{}{}.{} {}", terms.empty() ? "" : " OR ", target.substr(0, dot),
                           named ? target.substr(dot + 1) : level_columns[level],
                           connection_.in_list(static_cast<int>(parameter_of[level])));
    }
    return terms.empty() ? "1=0" : "(" + terms + ")";
  };

  std::string_view rest = text;
  for (auto open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
    const auto close = rest.find('}', open);
    const std::string_view slot = rest.substr(open + 1, close - open - 1);
    filled.sql += rest.substr(0, open);
    rest.remove_prefix(close + 1);
    if (slot == "arg") {
      filled.sql += fmt::format("${}", ++next_argument);
    } else if (slot == "in") {
      filled.sql += connection_.in_list(static_cast<int>(++next_argument));
    } else if (slot.starts_with("in:")) {
      filled.sql += connection_.in_list(slot[3] - '0');
    } else {
      filled.sql += condition(slot.substr(std::string_view("scope:").size()));
    }
  }
  filled.sql += rest;
  return filled;
}

std::int64_t Scoped::run(const ScopedSql& sql, std::span<const Arg> args, const OnRow& on_row) {
  const Filled filled = fill(sql, args.size());
  std::vector<Arg> all(args.begin(), args.end());
  all.insert(all.end(), filled.scope_args.begin(), filled.scope_args.end());
  return connection_.run(filled.sql, std::span<const Arg>(all), on_row);
}

bool Scoped::one(const ScopedSql& sql, std::span<const Arg> args, const OnRow& on_row) {
  bool found = false;
  run(sql, args, [&](const Row& row) {
    if (!found && on_row) on_row(row);
    found = true;
  });
  return found;
}

std::int64_t Scoped::count(const ScopedSql& sql, std::span<const Arg> args) {
  std::int64_t value = 0;
  one(sql, args, [&](const Row& row) { value = row.integer(0); });
  return value;
}

void Scoped::run_many(const ScopedSql& sql, std::size_t count,
                      const std::function<std::span<const Arg>(std::size_t)>& bind) {
  if (count == 0) return;
  const Filled filled = fill(sql, bind(0).size());
  std::vector<std::vector<Arg>> rows;  // the connection may look at several rows at once
  rows.reserve(filled.scope_args.empty() ? 0 : count);
  connection_.run_many(filled.sql, count, [&](std::size_t i) -> std::span<const Arg> {
    const auto args = bind(i);
    if (filled.scope_args.empty()) return args;
    auto& row = rows.emplace_back(args.begin(), args.end());
    row.insert(row.end(), filled.scope_args.begin(), filled.scope_args.end());
    return row;
  });
}

}  // namespace db
