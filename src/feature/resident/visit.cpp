// How a household's page is opened: the card's link and one fact besides. Whatever is wrong, the answer is
// the same and comes at the same time: nobody learns from it which card there is, or which fact is half
// right.
#include "feature/resident/visit.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/trail.hpp"
#include "core/words.hpp"
#include "feature/resident/routes.hpp"

namespace feature::resident {
namespace {

using api::Permission;
using base::Result;

constexpr std::string_view pass_purpose = "pass";  // of the card's own page (gate/pass_page.cpp)
constexpr std::string_view visit_purpose = "home";
constexpr std::int64_t visit_ms = 15 * base::minute_ms;
constexpr int try_cost = 6;  // of what one address may ask a minute
constexpr std::chrono::milliseconds answer_step{25};

void wait_for_even(std::chrono::steady_clock::time_point started) {
  const auto steps = (std::chrono::steady_clock::now() - started) / answer_step + 1;
  std::this_thread::sleep_until(started + steps * answer_step);
}

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c >= '0' && c <= '9') out += c;
  return out;
}

bool same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Every number is looked at, whichever fits.
bool knows_phone(db::Connection& c, const core::Keyring& keys, const Home& home, const std::string& said) {
  bool fits = false;
  c.run(
      "SELECT f.id, f.number_sealed FROM phone f JOIN residence r ON r.person_id = f.person_id WHERE "
      "r.household_id = $1 AND r.valid_until_ms IS NULL ORDER BY f.id LIMIT 40",
      {home.household_id}, [&](const db::Row& r) {
        const auto number = digits_of(keys.unseal("phone", "number", r.integer(0), r.blob(1)).value_or(""));
        fits = (number.size() >= 7 && same(number.substr(number.size() - 4), said)) || fits;
      });
  return fits;
}
bool knows_birth(db::Connection& c, const Home& home, const std::string& said) {
  bool fits = false;
  c.run(
      "SELECT pe.birth_day FROM person pe JOIN residence r ON r.person_id = pe.id WHERE r.household_id = $1 "
      "AND r.valid_until_ms IS NULL AND r.relation = 'head' AND pe.birth_day IS NOT NULL ORDER BY r.id LIMIT "
      "5",
      {home.household_id}, [&](const db::Row& r) {
        const auto parts = base::parts_of(r.day(0));
        fits = same(fmt::format("{:02}{:02}", parts.month, parts.day), said) || fits;
      });
  return fits;
}

Result<bool> knows(api::Context& c, const Home& home, const std::string& said) {
  const auto fact = c.services.resident_fact;
  return c.store.read([&](db::Connection& raw) -> Result<bool> {
    const bool phone = fact != core::ResidentFact::birth && knows_phone(raw, c.services.keys, home, said);
    const bool birth = fact != core::ResidentFact::phone && knows_birth(raw, home, said);
    return said.size() == 4 && (phone || birth);
  });
}

std::string_view question(core::ResidentFact fact) {
  return fact == core::ResidentFact::phone   ? "ask_phone"
         : fact == core::ResidentFact::birth ? "ask_birth"
                                             : "ask_either";
}

api::Response ask_page(const api::Context& c, const Words& word, int status, std::string_view problem) {
  const auto link = path_parameter(c, "link");
  Line fact;
  fact.name = "fact";
  fact.type = "tel";
  fact.mode = "numeric";
  fact.label = word(question(c.services.resident_fact));
  fact.most = 4;
  fact.required = true;
  auto body = fmt::format("<h1>{}</h1><p>{}</p>", escaped(word("title")), escaped(word("ask_why")));
  if (!problem.empty()) body += alert(word(problem));
  body += fmt::format(R"(<form method="post" action="/r/home/{}?lang={}">{}<button>{}</button></form>)",
                      api::percent_encode(link), word.language, line(fact), escaped(word("open")));
  body += fmt::format(R"(<p class="soft">{}</p>)", escaped(word("ask_help")));
  return page(status, word, "/r/home/" + link + "?lang=", body);
}

Result<api::Response> ask(api::Context& c) {
  const auto word = words_of(c);
  if (auto busy = too_busy(c, word, 1)) return *std::move(busy);
  return ask_page(c, word, 200, {});
}

// Whether the fact fits, of a card that is good, within the tries of that card.
Result<std::optional<Home>> tried(api::Context& c) {
  const auto said = digits_of(Said(c.request.body)("fact"));
  const auto pass = core::open_resident_link(c.services.keys, pass_purpose, path_parameter(c, "link"));
  auto home = c.store.read([&](db::Connection& raw) -> Result<std::optional<Home>> {
    return home_of(raw, pass.value_or(0), base::civil_day(c.now));
  });
  if (!home) return home;
  const auto known = knows(c, home->value_or(Home{}), said);
  if (!known) return tl::unexpected(known.error());
  const bool within =
      *home && c.services.resident_facts->take(fmt::format("home:{}", (*home)->household_id), c.now);
  if (!*home || !*known || !within) return std::optional<Home>{};
  return home;
}

Result<api::Response> enter(api::Context& c) {
  const auto started = std::chrono::steady_clock::now();
  const auto word = words_of(c);
  if (auto busy = too_busy(c, word, try_cost)) return *std::move(busy);
  const auto home = tried(c);
  if (!home) return tl::unexpected(home.error());
  if (!*home) {
    wait_for_even(started);
    return ask_page(c, word, 403, "not_opened");
  }
  auto noted = c.store.write([&](db::Connection& raw) -> Result<void> {
    db::Scoped q(raw, scope_of(**home));
    core::audit_as(q, c.services.keys, actor_of(**home), c.now, c.request_id,
                   {"resident.open", "household", (*home)->household_id, (*home)->compound_id});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  api::Response r;
  r.status = 303;
  r.set("Location", fmt::format("/r/visit/{}?lang={}",
                                core::resident_visit(c.services.keys, visit_purpose,
                                                     {(*home)->pass_id, c.now + visit_ms}),
                                word.language));
  wait_for_even(started);
  return r;
}

Result<api::Response> show(api::Context& c) {
  const auto word = words_of(c);
  if (auto busy = too_busy(c, word, 1)) return *std::move(busy);
  const auto visit = visit_of(c);
  if (!visit) return tl::unexpected(visit.error());
  if (!*visit) return over(word);
  const auto own = c.store.read([&](db::Connection& raw) -> Result<Own> {
    db::Scoped q(raw, scope_of((*visit)->home));
    return own_of(q, (*visit)->home, c.now);
  });
  if (!own) return tl::unexpected(own.error());
  Shown shown;
  for (const auto& [name, value] : api::query_of(c.request.target))
    if (name == "done" &&
        (value == "arrival" || value == "follow_up" || value == "request" || value == "received"))
      shown.done = value;
  return home_page(c, word, **visit, *own, shown);
}

}  // namespace

std::optional<Home> home_of(db::Connection& c, std::int64_t pass_id, base::Day today) {
  std::optional<Home> found;
  c.one(
      "SELECT ps.household_id, h.dwelling_id, h.compound_id FROM pass ps JOIN household h ON h.id = "
      "ps.household_id WHERE ps.id = $1 AND ps.state = 'active' AND ps.valid_until >= $2 AND "
      "h.valid_until_ms IS NULL",
      {pass_id, today}, [&](const db::Row& r) {
        found = Home{pass_id, r.integer(0), r.integer(1), r.integer(2)};
      });
  return found;
}

db::Scope scope_of(const Home& home) { return db::Scope::of({{db::Level::compound, home.compound_id}}); }
std::string actor_of(const Home& home) { return fmt::format("pass:{}", home.pass_id); }
core::Source source_of(const Home& home, base::Instant now) {
  return {"resident", actor_of(home), now, std::nullopt};
}

Words words_of(const api::Context& c) {
  std::string chosen;
  for (const auto& [name, value] : api::query_of(c.request.target))
    if (name == "lang") chosen = value;
  return {std::string(core::language_of(chosen, c.request.header("accept-language")))};
}

std::string path_parameter(const api::Context& c, std::string_view name) {
  for (const auto& [key, value] : c.path_parameters)
    if (key == name) return value;
  return {};
}

std::optional<api::Response> too_busy(const api::Context& c, const Words& word, int cost) {
  if (c.services.residents->take(c.request.peer, c.now, cost)) return std::nullopt;
  auto r = page(429, word, "?lang=", alert(word.any("pass_page.busy")));
  r.set("Retry-After", "60");
  return r;
}

api::Response over(const Words& word) {
  return page(404, word, "?lang=", fmt::format("<h1>{}</h1>{}", escaped(word("title")), alert(word("over"))));
}

Result<std::optional<Visit>> visit_of(api::Context& c) {
  const auto link = path_parameter(c, "visit");
  const auto opened = core::open_resident_visit(c.services.keys, visit_purpose, link, c.now);
  if (!opened) return std::optional<Visit>{};
  return c.store.read([&](db::Connection& raw) -> Result<std::optional<Visit>> {
    const auto home = home_of(raw, opened->record, base::civil_day(c.now));
    if (!home) return std::optional<Visit>{};
    return std::optional(Visit{*home, link, "/r/visit/" + link});
  });
}

std::string new_form(const api::Context& c, const Visit& visit) {
  const auto number = static_cast<std::int64_t>(core::random_number() >> 11);
  return core::resident_link(c.services.keys, fmt::format("form:{}", visit.link), number);
}
bool form_is_ours(const api::Context& c, const Visit& visit, std::string_view form) {
  return core::open_resident_link(c.services.keys, fmt::format("form:{}", visit.link), form).has_value();
}

void visit_routes(api::Router& r) {
  r.get<api::Response>("/r/home/{link}", Permission::anybody, "What opens a household's own page", ask)
      .produces = "text/html";
  auto& entering = r.post<api::Response>("/r/home/{link}", Permission::anybody,
                                         "Open a household's own page with one fact", enter);
  entering.consumes = "application/x-www-form-urlencoded";
  entering.produces = "text/html";
  r.get<api::Response>("/r/visit/{visit}", Permission::anybody, "A household's own page", show).produces =
      "text/html";
}

}  // namespace feature::resident
