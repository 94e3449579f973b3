#pragma once
#include "db/scoped.hpp"
#include "feature/people/review_record.hpp"

namespace feature::people {

struct FoundPair {
  std::int64_t a = 0, b = 0;  // the smaller id first
  std::string reasons{};
  int score = 0;
};
// Pairs of these persons with anybody. `later`: only with partners of a larger id, when all are asked about
// in turn.
std::vector<FoundPair> judge(db::Connection& c, const std::vector<std::int64_t>& persons, bool later);
// Writes them down; how many were not known before.
std::int64_t keep_pairs(db::Connection& c, const std::vector<FoundPair>& found, base::Instant now);

std::int64_t count_open_pairs(db::Scoped& q);
// Open pairs of these persons, likeliest first.
std::vector<Match> matches_of(db::Scoped& q, const std::vector<std::int64_t>& persons);

}  // namespace feature::people
