#include "db/failure.hpp"

namespace db {
namespace {

using base::ErrorKind;

std::pair<ErrorKind, std::string> meaning(Fault fault) {
  switch (fault) {
    case Fault::unique:
      return {ErrorKind::conflict, "db.unique"};
    case Fault::foreign_key:
      return {ErrorKind::conflict, "db.foreign_key"};
    case Fault::check:
      return {ErrorKind::internal, "db.check"};
    case Fault::not_null:
      return {ErrorKind::internal, "db.not_null"};
    case Fault::busy:
    case Fault::serialization:
      return {ErrorKind::busy, "db.busy"};
    case Fault::disk_full:
      return {ErrorKind::internal, "db.disk_full"};
    case Fault::read_only:
      return {ErrorKind::internal, "db.read_only"};
    case Fault::corrupt:
      return {ErrorKind::internal, "db.corrupt"};
    case Fault::connection:
      return {ErrorKind::busy, "db.connection"};
    case Fault::other:
      break;
  }
  return {ErrorKind::internal, "db.failed"};
}

}  // namespace

base::Error to_error(const Failure& failure) {
  auto [kind, code] = meaning(failure.fault());
  base::Error error{kind, std::move(code)};
  if (!failure.constraint().empty()) error.params.emplace_back("constraint", failure.constraint());
  error.cause = failure.what();
  return error;
}

base::Error unfinished_transaction() {
  return to_error(Failure(Fault::other, {}, "a closure went on after a failure or ended its transaction"));
}

}  // namespace db
