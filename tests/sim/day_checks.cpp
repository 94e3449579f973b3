// What must hold of the day, whatever was done.
#include <fmt/format.h>

#include <algorithm>

#include "sim/day_driver.hpp"

namespace sim::day {
namespace {

namespace json = boost::json;

constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;

std::int64_t day_of(std::int64_t at_ms) { return (at_ms + 8 * hour_ms) / day_ms; }

}  // namespace

// The page that shows which rule holds says what the model says, before noon, at noon and later.
void DayDriver::check_rules() {
  doing_ = "rules";
  for (std::size_t n = 0; n < compounds_.size(); ++n)
    for (const auto at : {noon_ms_ - 1, noon_ms_, noon_ms_ + 40 * minute_ms, now_ms()}) {
      const auto shown =
          ask("day_office", "GET",
              fmt::format("/api/policies/explain?compound_id={}&at_ms={}", compounds_[n].id, at));
      const auto version = shown.at("policy").at("version").as_int64();
      const auto rules = dates_.at(static_cast<int>(n), at);
      expect(version == rules.version,
             fmt::format("compound {} at {}: rule {}, not {}", n, at - noon_ms_, version, rules.version));
    }
}

void DayDriver::check_figures() {
  doing_ = "figures";
  for (std::size_t n = 0; n < compounds_.size(); n += 7) {
    const auto overview =
        ask("day_office", "GET", fmt::format("/api/overview?compound_id={}", compounds_[n].id));
    const auto f = model_.figures(now_ms(), static_cast<int>(n));
    for (const auto& [code, value] : std::initializer_list<std::pair<const char*, std::int64_t>>{
             {"exits_today", f.exits_today},
             {"entries_today", f.entries_today},
             {"out_now", f.out_now},
             {"emergencies_today", f.emergencies_today},
             {"turned_back", f.turned_back}}) {
      bool found = false;
      for (const auto& shown : overview.at("figures").as_array())
        if (shown.at("code") == code && member(shown, "value") == value) found = true;
      expect(found, fmt::format("compound {}: {} is not {}", n, code, value));
    }
  }
}

// Every acknowledged record exactly once, as it was said and judged; nothing else.
void DayDriver::check_ledgers() {
  doing_ = "ledgers";
  const auto holds = [this](bool good, const std::string& what) { expect(good, what); };
  LedgerRows rows;
  for (const auto& compound : compounds_) rows.merge(ledger_of(world_, "day_office", compound.id, holds));
  expect(rows.size() == model_.stored().size(),
         fmt::format("{} rows, not {}", rows.size(), model_.stored().size()));
  for (const auto& c : model_.stored())
    compare(rows, c, c.household < 0 ? 0 : households_[static_cast<std::size_t>(c.household)].id, holds);
  check_quota(rows);
}

// Without the model's bookkeeping, in the plainest words: the exits of a household in their order, each with
// the rule of its time. One that is too many was not let out by a gate that knew of the others; it or one
// that it depends on was told late and bears the flag.
void DayDriver::check_quota(const LedgerRows& rows) {
  doing_ = "quota";
  std::map<int, std::vector<const Crossing*>> of_household;
  for (const auto& c : model_.stored())
    if (c.household >= 0 && c.passed) of_household[c.household].push_back(&c);
  for (auto& [household, crossings] : of_household) {
    std::ranges::sort(crossings, {}, &Crossing::at_ms);
    for (std::size_t i = 0; i < crossings.size(); ++i) {
      const auto& exit = *crossings[i];
      if (!exit.out) continue;
      const auto rules = dates_.at(exit.compound, exit.at_ms);
      int outings = 0;
      bool flagged = codes_of(rows.at(exit.id).at("flags")).contains("quota_used");
      expect(!flagged || !confirmed_.contains(exit.id), "a gate with a network let out one too many");
      for (std::size_t k = 0; k < i; ++k) {
        const auto& before = *crossings[k];
        if (!before.out || before.at_ms == exit.at_ms ||
            day_of(exit.at_ms) >= day_of(before.at_ms) + rules.window_days)
          continue;
        flagged = flagged || codes_of(rows.at(before.id).at("flags")).contains("quota_used");
        const auto next =
            std::find_if(crossings.begin() + static_cast<std::ptrdiff_t>(k) + 1, crossings.end(),
                         [&](const Crossing* c) { return c->person == before.person; });
        const bool refunded = next != crossings.end() && !(*next)->out && (*next)->at_ms <= exit.at_ms &&
                              (*next)->at_ms - before.at_ms <= rules.refund_minutes * minute_ms;
        outings += !refunded;
      }
      const bool too_many = outings >= rules.outings;
      counts_.excess += too_many;
      expect(!too_many || !households_[static_cast<std::size_t>(household)].online_only,
             fmt::format("household {} was let out {} times by online decisions", household, outings + 1));
      expect(!too_many || flagged, fmt::format("nobody is told that passage {} was one too many", exit.id));
    }
  }
}

}  // namespace sim::day
