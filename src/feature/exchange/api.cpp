#include "feature/exchange/api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/exchange/file.hpp"
#include "feature/exchange/imports.hpp"
#include "feature/exchange/undo.hpp"
#include "sheet/patch.hpp"

namespace feature::exchange {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::uint64_t upload_limit_bytes = 30ull << 20;

Result<ImportStored> load(api::Context& c) {
  return c.read([&](db::Scoped& q) { return find_import(q, c.id()); });
}

// Discarded imports have no file any more.
Result<std::pair<ImportStored, Look>> load_with_file(api::Context& c) {
  auto stored = load(c);
  if (!stored) return tl::unexpected(std::move(stored).error());
  if (stored->state == State::discarded) return base::fail(ErrorKind::conflict, "import_closed");
  auto look = look_at(c, *stored);
  if (!look) return tl::unexpected(std::move(look).error());
  return std::pair{std::move(*stored), std::move(*look)};
}

Result<Import> create(api::Context& c, const NewImport& in) {
  return keep_import(c, in.compound_id, in.filename, c.request.body);
}

Result<api::Page<Import>> list(api::Context& c, const ImportQuery& in) {
  return c.read([&](db::Scoped& q) {
    const auto sql = db::ScopedSql(
        "SELECT i.id, i.compound_id, i.filename, i.state, i.overrides, i.summary, i.row_statuses, "
        "i.created_by, i.created_ms, i.committed_ms, i.done, i.total, i.stop, i.undone_ms, i.undone FROM "
        "import i JOIN place p ON p.id = i.compound_id WHERE i.compound_id = $1 AND {scope:p}");
    return api::fetch_page<Import>(
        q, sql, {in.compound_id}, in.limit, in.cursor,
        {" AND (i.created_ms, i.id) < ({arg}, {arg})", " ORDER BY i.created_ms DESC, i.id DESC LIMIT {arg}"},
        [](const db::Row& r) { return listed(meta::load<ImportStored>(r)); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(8), r.integer(0)};
        });
  });
}

Result<Import> get(api::Context& c) {
  auto stored = load(c);
  if (!stored) return tl::unexpected(std::move(stored).error());
  if (stored->state == State::discarded) return listed(*stored);
  auto look = look_at(c, *stored);
  if (look) return shown(*stored, *look);
  if (look.error().code != "import.file_lost") return tl::unexpected(std::move(look).error());
  auto import = listed(*stored);
  import.state = State::failed;
  return import;
}

Result<Import> change(api::Context& c, const ImportPatch& in) { return change_import(c, c.id(), in); }
Result<Import> commit(api::Context& c) { return commit_import(c, c.id()); }
Result<ImportProgress> progress(api::Context& c) { return progress_of(c, c.id()); }
Result<ImportProgress> stop(api::Context& c) { return stop_import(c, c.id()); }
Result<Import> undo(api::Context& c, const UndoOrder& in) { return undo_import(c, c.id(), in.reason); }
Result<void> discard(api::Context& c) { return discard_import(c, c.id()); }

std::vector<std::string> cells_of(const Look& look, int number) {
  std::vector<std::string> cells;
  if (const auto* row = look.reading.book.sheets[look.reading.analysis.layout.sheet].find(number))
    for (const auto& cell : row->cells) cells.push_back(cell.text);
  return cells;
}

// Rows with something to look at come first, then by number.
using RowOrder = std::pair<bool, int>;
std::optional<RowOrder> order_after(const std::string& cursor) {
  const auto keys = api::read_cursor(cursor, 2);
  if (!keys) return std::nullopt;
  return RowOrder{(*keys)[0] == "1", std::atoi((*keys)[1].c_str())};
}

Result<api::Page<ImportRow>> rows(api::Context& c, const RowQuery& in) {
  auto loaded = load_with_file(c);
  if (!loaded) return tl::unexpected(std::move(loaded).error());
  const auto& look = loaded->second;
  std::optional<RowOrder> after;
  if (in.cursor && !(after = order_after(*in.cursor))) return base::fail_field("/cursor", "not_a_cursor");
  std::vector<std::pair<RowOrder, std::size_t>> wanted;
  for (std::size_t i = 0; i < look.verdicts.size(); ++i) {
    const RowOrder order{look.verdicts[i].issues.empty(), look.reading.row(i).row};
    if ((!in.status || look.verdicts[i].status == *in.status) && (!after || order > *after))
      wanted.emplace_back(order, i);
  }
  std::ranges::sort(wanted);
  api::Page<ImportRow> page;
  const auto limit = static_cast<std::size_t>(in.limit ? in.limit->value : api::default_page);
  for (std::size_t k = 0; k < std::min(limit, wanted.size()); ++k) {
    const auto& verdict = look.verdicts[wanted[k].second];
    const int number = wanted[k].first.second;
    ImportRow row{number, verdict.status, cells_of(look, number), {}};
    for (const auto& issue : verdict.issues) row.issues.push_back(shown(issue));
    page.items.push_back(std::move(row));
  }
  if (wanted.size() > limit) {
    const auto& last = wanted[limit - 1].first;
    page.next = api::make_cursor({last.first ? "1" : "0", std::to_string(last.second)});
  }
  return page;
}

std::string note_of(const Verdict& verdict, std::string_view language) {
  std::string note;
  for (const auto& issue : verdict.issues)
    note +=
        (note.empty() ? "" : "; ") + core::words(language, "issue." + plain_code(issue.code), issue.params);
  const bool left_out = verdict.status == RowStatus::wrong || verdict.status == RowStatus::doubtful ||
                        verdict.status == RowStatus::duplicate;
  return left_out ? core::words(language, "import.left_out", {{"text", note}}) : note;
}

std::string attachment(const std::string& filename) {
  const auto dot = filename.rfind('.');
  const auto stem = filename.substr(0, dot == 0 ? std::string::npos : dot);
  return fmt::format("attachment; filename=\"import.xlsx\"; filename*=UTF-8''{}.xlsx",
                     api::percent_encode(stem));
}

// The same workbook with its problems beside the bad cells: mended there, it is sent again.
Result<api::Response> workbook(api::Context& c, const WorkbookQuery& in) {
  auto loaded = load_with_file(c);
  if (!loaded) return tl::unexpected(std::move(loaded).error());
  const auto& [stored, look] = *loaded;
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  const auto& layout = look.reading.analysis.layout;
  sheet::SheetPatch patch{look.reading.book.sheets[layout.sheet].name, {}, layout.header_row, {}};
  for (std::size_t i = 0; i < look.verdicts.size(); ++i) {
    const auto& verdict = look.verdicts[i];
    const int number = look.reading.row(i).row;
    if (!verdict.issues.empty()) patch.notes.push_back({number, note_of(verdict, language)});
    for (const auto& issue : verdict.issues)
      if (issue.column >= 0) patch.cells.push_back({number, issue.column, {}, true});
  }
  auto bytes = kept_file(c.services, stored.id.value);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  auto patched = sheet::patch(*bytes, {patch});
  if (!patched) return tl::unexpected(std::move(patched).error());
  auto audited = c.write([&](db::Scoped& q) -> Result<void> {
    core::audit(q, c, {"import.workbook", "import", stored.id.value, stored.compound_id});
    return {};
  });
  if (!audited) return tl::unexpected(std::move(audited).error());
  api::Response response;
  response.set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  response.set("Content-Disposition", attachment(stored.filename));
  response.body = std::move(*patched);
  return response;
}

}  // namespace

void routes(api::Router& r) {
  r.upload<NewImport, Import>("/api/imports", Permission::import_write, "Upload a workbook or CSV file",
                              upload_limit_bytes, create);
  r.get<ImportQuery, api::Page<Import>>("/api/imports", Permission::import_write,
                                        "Imports of a compound, newest first", list);
  r.get<Import>("/api/imports/{id}", Permission::import_write, "How a file is read and what it would do",
                get);
  r.patch<ImportPatch, Import>("/api/imports/{id}", Permission::import_write, "Say how a file is to be read",
                               change);
  r.get<RowQuery, api::Page<ImportRow>>("/api/imports/{id}/rows", Permission::import_write,
                                        "Rows of a file, those with problems first", rows);
  r.get<WorkbookQuery, api::Response>("/api/imports/{id}/workbook", Permission::import_write,
                                      "The file with its problems written beside the bad cells", workbook)
      .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  r.post<Import>("/api/imports/{id}/commit", Permission::import_write, "Take the file over", commit);
  r.get<ImportProgress>("/api/imports/{id}/progress", Permission::import_write,
                        "How far a commit or an undo has come", progress);
  r.post<ImportProgress>("/api/imports/{id}/stop", Permission::import_write,
                         "Stop a commit after the part being written", stop);
  r.post<UndoOrder, Import>("/api/imports/{id}/undo", Permission::import_write,
                            "Take a whole import back, but for what was changed or used since", undo);
  r.remove<void>("/api/imports/{id}", Permission::import_write, "Discard an import and its file", discard);
}

}  // namespace feature::exchange
