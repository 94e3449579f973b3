#pragma once
// A sample that was taken elsewhere of somebody who may be under control: it is the case's own sample.
#include <cstdint>
#include <optional>
#include <string>

#include "feature/control/service.hpp"

namespace feature::control {

struct Sample {
  std::int64_t person_id = 0;
  base::Day day{};
  std::string client_id{};  // of where it was written down
  std::int64_t account_id = 0;
};
// The sample's id, its result pending; nothing for who is not under control, or was not yet on that day.
std::optional<std::int64_t> note_sample(db::Scoped& q, const Sample& sample, const Ids& ids,
                                        const core::Source& source);

}  // namespace feature::control
