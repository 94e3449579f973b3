#pragma once
// Errors are values. `code` is a translation key (i18n/<lang>.json, "error.<code>"); the program
// never sends an English sentence as data. `cause` is for the log only and never leaves the server.
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace base {

enum class ErrorKind {
  invalid,          // 422: the request was understood and is wrong; see problems
  not_found,        // 404: absent or outside the caller's scope, on purpose the same answer
  conflict,         // 409
  forbidden,        // 403
  unauthenticated,  // 401
  too_large,        // 413
  rate_limited,     // 429
  busy,             // 503, with Retry-After
  internal,         // 500
};

using ErrorParams = std::vector<std::pair<std::string, std::string>>;

// One thing wrong with one field. `path` is a JSON pointer ("/members/1/phone"), empty for the whole.
struct Problem {
  std::string path;
  std::string code;
  ErrorParams params{};
  friend bool operator==(const Problem&, const Problem&) = default;
};
using Problems = std::vector<Problem>;

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string code{};
  ErrorParams params{};
  Problems problems{};
  std::string cause{};
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, ErrorParams params = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(params), {}, {}});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// 422 with the fields named.
inline tl::unexpected<Error> fail(Problems problems) {
  return tl::unexpected<Error>(Error{ErrorKind::invalid, "invalid", {}, std::move(problems), {}});
}
// 422 for one field.
inline tl::unexpected<Error> fail_field(std::string path, std::string code, ErrorParams params = {}) {
  return fail(Problems{Problem{std::move(path), std::move(code), std::move(params)}});
}

}  // namespace base
