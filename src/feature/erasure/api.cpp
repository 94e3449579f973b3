// Erasing one person, and the receipts.
#include "feature/erasure/api.hpp"

#include "api/paging.hpp"
#include "base/log.hpp"
#include "core/trail.hpp"
#include "feature/erasure/erase.hpp"

namespace feature::erasure {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// The person behind an id within the asker's places; one that was merged is the one that goes on.
Result<std::int64_t> person_in_scope(db::Scoped& q, std::int64_t id) {
  const auto person = q.count(
      "SELECT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.visible = 1 AND "
      "(r.person_id = $1 OR r.person_id = (SELECT al.person_id FROM person_alias al WHERE al.alias_id = "
      "$1)) AND {scope:p} LIMIT 1",
      {id});
  if (person == 0) return base::fail(ErrorKind::not_found, "not_found");
  return person;
}

constexpr auto receipts = db::ScopedSql(
    "SELECT e.id, e.person_id, e.compound_id, p.name, e.erased_ms, e.cause, e.actor, a.display_name, "
    "e.reason, e.reference, e.removed, e.proof, e.proven_ms, e.traces FROM erasure e LEFT JOIN place p ON "
    "p.id = e.compound_id LEFT JOIN account a ON e.actor = 'account:' || CAST(a.id AS text) WHERE "
    "(({scope:p}) OR ($1 = 1 AND e.compound_id IS NULL))");

Erasure load(const db::Row& r) {
  Erasure e;
  e.id = base::Id<ErasureRow>(r.integer(0));
  e.person_id = r.integer(1);
  e.compound_id = r.maybe_integer(2);
  e.compound = r.maybe_text(3);
  e.erased_ms = r.instant(4);
  meta::parse_enum(r.text(5), e.cause);
  e.actor = r.str(6);
  e.actor_name = r.maybe_text(7);
  meta::parse_enum(r.text(8), e.reason);
  e.reference = r.maybe_text(9);
  if (auto removed = meta::from_json<std::vector<TableCount>>(r.text(10))) e.removed = std::move(*removed);
  meta::parse_enum(r.text(11), e.proof);
  e.proven_ms = r.maybe_instant(12);
  e.traces = r.integer(13);
  return e;
}

Result<Preview> preview(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<Preview> {
    const auto person = person_in_scope(q, c.id());
    if (!person) return tl::unexpected(person.error());
    return preview_of(q.unscoped(), *person);
  });
}

Result<Erasure> erase(api::Context& c, const EraseWanted& in) {
  const auto person = c.read([&](db::Scoped& q) { return person_in_scope(q, c.id()); });
  if (!person) return tl::unexpected(person.error());
  const Order order{Cause::person, in.reason, in.reference, core::source_of(c).actor, c.now, c.request_id};
  Unproven unproven;
  if (auto done = erase_person(c.store, c.services, *person, order, db::Priority::high, unproven); !done)
    return tl::unexpected(std::move(done).error());
  if (c.on_write) c.on_write();
  // The person is gone whatever becomes of the proof; without it the receipt says so.
  if (auto proven = prove(c.store, c.services, unproven, c.now); !proven)
    base::log::error("erasure.unproven", {{"code", proven.error().code}});
  return c.read([&](db::Scoped& q) -> Result<Erasure> {
    std::optional<Erasure> out;
    q.one(receipts.with(" AND e.person_id = {arg}"), {std::int64_t{1}, *person},
          [&](const db::Row& r) { out = load(r); });
    if (!out) return base::fail(ErrorKind::not_found, "not_found");
    return std::move(*out);
  });
}

Result<api::Page<Erasure>> list(api::Context& c, const ErasureQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = receipts;
    std::vector<db::Arg> args{std::int64_t{c.who.scope.is_all()}};
    const auto proof = in.proof ? std::string(meta::name_of(*in.proof)) : "";
    if (in.compound_id) sql = sql.with(" AND e.compound_id = {arg}"), args.push_back(*in.compound_id);
    if (in.proof) sql = sql.with(" AND e.proof = {arg}"), args.push_back(proof);
    return api::fetch_page<Erasure>(
        q, sql, args, in.limit, in.cursor,
        {" AND (e.erased_ms, e.id) < ({arg}, {arg})", " ORDER BY e.erased_ms DESC, e.id DESC LIMIT {arg}"},
        load, [](const db::Row& r) {
          return api::SortKey{r.integer(4), r.integer(0)};
        });
  });
}

}  // namespace

void erasure_routes(api::Router& r) {
  r.get<Preview>("/api/persons/{id}/erasure", Permission::erasure_write, "What erasing a person would remove",
                 preview);
  r.post<EraseWanted, Erasure>("/api/persons/{id}/erasure", Permission::erasure_write,
                               "Erase a person for good; the answer is the receipt", erase);
  r.get<ErasureQuery, api::Page<Erasure>>("/api/erasures", Permission::audit_read, "Receipts of erasures",
                                          list);
}

}  // namespace feature::erasure
