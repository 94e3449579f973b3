#pragma once
// One case traced in memory: shared by the ring list, the evidence and the decisions.
#include "feature/trace/cases.hpp"

namespace feature::trace {

struct Traced {
  contact::Answer answer{};
  std::vector<Subject> subjects{};             // as answer.contacts
  std::map<std::uint32_t, PlaceKey> places{};  // of the evidence
  std::set<std::int64_t> compounds{};          // where the case was
  bool loaded = false;                         // answered from memory, else from the store
};
struct TraceHow {
  int depth = 2;
  bool sources = false, evidence = false;
  std::optional<base::Instant> isolated_from{};
};
// Exact as of now: memory first takes in what has changed; the store answers while it is being loaded.
base::Result<Traced> trace(api::Context& c, const CaseRow& row, const TraceHow& how);

// Strong evidence comes first; gates and stairs are coincidences (practice 25).
bool is_strong(std::uint32_t kinds);
std::vector<std::string> kind_names(std::uint32_t kinds);
int percent(double strength);

}  // namespace feature::trace
