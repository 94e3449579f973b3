#pragma once
// What a handler is given: who asks, how far their duty reaches, the time, and the store seen through
// that scope. No HTTP, no JSON, no Beast.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "api/permission.hpp"
#include "api/url.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "db/scoped.hpp"
#include "db/store.hpp"

namespace core {
struct Services;  // keys, audit and the like; see core/services.hpp
}

namespace api {

// What a role held at one place gives; without a node it reaches the whole installation.
struct Held {
  PermissionSet permissions{};
  std::optional<db::ScopeNode> node{};
};

struct Principal {
  std::int64_t account = 0;  // 0: nobody signed in
  std::int64_t session = 0;
  std::int64_t enrolment = 0;  // a gate phone; then account is 0
  std::string name{};
  PermissionSet permissions{};
  // While an endpoint is answered: the places where its permission is held.
  db::Scope scope = db::Scope::none();
  std::vector<Held> held{};  // empty for a gate phone
  bool signed_in() const { return account != 0 || enrolment != 0; }
  // How far one permission reaches: a guard here who is an office there does not rule over both.
  db::Scope scope_of(Permission permission) const;
};

class Context {
 public:
  Context(const Request& asked, const Principal& asker, db::Store& a_store, core::Services& some_services,
          base::Instant at, std::string id)
      : request(asked),
        who(asker),
        store(a_store),
        services(some_services),
        now(at),
        request_id(std::move(id)) {}

  const Request& request;
  const Principal& who;
  db::Store& store;
  core::Services& services;
  const base::Instant now;
  const std::string request_id;

  // A path parameter ("{id}") as a number; 0 when it is none, which no record has.
  std::int64_t id(std::string_view name = "id") const;
  template <class T>
  base::Id<T> new_id() {
    return base::Id<T>(store.next_id());
  }

  template <class F>
  auto read(F&& body) {
    return store.read([&](db::Connection& c) {
      db::Scoped scoped(c, who.scope);
      return body(scoped);
    });
  }
  // Durable when it returns. The closure may run more than once; see db/store.hpp.
  template <class F>
  auto write(F&& body, db::Priority priority = db::Priority::high) {
    auto written = store.write(
        [&](db::Connection& c) {
          db::Scoped scoped(c, who.scope);
          return body(scoped);
        },
        priority);
    if (written && on_write) on_write();
    return written;
  }

  std::function<void()> on_write{};  // wakes live pages
  Pairs path_parameters{};
  Response* answer = nullptr;  // for cookies and the like, set before the body is written
};

}  // namespace api
