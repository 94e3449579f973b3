// The command line: one program, one subcommand at a time.
#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <string>

#include "app/commands.hpp"

namespace {

// What is kept and how: backup, restore and the recovery sheet, keys, and what is kept no longer.
struct Keeping {
  std::filesystem::path file{};
  app::RecoveryInput recovery{};
  bool new_sheet = false, dry_run = false, compact = false;
  CLI::App *saving = nullptr, *restoring = nullptr, *sheet = nullptr, *rotating = nullptr,
           *forgetting = nullptr;

  template <class Common>
  Keeping(CLI::App& cli, const Common& common) {
    saving = common(cli.add_subcommand("backup", "Write store and keys into one encrypted file"));
    saving->add_option("file", file, "The backup; must not exist")->required();
    restoring = common(cli.add_subcommand("restore", "Put a backup in the place of the store"));
    restoring->add_option("file", file, "The backup")->required();
    restoring->add_option("--recovery-key", recovery.code,
                          "The code on the recovery sheet; others may see it in the process list");
    restoring->add_option("--recovery-key-file", recovery.file,
                          "A file with it; without both it is read from standard input");
    auto* keys = cli.add_subcommand("keys", "The key directory");
    keys->require_subcommand(1);
    sheet = common(keys->add_subcommand("recovery", "Which recovery sheet backups need; makes the first"));
    rotating = common(keys->add_subcommand("rotate", "Sign cards with a new key; earlier cards stay good"));
    sheet->add_flag("--new", new_sheet, "Make another sheet; backups made before still need theirs");
    forgetting = common(cli.add_subcommand("retention", "Remove what the rules of retention keep no longer"));
    forgetting->add_flag("--dry-run", dry_run, "Only say what is due");
    forgetting->add_flag("--compact", compact, "Write the store anew afterwards: its file becomes smaller")
        ->excludes("--dry-run");
  }

  std::optional<int> run(const app::Options& options) const {
    if (saving->parsed()) return app::backup(options, file);
    if (restoring->parsed()) return app::restore(options, file, recovery);
    if (sheet->parsed()) return app::recovery_sheet(options, new_sheet);
    if (rotating->parsed()) return app::rotate_pass_key(options);
    if (forgetting->parsed()) return app::retention(options, dry_run, compact);
    return std::nullopt;
  }
};

void add_resident_fact(CLI::App& serving, core::ResidentFact& fact) {
  const std::map<std::string, core::ResidentFact> facts{{"phone", core::ResidentFact::phone},
                                                        {"birth", core::ResidentFact::birth},
                                                        {"either", core::ResidentFact::either}};
  serving
      .add_option(
          "--resident-fact", fact,
          "What opens a household's page besides its card's link: phone (last four digits of a number "
          "on file), birth (month and day of the head), either")
      ->transform(CLI::CheckedTransformer(facts))
      ->envname("SHOUWANG_RESIDENT_FACT");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli{"Shouwang: community outbreak control"};
  cli.set_version_flag("--version", std::string(app::program_version));
  cli.require_subcommand(1);
  cli.set_config("--config", "", "Settings file; names as on the command line");

  app::Options options;
  app::ServeOptions serve;
  // The last one wins where a script says one and its user another (./run --port 9000).
  const auto common = [&](CLI::App* sub) {
    sub->add_option("--data", options.data, "Data directory")->envname("SHOUWANG_DATA")->take_last();
    sub->add_option("--database", options.database,
                    "SQLite file or postgresql://...; default <data>/shouwang.db")
        ->envname("SHOUWANG_DATABASE")
        ->take_last();
    sub->add_option("--keys", options.keys, "Key directory; default <data>-keys")->envname("SHOUWANG_KEYS");
    return sub;
  };

  auto* serving = common(cli.add_subcommand("serve", "Serve the API and the pages"));
  serving->add_option("--address", serve.address, "Address to listen on")->envname("SHOUWANG_ADDRESS");
  serving->add_option("--port", serve.port, "Port")->envname("SHOUWANG_PORT")->take_last();
  serving->add_flag("--tls", serve.local_ca, "TLS with a local certificate authority made by the program");
  serving->add_option("--tls-name", serve.tls_names,
                      "Names and addresses of this server for its certificate");
  serving->add_option("--certificate", serve.certificate, "Own certificate chain (PEM)");
  serving->add_option("--private-key", serve.private_key, "Its private key (PEM)");
  serving->add_flag("--trust-proxy", serve.trust_proxy,
                    "A reverse proxy terminates TLS and sets X-Forwarded-*");
  serving->add_option("--public-url", options.public_url, "How phones reach this server")
      ->envname("SHOUWANG_URL");
  add_resident_fact(*serving, options.resident_fact);
  serving->add_option("--web-dir", options.web, "Serve pages from a folder instead of the embedded ones");
  serving->add_option("--workers", serve.workers, "Requests handled at once");
  serving->add_flag("--demo", options.demo, "Make a demonstration district and print log-in links");
  serving
      ->add_option("--people", options.demo_people,
                   "With --demo: so many invented persons besides, in subdistricts of 110,000")
      ->check(CLI::Range(0, 20'000'000))
      ->take_last();
  serving->add_flag("--backup-taken", options.backup_taken, "A backup exists; migrate without making one");

  std::filesystem::path file;
  std::int64_t compound = 0;
  std::string username;
  bool status_only = false;
  auto* migrating = common(cli.add_subcommand("migrate", "Bring the store to this program's schema"));
  migrating->add_flag("--status", status_only, "Only say what would be done");
  migrating->add_flag("--backup-taken", options.backup_taken, "A backup exists; migrate without making one");
  Keeping keeping(cli, common);
  auto* checking = common(cli.add_subcommand("doctor", "Check store, keys and schema"));
  auto* importing = common(cli.add_subcommand("import", "Load an office file into a compound"));
  importing->add_option("compound", compound, "Id of the compound")->required();
  importing->add_option("file", file, "xlsx or csv")->required();
  auto* linking = common(cli.add_subcommand("link", "A one-time log-in link for an account"));
  linking->add_option("username", username, "Account")->required();
  std::string folder;
  int compounds = 3;
  std::uint64_t seed = 1;
  auto* inventing =
      cli.add_subcommand("example-files", "Write office files of invented compounds, to try the import");
  inventing->add_option("folder", folder, "Where to")->required();
  inventing->add_option("--compounds", compounds, "How many")->check(CLI::Range(1, 500));
  inventing->add_option("--seed", seed, "The same seed gives the same files");
  auto* documenting = cli.add_subcommand("openapi", "Print the OpenAPI document");

  CLI11_PARSE(cli, argc, argv);
  if (serving->parsed()) return app::serve(options, serve);
  if (migrating->parsed()) return app::migrate(options, status_only);
  if (const auto done = keeping.run(options)) return *done;
  if (checking->parsed()) return app::doctor(options);
  if (importing->parsed()) return app::import_file(options, compound, file);
  if (linking->parsed()) return app::link(options, username);
  if (inventing->parsed()) return app::example_files(folder, compounds, seed);
  if (documenting->parsed()) return app::print_openapi();
  return 2;
}
