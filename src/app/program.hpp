#pragma once
// The program put together: store, keys, endpoints. `serve` puts a server in front; tests and the
// simulation call `service().handle` directly.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/service.hpp"
#include "base/time.hpp"
#include "core/services.hpp"
#include "db/migrate.hpp"
#include "db/store.hpp"

namespace app {

inline constexpr std::string_view program_version = "0.1.0";

struct Options {
  std::filesystem::path data = "data";
  std::string database{};        // empty: <data>/shouwang.db
  std::filesystem::path keys{};  // empty: <data>-keys, beside the data and outside its backups
  std::filesystem::path web{};   // empty: the embedded pages
  std::string public_url{};
  core::ResidentFact resident_fact = core::ResidentFact::phone;
  bool demo = false;
  std::int64_t demo_people = 0;  // besides the small community
  bool backup_taken = false;
  db::Options store{};  // tuning; `database` is set from above
};

class Program {
 public:
  // Opens and migrates. Errors: those of db::Store::open, db::migrate and core::Keyring::open.
  static base::Result<std::unique_ptr<Program>> open(const Options& options, const base::Clock& clock);

  api::Service& service() { return *service_; }
  db::Store& store() { return *store_; }
  core::Services& services() { return services_; }
  const db::MigrationReport& migration() const { return migration_; }

  // Called before each answer of /metrics, to set gauges of what the program does not own.
  void set_on_metrics(std::function<void()> on_metrics) { on_metrics_ = std::move(on_metrics); }

  // A new one-time link to make the first administrator, when there is no account yet; else empty.
  base::Result<std::string> setup_link(base::Instant now);
  // A new one-time log-in link of an account; error "not_found".
  base::Result<std::string> login_link(const std::string& username, base::Instant now);

 private:
  Program() = default;
  void add_pages();

  std::unique_ptr<db::Store> store_;
  core::Services services_;
  std::unique_ptr<api::Service> service_;
  db::MigrationReport migration_;
  std::function<void()> on_metrics_;
};

std::filesystem::path keys_of(const Options& options);
std::string database_of(const Options& options);

// Where the copy before a migration goes, and that it is encrypted once there is a recovery sheet.
db::MigrateOptions migrate_options(const Options& options, db::Store& store, base::Instant now);

// The routes of all features, for the OpenAPI document and the role tests as well.
void add_routes(api::Router& router);

}  // namespace app
