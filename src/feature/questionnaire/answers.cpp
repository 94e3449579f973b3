// Answers of a round, door by door, for those who may see households; as a table with a column per question.
#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/questionnaire/forms.hpp"
#include "feature/questionnaire/routes.hpp"

namespace feature::questionnaire {
namespace {

using api::Permission;
using base::Result;

Result<api::Page<Sheet>> page_of(db::Scoped& q, const SheetQuery& in) {
  const auto questionnaire = questionnaire_of(q, in.round_id, in.questionnaire_id);
  if (!questionnaire) return tl::unexpected(questionnaire.error());
  auto sql = sheets_of_round;
  std::vector<db::Arg> args{in.round_id, *questionnaire};
  if (in.compound_id) {
    sql = sql.with(" AND s.compound_id = {arg}");
    args.emplace_back(*in.compound_id);
  }
  return api::fetch_page<Sheet>(
      q, sql, args, in.limit, in.cursor,
      {" AND (s.happened_ms, s.id) < ({arg}, {arg})", " ORDER BY s.happened_ms DESC, s.id DESC LIMIT {arg}"},
      load_sheet, [](const db::Row& r) {
        return api::SortKey{r.integer(7), r.integer(0)};
      });
}

// What a door said of its health is not looked at unseen.
Result<api::Page<Sheet>> list_sheets(api::Context& c, const SheetQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<api::Page<Sheet>> {
    auto page = page_of(q, in);
    if (page)
      core::audit(q, c,
                  {"questionnaire.read", "survey_round", in.round_id, in.compound_id,
                   fmt::format("sheets={}", page->items.size())});
    return page;
  });
}

// --- as a table ----------------------------------------------------------------------------------------
struct Column {
  std::string name{}, header{};
};
// The questions of the newest version first, then those that only older ones had.
std::vector<Column> columns_of(db::Scoped& q, std::int64_t questionnaire, std::string_view language) {
  std::vector<Column> columns;
  std::vector<std::int64_t> ids;
  q.unscoped().run("SELECT id FROM questionnaire_version WHERE questionnaire_id = $1 ORDER BY number DESC",
                   {questionnaire}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  for (const auto id : ids)
    if (const auto version = find_version(q, id))
      for (const auto& question : version->form.questions)
        if (question.kind != rule::Kind::note &&
            std::ranges::find(columns, question.name, &Column::name) == columns.end())
          columns.push_back({question.name, in_language(question.label, language)});
  return columns;
}

std::string choice_label(const rule::Question& q, const std::string& name, std::string_view language) {
  const auto found = std::ranges::find(q.choices, name, &rule::Choice::name);
  return found != q.choices.end() ? in_language(found->label, language) : name;
}

// Asked and not answered is told from not asked, which is empty.
sheet::Value cell_of(const rule::Question& q, const rule::Answer& a, std::string_view language) {
  if (a.number) return *a.number;
  if (a.choices) {
    std::string out;
    for (const auto& name : *a.choices) out += (out.empty() ? "" : "; ") + choice_label(q, name, language);
    return out;
  }
  if (!a.text) return core::words(language, "questionnaire.unanswered");
  if (q.kind == rule::Kind::date)
    if (const auto day = base::parse_day(*a.text)) return *day;
  return q.kind == rule::Kind::select_one ? choice_label(q, *a.text, language) : *a.text;
}

std::vector<sheet::Value> row_of(const Sheet& s, const Version* version, const std::vector<Column>& columns,
                                 std::string_view language) {
  std::vector<sheet::Value> row{s.compound, s.label, base::to_local(s.happened_ms), s.filled_by, s.version};
  for (const auto& column : columns) {
    const auto answer = std::ranges::find(s.answers, column.name, &rule::Answer::name);
    row.emplace_back();
    if (version == nullptr || answer == s.answers.end()) continue;
    const auto& questions = version->form.questions;
    const auto question = std::ranges::find(questions, column.name, &rule::Question::name);
    if (question != questions.end()) row.back() = cell_of(*question, *answer, language);
  }
  return row;
}

struct Asked {
  std::int64_t questionnaire = 0;
  core::Asked head{};
  std::string title{};
  std::vector<Column> columns{};
};
Result<Asked> asked_for(api::Context& c, const SheetExport& in, std::string_view language) {
  return c.read([&](db::Scoped& q) -> Result<Asked> {
    const auto questionnaire = questionnaire_of(q, in.round_id, in.questionnaire_id);
    if (!questionnaire) return tl::unexpected(questionnaire.error());
    Asked out;
    out.questionnaire = *questionnaire;
    out.columns = columns_of(q, *questionnaire, language);
    if (const auto row = find_questionnaire(q, *questionnaire))
      out.title = language == "en" ? row->title_en : row->title_zh;
    return out;
  });
}

// Page after page, so that no snapshot is held for long.
Result<std::int64_t> each_sheet(api::Context& c, const SheetExport& in, const Asked& asked,
                                std::string_view language, core::TableFile& file) {
  SheetQuery query{in.round_id, asked.questionnaire, in.compound_id, {}, {}};
  query.limit.emplace(200);
  std::int64_t rows = 0;
  do {
    auto next = c.read([&](db::Scoped& q) -> Result<std::optional<std::string>> {
      auto page = page_of(q, query);
      if (!page) return tl::unexpected(std::move(page).error());
      Versions versions(q);
      for (const auto& s : page->items) {
        const auto row = row_of(s, versions.find(s.version_id), asked.columns, language);
        if (auto done = file.row(row); !done) return tl::unexpected(std::move(done).error());
        ++rows;
      }
      return std::move(page->next);
    });
    if (!next) return tl::unexpected(std::move(next).error());
    query.cursor = std::move(*next);
  } while (query.cursor);
  return rows;
}

Result<api::Response> export_sheets(api::Context& c, const SheetExport& in) {
  const std::string language(core::language_of(in.lang.value_or(""), c.request.header("accept-language")));
  const auto asked = asked_for(c, in, language);
  if (!asked) return tl::unexpected(asked.error());
  std::vector<sheet::TableColumn> heads;
  for (const std::string_view own : {"compound", "label", "happened", "filled_by", "version"})
    heads.push_back({core::export_header(language, own), 14});
  for (const auto& column : asked->columns) heads.push_back({column.header, 18});
  const auto format = in.format.value_or(core::ExportFormat::xlsx);
  auto file = core::TableFile::make(c.services.data_directory, format, language,
                                    core::head_of(c, language, asked->title, asked->head), std::move(heads));
  if (!file) return tl::unexpected(std::move(file).error());
  const auto rows = each_sheet(c, in, *asked, language, **file);
  if (!rows) return tl::unexpected(rows.error());
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    core::audit(q, c,
                {"questionnaire.export", "survey_round", in.round_id, in.compound_id,
                 fmt::format("rows={} format={}", *rows, meta::name_of(format))});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return core::TableFile::finish(std::move(*file), "answers");
}

}  // namespace

void answer_routes(api::Router& r) {
  r.get<SheetQuery, api::Page<Sheet>>("/api/answer-sheets", Permission::household_read,
                                      "Answers of a round, door by door, newest first", list_sheets);
  r.get<SheetExport, api::Response>("/api/answer-sheets/export", Permission::household_read,
                                    "Answers of a round as a table, a column per question", export_sheets)
      .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

}  // namespace feature::questionnaire
