#pragma once
// What every write leaves behind, in its own transaction: the version of the record and who said so
// (history), the change feed, and the audit.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "db/scoped.hpp"
#include "meta/record.hpp"

namespace core {

class Keyring;

// Who said what, when. `source` names the kind of saying: "office", "import", "gate", "demo".
struct Source {
  std::string source = "office";
  std::string actor{};  // "account:12", "enrolment:7", "program"
  base::Instant now{};
  std::optional<std::int64_t> import_id{};
};
Source source_of(const api::Context& c, std::string_view source = "office");

// A ledger row: append-only, it is its own history.
void append_record(db::Scoped& q, const meta::Record& record, const void* value);
template <class T>
void append(db::Scoped& q, const T& value) {
  append_record(q, meta::record_of<T>(), &value);
}

void insert_record(db::Scoped& q, const meta::Record& record, const void* value, const Source& source);
// Writes the new version and keeps the old one in the history.
void update_record(db::Scoped& q, const meta::Record& record, const void* before, const void* after,
                   const Source& source);
void insert_records(db::Scoped& q, const meta::Record& record, const std::vector<const void*>& values,
                    const Source& source);
struct Versions {
  const void* before = nullptr;
  const void* after = nullptr;
};
void update_records(db::Scoped& q, const meta::Record& record, const std::vector<Versions>& values,
                    const Source& source);

template <class T>
void insert(db::Scoped& q, const T& value, const Source& source) {
  insert_record(q, meta::record_of<T>(), &value, source);
}
template <class T>
void update(db::Scoped& q, const T& before, const T& after, const Source& source) {
  update_record(q, meta::record_of<T>(), &before, &after, source);
}
// Many at once, history included: imports.
template <class T>
void insert_all(db::Scoped& q, const std::vector<T>& values, const Source& source) {
  std::vector<const void*> pointers;
  pointers.reserve(values.size());
  for (const auto& v : values) pointers.push_back(&v);
  insert_records(q, meta::record_of<T>(), pointers, source);
}

// Row after row of one table, history included: what one transaction changes of many. Of one type: T.
template <class T>
void update_all(db::Scoped& q, const std::vector<Versions>& values, const Source& source) {
  update_records(q, meta::record_of<T>(), values, source);
}

// A version as it stands in history.before: all stored columns, hidden ones too, ciphertext as hexadecimal
// text.
std::string version_json(const meta::Record& record, const void* value);
// The reverse: what the version says goes into `value`; a column from after that version stays as it is.
void load_version(const meta::Record& record, void* value, std::string_view version);

void note_change(db::Scoped& q, std::string_view kind, std::int64_t compound_id, std::int64_t record_id,
                 base::Instant now);
struct Changed {
  std::int64_t compound_id = 0, record_id = 0;
};
void note_changes(db::Scoped& q, std::string_view kind, const std::vector<Changed>& records,
                  base::Instant now);

struct AuditEntry {
  std::string action;  // "pass.issue", "passage.export"
  std::string entity;
  std::int64_t record_id = 0;
  std::optional<std::int64_t> compound_id{};
  std::string detail{};                 // codes and counts, never values of people
  std::optional<std::string> reason{};  // what the actor gave as the reason, in their own words
};
// Sealed into the chain once it is committed (audit_chain.hpp).
void audit(db::Scoped& q, const api::Context& c, const AuditEntry& entry);
// Where the program acts by itself, or for somebody without a request.
void audit_as(db::Scoped& q, const Keyring& keys, const std::string& actor, base::Instant now,
              const std::string& request_id, const AuditEntry& entry);

// How far the feed was read. By transaction first: on PostgreSQL a younger transaction may take the lower id
// and commit later. On SQLite tx is 0.
struct FeedPosition {
  std::int64_t tx = 0, id = 0;
};
struct Change {
  FeedPosition position{};
  std::string kind;
  std::int64_t compound_id = 0, record_id = 0;
  base::Instant at{};
};
// Changes after `after` of the compounds in scope, in the order of the feed, at most `limit`. None is
// skipped: what an open transaction may still add comes after all that is told.
std::vector<Change> changes_after(db::Scoped& q, const FeedPosition& after, int limit);
// From here on: what is told after it has been committed since, or may be told once more.
FeedPosition feed_end(db::Scoped& q);

}  // namespace core
