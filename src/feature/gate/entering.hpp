#pragma once
// How records enter the ledger, for the two kinds of them: persons (enter.cpp) and vehicles with those who
// ride in them (vehicle_enter.cpp). Private to this feature.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gate/uses.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/gate/service.hpp"

namespace feature::gate {

// One crossing of the household that the ledger knows, for what looks further than at its outings.
struct Crossing {
  base::Instant happened{};
  std::int64_t pass_id = 0, opening_id = 0;
};

struct Ground {  // what the decision stands on
  rule::Facts facts{};
  rule::Policy policy{};
  FoundPass pass{};
  std::optional<std::int64_t> household_id{}, dwelling_id{};
  PlacesBelow below{};                       // whose rules: between the dwelling and the compound
  std::vector<rule::PassageEvent> events{};  // of the household, later ones too
  std::vector<Crossing> crossings{};         // those let through, with a card
};
// hold: nobody else decides about the household until this transaction has ended.
enum class Guard { none, hold };
Ground ground_of(db::Scoped& q, const core::Services& services, const GateDevice& device, const GateRecord& r,
                 base::Instant at, Guard guard);
// The household's row is the guard: simultaneous scans of one household decide one after the other. On SQLite
// they do so anyway.
void guard_household(db::Scoped& q, std::int64_t household_id, std::int64_t compound_id);

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ' ';
    out += text(item);
  }
  return out;
}

// --- exactly once ----------------------------------------------------------------------------------
std::string digest_of_text(std::string_view text);
// What happened, not how the phone saw it: the same passage sent by another way is the same record.
template <class Record>
std::string digest_of(const Record& record) {
  Record said = record;
  said.offline = false;
  said.list_age_s = 0;
  said.outcome = rule::Outcome::allow;
  said.reasons.clear();
  said.policy_version = 0;
  return digest_of_text(meta::to_json(said));
}
struct Taken {
  std::optional<Entered> before{};  // this very record has come already: the answer given then
  bool conflict = false;            // another record has come under the same number
};
// Taking the number comes first: of two copies at once, the second waits here and then finds the answer.
Taken take_number(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest,
                  std::int64_t passage_id, base::Instant now);
void keep_answer(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest,
                 const std::string& flags);
void give_back_number(db::Scoped& q, const GateDevice& device, std::int64_t seq, const std::string& digest);
UploadStatus status_of(bool conflict, const std::vector<std::string>& flags);

// --- the rows --------------------------------------------------------------------------------------
std::vector<std::string> flags_of(const rule::Verdict& verdict, const GateRecord& r, Mode mode,
                                  base::Instant happened, base::Instant now);
PassageRow row_of(const Ground& g, const rule::Verdict& verdict, const GateRecord& r,
                  const GateDevice& device, std::int64_t id, base::Instant happened, base::Instant now);
void add_guest(db::Scoped& q, const core::Services& services, const GateDevice& device, const GateRecord& r,
               std::optional<std::int64_t> dwelling_id, std::int64_t id, base::Instant now);
// Reversing rows of everybody who rode in a vehicle; `ids` are for them, `reversal` is the vehicle's own.
void reverse_riders(db::Scoped& q, std::int64_t vehicle_passage_id, std::int64_t reversal,
                    const std::vector<std::int64_t>& ids, const std::string& reason, std::int64_t account,
                    base::Instant now);
// The line of an emergency vehicle in the ledger of vehicles: one tap, no plate, no occupants.
void append_emergency_vehicle(db::Scoped& q, const PassageRow& passage, std::int64_t id);

}  // namespace feature::gate
