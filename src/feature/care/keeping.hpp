#pragma once
// Inside the feature: a recipient's row, how today stands, and what is written when something changes.
#include <optional>
#include <string>
#include <vector>

#include "api/context.hpp"
#include "core/trail.hpp"
#include "feature/care/record.hpp"

namespace feature::care {

// In scope; absent and out of scope are the same.
std::optional<RecipientRow> find_recipient(db::Scoped& q, std::int64_t id);
// The same, kept from others until the transaction ends.
std::optional<RecipientRow> lock_recipient(db::Scoped& q, std::int64_t id);
// The row in the order of its record, then the walking order of the home.
extern const db::ScopedSql recipient_rows;

// The instant of a day by which somebody is to have been reached.
base::Instant hour_of(const RecipientRow& row, base::Day day);
// When it is looked at next, with somebody reached on `today` or not.
base::Instant next_check(const RecipientRow& row, bool reached, base::Instant now);
bool reached_on(db::Scoped& q, std::int64_t recipient_id, base::Day day);

std::optional<std::int64_t> helper_of(db::Scoped& q, std::int64_t recipient_id);

// Origins of its work: "care:12:day:18303", "care:12:need:77".
std::string origin_of(const RecipientRow& row, std::string_view what);

// As lists show them.
std::vector<CareRecipient> shown(db::Scoped& q, const std::vector<RecipientRow>& rows, base::Instant now);
base::Result<CareFile> file_of(db::Scoped& q, std::int64_t id, const api::Context& c);

}  // namespace feature::care
