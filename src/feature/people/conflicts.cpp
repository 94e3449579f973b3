// Sources that disagree. Nothing is overwritten: the later saying waits until somebody takes one of the two.
#include "feature/people/conflicts.hpp"

#include <algorithm>

#include "api/paging.hpp"
#include "core/services.hpp"
#include "feature/people/history.hpp"
#include "feature/people/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

bool of_residence(PersonField field) {
  return field == PersonField::relation || field == PersonField::registered || field == PersonField::living;
}

std::string masked(PersonField field, const std::string& text) {
  if (field == PersonField::document) return core::mask_document(text);
  if (field == PersonField::phone) return core::mask_phone(text);
  return text;
}

// Who had said what is known; a record from before there was a history speaks for itself.
std::pair<std::string, base::Instant> said_before(db::Scoped& q, const Subject& s, PersonField field) {
  if (of_residence(field)) return {s.residence->source, s.residence->valid_from};
  if (field == PersonField::phone && !s.phones.empty()) return {s.phones[0].source, s.person.updated};
  for (const auto& known : sources_of(history_of(q, {s.person.id.value}, {}), "person"))
    if (known.field == meta::name_of(field)) return {known.source, known.at_ms};
  return {s.person.source, s.person.updated};
}

constexpr auto conflicts_in_scope = db::ScopedSql(
    "SELECT co.id, co.person_id, co.residence_id, co.field, co.known_sealed, co.known_source, co.known_ms, "
    "co.said_sealed, co.said_index, co.said_source, co.said_ms, co.import_id, co.actor, co.state, "
    "co.settled_ms, co.settled_by, pe.name, h.label, cp.name FROM conflict co JOIN person pe ON pe.id = "
    "co.person_id JOIN residence r ON r.id = (SELECT MIN(rr.id) FROM residence rr JOIN place p ON p.id = "
    "rr.dwelling_id WHERE rr.person_id = co.person_id AND rr.visible = 1 AND {scope:p}) JOIN household h "
    "ON h.id = r.household_id JOIN place cp ON cp.id = h.compound_id WHERE 1 = 1");
constexpr int stored_columns = 16;

Conflict shown(const db::Row& r, const core::Keyring& keys) {
  const auto row = meta::load<ConflictRow>(r);
  const auto field = std::string(meta::name_of(row.field));
  const auto open = [&](std::string_view column, const meta::Bytes& sealed) {
    return masked(row.field, keys.unseal("conflict", column, row.person_id.value, sealed.value).value_or(""));
  };
  Conflict c;
  c.id = row.id;
  c.person_id = row.person_id.value;
  c.name = r.str(stored_columns);
  c.label = r.str(stored_columns + 1);
  c.compound = r.str(stored_columns + 2);
  c.field = row.field;
  c.known = open("known." + field, row.known_sealed);
  c.said = open("said." + field, row.said_sealed);
  c.known_source = row.known_source;
  c.said_source = row.said_source;
  c.known_ms = row.known_at;
  c.said_ms = row.said_at;
  c.import_id = row.import_id;
  c.state = row.state;
  c.settled_ms = row.settled;
  return c;
}

Result<api::Page<Conflict>> list_conflicts(api::Context& c, const ConflictQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = conflicts_in_scope.with(" AND co.state = {arg}");
    std::vector<db::Arg> args{meta::name_of(in.state.value_or(ConflictState::open))};
    if (in.compound_id) {
      sql = sql.with(" AND h.compound_id = {arg}");
      args.push_back(*in.compound_id);
    }
    if (in.person_id) {
      sql = sql.with(" AND co.person_id = {arg}");
      args.push_back(*in.person_id);
    }
    return api::fetch_page<Conflict>(
        q, sql, args, in.limit, in.cursor,
        {" AND (co.id, co.id) < ({arg}, {arg})", " ORDER BY co.id DESC LIMIT {arg}"},
        [&](const db::Row& r) { return shown(r, c.services.keys); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(0), r.integer(0)};
        });
  });
}

void settle_row(db::Scoped& q, const ConflictRow& row, ConflictState state, const core::Source& source,
                std::int64_t account) {
  auto after = row;
  after.state = state;
  after.settled = source.now;
  after.settled_by = account;
  core::update(q, row, after, source);
}

Result<void> take_said(db::Scoped& q, const ConflictRow& row, const core::Keyring& keys,
                       std::int64_t phone_id, ConflictState state, const core::Source& source) {
  const auto found = load_subject(q, row.person_id.value, row.residence_id.value_or(0));
  if (!found || (of_residence(row.field) && !found->residence))
    return base::fail(ErrorKind::not_found, "not_found");
  const auto column = "said." + std::string(meta::name_of(row.field));
  const auto said = keys.unseal("conflict", column, row.person_id.value, row.said_sealed.value);
  if (!said) return base::fail(ErrorKind::internal, "conflict_unreadable");
  auto after = *found;
  take(after, {row.field, *said}, keys, base::civil_day(source.now), phone_id, source);
  // Both numbers stay in any case; the one that was taken is called first.
  if (state == ConflictState::took_said && !after.new_phones.empty() && !after.phones.empty())
    after.new_phones.front().position = after.phones.front().position - 1;
  write_subject(q, *found, after, keys, source);
  find_duplicates(q, {after.person.id.value}, source.now);
  return {};
}

Result<Conflict> settle(api::Context& c, const SettleConflict& in) {
  if (in.take == ConflictState::open) return base::fail_field("/take", "not_allowed");
  const auto phone_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Conflict> {
    ConflictRow row;
    Conflict answer;
    const auto load = [&] {
      return q.one(conflicts_in_scope.with(" AND co.id = {arg}"), {c.id()}, [&](const db::Row& r) {
        row = meta::load<ConflictRow>(r);
        answer = shown(r, c.services.keys);
      });
    };
    if (!load()) return base::fail(ErrorKind::not_found, "not_found");
    // The state is the guard: of two who settle, one is told.
    if (q.unscoped().run("UPDATE conflict SET state = state WHERE id = $1 AND state = 'open'", {row.id}) == 0)
      return base::fail(ErrorKind::conflict, "already_settled");
    const auto source = core::source_of(c);
    const bool takes = in.take == ConflictState::took_said ||
                       (in.take == ConflictState::kept_both && row.field == PersonField::phone);
    auto said = core::Source{row.said_source, source.actor, source.now, row.import_id};
    if (takes)
      if (auto taken = take_said(q, row, c.services.keys, phone_id, in.take, said); !taken)
        return tl::unexpected(std::move(taken).error());
    settle_row(q, row, in.take, source, c.who.account);
    load();
    core::audit(q, c,
                {"conflict.settle", "conflict", row.id, std::nullopt, std::string(meta::name_of(in.take))});
    core::note_change(q, "household",
                      q.unscoped().count("SELECT p.compound_id FROM residence r JOIN place p ON p.id = "
                                         "r.dwelling_id WHERE r.person_id = $1 AND r.visible = 1",
                                         {row.person_id.value}),
                      row.person_id.value, c.now);
    return answer;
  });
}

}  // namespace

std::size_t keep_conflict(db::Scoped& q, const Subject& s, const Saying& told, const core::Keyring& keys,
                          const core::Source& source) {
  if (of_residence(told.field) && !s.residence) return 0;
  const auto field = std::string(meta::name_of(told.field));
  const auto person = s.person.id.value;
  const auto index = keys.blind("conflict." + field, told.text);
  const auto known_sealed = keys.seal("conflict", "known." + field, person, known_text(s, told.field, keys));
  const auto said_sealed = keys.seal("conflict", "said." + field, person, told.text);
  const auto [known_source, known_ms] = said_before(q, s, told.field);
  const auto residence =
      of_residence(told.field) ? std::optional<std::int64_t>(s.residence->id.value) : std::nullopt;
  return static_cast<std::size_t>(
      q.run("INSERT INTO conflict (person_id, residence_id, field, known_sealed, known_source, known_ms, "
            "said_sealed, said_index, said_source, said_ms, import_id, actor, state) VALUES ($1, $2, $3, "
            "$4, $5, $6, $7, $8, $9, $10, $11, $12, 'open') ON CONFLICT (person_id, field, said_index) DO "
            "NOTHING",
            {person, residence, field, db::Blob{known_sealed}, known_source, known_ms, db::Blob{said_sealed},
             db::Blob{index}, source.source, source.now, source.import_id, source.actor}));
}

std::size_t note_conflicts(db::Scoped& q, std::int64_t person_id, std::int64_t residence_id,
                           const PersonDraft& told, const core::Keyring& keys, const core::Source& source) {
  using F = PersonField;
  const auto s = load_subject(q, person_id, residence_id);
  if (!s) return 0;
  std::vector<Saying> sayings;
  const auto add = [&](F field, std::string text) {
    if (!text.empty()) sayings.push_back({field, std::move(text)});
  };
  add(F::name, told.name);
  if (told.sex != Sex::unknown) add(F::sex, std::string(meta::name_of(told.sex)));
  if (told.birth_day) add(F::birth_day, base::to_string(*told.birth_day));
  if (tells_who(told.document_state)) add(F::document, told.document);
  for (const auto& phone : told.phones) add(F::phone, phone);
  add(F::registered_residence, told.registered_residence.value_or(""));
  add(F::origin, told.origin.value_or(""));
  if (told.return_day) add(F::return_day, base::to_string(*told.return_day));
  if (told.relation != Relation::unknown) add(F::relation, std::string(meta::name_of(told.relation)));
  std::size_t kept = 0;
  for (const auto& saying : sayings)
    if (!agrees(*s, saying, keys)) kept += keep_conflict(q, *s, saying, keys, source);
  return kept;
}

void conflict_routes(api::Router& r) {
  r.get<ConflictQuery, api::Page<Conflict>>("/api/conflicts", Permission::household_read,
                                            "Fields about which sources disagree", list_conflicts);
  r.post<SettleConflict, Conflict>("/api/conflicts/{id}/settle", Permission::household_write,
                                   "Take one of two sayings, or note both", settle);
}

}  // namespace feature::people
