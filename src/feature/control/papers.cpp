// Notices on paper: at the door, of the observation, of the release (XN-48). The one at the door says neither
// name nor diagnosis nor number (practice 24).
#include <fmt/format.h>

#include "core/paper.hpp"
#include "core/words.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/control/routes.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

enum class Paper { door_notice, observation, release };

struct Words {
  std::string_view language;
  std::string operator()(std::string_view key) const {
    return core::words(language, fmt::format("notice.{}", key));
  }
};

struct Subject {
  CaseRow row{};
  std::string label{}, name{}, office{};
};

print::Notice door_notice(const Words& word) {
  print::Notice n;
  n.large = true;
  n.title = word("door.title");
  n.paragraphs = {word("door.visits"), word("door.goods"), word("door.help")};
  n.blanks = {word("contact"), word("phone")};
  return n;
}

void whom(const Words& word, const Subject& s, print::Notice& n) {
  n.facts = {
      {word("name"), s.name}, {word("home"), s.label}, {word("first_day"), base::to_string(s.row.day_one)}};
}

print::Notice observation(const Words& word, const Subject& s) {
  print::Notice n;
  n.title = word("observation.title");
  whom(word, s, n);
  n.facts.emplace_back(word("last_day"),
                       s.row.last_day ? base::to_string(*s.row.last_day) : word("until_decided"));
  n.facts.emplace_back(
      word("level"), core::words(word.language, fmt::format("control_level.{}", meta::name_of(s.row.level))));
  if (s.row.site) n.facts.emplace_back(word("site"), *s.row.site);
  if (s.row.reference) n.facts.emplace_back(word("reference"), *s.row.reference);
  n.paragraphs = {word("observation.measure"), word("observation.stay"), word("observation.ill"),
                  word("observation.end")};
  n.blanks = {word("contact"), word("phone"), word("signed")};
  return n;
}

print::Notice release_notice(const Words& word, const Subject& s) {
  print::Notice n;
  n.title = word("release.title");
  whom(word, s, n);
  n.facts.emplace_back(word("ended"), base::to_string(base::civil_day(*s.row.ended)));
  n.facts.emplace_back(word("reference"), s.row.end_reference.value_or(""));
  n.paragraphs = {word("release.text"), word("release.after")};
  n.blanks = {word("signed")};
  return n;
}

Result<Subject> subject_of(api::Context& c, Paper paper) {
  return c.write([&](db::Scoped& q) -> Result<Subject> {
    const auto row = find_case(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    const bool released = row->end_reason == EndReason::released;
    if (paper == Paper::release && !released) return base::fail(ErrorKind::conflict, "control.not_released");
    if (paper != Paper::release && row->ended) return base::fail(ErrorKind::conflict, "control.ended");
    Subject s{*row, {}, {}, {}};
    q.unscoped().one(
        "SELECT d.label, pe.name, k.name FROM dwelling d, person pe, place p LEFT JOIN place k ON k.id = "
        "p.community_id WHERE d.id = $1 AND p.id = $1 AND pe.id = $2",
        {row->dwelling_id, row->person_id}, [&](const db::Row& r) {
          s.label = r.str(0);
          s.name = r.str(1);
          s.office = r.maybe_text(2).value_or("");
        });
    core::audit(q, c, {"control.paper", "control_case", c.id(), row->compound_id});
    return s;
  });
}

Result<api::Response> print_paper(api::Context& c, const PaperQuery& in, Paper paper) {
  const Words word{core::language_of(in.lang.value_or(""), c.request.header("accept-language"))};
  const auto s = subject_of(c, paper);
  if (!s) return tl::unexpected(s.error());
  auto notice = paper == Paper::door_notice   ? door_notice(word)
                : paper == Paper::observation ? observation(word, *s)
                                              : release_notice(word, *s);
  notice.issued = s->office + "  " + base::to_string(base::civil_day(c.now));
  notice.created = base::to_iso(c.now);
  return core::notice_pdf(notice, "notice");
}

Result<api::Response> print_door_notice(api::Context& c, const PaperQuery& in) {
  return print_paper(c, in, Paper::door_notice);
}
Result<api::Response> print_observation(api::Context& c, const PaperQuery& in) {
  return print_paper(c, in, Paper::observation);
}
Result<api::Response> print_release(api::Context& c, const PaperQuery& in) {
  return print_paper(c, in, Paper::release);
}

}  // namespace

void paper_routes(api::Router& r) {
  r.get<PaperQuery, api::Response>("/api/control-cases/{id}/door-notice", Permission::control_read,
                                   "The notice for the door: no name, no diagnosis", print_door_notice)
      .produces = "application/pdf";
  r.get<PaperQuery, api::Response>("/api/control-cases/{id}/observation-notice", Permission::control_read,
                                   "The notice of the observation", print_observation)
      .produces = "application/pdf";
  r.get<PaperQuery, api::Response>("/api/control-cases/{id}/release-notice", Permission::control_read,
                                   "The notice of the release", print_release)
      .produces = "application/pdf";
}

}  // namespace feature::control
