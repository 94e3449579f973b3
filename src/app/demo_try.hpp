#pragma once
// For what makes the demonstration: one step after the other, until one fails.
#include "base/error.hpp"

#define TRY(expression) \
  if (auto done = (expression); !done) return tl::unexpected(std::move(done).error())
