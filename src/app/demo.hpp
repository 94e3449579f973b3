#pragma once
// The demonstration district: synthetic, labelled so, the same from the same seed.
#include <string>
#include <vector>

#include "app/program.hpp"

namespace app {

inline constexpr std::uint64_t demo_seed = 20200211;

// Makes the district when the store is empty; does nothing when it is there. `people` adds that many
// persons, rounded up to whole subdistricts of 43,636 households (LZ-07), two days at one gate, people who
// are looked after and a week of what households asked for.
base::Result<void> make_demo(Program& program, base::Instant now, std::int64_t people = 0,
                             std::uint64_t seed = demo_seed);

struct DemoLogin {
  std::string role, username, link;
};
// A fresh one-time log-in link for each demonstration account.
base::Result<std::vector<DemoLogin>> demo_logins(Program& program, base::Instant now);

}  // namespace app
