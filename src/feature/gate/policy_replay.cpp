#include "feature/gate/policy_replay.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "feature/gate/policy_change.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/gate/service.hpp"

namespace feature::gate {
namespace {

using base::Result;

constexpr std::int64_t replay_ms = 7 * base::day_ms;
constexpr int batch = 500;  // passages of one reading
constexpr std::size_t examples_max = 20;

struct Then {  // a line of the ledger, as far as a decision stands on it
  std::int64_t id = 0, household_id = 0, version = 0;
  std::optional<std::int64_t> person_id{};
  base::Instant at{};
  PlacesBelow below{};
  rule::Facts facts{};
};

rule::PassState pass_of(const std::vector<std::string>& reasons, bool shown) {
  for (const auto& reason : reasons)
    if (reason.starts_with("pass_"))
      if (const auto state = rule::from_name<rule::PassState>(reason.substr(5))) return *state;
  return shown ? rule::PassState::valid : rule::PassState::none;
}

Then load_then(const db::Row& r) {
  Then t;
  t.id = r.integer(0);
  t.at = r.instant(1);
  t.household_id = r.is_null(2) ? 0 : r.integer(2);
  t.person_id = r.maybe_integer(3);
  t.version = r.integer(4);
  auto& f = t.facts;
  f.now_ms = t.at.ms;
  f.direction = rule::from_name<rule::Direction>(r.text(5)).value_or(f.direction);
  f.holder = rule::from_name<rule::Holder>(r.text(6)).value_or(f.holder);
  f.persons = static_cast<int>(r.integer(7) + r.integer(8));
  f.accompanied_children = static_cast<int>(r.integer(8));
  const auto reasons = base::words_of(r.text(9));
  const auto had = [&](std::string_view code) { return std::ranges::find(reasons, code) != reasons.end(); };
  f.pass = pass_of(reasons, !r.is_null(10));
  f.child_alone = had("child_alone");
  f.presence = had("already_outside")  ? rule::Presence::outside
               : had("already_inside") ? rule::Presence::inside
                                       : rule::Presence::unknown;
  if (!r.is_null(11)) f.emergency = rule::from_name<rule::Emergency>(r.text(11));
  f.details_complete = !r.is_null(12) || !r.is_null(13);
  apply_steps(f, base::words_of(r.text(14)));
  if (auto readings = meta::from_json<std::vector<rule::Reading>>(r.text(15))) f.readings = *readings;
  for (int column = 16; column < 20; ++column)
    if (!r.is_null(column)) t.below.push_back(r.integer(column));
  return t;
}

class Replay {
 public:
  Replay(const NewPolicy& in, PolicyReplay& out) : in_(in), out_(out) {}

  // The next passages of the compound after the cursor; false when there are no more.
  bool step(db::Scoped& q, std::int64_t compound) {
    std::vector<Then> lines;
    q.run(
        "SELECT g.id, g.happened_ms, g.household_id, g.person_id, g.policy_version, g.direction, "
        "g.holder_kind, g.persons, g.companions, g.reasons, g.pass_id, g.emergency_reason, g.relation, "
        "g.guest_id, g.steps, g.readings, d.id, d.stair_id, d.building_id, d.phase_id FROM passage g JOIN "
        "place p ON p.id = g.compound_id LEFT JOIN place d ON d.id = g.dwelling_id WHERE g.compound_id = "
        "$1 AND g.happened_ms < $2 AND (g.happened_ms, g.id) > ($3, $4) AND g.result IN ('passed', "
        "'turned_back') AND {scope:p} ORDER BY g.happened_ms, g.id LIMIT 500",
        {compound, out_.until, after_, after_id_}, [&](const db::Row& r) { lines.push_back(load_then(r)); });
    if (lines.empty()) return false;
    const RuleBook then(q, compound, out_.until);
    auto tried = then;
    tried.try_out({subject_of(in_), 0, 0}, in_.params);
    const auto uses = uses_of_compound(q, compound, out_.until);
    const auto levels = levels_of_compound(q, compound, out_.from);
    for (auto& line : lines) {
      if (const auto found = uses.find(line.household_id); found != uses.end())
        line.facts.uses = before(found->second, line.at);
      compare(q, line, then, tried, levels);
    }
    after_ = lines.back().at;
    after_id_ = lines.back().id;
    return lines.size() == batch;
  }
  void begin() {
    after_ = out_.from;
    after_id_ = 0;
  }
  void finish() {
    for (const auto& [code, counts] : reasons_) out_.reasons.push_back({code, counts.first, counts.second});
    std::ranges::sort(out_.reasons, std::greater<>{},
                      [](const ReplayReason& r) { return r.newly + r.no_longer; });
    std::ranges::reverse(examples_);
    examples_.resize(std::min(examples_.size(), examples_max));
    out_.examples = examples_;
  }

 private:
  // The passage itself is among the outings of the window; it has not happened yet when it is decided.
  static std::vector<rule::Use> before(std::vector<rule::Use> uses, base::Instant at) {
    std::erase_if(uses, [&](const rule::Use& use) { return use.exit_at_ms >= at.ms; });
    return uses;
  }

  rule::Verdict decide(const Then& line, const rule::Policy& policy, const Levels& levels) {
    auto facts = line.facts;
    facts.standing = levels.word(policy, line.household_id, line.person_id, line.at);
    return rule::decide(facts, policy);
  }

  void compare(db::Scoped& q, const Then& line, const RuleBook& then, const RuleBook& tried,
               const Levels& levels) {
    ++out_.passages;
    const auto was = decide(line, then.version(q, line.version, line.below, line.at), levels);
    const auto is = decide(line, tried.policy(q, line.below, line.at), levels);
    if (was.outcome == is.outcome) return;
    ++out_.differ;
    ++(is.outcome > was.outcome ? out_.stricter : out_.milder);
    examples_.push_back(line.id);
    const auto enforced = [](const rule::Verdict& verdict) {
      std::set<rule::ReasonCode> codes;
      for (const auto& reason : verdict.reasons)
        if (reason.mode == rule::Mode::enforce) codes.insert(reason.code);
      return codes;
    };
    const auto before = enforced(was), after = enforced(is);
    for (const auto code : after)
      if (!before.contains(code)) ++reasons_[code].first;
    for (const auto code : before)
      if (!after.contains(code)) ++reasons_[code].second;
  }

  const NewPolicy& in_;
  PolicyReplay& out_;
  base::Instant after_{};
  std::int64_t after_id_ = 0;
  std::map<rule::ReasonCode, std::pair<std::int64_t, std::int64_t>> reasons_;
  std::vector<std::int64_t> examples_;
};

}  // namespace

Result<PolicyReplay> replay_policy(api::Context& c, const NewPolicy& in,
                                   const std::vector<std::int64_t>& compounds, std::int64_t all) {
  PolicyReplay out;
  out.until = c.now + 1;
  out.from = c.now + -replay_ms;
  out.compounds = all;
  Replay replay(in, out);
  for (const auto compound : compounds) {
    replay.begin();
    for (bool more = true; more;) {
      auto done = c.read([&](db::Scoped& q) -> Result<bool> { return replay.step(q, compound); });
      if (!done) return tl::unexpected(done.error());
      more = *done;
    }
    ++out.compounds_counted;
  }
  replay.finish();
  return out;
}

}  // namespace feature::gate
