#pragma once
// Whether bytes that were deleted are gone: what rows look like inside a SQLite file, and looking for it.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

// What too many others may share is no trace of anybody.
inline constexpr std::size_t trace_bytes_min = 12;

// The values of each chosen row as a SQLite file holds them one behind the other, at most the first
// `bytes_max`. `table` and `where` are the program's own words. Rows that show too little are left out. Empty
// on PostgreSQL, whose files are the server's.
std::vector<std::string> row_images(Connection& c, std::string_view table, std::string_view where,
                                    std::initializer_list<Arg> args, std::size_t bytes_max);

// How many of the needles stand somewhere in the file; 0 for a file that does not exist.
// Error: internal "store.unreadable" {path}.
base::Result<std::size_t> count_traces(const std::filesystem::path& file,
                                       const std::vector<std::string>& needles);

}  // namespace db
