#include "db/scoped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

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

namespace {

// A text with its slots filled, and the levels whose ids follow the caller's arguments.
struct Form {
  std::string sql{};
  std::vector<Level> levels{};
};

}  // namespace

struct Scoped::Filled {
  std::shared_ptr<const Form> form{};
  std::vector<Arg> scope_args{};  // views into the scope
  std::string_view sql() const { return form->sql; }
};

namespace {

// Levels the scope names places of; a bit each.
unsigned levels_of(const Scope& scope) {
  unsigned named = 0;
  for (std::size_t level = 0; level < level_count; ++level)
    if (!scope.ids_of(static_cast<Level>(level)).empty()) named |= 1U << level;
  return named;
}

// Ids travel as one JSON array per level, so the number of distinct texts stays small enough to cache. A
// single one too: compared with, it would tempt SQLite's planner to begin with all dwellings of a compound.
Form form_of(const std::string& text, std::size_t arguments, const Connection& connection, bool all,
             unsigned named) {
  Form form;
  std::array<std::size_t, level_count> parameter_of{};
  std::size_t next_argument = arguments - count_of(text, "{arg}") - count_of(text, "{in}");

  const auto condition = [&](std::string_view target) -> std::string {
    if (all) return "1=1";
    const auto dot = target.find('.');
    std::string terms;
    for (std::size_t level = 0; level < level_count; ++level) {
      if ((named & (1U << level)) == 0) continue;
      if (parameter_of[level] == 0) {
        form.levels.push_back(static_cast<Level>(level));
        parameter_of[level] = arguments + form.levels.size();
      }
      const bool own = level + 1 == level_count && dot != target.npos;
      terms += fmt::format("{}{}.{} {}", terms.empty() ? "" : " OR ", target.substr(0, dot),
                           own ? target.substr(dot + 1) : level_columns[level],
                           connection.in_list(static_cast<int>(parameter_of[level])));
    }
    return terms.empty() ? "1=0" : "(" + terms + ")";
  };

  std::string_view rest = text;
  for (auto open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
    const auto close = rest.find('}', open);
    const std::string_view slot = rest.substr(open + 1, close - open - 1);
    form.sql += rest.substr(0, open);
    rest.remove_prefix(close + 1);
    if (slot == "arg") {
      form.sql += fmt::format("${}", ++next_argument);
    } else if (slot == "in") {
      form.sql += connection.in_list(static_cast<int>(++next_argument));
    } else if (slot.starts_with("in:")) {
      form.sql += connection.in_list(slot[3] - '0');
    } else {
      form.sql += condition(slot.substr(std::string_view("scope:").size()));
    }
  }
  form.sql += rest;
  return form;
}

// Texts are literals and a scope has few shapes, so the same forms come again and again.
std::shared_ptr<const Form> remembered_form(std::string text, std::size_t arguments,
                                            const Connection& connection, const Scope& scope) {
  constexpr std::size_t remembered_max = 2000;
  thread_local std::unordered_map<std::string, std::shared_ptr<const Form>> remembered;
  const auto length = text.size();
  const auto named = levels_of(scope);
  text += {static_cast<char>(arguments), connection.dialect() == Dialect::postgres ? 'p' : 's',
           scope.is_all() ? 'a' : 'o', static_cast<char>(named)};
  if (const auto known = remembered.find(text); known != remembered.end()) return known->second;
  if (remembered.size() >= remembered_max) remembered.clear();
  auto form = std::make_shared<const Form>(
      form_of(text.substr(0, length), arguments, connection, scope.is_all(), named));
  remembered.emplace(std::move(text), form);
  return form;
}

}  // namespace

Scoped::Filled Scoped::fill(const ScopedSql& sql, std::size_t arguments) const {
  Filled filled{remembered_form(sql.text(), arguments, connection_, scope_)};
  for (const auto level : filled.form->levels) filled.scope_args.emplace_back(scope_.ids_of(level));
  return filled;
}

std::int64_t Scoped::run(const ScopedSql& sql, std::span<const Arg> args, const OnRow& on_row) {
  const Filled filled = fill(sql, args.size());
  std::vector<Arg> all(args.begin(), args.end());
  all.insert(all.end(), filled.scope_args.begin(), filled.scope_args.end());
  return connection_.run(filled.sql(), std::span<const Arg>(all), on_row);
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
  connection_.run_many(filled.sql(), count, [&](std::size_t i) -> std::span<const Arg> {
    const auto args = bind(i);
    if (filled.scope_args.empty()) return args;
    auto& row = rows.emplace_back(args.begin(), args.end());
    row.insert(row.end(), filled.scope_args.begin(), filled.scope_args.end());
    return row;
  });
}

}  // namespace db
