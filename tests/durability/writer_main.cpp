// Writes pairs from many threads until it is killed, and says on its standard output, as 8 bytes, each key
// that was acknowledged: durability_writer <database> <first key>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "durability/pairs.hpp"

int main(int count, char** words) {
  if (count != 3) return 2;
  auto store = db::Store::open({.database = words[1], .writers = durability::writer_threads});
  if (!store) return 1;
  std::atomic<std::int64_t> next = std::atoll(words[2]);
  std::vector<std::jthread> writers;
  for (int i = 0; i < durability::writer_threads; ++i)
    writers.emplace_back([&] {
      for (;;) {
        const std::int64_t key = next++;
        if (!durability::write_pair(**store, key)) continue;
        if (::write(STDOUT_FILENO, &key, sizeof key) != sizeof key) return;  // atomic on a pipe
      }
    });
}
