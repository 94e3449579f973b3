#pragma once
// For other features and pages: ask for something in a household's name, what becomes of it and in which run,
// what a household has asked for, confirm that it came; the directory of a place; letting go.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/place/service.hpp"
#include "feature/service_request/run_record.hpp"

namespace feature::service_request {

// Taken before the closure.
struct Ids {
  std::int64_t request = 0, work = 0;
};
Ids take_ids(db::Store& store);

struct Ask {
  std::int64_t household_id = 0;
  std::optional<std::int64_t> person_id{};  // of the household
  std::string kind{};                       // a code of service_kind
  std::string detail{};                     // what, in the words of who asks
  std::optional<std::int64_t> amount_milli{};
  std::optional<std::int64_t> shop_id{}, drop_point_id{};
  Channel channel = Channel::staff;
  std::string origin{};  // "page:<number made on the phone>"; empty: by hand. The same twice makes one
  std::optional<std::int64_t> account_id{};  // none: the household itself, on its page
};
// The household must lie in the scope of `q`; a resident's page passes a scope of its dwelling. What is not
// carried to the door (a repair, an escort) opens work of its own. The id; of a known origin the earlier one.
// Errors: field "/household_id", "/person_id", "/kind", "/shop_id" "not_found".
base::Result<std::int64_t> request(db::Scoped& q, const Ask& ask, const Ids& ids, const core::Source& source);

// What becomes of a request, and the compound for the audit that the caller writes. Errors: fields of
// RequestAct, "not_found", conflict "service.not_now".
base::Result<std::int64_t> carry_on(db::Scoped& q, std::int64_t id, const RequestAct& in,
                                    std::int64_t account, const core::Source& source);

struct RunIds {
  std::int64_t run = 0, work = 0;
};
// Requests of one compound that wait become one run; the compound. Errors: fields of NewRun.
base::Result<std::int64_t> batch(db::Scoped& q, const NewRun& in, const RunIds& ids, std::int64_t account,
                                 const core::Source& source);

// The place the entry is of. Errors: "/place_id" "not_found", "/kind" "not_allowed".
base::Result<place::PlaceRow> add_to_directory(db::Scoped& q, const NewEntry& in, std::int64_t id,
                                               std::int64_t account, const core::Source& source);

// What a household asked for, newest first; in scope.
std::vector<ServiceRequest> of_household(db::Scoped& q, std::int64_t household_id, std::int64_t limit);
// The household says that it came, with one to five points and words if it likes. Errors: "not_found" for
// what is not the household's, conflict "service.not_now".
base::Result<void> confirm(db::Scoped& q, std::int64_t id, std::int64_t household_id,
                           const std::optional<std::int64_t>& rating,
                           const std::optional<std::string>& rating_note, const core::Source& source);
// Every kind, retired ones too: what was asked for before keeps its name.
std::vector<ServiceKind> all_kinds(db::Scoped& q);

// Entries of the place and of those above it, by kind, nearest first. The place was found in scope; those
// above are no secret to anyone inside.
std::vector<DirectoryEntry> directory_at(db::Scoped& q, const place::PlaceRow& place, base::Instant now);
// What a kind of the directory is called: its own title, or the program's words.
std::string directory_word(std::string_view language, const DirectoryEntry& entry);

// --- retention -------------------------------------------------------------------------------------
// Requests delivered, refused or cancelled before, in scope; and away with them and their history. Runs stay:
// they say nothing about anybody.
std::vector<std::int64_t> requests_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit);
void let_go(db::Scoped& q, const std::vector<std::int64_t>& requests);

}  // namespace feature::service_request
