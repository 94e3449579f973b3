// What goes wrong during the day: clocks that are set, a program that ends, in good order or in the middle.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "sim/day_driver.hpp"

namespace sim::day {
namespace {

constexpr std::int64_t minute_ms = 60'000;

}  // namespace

// Somebody sets the clock of a phone right while records wait in it: they then say another time than they
// meant, and the office is told of the jump.
void DayDriver::set_clock(Phone& phone) {
  if (phone.clock_was_set || std::abs(phone.slow_ms) < minute_ms) return;
  phone.clock_was_set = true;
  // A fast clock that was set back makes its records look too new for a while.
  if (phone.slow_ms < 0) phone.keeps_until_ms = now_ms() - phone.slow_ms + minute_ms;
  phone.slow_ms = 2 * (&phone - phones_.data()) + 1;
}

void DayDriver::restart() {
  doing_ = "restart";
  world_.restart();
  ++counts_.restarts;
}

// A process of its own is killed while gates ask it. Nobody there heard an answer, so what it was told is
// told again to the next one: by then it may be in the ledger or not, whole and once.
void DayDriver::kill() {
  doing_ = "kill";
  std::vector<Act> acts;
  std::vector<bool> busy(compounds_.size());
  const auto longest = std::ranges::max_element(
      phones_, {}, [&](const Phone& p) { return may_upload(p) ? p.queue.size() : 0; });
  if (may_upload(*longest)) {
    acts.push_back(upload_of(static_cast<std::size_t>(longest - phones_.begin())));
    busy[static_cast<std::size_t>(longest->compound)] = true;
  }
  for (int i = 0; i < 12; ++i) {
    const auto phone = static_cast<std::size_t>(below(static_cast<int>(phones_.size())));
    const auto compound = static_cast<std::size_t>(phones_[phone].compound);
    if (offline(phones_[phone]) || busy[compound]) continue;
    acts.push_back(confirm_of(phone, crossing(phones_[phone].compound, false)));
    busy[compound] = true;
  }
  const auto delay_us = static_cast<useconds_t>(below(20'000));
  world_.stop();
  int ready[2];
  if (::pipe(ready) != 0) throw std::runtime_error("pipe");
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    try {
      world_.start();
      if (::write(ready[1], "!", 1) == 1) send(acts);
    } catch (...) {
      ::_exit(1);
    }
    for (;;) ::pause();
  }
  ::close(ready[1]);
  char said = 0;
  const bool started = ::read(ready[0], &said, 1) == 1;
  ::close(ready[0]);
  ::usleep(delay_us);
  ::kill(child, SIGKILL);
  int how = 0;
  ::waitpid(child, &how, 0);
  world_.start();
  expect(started && WIFSIGNALED(how), "the program did not start to be killed");
  for (auto& act : acts) act.perhaps_before = true;
  send(acts);
  for (auto& act : acts) judge(act);
  ++counts_.kills;
  counts_.kills_at_noon += std::abs(now_ms() - noon_ms_) < 16 * minute_ms;
}

}  // namespace sim::day
