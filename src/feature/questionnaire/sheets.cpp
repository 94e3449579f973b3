// Answer sheets as they come from the doors: each stored once, judged by the version it was filled in under.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "feature/questionnaire/forms.hpp"
#include "feature/questionnaire/routes.hpp"
#include "feature/survey/service.hpp"

namespace feature::questionnaire {
namespace {

using api::Permission;
using base::Result;

constexpr std::size_t upload_max = 200;
constexpr std::int64_t clock_slack_ms = 5 * base::minute_ms;

struct Ready {
  const NewSheet* in = nullptr;
  std::int64_t id = 0;
  std::string digest{};
};

SheetResult refused(const Ready& r, std::string code, std::string path = {}) {
  SheetResult out{r.in->client_id, SheetStatus::refused, std::move(code), {}};
  if (!path.empty()) out.path = std::move(path);
  return out;
}

std::optional<bool> known_before(db::Scoped& q, std::int64_t account, const Ready& r) {
  std::optional<bool> same;
  q.unscoped().run("SELECT digest FROM questionnaire_answer WHERE account_id = $1 AND client_id = $2",
                   {account, r.in->client_id}, [&](const db::Row& row) { same = row.blob(0) == r.digest; });
  return same;
}

// The round asks this questionnaire, or did when the phone took it along. Of two sheets at once the second
// waits here.
bool lock_round(db::Scoped& q, std::int64_t round_id, std::int64_t questionnaire_id) {
  return q.unscoped().run(
             "UPDATE questionnaire_round SET chosen_by = chosen_by WHERE round_id = $1 AND "
             "questionnaire_id = $2",
             {round_id, questionnaire_id}) > 0;
}

// Of a door the newest counts, in whatever order they arrive.
std::optional<std::int64_t> replace_older(db::Scoped& q, const SheetRow& row) {
  std::optional<std::int64_t> newer;
  q.unscoped().run(
      "SELECT id FROM questionnaire_answer WHERE round_id = $1 AND questionnaire_id = $2 AND dwelling_id = "
      "$3 AND replaced_by IS NULL AND happened_ms > $4",
      {row.round_id, row.questionnaire_id, row.dwelling_id, row.happened},
      [&](const db::Row& r) { newer = r.integer(0); });
  if (!newer)
    q.unscoped().run(
        "UPDATE questionnaire_answer SET replaced_by = $4 WHERE round_id = $1 AND questionnaire_id = $2 AND "
        "dwelling_id = $3 AND replaced_by IS NULL",
        {row.round_id, row.questionnaire_id, row.dwelling_id, row.id});
  return newer;
}

SheetResult record(db::Scoped& q, api::Context& c, Versions& versions, const Ready& r) {
  const auto& in = *r.in;
  if (in.happened_ms > c.now + clock_slack_ms) return refused(r, "in_the_future", "/happened_ms");
  if (!survey::find_round(q, in.round_id)) return refused(r, "not_found", "/round_id");
  const auto door = survey::door_of_round(q, in.round_id, in.dwelling_id);
  if (!door) return refused(r, "not_found", "/dwelling_id");
  const auto* version = versions.find(in.version_id);
  if (version == nullptr || !lock_round(q, in.round_id, version->questionnaire_id))
    return refused(r, "not_found", "/version_id");
  if (const auto same = known_before(q, c.who.account, r))
    return *same ? SheetResult{in.client_id, SheetStatus::stored_before, {}, {}}
                 : refused(r, "survey.other_record", "/client_id");
  const auto sheet = rule::evaluate(version->form, in.answers, base::civil_day(in.happened_ms));
  if (!sheet.complaints.empty()) {
    const auto& first = sheet.complaints.front();
    return refused(r, fmt::format("questionnaire.answer_{}", meta::name_of(first.wrong)),
                   "/answers/" + first.name);
  }
  SheetRow row;
  row.id = meta::Id<SheetRow>(r.id);
  row.round_id = in.round_id;
  row.questionnaire_id = version->questionnaire_id;
  row.version_id = in.version_id;
  row.dwelling_id = in.dwelling_id;
  row.compound_id = door->compound_id;
  row.account_id = c.who.account;
  row.client_id = in.client_id;
  row.digest.value = r.digest;
  row.answers.text = meta::to_json(sheet.kept);
  row.happened = in.happened_ms;
  row.recorded = c.now;
  row.replaced_by = replace_older(q, row);
  core::append(q, row);
  core::note_change(q, "survey", door->compound_id, in.dwelling_id, c.now);
  return {in.client_id, SheetStatus::stored, {}, {}};
}

// One bad sheet never keeps the others back.
Result<SheetResults> upload(api::Context& c, const SheetUpload& in) {
  if (in.items.size() > upload_max)
    return base::fail_field("/items", "too_long", {{"max", std::to_string(upload_max)}});
  std::vector<Ready> all;
  for (const auto& item : in.items)
    all.push_back({&item, c.store.next_id(), c.services.keys.blind("answer_sheet", meta::to_json(item))});
  return c.write([&](db::Scoped& q) -> Result<SheetResults> {
    SheetResults out;
    Versions versions(q);
    std::int64_t stored = 0;
    for (const auto& r : all) {
      out.items.push_back(record(q, c, versions, r));
      stored += out.items.back().status == SheetStatus::stored;
    }
    if (stored > 0)
      core::audit(q, c,
                  {"questionnaire.record", "survey_round", in.items.front().round_id, std::nullopt,
                   fmt::format("sheets={}", stored)});
    return out;
  });
}

}  // namespace

void sheet_routes(api::Router& r) {
  r.post<SheetUpload, SheetResults>("/api/answer-sheets", Permission::work_write,
                                    "What was answered at doors; each sheet is stored once", upload);
}

}  // namespace feature::questionnaire
