#pragma once
// One page of a list by cursor: rows after the last one seen, in the order of (sort key, id).
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/router.hpp"
#include "db/scoped.hpp"

namespace api {

// A list with several orders declares an enum of them, the usual one first, and this for each in turn:
//   constexpr std::array household_orders{api::PageOrder{..., "walking"}, ...};
//   const auto order = api::order_of(in.order, household_orders);
// Each can be walked page by page within an index or within the rows of one compound. Nothing sensitive is
// ever an order: where rows stand would tell what is hidden.
template <class Enum, class Orders>
const auto& order_of(const std::optional<Enum>& wanted, const Orders& orders) {
  return orders.at(static_cast<std::size_t>(wanted.value_or(Enum{})));
}

inline constexpr std::int64_t default_page = 50;

struct SortKey {
  std::variant<std::string, std::int64_t> first{};
  std::int64_t id = 0;
  // Of a walk through several compounds, one after the other: comes before `first`.
  std::optional<std::int64_t> compound = std::nullopt;
};

struct PageOrder {
  db::Fragment after;          // " AND (p.sort, p.id) > ({arg}, {arg})"
  db::Fragment order;          // " ORDER BY p.sort, p.id LIMIT {arg}"
  std::string_view name = {};  // where a list has several: its cursors are of no use to another
  // " AND p.sort >= {arg}": of the first of them, where they are of two tables, so that an index serves
  db::Fragment from = "";
};

// Two, or three of a walk through several compounds.
inline std::size_t keys_of(const PageOrder& order) {
  std::size_t many = 0;
  const std::string_view text = order.after.text();
  for (auto at = text.find("{arg}"); at != text.npos; at = text.find("{arg}", at + 1)) ++many;
  return many;
}

// `load` makes an item of a row, `key` its sort key. Error: 422 /cursor "not_a_cursor", and
// "cursor_of_another_order" with the name of the order it is of.
template <class T, class Load, class Key>
base::Result<Page<T>> fetch_page(db::Scoped& q, db::ScopedSql sql, std::vector<db::Arg> args,
                                 const std::optional<meta::Int<1, 200>>& wanted,
                                 const std::optional<std::string>& cursor, const PageOrder& order, Load load,
                                 Key key) {
  std::optional<std::vector<std::string>> after;
  if (cursor) {
    after = read_cursor(*cursor, 1 + keys_of(order));
    if (!after) return base::fail_field("/cursor", "not_a_cursor");
    const auto of = (*after)[0].substr(std::min<std::size_t>((*after)[0].size(), 1));
    if (of != order.name) return base::fail_field("/cursor", "cursor_of_another_order", {{"order", of}});
    db::Arg first = (*after)[1];
    if ((*after)[0].starts_with('n')) first = static_cast<std::int64_t>(std::atoll((*after)[1].c_str()));
    std::vector<db::Arg> keys;
    const auto number = [&](std::size_t at) {
      return static_cast<std::int64_t>(std::atoll((*after)[at].c_str()));
    };
    if (after->size() > 3) keys.emplace_back(number(3));
    keys.push_back(first);
    keys.emplace_back(number(2));
    if (!order.from.text().empty()) {
      sql = sql.with(order.from);
      args.push_back(keys.front());
    }
    sql = sql.with(order.after);
    args.insert(args.end(), keys.begin(), keys.end());
  }
  const auto limit = wanted ? wanted->value : default_page;
  sql = sql.with(order.order);
  args.push_back(limit + 1);
  Page<T> page;
  SortKey last;
  q.run(sql, args, [&](const db::Row& row) {
    if (static_cast<std::int64_t>(page.items.size()) == limit) {
      const bool number = std::holds_alternative<std::int64_t>(last.first);
      std::vector<std::string> parts{
          (number ? "n" : "s") + std::string(order.name),
          number ? std::to_string(std::get<std::int64_t>(last.first)) : std::get<std::string>(last.first),
          std::to_string(last.id)};
      if (last.compound) parts.push_back(std::to_string(*last.compound));
      page.next = make_cursor(parts);
      return;
    }
    page.items.push_back(load(row));
    last = key(row);
  });
  return page;
}

}  // namespace api
