#pragma once
// From a failed statement to the error a caller sees.
#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

// unique, foreign_key: conflict with the constraint. busy, serialization, connection: busy. The rest:
// internal.
base::Error to_error(const Failure& failure);
// Of a closure that went on after a failed statement, or ended the transaction it runs in.
base::Error unfinished_transaction();

}  // namespace db
