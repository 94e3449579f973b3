// Files of other offices taken in: persons matched by telephone number and name, everything that follows from
// a decision here begun for them, the others kept as a list; a receipt back.
#include "feature/trace/received.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "engine/intake/phone.hpp"
#include "feature/trace/follow.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t contacts_max = 500;  // of one file
constexpr std::string_view receipt_format = "shouwang-hand-over-receipt-1";

std::string digest_of(std::string_view content) {
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  return base64(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

// The office of who takes it in: the first place the account is answerable for, else the first district.
std::int64_t office_of(db::Scoped& q) {
  const auto& nodes = q.scope().nodes();
  if (!nodes.empty()) return nodes.front().place;
  return q.unscoped().count("SELECT id FROM place WHERE parent_id IS NULL ORDER BY id LIMIT 1");
}

// Of the one person within the scope who has this number and name.
std::optional<std::int64_t> known_person(db::Scoped& q, const core::Keyring& keys, const HandedContact& in) {
  if (!in.phone) return std::nullopt;
  std::vector<std::int64_t> found;
  q.run(
      "SELECT DISTINCT pe.id FROM phone f JOIN person pe ON pe.id = f.person_id JOIN residence r ON "
      "r.person_id = pe.id JOIN place p ON p.id = r.dwelling_id WHERE f.number_index = $1 AND pe.name = $2 "
      "AND r.visible = 1 AND {scope:p} ORDER BY pe.id LIMIT 2",
      {db::Blob{keys.blind("phone", *in.phone)}, in.name},
      [&](const db::Row& r) { found.push_back(r.integer(0)); });
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

template <class T>
std::optional<T> one_of(db::Scoped& q, std::string_view where, std::initializer_list<db::Arg> args) {
  std::optional<T> found;
  const auto& record = meta::record_of<T>();
  q.unscoped().one(
      fmt::format("SELECT {} FROM {} x WHERE {}", meta::column_list(record, "x"), record.table, where), args,
      [&](const db::Row& r) { found = meta::load<T>(r); });
  return found;
}

Decision decision_of(const ReceivedContactRow& row) {
  Decision out;
  out.origin = fmt::format("received_contact:{}", row.id.value);
  out.kind = row.kind;
  out.person_id = row.person_id.value_or(0);
  out.place_id = row.place_id;
  out.last_exposed = row.last_exposed;
  out.decided_by = row.decided_by;
  out.document_ref = row.document_ref;
  out.created = row.created;
  return out;
}

struct LineIds {
  std::int64_t row = 0;
  FollowIds follow{};
  TakeBackIds back{};
};

void begin_following(db::Scoped& q, const api::Context& c, const ReceivedContactRow& row,
                     const FollowIds& ids) {
  const auto who = who_are(q, {*row.person_id}, c.now);
  const bool minor = !who.empty() && who.begin()->second.minor;
  follow(q, c, decision_of(row), minor, policy_at(q.unscoped(), c.now), ids);
}

// What a later file may say anew.
void put_news(ReceivedContactRow& row, const HandedContact& in) {
  row.kind = in.kind;
  row.exposed = in.exposed_ms;
  row.last_exposed = in.last_exposed_ms;
  row.grounds = fmt::format("{}", fmt::join(in.grounds, " "));
  row.decided_by = in.decided_by;
  row.document_ref = in.document_ref;
  row.note = in.note;
  if (!row.withdrawn) row.withdrawn = in.withdrawn_ms;
}

void take_in_line(db::Scoped& q, const api::Context& c, const ReceivedCaseRow& of, const HandedContact& in,
                  const LineIds& ids) {
  const auto source = core::source_of(c);
  const auto& keys = c.services.keys;
  if (auto before = one_of<ReceivedContactRow>(q, "x.case_id = $1 AND x.their_id = $2", {of.id, in.id})) {
    auto after = *before;
    put_news(after, in);
    core::update(q, *before, after, source);
    if (after.withdrawn && !before->withdrawn && after.person_id)
      take_back(q, c, decision_of(*before), ids.back);
    return;
  }
  ReceivedContactRow row;
  row.id = meta::Id<ReceivedContactRow>(ids.row);
  row.case_id = of.id.value;
  row.place_id = of.place_id;
  row.their_id = in.id;
  row.name_sealed.value = keys.seal("received_contact", "name", ids.row, in.name);
  row.name_masked = core::mask_name(in.name);
  if (in.phone) {
    row.phone_sealed = meta::Bytes{keys.seal("received_contact", "phone", ids.row, *in.phone)};
    row.phone_masked = core::mask_phone(*in.phone);
  }
  row.sex = in.sex;
  row.birth_day = in.birth_day;
  row.created = c.now;
  put_news(row, in);
  row.person_id = known_person(q, keys, in);
  if (row.person_id)
    if (const auto who = who_are(q, {*row.person_id}, c.now); !who.empty())
      row.place_id = who.begin()->second.compound_id;
  core::insert(q, row, source);
  if (row.person_id && !row.withdrawn) begin_following(q, c, row, ids.follow);
}

ReceivedHandOver counted(db::Scoped& q, const ReceivedCaseRow& of, bool repeated) {
  ReceivedHandOver out{of.id.value, repeated};
  q.unscoped().run("SELECT person_id, withdrawn_ms FROM received_contact WHERE case_id = $1", {of.id},
                   [&](const db::Row& r) {
                     ++(!r.is_null(1) ? out.withdrawn : r.is_null(0) ? out.unmatched : out.matched);
                   });
  return out;
}

// The case as it stood before, when this file may follow it.
Result<std::optional<ReceivedCaseRow>> case_before(db::Scoped& q, const ReceivedCaseRow& fresh) {
  auto before = one_of<ReceivedCaseRow>(q, "x.public_key = $1 AND x.case_number = $2 AND x.to_office = $3",
                                        {fresh.public_key, fresh.case_number, fresh.to_office});
  if (!before) return std::nullopt;
  if (q.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND {scope:p}", {before->place_id}) == 0)
    return base::fail(ErrorKind::conflict, "hand_over_of_another_office");
  if (before->digest != fresh.digest && before->made > fresh.made)
    return base::fail(ErrorKind::conflict, "hand_over_older");
  return before;
}

Result<ReceivedHandOver> receive(api::Context& c, const SignedHandOver& in) {
  auto opened = read_hand_over(c, in);
  if (!opened) return tl::unexpected(std::move(opened).error());
  if (!opened->own && !opened->known_as) return base::fail_field("/public_key", "hand_over_key_unknown");
  const auto& file = opened->hand_over;
  if (file.contacts.size() > contacts_max) return base::fail_field("/content", "too_long");
  std::vector<LineIds> ids;
  for (std::size_t i = 0; i < file.contacts.size(); ++i)
    ids.push_back({c.store.next_id(), follow_ids(c.store), take_back_ids(c.store)});
  ReceivedCaseRow fresh;
  fresh.id = c.new_id<ReceivedCaseRow>();
  fresh.public_key = in.public_key;
  fresh.from_office = file.from;
  fresh.to_office = file.to;
  fresh.case_number = file.case_number;
  fresh.digest = digest_of(in.content);
  fresh.made = file.made_ms;
  fresh.received_by = c.who.account;
  fresh.received = c.now;
  return c.write([&](db::Scoped& q) -> Result<ReceivedHandOver> {
    auto row = fresh;
    row.place_id = office_of(q);
    // The office is the guard: the same file by two at once is taken in once.
    q.unscoped().run("UPDATE place SET version = version WHERE id = $1", {row.place_id});
    auto before = case_before(q, row);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before && (*before)->digest == row.digest) return counted(q, **before, true);
    if (*before) {
      row.id = (*before)->id;
      row.place_id = (*before)->place_id;
      core::update(q, **before, row, core::source_of(c));
    } else {
      core::insert(q, row, core::source_of(c));
    }
    for (std::size_t i = 0; i < file.contacts.size(); ++i) take_in_line(q, c, row, file.contacts[i], ids[i]);
    core::audit(q, c,
                {"trace.hand_over_receive", "received_case", row.id.value, std::nullopt,
                 std::to_string(file.contacts.size())});
    return counted(q, row, false);
  });
}

constexpr auto contact_columns = db::ScopedSql(
    "SELECT x.id, x.case_id, t.from_office, t.case_number, x.name_masked, x.phone_masked, x.kind, "
    "x.exposed_ms, x.decided_by, x.document_ref, x.withdrawn_ms, x.person_id, (SELECT d.label FROM residence "
    "r JOIN dwelling d ON d.id = r.dwelling_id WHERE r.person_id = x.person_id AND r.visible = 1 ORDER BY "
    "r.is_primary DESC, r.id LIMIT 1), (SELECT k.id FROM control_case k WHERE k.person_id = x.person_id AND "
    "k.ended_ms IS NULL), x.created_ms FROM received_contact x JOIN received_case t ON t.id = x.case_id JOIN "
    "place p ON p.id = x.place_id WHERE {scope:p}");

ReceivedContact load_contact(const db::Row& r) {
  ReceivedContact out;
  out.id = r.integer(0);
  out.case_id = r.integer(1);
  out.from_office = r.str(2);
  out.case_number = r.str(3);
  out.name = r.str(4);
  out.phone = r.maybe_text(5);
  meta::parse_enum(r.text(6), out.kind);
  out.exposed_ms = r.instant(7);
  out.decided_by = r.str(8);
  out.document_ref = r.str(9);
  out.person_id = r.maybe_integer(11);
  out.match_state = !r.is_null(10)  ? MatchState::withdrawn
                    : out.person_id ? MatchState::matched
                                    : MatchState::unmatched;
  out.label = r.maybe_text(12);
  out.control_id = r.maybe_integer(13);
  out.received_ms = r.instant(14);
  return out;
}

Result<api::Page<ReceivedContact>> list_contacts(api::Context& c, const ReceivedContactQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = contact_columns;
    if (in.match_state == MatchState::withdrawn) sql = sql.with(" AND x.withdrawn_ms IS NOT NULL");
    if (in.match_state == MatchState::matched)
      sql = sql.with(" AND x.withdrawn_ms IS NULL AND x.person_id IS NOT NULL");
    if (in.match_state == MatchState::unmatched)
      sql = sql.with(" AND x.withdrawn_ms IS NULL AND x.person_id IS NULL");
    return api::fetch_page<ReceivedContact>(
        q, sql, {}, in.limit, in.cursor,
        {" AND (x.created_ms, x.id) < ({arg}, {arg})", " ORDER BY x.created_ms DESC, x.id DESC LIMIT {arg}"},
        load_contact, [](const db::Row& r) {
          return api::SortKey{r.integer(14), r.integer(0)};
        });
  });
}

// An officer says who it is.
Result<ReceivedContact> match(api::Context& c, const ReceivedContactMatch& in) {
  const auto ids = follow_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ReceivedContact> {
    q.unscoped().run("UPDATE received_contact SET their_id = their_id WHERE id = $1", {c.id()});
    std::optional<ReceivedContact> seen;
    const auto look = [&] {
      q.one(contact_columns.with(" AND x.id = {arg}"), {c.id()},
            [&](const db::Row& r) { seen = load_contact(r); });
    };
    look();
    if (!seen) return base::fail(ErrorKind::not_found, "not_found");
    if (seen->match_state != MatchState::unmatched) return base::fail(ErrorKind::conflict, "already_matched");
    const auto who = who_are(q, {in.person_id}, c.now);
    if (who.empty() || who.begin()->second.guest) return base::fail_field("/person_id", "not_found");
    const auto before = one_of<ReceivedContactRow>(q, "x.id = $1", {c.id()});
    auto after = *before;
    after.person_id = in.person_id;
    after.matched_by = c.who.account;
    after.place_id = who.begin()->second.compound_id;
    core::update(q, *before, after, core::source_of(c));
    begin_following(q, c, after, ids);
    core::audit(q, c, {"trace.hand_over_match", "received_contact", c.id(), after.place_id});
    look();
    return std::move(*seen);
  });
}

Result<SignedHandOver> receipt(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<SignedHandOver> {
    const auto of = one_of<ReceivedCaseRow>(q, "x.id = $1", {c.id()});
    if (!of || q.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND {scope:p}", {of->place_id}) == 0)
      return base::fail(ErrorKind::not_found, "not_found");
    HandOverReceipt out{std::string(receipt_format),
                        of->to_office,
                        of->from_office,
                        of->case_number,
                        of->received,
                        c.now,
                        {}};
    q.unscoped().run(
        "SELECT their_id, withdrawn_ms, person_id FROM received_contact WHERE case_id = $1 ORDER BY their_id",
        {c.id()}, [&](const db::Row& r) {
          out.contacts.push_back({r.integer(0), !r.is_null(1)  ? MatchState::withdrawn
                                                : r.is_null(2) ? MatchState::unmatched
                                                               : MatchState::matched});
        });
    core::audit(q, c, {"trace.hand_over_receipt", "received_case", c.id()});
    return sign_text(meta::to_json(out), c.services.keys);
  });
}

// The other office has our file: noted at each decision it names.
Result<ReceiptRead> read_receipt(api::Context& c, const SignedHandOver& in) {
  const auto signer = signer_of(in, c.services.keys);
  if (!signer) return tl::unexpected(signer.error());
  const auto content = meta::from_json<HandOverReceipt>(in.content);
  if (!content || content->format != receipt_format) return base::fail_field("/content", "other_version");
  return c.write([&](db::Scoped& q) -> Result<ReceiptRead> {
    ReceiptRead out{content->from, 0, 0};
    if (!signer->own && !key_name(q, in.public_key))
      return base::fail_field("/public_key", "hand_over_key_unknown");
    for (const auto& line : content->contacts) {
      const auto before = one_of<MarkRow>(q,
                                          "x.id = $1 AND x.hand_over_to = $2 AND x.case_id IN (SELECT t.id "
                                          "FROM trace_case t WHERE t.number = $3)",
                                          {line.id, content->from, content->case_number});
      if (!before || q.count("SELECT COUNT(*) FROM trace_mark m JOIN place p ON p.id = m.compound_id WHERE "
                             "m.id = $1 AND {scope:p}",
                             {line.id}) == 0)
        continue;
      auto after = *before;
      after.received = content->received_ms;
      core::update(q, *before, after, core::source_of(c));
      ++out.contacts;
      out.unmatched += line.match_state == MatchState::unmatched;
    }
    if (out.contacts == 0) return base::fail_field("/content", "receipt_of_nothing");
    core::audit(q, c,
                {"trace.hand_over_confirmed", "trace_case", 0, std::nullopt, std::to_string(out.contacts)});
    return out;
  });
}

// --- whose files are believed ----------------------------------------------------------------------
Result<HandOverKeys> list_keys(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<HandOverKeys> {
    HandOverKeys out;
    const auto own = own_public_key(c.services.keys);
    out.items.push_back({0, "", fingerprint_of(from_base64(own, crypto_sign_PUBLICKEYBYTES)), own, {}, {}});
    q.unscoped().run(
        "SELECT id, name, fingerprint, public_key, created_ms, revoked_ms FROM hand_over_key ORDER BY name, "
        "id",
        {}, [&](const db::Row& r) {
          HandOverKey key{r.integer(0), r.str(1), r.str(2), r.str(3), r.instant(4), {}};
          if (!r.is_null(5)) key.revoked_ms = r.instant(5);
          out.items.push_back(std::move(key));
        });
    return out;
  });
}

Result<HandOverKeys> add_key(api::Context& c, const NewHandOverKey& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  const auto bytes = from_base64(in.public_key, crypto_sign_PUBLICKEYBYTES);
  if (bytes.empty()) return base::fail_field("/public_key", "not_a_key");
  HandOverKeyRow row;
  row.id = c.new_id<HandOverKeyRow>();
  row.public_key = in.public_key;
  row.fingerprint = fingerprint_of(bytes);
  row.name = in.name;
  row.created_by = c.who.account;
  row.created = c.now;
  auto added = c.write([&](db::Scoped& q) -> Result<void> {
    if (key_name(q, in.public_key)) return base::fail_field("/public_key", "already_known");
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"hand_over_key.add", "hand_over_key", row.id.value, std::nullopt, row.fingerprint});
    return {};
  });
  if (!added) return tl::unexpected(std::move(added).error());
  return list_keys(c);
}

Result<HandOverKeys> revoke_key(api::Context& c) {
  auto revoked = c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run("UPDATE hand_over_key SET name = name WHERE id = $1", {c.id()});
    const auto before = one_of<HandOverKeyRow>(q, "x.id = $1", {c.id()});
    if (!before || before->revoked) return base::fail(ErrorKind::not_found, "not_found");
    if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
    auto after = *before;
    after.revoked = c.now;
    after.revoked_by = c.who.account;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"hand_over_key.revoke", "hand_over_key", c.id(), std::nullopt, before->fingerprint});
    return {};
  });
  if (!revoked) return tl::unexpected(std::move(revoked).error());
  return list_keys(c);
}

}  // namespace

std::optional<std::string> key_name(db::Scoped& q, const std::string& public_key) {
  std::optional<std::string> name;
  q.unscoped().one("SELECT name FROM hand_over_key WHERE public_key = $1 AND revoked_ms IS NULL",
                   {public_key}, [&](const db::Row& r) { name = r.str(0); });
  return name;
}

void received_routes(api::Router& r) {
  r.post<SignedHandOver, ReceivedHandOver>("/api/hand-overs/receive", Permission::trace_write,
                                           "Take in a file of contacts from another office, once", receive);
  r.post<SignedHandOver, ReceiptRead>("/api/hand-overs/receipt", Permission::trace_write,
                                      "Read the receipt of an office that contacts were handed over to",
                                      read_receipt);
  core::list<list_contacts>(r, "/api/received-contacts", Permission::trace_read,
                            "Contacts taken in from other offices, masked");
  r.post<ReceivedContactMatch, ReceivedContact>("/api/received-contacts/{id}/match", Permission::trace_write,
                                                "Say who a contact taken in is", match);
  r.get<SignedHandOver>("/api/received-cases/{id}/receipt", Permission::trace_write,
                        "The receipt for a file taken in, signed", receipt);
  r.get<HandOverKeys>("/api/hand-over-keys", Permission::trace_read,
                      "Installations whose signature is believed, this one first", list_keys);
  r.post<NewHandOverKey, HandOverKeys>("/api/hand-over-keys", Permission::trace_write,
                                       "Believe a signature from now on; of the whole installation only",
                                       add_key);
  r.post<HandOverKeys>("/api/hand-over-keys/{id}/revoke", Permission::trace_write,
                       "Believe a signature no more", revoke_key);
}

}  // namespace feature::trace
