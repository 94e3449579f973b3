#include "db/tool.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace db {
namespace {

namespace fs = std::filesystem;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ConnectionInfo = std::unique_ptr<PQconninfoOption, FreeOptions>;

ConnectionInfo parse(const std::string& url) { return ConnectionInfo(PQconninfoParse(url.c_str(), nullptr)); }

std::vector<std::string> environment_for(const std::string& url) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  const ConnectionInfo info = parse(url);
  for (const PQconninfoOption* option = info.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->val == nullptr || option->envvar == nullptr) continue;
    const std::string name = std::string(option->envvar) + "=";
    std::erase_if(variables, [&](const std::string& variable) { return variable.starts_with(name); });
    variables.push_back(name + option->val);
  }
  return variables;
}

// The newest server version's own program: a wrapper in PATH may pick another cluster's.
std::string program(std::string_view tool) {
  int newest = 0;
  std::string found(tool);
  std::error_code error;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const fs::path candidate = version.path() / "bin" / tool;
    const int number = std::atoi(version.path().filename().c_str());
    if (number > newest && fs::exists(candidate, error)) {
      newest = number;
      found = candidate;
    }
  }
  return found;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

base::Result<void> run_postgres_tool(std::string_view tool, const std::vector<std::string>& arguments,
                                     const std::string& url) {
  std::vector<std::string> words{program(tool)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_for(url);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  const int started = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                     pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (started != 0)
    return base::fail(base::ErrorKind::internal, "db.tool_missing", {{"tool", std::string(tool)}});
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return {};
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return base::fail(base::ErrorKind::internal, "db.tool_failed",
                    {{"tool", std::string(tool)}, {"status", std::to_string(code)}});
}

std::string database_of(const std::string& url) {
  const ConnectionInfo info = parse(url);
  for (const PQconninfoOption* option = info.get(); option != nullptr && option->keyword != nullptr; ++option)
    if (std::string_view(option->keyword) == "dbname" && option->val != nullptr) return option->val;
  return {};
}

}  // namespace db
