#pragma once
// Jurisdiction in the data path: a query on scoped records does not compile without a scope slot.
//
//   db::Scoped q(connection, scope);
//   q.run("SELECT p.id, p.name FROM place p WHERE p.kind = $1 AND {scope:p}", {kind}, on_row);
//
// Slots
//   {scope:p}              p carries district_id ... stair_id, and its own id is the dwelling's
//   {scope:s.dwelling_id}  the same for a table s whose dwelling stands in the column dwelling_id
//   {arg}                  the next argument after the numbered ones; for filters added by with()
//   {in:2}, {in}           Connection::in_list() over argument 2, or over the next argument
// Everything is a string literal: neither a query nor a filter can be put together from other text.
//
//   auto q = db::ScopedSql("SELECT ... WHERE {scope:p}");
//   if (kind) q = q.with(" AND p.kind = {arg}"), args.push_back(*kind);
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"

namespace db {

// Levels of the place tree (glossary.md) which a scope can name, outermost first.
enum class Level { district, subdistrict, community, compound, building, stair, dwelling };
inline constexpr std::size_t level_count = 7;

struct ScopeNode {
  Level level = Level::district;
  std::int64_t place = 0;
  friend auto operator<=>(const ScopeNode&, const ScopeNode&) = default;
};

// The places someone is answerable for, everything below them included. Immutable, cheap to copy.
class Scope {
 public:
  static Scope all();
  static Scope none();
  static Scope of(std::vector<ScopeNode> nodes);  // no node: none()

  bool is_all() const { return all_; }
  bool is_none() const { return !all_ && nodes_->empty(); }
  const std::vector<ScopeNode>& nodes() const { return *nodes_; }  // sorted, without doubles; empty for all()
  // The ids of one level as a JSON array, empty when the scope has none of that level.
  const std::string& ids_of(Level level) const { return (*ids_)[static_cast<std::size_t>(level)]; }

 private:
  using Ids = std::array<std::string, level_count>;
  Scope(bool all, std::vector<ScopeNode> nodes);
  bool all_;
  std::shared_ptr<const std::vector<ScopeNode>> nodes_;
  std::shared_ptr<const Ids> ids_;
};

namespace detail {
// Not constexpr on purpose: reaching one of these stops the compiler, and its name says why.
void a_scoped_query_needs_a_scope_slot();
void scoped_sql_has_no_comments();
void scoped_sql_slot_is_malformed();

constexpr bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "p" or "s.dwelling_id"
constexpr bool is_scope_target(std::string_view text) {
  int dots = 0;
  bool name_before = false;
  for (const char c : text) {
    if (c == '.' && name_before) {
      ++dots;
      name_before = false;
    } else if (is_name(c)) {
      name_before = true;
    } else {
      return false;
    }
  }
  return name_before && dots <= 1;
}

constexpr bool is_slot(std::string_view slot) {
  if (slot == "arg" || slot == "in") return true;
  if (slot.starts_with("scope:")) return is_scope_target(slot.substr(6));
  return slot.size() == 4 && slot.starts_with("in:") && is_digit(slot[3]);
}

// Checks every slot and returns how many of them are scope slots.
consteval int checked_scope_slots(std::string_view sql) {
  if (sql.find("--") != sql.npos || sql.find("/*") != sql.npos) scoped_sql_has_no_comments();
  int scopes = 0;
  for (std::size_t open = sql.find('{'); open != sql.npos; open = sql.find('{', open + 1)) {
    const std::size_t close = sql.find('}', open);
    if (close == sql.npos) scoped_sql_slot_is_malformed();
    const std::string_view slot = sql.substr(open + 1, close - open - 1);
    if (!is_slot(slot)) scoped_sql_slot_is_malformed();
    if (slot.starts_with("scope:")) ++scopes;
  }
  return scopes;
}

// INSERT of given values: it reads nothing. INSERT ... SELECT reads, and needs a slot like any query.
consteval bool is_plain_insert(std::string_view sql) {
  const std::size_t start = sql.find_first_not_of(" \n\t");
  return start != sql.npos && sql.substr(start).starts_with("INSERT ") && sql.find("SELECT") == sql.npos &&
         sql.find("select") == sql.npos;
}
}  // namespace detail

// A literal piece of SQL to add to a query.
class Fragment {
 public:
  template <std::size_t N>
  consteval Fragment(const char (&text)[N]) : text_(text, N - 1) {
    detail::checked_scope_slots(text_);
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class ScopedSql {
 public:
  static constexpr std::size_t pieces_max = 24;

  template <std::size_t N>
  consteval ScopedSql(const char (&text)[N]) : pieces_{std::string_view(text, N - 1)}, size_(1) {
    if (detail::checked_scope_slots(pieces_[0]) == 0 && !detail::is_plain_insert(pieces_[0]))
      detail::a_scoped_query_needs_a_scope_slot();
  }
  // Throws std::length_error beyond pieces_max.
  [[nodiscard]] ScopedSql with(Fragment fragment) const;
  // The pieces joined, slots not yet filled.
  std::string text() const;

 private:
  std::array<std::string_view, pieces_max> pieces_{};
  std::size_t size_ = 0;
};

// A connection as handlers see it. Arguments and their order are the caller's; the scope adds its own.
class Scoped {
 public:
  Scoped(Connection& connection, Scope scope) : connection_(connection), scope_(std::move(scope)) {}

  const Scope& scope() const { return scope_; }
  // For core alone (audit, history, ids, policies): features go through the statements below.
  Connection& unscoped() { return connection_; }
  std::int64_t run(const ScopedSql& sql, std::span<const Arg> args, const OnRow& on_row = {});
  std::int64_t run(const ScopedSql& sql, std::initializer_list<Arg> args = {}, const OnRow& on_row = {}) {
    return run(sql, std::span(args.begin(), args.size()), on_row);
  }
  // True when a row came; the callback sees the first row only.
  bool one(const ScopedSql& sql, std::span<const Arg> args, const OnRow& on_row);
  bool one(const ScopedSql& sql, std::initializer_list<Arg> args, const OnRow& on_row) {
    return one(sql, std::span(args.begin(), args.size()), on_row);
  }
  // First column of the first row, 0 if none.
  std::int64_t count(const ScopedSql& sql, std::span<const Arg> args);
  std::int64_t count(const ScopedSql& sql, std::initializer_list<Arg> args = {}) {
    return count(sql, std::span(args.begin(), args.size()));
  }
  void run_many(const ScopedSql& sql, std::size_t count,
                const std::function<std::span<const Arg>(std::size_t)>& bind);

 private:
  struct Filled;
  Filled fill(const ScopedSql& sql, std::size_t arguments) const;

  Connection& connection_;
  Scope scope_;
};

}  // namespace db
