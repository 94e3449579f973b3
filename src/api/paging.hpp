#pragma once
// One page of a list by cursor: rows after the last one seen, in the order of (sort key, id).
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/router.hpp"
#include "db/scoped.hpp"

namespace api {

inline constexpr std::int64_t default_page = 50;

struct SortKey {
  std::variant<std::string, std::int64_t> first{};
  std::int64_t id = 0;
};

struct PageOrder {
  db::Fragment after;  // " AND (p.sort, p.id) > ({arg}, {arg})"
  db::Fragment order;  // " ORDER BY p.sort, p.id LIMIT {arg}"
};

// `load` makes an item of a row, `key` its sort key. Error: 422 /cursor "not_a_cursor".
template <class T, class Load, class Key>
base::Result<Page<T>> fetch_page(db::Scoped& q, db::ScopedSql sql, std::vector<db::Arg> args,
                                 const std::optional<meta::Int<1, 200>>& wanted,
                                 const std::optional<std::string>& cursor, const PageOrder& order, Load load,
                                 Key key) {
  std::optional<std::vector<std::string>> after;
  if (cursor) {
    after = read_cursor(*cursor, 3);
    if (!after) return base::fail_field("/cursor", "not_a_cursor");
    sql = sql.with(order.after);
    if ((*after)[0] == "n")
      args.push_back(static_cast<std::int64_t>(std::atoll((*after)[1].c_str())));
    else
      args.push_back((*after)[1]);
    args.push_back(static_cast<std::int64_t>(std::atoll((*after)[2].c_str())));
  }
  const auto limit = wanted ? wanted->value : default_page;
  sql = sql.with(order.order);
  args.push_back(limit + 1);
  Page<T> page;
  SortKey last;
  q.run(sql, args, [&](const db::Row& row) {
    if (static_cast<std::int64_t>(page.items.size()) == limit) {
      const bool number = std::holds_alternative<std::int64_t>(last.first);
      page.next = make_cursor(
          {number ? "n" : "s",
           number ? std::to_string(std::get<std::int64_t>(last.first)) : std::get<std::string>(last.first),
           std::to_string(last.id)});
      return;
    }
    page.items.push_back(load(row));
    last = key(row);
  });
  return page;
}

}  // namespace api
