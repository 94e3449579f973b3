#include "api/router.hpp"

#include <fmt/format.h>

#include <charconv>

namespace api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '/') {
      ++at;
      continue;
    }
    const auto end = std::min(path.find('/', at), path.size());
    out.emplace_back(path.substr(at, end - at));
    at = end;
  }
  return out;
}

bool is_parameter(const std::string& segment) { return segment.size() > 2 && segment.front() == '{'; }

}  // namespace

db::Scope Principal::scope_of(Permission permission) const {
  if (held.empty()) return permissions.has(permission) ? scope : db::Scope::none();
  std::vector<db::ScopeNode> nodes;
  for (const auto& role : held) {
    if (!role.permissions.has(permission)) continue;
    if (!role.node) return db::Scope::all();
    nodes.push_back(*role.node);
  }
  return db::Scope::of(std::move(nodes));
}

std::int64_t Context::id(std::string_view name) const {
  for (const auto& [key, text] : path_parameters) {
    if (key != name) continue;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value > 0 && value <= base::max_id
               ? value
               : 0;
  }
  return 0;
}

Response json_response(std::string body, int status) {
  Response r{.status = status};
  r.set("Content-Type", "application/json");
  r.body = std::move(body);
  return r;
}

base::Result<void> detail::read_input(Context& c, InputFrom from, const meta::Record& record, void* value) {
  if (from == InputFrom::query) return meta::read_pairs(record, value, query_of(c.request.target));
  return meta::read_record_json(record, value, c.request.body);
}

Endpoint& Router::add(Endpoint endpoint) {
  endpoint.segments = split(endpoint.path);
  endpoints_.push_back(std::make_unique<Endpoint>(std::move(endpoint)));
  return *endpoints_.back();
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  const auto parts = split(path);
  Match found;
  int best_literals = -1;
  for (const auto& e : endpoints_) {
    if (e->segments.size() != parts.size()) continue;
    Pairs parameters;
    int literals = 0;
    bool fits = true;
    for (std::size_t i = 0; fits && i < parts.size(); ++i) {
      const auto& segment = e->segments[i];
      if (is_parameter(segment))
        parameters.emplace_back(segment.substr(1, segment.size() - 2), parts[i]);
      else if (segment == parts[i])
        ++literals;
      else
        fits = false;
    }
    if (!fits) continue;
    if (e->method != method) {
      found.allow += (found.allow.empty() ? "" : ", ") + e->method;
      continue;
    }
    // "/api/passes/issue" wins over "/api/passes/{id}".
    if (literals > best_literals) {
      best_literals = literals;
      found.endpoint = e.get();
      found.parameters = std::move(parameters);
    }
  }
  return found;
}

}  // namespace api
