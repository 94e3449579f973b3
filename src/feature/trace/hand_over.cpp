// Contacts who live elsewhere, for the office there: a text signed with the key of this installation, so that
// it can be checked without a network and cannot be changed on the way. Withdrawn ones stay in it, marked.
#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/trace/cases.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::string_view format = "shouwang-hand-over-1";

std::string base64(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.find('\0'));
  return out;
}
// Empty unless it is exactly `size` bytes.
std::string from_base64(std::string_view text, std::size_t size) {
  std::string out(size, '\0');
  std::size_t got = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        nullptr, &got, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      got != size)
    return {};
  return out;
}
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Short enough to be read out over the telephone.
std::string fingerprint(std::string_view public_key) {
  std::array<unsigned char, 10> hash{};
  crypto_generichash(hash.data(), hash.size(), bytes(public_key), public_key.size(), nullptr, 0);
  std::string out;
  for (std::size_t i = 0; i < hash.size(); ++i)
    out += fmt::format("{}{:02X}", i > 0 && i % 2 == 0 ? "-" : "", hash[i]);
  return out;
}

SignedHandOver sign(const HandOver& hand_over, const token::SignKey& key) {
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0'), secret(crypto_sign_SECRETKEYBYTES, '\0'),
      signature(crypto_sign_BYTES, '\0');
  auto* secret_bytes = reinterpret_cast<unsigned char*>(secret.data());
  crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(public_key.data()), secret_bytes,
                           key.seed.data());
  SignedHandOver out{meta::to_json(hand_over), base64(public_key), {}};
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, bytes(out.content),
                       out.content.size(), secret_bytes);
  sodium_memzero(secret_bytes, secret.size());
  out.signature = base64(signature);
  return out;
}

std::vector<HandedContact> contacts_for(db::Scoped& q, const core::Keyring& keys, std::int64_t case_id,
                                        const std::string& to) {
  std::vector<HandedContact> out;
  q.run(
      "SELECT m.id, m.person_id, m.kind, m.exposed_ms, m.grounds, m.decided_by, m.document_ref, m.note, "
      "m.lifted_ms, pe.name, pe.sex, pe.birth_day, f.id, f.number_sealed, gu.name_sealed, gu.phone_sealed "
      "FROM trace_mark m JOIN place p ON p.id = m.compound_id LEFT JOIN person pe ON pe.id = m.person_id "
      "LEFT JOIN guest gu ON gu.id = m.person_id LEFT JOIN phone f ON f.id = (SELECT n.id FROM phone n WHERE "
      "n.person_id = m.person_id ORDER BY n.position, n.id LIMIT 1) WHERE m.case_id = $1 AND m.hand_over_to "
      "= $2 AND {scope:p} ORDER BY m.id",
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
    return sign(out, c.services.keys.pass_key());
  });
}

// What a file says, once its signature holds. Whose key it is, people find out by comparing its fingerprint.
Result<OpenedHandOver> open_hand_over(api::Context& c, const SignedHandOver& in) {
  const auto key = from_base64(in.public_key, crypto_sign_PUBLICKEYBYTES);
  const auto signature = from_base64(in.signature, crypto_sign_BYTES);
  if (key.empty() || signature.empty() ||
      crypto_sign_verify_detached(bytes(signature), bytes(in.content), in.content.size(), bytes(key)) != 0)
    return base::fail_field("/signature", "hand_over_signature");
  auto content = meta::from_json<HandOver>(in.content);
  if (!content || content->format != format) return base::fail_field("/content", "other_version");
  OpenedHandOver out{false, fingerprint(key), std::move(*content)};
  for (const auto& own : c.services.keys.verify_keys()) {
    const auto& known = own.public_key;
    out.own = out.own || std::string_view(reinterpret_cast<const char*>(known.data()), known.size()) == key;
  }
  return c.write([&](db::Scoped& q) -> Result<OpenedHandOver> {
    core::audit(q, c,
                {"trace.hand_over_open", "trace_case", 0, std::nullopt,
                 std::to_string(out.hand_over.contacts.size())});
    return out;
  });
}

}  // namespace

void hand_over_routes(api::Router& r) {
  r.get<HandOverQuery, SignedHandOver>("/api/cases/{id}/hand-over", Permission::trace_export,
                                       "Contacts for the office of another place, signed", hand_over);
  r.post<SignedHandOver, OpenedHandOver>("/api/hand-overs/open", Permission::trace_write,
                                         "Check a file of contacts from another office and read it",
                                         open_hand_over);
}

}  // namespace feature::trace
