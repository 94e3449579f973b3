#include <chrono>
#include <fstream>

#include "feature/exchange/imports.hpp"
#include "feature/exchange/service.hpp"

namespace feature::exchange {

base::Result<ImportSummary> import_file(db::Store& store, core::Services& services, std::int64_t compound_id,
                                        const std::filesystem::path& path, base::Instant now) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad())
    return base::fail(base::ErrorKind::invalid, "import.unreadable", {{"path", path.string()}});
  const api::Request request;
  api::Principal program;
  program.scope = db::Scope::all();
  api::Context c(request, program, store, services, now, "import");
  using Steady = std::chrono::steady_clock;
  const auto started = Steady::now();
  auto kept = keep_import(c, compound_id, path.filename().string(), bytes);
  if (!kept) return tl::unexpected(std::move(kept).error());
  const auto compared = Steady::now();
  auto import = commit_import(c, kept->id.value);
  if (!import) return tl::unexpected(std::move(import).error());
  ImportSummary summary{import->id.value,
                        import->kind,
                        {{"new", import->fresh},
                         {"changed", import->changed},
                         {"doubtful", import->doubtful},
                         {"wrong", import->wrong},
                         {"duplicate", import->duplicate},
                         {"unchanged", import->unchanged}}};
  summary.counts.insert(summary.counts.end(), import->counts.begin(), import->counts.end());
  summary.compared_s = std::chrono::duration<double>(compared - started).count();
  summary.taken_over_s = std::chrono::duration<double>(Steady::now() - compared).count();
  return summary;
}

}  // namespace feature::exchange
