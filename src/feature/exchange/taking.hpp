#pragma once
// Comparing rows of a file with the registry, and taking them over. One function does both, so that what was
// shown and what is written cannot differ: without a Writing nothing is written.
#include <functional>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "feature/exchange/reading.hpp"

namespace feature::exchange {

using Rows = std::vector<std::size_t>;  // indexes into the analysis

struct Verdict {
  RowStatus status = RowStatus::fresh;
  std::vector<intake::Issue> issues{};  // of the file itself, then of the comparison
};

struct Job {
  const Reading& reading;
  const Ground& ground;
  const core::Keyring& keys;
  std::int64_t import_id = 0;
};

// One run of a write closure: made inside it, because a closure may run twice.
class Writing {
 public:
  Writing(const std::vector<std::int64_t>& ids, const core::Source& source,
          const std::function<bool(std::size_t)>& wanted)
      : ids_(ids), source_(source), wanted_(wanted) {}
  std::int64_t id() { return ids_.at(next_++); }
  std::vector<std::int64_t> ids(std::size_t count) {
    const auto from = ids_.begin() + static_cast<std::ptrdiff_t>(next_);
    next_ += count;
    return {from, from + static_cast<std::ptrdiff_t>(count)};
  }
  const core::Source& source() const { return source_; }
  bool wanted(std::size_t row) const { return wanted_(row); }  // was promised in the plan

 private:
  const std::vector<std::int64_t>& ids_;
  const core::Source& source_;
  const std::function<bool(std::size_t)>& wanted_;
  std::size_t next_ = 0;
};

// Verdicts parallel to `rows`. A row is written when it is new or changed and wanted.
std::vector<Verdict> take_over(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);
// How many ids writing these rows takes at most.
std::size_t ids_needed(const Reading& reading, const Rows& rows);
// All rows in parts of about `size` that do not depend on each other: a dwelling's persons stay together.
std::vector<Rows> parts_of(const Reading& reading, std::size_t size);

// One per kind of file.
std::vector<Verdict> take_dwellings(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);
std::vector<Verdict> take_roster(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);
std::vector<Verdict> take_vehicles(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);
std::vector<Verdict> take_stewards(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);
std::vector<Verdict> take_meters(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing);

}  // namespace feature::exchange
