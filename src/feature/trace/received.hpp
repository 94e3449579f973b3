#pragma once
// What the two sides of a hand-over share.
#include "feature/trace/cases.hpp"
#include "feature/trace/received_record.hpp"
#include "feature/trace/signed_text.hpp"

namespace feature::trace {

// What a file says, once its signature holds, and whose signature it is.
base::Result<OpenedHandOver> read_hand_over(api::Context& c, const SignedHandOver& in);
// Of an installation whose signature is believed now.
std::optional<std::string> key_name(db::Scoped& q, const std::string& public_key);

}  // namespace feature::trace
