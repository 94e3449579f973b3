#pragma once
// What both stores' copies share: written beside the target, synced, readable by the owner only,
// renamed into place last. A file with the target's name is therefore always whole.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

// Errors: conflict "backup.exists" {path}, internal "backup.failed" {path}, and those of `write`.
base::Result<void> make_copy(
    const std::filesystem::path& target,
    const std::function<base::Result<void>(const std::filesystem::path& part)>& write);

// Reaches the disk with the file's content, then with its name. False on an error of the system.
bool sync_file(const std::filesystem::path& file);
bool sync_directory_of(const std::filesystem::path& file);

// Findings of PRAGMA integrity_check or quick_check; empty when sound.
std::vector<std::string> sqlite_findings(Connection& connection, std::string_view check);

}  // namespace db
