#include "feature/care/keeping.hpp"

#include <fmt/format.h>

#include "feature/work_item/service.hpp"

namespace feature::care {

constexpr db::ScopedSql recipient_rows(
    "SELECT c.id, c.person_id, c.household_id, c.dwelling_id, c.compound_id, c.kinds, c.began, "
    "c.contact_minute, c.door_mark, c.note, c.check_ms, c.created_by, c.created_ms, c.ended_ms, "
    "c.end_reason, c.end_note, c.version, p.sort FROM care_recipient c JOIN place p ON p.id = c.dwelling_id "
    "WHERE {scope:p}");

std::optional<RecipientRow> find_recipient(db::Scoped& q, std::int64_t id) {
  std::optional<RecipientRow> found;
  q.one(recipient_rows.with(" AND c.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<RecipientRow>(r); });
  return found;
}
std::optional<RecipientRow> lock_recipient(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE care_recipient SET version = version + 1 WHERE id = $1", {id});
  return find_recipient(q, id);
}

base::Instant hour_of(const RecipientRow& row, base::Day day) {
  return base::start_of(day) + row.contact_minute * base::minute_ms;
}

base::Instant next_check(const RecipientRow& row, bool reached, base::Instant now) {
  const auto today = base::civil_day(now);
  const auto hour = hour_of(row, today);
  return !reached && hour > now ? hour : hour_of(row, today + 1);
}

bool reached_on(db::Scoped& q, std::int64_t recipient_id, base::Day day) {
  // The recipient was found through the scope, here and below.
  return q.unscoped().count(
             "SELECT COUNT(*) FROM care_contact WHERE recipient_id = $1 AND day = $2 AND reached = 1",
             {recipient_id, day}) > 0;
}

std::optional<std::int64_t> helper_of(db::Scoped& q, std::int64_t recipient_id) {
  std::optional<std::int64_t> staff;
  q.unscoped().one("SELECT staff_id FROM care_helper WHERE recipient_id = $1 AND valid_until_ms IS NULL",
                   {recipient_id}, [&](const db::Row& r) { staff = r.integer(0); });
  return staff;
}

std::string origin_of(const RecipientRow& row, std::string_view what) {
  return fmt::format("care:{}:{}", row.id.value, what);
}

}  // namespace feature::care
