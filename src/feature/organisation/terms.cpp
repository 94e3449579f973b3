// The words an installation chooses hold everywhere, so only those who manage all of it change them.
#include <fmt/format.h>

#include "base/text.hpp"
#include "core/words.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/service.hpp"
#include "feature/stewardship/service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::string_view term_columns =
    "SELECT id, list, code, title, required_of, position, retired_ms FROM term ";

Term shown(const TermRow& row) {
  return {row.id.value,           row.list, row.code, row.title, base::words_of(row.required_of),
          row.retired.has_value()};
}

Result<TermAll> list_terms(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<TermAll> {
    TermAll out;
    q.unscoped().run(std::string(term_columns) + "ORDER BY list, position, id LIMIT 2000", {},
                     [&](const db::Row& r) { out.items.push_back(shown(meta::load<TermRow>(r))); });
    return out;
  });
}

// Of documents only, and kinds of organisations only.
Result<std::string> required_text(db::Scoped& q, TermList list, const std::vector<std::string>& kinds) {
  base::Problems problems;
  if (!kinds.empty() && list != TermList::document_kind)
    problems.push_back({"/required_of", "not_allowed_here"});
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (!known_term(q, TermList::organisation_kind, kinds[i]))
      problems.push_back({fmt::format("/required_of/{}", i), "not_allowed", {{"value", kinds[i]}}});
  if (!problems.empty()) return base::fail(std::move(problems));
  return fmt::format("{}", fmt::join(kinds, " "));
}

Result<Term> create_term(api::Context& c, const NewTerm& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  TermRow row;
  row.id = c.new_id<TermRow>();
  row.list = in.list;
  row.code = fmt::format("custom_{}", row.id.value);
  row.title = in.title;
  row.position = 1000;
  return c.write([&](db::Scoped& q) -> Result<Term> {
    auto required = required_text(q, in.list, in.required_of.value_or(std::vector<std::string>{}));
    if (!required) return tl::unexpected(std::move(required).error());
    row.required_of = std::move(*required);
    core::insert(q, row, core::source_of(c));
    core::audit(q, c,
                {"term.create", "term", row.id.value, std::nullopt, std::string(meta::name_of(row.list))});
    return shown(row);
  });
}

Result<Term> change_term(api::Context& c, const TermPatch& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  return c.write([&](db::Scoped& q) -> Result<Term> {
    std::optional<TermRow> before;
    q.unscoped().run(std::string(term_columns) + "WHERE id = $1", {c.id()},
                     [&](const db::Row& r) { before = meta::load<TermRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (in.title) after.title = *in.title;
    if (in.required_of) {
      auto required = required_text(q, before->list, *in.required_of);
      if (!required) return tl::unexpected(std::move(required).error());
      after.required_of = std::move(*required);
    }
    if (in.retired && *in.retired != before->retired.has_value())
      after.retired = *in.retired ? std::optional(c.now) : std::nullopt;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"term.change", "term", c.id(), std::nullopt, before->code});
    return shown(after);
  });
}

}  // namespace

bool known_term(db::Scoped& q, TermList list, std::string_view code) {
  return q.unscoped().count("SELECT COUNT(*) FROM term WHERE list = $1 AND code = $2 AND retired_ms IS NULL",
                            {meta::name_of(list), code}) > 0;
}

std::map<std::string, std::string> codes_by_word(db::Scoped& q, TermList list) {
  std::map<std::string, std::string> out;
  q.unscoped().run(
      "SELECT code, title FROM term WHERE list = $1 AND retired_ms IS NULL ORDER BY position, id",
      {meta::name_of(list)}, [&](const db::Row& r) {
        if (!r.is_null(1)) out.emplace(r.str(1), r.str(0));
        const auto key = fmt::format("{}.{}", meta::name_of(list), r.text(0));
        for (const std::string_view language : {"zh-CN", "en"})
          if (core::has_words(language, key)) out.emplace(core::words(language, key), r.str(0));
      });
  return out;
}

void term_routes(api::Router& r) {
  r.get<TermAll>("/api/terms", Permission::organisation_read,
                 "Kinds of organisations, teams and documents, forces and skills", list_terms);
  r.post<NewTerm, Term>("/api/terms", Permission::term_write, "Add a kind, force or skill", create_term);
  r.patch<TermPatch, Term>("/api/terms/{id}", Permission::term_write,
                           "Rename a kind, force or skill, retire it, say who must have such a document",
                           change_term);
}

}  // namespace feature::organisation
