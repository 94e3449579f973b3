// Questionnaires: uploaded as a spreadsheet, each upload a version of its own; which rounds ask them.
#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/place/service.hpp"
#include "feature/questionnaire/forms.hpp"
#include "feature/questionnaire/routes.hpp"
#include "feature/survey/service.hpp"
#include "sheet/read.hpp"

namespace feature::questionnaire {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::uint64_t upload_limit_bytes = 4ull << 20;

std::string stem_of(const std::string& filename) {
  const auto dot = filename.rfind('.');
  return dot == std::string::npos || dot == 0 ? filename : filename.substr(0, dot);
}

// --- a file and how it is read -------------------------------------------------------------------------
Result<FormReading> read_file(const std::string& bytes, const std::string& filename) {
  sheet::Limits limits;
  limits.rows = 5000;
  limits.cells = 100'000;
  auto book = sheet::read(bytes, limits);
  if (!book) return tl::unexpected(std::move(book).error());
  auto read = rule::read_form(*book);
  FormReading out;
  out.form = std::move(read.form);
  const auto stem = stem_of(filename);
  auto& title = out.form.title;
  if (title.empty()) title = {stem, stem};
  if (out.form.code.empty()) out.form.code = title.zh;
  for (auto& f : read.faults)
    out.faults.push_back(
        {std::move(f.sheet), f.row, std::move(f.column), "questionnaire." + f.code, std::move(f.detail)});
  return out;
}

base::Problems problems_of(const std::vector<FormFault>& faults) {
  base::Problems problems;
  for (const auto& f : faults)
    problems.push_back({fmt::format("/{}/{}/{}", f.sheet, f.row, f.column), f.code, {{"detail", f.detail}}});
  return problems;
}

std::optional<std::int64_t> of_code(db::Scoped& q, std::int64_t place_id, const std::string& code) {
  std::optional<std::int64_t> id;
  q.unscoped().run("SELECT id FROM questionnaire WHERE place_id = $1 AND code = $2", {place_id, code},
                   [&](const db::Row& r) { id = r.integer(0); });
  return id;
}
std::int64_t newest_number(db::Scoped& q, std::int64_t questionnaire_id) {
  return q.unscoped().count(
      "SELECT COALESCE(MAX(number), 0) FROM questionnaire_version WHERE questionnaire_id = $1",
      {questionnaire_id});
}
bool is_newest(db::Scoped& q, std::int64_t questionnaire_id, const std::string& form) {
  bool same = false;
  q.unscoped().run(
      "SELECT form FROM questionnaire_version WHERE questionnaire_id = $1 ORDER BY number DESC LIMIT 1",
      {questionnaire_id}, [&](const db::Row& r) { same = r.text(0) == form; });
  return same;
}

Result<FormReading> as_it_would_be(db::Scoped& q, const NewVersion& in, FormReading reading) {
  if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
  reading.questionnaire_id = of_code(q, in.place_id, reading.form.code);
  if (reading.questionnaire_id) reading.number = 1 + newest_number(q, *reading.questionnaire_id);
  return reading;
}

Result<FormReading> store_version(db::Scoped& q, api::Context& c, const NewVersion& in, FormReading reading,
                                  std::int64_t questionnaire_id, std::int64_t version_id) {
  place::take_guard(q);
  auto checked = as_it_would_be(q, in, std::move(reading));
  if (!checked) return checked;
  reading = std::move(*checked);
  const auto form = meta::to_json(reading.form);
  if (reading.questionnaire_id) {
    if (is_newest(q, *reading.questionnaire_id, form))
      return base::fail(ErrorKind::conflict, "questionnaire.unchanged");
    q.unscoped().run("UPDATE questionnaire SET title_zh = $2, title_en = $3 WHERE id = $1",
                     {*reading.questionnaire_id, reading.form.title.zh, reading.form.title.en});
  } else {
    reading.questionnaire_id = questionnaire_id;
    core::append(
        q, QuestionnaireRow{meta::Id<QuestionnaireRow>(questionnaire_id), in.place_id, reading.form.code,
                            reading.form.title.zh, reading.form.title.en, c.who.account, c.now});
  }
  reading.version_id = version_id;
  core::append(q, VersionRow{meta::Id<VersionRow>(version_id), *reading.questionnaire_id,
                             static_cast<int>(reading.number), in.effective_ms.value_or(c.now),
                             static_cast<std::int64_t>(reading.form.questions.size()), meta::Json{form},
                             c.who.account, c.now});
  core::audit(q, c,
              {"questionnaire.upload", "questionnaire", *reading.questionnaire_id, std::nullopt,
               fmt::format("version={} questions={}", reading.number, reading.form.questions.size())});
  return reading;
}

Result<FormReading> upload(api::Context& c, const NewVersion& in) {
  auto reading = read_file(c.request.body, in.filename);
  if (!reading) return reading;
  if (in.dry_run.value_or(false))
    return c.read([&](db::Scoped& q) { return as_it_would_be(q, in, *reading); });
  if (!reading->faults.empty()) return base::fail(problems_of(reading->faults));
  const auto questionnaire_id = c.store.next_id(), version_id = c.store.next_id();
  return c.write(
      [&](db::Scoped& q) { return store_version(q, c, in, *reading, questionnaire_id, version_id); });
}

// --- lists ---------------------------------------------------------------------------------------------
constexpr auto questionnaires_seen = db::ScopedSql(
    "SELECT n.id, n.place_id, n.code, n.title_zh, n.title_en, v.number, v.questions, v.uploaded_ms FROM "
    "questionnaire n JOIN place p ON p.id = n.place_id JOIN questionnaire_version v ON v.questionnaire_id = "
    "n.id AND v.number = (SELECT MAX(w.number) FROM questionnaire_version w WHERE w.questionnaire_id = n.id) "
    "WHERE ({scope:p} OR p.id {in:1})");

Questionnaire load_line(const db::Row& r) {
  return {meta::Id<QuestionnaireRow>(r.integer(0)),
          r.integer(1),
          {},
          r.str(2),
          r.str(3),
          r.str(4),
          r.integer(5),
          r.integer(6),
          {r.integer(7)}};
}

Result<api::Page<Questionnaire>> list_questionnaires(api::Context& c, const QuestionnaireQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Questionnaire>> {
    const auto above = db::json_array(place::above_scope(q));
    std::string chain;
    std::vector<db::Arg> args{above};
    auto sql = questionnaires_seen;
    if (in.place_id) {
      const auto at = place::find_place(q, *in.place_id);
      if (!at) return base::fail_field("/place_id", "not_found");
      chain = db::json_array(place::chain_of(*at));
      sql = sql.with(" AND n.place_id {in}");
      args.emplace_back(chain);
    }
    auto page = api::fetch_page<Questionnaire>(q, sql, args, in.limit, in.cursor,
                                               {" AND (v.uploaded_ms, n.id) < ({arg}, {arg})",
                                                " ORDER BY v.uploaded_ms DESC, n.id DESC LIMIT {arg}"},
                                               load_line, [](const db::Row& r) {
                                                 return api::SortKey{r.integer(7), r.integer(0)};
                                               });
    if (!page) return page;
    std::vector<std::int64_t> ids;
    for (const auto& n : page->items) ids.push_back(n.place_id);
    const auto labels = place::labels_of(q, ids);
    for (auto& n : page->items)
      if (const auto found = labels.find(n.place_id); found != labels.end()) n.place_name = found->second;
    return page;
  });
}

std::vector<VersionLine> versions_of(db::Scoped& q, std::int64_t id) {
  std::vector<VersionLine> out;
  q.run(
      "SELECT v.id, v.number, v.questions, v.effective_ms, v.uploaded_ms, a.display_name, (SELECT COUNT(*) "
      "FROM questionnaire_answer s JOIN place p ON p.id = s.dwelling_id WHERE s.version_id = v.id AND "
      "s.replaced_by IS NULL AND {scope:p}) FROM questionnaire_version v JOIN account a ON a.id = "
      "v.uploaded_by WHERE v.questionnaire_id = $1 ORDER BY v.number DESC",
      {id}, [&](const db::Row& r) {
        out.push_back({meta::Id<VersionRow>(r.integer(0)),
                       r.integer(1),
                       r.integer(2),
                       {r.integer(3)},
                       {r.integer(4)},
                       r.str(5),
                       r.integer(6)});
      });
  return out;
}

std::vector<RoundLine> rounds_of(db::Scoped& q, std::int64_t id) {
  std::vector<RoundLine> out;
  q.unscoped().run(
      "SELECT round_id, asked FROM questionnaire_round WHERE questionnaire_id = $1 ORDER BY "
      "round_id DESC",
      {id}, [&](const db::Row& r) {
        out.push_back({r.integer(0), {}, {}, r.integer(1) != 0, {}});
      });
  std::vector<RoundLine> seen;
  for (auto& line : out) {
    const auto round = survey::find_round(q, line.round_id);
    if (!round) continue;
    line.title = round->name;
    line.place_name = place::labels_of(q, {round->place_id})[round->place_id];
    line.closed_ms = round->closed;
    seen.push_back(std::move(line));
  }
  return seen;
}

Result<QuestionnaireFile> get_questionnaire(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<QuestionnaireFile> {
    const auto above = db::json_array(place::above_scope(q));
    std::optional<QuestionnaireFile> file;
    q.one(questionnaires_seen.with(" AND n.id = {arg}"), {above, c.id()}, [&](const db::Row& r) {
      file = QuestionnaireFile{load_line(r), {}, {}};
    });
    if (!file) return base::fail(ErrorKind::not_found, "not_found");
    auto& n = file->questionnaire;
    n.place_name = place::labels_of(q, {n.place_id})[n.place_id];
    file->versions = versions_of(q, c.id());
    file->rounds = rounds_of(q, c.id());
    return std::move(*file);
  });
}

Result<Version> get_version(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<Version> {
    auto version = find_version(q, c.id());
    if (!version || !find_questionnaire(q, version->questionnaire_id))
      return base::fail(ErrorKind::not_found, "not_found");
    return std::move(*version);
  });
}

// --- what a round asks ---------------------------------------------------------------------------------
RoundForm form_of_round(db::Scoped& q, std::int64_t round_id, base::Instant now) {
  RoundForm out{round_id, {}, {}, base::utc_offset_minutes(now)};
  if (const auto asked = asked_of(q, round_id)) out.version = version_in_force(q, *asked, now);
  return out;
}

Result<RoundForm> get_round_form(api::Context& c, const RoundFormQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<RoundForm> {
    if (!survey::find_round(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    auto out = form_of_round(q, c.id(), c.now);
    if (out.version && in.compound_id)
      q.run(
          "SELECT s.dwelling_id FROM questionnaire_answer s JOIN place p ON p.id = s.dwelling_id WHERE "
          "s.round_id = $1 AND s.questionnaire_id = $2 AND s.compound_id = $3 AND s.replaced_by IS NULL AND "
          "{scope:p} ORDER BY s.dwelling_id",
          {c.id(), out.version->questionnaire_id, *in.compound_id},
          [&](const db::Row& r) { out.answered.push_back(r.integer(0)); });
    return out;
  });
}

Result<RoundForm> choose(api::Context& c, const RoundChoice& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<RoundForm> {
    place::take_guard(q);
    const auto round = survey::own_round(q, c.id());
    if (!round) return base::fail(ErrorKind::not_found, "not_found");
    if (round->closed) return base::fail(ErrorKind::conflict, "survey.closed");
    if (in.questionnaire_id && !find_questionnaire(q, *in.questionnaire_id))
      return base::fail_field("/questionnaire_id", "not_found");
    q.unscoped().run("UPDATE questionnaire_round SET asked = 0 WHERE round_id = $1", {c.id()});
    if (in.questionnaire_id &&
        q.unscoped().run("UPDATE questionnaire_round SET asked = 1, chosen_by = $3, chosen_ms = $4 WHERE "
                         "round_id = $1 AND questionnaire_id = $2",
                         {c.id(), *in.questionnaire_id, c.who.account, c.now}) == 0)
      core::append(
          q, RoundRow{meta::Id<RoundRow>(id), c.id(), *in.questionnaire_id, true, c.who.account, c.now});
    core::audit(q, c,
                {"questionnaire.choose", "survey_round", c.id(), std::nullopt,
                 fmt::format("questionnaire={}", in.questionnaire_id.value_or(0))});
    return form_of_round(q, c.id(), c.now);
  });
}

}  // namespace

void form_routes(api::Router& r) {
  core::list<list_questionnaires>(r, "/api/questionnaires", Permission::work_read,
                                  "Questionnaires, newest first");
  r.upload<NewVersion, FormReading>("/api/questionnaires", Permission::place_write,
                                    "A questionnaire from a spreadsheet: a new version of its code",
                                    upload_limit_bytes, upload);
  r.get<QuestionnaireFile>("/api/questionnaires/{id}", Permission::work_read,
                           "One questionnaire, its versions and the rounds that ask it", get_questionnaire);
  r.get<Version>("/api/questionnaire-versions/{id}", Permission::work_read, "One version with its questions",
                 get_version);
  r.get<RoundFormQuery, RoundForm>("/api/survey-rounds/{id}/questionnaire", Permission::work_read,
                                   "The questions a round asks at its doors", get_round_form);
  r.post<RoundChoice, RoundForm>("/api/survey-rounds/{id}/questionnaire", Permission::place_write,
                                 "Say which questionnaire a round asks", choose);
}

}  // namespace feature::questionnaire
