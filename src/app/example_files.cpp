#include <fmt/format.h>

#include "app/commands.hpp"
#include "engine/town/office_files.hpp"

namespace app {

int example_files(const std::filesystem::path& folder, int compounds, std::uint64_t seed) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto plan = engine::town::plan(seed);
  const auto today = base::civil_day(base::SystemClock().now());
  for (const auto& shape : plan.compounds) {
    if (compounds-- <= 0) break;
    auto truth =
        engine::town::write_office_files(shape, engine::town::homes(shape, seed, today), seed, folder);
    if (!truth) return failed(truth.error());
    fmt::print("{}: dwellings {}, fitted {}, households {}, persons {}, damaged documents {}\n", shape.name,
               truth->dwellings, truth->fitted_out, truth->households, truth->persons,
               truth->damaged_documents);
  }
  return 0;
}

}  // namespace app
