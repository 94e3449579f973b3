#include "world/world.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <stdexcept>

#include "app/demo.hpp"
#include "feature/access/service.hpp"
#include "feature/care/service.hpp"
#include "feature/command/service.hpp"
#include "feature/control/service.hpp"
#include "feature/gate/service.hpp"
#include "feature/trace/service.hpp"
#include "feature/work_item/service.hpp"
#include "token/enrolment.hpp"

namespace test_world {
namespace {

std::string hex(const std::array<std::uint8_t, 16>& secret) {
  std::string out;
  for (const auto b : secret) out += fmt::format("{:02x}", b);
  return out;
}

[[noreturn]] void fail(const std::string& what, const base::Error& error) {
  throw std::runtime_error(what + ": " + error.code + " " + error.cause);
}

}  // namespace

World::World(db::Dialect dialect) {
  options_.data = directory_ / "data";
  options_.keys = directory_ / "keys";
  if (dialect == db::Dialect::postgres) {
    database_.emplace();
    options_.database = database_->url();
  }
  options_.demo = true;
  open();
  if (auto made = app::make_demo(*program_, clock_.now()); !made) fail("demo", made.error());
  // An office of another community, whose eyes must not reach the first.
  const auto community = program_->store().next_id(), account = program_->store().next_id(),
             grant = program_->store().next_id();
  auto other = program_->store().write([&](db::Connection& c) -> base::Result<bool> {
    c.run(
        "INSERT INTO place (id, kind, parent_id, name, sort, district_id, subdistrict_id, community_id, "
        "valid_from_ms, version) SELECT $1, 'community', parent_id, 'other', 'other', district_id, "
        "subdistrict_id, $1, valid_from_ms, 1 FROM place WHERE kind = 'community'",
        {community});
    db::Scoped q(c, db::Scope::all());
    feature::access::add_account(q, account, grant, "other_office", "other", "community_office", community,
                                 {"test", "program", clock_.now(), std::nullopt});
    return true;
  });
  if (!other) fail("other office", other.error());
  log_in_all();
  const auto compounds = send("office", "GET", "/api/session").body;
  const auto openings =
      send("office", "GET", "/api/openings?compound_id=" + at(compounds, "compounds.0.id")).body;
  credentials_["phone"] = credentials_[enrol(number_at(openings, "items.0.id"))];
}

World::~World() = default;

void World::advance(std::int64_t ms) {
  clock_.advance(ms);
  log_in_all();
}

void World::log_in_all() {
  for (const auto& role : roles())
    if (role != "nobody" && role != "phone") log_in(role);
}

void World::open() {
  auto program = app::Program::open(options_, clock_);
  if (!program) fail("open", program.error());
  program_ = std::move(*program);
}

void World::restart() {
  stop();
  start();
}
void World::stop() { program_.reset(); }
void World::start() { open(); }

void World::count_compounds() {
  for (const auto count : {feature::command::count_compounds, feature::control::count_compounds}) {
    base::Result<std::int64_t> counted = 1;
    while (counted && *counted > 0) counted = count(program_->store(), clock_.now());
    if (!counted) fail("counting", counted.error());
  }
  base::Result<std::int64_t> voided = 1;
  while (voided && *voided > 0)
    voided = feature::gate::void_cards(program_->store(), program_->services().keys, clock_.now());
  if (!voided) fail("ending cards", voided.error());
}

void World::follow_presences() {
  auto followed = program_->services().trace->sync(program_->store(), clock_.now());
  if (!followed) fail("following presences", followed.error());
}

void World::tend_work() {
  for (const auto chore : {feature::gate::watch, feature::control::follow_moves, feature::care::follow_moves,
                           feature::control::tend, feature::care::tend, feature::work_item::tend}) {
    base::Result<std::int64_t> done = 1;
    while (done && *done > 0) done = chore(program_->store(), clock_.now());
    if (!done) fail("tending", done.error());
  }
}

void World::log_in(const std::string& username) {
  auto link = program_->login_link(username, clock_.now());
  if (!link) fail("link", link.error());
  const auto token = link->substr(link->find('=') + 1);
  const auto answer = send("nobody", "POST", "/api/session/link", "{\"token\":\"" + token + "\"}");
  if (answer.status != 200) throw std::runtime_error("log-in of " + username + ": " + answer.body);
  const std::string cookie(answer.header("set-cookie"));
  credentials_[username] = {"cookie", cookie.substr(0, cookie.find(';'))};
}

std::string World::enrol(std::int64_t opening_id, const std::string& by) {
  const auto code = send(by, "POST", "/api/enrolments",
                         fmt::format(R"({{"opening_id":{},"label":"phone {}"}})", opening_id, phones_));
  const auto enrolment = token::decode_enrolment(at(code.body, "text"));
  if (!enrolment) throw std::runtime_error("enrolment code: " + code.body);
  const auto answer =
      send("nobody", "POST", "/api/gate/enrol",
           fmt::format(R"({{"secret":"{}","client_ms":{}}})", hex(enrolment->secret), clock_.now().ms));
  if (answer.status != 200) throw std::runtime_error("enrolment: " + answer.body);
  const auto role = fmt::format("phone{}", phones_++);
  credentials_[role] = {"authorization", "Bearer " + at(answer.body, "device_token")};
  return role;
}

api::Response World::send(const std::string& role, const std::string& method, const std::string& target,
                          const std::string& body, const std::string& type) {
  api::Request request;
  request.method = method;
  request.target = target;
  request.body = body;
  request.headers = {{"host", "localhost"}};
  request.peer = peer_;
  if (!body.empty()) request.headers.emplace_back("content-type", type);
  if (const auto found = credentials_.find(role); found != credentials_.end())
    request.headers.push_back(found->second);
  else if (role != "nobody")
    throw std::runtime_error("no such role: " + role);
  return program_->service().handle(request);
}

const std::vector<std::string>& World::roles() {
  static const std::vector<std::string> all{
      "nobody",   "admin",       "district",  "subdistrict", "office", "other_office", "grid", "guard",
      "surveyor", "storekeeper", "inspector", "property",    "site",   "auditor",      "wall", "phone"};
  return all;
}

std::string at(const std::string& json, const std::string& path) {
  boost::system::error_code error;
  auto value = boost::json::parse(json, error);
  std::string_view rest = path;
  while (!error && !rest.empty()) {
    const auto step = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), step.size() + 1));
    if (value.is_object()) {
      const auto* found = value.get_object().if_contains(boost::json::string_view(step.data(), step.size()));
      if (!found) return {};
      value = boost::json::value(*found);
    } else if (value.is_array()) {
      const auto index = static_cast<std::size_t>(std::atoi(std::string(step).c_str()));
      if (index >= value.get_array().size()) return {};
      value = boost::json::value(value.get_array()[index]);
    } else {
      return {};
    }
  }
  if (error) return {};
  return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

std::int64_t number_at(const std::string& json, const std::string& path) {
  return std::atoll(at(json, path).c_str());
}

}  // namespace test_world
