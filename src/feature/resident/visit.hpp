#pragma once
// Inside the feature: who is at the page, what it shows of their household, and the address of the visit.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "core/services.hpp"
#include "feature/arrival/service.hpp"
#include "feature/control/service.hpp"
#include "feature/resident/html.hpp"
#include "feature/service_request/service.hpp"

namespace feature::resident {

// The household a card is of, while the card is good: the card's link is the right to its page.
struct Home {
  std::int64_t pass_id = 0, household_id = 0, dwelling_id = 0, compound_id = 0;
};
std::optional<Home> home_of(db::Connection& c, std::int64_t pass_id, base::Day today);

// What the page reads and writes goes through the compound's scope, and every query names the household.
db::Scope scope_of(const Home& home);
core::Source source_of(const Home& home, base::Instant now);
std::string actor_of(const Home& home);

struct Member {
  std::int64_t id = 0;
  std::string name{};  // masked
};
struct Card {
  std::int64_t id = 0;
  std::string pass_class{}, state{};
  base::Day valid_until{};
};
struct Own {
  std::string compound{}, label{};
  std::vector<Member> members{};
  std::vector<Card> cards{};
  std::vector<arrival::Arrival> arrivals{};
  std::vector<control::TodayOf> followed{};
  std::vector<service_request::ServiceRequest> requests{};
  std::vector<service_request::ServiceKind> kinds{};  // retired ones too
  std::vector<service_request::DirectoryEntry> directory{};
};
Own own_of(db::Scoped& q, const Home& home, base::Instant now);

// A visit in progress: its address is the right to it for a quarter of an hour.
struct Visit {
  Home home{};
  std::string link{}, address{};  // "/r/visit/<link>"
};
// Nothing for what was not made here, is over, or is of a card that is no longer good.
base::Result<std::optional<Visit>> visit_of(api::Context& c);

Words words_of(const api::Context& c);
// Takes `cost` of what the address may ask a minute; the answer to give when there is not so much left.
std::optional<api::Response> too_busy(const api::Context& c, const Words& word, int cost);
api::Response over(const Words& word);  // the visit is over: open the card again
std::string path_parameter(const api::Context& c, std::string_view name);

// The household's page, with what was said in a form that was not taken and why.
struct Shown {
  std::string problem{}, done{};  // codes of words
  std::string form{};             // which form `said` is of: "arrival", "request", "follow_<case>"
  Said said{};
};
api::Response home_page(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                        const Shown& shown, int status = 200);
// What the household asked for and may ask for, and whom it may call.
std::string services(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                     const Shown& shown);
// The hidden line of a form.
std::string hidden(const std::string& form);
// The value of a form's hidden line: only this page of this installation can make it, and it is new each
// time.
std::string new_form(const api::Context& c, const Visit& visit);
bool form_is_ours(const api::Context& c, const Visit& visit, std::string_view form);

}  // namespace feature::resident
