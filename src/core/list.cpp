#include "core/list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "core/words.hpp"

namespace core {
namespace {

bool is_number(const meta::TypeOps* ops) { return ops == &meta::int64_ops || ops == &meta::int_ops; }

const meta::TypeOps* value_ops(const meta::Field& f) { return f.ops->inner ? f.ops->inner : f.ops; }

bool left_out(const meta::Field& f) {
  return !f.attrs.shown || !f.attrs.exported || f.name == "id" || f.name.ends_with("_id");
}

void collect(const meta::Record& record, std::vector<const meta::Field*>& path, bool ids,
             std::vector<ExportColumn>& out) {
  for (const auto& f : record.fields) {
    if (!f.attrs.shown || (!ids && left_out(f))) continue;
    path.push_back(&f);
    if (f.ops->record)
      collect(f.ops->record(), path, ids, out);
    else if (!value_ops(f)->record && !f.ops->of_records)
      out.push_back({std::string(f.name), record.name, path});
    path.pop_back();
  }
}

// Where a column's name is not that of its words.
struct Vocabulary {
  std::string_view record, column, words;
};
constexpr Vocabulary vocabularies[] = {{"Pass", "state", "card_state"},
                                       {"HouseholdRow", "pass_state", "card_state"},
                                       {"Guest", "state", "guest_state"},
                                       {"Person", "flags", "person_flag"},
                                       {"Organisation", "kind", "organisation_kind"},
                                       {"OrganisationBond", "bond", "bond_kind"},
                                       {"StaffFile", "skills", "skill"},
                                       {"Team", "kind", "team_kind"},
                                       {"TeamMember", "role", "team_role"},
                                       {"OrganisationDocument", "kind", "paper_kind"},
                                       {"OrganisationDocument", "state", "paper_state"},
                                       {"LackingDocument", "kind", "paper_kind"},
                                       {"PassQuery", "state", "card_state"},
                                       {"GuestQuery", "state", "guest_state"},
                                       {"PersonQuery", "flag", "person_flag"},
                                       {"OrganisationQuery", "kind", "organisation_kind"},
                                       {"BondQuery", "bond", "bond_kind"},
                                       {"TeamQuery", "kind", "team_kind"},
                                       {"DocumentQuery", "kind", "paper_kind"},
                                       {"LackingQuery", "kind", "paper_kind"},
                                       {"VehiclePassage", "passage_result", "result"},
                                       {"VehiclePassage", "vehicle_reasons", "vehicle_reason"},
                                       {"VehiclePassage", "flags", "flag"},
                                       {"Exemption", "exemption_kind", "exemption"},
                                       {"WorkItem", "category", "work_category"},
                                       {"WorkItem", "detail", "work_detail"},
                                       {"WorkQuery", "kind", "work_kind"},
                                       {"WorkQuery", "standing", "work_standing"},
                                       {"WorkLogLine", "category", "work_category"},
                                       {"WorkLogLine", "done", "work_verb"},
                                       {"LedgerExport", "book", "ledger"},
                                       {"TraceCase", "state", "case_state"},
                                       {"ContactMark", "kind", "mark_kind"},
                                       {"ContactMark", "grounds", "trace_kind"},
                                       {"CaseQuery", "state", "case_state"},
                                       {"ContactMarkQuery", "kind", "mark_kind"},
                                       {"CareRecipient", "care_kinds", "care_kind"},
                                       {"CareCandidate", "care_kinds", "care_kind"},
                                       {"SurveyRound", "direction", "survey_direction"},
                                       {"SurveyDiscrepancyQuery", "kind", "discrepancy"}};

std::string word_of(std::string_view language, const ExportColumn& column, const std::string& code) {
  std::string_view name = column.name;
  for (const auto& v : vocabularies)
    if (v.record == column.record && v.column == name) name = v.words;
  const auto key = fmt::format("{}.{}", name, code);
  return has_words(language, key) ? words(language, key) : code;
}

sheet::Value cell_of(const ExportColumn& column, const void* record, std::string_view language) {
  const void* value = record;
  for (const auto* f : column.path) value = f->get(value);
  const auto& f = *column.path.back();
  const auto arg = f.ops->to_arg(value).value();
  if (f.ops->optional && std::holds_alternative<std::monostate>(arg)) return {};
  const auto* ops = value_ops(f);
  if (ops == &meta::bool_ops) return std::get<std::int64_t>(arg) ? words(language, "yes") : std::string{};
  if (is_number(ops)) {
    const auto number = std::get<std::int64_t>(arg);
    if (column.name.ends_with("_ms")) return base::to_local(base::Instant{number});
    if (column.name.ends_with("_tenths")) return static_cast<double>(number) / 10;
    if (column.name.ends_with("_fen")) return static_cast<double>(number) / 100;
    if (column.name.ends_with("_milli")) return static_cast<double>(number) / 1000;
    return number;
  }
  if (ops == &meta::double_ops) return std::get<double>(arg);
  if (ops == &meta::day_ops) return base::Day{static_cast<std::int32_t>(std::get<std::int64_t>(arg))};
  const auto text = f.ops->text(value);
  if (!f.ops->list) return word_of(language, column, text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(", ", at), text.size());
    out += (out.empty() ? "" : "; ") + word_of(language, column, text.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

base::Result<std::vector<ExportColumn>> chosen_columns(const meta::Record& record,
                                                       const std::optional<std::string>& names) {
  if (!names) return export_columns(record);
  std::vector<ExportColumn> all, out;
  std::vector<const meta::Field*> path;
  collect(record, path, true, all);
  for (std::size_t at = 0; at <= names->size();) {
    const auto end = std::min(names->find(',', at), names->size());
    const auto name = names->substr(at, end - at);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.name == name; });
    if (found == all.end()) return base::fail_field("/columns", "not_allowed", {{"value", name}});
    out.push_back(*found);
    at = end + 1;
  }
  return out;
}

// "persons" of /api/persons/export: names the file and its words.
std::string list_name(std::string_view target) {
  target = target.substr(0, target.find('?'));
  target.remove_suffix(std::min(target.size(), std::string_view("/export").size()));
  std::string out;
  for (const char c : target.substr(std::min(target.size(), std::string_view("/api/").size())))
    out += c == '/' ? '_' : c;
  return out;
}

constexpr std::size_t minutes = std::string_view("2020-02-11 08:00").size();

constexpr std::string_view content_types[] = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8",
    "application/pdf"};

// Parts of a query that choose no rows.
bool beside_the_point(std::string_view filter) {
  constexpr std::string_view names[] = {"limit", "cursor", "order", "format", "columns", "lang"};
  return std::ranges::find(names, filter) != std::end(names);
}
bool is_place(std::string_view filter) {
  return filter == "compound_id" || filter == "place_id" || filter == "building_id";
}

// What a number in a query stands for; empty when it is no number, or of nothing in scope.
std::string name_of_id(db::Scoped& q, std::string_view filter, const db::Arg::Value& arg) {
  std::string out;
  const auto take = [&](const db::Row& r) { out = r.str(0); };
  if (filter == "organisation_id")
    q.one("SELECT o.name FROM organisation o JOIN place p ON p.id = o.place_id WHERE o.id = $1 AND {scope:p}",
          {std::get<std::int64_t>(arg)}, take);
  else if (filter == "household_id")
    q.one(
        "SELECT h.label FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id = $1 AND {scope:p}",
        {std::get<std::int64_t>(arg)}, take);
  else if (filter == "opening_id")
    q.one("SELECT o.name FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id = $1 AND {scope:p}",
          {std::get<std::int64_t>(arg)}, take);
  return out;
}

}  // namespace

std::vector<ExportColumn> export_columns(const meta::Record& record) {
  std::vector<ExportColumn> out;
  std::vector<const meta::Field*> path;
  collect(record, path, false, out);
  return out;
}

std::string export_header(std::string_view language, std::string_view column) {
  for (const std::string_view unit : {"_ms", "_tenths"})
    if (column.ends_with(unit)) column.remove_suffix(unit.size());
  return words(language, fmt::format("column.{}", column));
}

std::string filter_header(std::string_view language, std::string_view filter) {
  if (filter.ends_with("_ms")) filter.remove_suffix(3);
  const auto own = fmt::format("filter.{}", filter);
  return has_words(language, own) ? words(language, own) : export_header(language, filter);
}

Asked asked_for(db::Scoped& q, std::string_view language, const meta::Record& query, const void* value) {
  Asked out;
  for (const auto& f : query.fields) {
    const auto arg = f.ops->to_arg(f.get(value)).value();
    if (std::holds_alternative<std::monostate>(arg) || beside_the_point(f.name)) continue;
    if (is_place(f.name)) {
      const auto id = std::get<std::int64_t>(arg);
      if (out.place_id == 0) out.place_id = id;
      q.one("SELECT p.name, p.compound_id FROM place p WHERE p.id = $1 AND {scope:p}", {id},
            [&](const db::Row& r) {
              out.place += (out.place.empty() ? "" : " ") + r.str(0);
              if (!r.is_null(1)) out.compound_id = r.integer(1);
            });
      continue;
    }
    out.filters += (out.filters.empty() ? "" : "; ") + filter_header(language, f.name) + ": ";
    if (const auto name = name_of_id(q, f.name, arg); !name.empty())
      out.filters += name;
    else if (value_ops(f) == &meta::bool_ops)
      out.filters += words(language, std::get<std::int64_t>(arg) != 0 ? "yes" : "no");
    else if (f.name.ends_with("_ms"))
      out.filters += base::to_local(base::Instant{std::get<std::int64_t>(arg)}).substr(0, minutes);
    else
      out.filters += word_of(language, {std::string(f.name), query.name, {}}, f.ops->text(f.get(value)));
  }
  return out;
}

TableHead head_of(const api::Context& c, std::string_view language, std::string title, const Asked& asked) {
  return {
      std::move(title), asked.place, asked.filters,
      words(language, "print.made", {{"who", c.who.name}, {"at", base::to_local(c.now).substr(0, minutes)}})};
}

// A table keeps a worker for as long as it is written; few at a time leave the others to everybody else.
class TableFile::Slot {
 public:
  static constexpr int most = 4;
  Slot() : free_(taken().fetch_add(1) < most) {}
  ~Slot() { taken().fetch_sub(1); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  bool free() const { return free_; }

 private:
  static std::atomic<int>& taken() {
    static std::atomic<int> tables = 0;
    return tables;
  }
  bool free_;
};

TableFile::TableFile() = default;

base::Result<std::shared_ptr<TableFile>> TableFile::make(const std::filesystem::path& data_directory,
                                                         ExportFormat format, std::string_view language,
                                                         const TableHead& head,
                                                         std::vector<sheet::TableColumn> columns) {
  std::shared_ptr<TableFile> file(new TableFile);
  file->slot_ = std::make_unique<Slot>();
  if (!file->slot_->free()) return base::fail(base::ErrorKind::busy, "too_many_exports");
  const auto folder = data_directory / "temporary";
  std::filesystem::create_directories(folder);
  file->format_ = format;
  file->path_ = folder / fmt::format("{}.{}", random_token().substr(0, 16), meta::name_of(format));
  sheet::TableSpec spec{head.title, std::nullopt, std::move(columns)};
  if (format == ExportFormat::pdf) {
    file->writer_ = print_form(file->path_, language, head, spec);
    return file;
  }
  spec.title.emplace();
  for (const auto& part : {head.place, head.title, head.filters, head.made})
    if (!part.empty()) *spec.title += (spec.title->empty() ? "" : "  ") + part;
  const bool csv = format == ExportFormat::csv;
  if (csv) file->csv_.open(file->path_, std::ios::binary);
  auto writer = csv ? sheet::csv_table(file->csv_, spec) : sheet::xlsx_table(file->path_, spec);
  if (!writer) return tl::unexpected(std::move(writer).error());
  file->writer_ = std::move(*writer);
  return file;
}

TableFile::~TableFile() {
  writer_.reset();
  in_.close();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

base::Result<api::Response> TableFile::finish(std::shared_ptr<TableFile> file, std::string_view name) {
  if (auto done = file->writer_->finish(); !done) return tl::unexpected(std::move(done).error());
  file->slot_.reset();
  file->csv_.close();
  file->in_.open(file->path_, std::ios::binary);
  api::Response response;
  response.set("Content-Type", std::string(content_types[static_cast<std::size_t>(file->format_)]));
  response.set("Content-Disposition",
               fmt::format("attachment; filename=\"{}.{}\"", name, meta::name_of(file->format_)));
  response.stream = std::make_shared<api::Stream>();
  response.stream->next = [file = std::move(file)] {
    std::string piece(64 * 1024, '\0');
    file->in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(file->in_.gcount()));
    return piece;
  };
  return response;
}

base::Result<api::Response> detail::export_list(api::Context& c, const ExportRequest& request,
                                                const NextPage& next) {
  const std::string language(language_of(request.lang.value_or(""), c.request.header("accept-language")));
  const auto columns = chosen_columns(request.record, request.columns);
  if (!columns) return tl::unexpected(columns.error());
  const auto name = list_name(c.request.target);
  const auto asked = c.read([&](db::Scoped& q) -> base::Result<Asked> {
    return asked_for(q, language, request.query, request.asked);
  });
  if (!asked) return tl::unexpected(asked.error());
  std::vector<sheet::TableColumn> heads;
  for (const auto& column : *columns) heads.push_back({export_header(language, column.name), 14});
  const auto format = request.format.value_or(ExportFormat::xlsx);
  auto file =
      TableFile::make(c.services.data_directory, format, language,
                      head_of(c, language, words(language, "export." + name), *asked), std::move(heads));
  if (!file) return tl::unexpected(std::move(file).error());
  std::optional<std::string> cursor;
  std::optional<base::Error> failed;
  std::int64_t rows = 0;
  do {
    auto after = next(cursor, [&](const void* record) {
      std::vector<sheet::Value> values;
      values.reserve(columns->size());
      for (const auto& column : *columns) values.push_back(cell_of(column, record, language));
      ++rows;
      if (failed) return;
      if (auto done = (*file)->row(values); !done) failed = done.error();
    });
    if (!after) return tl::unexpected(std::move(after).error());
    if (failed) return tl::unexpected(std::move(*failed));
    cursor = std::move(*after);
  } while (cursor);
  // Known before anything leaves.
  auto audited = c.write([&](db::Scoped& q) -> base::Result<void> {
    audit(q, c,
          {"list.export", name, asked->place_id, asked->compound_id,
           fmt::format("rows={} format={}", rows, meta::name_of(format))});
    return {};
  });
  if (!audited) return tl::unexpected(std::move(audited).error());
  return TableFile::finish(std::move(*file), name);
}

}  // namespace core
