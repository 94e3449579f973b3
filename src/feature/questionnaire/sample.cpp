// A spreadsheet to begin from: a short questionnaire that works as it is, and a sheet that says how.
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/questionnaire/record.hpp"
#include "feature/questionnaire/routes.hpp"
#include "sheet/convert.hpp"

namespace feature::questionnaire {
namespace {

using api::Permission;
using base::Result;
using Cells = std::vector<std::vector<std::string>>;

sheet::Sheet sheet_of(std::string name, const Cells& cells) {
  sheet::Sheet sheet{std::move(name), false, {}, {}};
  int number = 0;
  for (const auto& row : cells) {
    sheet::Row made{++number, false, {}};
    for (const auto& text : row) made.cells.push_back({sheet::CellKind::text, text, 0, {}, false});
    sheet.rows.push_back(std::move(made));
  }
  return sheet;
}

const Cells survey{
    {"type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "hint::English (en)",
     "required", "relevant", "constraint", "constraint_message::中文 (zh)",
     "constraint_message::English (en)"},
    {"note", "hello", "您好，我们是社区工作人员，耽误您两分钟。",
     "Good day, we are from the community. This takes two minutes."},
    {"integer", "persons", "家里现在住几个人？", "How many people live here now?", "包括租客和保姆",
     "tenants and carers too", "yes", "", ". >= 1 and . <= 30", "请填 1 到 30", "Please enter 1 to 30"},
    {"select_one yes_no", "fever", "家里有人发热或咳嗽吗？", "Has anybody a fever or a cough?", "", "",
     "yes"},
    {"decimal", "temperature", "最高体温是多少？", "What is the highest temperature?", "摄氏度",
     "degrees Celsius", "", "${fever} = 'yes'", ". >= 34 and . <= 43", "体温应在 34 到 43 之间",
     "A temperature is between 34 and 43"},
    {"begin_group", "away", "外出情况", "Travel"},
    {"select_one yes_no", "been_away", "近 14 天有人外出或返回吗？",
     "Has anybody been away or come back in the last 14 days?", "", "", "yes"},
    {"text", "from_where", "从哪里回来？", "Come back from where?", "", "", "yes", "${been_away} = 'yes'"},
    {"date", "back_on", "哪天回来的？", "On which day?", "", "", "", "${been_away} = 'yes'", ". <= today()",
     "不能晚于今天", "Not later than today"},
    {"end_group"},
    {"select_multiple needs", "needs", "需要帮忙吗？（可多选）", "Is help needed? (several)", "", "", "", "",
     "not(selected(., 'none') and count-selected(.) > 1)", "选了“不需要”就不要再选别的",
     "\"None\" stands alone"},
    {"text", "other_need", "其他需要", "Other needs", "", "", "", "selected(${needs}, 'other')"}};
const Cells choices{{"list_name", "name", "label::中文 (zh)", "label::English (en)"},
                    {"yes_no", "yes", "是", "Yes"},
                    {"yes_no", "no", "否", "No"},
                    {"needs", "none", "不需要", "None"},
                    {"needs", "medicine", "买药", "Medicine"},
                    {"needs", "food", "买菜买粮", "Food"},
                    {"needs", "other", "其他", "Other"}};
const Cells settings{{"form_title::中文 (zh)", "form_title::English (en)", "form_id"},
                     {"入户问卷", "Questions at the door", "door"}};

// After the sheets that are read; none of them is named so.
Cells help(std::string_view language) {
  Cells cells;
  for (int line = 1; core::has_words(language, "questionnaire.help." + std::to_string(line)); ++line)
    cells.push_back({core::words(language, "questionnaire.help." + std::to_string(line))});
  return cells;
}

Result<api::Response> sample(api::Context& c, const SampleQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  sheet::Workbook book;
  book.sheets.push_back(sheet_of("survey", survey));
  book.sheets.push_back(sheet_of("choices", choices));
  book.sheets.push_back(sheet_of("settings", settings));
  book.sheets.push_back(sheet_of(core::words(language, "questionnaire.help"), help(language)));
  auto bytes = sheet::to_xlsx(book);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  api::Response response;
  response.set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  response.set("Content-Disposition", "attachment; filename=\"questionnaire.xlsx\"");
  response.body = std::move(*bytes);
  return response;
}

}  // namespace

void sample_routes(api::Router& r) {
  r.get<SampleQuery, api::Response>("/api/questionnaire-sample", Permission::work_read,
                                    "A questionnaire as a spreadsheet, to begin from", sample)
      .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

}  // namespace feature::questionnaire
