#pragma once
// PostgreSQL's own programs (pg_dump, pg_restore), started without a shell. The connection is told
// in their environment, so that no password stands in the process list.
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace db {

// Errors: internal "db.tool_missing" {tool}, "db.tool_failed" {tool, status}. What the program printed is
// not kept: it quotes rows.
base::Result<void> run_postgres_tool(std::string_view tool, const std::vector<std::string>& arguments,
                                     const std::string& url);
// The database name a URL names, for the tools that want it as an argument.
std::string database_of(const std::string& url);

}  // namespace db
