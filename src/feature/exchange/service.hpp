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
  double compared_s = 0, taken_over_s = 0;  // how long both steps took
};

// Reads and commits one file into a compound. Errors: "not_found" for the compound, "import.unreadable"
// {path}, those of sheet/read.hpp and engine/intake/analyse.hpp, db.*.
base::Result<ImportSummary> import_file(db::Store& store, core::Services& services, std::int64_t compound_id,
                                        const std::filesystem::path& path, base::Instant now);

// A crash may have left persons whom no word finds yet: the program sees to them when it opens its store.
base::Result<void> finish_words(db::Store& store);

// Imports whose kept file may hold these persons (a JSON array of ids): those they came from, and those of
// their compounds that are still open.
std::vector<std::int64_t> files_of(db::Connection& c, const std::string& persons);
// The same, and the open ones are discarded; the files go once this is committed.
std::vector<std::int64_t> close_files_of(db::Connection& c, const std::string& persons);
void drop_files(const core::Services& services, const std::vector<std::int64_t>& imports);
bool has_file(const core::Services& services, std::int64_t import_id);

}  // namespace feature::exchange
