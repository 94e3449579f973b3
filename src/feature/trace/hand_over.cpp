// Contacts who live elsewhere, for the office there: a text signed with the key of this installation, so that
// it can be checked without a network and cannot be changed on the way. Withdrawn ones stay in it, marked.
#include <fmt/format.h>

#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/trace/received.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::string_view format = "shouwang-hand-over-1";

std::vector<HandedContact> contacts_for(db::Scoped& q, const core::Keyring& keys, std::int64_t case_id,
                                        const std::string& to) {
  std::vector<HandedContact> out;
  q.run(
      "SELECT m.id, m.person_id, m.kind, m.exposed_ms, m.grounds, m.decided_by, m.document_ref, m.note, "
      "m.lifted_ms, pe.name, pe.sex, pe.birth_day, f.id, f.number_sealed, gu.name_sealed, gu.phone_sealed, "
      "m.last_exposed_ms FROM trace_mark m JOIN place p ON p.id = m.compound_id LEFT JOIN person pe ON "
      "pe.id = m.person_id LEFT JOIN guest gu ON gu.id = m.person_id LEFT JOIN phone f ON f.id = (SELECT "
      "n.id FROM phone n WHERE n.person_id = m.person_id ORDER BY n.position, n.id LIMIT 1) WHERE "
      "m.case_id = $1 AND m.hand_over_to = $2 AND {scope:p} ORDER BY m.id",
      {case_id, to}, [&](const db::Row& r) {
        HandedContact h;
        h.id = r.integer(0);
        meta::parse_enum(r.text(2), h.kind);
        h.exposed_ms = r.instant(3);
        h.grounds = base::words_of(r.text(4));
        h.decided_by = r.str(5);
        h.document_ref = r.str(6);
        h.note = r.maybe_text(7);
        if (!r.is_null(8)) h.withdrawn_ms = r.instant(8);
        if (!r.is_null(9)) h.name = r.str(9);
        if (!r.is_null(10) && r.text(10) != "unknown") h.sex = r.str(10);
        if (!r.is_null(11)) h.birth_day = base::Day{static_cast<std::int32_t>(r.integer(11))};
        if (!r.is_null(13)) h.phone = keys.unseal("phone", "number", r.integer(12), r.blob(13));
        if (!r.is_null(14)) h.name = keys.unseal("guest", "name", r.integer(1), r.blob(14)).value_or("");
        if (!r.is_null(15)) h.phone = keys.unseal("guest", "phone", r.integer(1), r.blob(15));
        if (!r.is_null(16)) h.last_exposed_ms = r.instant(16);
        out.push_back(std::move(h));
      });
  return out;
}

Result<SignedHandOver> hand_over(api::Context& c, const HandOverQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<SignedHandOver> {
    const auto found = find_case(q, c.id());
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    HandOver out{std::string(format), "",    in.to,
                 found->number,       c.now, contacts_for(q, c.services.keys, c.id(), in.to)};
    if (out.contacts.empty()) return base::fail_field("/to", "nobody_to_hand_over");
    q.one("SELECT d.name FROM place p JOIN place d ON d.id = p.district_id WHERE p.id = $1 AND {scope:p}",
          {found->compound_id}, [&](const db::Row& r) { out.from = r.str(0); });
    core::audit(
        q, c,
        {"trace.hand_over", "trace_case", c.id(), found->compound_id, std::to_string(out.contacts.size())});
    return sign_text(meta::to_json(out), c.services.keys);
  });
}

Result<OpenedHandOver> open_hand_over(api::Context& c, const SignedHandOver& in) {
  auto out = read_hand_over(c, in);
  if (!out) return out;
  return c.write([&](db::Scoped& q) -> Result<OpenedHandOver> {
    core::audit(q, c,
                {"trace.hand_over_open", "trace_case", 0, std::nullopt,
                 std::to_string(out->hand_over.contacts.size())});
    return out;
  });
}

}  // namespace

Result<OpenedHandOver> read_hand_over(api::Context& c, const SignedHandOver& in) {
  auto signer = signer_of(in, c.services.keys);
  if (!signer) return tl::unexpected(std::move(signer).error());
  auto content = meta::from_json<HandOver>(in.content);
  if (!content || content->format != format) return base::fail_field("/content", "other_version");
  OpenedHandOver out{signer->own, {}, std::move(signer->fingerprint), std::move(*content)};
  return c.read([&](db::Scoped& q) -> Result<OpenedHandOver> {
    auto known = out;
    known.known_as = key_name(q, in.public_key);
    return known;
  });
}

void hand_over_routes(api::Router& r) {
  r.get<HandOverQuery, SignedHandOver>("/api/cases/{id}/hand-over", Permission::trace_export,
                                       "Contacts for the office of another place, signed", hand_over);
  r.post<SignedHandOver, OpenedHandOver>("/api/hand-overs/open", Permission::trace_write,
                                         "Check a file of contacts from another office and read it",
                                         open_hand_over);
}

}  // namespace feature::trace
