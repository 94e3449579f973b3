#pragma once
// Who was erased, as ids and nothing else, in the key directory and so outside the database: a copy of the
// store from before does not bring them back, because the program erases again whom it finds here.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace core {

inline constexpr std::string_view erasure_journal_name = "erasure.journal";

// On disk when it returns; written before the erasure itself, which a crash between the two does not lose.
// Error: internal "erasure.journal" {path}.
base::Result<void> journal_erasure(const std::filesystem::path& key_directory,
                                   const std::vector<std::int64_t>& persons, base::Instant now);
// Empty when nobody was erased yet. Error: as above, also for a line that is none.
base::Result<std::vector<std::int64_t>> journalled_erasures(const std::filesystem::path& key_directory);

}  // namespace core
