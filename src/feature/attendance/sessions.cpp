// Test sessions: opened and closed where they are held, swabs entered as they are taken or from a paper list
// afterwards. Who was swabbed was there, and near those before and after in the queue (XN-46).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/resident.hpp"
#include "core/services.hpp"
#include "feature/attendance/routes.hpp"
#include "feature/attendance/service.hpp"
#include "feature/place/below_service.hpp"

namespace feature::attendance {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t swabs_max = 50;  // of one form
constexpr std::int64_t longest_ms = base::day_ms;

constexpr auto shown = db::ScopedSql(
    "SELECT t.id, t.compound_id, p.name, t.site, t.organiser, t.from_ms, t.until_ms, (SELECT COUNT(*) FROM "
    "test_swab s WHERE s.session_id = t.id AND s.withdrawn_ms IS NULL), (SELECT COUNT(DISTINCT s.tube) FROM "
    "test_swab s WHERE s.session_id = t.id AND s.withdrawn_ms IS NULL) FROM test_session t JOIN place p ON "
    "p.id = t.compound_id WHERE t.withdrawn_ms IS NULL AND {scope:p}");
// Who lives where the asker looks after nothing is counted above and not named.
constexpr auto shown_swabs = db::ScopedSql(
    "SELECT s.id, s.session_id, s.person_id, t.site, pe.name, s.tube, s.taken_ms, CASE WHEN s.test_id IS "
    "NULL THEN 0 ELSE 1 END, COALESCE((SELECT d.label FROM residence l JOIN place lp ON lp.id = "
    "l.dwelling_id "
    "JOIN dwelling d ON d.id = l.dwelling_id WHERE l.person_id = s.person_id AND l.visible = 1 AND "
    "{scope:lp} ORDER BY l.id DESC LIMIT 1), '') FROM test_swab s JOIN test_session t ON t.id = s.session_id "
    "JOIN person pe ON pe.id = "
    "s.person_id JOIN place p ON p.id = t.compound_id WHERE s.withdrawn_ms IS NULL AND t.withdrawn_ms IS "
    "NULL "
    "AND {scope:p} AND EXISTS (SELECT 1 FROM residence r JOIN place h ON h.id = r.dwelling_id WHERE "
    "r.person_id = s.person_id AND {scope:h})");

Swab swab_of(const db::Row& r) {
  auto out = meta::load<Swab>(r);
  out.person_name = core::mask_name(out.person_name);
  return out;
}

Result<Session> session_by_id(db::Scoped& q, std::int64_t id) {
  std::optional<Session> found;
  q.one(shown.with(" AND t.id = {arg}"), {id}, [&](const db::Row& r) { found = meta::load<Session>(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return *found;
}

// Changed, and filled, by one at a time.
std::optional<SessionRow> lock_session(db::Scoped& q, std::int64_t id) {
  std::optional<SessionRow> found;
  if (q.count("SELECT COUNT(*) FROM test_session t JOIN place p ON p.id = t.compound_id WHERE t.id = $1 AND "
              "{scope:p}",
              {id}) == 0)
    return found;
  q.unscoped().run("UPDATE test_session SET recorded_ms = recorded_ms WHERE id = $1", {id});
  q.unscoped().run(
      "SELECT id, compound_id, site, organiser, from_ms, until_ms, recorded_by, recorded_ms, withdrawn_ms "
      "FROM "
      "test_session WHERE id = $1 AND withdrawn_ms IS NULL",
      {id}, [&](const db::Row& r) { found = meta::load<SessionRow>(r); });
  return found;
}

Result<Session> open_session(api::Context& c, const NewSession& in) {
  const auto id = c.store.next_id();
  const auto form = core::form_sent(c, "new_test_session", in.client_id, meta::to_json(in));
  return c.write([&](db::Scoped& q) -> Result<Session> {
    const auto before = core::make_once(q, c, form, id);
    if (!before) return tl::unexpected(before.error());
    if (*before) return session_by_id(q, **before);
    if (q.count(
            "SELECT COUNT(*) FROM place p WHERE p.id = $1 AND p.kind = 'compound' AND p.valid_until_ms IS "
            "NULL AND {scope:p}",
            {in.compound_id}) == 0)
      return base::fail_field("/compound_id", "not_found");
    SessionRow row;
    row.id = meta::Id<SessionRow>(id);
    row.compound_id = in.compound_id;
    row.site = in.site;
    if (in.organiser) row.organiser = *in.organiser;
    row.from = in.from_ms.value_or(c.now);
    if (row.from > c.now) return base::fail_field("/from_ms", "in_the_future");
    row.recorded_by = c.who.account;
    row.recorded = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"test_session.open", "test_session", id, row.compound_id});
    return session_by_id(q, id);
  });
}

Result<Session> get_session(api::Context& c) {
  return c.read([&](db::Scoped& q) { return session_by_id(q, c.id()); });
}

Result<Session> close_session(api::Context& c, const SessionEnd& in) {
  return c.write([&](db::Scoped& q) -> Result<Session> {
    const auto before = lock_session(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    after.until = in.until_ms.value_or(c.now);
    if (*after.until > c.now) return base::fail_field("/until_ms", "in_the_future");
    if (*after.until <= after.from) return base::fail_field("/until_ms", "not_later");
    if (*after.until - after.from > longest_ms) return base::fail_field("/until_ms", "too_long");
    if (q.unscoped().count(
            "SELECT COUNT(*) FROM test_swab WHERE session_id = $1 AND withdrawn_ms IS NULL AND "
            "taken_ms > $2",
            {c.id(), *after.until}) > 0)
      return base::fail_field("/until_ms", "swab_later");
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"test_session.close", "test_session", c.id(), after.compound_id});
    return session_by_id(q, c.id());
  });
}

// One that was opened by mistake; what was taken there is taken back first.
Result<Session> withdraw_session(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Session> {
    const auto before = lock_session(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto answer = session_by_id(q, c.id());
    if (!answer) return tl::unexpected(answer.error());
    if (answer->swabs > 0) return base::fail(ErrorKind::conflict, "session_has_swabs");
    auto after = *before;
    after.withdrawn = c.now;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"test_session.withdraw", "test_session", c.id(), after.compound_id});
    return answer;
  });
}

base::Problems check(db::Scoped& q, const SessionRow& session, const NewSwabs& in, base::Instant now) {
  base::Problems problems;
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < in.items.size(); ++i) {
    const auto& item = in.items[i];
    const auto at = [&](std::string_view field) { return fmt::format("/items/{}/{}", i, field); };
    const auto taken = item.taken_ms.value_or(now);
    if (taken > now)
      problems.push_back({at("taken_ms"), "in_the_future"});
    else if (taken < session.from || taken > session.until.value_or(session.from + longest_ms))
      problems.push_back({at("taken_ms"), "outside_session"});
    if (q.count(
            "SELECT COUNT(*) FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = "
            "r.dwelling_id WHERE r.person_id = $1 AND r.visible = 1 AND pe.name <> '' AND {scope:p}",
            {item.person_id}) == 0)
      problems.push_back({at("person_id"), "not_found"});
    else if (!seen.insert(item.person_id).second)
      problems.push_back({at("person_id"), "already_named"});
    else if (q.unscoped().count("SELECT COUNT(*) FROM test_swab WHERE session_id = $1 AND person_id = $2 AND "
                                "withdrawn_ms IS NULL",
                                {session.id, item.person_id}) > 0)
      problems.push_back({at("person_id"), "already_swabbed"});
  }
  return problems;
}

// All of a form or none of it.
Result<Session> add_swabs(api::Context& c, const NewSwabs& in) {
  if (in.items.empty()) return base::fail_field("/items", "required");
  if (in.items.size() > swabs_max) return base::fail_field("/items", "too_many");
  const auto form = core::form_sent(c, "new_swabs", in.client_id, meta::to_json(in) + std::to_string(c.id()));
  std::vector<std::int64_t> ids;
  std::vector<control::Ids> sample_ids;
  for (std::size_t i = 0; i < in.items.size(); ++i) {
    ids.push_back(c.store.next_id());
    sample_ids.push_back(control::take_ids(c.store));
  }
  return c.write([&](db::Scoped& q) -> Result<Session> {
    const auto session = lock_session(q, c.id());
    if (!session) return base::fail(ErrorKind::not_found, "not_found");
    const auto before = core::make_once(q, c, form, c.id());
    if (!before) return tl::unexpected(before.error());
    if (*before) return session_by_id(q, **before);
    if (auto problems = check(q, *session, in, c.now); !problems.empty())
      return base::fail(std::move(problems));
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      SwabRow row;
      row.id = meta::Id<SwabRow>(ids[i]);
      row.session_id = c.id();
      row.person_id = in.items[i].person_id;
      row.tube = in.items[i].tube;
      row.taken = in.items[i].taken_ms.value_or(c.now);
      row.recorded_by = c.who.account;
      row.recorded = c.now;
      store_swab(q, *session, row, sample_ids[i], core::source_of(c));
    }
    core::audit(q, c,
                {"test_session.swabs", "test_session", c.id(), session->compound_id,
                 fmt::format("swabs={}", in.items.size())});
    return session_by_id(q, c.id());
  });
}

Result<Swab> withdraw_swab(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Swab> {
    std::optional<Swab> found;
    q.one(shown_swabs.with(" AND s.id = {arg}"), {c.id()}, [&](const db::Row& r) { found = swab_of(r); });
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    // The case has it, and may have been decided by it.
    if (found->under_control) return base::fail(ErrorKind::conflict, "swab_is_sample");
    const auto session = lock_session(q, found->session_id);
    if (!session) return base::fail(ErrorKind::not_found, "not_found");
    q.unscoped().run("UPDATE test_swab SET withdrawn_ms = $2 WHERE id = $1 AND withdrawn_ms IS NULL",
                     {c.id(), c.now});
    core::note_change(q, "attendance", session->compound_id, found->person_id, c.now);
    core::audit(q, c, {"test_session.swab_withdraw", "test_swab", c.id(), session->compound_id});
    return *found;
  });
}

Result<api::Page<Session>> list_sessions(api::Context& c, const SessionQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = shown;
    std::vector<db::Arg> args;
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.place_id) add(place::below(q, *in.place_id), *in.place_id);
    if (in.day) {
      add(" AND t.from_ms >= {arg}", base::start_of(*in.day));
      add(" AND t.from_ms < {arg}", base::start_of(*in.day + 1));
    }
    if (in.open && *in.open) sql = sql.with(" AND t.until_ms IS NULL");
    if (in.open && !*in.open) sql = sql.with(" AND t.until_ms IS NOT NULL");
    return api::fetch_page<Session>(
        q, sql, args, in.limit, in.cursor,
        api::PageOrder{" AND (t.from_ms, t.id) < ({arg}, {arg})",
                       " ORDER BY t.from_ms DESC, t.id DESC LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<Session>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(5), r.integer(0)};
        });
  });
}

Result<api::Page<Swab>> list_swabs(api::Context& c, const SwabQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = shown_swabs;
    std::vector<db::Arg> args;
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.place_id) add(place::below(q, *in.place_id), *in.place_id);
    if (in.session_id) add(" AND s.session_id = {arg}", *in.session_id);
    if (in.person_id) add(" AND s.person_id = {arg}", *in.person_id);
    const std::string tube = in.tube ? std::string(*in.tube) : std::string();
    if (in.tube) add(" AND s.tube = {arg}", tube);
    if (in.day) {
      add(" AND s.taken_ms >= {arg}", base::start_of(*in.day));
      add(" AND s.taken_ms < {arg}", base::start_of(*in.day + 1));
    }
    return api::fetch_page<Swab>(q, sql, args, in.limit, in.cursor,
                                 api::PageOrder{" AND (s.taken_ms, s.id) < ({arg}, {arg})",
                                                " ORDER BY s.taken_ms DESC, s.id DESC LIMIT {arg}"},
                                 swab_of, [](const db::Row& r) {
                                   return api::SortKey{r.integer(6), r.integer(0)};
                                 });
  });
}

}  // namespace

void store_swab(db::Scoped& q, const SessionRow& session, SwabRow row, const control::Ids& sample,
                const core::Source& source) {
  row.test_id = control::note_sample(
      q,
      {row.person_id, base::civil_day(row.taken), fmt::format("test_swab:{}", row.id.value), row.recorded_by},
      sample, source);
  core::append(q, row);
  core::note_change(q, "attendance", session.compound_id, row.person_id, source.now);
}

void session_routes(api::Router& r) {
  core::list<list_sessions>(r, "/api/test-sessions", Permission::follow_up_write, "Test sessions");
  r.post<NewSession, Session>("/api/test-sessions", Permission::follow_up_write, "Open a test session",
                              open_session);
  r.get<Session>("/api/test-sessions/{id}", Permission::follow_up_write, "A test session", get_session);
  r.post<SessionEnd, Session>("/api/test-sessions/{id}/close", Permission::follow_up_write,
                              "Close a test session", close_session);
  r.remove<Session>("/api/test-sessions/{id}", Permission::follow_up_write,
                    "Take a test session back that was not held", withdraw_session);
  r.post<NewSwabs, Session>("/api/test-sessions/{id}/swabs", Permission::follow_up_write,
                            "Who was swabbed, into which tube", add_swabs);
  core::list<list_swabs>(r, "/api/test-swabs", Permission::follow_up_write, "Swabs of test sessions");
  r.remove<Swab>("/api/test-swabs/{id}", Permission::follow_up_write, "Take a swab back that was not",
                 withdraw_swab);
}

}  // namespace feature::attendance
