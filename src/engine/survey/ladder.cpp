#include "engine/survey/ladder.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/text.hpp"

namespace engine::survey {
namespace {

constexpr std::array<std::string_view, 4> contact_names{"knock", "phone", "sms", "wechat"};
constexpr int times_max = 9;

bool before(const Attempt& a, const Attempt& b) {
  const auto key = [](const Attempt& t) {
    return std::tuple(t.at, t.contact, t.answered, t.finding.fitted_out, t.finding.occupied,
                      t.finding.persons);
  };
  return key(a) < key(b);
}

// Unanswered half-days by contact.
using Tried = std::array<std::set<std::int64_t>, contact_names.size()>;

const Rung* open_rung(const Ladder& ladder, const Tried& tried) {
  for (const auto& rung : ladder)
    if (static_cast<int>(tried[static_cast<std::size_t>(rung.contact)].size()) < rung.times) return &rung;
  return nullptr;
}

}  // namespace

Question next_question(const Finding& f) {
  if (f.fitted_out == Seen::no || f.occupied == Seen::no) return Question::none;
  if (f.fitted_out == Seen::unknown && f.occupied == Seen::unknown) return Question::fitted_out;
  if (f.occupied == Seen::unknown) return Question::occupied;
  return f.persons ? Question::none : Question::people;
}

Outcome outcome_of(const Finding& f) {
  if (f.fitted_out == Seen::no) return Outcome::not_fitted_out;
  if (f.occupied == Seen::no) return Outcome::vacant;
  return next_question(f) == Question::none ? Outcome::occupied : Outcome::open;
}

bool possible(const Finding& f) {
  if (f.fitted_out == Seen::no && f.occupied == Seen::yes) return false;
  if (f.persons && *f.persons < 0) return false;
  const bool empty = f.fitted_out == Seen::no || f.occupied == Seen::no;
  return !(empty && f.persons.value_or(0) > 0);
}

Finding merged(const Finding& first, const Finding& later) {
  Finding out = first;
  if (later.occupied == Seen::yes && out.fitted_out == Seen::no) out.fitted_out = Seen::unknown;
  if (later.fitted_out == Seen::no) out = {};
  if (later.occupied == Seen::yes && out.occupied == Seen::no) out.persons.reset();
  if (later.occupied == Seen::no) out.persons.reset();
  if (later.persons.value_or(0) > 0 && (out.occupied == Seen::no || out.fitted_out == Seen::no)) out = {};
  if (later.fitted_out != Seen::unknown) out.fitted_out = later.fitted_out;
  if (later.occupied != Seen::unknown) out.occupied = later.occupied;
  if (later.persons) out.persons = later.persons;
  // People live where people were counted.
  if (later.persons.value_or(0) > 0 && out.occupied == Seen::unknown) out.occupied = Seen::yes;
  return out;
}

Ladder usual_ladder() {
  return {{Contact::knock, 3}, {Contact::phone, 1}, {Contact::sms, 1}, {Contact::wechat, 1}};
}

std::optional<Ladder> parse_ladder(std::string_view text) {
  Ladder out;
  for (const auto& word : base::words_of(text)) {
    const auto colon = word.find(':');
    if (colon == std::string::npos || word.size() != colon + 2) return std::nullopt;
    const auto name = std::ranges::find(contact_names, word.substr(0, colon));
    const int times = word[colon + 1] - '0';
    if (name == contact_names.end() || times < 1 || times > times_max) return std::nullopt;
    const auto contact = static_cast<Contact>(name - contact_names.begin());
    if (std::ranges::any_of(out, [&](const Rung& r) { return r.contact == contact; })) return std::nullopt;
    out.push_back({contact, times});
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::string to_text(const Ladder& ladder) {
  std::string out;
  for (const auto& rung : ladder) {
    if (!out.empty()) out += ' ';
    out += std::string(contact_names[static_cast<std::size_t>(rung.contact)]) + ':' +
           static_cast<char>('0' + rung.times);
  }
  return out;
}

std::int64_t half_day(base::Instant at) {
  return std::int64_t{base::civil_day(at).number} * 2 + (base::minute_of_day(at) >= 12 * 60 ? 1 : 0);
}

base::Instant next_half_day(base::Instant at) {
  const auto day = base::civil_day(at);
  const auto noon = base::start_of(day) + 12 * base::hour_ms;
  return at < noon ? noon : base::start_of(day + 1);
}

Standing standing_of(std::vector<Attempt> attempts, const Ladder& ladder) {
  std::ranges::sort(attempts, before);
  Standing out;
  Tried tried;
  std::array<base::Instant, contact_names.size()> last{};
  for (const auto& a : attempts) {
    const auto contact = static_cast<std::size_t>(a.contact);
    const auto was = outcome_of(out.finding);
    out.finding = merged(out.finding, a.finding);
    if (!a.answered) {
      tried[contact].insert(half_day(a.at));
      last[contact] = std::max(last[contact], a.at);
    }
    if (outcome_of(out.finding) == Outcome::open) {
      out.settled_by.reset();
      out.settled = open_rung(ladder, tried) ? std::optional<base::Instant>{} : out.settled.value_or(a.at);
    } else if (was == Outcome::open) {
      out.settled = a.at;
      out.settled_by = a.contact;
    }
  }
  out.outcome = outcome_of(out.finding);
  out.unanswered_knocks = static_cast<int>(tried[static_cast<std::size_t>(Contact::knock)].size());
  const auto* rung = open_rung(ladder, tried);
  if (out.outcome != Outcome::open) {
    out.stage = Stage::resolved;
  } else if (!rung) {
    out.stage = Stage::exhausted;
  } else {
    const auto contact = static_cast<std::size_t>(rung->contact);
    out.next = rung->contact;
    out.tried = static_cast<int>(tried[contact].size());
    if (out.tried > 0) out.not_before = next_half_day(last[contact]);
  }
  return out;
}

void in_walking_order(std::vector<Door>& doors, Direction direction) {
  const int way = direction == Direction::bottom_up ? 1 : -1;
  std::ranges::sort(doors, {}, [way](const Door& d) {
    return std::tuple<const std::string&, const std::string&, int, const std::string&, std::int64_t>(
        d.building, d.stair, way * d.floor.value_or(0), d.room, d.id);
  });
}

}  // namespace engine::survey
