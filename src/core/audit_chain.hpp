#pragma once
// The audit as a chain that cannot be changed unseen. A row goes into the table in the transaction of what
// it speaks of, with a MAC made by the program. The sealer then gives each committed row the next position
// and a MAC over the one before. The key and the newest seal stand in the key directory, outside the
// database: whoever writes to the database alone can neither make a row, nor alter, take out or cut off one,
// without doctor saying so.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/keyring.hpp"
#include "db/store.hpp"

namespace core {

struct AuditRow {
  std::int64_t id = 0, at_ms = 0;
  std::string actor{}, action{}, entity{};
  std::int64_t record_id = 0;
  std::optional<std::int64_t> compound_id{};
  std::string detail{}, request_id{};
  std::optional<std::string> reason{};
};
std::string row_mac(const Keyring& keys, const AuditRow& row);

// Seals what is committed and not sealed yet, at most `limit` rows, and puts the newest seal into
// <keys>/audit.seal; returns how many rows it sealed. One transaction, serial with other sealers. The order
// of the chain is that of sealing, so it does not matter which of two running transactions commits first.
base::Result<int> seal_audit(db::Store& store, const Keyring& keys, base::Instant now, int limit = 500);

// What is wrong: "altered", "missing", "not_written_here", "cut_off", "no_seal_file", "seal_file_differs",
// "lost_before".
struct AuditFinding {
  std::string code;
  std::int64_t position = 0;  // in the chain; 0 where the row has none
  std::int64_t id = 0;        // of the row, where there is one
  friend bool operator==(const AuditFinding&, const AuditFinding&) = default;
};
base::Result<std::vector<AuditFinding>> check_audit(db::Store& store, const Keyring& keys);

}  // namespace core
