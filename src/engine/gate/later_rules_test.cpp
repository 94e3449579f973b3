// Hours, curfew, registration, codes and tests, entry and filing: every combination against a table of
// sentences that is written without decide.cpp. What else the gate asks is switched off.
#include <gtest/gtest.h>

#include <set>

#include "base/time.hpp"
#include "engine/gate/decide.hpp"
#include "engine/gate/names.hpp"

namespace engine::gate {
namespace {

enum class Clock { no_hours, within, outside };
enum class Tested { never, in_time, too_long_ago };

struct Labels {
  bool out = true;
  Holder holder{};
  Clock clock{};
  bool curfew = false, exempt = false, register_it = false, registered = false;
  Check check{};
  Proof proof{};
  Tested tested{};
  Entrant entrant{};
  EntryRule entry{};
  bool approved = false, filing_rule = false;
  Filing filing{};
};

constexpr std::int64_t now_ms = 18303 * base::day_ms;  // a Tuesday, 08:00 at UTC+8

Policy policy_of(const Labels& l) {
  Policy p;
  p.window_days = 0;
  p.temperature_required_out = p.temperature_required_in = false;
  if (l.clock == Clock::within) p.out_hours = {{2, 480, 481, {}}};
  if (l.clock == Clock::outside) p.out_hours = {{2, 481, 500, {}}, {127 - 2, 0, 1440, {}}};
  if (l.curfew) p.curfew = DayHours{1, 1320, 481, {}};  // Monday's, until Tuesday 08:01
  p.registration_required_out = p.registration_required_in = l.register_it;
  p.check_out = p.check_in = l.check;
  p.visitors = p.deliveries = p.outsiders = EntryRule::approval;
  (l.entrant == Entrant::visitor    ? p.visitors
   : l.entrant == Entrant::delivery ? p.deliveries
                                    : p.outsiders) = l.entry;
  p.filing_required = l.filing_rule;
  return p;
}

Facts facts_of(const Labels& l) {
  Facts f;
  f.direction = l.out ? Direction::out : Direction::in;
  f.now_ms = now_ms;
  f.holder = l.holder;
  f.details_complete = l.holder == Holder::visitor;
  if (l.exempt) f.exemption = Exemption{"official", now_ms, now_ms + 1, 127, 0, 1440};
  f.registered = l.registered;
  f.proof = l.proof;
  if (l.tested == Tested::in_time) f.tested_at_ms = now_ms - 48 * base::hour_ms;
  if (l.tested == Tested::too_long_ago) f.tested_at_ms = now_ms - 48 * base::hour_ms - 1;
  f.entrant = l.entrant;
  f.visit_approved = l.approved;
  f.filing = l.filing;
  return f;
}

struct Expected {
  Outcome outcome = Outcome::allow;
  Need need = Need::none;
  std::set<ReasonCode> codes{};
  friend bool operator==(const Expected&, const Expected&) = default;
};

Expected oracle(const Labels& l) {
  Expected e;
  const auto grave = [&](ReasonCode code, Outcome worth) {
    e.codes.insert(code);
    e.outcome = std::max(e.outcome, worth);
  };
  const auto ask = [&](ReasonCode code, Need need) {
    e.codes.insert(code);
    if (e.need == Need::none) e.need = need;
  };
  const bool resident = l.holder == Holder::resident_member;
  // Who comes in from outside: by the rule for visitors, deliveries or outsiders, and never a bare deny.
  if (!l.out && !resident && (l.entry == EntryRule::refer || (l.entry == EntryRule::approval && !l.approved)))
    grave(ReasonCode::outsider, Outcome::refer);
  // Hours and curfew are for residents who go out without a certificate.
  if (l.out && resident && !l.exempt) {
    if (l.clock == Clock::outside) grave(ReasonCode::outside_hours, Outcome::deny);
    if (l.curfew) grave(ReasonCode::curfew, Outcome::refer);
  }
  if (l.out && resident && l.exempt) e.codes.insert(ReasonCode::outing_exempt);
  if (e.outcome == Outcome::deny) return e;
  if (!l.out && l.filing_rule && l.filing == Filing::missing) {
    grave(ReasonCode::filing_missing, Outcome::refer);
    ask(ReasonCode::filing_missing, Need::filing);
  }
  // A visitor has been registered already.
  if (l.register_it && !l.registered && resident) ask(ReasonCode::registration_missing, Need::registration);
  const bool shown = l.proof == Proof::code || l.proof == Proof::paper || l.proof == Proof::guardian_phone ||
                     l.proof == Proof::office_lookup;
  const bool fresh = l.tested == Tested::in_time;
  const bool enough = l.check == Check::none || (l.check == Check::code && shown) ||
                      (l.check == Check::test && fresh) ||
                      (l.check == Check::code_or_test && (shown || fresh));
  if (enough) return e;
  if (l.proof == Proof::unable)
    grave(ReasonCode::check_unavailable, Outcome::refer);
  else if (l.check != Check::code && l.tested == Tested::too_long_ago)
    grave(ReasonCode::check_old, Outcome::refer);
  else
    ask(ReasonCode::check_missing, Need::check);
  return e;
}

Expected said(const Verdict& v) {
  Expected e;
  e.outcome = v.outcome;
  e.need = v.need;
  for (const auto& reason : v.reasons) e.codes.insert(reason.code);
  return e;
}

template <class E, class Visit>
void each(E last, Visit visit) {
  for (int i = 0; i <= static_cast<int>(last); ++i) visit(static_cast<E>(i));
}

TEST(GateOracle, HoursStepsAndEntrySayWhatTheTableSays) {
  std::size_t compared = 0, failed = 0;
  const auto compare = [&](const Labels& l) {
    ++compared;
    const auto found = said(decide(facts_of(l), policy_of(l)));
    if (found == oracle(l)) return;
    if (++failed <= 5)
      ADD_FAILURE() << (l.out ? "out " : "in ") << name_of(l.holder) << " clock " << static_cast<int>(l.clock)
                    << " curfew " << l.curfew << " exempt " << l.exempt << " check " << name_of(l.check)
                    << " proof " << name_of(l.proof) << " tested " << static_cast<int>(l.tested)
                    << " entrant " << name_of(l.entrant) << " entry " << name_of(l.entry) << " filing "
                    << name_of(l.filing) << " outcome " << name_of(found.outcome) << " need "
                    << name_of(found.need);
  };
  Labels l;
  for (int bits = 0; bits < 256; ++bits) {
    l.out = (bits & 1) != 0;
    l.holder = (bits & 2) != 0 ? Holder::visitor : Holder::resident_member;
    l.curfew = (bits & 4) != 0;
    l.exempt = (bits & 8) != 0;
    l.register_it = (bits & 16) != 0;
    l.registered = (bits & 32) != 0;
    l.approved = (bits & 64) != 0;
    l.filing_rule = (bits & 128) != 0;
    each(Clock::outside, [&](Clock clock) {
      l.clock = clock;
      each(Check::test, [&](Check check) {
        l.check = check;
        each(Proof::unable, [&](Proof proof) {
          l.proof = proof;
          each(Tested::too_long_ago, [&](Tested tested) {
            l.tested = tested;
            each(EntryRule::refer, [&](EntryRule entry) {
              l.entry = entry;
              l.entrant = static_cast<Entrant>(compared % 3);
              l.filing = static_cast<Filing>(compared / 3 % 3);
              compare(l);
            });
          });
        });
      });
    });
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(compared, 256u * 3 * 4 * 6 * 3 * 3);
}

}  // namespace
}  // namespace engine::gate
