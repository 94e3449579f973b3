// What a household's page says: its own cards, arrivals and today's follow-up, and the forms for both.
#include <fmt/format.h>

#include "feature/resident/visit.hpp"

namespace feature::resident {
namespace {

constexpr std::int64_t requests_shown = 10;

std::string item(const std::string& text) { return fmt::format("<li>{}</li>", text); }

std::string cards(const api::Context& c, const Words& word, const Own& own) {
  std::string lines;
  for (const auto& card : own.cards)
    lines += item(fmt::format(R"(<a href="/r/pass/{}?lang={}">{}</a> {} {})",
                              core::resident_link(c.services.keys, "pass", card.id), word.language,
                              escaped(word.any("card.class." + card.pass_class)),
                              escaped(word.any("card.valid_until")), base::to_string(card.valid_until)));
  return fmt::format("<h2>{}</h2><ul>{}</ul>", escaped(word("cards")), lines);
}

std::string arrivals(const Words& word, const Own& own) {
  if (own.arrivals.empty()) return {};
  std::string lines;
  for (const auto& a : own.arrivals) {
    std::string names;
    for (const auto& name : a.names) names += (names.empty() ? "" : " ") + name;
    lines += item(fmt::format("{} {} ({}): <strong>{}</strong>{}", base::to_string(a.arrived),
                              escaped(a.origin), escaped(names),
                              escaped(word("state_" + std::string(meta::name_of(a.arrival_state)))),
                              a.filing_number ? " " + escaped(*a.filing_number) : std::string{}));
  }
  return fmt::format("<h2>{}</h2><ul>{}</ul>", escaped(word("arrivals")), lines);
}

std::string reading(const Words& word, const std::optional<control::FollowUp>& told) {
  if (!told) return escaped(word("not_told"));
  return told->tenths ? fmt::format("{}.{} ℃", *told->tenths / 10, *told->tenths % 10)
                      : escaped(word("told"));
}

std::string follow_up(const api::Context& c, const Words& word, const Visit& visit,
                      const control::TodayOf& of, const Shown& shown) {
  const auto form = fmt::format("follow_{}", of.case_id);
  const Said none;
  const auto& said = shown.form == form ? shown.said : none;
  const bool morning =
      said("half").empty() ? base::minute_of_day(c.now) < 12 * 60 : said("half") == "morning";
  auto out = fmt::format("<h3>{}</h3><p>{} {} · {} {}</p>", escaped(of.person_name), escaped(word("morning")),
                         reading(word, of.morning), escaped(word("evening")), reading(word, of.evening));
  out += fmt::format(R"(<form method="post" action="{}/follow-up?lang={}">{})", visit.address, word.language,
                     hidden(new_form(c, visit)));
  out += fmt::format(R"(<input type="hidden" name="case" value="{}">)", of.case_id);
  out += fmt::format("<fieldset><legend>{}</legend>{}{}</fieldset>", escaped(word("which_half")),
                     box("half", "morning", word("morning"), morning, "radio"),
                     box("half", "evening", word("evening"), !morning, "radio"));
  const auto name = fmt::format("temperature_{}", of.case_id);
  Line degrees;
  degrees.name = name;
  degrees.mode = "decimal";
  degrees.label = word("temperature");
  degrees.value = said(name);
  degrees.hint = word("temperature_hint");
  degrees.most = 6;
  out += line(degrees);
  out += fmt::format("<fieldset><legend>{}</legend>", escaped(word("symptoms")));
  for (const auto& code : of.symptoms)
    out += box("symptom", code, word.any("symptom." + code), said.has("symptom", code));
  out += box("symptom", "none", word("no_symptoms"), said.has("symptom", "none"));
  return out + fmt::format("</fieldset><button>{}</button></form>", escaped(word("send")));
}

std::string follow_ups(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                       const Shown& shown) {
  if (own.followed.empty()) return {};
  auto out = fmt::format("<h2>{}</h2><p>{}</p>", escaped(word("today")), escaped(word("today_why")));
  for (const auto& of : own.followed) out += follow_up(c, word, visit, of, shown);
  return out;
}

Line typed(std::string_view name, std::string label, const Said& said, std::string hint = {}) {
  Line out;
  out.name = name;
  out.label = std::move(label);
  out.value = said(name);
  out.hint = std::move(hint);
  return out;
}

std::string who_comes(const Words& word, const Own& own, const Said& said) {
  auto out = fmt::format("<fieldset><legend>{}</legend>", escaped(word("who")));
  for (const auto& member : own.members)
    out +=
        box("person", std::to_string(member.id), member.name, said.has("person", std::to_string(member.id)));
  out += "</fieldset>";
  for (int i = 1; i <= 3; ++i) {
    const auto name = fmt::format("name_{}", i), phone = fmt::format("phone_{}", i);
    auto first = typed(name, word("other_name", {{"n", std::to_string(i)}}), said);
    first.most = 50;
    auto second = typed(phone, word("other_phone", {{"n", std::to_string(i)}}), said);
    second.type = "tel";
    second.most = 20;
    // The second and third only for those who need them.
    if (i == 2)
      out += fmt::format("<details{}><summary>{}</summary>", said(name).empty() ? "" : " open",
                         escaped(word("more_people")));
    out += line(first) + line(second);
  }
  return out + "</details>";
}

std::string arrival_form(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                         const Shown& shown) {
  const Said none;
  const bool again = shown.form == "arrival";
  const auto& said = again ? shown.said : none;
  auto out = fmt::format("<h2>{}</h2><details{}><summary>{}</summary><p>{}</p>", escaped(word("arrival")),
                         again ? " open" : "", escaped(word("arrival_open")), escaped(word("arrival_why")));
  out += fmt::format(R"(<form method="post" action="{}/arrival?lang={}">{})", visit.address, word.language,
                     hidden(again && !said("form").empty() ? escaped(said("form")) : new_form(c, visit)));
  out += who_comes(word, own, said);
  auto day = typed("arrived", word("arrived"), said);
  day.type = "date";
  if (day.value.empty()) day.value = base::to_string(base::civil_day(c.now));
  auto origin = typed("origin", word("origin"), said, word("origin_hint"));
  origin.most = 60;
  origin.required = true;
  auto been = typed("been_to", word("been_to"), said, word("been_to_hint"));
  out += line(day) + line(origin) + line(been);
  std::vector<std::pair<std::string, std::string>> ways;
  for (const auto name : meta::EnumNames<arrival::Transport>::names)
    ways.emplace_back(name, word.any("transport." + std::string(name)));
  out += choice("transport", word("transport"), ways, said("transport"));
  auto number = typed("transport_number", word("transport_number"), said, word("transport_number_hint"));
  number.most = 20;
  auto seat = typed("seat", word("seat"), said);
  seat.most = 20;
  out += line(number) + line(seat);
  return out + fmt::format("<button>{}</button></form></details>", escaped(word("send")));
}

}  // namespace

std::string hidden(const std::string& form) {
  return fmt::format(R"(<input type="hidden" name="form" value="{}">)", form);
}

Own own_of(db::Scoped& q, const Home& home, base::Instant now) {
  Own own;
  q.one(
      "SELECT k.name, d.label FROM place p JOIN place k ON k.id = p.compound_id JOIN dwelling d ON d.id = "
      "p.id WHERE p.id = $1 AND {scope:p}",
      {home.dwelling_id}, [&](const db::Row& r) {
        own.compound = r.str(0);
        own.label = r.str(1);
      });
  q.run(
      "SELECT pe.id, pe.name FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = "
      "r.dwelling_id WHERE r.household_id = $1 AND r.valid_until_ms IS NULL AND {scope:p} ORDER BY "
      "r.position, r.id LIMIT 30",
      {home.household_id}, [&](const db::Row& r) {
        own.members.push_back({r.integer(0), core::mask_name(r.text(1))});
      });
  q.run(
      "SELECT ps.id, ps.pass_class, ps.state, ps.valid_until FROM pass ps JOIN place p ON p.id = "
      "ps.compound_id WHERE ps.household_id = $1 AND ps.state = 'active' AND ps.valid_until >= $2 AND "
      "{scope:p} ORDER BY ps.id DESC LIMIT 10",
      {home.household_id, base::civil_day(now)}, [&](const db::Row& r) {
        own.cards.push_back({r.integer(0), r.str(1), r.str(2), r.day(3)});
      });
  own.arrivals = arrival::of_household(q, home.household_id, now, 14);
  own.followed = control::today_of_household(q, home.household_id, base::civil_day(now));
  own.requests = service_request::of_household(q, home.household_id, requests_shown);
  own.kinds = service_request::all_kinds(q);
  if (const auto place = place::find_place(q, home.dwelling_id))
    own.directory = service_request::directory_at(q, *place, now);
  return own;
}

api::Response home_page(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                        const Shown& shown, int status) {
  auto body = fmt::format("<h1>{} {}</h1>", escaped(own.compound), escaped(own.label));
  if (!shown.done.empty())
    body += fmt::format(R"(<p class="good" role="status">{}</p>)", escaped(word("done_" + shown.done)));
  if (!shown.problem.empty()) body += alert(shown.problem);
  body += follow_ups(c, word, visit, own, shown) + arrivals(word, own) +
          services(c, word, visit, own, shown) + arrival_form(c, word, visit, own, shown) +
          cards(c, word, own);
  body += fmt::format(R"(<p class="soft">{}</p>)", escaped(word("ends")));
  return page(status, word, visit.address + "?lang=", body);
}

}  // namespace feature::resident
