// What may be asked for. The kinds hold everywhere, so only those who manage all of it change them.
#include <fmt/format.h>

#include "core/trail.hpp"
#include "core/words.hpp"
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

Result<ServiceKindList> list_kinds(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<ServiceKindList> { return ServiceKindList{all_kinds(q)}; });
}

// Two kinds of one name could not be told apart at the telephone. A built-in kind is called by its words.
bool taken(db::Scoped& q, const std::string& title, std::int64_t by_other_than) {
  bool found = false;
  q.unscoped().run("SELECT code, title FROM service_kind WHERE id <> $1", {by_other_than},
                   [&](const db::Row& r) {
                     const auto words = "service_kind." + r.str(0);
                     if (const auto own = r.maybe_text(1))
                       found = found || *own == title;
                     else
                       for (const std::string_view language : {"zh-CN", "en"})
                         found = found || core::words(language, words) == title;
                   });
  return found;
}
bool asked_for(db::Scoped& q, std::int64_t kind) {
  bool found = false;
  q.unscoped().one("SELECT id FROM service_request WHERE kind_id = $1 LIMIT 1", {kind},
                   [&](const db::Row&) { found = true; });
  return found;
}

Result<ServiceKindList> add_kind(api::Context& c, const NewServiceKind& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  KindRow row;
  row.id = c.new_id<KindRow>();
  row.code = fmt::format("custom_{}", row.id.value);
  row.title = in.title;
  row.measure = meta::name_of(in.unit);
  row.carried = in.carried;
  row.position = 1000;
  return c.write([&](db::Scoped& q) -> Result<ServiceKindList> {
    if (taken(q, *row.title, row.id.value)) return base::fail_field("/title", "taken");
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"service_kind.change", "service_kind", row.id.value, std::nullopt, row.code});
    return ServiceKindList{all_kinds(q)};
  });
}

// What has been asked for was counted in the unit of its kind and went its way: neither becomes another.
base::Problems check(db::Scoped& q, const KindRow& before, const KindRow& after) {
  base::Problems problems;
  if (after.title && after.title != before.title && taken(q, *after.title, after.id.value))
    problems.push_back({"/title", "taken"});
  const bool measure = after.measure != before.measure, carried = after.carried != before.carried;
  if ((measure || carried) && asked_for(q, before.id.value)) {
    if (measure) problems.push_back({"/unit", "service.kind_used"});
    if (carried) problems.push_back({"/carried", "service.kind_used"});
  }
  return problems;
}

Result<ServiceKindList> change_kind(api::Context& c, const ServiceKindPatch& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  return c.write([&](db::Scoped& q) -> Result<ServiceKindList> {
    std::optional<KindRow> before;
    q.unscoped().one(
        "SELECT id, code, title, measure, carried, position, retired_ms FROM service_kind WHERE id = $1",
        {c.id()}, [&](const db::Row& r) { before = meta::load<KindRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto row = *before;
    if (in.title) row.title = *in.title;
    if (in.unit) row.measure = meta::name_of(*in.unit);
    if (in.carried) row.carried = *in.carried;
    if (in.retired && *in.retired != row.retired.has_value())
      row.retired = *in.retired ? std::optional(c.now) : std::nullopt;
    if (auto problems = check(q, *before, row); !problems.empty()) return base::fail(std::move(problems));
    core::update(q, *before, row, core::source_of(c));
    core::audit(q, c, {"service_kind.change", "service_kind", c.id(), std::nullopt, row.code});
    return ServiceKindList{all_kinds(q)};
  });
}

}  // namespace

std::vector<ServiceKind> all_kinds(db::Scoped& q) {
  std::vector<ServiceKind> out;
  q.unscoped().run(
      "SELECT id, code, title, measure, carried, retired_ms FROM service_kind ORDER BY position, id", {},
      [&](const db::Row& r) {
        out.push_back({meta::Id<KindRow>(r.integer(0)), r.str(1), r.maybe_text(2), r.str(3), r.boolean(4),
                       !r.is_null(5)});
      });
  return out;
}

void kind_routes(api::Router& r) {
  r.get<ServiceKindList>("/api/service-kinds", Permission::work_read, "Kinds of requests with their units",
                         list_kinds);
  r.post<NewServiceKind, ServiceKindList>("/api/service-kinds", Permission::term_write,
                                          "Add a kind of request", add_kind);
  r.patch<ServiceKindPatch, ServiceKindList>(
      "/api/service-kinds/{id}", Permission::term_write,
      "Rename a kind of request, retire it, give it another unit while nobody has asked for it", change_kind);
}

}  // namespace feature::service_request
