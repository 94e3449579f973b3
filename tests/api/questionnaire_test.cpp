// Questionnaires on the whole program and both stores: from a spreadsheet to sheets of doors and their
// counts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/questionnaire/test_book.hpp"
#include "sheet/convert.hpp"
#include "sheet/read.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using engine::questionnaire::test::book_of;
using engine::questionnaire::test::Cells;
using test_world::at;
using test_world::number_at;

const Cells yes_no{{"list_name", "name", "label::中文 (zh)", "label::English (en)"},
                   {"yes_no", "yes", "是", "Yes"},
                   {"yes_no", "no", "否", "No"}};
std::string file_of(const Cells& survey, const std::string& code = "door") {
  return *sheet::to_xlsx(book_of({{"survey", survey},
                                  {"choices", yes_no},
                                  {"settings", {{"form_title", "form_id"}, {"入户问卷", code}}}}));
}
const Cells first_form{
    {"type", "name", "label::中文 (zh)", "label::English (en)", "required", "relevant", "constraint"},
    {"select_one yes_no", "fever", "发热吗", "Fever?", "yes"},
    {"decimal", "degrees", "体温", "Temperature", "yes", "${fever} = 'yes'", ". < 43"},
    {"select_one yes_no", "away", "外出过吗", "Been away?"}};
// "away" is gone, and the fever is asked in other words.
const Cells second_form{
    {"type", "name", "label::中文 (zh)", "label::English (en)", "required", "relevant", "constraint"},
    {"select_one yes_no", "fever", "现在发热吗", "A fever now?", "yes"},
    {"integer", "persons", "人数", "Persons", "yes"}};

class Questionnaires : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = number_at(send("GET", "/api/session"), "compounds.0.id");
    ASSERT_GT(compound_, 0);
    round_ = number_at(
        send("POST", "/api/survey-rounds", fmt::format(R"({{"place_id":{},"title":"第一轮"}})", compound_)),
        "id");
    const auto doors =
        send("GET", fmt::format("/api/survey-doors?round_id={}&compound_id={}&all=true", round_, compound_));
    for (int i = 0; i < 4; ++i) doors_.push_back(number_at(doors, fmt::format("items.{}.dwelling_id", i)));
  }
  test_world::World& world() { return *world_; }
  api::Response answer(const std::string& role, const std::string& method, const std::string& target,
                       const std::string& body = {}) {
    const bool file = target.starts_with("/api/questionnaires?");
    return world().send(role, method, target, body, file ? "application/octet-stream" : "application/json");
  }
  std::string send(const std::string& method, const std::string& target, const std::string& body = {}) {
    return answer("office", method, target, body).body;
  }
  std::string upload(const std::string& file, const std::string& more = {}) {
    return send("POST", fmt::format("/api/questionnaires?place_id={}&filename=form.xlsx{}", compound_, more),
                file);
  }
  std::string choose(std::int64_t questionnaire) {
    return send("POST", fmt::format("/api/survey-rounds/{}/questionnaire", round_),
                fmt::format(R"({{"questionnaire_id":{}}})", questionnaire));
  }
  std::string sheet(const std::string& client_id, std::int64_t door, std::int64_t version,
                    const std::string& answers, std::int64_t later_ms = 0) {
    return fmt::format(R"({{"client_id":"{}","round_id":{},"dwelling_id":{},"version_id":{},"answers":[{}],)"
                       R"("happened_ms":{}}})",
                       client_id, round_, door, version, answers, world().clock().now().ms + later_ms);
  }
  std::string record(const std::string& items, const std::string& role = "office") {
    return answer(role, "POST", "/api/answer-sheets", R"({"items":[)" + items + "]}").body;
  }
  std::string sheets() { return send("GET", fmt::format("/api/answer-sheets?round_id={}", round_)); }
  std::int64_t count(const std::string& sql) {
    return *world().program().store().read(
        [&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
  }

  std::int64_t compound_ = 0, round_ = 0;
  std::vector<std::int64_t> doors_{};

 private:
  std::optional<test_world::World> world_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Questionnaires, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& each) {
                           return each.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

// Somebody who begins has a file that works.
TEST_P(Questionnaires, TheSampleIsAQuestionnaire) {
  for (const std::string lang : {"zh-CN", "en"}) {
    const auto sample = send("GET", "/api/questionnaire-sample?lang=" + lang);
    const auto reading = upload(sample, "&dry_run=true");
    EXPECT_EQ(at(reading, "faults.0.code"), "") << reading;
    EXPECT_EQ(at(reading, "number"), "1");
    EXPECT_EQ(at(reading, "form.questions.1.label.en"), "How many people live here now?");
    EXPECT_EQ(sheet::read(sample)->sheets.size(), 4U);
  }
  EXPECT_EQ(count("SELECT COUNT(*) FROM questionnaire"), 0) << "a preview writes nothing";
}

TEST_P(Questionnaires, FaultsAreTellingAndNothingIsStored) {
  auto form = first_form;
  form[2][5] = "${fevr} = 'yes'";
  form[3][0] = "begin_repeat";
  const auto reading = upload(file_of(form), "&dry_run=true");
  EXPECT_EQ(at(reading, "faults.0.code"), "questionnaire.name_unknown") << reading;
  EXPECT_EQ(at(reading, "faults.0.row"), "3");
  EXPECT_EQ(at(reading, "faults.0.column"), "relevant");
  EXPECT_EQ(at(reading, "faults.0.detail"), "fevr");
  EXPECT_EQ(at(reading, "faults.1.code"), "questionnaire.type_refused");
  const auto refused = upload(file_of(form));
  EXPECT_EQ(at(refused, "problems.0.path"), "/survey/3/relevant") << refused;
  EXPECT_EQ(at(upload("no workbook \x01\x02"), "code"), "sheet.not_a_workbook");
  EXPECT_EQ(count("SELECT COUNT(*) FROM questionnaire"), 0);
}

TEST_P(Questionnaires, EachUploadOfACodeIsAVersion) {
  const auto first = upload(file_of(first_form));
  EXPECT_EQ(at(first, "number"), "1") << first;
  EXPECT_EQ(at(upload(file_of(first_form)), "code"), "questionnaire.unchanged");
  const auto second = upload(file_of(second_form));
  EXPECT_EQ(at(second, "number"), "2") << second;
  EXPECT_EQ(at(second, "questionnaire_id"), at(first, "questionnaire_id"));
  EXPECT_EQ(at(upload(file_of(first_form, "other")), "number"), "1") << "another questionnaire";
  const auto id = at(first, "questionnaire_id");
  const auto file = send("GET", "/api/questionnaires/" + id);
  EXPECT_EQ(at(file, "versions.0.number"), "2") << file;
  EXPECT_EQ(at(file, "versions.1.number"), "1");
  EXPECT_EQ(
      at(send("GET", "/api/questionnaire-versions/" + at(first, "version_id")), "form.questions.2.name"),
      "away")
      << "a version stays as it is";
  EXPECT_EQ(at(send("GET", "/api/questionnaires"), "items.0.code"), "other");
  // Absent and out of scope are one answer.
  for (const auto& hidden : {id, std::string("9007199254740990")}) {
    const auto none = answer("other_office", "GET", "/api/questionnaires/" + hidden);
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(at(none.body, "code"), "not_found");
  }
  EXPECT_EQ(at(answer("other_office", "GET", "/api/questionnaires").body, "items.0.id"), "");
  EXPECT_EQ(
      answer("surveyor", "POST", fmt::format("/api/questionnaires?place_id={}&filename=a.xlsx", compound_),
             file_of(second_form))
          .status,
      403);
}

// A changed form never breaks what was filled in under the one before, and a version may come into force
// later.
TEST_P(Questionnaires, AChangedFormNeverBreaksUnsentSheets) {
  const auto first = upload(file_of(first_form));
  const auto old_version = number_at(first, "version_id");
  EXPECT_EQ(at(send("GET", fmt::format("/api/survey-rounds/{}/questionnaire", round_)), "version"), "null");
  EXPECT_EQ(at(choose(number_at(first, "questionnaire_id")), "version.number"), "1");
  const auto tomorrow = world().clock().now().ms + base::day_ms;
  const auto second = upload(file_of(second_form), fmt::format("&effective_ms={}", tomorrow));
  const auto new_version = number_at(second, "version_id");
  const auto asked = fmt::format("/api/survey-rounds/{}/questionnaire", round_);
  EXPECT_EQ(at(send("GET", asked), "version.number"), "1") << "not in force yet";
  world().advance(base::day_ms);
  EXPECT_EQ(at(send("GET", asked), "version.number"), "2");

  const auto results =
      record(sheet("aaaa-0001", doors_[0], old_version,
                   R"({"name":"fever","text":"yes"},{"name":"degrees","number":38.5})", -base::hour_ms) +
             "," + sheet("aaaa-0002", doors_[1], new_version, R"({"name":"fever","text":"no"})") + "," +
             sheet("aaaa-0003", doors_[1], new_version,
                   R"({"name":"fever","text":"no"},{"name":"persons","number":2})"));
  EXPECT_EQ(at(results, "items.0.status"), "stored") << results;
  EXPECT_EQ(at(results, "items.1.code"), "questionnaire.answer_missing") << "by its own version";
  EXPECT_EQ(at(results, "items.1.path"), "/answers/persons");
  EXPECT_EQ(at(results, "items.2.status"), "stored") << "one bad sheet never keeps the others back";
  // Even when the round asks something else by now.
  choose(number_at(upload(file_of(second_form, "other")), "questionnaire_id"));
  const auto late = record(sheet("aaaa-0004", doors_[2], old_version, R"({"name":"fever","text":"no"})"));
  EXPECT_EQ(at(late, "items.0.status"), "stored") << late;
}

TEST_P(Questionnaires, ASheetIsStoredOnceAndTheNewestOfADoorCounts) {
  const auto made = upload(file_of(first_form));
  const auto version = number_at(made, "version_id");
  EXPECT_EQ(
      at(record(sheet("bbbb-0000", doors_[0], version, R"({"name":"fever","text":"no"})")), "items.0.path"),
      "/version_id")
      << "the round never asked it";
  choose(number_at(made, "questionnaire_id"));
  const auto one = sheet("bbbb-0001", doors_[0], version,
                         R"({"name":"fever","text":"no"},{"name":"degrees","number":39})");
  EXPECT_EQ(at(record(one), "items.0.status"), "stored");
  EXPECT_EQ(at(record(one), "items.0.status"), "stored_before");
  EXPECT_EQ(
      at(record(sheet("bbbb-0001", doors_[0], version, R"({"name":"fever","text":"yes"})")), "items.0.code"),
      "survey.other_record");
  EXPECT_EQ(at(sheets(), "items.0.answers.1.name"), "away") << "what is not relevant is not kept";
  // An older one that comes late does not take its place, a newer one does.
  EXPECT_EQ(at(record(sheet("bbbb-0002", doors_[0], version,
                            R"({"name":"fever","text":"yes"},{"name":"degrees","number":38})", -60'000)),
               "items.0.status"),
            "stored");
  EXPECT_EQ(at(sheets(), "items.0.answers.0.text"), "no");
  world().advance(base::minute_ms);
  EXPECT_EQ(at(record(sheet("bbbb-0003", doors_[0], version,
                            R"({"name":"fever","text":"yes"},{"name":"degrees","number":38})")),
               "items.0.status"),
            "stored");
  EXPECT_EQ(at(sheets(), "items.0.answers.0.text"), "yes");
  EXPECT_EQ(at(sheets(), "items.1.id"), "") << "one of each door";
  const auto form =
      send("GET", fmt::format("/api/survey-rounds/{}/questionnaire?compound_id={}", round_, compound_));
  EXPECT_EQ(number_at(form, "answered.0"), doors_[0]) << form;
  EXPECT_EQ(at(form, "answered.1"), "");
  EXPECT_EQ(at(form, "utc_offset_minutes"), "480");
  EXPECT_EQ(count("SELECT COUNT(*) FROM questionnaire_answer"), 3);
  EXPECT_EQ(at(record(sheet("bbbb-0004", doors_[0], version, "", base::hour_ms)), "items.0.code"),
            "in_the_future");
  EXPECT_EQ(at(record(sheet("bbbb-0005", 9007199254740990, version, "")), "items.0.path"), "/dwelling_id");
  EXPECT_EQ(at(record(sheet("bbbb-0006", doors_[0], version, ""), "other_office"), "items.0.path"),
            "/round_id");
}

// Each count stands beside its denominator; unanswered is apart from "no", and from what was not asked.
TEST_P(Questionnaires, CountsAndTablesSayWhatIsUnknown) {
  const auto made = upload(file_of(first_form));
  const auto version = number_at(made, "version_id");
  choose(number_at(made, "questionnaire_id"));
  record(
      sheet("cccc-0001", doors_[0], version,
            R"({"name":"fever","text":"yes"},{"name":"degrees","number":38.5},{"name":"away","text":"no"})") +
      "," + sheet("cccc-0002", doors_[1], version, R"({"name":"fever","text":"no"})") + "," +
      sheet(
          "cccc-0003", doors_[2], version,
          R"({"name":"fever","text":"yes"},{"name":"degrees","number":37.5},{"name":"away","text":"yes"})"));
  const auto counts = send("GET", fmt::format("/api/survey-rounds/{}/answer-counts", round_));
  EXPECT_EQ(at(counts, "sheets"), "3") << counts;
  EXPECT_EQ(at(counts, "items.0.choices.0.count"), "2");
  EXPECT_EQ(at(counts, "items.0.choices.1.count"), "1");
  EXPECT_EQ(at(counts, "items.1.asked"), "2") << "whom it did not concern is not in it";
  EXPECT_EQ(at(counts, "items.1.mean"), "38");
  EXPECT_EQ(at(counts, "items.2.asked"), "3");
  EXPECT_EQ(at(counts, "items.2.unanswered"), "1");
  EXPECT_EQ(at(counts, "items.2.choices.1.count"), "1") << "unanswered is not no";

  const auto table = [&](const std::string& lang, const std::string& format) {
    auto file = world().send(
        "office", "GET",
        fmt::format("/api/answer-sheets/export?round_id={}&lang={}&format={}", round_, lang, format));
    std::string bytes;
    if (file.stream)
      for (auto piece = file.stream->next(); !piece.empty(); piece = file.stream->next()) bytes += piece;
    auto book = sheet::read(bytes);
    EXPECT_TRUE(book) << file.body;
    return book ? book->sheets.front().rows : std::vector<sheet::Row>{};
  };
  for (const std::string format : {"xlsx", "csv"}) {
    const auto zh = table("zh-CN", format), en = table("en", format);
    const auto row_of = [](const std::vector<sheet::Row>& rows, const std::string& has) {
      for (const auto& row : rows)
        for (const auto& cell : row.cells)
          if (cell.text == has) return row;
      return sheet::Row{};
    };
    const auto head = row_of(zh, "外出过吗");
    ASSERT_EQ(head.cells.size(), 8U) << format;
    EXPECT_EQ(head.cells[5].text, "发热吗");
    EXPECT_EQ(row_of(en, "Been away?").cells.size(), 8U);
    const auto unanswered = row_of(en, "Not answered");
    EXPECT_EQ(unanswered.at(5).text, "No");
    EXPECT_EQ(unanswered.at(6).text, "") << "not asked is empty";
    EXPECT_EQ(unanswered.at(7).text, "Not answered");
  }
  EXPECT_GT(count("SELECT COUNT(*) FROM audit WHERE action = 'questionnaire.export'"), 0);
}

// Answers of doors are for those who see households; every look is in the audit.
TEST_P(Questionnaires, AnswersAreSeenByThoseWhoMayAndLeaveATrace) {
  const auto made = upload(file_of(first_form));
  choose(number_at(made, "questionnaire_id"));
  record(sheet("dddd-0001", doors_[0], number_at(made, "version_id"),
               R"({"name":"fever","text":"yes"})"
               ","
               R"({"name":"degrees","number":38.5})"));
  const auto before = count("SELECT COUNT(*) FROM audit WHERE action = 'questionnaire.read'");
  EXPECT_NE(at(sheets(), "items.0.id"), "");
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'questionnaire.read'"), before + 1);
  const auto list = fmt::format("/api/answer-sheets?round_id={}", round_);
  EXPECT_EQ(answer("inspector", "GET", list).status, 403);
  EXPECT_EQ(answer("inspector", "GET", fmt::format("/api/survey-rounds/{}/answer-counts", round_)).status,
            200);
  EXPECT_EQ(answer("other_office", "GET", list).status, 404);
  EXPECT_EQ(answer("other_office", "GET", fmt::format("/api/survey-rounds/{}/answer-counts", round_)).status,
            404);
}

// What somebody said at the door of a person who is erased goes with them; that somebody was there stays.
TEST_P(Questionnaires, AnErasureEmptiesTheSheetsOfTheDoor) {
  const auto made = upload(file_of({{"type", "name", "label"}, {"text", "words", "说明"}}));
  choose(number_at(made, "questionnaire_id"));
  const auto version = number_at(made, "version_id");
  record(sheet("eeee-0001", doors_[0], version, R"({"name":"words","text":"头痛三天"})") + "," +
         sheet("eeee-0002", doors_[1], version, R"({"name":"words","text":"一切都好"})"));
  const auto household = send(
      "POST", "/api/households",
      fmt::format(R"({{"dwelling_id":{},"members":[{{"name":"欧阳某","relation":"head"}}]}})", doors_[0]));
  const auto erased = answer("admin", "POST", "/api/persons/" + at(household, "members.0.id") + "/erasure",
                             R"({"reason":"purpose_ended"})");
  ASSERT_LT(erased.status, 300) << erased.body;
  EXPECT_EQ(count("SELECT COUNT(*) FROM questionnaire_answer WHERE answers LIKE '%头痛%'"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM questionnaire_answer"), 2);
  const auto counts = send("GET", fmt::format("/api/survey-rounds/{}/answer-counts", round_));
  EXPECT_EQ(at(counts, "sheets"), "2");
  EXPECT_EQ(at(counts, "items.0.answered"), "1") << "the other door's words stay: " << counts;
}

}  // namespace
