#include "feature/service_request/flow.hpp"

#include <fmt/format.h>

#include "core/keyring.hpp"
#include "feature/work_item/service.hpp"

namespace feature::service_request {
namespace {

using base::ErrorKind;
using base::Result;

constexpr db::ScopedSql request_rows(
    "SELECT r.id, r.kind_id, r.compound_id, r.dwelling_id, r.household_id, r.person_id, r.detail, "
    "r.amount_milli, r.price_fen, r.currency, r.shop_id, r.drop_point_id, r.channel, r.state, r.run_id, "
    "r.reason, r.rating, r.rating_note, r.origin, r.created_by, r.created_ms, r.delivered_ms, "
    "r.delivered_day, r.delivered_by, r.ended_ms, r.version FROM service_request r JOIN place p ON p.id = "
    "r.dwelling_id WHERE {scope:p}");

// The household as it is today, with the guards of what it may name.
Result<RequestRow> row_of(db::Scoped& q, const Ask& ask, std::int64_t id, base::Instant now, bool& carries) {
  RequestRow row;
  row.id = meta::Id<RequestRow>(id);
  row.household_id = ask.household_id;
  row.person_id = ask.person_id;
  row.detail = ask.detail;
  row.amount_milli = ask.amount_milli;
  row.shop_id = ask.shop_id;
  row.drop_point_id = ask.drop_point_id;
  row.channel = ask.channel;
  row.created_by = ask.account_id;
  row.created = now;
  auto& raw = q.unscoped();
  base::Problems problems;
  std::optional<place::PlaceRow> home;
  q.one(
      "SELECT h.dwelling_id, p.compound_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.id = $1 AND h.valid_until_ms IS NULL AND {scope:p}",
      {ask.household_id}, [&](const db::Row& r) {
        row.dwelling_id = r.integer(0);
        row.compound_id = r.integer(1);
      });
  if (row.dwelling_id == 0)
    problems.push_back({"/household_id", "not_found"});
  else
    home = place::find_place(q, row.dwelling_id);
  if (ask.person_id && raw.count("SELECT COUNT(*) FROM residence WHERE person_id = $1 AND household_id = $2 "
                                 "AND valid_until_ms IS NULL",
                                 {*ask.person_id, ask.household_id}) == 0)
    problems.push_back({"/person_id", "not_found"});
  if (!raw.one("SELECT id, carried FROM service_kind WHERE code = $1 AND retired_ms IS NULL", {ask.kind},
               [&](const db::Row& r) {
                 row.kind_id = r.integer(0);
                 carries = r.boolean(1);
               }))
    problems.push_back({"/kind", "not_found"});
  if (ask.shop_id) {
    bool known = false;
    if (home)
      for (const auto& entry : directory_at(q, *home, now)) known = known || entry.id.value == *ask.shop_id;
    if (!known) problems.push_back({"/shop_id", "not_found"});
  }
  if (!problems.empty()) return base::fail(std::move(problems));
  return row;
}

}  // namespace

constexpr db::ScopedSql shown_requests(
    "SELECT r.id, r.household_id, r.compound_id, r.dwelling_id, d.label, pe.name, k.code, r.detail, "
    "r.amount_milli, k.measure, r.price_fen, r.currency, r.shop_id, e.name, r.drop_point_id, dp.name, "
    "r.channel, r.state, r.run_id, r.reason, r.rating, r.rating_note, r.created_ms, r.delivered_ms, "
    "k.carried, p.sort, r.compound_id FROM service_request r JOIN place p ON p.id = r.dwelling_id JOIN "
    "dwelling d ON d.id = "
    "p.id JOIN service_kind k ON k.id = r.kind_id LEFT JOIN person pe ON pe.id = r.person_id LEFT JOIN "
    "directory_entry e ON e.id = r.shop_id LEFT JOIN drop_point dp ON dp.id = r.drop_point_id WHERE "
    "{scope:p}");

ServiceRequest load_shown(const db::Row& r) {
  ServiceRequest s;
  s.id = meta::Id<RequestRow>(r.integer(0));
  s.household_id = r.integer(1);
  s.compound_id = r.integer(2);
  s.dwelling_id = r.integer(3);
  s.label = r.str(4);
  if (!r.is_null(5)) s.person_name = core::mask_name(r.text(5));
  s.service_kind = r.str(6);
  s.detail = r.str(7);
  s.amount_milli = r.maybe_integer(8);
  s.service_unit = r.str(9);
  s.price_fen = r.maybe_integer(10);
  s.currency = r.str(11);
  s.shop_id = r.maybe_integer(12);
  s.shop = r.maybe_text(13);
  s.drop_point_id = r.maybe_integer(14);
  s.drop_point = r.maybe_text(15);
  meta::parse_enum(r.text(16), s.service_channel);
  meta::parse_enum(r.text(17), s.service_state);
  s.run_id = r.maybe_integer(18);
  s.reason = r.maybe_text(19);
  s.rating = r.maybe_integer(20);
  s.rating_note = r.maybe_text(21);
  s.created = r.instant(22);
  s.delivered = r.maybe_instant(23);
  for (std::size_t i = 0; i < meta::EnumNames<Verb>::names.size(); ++i)
    if (after(s.service_state, static_cast<Verb>(i), r.boolean(24))) s.verbs.push_back(static_cast<Verb>(i));
  return s;
}

std::optional<ServiceRequest> find_shown(db::Scoped& q, std::int64_t id) {
  std::optional<ServiceRequest> found;
  q.one(shown_requests.with(" AND r.id = {arg}"), {id}, [&](const db::Row& r) { found = load_shown(r); });
  return found;
}

std::optional<RequestRow> find_request(db::Scoped& q, std::int64_t id) {
  std::optional<RequestRow> found;
  q.one(request_rows.with(" AND r.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<RequestRow>(r); });
  return found;
}
std::optional<RequestRow> lock_request(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE service_request SET version = version + 1 WHERE id = $1", {id});
  return find_request(q, id);
}

bool carried(db::Scoped& q, const RequestRow& row) {
  return q.unscoped().count("SELECT carried FROM service_kind WHERE id = $1", {row.kind_id}) != 0;
}

std::optional<State> after(State state, Verb verb, bool carried) {
  using S = State;
  const bool waits = state == S::received, under_way = state == S::batched || state == S::collected;
  switch (verb) {
    case Verb::collect:
      return carried && (waits || state == S::batched) ? std::optional(S::collected) : std::nullopt;
    case Verb::deliver:
      return state == S::collected || (waits && !carried) ? std::optional(S::delivered) : std::nullopt;
    case Verb::confirm:
      return state == S::delivered ? std::optional(S::confirmed) : std::nullopt;
    case Verb::refuse:
      return waits ? std::optional(S::refused) : std::nullopt;
    case Verb::cancel:
      return waits || under_way ? std::optional(S::cancelled) : std::nullopt;
    case Verb::take_out:
      return state == S::batched ? std::optional(S::received) : std::nullopt;
  }
  return std::nullopt;
}

std::string task_origin(std::int64_t request_id) { return fmt::format("request:{}", request_id); }
std::string run_origin(std::int64_t run_id) { return fmt::format("run:{}", run_id); }

void write_request(db::Scoped& q, const RequestRow& before, RequestRow row, const core::Source& source) {
  const bool over = row.state == State::delivered || row.state == State::refused ||
                    row.state == State::cancelled || row.state == State::confirmed;
  if (over && !row.ended) row.ended = source.now;
  if (row.state == State::received) row.run_id.reset();
  core::update(q, before, row, source);
  if (over) work_item::settle(q, task_origin(row.id.value), source.now);
  if (before.run_id) {
    auto& raw = q.unscoped();
    raw.run("UPDATE delivery_run SET version = version + 1 WHERE id = $1", {*before.run_id});
    if (raw.count("SELECT COUNT(*) FROM service_request WHERE run_id = $1 AND ended_ms IS NULL",
                  {*before.run_id}) == 0 &&
        raw.run("UPDATE delivery_run SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL",
                {*before.run_id, source.now}) > 0)
      work_item::settle(q, run_origin(*before.run_id), source.now);
  }
  core::note_change(q, "work", row.compound_id, row.id.value, source.now);
}

Ids take_ids(db::Store& store) {
  Ids ids;
  ids.request = store.next_id();
  ids.work = store.next_id();
  return ids;
}

Result<std::int64_t> request(db::Scoped& q, const Ask& ask, const Ids& ids, const core::Source& source) {
  const auto origin = ask.origin.empty() ? fmt::format("hand:{}", ids.request) : ask.origin;
  bool carries = true;
  auto made = row_of(q, ask, ids.request, source.now, carries);
  if (!made) return tl::unexpected(std::move(made).error());
  made->origin = origin;
  // The household is the guard: the same sent twice at once makes one.
  auto& raw = q.unscoped();
  raw.run("UPDATE household SET version = version + 1 WHERE id = $1", {ask.household_id});
  if (const auto known = raw.count("SELECT id FROM service_request WHERE origin = $1 AND household_id = $2",
                                   {origin, ask.household_id}))
    return known;
  core::insert(q, *made, source);
  if (!carries) {
    work_item::Cause cause;
    cause.kind = "service_task";
    cause.place_id = made->dwelling_id;
    cause.origin = task_origin(ids.request);
    cause.detail = ask.kind;
    cause.household_id = made->household_id;
    cause.person_id = made->person_id;
    cause.account_id = ask.account_id;
    work_item::open(q, cause, ids.work, source.now);
  }
  core::note_change(q, "work", made->compound_id, ids.request, source.now);
  return ids.request;
}

std::vector<ServiceRequest> of_household(db::Scoped& q, std::int64_t household_id, std::int64_t limit) {
  std::vector<ServiceRequest> out;
  q.run(shown_requests.with(" AND r.household_id = {arg} ORDER BY r.id DESC LIMIT {arg}"),
        {household_id, limit}, [&](const db::Row& r) { out.push_back(load_shown(r)); });
  return out;
}

Result<void> confirm(db::Scoped& q, std::int64_t id, std::int64_t household_id,
                     const std::optional<std::int64_t>& rating, const std::optional<std::string>& rating_note,
                     const core::Source& source) {
  const auto row = lock_request(q, id);
  if (!row || row->household_id != household_id) return base::fail(ErrorKind::not_found, "not_found");
  const auto next = after(row->state, Verb::confirm, true);
  if (!next) return base::fail(ErrorKind::conflict, "service.not_now");
  auto changed = *row;
  changed.state = *next;
  changed.rating = rating;
  changed.rating_note = rating_note;
  write_request(q, *row, changed, source);
  return {};
}

}  // namespace feature::service_request
