#include "engine/gate/gate_json.hpp"

#include <boost/json/src.hpp>
#include <stdexcept>
#include <type_traits>

#include "engine/gate/names.hpp"

namespace engine::gate {
namespace {

namespace json = boost::json;

// ---- the fields of each record ----

template <class V>
void fields(V& v, std::type_identity<Modes>) {
  v("quota", &Modes::quota), v("pass", &Modes::pass), v("residency", &Modes::residency);
  v("steps", &Modes::steps), v("standing", &Modes::standing), v("hours", &Modes::hours);
}
template <class V>
void fields(V& v, std::type_identity<DayHours>) {
  v("weekdays", &DayHours::weekdays), v("from_minute", &DayHours::from_minute);
  v("until_minute", &DayHours::until_minute), v("places", &DayHours::places);
}
template <class V>
void fields(V& v, std::type_identity<ExemptionTerms>) {
  v("kind", &ExemptionTerms::kind), v("certificate_needed", &ExemptionTerms::certificate_needed);
  v("from_day", &ExemptionTerms::from_day), v("until_day", &ExemptionTerms::until_day);
  v("weekdays", &ExemptionTerms::weekdays), v("from_minute", &ExemptionTerms::from_minute);
  v("until_minute", &ExemptionTerms::until_minute);
}
template <class V>
void fields(V& v, std::type_identity<LevelRights>) {
  v("central_observation", &LevelRights::central_observation);
  v("home_observation", &LevelRights::home_observation);
  v("home_monitoring", &LevelRights::home_monitoring);
  v("health_monitoring", &LevelRights::health_monitoring);
  v("self_monitoring", &LevelRights::self_monitoring);
}
template <class V>
void fields(V& v, std::type_identity<Policy>) {
  v("version", &Policy::version), v("effective_from_ms", &Policy::effective_from_ms);
  v("utc_offset_minutes", &Policy::utc_offset_minutes), v("window_kind", &Policy::window_kind);
  v("window_days", &Policy::window_days), v("outings_per_window", &Policy::outings_per_window);
  v("persons_per_outing", &Policy::persons_per_outing), v("refund_minutes", &Policy::refund_minutes);
  v("max_minutes_outside", &Policy::max_minutes_outside);
  v("overrun_costs_outing", &Policy::overrun_costs_outing);
  v("exemption_kinds", &Policy::exemption_kinds), v("lookup_satisfies_pass", &Policy::lookup_satisfies_pass);
  v("temperature_required_out", &Policy::temperature_required_out);
  v("temperature_required_in", &Policy::temperature_required_in);
  v("normal_without_reading_allowed", &Policy::normal_without_reading_allowed);
  v("fever_threshold_tenths", &Policy::fever_threshold_tenths);
  v("fever_at_or_above", &Policy::fever_at_or_above),
      v("low_threshold_tenths", &Policy::low_threshold_tenths);
  v("highest_plausible_tenths", &Policy::highest_plausible_tenths);
  v("second_reading_wait_minutes", &Policy::second_reading_wait_minutes);
  v("disinfection_required", &Policy::disinfection_required), v("warn_until_day", &Policy::warn_until_day);
  v("modes", &Policy::modes), v("exemption_terms", &Policy::exemption_terms);
  v("registration_required_out", &Policy::registration_required_out);
  v("registration_required_in", &Policy::registration_required_in);
  v("check_out", &Policy::check_out), v("check_in", &Policy::check_in);
  v("check_hours", &Policy::check_hours), v("out_hours", &Policy::out_hours), v("curfew", &Policy::curfew);
  v("visitors", &Policy::visitors), v("deliveries", &Policy::deliveries);
  v("outsiders", &Policy::outsiders), v("filing_required", &Policy::filing_required);
  v("level_rights", &Policy::level_rights), v("level_covers_household", &Policy::level_covers_household);
  v("notice_minutes", &Policy::notice_minutes);
}
template <class V>
void fields(V& v, std::type_identity<Use>) {
  v("exit_at_ms", &Use::exit_at_ms), v("return_at_ms", &Use::return_at_ms), v("persons", &Use::persons);
  v("counted", &Use::counted), v("closed_without_return", &Use::closed_without_return);
}
template <class V>
void fields(V& v, std::type_identity<Exemption>) {
  v("kind", &Exemption::kind), v("valid_from_ms", &Exemption::valid_from_ms);
  v("valid_until_ms", &Exemption::valid_until_ms), v("weekdays", &Exemption::weekdays);
  v("from_minute", &Exemption::from_minute), v("until_minute", &Exemption::until_minute);
  v("certificate", &Exemption::certificate);
}
template <class V>
void fields(V& v, std::type_identity<Reading>) {
  v("person", &Reading::person), v("tenths", &Reading::tenths), v("at_ms", &Reading::at_ms);
}
template <class V>
void fields(V& v, std::type_identity<Facts>) {
  v("direction", &Facts::direction), v("now_ms", &Facts::now_ms), v("holder", &Facts::holder);
  v("pass", &Facts::pass), v("standing", &Facts::standing), v("errand", &Facts::errand);
  v("presence", &Facts::presence), v("emergency", &Facts::emergency), v("exemption", &Facts::exemption);
  v("persons", &Facts::persons), v("accompanied_children", &Facts::accompanied_children);
  v("carers", &Facts::carers), v("child_alone", &Facts::child_alone);
  v("details_complete", &Facts::details_complete), v("visit_approved", &Facts::visit_approved);
  v("disinfected", &Facts::disinfected), v("uses", &Facts::uses), v("readings", &Facts::readings);
  v("list_age_minutes", &Facts::list_age_minutes), v("registered", &Facts::registered);
  v("entrant", &Facts::entrant), v("proof", &Facts::proof), v("tested_at_ms", &Facts::tested_at_ms);
  v("filing", &Facts::filing);
}
template <class V>
void fields(V& v, std::type_identity<Reason>) {
  v("code", &Reason::code), v("mode", &Reason::mode);
}
template <class V>
void fields(V& v, std::type_identity<Verdict>) {
  v("outcome", &Verdict::outcome), v("need", &Verdict::need), v("need_person", &Verdict::need_person);
  v("reasons", &Verdict::reasons), v("alert", &Verdict::alert);
  v("next_outing_day", &Verdict::next_outing_day), v("next_outing_at_ms", &Verdict::next_outing_at_ms);
  v("next_hours_at_ms", &Verdict::next_hours_at_ms);
  v("second_reading_at_ms", &Verdict::second_reading_at_ms);
  v("consumes_outing", &Verdict::consumes_outing), v("policy_version", &Verdict::policy_version);
}
template <class V>
void fields(V& v, std::type_identity<PassageEvent>) {
  v("key", &PassageEvent::key), v("kind", &PassageEvent::kind), v("at_ms", &PassageEvent::at_ms);
  v("person", &PassageEvent::person), v("persons", &PassageEvent::persons);
  v("counted", &PassageEvent::counted), v("ref", &PassageEvent::ref);
}

// ---- writing ----

template <class T>
json::value write(const T& value);
inline json::value write(bool value) { return value; }
inline json::value write(int value) { return value; }
inline json::value write(std::int64_t value) { return value; }
inline json::value write(const std::string& value) { return json::value(value); }
template <class T>
json::value write(const std::optional<T>& value) {
  return value ? write(*value) : json::value(nullptr);
}
template <class T>
json::value write(const std::vector<T>& values) {
  json::array out;
  for (const auto& value : values) out.push_back(write(value));
  return out;
}

template <class T>
struct Writer {
  const T& record;
  json::object out{};
  T defaults{};
  template <class M>
  void operator()(std::string_view name, M T::*member) {
    // A reason says its mode always: it is what the reason is read for.
    if (std::is_same_v<T, Reason> || record.*member != defaults.*member) out[name] = write(record.*member);
  }
};

template <class T>
json::value write(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return json::value(name_of(value));
  } else {
    Writer<T> writer{value};
    fields(writer, std::type_identity<T>{});
    return writer.out;
  }
}

// ---- reading ----

template <class T>
void read(const json::value& in, T& value);
inline void read(const json::value& in, bool& value) { value = in.as_bool(); }
inline void read(const json::value& in, int& value) { value = in.to_number<int>(); }
inline void read(const json::value& in, std::int64_t& value) { value = in.to_number<std::int64_t>(); }
inline void read(const json::value& in, std::string& value) { value = std::string(in.as_string()); }
template <class T>
void read(const json::value& in, std::optional<T>& value) {
  value.reset();
  if (!in.is_null()) read(in, value.emplace());
}
template <class T>
void read(const json::value& in, std::vector<T>& values) {
  values.clear();
  for (const auto& item : in.as_array()) read(item, values.emplace_back());
}

template <class T>
struct Reader {
  json::object in;
  T& record;
  template <class M>
  void operator()(std::string_view name, M T::*member) {
    if (const auto* found = in.if_contains(name)) {
      read(*found, record.*member);
      in.erase(name);
    }
  }
};

template <class T>
void read(const json::value& in, T& value) {
  if constexpr (std::is_enum_v<T>) {
    const auto named = from_name<T>(std::string_view(in.as_string()));
    if (!named) throw std::runtime_error("no such name: " + std::string(in.as_string()));
    value = *named;
  } else {
    Reader<T> reader{in.as_object(), value};
    fields(reader, std::type_identity<T>{});
    if (!reader.in.empty()) throw std::runtime_error("no such field: " + json::serialize(reader.in));
  }
}

template <class T>
T read_as(const json::value& in) {
  T value{};
  read(in, value);
  return value;
}

}  // namespace

json::value to_json(const Policy& policy) { return write(policy); }
json::value to_json(const Facts& facts) { return write(facts); }
json::value to_json(const Verdict& verdict) { return write(verdict); }
json::value to_json(const std::vector<PassageEvent>& events) { return write(events); }
json::value to_json(const std::vector<Use>& uses) { return write(uses); }

Policy policy_from(const json::value& in) { return read_as<Policy>(in); }
Facts facts_from(const json::value& in) { return read_as<Facts>(in); }
Verdict verdict_from(const json::value& in) { return read_as<Verdict>(in); }
std::vector<PassageEvent> passages_from(const json::value& in) {
  return read_as<std::vector<PassageEvent>>(in);
}
std::vector<Use> uses_from(const json::value& in) { return read_as<std::vector<Use>>(in); }

}  // namespace engine::gate
