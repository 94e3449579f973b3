#pragma once
// The outings of a household, derived from its passages each time and never counted up: a late record
// adds a use, a reversed one takes it away (practice.md 6). Twin in web/src/shared/decide.ts.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/gate/types.hpp"

namespace engine::gate {

enum class PassageKind : std::uint8_t {
  exit,
  entry,
  close,     // staff end the outing that began with `ref`, with a reason; when they returned is unknown
  reversal,  // takes back the event `ref`
};

struct PassageEvent {
  std::string key{};  // one event one key: a record sent twice is one record
  PassageKind kind = PassageKind::exit;
  std::int64_t at_ms = 0;
  std::int64_t person = 0;  // 0: not known who
  int persons = 1;          // of an exit, those that count
  bool counted = true;      // of an exit, Verdict::consumes_outing when it was confirmed
  std::string ref{};        // of a close or a reversal, the key it speaks of
  friend bool operator==(const PassageEvent&, const PassageEvent&) = default;
};

// Events of one household in any order; uses in the order of their exits. An outing ends with the first
// entry of the person who began it; an entry of an unknown person ends the oldest open outing, and an
// entry without an exit ends none. A second exit of the same person in a row closes the first outing
// without a return.
std::vector<Use> uses_from_passages(std::span<const PassageEvent> events);

}  // namespace engine::gate
