// What must hold at any time, whatever was done before.
#include <fmt/format.h>

#include <algorithm>

#include "sim/driver.hpp"
#include "sim/ledger_rows.hpp"

namespace sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms;

}  // namespace

void Driver::check_figures() {
  doing_ = "figures";
  if (model_.stored().empty()) return;
  const auto body =
      world_.send("office", "GET", fmt::format("/api/overview?compound_id={}", compound_id_)).body;
  const auto overview = json::parse(body);
  std::map<std::string, std::int64_t> shown;
  for (const auto& f : overview.at("figures").as_array())
    if (!member(f, "value").is_null()) shown[text_of(f.at("code"))] = member(f, "value").as_int64();
  const auto f = model_.figures(now_ms());
  for (const auto& [code, value] : std::initializer_list<std::pair<const char*, std::int64_t>>{
           {"exits_today", f.exits_today},
           {"entries_today", f.entries_today},
           {"out_now", f.out_now},
           {"emergencies_today", f.emergencies_today},
           {"turned_back", f.turned_back},
           {"provisional_waiting", f.provisional_waiting}}) {
    expect(shown.contains(code) && shown[code] == value,
           fmt::format("{} is {}, not {}", code, shown[code], value));
    note(fmt::format("{} {}", code, value));
  }
}

// Every acknowledged record exactly once, as it was said; nothing else.
void Driver::check_ledger() {
  doing_ = "ledger";
  const auto holds = [this](bool good, const std::string& what) { expect(good, what); };
  const auto rows = ledger_of(world_, "office", compound_id_, holds);
  expect(rows.size() == model_.stored().size() + corrections_.size(),
         fmt::format("{} rows, not {} and {}", rows.size(), model_.stored().size(), corrections_.size()));
  int copies = 0;
  for (const auto& c : model_.stored()) {
    compare(rows, c, c.household < 0 ? 0 : households_[static_cast<std::size_t>(c.household)].id, holds);
    copies += c.copy;
  }
  counts_.copies = copies;
  for (const auto& [id, original] : corrections_)
    expect(rows.contains(id) && member(rows.at(id), "reverses_id") == original, "a correction is lost");
}

// The outings a phone without a network decides from are those of the model.
void Driver::check_list() {
  doing_ = "list";
  const auto list = json::parse(world_.send(phones_[0].role, "GET", "/api/gate/list").body);
  for (std::size_t i = 0; i < households_.size(); ++i) {
    std::vector<Outing> shown, expected;
    for (const auto& u : list.at("uses").as_array()) {
      if (u.at("h") != households_[i].id) continue;
      Outing o{u.at("exit_at_ms").as_int64(), std::nullopt, u.at("counted").as_bool(),
               u.at("closed_by_staff").as_bool()};
      if (!member(u, "return_at_ms").is_null()) o.return_ms = member(u, "return_at_ms").as_int64();
      shown.push_back(o);
    }
    for (const auto& o : model_.outings(static_cast<int>(i)))
      if ((!o.return_ms && !o.closed) || o.exit_ms >= now_ms() - 7 * 24 * hour_ms) expected.push_back(o);
    std::ranges::sort(shown);
    expect(shown == expected,
           fmt::format("household {} has {} outings in the list, not {}", i, shown.size(), expected.size()));
  }
}

// Without the model's bookkeeping: what the gate itself let out, in the plainest words.
void Driver::check_plain_quota() {
  doing_ = "plain quota";
  const auto day = [](std::int64_t ms) { return (ms + 8 * hour_ms) / (24 * hour_ms); };
  for (std::size_t i = 0; i < households_.size(); ++i) {
    if (!households_[i].online_only) continue;
    std::optional<std::int64_t> last;
    for (const auto& o : model_.outings(static_cast<int>(i))) {
      if (!o.counted || (o.return_ms && *o.return_ms - o.exit_ms <= 10 * minute_ms)) continue;
      expect(!last || day(o.exit_ms) >= day(*last) + 3, "two outings in three days");
      last = o.exit_ms;
    }
  }
}

}  // namespace sim
