// The numbers of one person in full: for a reason, on record before they leave the program.
#include <fmt/format.h>

#include "core/services.hpp"
#include "feature/access/service.hpp"
#include "feature/people/api.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

using access::NumberWanted;
using access::RevealedNumber;
using api::Permission;
using base::ErrorKind;
using base::Result;

struct Subject {
  std::int64_t compound_id = 0;
  std::optional<std::string> document_sealed{};
  std::vector<std::pair<std::int64_t, std::string>> phones_sealed{};
};

std::optional<Subject> find_subject(db::Scoped& q, std::int64_t person) {
  std::optional<Subject> found;
  q.one(
      "SELECT p.compound_id, pe.document_sealed FROM person pe JOIN residence r ON r.person_id = pe.id JOIN "
      "place p ON p.id = r.dwelling_id WHERE pe.id = $1 AND r.valid_until_ms IS NULL AND {scope:p} "
      "ORDER BY r.is_primary DESC, r.id",
      {person}, [&](const db::Row& r) {
        found.emplace();
        found->compound_id = r.integer(0);
        if (!r.is_null(1)) found->document_sealed = std::string(r.blob(1));
      });
  if (found)
    q.unscoped().run(
        "SELECT id, number_sealed FROM phone WHERE person_id = $1 ORDER BY position, id", {person},
        [&](const db::Row& r) { found->phones_sealed.emplace_back(r.integer(0), std::string(r.blob(1))); });
  return found;
}

Result<Revealed> reveal(api::Context& c, const RevealWanted& in) {
  if (!in.document && !in.phones) return base::fail_field("/document", "required");
  // The row of the audit is durable when this returns; only then anything is opened.
  auto subject = c.write([&](db::Scoped& q) -> Result<Subject> {
    auto found = find_subject(q, c.id());
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    auto reason = access::reveal_reason(q, c, found->compound_id, in.reason);
    if (!reason) return tl::unexpected(std::move(reason).error());
    const auto fields = fmt::format("{}{}", in.document ? "document " : "", in.phones ? "phones" : "");
    core::audit(q, c, {"person.reveal", "person", c.id(), found->compound_id, fields, std::move(*reason)});
    return std::move(*found);
  });
  if (!subject) return tl::unexpected(std::move(subject).error());
  const auto& keys = c.services.keys;
  Revealed out;
  out.person_id = c.id();
  if (in.document && subject->document_sealed)
    out.document = keys.unseal("person", "document", c.id(), *subject->document_sealed);
  if (in.phones)
    for (const auto& [id, sealed] : subject->phones_sealed)
      if (auto number = keys.unseal("phone", "number", id, sealed)) out.phones.push_back(std::move(*number));
  return out;
}

// A car's number is its owner's.
Result<RevealedNumber> reveal_vehicle(api::Context& c, const NumberWanted& in) {
  struct Found {
    std::int64_t compound_id = 0;
    std::string sealed{};
  };
  auto subject = c.write([&](db::Scoped& q) -> Result<Found> {
    Found found;
    if (!q.one(
            "SELECT v.compound_id, v.phone_sealed FROM vehicle v JOIN place p ON p.id = v.compound_id WHERE "
            "v.id = $1 AND {scope:p}",
            {c.id()}, [&](const db::Row& r) {
              found = {r.integer(0), std::string(r.blob(1))};
            }))
      return base::fail(ErrorKind::not_found, "not_found");
    auto reason = access::reveal_reason(q, c, found.compound_id, in.reason);
    if (!reason) return tl::unexpected(std::move(reason).error());
    core::audit(q, c, {"vehicle.reveal", "vehicle", c.id(), found.compound_id, "phones", std::move(*reason)});
    return found;
  });
  if (!subject) return tl::unexpected(std::move(subject).error());
  return RevealedNumber{c.id(), c.services.keys.unseal("vehicle", "phone", c.id(), subject->sealed)};
}

}  // namespace

void reveal_routes(api::Router& r) {
  r.post<RevealWanted, Revealed>("/api/persons/{id}/reveal", Permission::household_read,
                                 "Numbers of one person in full, for a reason", reveal);
  r.post<NumberWanted, RevealedNumber>("/api/vehicles/{id}/reveal", Permission::household_read,
                                       "The telephone number of a vehicle's owner in full, for a reason",
                                       reveal_vehicle);
}

}  // namespace feature::people
