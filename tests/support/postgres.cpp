#include "support/postgres.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace test_support {
namespace {

namespace fs = std::filesystem;

const fs::path server_programs = "/usr/lib/postgresql/15/bin";
constexpr const char* role = "shouwang";

// PostgreSQL refuses to run as root; the account it runs as then, null when we are nobody special.
const passwd* unprivileged() {
  if (::geteuid() != 0) return nullptr;
  if (const passwd* account = ::getpwnam("postgres")) return account;
  return ::getpwnam("nobody");
}

std::string with_database(const std::string& url, const std::string& database) {
  const auto authority = url.find("://") + 3;
  const auto query = std::min(url.find('?', authority), url.size());
  const auto path = std::min(url.find('/', authority), query);
  return url.substr(0, path) + "/" + database + url.substr(query);
}

void administer(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  const std::string message = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (!done) throw std::runtime_error(sql + ": " + message);
}

}  // namespace

bool PostgresCluster::installed() {
  return std::getenv("SHOUWANG_TEST_POSTGRES") != nullptr || fs::exists(server_programs / "initdb");
}

PostgresCluster& PostgresCluster::shared() {
  static const std::unique_ptr<PostgresCluster> cluster = [] {
    if (const char* url = std::getenv("SHOUWANG_TEST_POSTGRES"))
      return std::unique_ptr<PostgresCluster>(new PostgresCluster(std::string(url)));
    return std::make_unique<PostgresCluster>(Sync::off);
  }();
  return *cluster;
}

PostgresCluster::PostgresCluster(Sync sync)
    : directory_(std::make_unique<TemporaryDirectory>()), sync_(sync == Sync::on) {
  if (const passwd* account = unprivileged();
      account != nullptr && ::chown(directory_->path().c_str(), account->pw_uid, account->pw_gid) != 0)
    throw std::runtime_error("chown");
  const pid_t made = spawn({server_programs / "initdb", "-D", *directory_ / "data", "-U", role, "-A", "trust",
                            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"});
  int status = 0;
  ::waitpid(made, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed");
  start();
}

PostgresCluster::~PostgresCluster() {
  if (server_ > 0) crash();
  if (external_url_.empty()) return;
  try {
    for (const std::string& name : spare_databases_) administer(url("postgres"), "DROP DATABASE " + name);
  } catch (const std::exception&) {
    // A server that went away first has nothing left to drop.
  }
}

// A server outlives no test program, however that one ends.
pid_t PostgresCluster::spawn(const std::vector<std::string>& command) const {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const passwd* account = unprivileged();
  const std::string log = *directory_ / "log";
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (account != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(account->pw_gid) != 0 || ::setuid(account->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (::chdir("/") == 0) ::execv(words[0], words.data());
  ::_exit(127);
}

void PostgresCluster::start() {
  server_ =
      spawn({server_programs / "postgres", "-D", *directory_ / "data", "-k", directory_->path(), "-h", "",
             "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", sync_ ? "fsync=on" : "fsync=off",
             "-c", sync_ ? "full_page_writes=on" : "full_page_writes=off"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(url("postgres").c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > deadline || ::waitpid(server_, nullptr, WNOHANG) != 0)
      throw std::runtime_error("PostgreSQL did not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PostgresCluster::crash() {
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

std::string PostgresCluster::url(const std::string& database) const {
  if (!external_url_.empty()) return with_database(external_url_, database);
  return fmt::format("postgresql:///{}?host={}&user={}", database, directory_->path().string(), role);
}

std::string PostgresCluster::take_database() {
  if (!spare_databases_.empty()) {
    std::string name = std::move(spare_databases_.back());
    spare_databases_.pop_back();
    return name;
  }
  std::string name = fmt::format("test_{}_{}", ::getpid(), ++databases_);
  administer(url("postgres"), "CREATE DATABASE " + name + " STRATEGY file_copy");
  return name;
}

void PostgresCluster::give_back_database(const std::string& name) noexcept {
  try {
    administer(url(name),
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
               " WHERE datname = current_database() AND pid <> pg_backend_pid();"
               "DROP SCHEMA IF EXISTS public, before_restore CASCADE; CREATE SCHEMA public");
    spare_databases_.push_back(name);
  } catch (const std::exception&) {
    // Its cluster was crashed by the test and goes away as a whole.
  }
}

PostgresDatabase::PostgresDatabase(PostgresCluster& cluster)
    : cluster_(cluster), name_(cluster.take_database()), url_(cluster.url(name_)) {}

PostgresDatabase::~PostgresDatabase() { cluster_.give_back_database(name_); }

}  // namespace test_support
