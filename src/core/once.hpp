#pragma once
// What is made by a form is made once: the page gives the form a number, and sent again because the answer
// was lost it is answered with what was made the first time.
#include <cstdint>
#include <optional>
#include <string>

#include "api/context.hpp"
#include "db/scoped.hpp"
#include "meta/record.hpp"

namespace core {

using ClientId = meta::Text<8, 60>;

struct FormSent {
  std::optional<ClientId> client_id{};  // none: of a program that makes no numbers; each is made
  std::string digest{};                 // of the whole form, 16 bytes
};

// Of a form with a member client_id; `what` keeps forms of two kinds apart.
FormSent form_sent(const api::Context& c, std::string_view what, const std::optional<ClientId>& client_id,
                   const std::string& json);

// What the form made before; none: it is new. Errors: "other_form" at /client_id when the number was sent
// with another form.
base::Result<std::optional<std::int64_t>> made_before(db::Scoped& q, const api::Context& c,
                                                      const FormSent& form);
// The same, in the transaction that makes it: a copy sent meanwhile waits here and finds what was made.
base::Result<std::optional<std::int64_t>> make_once(db::Scoped& q, const api::Context& c,
                                                    const FormSent& form, std::int64_t made);

}  // namespace core
