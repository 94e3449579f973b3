// What an export of a long list takes: peak resident memory before and after, time, size, and the slowest
// answer that others got meanwhile. The lines are made up as they are asked for, so the figures are the
// export's own.
//   bench_export [rows]
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "api/service.hpp"
#include "base/time.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "db/migrate.hpp"
#include "support/temporary.hpp"

namespace bench {

std::int64_t lines_wanted = 0;

struct Line {
  std::int64_t id = 0;
  std::string name{}, label{}, origin{}, source{};
  meta::Day birth_day{};
};
struct LineQuery {
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

base::Result<api::Page<Line>> lines(api::Context&, const LineQuery& in) {
  api::Page<Line> page;
  auto next = in.cursor ? std::atoll(in.cursor->c_str()) : 0;
  for (std::int64_t i = 0; i < in.limit.value_or(50) && next < lines_wanted; ++i, ++next)
    page.items.push_back({next, fmt::format("王建国{}", next % 9973),
                          fmt::format("{}-{}-{}", next % 41, next % 7, next), "湖北省咸宁市咸安区", "office",
                          base::Day{static_cast<std::int32_t>(next % 20'000)}});
  if (next < lines_wanted) page.next = std::to_string(next);
  return page;
}

}  // namespace bench

META_DESCRIBE(bench::Line, "Line", "", id, name, label, origin, source, birth_day)
META_DESCRIBE(bench::LineQuery, "LineQuery", "", limit, cursor)

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

struct Ground {
  test_support::TemporaryDirectory folder;
  base::SystemClock clock;
  std::unique_ptr<db::Store> store;
  core::Services services;
  api::Service service;

  explicit Ground(db::Options options)
      : store(open(folder, options)),
        services{core::Keyring::open(folder / "keys").value(), folder / "data", "bench", {}, false},
        service(*store, services, clock, api::Assets()) {
    core::list<lines>(service.router(), "/api/lines", api::Permission::place_read, "Lines");
    service.set_authenticate(
        [](const api::Request&, db::Store&, base::Instant) -> base::Result<api::Principal> {
          api::Principal who{.account = 1, .name = "bench", .permissions = {api::Permission::place_read}};
          who.scope = db::Scope::all();
          return who;
        });
  }
  static std::unique_ptr<db::Store> open(const test_support::TemporaryDirectory& folder,
                                         db::Options& options) {
    options.database = (folder / "bench.db").string();
    auto store = db::Store::open(options).value();
    db::migrate(*store, db::embedded_migrations(store->dialect()), {folder / "backups", false, {}}).value();
    return store;
  }
  // Bytes of the answer, read to the end and thrown away.
  std::int64_t get(const std::string& target) {
    api::Request request;
    request.target = target;
    const auto answer = service.handle(request);
    auto bytes = static_cast<std::int64_t>(answer.body.size());
    if (answer.stream)
      for (auto piece = answer.stream->next(); !piece.empty(); piece = answer.stream->next())
        bytes += static_cast<std::int64_t>(piece.size());
    return answer.status == 200 ? bytes : -answer.status;
  }
};

void measure(const std::string& format, std::int64_t rows) {
  Ground ground({});
  const auto target = "/api/lines/export?format=" + format;
  lines_wanted = 1000;
  ground.get(target);
  const auto before = peak_mb();
  lines_wanted = rows;
  std::atomic<bool> ended = false;
  double slowest_ms = 0;
  std::thread others([&] {
    while (!ended) {
      const auto from = Clock::now();
      ground.get("/api/lines?limit=50");
      slowest_ms = std::max(slowest_ms, seconds_since(from) * 1000);
    }
  });
  const auto from = Clock::now();
  const auto bytes = ground.get(target);
  const auto took = seconds_since(from);
  ended = true;
  others.join();
  fmt::print(
      "{:>4} {:>8} rows: {:6.1f} s, {:6.1f} MB, peak memory {:.0f} MB before and {:.0f} MB after, slowest "
      "other answer {:.0f} ms\n",
      format, rows, took, static_cast<double>(bytes) / 1e6, before, peak_mb(), slowest_ms);
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  const auto most = count > 1 ? std::atoll(arguments[1]) : 500'000;
  for (const std::string format : {"csv", "xlsx"})
    for (const auto rows : {most / 10, most}) {
      std::fflush(stdout);
      // Peak memory never falls, so each is measured in a process of its own.
      if (const auto child = fork(); child == 0) {
        bench::measure(format, rows);
        std::fflush(stdout);
        _exit(0);
      } else {
        waitpid(child, nullptr, 0);
      }
    }
}
