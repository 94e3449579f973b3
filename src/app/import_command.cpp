#include <fmt/format.h>

#include "app/commands.hpp"
#include "feature/exchange/service.hpp"

namespace app {

int import_file(const Options& options, std::int64_t compound_id, const std::filesystem::path& file) {
  const base::SystemClock clock;
  auto program = Program::open(options, clock);
  if (!program) return failed(program.error());
  auto summary = feature::exchange::import_file((*program)->store(), (*program)->services(), compound_id,
                                                file, clock.now());
  if (!summary) return failed(summary.error());
  for (const auto& count : summary->counts) fmt::print("{} {}\n", count.code, count.count);
  fmt::print("compared in {:.1f} s, taken over in {:.1f} s\n", summary->compared_s, summary->taken_over_s);
  return 0;
}

}  // namespace app
