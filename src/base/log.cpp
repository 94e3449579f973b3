#include "base/log.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <mutex>

#include "base/time.hpp"

namespace base::log {
namespace {

std::atomic<Level> lowest_level{Level::info};
constexpr std::string_view level_names[] = {"debug", "info", "warn", "error"};

void quote(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", c);
    else
      out += c;
  }
  out += '"';
}

}  // namespace

void set_level(Level lowest) { lowest_level = lowest; }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < lowest_level) return;
  std::string line = fmt::format(R"({{"at":"{}","level":"{}","event":"{}")", to_iso(SystemClock{}.now()),
                                 level_names[static_cast<int>(level)], event);
  for (const auto& f : fields) {
    line += ',';
    quote(f.name, line);
    line += ':';
    std::visit(
        [&](const auto& v) {
          using V = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<V, std::string>)
            quote(v, line);
          else
            line += fmt::format("{}", v);
        },
        f.value);
  }
  line += "}\n";
  // One call per line, so that lines of several threads do not mix.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace base::log
