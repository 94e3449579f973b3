#pragma once
// Taking a file over without a page: the command line and the demonstration.
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/services.hpp"
#include "db/store.hpp"
#include "feature/exchange/record.hpp"

namespace feature::exchange {

struct ImportSummary {
  std::int64_t import_id = 0;
  Kind kind = Kind::unknown;
  std::vector<Count>
      counts{};  // rows by status ("new", "changed", ...), then what the file holds ("persons", ...)
};

// Reads and commits one file into a compound. Errors: "not_found" for the compound, "import.unreadable"
// {path}, those of sheet/read.hpp and engine/intake/analyse.hpp, db.*.
base::Result<ImportSummary> import_file(db::Store& store, core::Services& services, std::int64_t compound_id,
                                        const std::filesystem::path& path, base::Instant now);

}  // namespace feature::exchange
