// What a household asked for, the form to ask, and the directory of who helps near it (XN-66, LZ-29).
#include <fmt/format.h>

#include "feature/resident/visit.hpp"

namespace feature::resident {
namespace {

using service_request::DirectoryEntry;
using service_request::ServiceKind;
using service_request::ServiceRequest;

constexpr int points_max = 5;

std::string kind_word(const Words& word, const std::string& code, const Own& own) {
  for (const auto& kind : own.kinds)
    if (kind.code == code && kind.title) return *kind.title;
  return word.any("service_kind." + code);
}

std::string received_form(const api::Context& c, const Words& word, const Visit& visit,
                          const ServiceRequest& request) {
  auto out = fmt::format(R"(<form method="post" action="{}/received?lang={}">{})", visit.address,
                         word.language, hidden(new_form(c, visit)));
  out += fmt::format(R"(<input type="hidden" name="request" value="{}">)", request.id.value);
  out += fmt::format("<fieldset><legend>{}</legend>", escaped(word("points")));
  for (int points = points_max; points > 0; --points)
    out += box("rating", std::to_string(points), word("points_" + std::to_string(points)), false, "radio");
  return out + fmt::format("</fieldset><button>{}</button></form>", escaped(word("received")));
}

std::string asked(const api::Context& c, const Words& word, const Visit& visit, const Own& own) {
  if (own.requests.empty()) return {};
  std::string lines;
  for (const auto& request : own.requests) {
    lines +=
        fmt::format("<li>{} {}: <strong>{}</strong>{}", escaped(kind_word(word, request.service_kind, own)),
                    escaped(request.detail),
                    escaped(word.any("service_state." + std::string(meta::name_of(request.service_state)))),
                    request.reason ? " " + escaped(*request.reason) : std::string{});
    if (request.service_state == service_request::State::delivered)
      lines += received_form(c, word, visit, request);
    lines += "</li>";
  }
  return fmt::format("<ul>{}</ul>", lines);
}

std::string ask_form(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                     const Shown& shown) {
  const Said none;
  const bool again = shown.form == "request";
  const auto& said = again ? shown.said : none;
  auto out = fmt::format("<details{}><summary>{}</summary>", again ? " open" : "", escaped(word("ask_for")));
  out += fmt::format(R"(<form method="post" action="{}/request?lang={}">{})", visit.address, word.language,
                     hidden(again && !said("form").empty() ? escaped(said("form")) : new_form(c, visit)));
  std::vector<std::pair<std::string, std::string>> kinds;
  for (const auto& kind : own.kinds)
    if (!kind.retired) kinds.emplace_back(kind.code, kind_word(word, kind.code, own));
  out += choice("kind", word("what_kind"), kinds, said("kind"));
  Line what;
  what.name = "detail";
  what.label = word("what");
  what.value = said("detail");
  what.hint = word("what_hint");
  what.most = 200;
  what.required = true;
  return out + line(what) + fmt::format("<button>{}</button></form></details>", escaped(word("send")));
}

std::string directory(const Words& word, const Own& own) {
  if (own.directory.empty()) return {};
  std::string lines;
  for (const auto& entry : own.directory) {
    lines += fmt::format("<li>{} <strong>{}</strong>",
                         escaped(service_request::directory_word(word.language, entry)), escaped(entry.name));
    if (entry.phone) lines += fmt::format(R"( <a href="tel:{0}">{0}</a>)", escaped(*entry.phone));
    for (const auto& more : {entry.hours, entry.address})
      if (more) lines += " " + escaped(*more);
    lines += "</li>";
  }
  return fmt::format("<h2>{}</h2><ul>{}</ul>", escaped(word("directory")), lines);
}

}  // namespace

std::string services(const api::Context& c, const Words& word, const Visit& visit, const Own& own,
                     const Shown& shown) {
  return fmt::format("<h2>{}</h2>{}{}", escaped(word("requests")), asked(c, word, visit, own),
                     ask_form(c, word, visit, own, shown)) +
         directory(word, own);
}

}  // namespace feature::resident
