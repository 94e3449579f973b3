#pragma once
// A program that writes until it is killed, and says on its standard output what was acknowledged.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

namespace durability {

class Child {
 public:
  explicit Child(std::vector<std::string> command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int started = ::posix_spawn(&process_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    acknowledgements_ = ends[0];
    if (started != 0) throw std::runtime_error(command[0] + " does not start");
  }
  ~Child() {
    if (process_ > 0) kill();
    ::close(acknowledgements_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // What was acknowledged next, written in one piece; false at the end of the program.
  template <class T>
  bool next(T& said) {
    return ::read(acknowledgements_, &said, sizeof said) == sizeof said;
  }
  void kill() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
  int acknowledgements_ = -1;
};

}  // namespace durability
