#pragma once
// What each subcommand does. Returns the exit status: 0 done, 1 failed (reason on standard error).
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/program.hpp"

namespace app {

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8480;
  bool local_ca = false;
  std::vector<std::string> tls_names{};
  std::string certificate{}, private_key{};
  bool trust_proxy = false;
  int workers = 64;
};

// Says what went wrong, by code, on standard error; returns 1.
int failed(const base::Error& error);

int serve(const Options& options, const ServeOptions& serve);
int migrate(const Options& options, bool status_only);
int backup(const Options& options, const std::filesystem::path& target);
// Where the recovery sheet's code comes from; with neither, from standard input.
struct RecoveryInput {
  std::string code{};
  std::filesystem::path file{};
};
// A backup, or the plain copy of a store that was made before a migration.
int restore(const Options& options, const std::filesystem::path& file, const RecoveryInput& recovery);
// Says which sheet backups are made for; makes and prints one when there is none, or a new one.
int recovery_sheet(const Options& options, bool make_new);
// A new key signs cards from now on; a running program takes it up within a minute.
int rotate_pass_key(const Options& options);
// Removes what the rules of retention say is due from the store's files, or only counts it; `compact` gives
// the room back to the disk, which takes as much room again for a while.
int retention(const Options& options, bool dry_run, bool compact);
int doctor(const Options& options);
int import_file(const Options& options, std::int64_t compound_id, const std::filesystem::path& file);
// Dwelling tables and rosters of invented compounds, as an office would have them, into a folder.
int example_files(const std::filesystem::path& folder, int compounds, std::uint64_t seed);
int link(const Options& options, const std::string& username);
int print_openapi();

}  // namespace app
