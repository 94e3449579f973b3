#include "core/list.hpp"

#include <fmt/format.h>

#include <algorithm>
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
                                       {"LackingDocument", "kind", "paper_kind"}};

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

base::Result<std::shared_ptr<TableFile>> TableFile::make(const std::filesystem::path& data_directory,
                                                         ExportFormat format, const sheet::TableSpec& spec) {
  std::shared_ptr<TableFile> file(new TableFile);
  const auto folder = data_directory / "temporary";
  std::filesystem::create_directories(folder);
  const bool csv = format == ExportFormat::csv;
  file->format_ = format;
  file->path_ = folder / (random_token().substr(0, 16) + (csv ? ".csv" : ".xlsx"));
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
  const bool csv = file->format_ == ExportFormat::csv;
  file->csv_.close();
  file->in_.open(file->path_, std::ios::binary);
  api::Response response;
  response.set("Content-Type", csv ? "text/csv; charset=utf-8"
                                   : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  response.set("Content-Disposition",
               fmt::format("attachment; filename=\"{}.{}\"", name, csv ? "csv" : "xlsx"));
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
  sheet::TableSpec spec;
  spec.sheet_name = words(language, "export." + name);
  spec.title = spec.sheet_name + " " + base::to_local(c.now);
  for (const auto& column : *columns) spec.columns.push_back({export_header(language, column.name), 14});
  auto file = TableFile::make(c.services.data_directory, request.format.value_or(ExportFormat::xlsx), spec);
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
    audit(q, c, {"list.export", name, 0, std::nullopt, fmt::format("rows={}", rows)});
    return {};
  });
  if (!audited) return tl::unexpected(std::move(audited).error());
  return TableFile::finish(std::move(*file), name);
}

}  // namespace core
