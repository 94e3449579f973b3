// Care recipients as lists and files show them.
#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "core/keyring.hpp"
#include "feature/care/keeping.hpp"
#include "feature/work_item/service.hpp"

namespace feature::care {
namespace {

using base::ErrorKind;
using base::Result;

struct Helping {
  std::int64_t staff_id = 0;
  std::string name{};
};
// What a page of rows needs besides, one question for all of them.
struct Beside {
  std::map<std::int64_t, std::string> persons{}, labels{};
  std::map<std::int64_t, Helping> helpers{};
  std::map<std::int64_t, std::pair<int, int>> today{};  // tries, reached
  std::map<std::int64_t, std::pair<base::Day, Need>> needs{};
};
Beside beside(db::Scoped& q, const std::vector<RecipientRow>& rows, base::Day today) {
  Beside out;
  std::vector<std::int64_t> recipients, persons, dwellings;
  for (const auto& row : rows) {
    recipients.push_back(row.id.value);
    persons.push_back(row.person_id);
    dwellings.push_back(row.dwelling_id);
  }
  auto& raw = q.unscoped();  // ids found through the scope
  const auto in = raw.in_list(1);
  const auto all = db::json_array(recipients);
  raw.run("SELECT id, name FROM person WHERE id " + in, {db::json_array(persons)},
          [&](const db::Row& r) { out.persons[r.integer(0)] = core::mask_name(r.text(1)); });
  raw.run("SELECT id, label FROM dwelling WHERE id " + in, {db::json_array(dwellings)},
          [&](const db::Row& r) { out.labels[r.integer(0)] = r.str(1); });
  raw.run(
      "SELECT h.recipient_id, s.id, s.name FROM care_helper h JOIN staff s ON s.id = h.staff_id WHERE "
      "h.valid_until_ms IS NULL AND h.recipient_id " +
          in,
      {all}, [&](const db::Row& r) {
        out.helpers[r.integer(0)] = {r.integer(1), r.str(2)};
      });
  raw.run("SELECT recipient_id, reached FROM care_contact WHERE recipient_id " + in + " AND day = $2",
          {all, today}, [&](const db::Row& r) {
            auto& [tries, reached] = out.today[r.integer(0)];
            ++(r.boolean(1) ? reached : tries);
          });
  raw.run("SELECT recipient_id, due, kind FROM care_need WHERE done_ms IS NULL AND recipient_id " + in +
              " ORDER BY due DESC, id DESC",
          {all}, [&](const db::Row& r) {
            auto& [due, kind] = out.needs[r.integer(0)];
            due = r.day(1);
            meta::parse_enum(r.text(2), kind);
          });
  return out;
}

void load_lines(db::Scoped& q, std::int64_t id, CareFile& file) {
  auto& raw = q.unscoped();
  raw.run(
      "SELECT h.staff_id, s.name, h.valid_from_ms, h.valid_until_ms FROM care_helper h JOIN staff s ON "
      "s.id = h.staff_id WHERE h.recipient_id = $1 ORDER BY h.valid_from_ms DESC, h.id DESC LIMIT 50",
      {id}, [&](const db::Row& r) {
        file.helpers.push_back({r.integer(0), r.str(1), r.instant(2), r.maybe_instant(3)});
      });
  raw.run(
      "SELECT t.id, t.day, t.channel, t.reached, t.note, a.display_name, t.recorded_ms FROM care_contact t "
      "LEFT JOIN account a ON a.id = t.recorded_by WHERE t.recipient_id = $1 ORDER BY t.day DESC, t.id DESC "
      "LIMIT 60",
      {id}, [&](const db::Row& r) {
        Contact contact{meta::Id<ContactRow>(r.integer(0)),
                        r.day(1),
                        {},
                        r.boolean(3),
                        r.maybe_text(4),
                        r.str(5),
                        r.instant(6)};
        meta::parse_enum(r.text(2), contact.channel);
        file.contacts.push_back(std::move(contact));
      });
  raw.run(
      "SELECT id, recipient_id, kind, what, due, lead_days, every_days, notify_ms, created_by, created_ms, "
      "done_ms, done_by FROM care_need WHERE recipient_id = $1 ORDER BY CASE WHEN done_ms IS NULL THEN 0 "
      "ELSE 1 END, due, id LIMIT 100",
      {id}, [&](const db::Row& r) {
        const auto row = meta::load<NeedRow>(r);
        file.needs.push_back({row.id, row.kind, row.what, row.due, row.lead_days, row.every_days, row.done});
      });
}

}  // namespace

std::vector<CareRecipient> shown(db::Scoped& q, const std::vector<RecipientRow>& rows, base::Instant now) {
  const auto today = base::civil_day(now);
  const auto more = beside(q, rows, today);
  const auto of = [](const auto& map, std::int64_t id) {
    const auto found = map.find(id);
    return found == map.end() ? typename std::decay_t<decltype(map)>::mapped_type{} : found->second;
  };
  std::vector<CareRecipient> out;
  for (const auto& row : rows) {
    CareRecipient c;
    c.id = row.id;
    c.person_id = row.person_id;
    c.household_id = row.household_id;
    c.compound_id = row.compound_id;
    c.label = of(more.labels, row.dwelling_id);
    c.person_name = of(more.persons, row.person_id);
    c.care_kinds = base::words_of(row.kinds);
    const auto [tries, reached] = of(more.today, row.id.value);
    c.tries = reached > 0 ? 0 : tries;
    const auto hour = hour_of(row, today);
    if (!row.ended)
      c.care_today = reached > 0                         ? Today::contacted
                     : hour <= now && row.created < hour ? Today::overdue
                                                         : Today::waiting;
    if (const auto helper = more.helpers.find(row.id.value); helper != more.helpers.end()) {
      c.helper_id = helper->second.staff_id;
      c.helper = helper->second.name;
    }
    if (const auto need = more.needs.find(row.id.value); !row.ended && need != more.needs.end()) {
      c.next_need = need->second.first;
      c.care_need = need->second.second;
    }
    c.began = row.began;
    c.ended = row.ended;
    c.care_ending = row.end_reason;
    out.push_back(std::move(c));
  }
  return out;
}

Result<CareFile> file_of(db::Scoped& q, std::int64_t id, const api::Context& c) {
  const auto row = find_recipient(q, id);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  CareFile file;
  file.item = shown(q, {*row}, c.now).front();
  file.contact_minute = row->contact_minute;
  file.door_mark = row->door_mark;
  file.note = row->note;
  file.end_note = row->end_note;
  const auto staff = work_item::staff_of(q, c.who.account);
  file.own = staff != 0 && file.item.helper_id == staff;
  load_lines(q, id, file);
  return file;
}

}  // namespace feature::care
