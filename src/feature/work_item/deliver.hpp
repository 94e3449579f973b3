#pragma once
// The outbox: what was written beside an alert leaves the program here, again until it arrives.
#include <functional>

#include "core/services.hpp"
#include "db/store.hpp"
#include "feature/work_item/message.hpp"

namespace feature::work_item {

// Sends and gives the body of a 2xx answer. Errors are codes for the list of targets: "webhook.unreachable",
// "webhook.refused".
using Send = std::function<base::Result<std::string>(const Outgoing&)>;

// Some messages that are due. A message that fails is tried again after half a minute, a minute and so on, up
// to an hour apart, eight times; one that was sent when the program was killed may come twice. How many; 0:
// none is due.
base::Result<std::int64_t> deliver(db::Store& store, const core::Services& services, base::Instant now,
                                   const Send& send);

}  // namespace feature::work_item
