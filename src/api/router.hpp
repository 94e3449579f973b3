#pragma once
// An endpoint is one line; validation, permission, OpenAPI and the role tests follow from it.
//
//   r.post<NewVisit, Visit>("/api/visits", Permission::visit_write, "Record a visit", create_visit);
//   r.get<Visit>("/api/visits/{id}", Permission::visit_read, "One visit", get_visit);
//   base::Result<Visit> create_visit(api::Context& c, const NewVisit& in);
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/context.hpp"
#include "api/http.hpp"
#include "api/permission.hpp"
#include "meta/record.hpp"

namespace api {

// One page of a list. `next` is the cursor of the following page, absent on the last one.
template <class T>
struct Page {
  std::vector<T> items{};
  std::optional<std::string> next{};
};

enum class InputFrom { none, body, query };

struct Endpoint {
  std::string method, path;
  Permission permission = Permission::signed_in;
  std::string summary;
  InputFrom input_from = InputFrom::none;
  const meta::Record* input = nullptr;              // body or query
  std::string (*output)(meta::Schemas&) = nullptr;  // null: no JSON answer
  const meta::Record* rows = nullptr;               // of an export: what a line of it is
  std::string produces = "application/json";
  std::string consumes = "application/json";
  std::uint64_t body_limit_bytes = 1024 * 1024;
  std::function<base::Result<Response>(Context&)> invoke;

  std::vector<std::string> segments{};  // of path, "{name}" kept
};

Response json_response(std::string body, int status = 200);

namespace detail {
base::Result<void> read_input(Context& c, InputFrom from, const meta::Record& record, void* value);
template <class Out>
base::Result<Response> answer(base::Result<Out>&& result) {
  if (!result) return tl::unexpected(std::move(result).error());
  if constexpr (std::is_void_v<Out>)
    return Response{.status = 204};
  else if constexpr (std::is_same_v<Out, Response>)
    return std::move(*result);
  else
    return json_response(meta::to_json(*result));
}
template <class Out>
constexpr auto schema_of() -> std::string (*)(meta::Schemas&) {
  if constexpr (std::is_void_v<Out> || std::is_same_v<Out, Response>)
    return nullptr;
  else
    return [](meta::Schemas& s) { return meta::ops_of<Out>()->schema(s); };
}
}  // namespace detail

class Router {
 public:
  template <class Out>
  using Plain = base::Result<Out> (*)(Context&);
  template <class In, class Out>
  using WithInput = base::Result<Out> (*)(Context&, const In&);

  template <class Out>
  Endpoint& get(std::string path, Permission p, std::string summary, Plain<Out> handler) {
    return plain<Out>("GET", std::move(path), p, std::move(summary), handler);
  }
  template <class Query, class Out>
  Endpoint& get(std::string path, Permission p, std::string summary, WithInput<Query, Out> handler) {
    return input<Query, Out>("GET", std::move(path), p, std::move(summary), InputFrom::query, handler);
  }
  template <class In, class Out>
  Endpoint& post(std::string path, Permission p, std::string summary, WithInput<In, Out> handler) {
    return input<In, Out>("POST", std::move(path), p, std::move(summary), InputFrom::body, handler);
  }
  template <class Out>
  Endpoint& post(std::string path, Permission p, std::string summary, Plain<Out> handler) {
    return plain<Out>("POST", std::move(path), p, std::move(summary), handler);
  }
  // The body is a file of `limit_bytes` at most, its parameters stand in the query.
  template <class Query, class Out>
  Endpoint& upload(std::string path, Permission p, std::string summary, std::uint64_t limit_bytes,
                   WithInput<Query, Out> handler) {
    auto& e = input<Query, Out>("POST", std::move(path), p, std::move(summary), InputFrom::query, handler);
    e.consumes = "application/octet-stream";
    e.body_limit_bytes = limit_bytes;
    return e;
  }
  template <class In, class Out>
  Endpoint& patch(std::string path, Permission p, std::string summary, WithInput<In, Out> handler) {
    return input<In, Out>("PATCH", std::move(path), p, std::move(summary), InputFrom::body, handler);
  }
  template <class Out>
  Endpoint& remove(std::string path, Permission p, std::string summary, Plain<Out> handler) {
    return plain<Out>("DELETE", std::move(path), p, std::move(summary), handler);
  }

  struct Match {
    const Endpoint* endpoint = nullptr;
    Pairs parameters{};
    std::string allow{};  // methods of this path when none of them is asked: answer 405
  };
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<std::unique_ptr<Endpoint>>& endpoints() const { return endpoints_; }

 private:
  Endpoint& add(Endpoint endpoint);
  template <class Out>
  Endpoint& plain(std::string method, std::string path, Permission p, std::string summary,
                  Plain<Out> handler) {
    Endpoint e{std::move(method), std::move(path), p, std::move(summary)};
    e.output = detail::schema_of<Out>();
    e.invoke = [handler](Context& c) { return detail::answer<Out>(handler(c)); };
    return add(std::move(e));
  }
  template <class In, class Out>
  Endpoint& input(std::string method, std::string path, Permission p, std::string summary, InputFrom from,
                  WithInput<In, Out> handler) {
    Endpoint e{std::move(method), std::move(path), p, std::move(summary), from, &meta::record_of<In>()};
    e.output = detail::schema_of<Out>();
    e.invoke = [handler, from](Context& c) -> base::Result<Response> {
      In value{};
      if (auto read = detail::read_input(c, from, meta::record_of<In>(), &value); !read)
        return tl::unexpected(std::move(read).error());
      return detail::answer<Out>(handler(c, value));
    };
    return add(std::move(e));
  }
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
};

}  // namespace api

template <class T>
struct meta::Describe<api::Page<T>> {
  static constexpr auto name_buffer = [] {
    constexpr std::string_view prefix = "PageOf", item = Describe<T>::name;
    std::array<char, prefix.size() + item.size()> out{};
    std::copy(prefix.begin(), prefix.end(), out.begin());
    std::copy(item.begin(), item.end(), out.begin() + prefix.size());
    return out;
  }();
  static constexpr std::string_view name{name_buffer.data(), name_buffer.size()}, table = "";
  static constexpr std::array fields{
      field<&api::Page<T>::items>("items"),
      field<&api::Page<T>::next>("next", {.doc = "Cursor of the next page; null on the last"})};
};
