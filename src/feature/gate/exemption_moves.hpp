#pragma once
// Certificates of persons who have moved to another compound; private to this feature.
#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "db/store.hpp"
#include "feature/gate/exemption_record.hpp"

namespace feature::gate {

// One round; how many have moved, 0: nobody.
base::Result<std::int64_t> follow_exemptions(db::Store& store, base::Instant now);

// The beginning of the origins of work about a certificate.
std::string exemption_work(std::int64_t id);

}  // namespace feature::gate
