#pragma once
// Puts a copy made by Store::copy_to in the place of a store that nobody has open.
#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace db {

// How far the next id moves: ids given out after the copy was made stand on paper and on phones, and must
// not be given again.
inline constexpr std::int64_t restore_id_gap = 1'000'000'000;

// `database` as in Options. Either the store is replaced as a whole or it stays as it was. SQLite: the copy
// is checked, then takes the file's name. PostgreSQL: the schema `public` is replaced by pg_restore in one
// transaction; the old one is set aside meanwhile and comes back when that fails.
// Errors: "store.in_use", "restore.no_copy" {path}, "restore.damaged" {path, finding}, "restore.failed"
// {path}, and those of the tools (tool.hpp).
base::Result<void> restore(const std::string& database, const std::filesystem::path& copy_file);

}  // namespace db
