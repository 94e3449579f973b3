// Two papers: the owner's confirmation to be filled in at the gate, and the receipt of the community (XN-50).
#include <fmt/format.h>

#include "core/paper.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/arrival/repo.hpp"
#include "feature/arrival/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::arrival {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

struct Words {
  std::string_view language;
  std::string operator()(std::string_view key) const {
    return core::words(language, fmt::format("arrival_paper.{}", key));
  }
};

std::string language_of(const api::Context& c, const PaperQuery& in) {
  return std::string(core::language_of(in.lang.value_or(""), c.request.header("accept-language")));
}

// Kept at the gate by the dozen, so it names nobody.
Result<api::Response> confirmation_form(api::Context& c, const PaperQuery& in) {
  const auto language = language_of(c, in);
  const Words word{language};
  print::Notice n;
  n.title = word("confirmation.title");
  n.paragraphs = {word("confirmation.text"), word("confirmation.other_proof"), word("confirmation.next")};
  for (const auto* blank :
       {"home", "host", "host_phone", "names", "origin", "been_to", "transport", "arrived", "signed"})
    n.blanks.push_back(word(blank));
  n.created = base::to_iso(c.now);
  return core::notice_pdf(n, "confirmation");
}

Result<api::Response> receipt(api::Context& c, const PaperQuery& in) {
  const auto language = language_of(c, in);
  const Words word{language};
  print::Notice n;
  n.title = word("receipt.title");
  auto facts = c.write([&](db::Scoped& q) -> Result<void> {
    const auto file = file_of(q, c.id(), c.now);
    if (!file) return tl::unexpected(file.error());
    const auto& item = file->item;
    if (item.arrival_state != State::filed) return base::fail(ErrorKind::conflict, "arrival.not_filed");
    std::string names, office;
    for (const auto& name : item.names)
      names += (names.empty() ? "" : core::words(language, "list_separator")) + name;
    q.unscoped().one("SELECT k.name FROM place p JOIN place k ON k.id = p.community_id WHERE p.id = $1",
                     {item.dwelling_id}, [&](const db::Row& r) { office = r.str(0); });
    n.facts = {{word("number"), *item.filing_number},
               {word("home"), item.label},
               {word("names"), names},
               {word("persons"), std::to_string(item.persons)},
               {word("arrived"), base::to_string(item.arrived)},
               {word("filed"), base::to_local(*item.filed)}};
    n.issued = office + "  " + base::to_string(base::civil_day(*item.filed));
    core::audit(q, c, {"arrival.paper", "arrival", c.id(), item.compound_id});
    return {};
  });
  if (!facts) return tl::unexpected(std::move(facts).error());
  n.paragraphs = {word("receipt.gate"), word("receipt.keep")};
  n.blanks = {word("stamp")};
  n.created = base::to_iso(c.now);
  return core::notice_pdf(n, "receipt");
}

}  // namespace

void paper_routes(api::Router& r) {
  r.get<PaperQuery, api::Response>("/api/arrivals/confirmation-form", Permission::place_read,
                                   "The owner's confirmation, to be filled in by hand", confirmation_form)
      .produces = "application/pdf";
  r.get<PaperQuery, api::Response>("/api/arrivals/{id}/receipt", Permission::control_read,
                                   "The receipt of a filing", receipt)
      .produces = "application/pdf";
}

}  // namespace feature::arrival
