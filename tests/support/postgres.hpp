#pragma once
// PostgreSQL for tests: a private cluster on a unix socket in a temporary directory, one per test
// program, stopped and removed at its end; or the server named by SHOUWANG_TEST_POSTGRES
// (postgresql://... of a role that may create databases).
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/temporary.hpp"

namespace test_support {

class PostgresCluster {
 public:
  enum class Sync { off, on };  // off loses data at a power cut, which most tests do not make

  static bool installed();  // or named by the environment
  // The one all tests of this program share.
  static PostgresCluster& shared();

  // Throws std::runtime_error when the server does not start.
  explicit PostgresCluster(Sync sync);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // "postgresql:///<name>?host=..." on this cluster
  std::string url(const std::string& database) const;
  void crash();  // immediate shutdown: nothing is flushed, the next start() recovers from the log
  void start();

  // An empty database's name; one given back is emptied and used again, which is much faster than a new one.
  std::string take_database();
  void give_back_database(const std::string& name) noexcept;

 private:
  explicit PostgresCluster(std::string external_url) : external_url_(std::move(external_url)) {}
  pid_t spawn(const std::vector<std::string>& command) const;

  std::string external_url_{};
  std::unique_ptr<TemporaryDirectory> directory_{};
  bool sync_ = false;
  pid_t server_ = -1;
  std::vector<std::string> spare_databases_{};
  int databases_ = 0;
};

// An empty database of the shared or a given cluster, given back with the object.
class PostgresDatabase {
 public:
  PostgresDatabase() : PostgresDatabase(PostgresCluster::shared()) {}
  explicit PostgresDatabase(PostgresCluster& cluster);
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  const std::string& url() const { return url_; }

 private:
  PostgresCluster& cluster_;
  std::string name_;
  std::string url_;
};

}  // namespace test_support
