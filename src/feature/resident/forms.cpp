// What a household tells on its page: an arrival, temperature and symptoms of who is under control, what it
// needs and that it came. All go the way staff's go, so the same rules, alerts and work follow.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "core/trail.hpp"
#include "core/words.hpp"
#include "feature/resident/routes.hpp"
#include "feature/resident/visit.hpp"

namespace feature::resident {
namespace {

using api::Permission;
using base::Result;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "36.5", "36,5", "36。5", "365" and "37" as people write them, in tenths; nothing for anything else.
std::optional<std::int64_t> tenths_in(std::string_view text) {
  std::string whole, part;
  bool after = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9')
      (after ? part : whole) += c;
    else if (c == '.' || c == ',' || text.substr(i).starts_with("。") || text.substr(i).starts_with("．")) {
      if (after) return std::nullopt;
      after = true;
      if (c != '.' && c != ',') i += std::string_view("。").size() - 1;
    } else
      return std::nullopt;
  }
  if (part.size() > 1) part.resize(1);
  if (!after && whole.size() == 3) return number_in(whole);
  const auto degrees = number_in(whole);
  if (!degrees || whole.size() != 2) return std::nullopt;
  return *degrees * 10 + (part.empty() ? 0 : part[0] - '0');
}

template <class T>
void set_text(std::optional<T>& into, std::string text) {
  if (!text.empty()) into.emplace(std::move(text));
}

arrival::NewArrival arrival_said(const Said& said, const Home& home, base::Day today) {
  arrival::NewArrival in;
  in.household_id = home.household_id;
  for (const auto& person : said.all("person"))
    if (const auto id = number_in(person)) in.person_ids.push_back(*id);
  for (int i = 1; i <= 3; ++i) {
    auto name = said(fmt::format("name_{}", i));
    if (name.empty()) continue;
    arrival::Newcomer newcomer;
    newcomer.name = std::move(name);
    set_text(newcomer.phone, said(fmt::format("phone_{}", i)));
    in.newcomers.push_back(std::move(newcomer));
  }
  in.arrived = base::parse_day(said("arrived")).value_or(today);
  in.origin = said("origin");
  set_text(in.been_to, said("been_to"));
  meta::parse_enum(said("transport"), in.transport);
  set_text(in.transport_number, said("transport_number"));
  set_text(in.seat, said("seat"));
  set_text(in.client_key, said("form"));
  return in;
}

// The first thing that is wrong, in words.
std::string problem_of(const Words& word, const base::Error& error) {
  if (error.problems.empty()) return word.any("error." + error.code);
  const auto& first = error.problems.front();
  auto field = first.path.substr(1);
  field = field.substr(0, field.find('/'));
  const auto named = "resident.field_" + field;
  const auto what = core::has_words(word.language, "error." + first.code)
                        ? core::words(word.language, "error." + first.code, first.params)
                        : first.code;
  return core::has_words(word.language, named) ? core::words(word.language, named) + ": " + what : what;
}

// A form of this visit, taken by `take` in one transaction with its row of the audit.
template <class Take>
Result<api::Response> take_form(api::Context& c, const std::string& form, std::string_view done, Take take) {
  const auto word = words_of(c);
  if (auto busy = too_busy(c, word, 2)) return *std::move(busy);
  const auto visit = visit_of(c);
  if (!visit) return tl::unexpected(visit.error());
  const Said said(c.request.body);
  if (!*visit || !form_is_ours(c, **visit, said("form"))) return over(word);
  const auto& home = (*visit)->home;
  auto taken = take(home, said);
  if (taken) {
    if (c.on_write) c.on_write();
    api::Response r;
    r.status = 303;
    r.set("Location", fmt::format("{}?done={}&lang={}", (*visit)->address, done, word.language));
    return r;
  }
  if (taken.error().kind == base::ErrorKind::internal || taken.error().kind == base::ErrorKind::busy)
    return tl::unexpected(std::move(taken).error());
  const auto own = c.store.read([&](db::Connection& raw) -> Result<Own> {
    db::Scoped q(raw, scope_of(home));
    return own_of(q, home, c.now);
  });
  if (!own) return tl::unexpected(own.error());
  return home_page(c, word, **visit, *own, {problem_of(word, taken.error()), {}, form, said}, 422);
}

Result<void> write(api::Context& c, const Home& home, const core::AuditEntry& entry,
                   const std::function<Result<void>(db::Scoped&, const core::Source&)>& body) {
  return c.store.write([&](db::Connection& raw) -> Result<void> {
    db::Scoped q(raw, scope_of(home));
    if (auto done = body(q, source_of(home, c.now)); !done) return done;
    core::audit_as(q, c.services.keys, actor_of(home), c.now, c.request_id, entry);
    return {};
  });
}

Result<api::Response> tell_arrival(api::Context& c) {
  return take_form(c, "arrival", "arrival", [&](const Home& home, const Said& said) -> Result<void> {
    arrival::NewArrival in;  // read like a body of the API, so that the same limits hold
    const auto told = meta::to_json(arrival_said(said, home, base::civil_day(c.now)));
    if (auto read = meta::read_record_json(meta::record_of<arrival::NewArrival>(), &in, told); !read)
      return read;
    const auto ids = arrival::take_ids(c.store, in);
    return write(c, home, {"resident.arrival", "arrival", ids.arrival, home.compound_id},
                 [&](db::Scoped& q, const core::Source& source) -> Result<void> {
                   const arrival::Teller teller{arrival::Told::resident, 0, source};
                   if (auto id = arrival::enter(q, c.services.keys, in, teller, ids); !id)
                     return tl::unexpected(std::move(id).error());
                   return {};
                 });
  });
}

Result<control::NewFollowUp> follow_up_said(const Said& said, std::int64_t case_id) {
  control::NewFollowUp in;
  in.case_id = case_id;
  in.half = said("half") == "evening" ? control::Half::evening : control::Half::morning;
  in.channel = control::Channel::self;
  if (const auto text = said(fmt::format("temperature_{}", case_id)); !text.empty()) {
    const auto tenths = tenths_in(text);
    if (!tenths || *tenths < 340 || *tenths > 430) return base::fail_field("/tenths", "out_of_range");
    in.tenths = *tenths;
  }
  for (const auto& code : said.all("symptom"))
    if (code != "none") in.symptoms.emplace_back(code);
  // That there is none is said by saying so; a temperature is asked for all the same.
  if (!in.tenths && in.symptoms.empty()) return base::fail_field("/tenths", "required");
  return in;
}

Result<api::Response> tell_follow_up(api::Context& c) {
  const auto case_id = number_in(Said(c.request.body)("case")).value_or(0);
  return take_form(c, fmt::format("follow_{}", case_id), "follow_up",
                   [&](const Home& home, const Said& said) -> Result<void> {
                     const auto in = follow_up_said(said, case_id);
                     if (!in) return tl::unexpected(in.error());
                     const auto ids = control::take_ids(c.store);
                     return write(
                         c, home, {"resident.follow_up", "control_case", case_id, home.compound_id},
                         [&](db::Scoped& q, const core::Source& source) -> Result<void> {
                           // Of another household: as if there were none.
                           const auto own =
                               control::today_of_household(q, home.household_id, base::civil_day(c.now));
                           if (std::ranges::find(own, case_id, &control::TodayOf::case_id) == own.end())
                             return base::fail_field("/case_id", "not_found");
                           if (auto done = control::follow_up(q, {0, source}, *in, ids, ""); !done)
                             return tl::unexpected(std::move(done).error());
                           return {};
                         });
                   });
}

// The same form sent twice is one request.
Result<api::Response> ask_for(api::Context& c) {
  return take_form(c, "request", "request", [&](const Home& home, const Said& said) -> Result<void> {
    service_request::NewRequest typed;
    typed.household_id = home.household_id;
    typed.kind = said("kind");
    typed.detail = said("detail");
    service_request::NewRequest in;  // read like a body of the API, so that the same limits hold
    if (auto read =
            meta::read_record_json(meta::record_of<service_request::NewRequest>(), &in, meta::to_json(typed));
        !read)
      return read;
    service_request::Ask ask;
    ask.household_id = home.household_id;
    ask.kind = in.kind;
    ask.detail = in.detail;
    ask.channel = service_request::Channel::resident;
    ask.origin = "page:" + said("form");
    const auto ids = service_request::take_ids(c.store);
    return write(c, home, {"resident.request", "service_request", ids.request, home.compound_id},
                 [&](db::Scoped& q, const core::Source& source) -> Result<void> {
                   if (auto id = service_request::request(q, ask, ids, source); !id)
                     return tl::unexpected(std::move(id).error());
                   return {};
                 });
  });
}

Result<api::Response> say_received(api::Context& c) {
  return take_form(c, "received", "received", [&](const Home& home, const Said& said) -> Result<void> {
    const auto id = number_in(said("request")).value_or(0);
    auto rating = number_in(said("rating"));
    if (rating && (*rating < 1 || *rating > 5)) return base::fail_field("/rating", "out_of_range");
    return write(c, home, {"resident.received", "service_request", id, home.compound_id},
                 [&](db::Scoped& q, const core::Source& source) {
                   return service_request::confirm(q, id, home.household_id, rating, std::nullopt, source);
                 });
  });
}

}  // namespace

void form_routes(api::Router& r) {
  auto form = [](api::Endpoint& e) {
    e.consumes = "application/x-www-form-urlencoded";
    e.produces = "text/html";
    e.body_limit_bytes = 16 * 1024;
  };
  form(r.post<api::Response>("/r/visit/{visit}/arrival", Permission::anybody,
                             "A household tells that somebody comes from elsewhere", tell_arrival));
  form(r.post<api::Response>("/r/visit/{visit}/follow-up", Permission::anybody,
                             "A household tells temperature and symptoms of who is under control",
                             tell_follow_up));
  form(r.post<api::Response>("/r/visit/{visit}/request", Permission::anybody,
                             "A household asks for what it needs", ask_for));
  form(r.post<api::Response>("/r/visit/{visit}/received", Permission::anybody,
                             "A household says that what it asked for has come", say_received));
}

}  // namespace feature::resident
