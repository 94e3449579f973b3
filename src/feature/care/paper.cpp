// The care card: inside the home with whom to call, or a neutral mark at the door for those who agreed
// (practice 24). Neither says why.
#include "core/paper.hpp"

#include <fmt/format.h>

#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/care/keeping.hpp"
#include "feature/care/routes.hpp"
#include "feature/place/service.hpp"
#include "feature/service_request/service.hpp"

namespace feature::care {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

struct Subject {
  RecipientRow row{};
  std::string label{}, name{}, office{}, helper{};
  std::int64_t helper_id = 0;
  std::optional<std::string> phone_sealed{};
  std::vector<service_request::DirectoryEntry> directory{};
};

Result<Subject> subject_of(api::Context& c, Card card) {
  return c.write([&](db::Scoped& q) -> Result<Subject> {
    const auto row = find_recipient(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
    if (card == Card::door && !row->door_mark) return base::fail(ErrorKind::conflict, "care.no_consent");
    Subject s;
    s.row = *row;
    q.unscoped().one(
        "SELECT d.label, pe.name, k.name FROM dwelling d, person pe, place p LEFT JOIN place k ON k.id = "
        "p.community_id WHERE d.id = $1 AND p.id = $1 AND pe.id = $2",
        {row->dwelling_id, row->person_id}, [&](const db::Row& r) {
          s.label = r.str(0);
          s.name = r.str(1);
          s.office = r.maybe_text(2).value_or("");
        });
    q.unscoped().one(
        "SELECT s.id, s.name, s.phone_sealed FROM care_helper h JOIN staff s ON s.id = h.staff_id WHERE "
        "h.recipient_id = $1 AND h.valid_until_ms IS NULL",
        {row->id}, [&](const db::Row& r) {
          s.helper_id = r.integer(0);
          s.helper = r.str(1);
          if (!r.is_null(2)) s.phone_sealed = std::string(r.blob(2));
        });
    if (const auto home = place::find_place(q, row->dwelling_id))
      s.directory = service_request::directory_at(q, *home, c.now);
    core::audit(q, c,
                {"care.paper", "care_recipient", c.id(), row->compound_id, std::string(meta::name_of(card))});
    return s;
  });
}

print::Notice inside_card(const api::Context& c, std::string_view language, const Subject& s) {
  const auto word = [&](std::string_view key) { return core::words(language, key); };
  print::Notice n;
  n.title = word("care_card.title");
  n.facts = {{word("notice.name"), s.name}, {word("notice.home"), s.label}};
  const auto phone =
      s.phone_sealed ? c.services.keys.unseal("staff", "phone", s.helper_id, *s.phone_sealed) : std::nullopt;
  n.facts.emplace_back(word("care_card.helper"), s.helper);
  if (phone) n.facts.emplace_back(word("care_card.helper_phone"), *phone);
  for (const auto& entry : s.directory)
    if (entry.phone)
      n.facts.emplace_back(service_request::directory_word(language, entry),
                           fmt::format("{}  {}", entry.name, *entry.phone));
  n.paragraphs = {word("care_card.daily"), word("care_card.ask"), word("care_card.keep")};
  if (!phone) n.blanks = {word("care_card.helper_phone")};
  return n;
}

print::Notice door_mark(std::string_view language) {
  print::Notice n;
  n.large = true;
  n.title = core::words(language, "care_card.door");
  n.paragraphs = {core::words(language, "care_card.door_text")};
  return n;
}

Result<api::Response> card(api::Context& c, const CardQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  const auto which = in.card.value_or(Card::inside);
  const auto s = subject_of(c, which);
  if (!s) return tl::unexpected(s.error());
  auto notice = which == Card::door ? door_mark(language) : inside_card(c, language, *s);
  notice.issued = s->office + "  " + base::to_string(base::civil_day(c.now));
  notice.created = base::to_iso(c.now);
  return core::notice_pdf(notice, "care-card");
}

}  // namespace

void paper_routes(api::Router& r) {
  r.get<CardQuery, api::Response>("/api/care-recipients/{id}/card", Permission::follow_up_write,
                                  "The card for inside the home, or the neutral mark at the door", card)
      .produces = "application/pdf";
}

}  // namespace feature::care
