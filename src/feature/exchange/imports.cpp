#include "feature/exchange/imports.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/log.hpp"
#include "core/services.hpp"
#include "feature/exchange/file.hpp"
#include "feature/exchange/forms.hpp"
#include "feature/exchange/service.hpp"
#include "feature/meter/service.hpp"
#include "feature/people/service.hpp"
#include "feature/place/service.hpp"

namespace feature::exchange {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::string_view status_letters = "ncdwru";  // in the order of RowStatus

std::string letters_of(const std::vector<Verdict>& verdicts) {
  std::string letters;
  for (const auto& v : verdicts) letters += status_letters[static_cast<std::size_t>(v.status)];
  return letters;
}

core::Source source_of(const api::Context& c, std::int64_t import_id) {
  auto source = core::source_of(c, "import");
  if (!c.who.signed_in()) source.actor = "program";
  source.import_id = import_id;
  return source;
}

Result<Look> look_at_bytes(api::Context& c, const ImportStored& stored, std::string_view bytes) {
  auto said = meta::from_json<ImportPatch>(stored.overrides.text);
  if (!said) return tl::unexpected(std::move(said).error());
  return c.read([&](db::Scoped& q) -> Result<Look> {
    auto ground = load_ground(q, stored.compound_id);
    if (!ground) return tl::unexpected(std::move(ground).error());
    auto reading = read_file(bytes, *said, *ground, base::civil_day(stored.created));
    if (!reading) return tl::unexpected(std::move(reading).error());
    Look look{std::move(*ground), std::move(*reading), {}};
    Rows all(look.reading.rows());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    if (!all.empty())
      look.verdicts =
          take_over(q, {look.reading, look.ground, c.services.keys, stored.id.value}, all, nullptr);
    // Once promised, a row is what the plan says of it, whatever has been written since.
    if (stored.row_statuses.size() == look.verdicts.size())
      for (std::size_t i = 0; i < look.verdicts.size(); ++i)
        look.verdicts[i].status = static_cast<RowStatus>(status_letters.find(stored.row_statuses[i]));
    return look;
  });
}

void count_rows(const std::vector<Verdict>& verdicts, Import& import) {
  const auto count = [&](RowStatus status) {
    std::int64_t rows = 0;
    for (const auto& v : verdicts) rows += v.status == status;
    return rows;
  };
  import.fresh = count(RowStatus::fresh);
  import.changed = count(RowStatus::changed);
  import.doubtful = count(RowStatus::doubtful);
  import.wrong = count(RowStatus::wrong);
  import.duplicate = count(RowStatus::duplicate);
  import.unchanged = count(RowStatus::unchanged);
}

// Counts and codes only: cells of the file do not stand in the store unsealed.
meta::Json summary_of(Import import) {
  import.columns.clear();
  import.sheets.clear();
  import.issues.clear();
  return {meta::to_json(import)};
}

Result<void> load_open(db::Scoped& q, std::int64_t id, ImportStored& stored) {
  auto found = find_import(q, id);
  if (!found) return tl::unexpected(std::move(found).error());
  stored = std::move(*found);
  if (stored.state != State::analysed) return base::fail(ErrorKind::conflict, "import_closed");
  return {};
}

// A new sheet or header has other columns, another kind other fields: what was said of them falls away.
ImportPatch merged(ImportPatch said, const ImportPatch& in) {
  if (in.sheet && (!said.sheet || said.sheet->value != in.sheet->value)) said.header_row.reset();
  if (in.sheet || in.header_row || in.kind) said.mapping.reset();
  if (in.sheet) said.sheet = in.sheet;
  if (in.header_row) said.header_row = in.header_row;
  if (in.kind) said.kind = in.kind;
  if (said.kind == Kind::unknown) said.kind.reset();
  if (in.mapping) said.mapping = in.mapping;
  return said;
}

base::Problems check_mapping(const ImportPatch& in) {
  base::Problems problems;
  if (!in.mapping) return problems;
  for (std::size_t i = 0; i < in.mapping->size(); ++i)
    if (const auto& field = (*in.mapping)[i].field; field && !intake::field_named(*field))
      problems.push_back({fmt::format("/mapping/{}/field", i), "not_allowed"});
  return problems;
}

std::string_view change_kind(const Reading& reading) {
  const auto kind = reading.analysis.layout.kind;
  return kind == intake::Kind::dwelling_table || kind == intake::Kind::meters ? "place" : "household";
}

// The plan is stored before anything is written, so that what is promised is what is done.
Result<void> promise(api::Context& c, ImportStored& stored, const Look& look) {
  const auto letters = letters_of(look.verdicts);
  const auto summary = summary_of(shown(stored, look));
  const auto form_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<void> {
    ImportStored before;
    if (auto open = load_open(q, stored.id.value, before); !open) return open;
    auto after = before;
    after.state = State::committing;
    after.row_statuses = letters;
    after.summary = summary;
    remember_form(q, c, look, after.overrides, form_id);
    core::update(q, before, after, source_of(c, stored.id.value));
    stored = after;
    return {};
  });
}

// False: somebody stopped it.
Result<bool> write_part(api::Context& c, const ImportStored& stored, const Look& look, const Rows& rows) {
  const std::function<bool(std::size_t)> wanted = [&](std::size_t row) {
    return look.verdicts[row].status == RowStatus::fresh || look.verdicts[row].status == RowStatus::changed;
  };
  bool any = false;  // a doubtful row leaves its contradictions
  for (const auto row : rows) any = any || wanted(row) || look.verdicts[row].status == RowStatus::doubtful;
  std::vector<std::int64_t> ids(any ? ids_needed(look.reading, rows) : 0);
  for (auto& id : ids) id = c.store.next_id();
  const auto source = source_of(c, stored.id.value);
  const Job job{look.reading, look.ground, c.services.keys, stored.id.value};
  return c.write(
      [&](db::Scoped& q) -> Result<bool> {
        // Only while nobody has stopped it or begun to take it back.
        const auto goes_on = q.unscoped().run(
            "UPDATE import SET done = done + $2 WHERE id = $1 AND state = 'committing' AND stop = 0",
            {stored.id, static_cast<std::int64_t>(rows.size())});
        if (goes_on == 0) return false;
        if (!any) return true;
        // Two imports of one compound take turns.
        q.unscoped().run("UPDATE place SET version = version + 1 WHERE id = $1", {stored.compound_id});
        Writing writing(ids, source, wanted);
        take_over(q, job, rows, &writing);
        core::note_change(q, change_kind(look.reading), stored.compound_id, stored.compound_id, c.now);
        return true;
      },
      db::Priority::resumable);
}

Result<void> begin_run(api::Context& c, const ImportStored& stored, std::size_t rows) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run(
        "UPDATE import SET done = 0, total = $2, stop = 0 WHERE id = $1 AND state = 'committing'",
        {stored.id, static_cast<std::int64_t>(rows)});
    return {};
  });
}

Result<void> finish(api::Context& c, ImportStored& stored) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    auto before = find_import(q, stored.id.value);
    if (!before) return tl::unexpected(std::move(before).error());
    stored = *before;
    if (stored.state == State::committed) return {};
    if (stored.state != State::committing) return base::fail(ErrorKind::conflict, "import_closed");
    stored.state = State::committed;
    stored.committed = c.now;
    const auto import = listed(stored);
    core::update(q, *before, stored, source_of(c, stored.id.value));
    core::audit(q, c,
                {"import.commit", "import", stored.id.value, stored.compound_id,
                 fmt::format("new={} changed={} doubtful={} wrong={}", import.fresh, import.changed,
                             import.doubtful, import.wrong)});
    core::note_change(q, "import", stored.compound_id, stored.id.value, c.now);
    return {};
  });
}

void tell_state(const ImportStored& stored, Import& import) {
  import.id = stored.id;
  import.compound_id = stored.compound_id;
  import.filename = stored.filename;
  import.state = stored.state == State::committing ? State::analysed
                 : stored.state == State::undoing  ? State::committed
                                                   : stored.state;
  import.created = stored.created;
  import.committed = stored.committed;
  import.done = stored.done;
  import.total = stored.total;
  import.stopped = stored.state == State::committing;
  import.undone = stored.undone;
  if (stored.undone) import.undo = meta::from_json<Undone>(stored.undo.text).value_or(Undone{});
}

}  // namespace

Result<ImportStored> find_import(db::Scoped& q, std::int64_t id) {
  std::optional<ImportStored> found;
  q.one(
      "SELECT i.id, i.compound_id, i.filename, i.state, i.overrides, i.summary, i.row_statuses, "
      "i.created_by, i.created_ms, i.committed_ms, i.done, i.total, i.stop, i.undone_ms, i.undone FROM "
      "import i JOIN place p ON p.id = i.compound_id WHERE i.id = $1 AND {scope:p}",
      {id}, [&](const db::Row& r) { found = meta::load<ImportStored>(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return std::move(*found);
}

Result<Look> look_at(api::Context& c, const ImportStored& stored) {
  auto bytes = kept_file(c.services, stored.id.value);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  return look_at_bytes(c, stored, *bytes);
}

Import listed(const ImportStored& stored) {
  auto import = meta::from_json<Import>(stored.summary.text).value_or(Import{});
  tell_state(stored, import);
  return import;
}

Import shown(const ImportStored& stored, const Look& look) {
  Import import;
  describe(look.reading, import);
  count_rows(look.verdicts, import);
  if (stored.state != State::analysed) {  // as it was when it was promised
    const auto promised = listed(stored);
    import.counts = promised.counts;
  }
  tell_state(stored, import);
  return import;
}

Result<Import> keep_import(api::Context& c, std::int64_t compound_id, std::string_view filename,
                           std::string_view bytes) {
  ImportStored stored;
  stored.id = c.new_id<ImportStored>();
  stored.compound_id = compound_id;
  stored.filename = filename;
  stored.created_by = c.who.account;
  stored.created = c.now;
  auto look = look_at_bytes(c, stored, bytes);
  if (!look) return tl::unexpected(std::move(look).error());
  auto said = c.read([&](db::Scoped& q) -> Result<std::optional<ImportPatch>> {
    return remembered_form(q, look->reading.book, compound_id, c.services.keys);
  });
  if (!said) return tl::unexpected(std::move(said).error());
  if (*said) {
    stored.overrides.text = meta::to_json(**said);
    look = look_at_bytes(c, stored, bytes);
    if (!look) return tl::unexpected(std::move(look).error());
  }
  auto import = shown(stored, *look);
  import.remembered = said->has_value();
  stored.summary = summary_of(import);
  if (auto kept = keep_file(c.services, stored.id.value, bytes); !kept)
    return tl::unexpected(std::move(kept).error());
  auto written = c.write([&](db::Scoped& q) -> Result<void> {
    if (!place::find_compound(q, compound_id)) return base::fail(ErrorKind::not_found, "not_found");
    core::insert(q, stored, source_of(c, stored.id.value));
    core::audit(q, c, {"import.create", "import", stored.id.value, compound_id});
    core::note_change(q, "import", compound_id, stored.id.value, c.now);
    return {};
  });
  if (written) return import;
  drop_file(c.services, stored.id.value);
  return tl::unexpected(std::move(written).error());
}

Result<Import> change_import(api::Context& c, std::int64_t id, const ImportPatch& in) {
  if (auto problems = check_mapping(in); !problems.empty()) return base::fail(std::move(problems));
  ImportStored stored;
  auto open = c.read([&](db::Scoped& q) { return load_open(q, id, stored); });
  if (!open) return tl::unexpected(std::move(open).error());
  const auto said = meta::from_json<ImportPatch>(stored.overrides.text).value_or(ImportPatch{});
  stored.overrides = {meta::to_json(merged(said, in))};
  auto look = look_at(c, stored);
  if (!look) return tl::unexpected(std::move(look).error());
  if (look->reading.problem && look->reading.problem->code == "intake.no_such_sheet")
    return base::fail_field("/sheet", "out_of_range");
  const auto import = shown(stored, *look);
  stored.summary = summary_of(import);
  auto written = c.write([&](db::Scoped& q) -> Result<void> {
    ImportStored before;
    if (auto still = load_open(q, id, before); !still) return still;
    core::update(q, before, stored, source_of(c, id));
    core::note_change(q, "import", stored.compound_id, id, c.now);
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return import;
}

Result<Import> commit_import(api::Context& c, std::int64_t id) {
  const auto started = std::chrono::steady_clock::now();
  auto found = c.read([&](db::Scoped& q) { return find_import(q, id); });
  if (!found) return tl::unexpected(std::move(found).error());
  auto stored = std::move(*found);
  const bool open = stored.state == State::analysed || stored.state == State::committing;
  if (!open && stored.state != State::committed) return base::fail(ErrorKind::conflict, "import_closed");
  auto look = look_at(c, stored);
  if (!look) return tl::unexpected(std::move(look).error());
  if (stored.state == State::committed) return shown(stored, *look);
  if (look->reading.problem) return base::fail(*look->reading.problem);
  if (stored.state == State::analysed)
    if (auto promised = promise(c, stored, *look); !promised)
      return tl::unexpected(std::move(promised).error());
  if (auto begun = begin_run(c, stored, look->reading.rows()); !begun)
    return tl::unexpected(std::move(begun).error());
  bool goes_on = true;
  for (const auto& rows : parts_of(look->reading, part_rows)) {
    auto written = write_part(c, stored, *look, rows);
    if (!written) {
      (void)people::order_words(c.store, id);  // who is in is found; else the next start tries again
      return tl::unexpected(std::move(written).error());
    }
    goes_on = *written;
    if (!goes_on) break;
  }
  if (auto ordered = people::order_words(c.store, id); !ordered)
    return tl::unexpected(std::move(ordered).error());
  if (!goes_on) {
    auto now = c.read([&](db::Scoped& q) { return find_import(q, id); });
    if (!now) return tl::unexpected(std::move(now).error());
    return shown(*now, *look);
  }
  if (look->reading.analysis.layout.kind == intake::Kind::meters)
    if (auto estimated = meter::estimate_compound(c, stored.compound_id); !estimated)
      return tl::unexpected(std::move(estimated).error());
  if (auto finished = finish(c, stored); !finished) return tl::unexpected(std::move(finished).error());
  const auto took = std::chrono::steady_clock::now() - started;
  base::log::info("import.committed",
                  {{"import", id},
                   {"rows", look->reading.rows()},
                   {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
  return shown(stored, *look);
}

Result<void> finish_words(db::Store& store) {
  auto broken = store.read([](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    c.run("SELECT id FROM import WHERE state IN ('committing', 'undoing')", {},
          [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    return ids;
  });
  if (!broken) return tl::unexpected(std::move(broken).error());
  for (const auto id : *broken)
    if (auto ordered = people::order_words(store, id); !ordered) return ordered;
  return {};
}

Result<ImportProgress> progress_of(api::Context& c, std::int64_t id) {
  auto stored = c.read([&](db::Scoped& q) { return find_import(q, id); });
  if (!stored) return tl::unexpected(std::move(stored).error());
  return ImportProgress{stored->state, stored->done, stored->total, stored->stop};
}

Result<ImportProgress> stop_import(api::Context& c, std::int64_t id) {
  auto stopped = c.write([&](db::Scoped& q) -> Result<void> {
    auto stored = find_import(q, id);
    if (!stored) return tl::unexpected(std::move(stored).error());
    if (stored->state != State::committing) return base::fail(ErrorKind::conflict, "import_not_running");
    q.unscoped().run("UPDATE import SET stop = 1 WHERE id = $1", {id});
    core::audit(q, c, {"import.stop", "import", id, stored->compound_id});
    return {};
  });
  if (!stopped) return tl::unexpected(std::move(stopped).error());
  return progress_of(c, id);
}

Result<void> discard_import(api::Context& c, std::int64_t id) {
  auto written = c.write([&](db::Scoped& q) -> Result<void> {
    auto before = find_import(q, id);
    if (!before) return tl::unexpected(std::move(before).error());
    if (before->state == State::discarded) return {};  // its file may still be there
    if (before->state != State::analysed && before->state != State::failed)
      return base::fail(ErrorKind::conflict, "import_closed");
    auto after = *before;
    after.state = State::discarded;
    core::update(q, *before, after, source_of(c, id));
    core::audit(q, c, {"import.discard", "import", id, after.compound_id});
    core::note_change(q, "import", after.compound_id, id, c.now);
    return {};
  });
  if (written) drop_file(c.services, id);
  return written;
}

}  // namespace feature::exchange
