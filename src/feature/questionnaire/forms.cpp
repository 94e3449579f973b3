#include "feature/questionnaire/forms.hpp"

#include <algorithm>

#include "feature/place/service.hpp"
#include "feature/survey/service.hpp"

namespace feature::questionnaire {

using base::ErrorKind;
using base::Result;

std::optional<QuestionnaireRow> find_questionnaire(db::Scoped& q, std::int64_t id) {
  const auto above = db::json_array(place::above_scope(q));
  std::optional<QuestionnaireRow> found;
  q.one(
      "SELECT n.id, n.place_id, n.code, n.title_zh, n.title_en, n.created_by, n.created_ms FROM "
      "questionnaire n JOIN place p ON p.id = n.place_id WHERE n.id = $2 AND ({scope:p} OR p.id {in:1})",
      {above, id}, [&](const db::Row& r) { found = meta::load<QuestionnaireRow>(r); });
  return found;
}

namespace {
std::optional<Version> shown(const db::Row& r) {
  auto form = meta::from_json<rule::Form>(r.text(4));
  if (!form) return std::nullopt;
  return Version{
      meta::Id<VersionRow>(r.integer(0)), r.integer(1), r.integer(2), {r.integer(3)}, std::move(*form)};
}
}  // namespace

std::optional<Version> version_in_force(db::Scoped& q, std::int64_t questionnaire_id, base::Instant at) {
  std::optional<Version> found;
  q.unscoped().run(
      "SELECT id, questionnaire_id, number, effective_ms, form FROM questionnaire_version WHERE "
      "questionnaire_id = $1 AND effective_ms <= $2 ORDER BY effective_ms DESC, number DESC LIMIT 1",
      {questionnaire_id, at}, [&](const db::Row& r) { found = shown(r); });
  return found;
}

std::optional<Version> find_version(db::Scoped& q, std::int64_t id) {
  std::optional<Version> found;
  q.unscoped().run(
      "SELECT id, questionnaire_id, number, effective_ms, form FROM questionnaire_version WHERE id = $1",
      {id}, [&](const db::Row& r) { found = shown(r); });
  return found;
}

std::optional<std::int64_t> asked_of(db::Scoped& q, std::int64_t round_id) {
  std::optional<std::int64_t> id;
  q.unscoped().run("SELECT questionnaire_id FROM questionnaire_round WHERE round_id = $1 AND asked = 1",
                   {round_id}, [&](const db::Row& r) { id = r.integer(0); });
  return id;
}

const Version* Versions::find(std::int64_t id) {
  auto known = seen_.find(id);
  if (known == seen_.end()) known = seen_.emplace(id, find_version(q_, id)).first;
  return known->second ? &*known->second : nullptr;
}

const db::ScopedSql sheets_of_round = db::ScopedSql(
    "SELECT s.id, s.dwelling_id, c.name, d.label, s.version_id, v.number, s.answers, s.happened_ms, "
    "a.display_name FROM questionnaire_answer s JOIN place p ON p.id = s.dwelling_id JOIN dwelling d ON d.id "
    "= s.dwelling_id JOIN place c ON c.id = s.compound_id JOIN questionnaire_version v ON v.id = "
    "s.version_id JOIN account a ON a.id = s.account_id WHERE s.round_id = $1 AND s.questionnaire_id = $2 "
    "AND s.replaced_by IS NULL AND {scope:p}");

Sheet load_sheet(const db::Row& r) {
  Sheet s;
  s.id = meta::Id<SheetRow>(r.integer(0));
  s.dwelling_id = r.integer(1);
  s.compound = r.str(2);
  s.label = r.str(3);
  s.version_id = r.integer(4);
  s.version = r.integer(5);
  s.answers = meta::from_json<std::vector<rule::Answer>>(r.text(6)).value_or(std::vector<rule::Answer>{});
  s.happened_ms = {r.integer(7)};
  s.filled_by = r.str(8);
  return s;
}

Result<std::int64_t> questionnaire_of(db::Scoped& q, std::int64_t round_id,
                                      const std::optional<std::int64_t>& chosen) {
  if (!survey::find_round(q, round_id)) return base::fail(ErrorKind::not_found, "not_found");
  if (!chosen) return asked_of(q, round_id).value_or(0);
  const auto asks = q.unscoped().count(
      "SELECT COUNT(*) FROM questionnaire_round WHERE round_id = $1 AND questionnaire_id = $2",
      {round_id, *chosen});
  if (asks == 0) return base::fail_field("/questionnaire_id", "not_found");
  return *chosen;
}

const std::string& in_language(const rule::Words& words, std::string_view language) {
  return language == "en" ? words.en : words.zh;
}

}  // namespace feature::questionnaire
