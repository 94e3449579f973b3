#include "core/once.hpp"

#include "core/services.hpp"

namespace core {

using base::Result;

FormSent form_sent(const api::Context& c, std::string_view what, const std::optional<ClientId>& client_id,
                   const std::string& json) {
  if (!client_id) return {};
  return {client_id, c.services.keys.blind(what, json)};
}

Result<std::optional<std::int64_t>> made_before(db::Scoped& q, const api::Context& c, const FormSent& form) {
  if (!form.client_id) return std::nullopt;
  std::optional<std::int64_t> made;
  bool other = false;
  const std::string number(*form.client_id);
  q.unscoped().run("SELECT made, digest FROM client_request WHERE account_id = $1 AND client_id = $2",
                   {c.who.account, number}, [&](const db::Row& r) {
                     made = r.integer(0);
                     other = r.blob(1) != form.digest;
                   });
  if (other) return base::fail_field("/client_id", "other_form");
  return made;
}

Result<std::optional<std::int64_t>> make_once(db::Scoped& q, const api::Context& c, const FormSent& form,
                                              std::int64_t made) {
  if (!form.client_id) return std::nullopt;
  const std::string number(*form.client_id);
  const auto taken = q.unscoped().run(
      "INSERT INTO client_request (account_id, client_id, digest, made, recorded_ms) VALUES ($1, $2, $3, $4, "
      "$5) ON CONFLICT DO NOTHING",
      {c.who.account, number, db::Blob{form.digest}, made, c.now});
  if (taken > 0) return std::nullopt;
  return made_before(q, c, form);
}

}  // namespace core
