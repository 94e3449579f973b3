// A card on a resident's phone: a link the office hands over opens it, without an account and without
// JavaScript. The page says what the card says, and no more; of a card that is no longer good only that.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/words.hpp"
#include "feature/gate/card_face.hpp"
#include "feature/gate/routes.hpp"
#include "print/qr.hpp"
#include "token/day_word.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::string_view purpose = "pass";
constexpr int wrong_link_cost = 11;
constexpr std::string_view style =
    "body{font:20px/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#000}"
    "main{max-width:26rem;margin:0 auto;padding:1rem;text-align:center}h1{font-size:1.2rem;margin:0}"
    "p{margin:.3rem 0}.room{font-size:2.6rem;font-weight:700;line-height:1.1}svg{width:100%;max-width:20rem}"
    ".home{font-weight:700;display:inline-block;padding:.6rem}.code{font:700 1.6rem "
    "monospace}.day{color:#fff;font-size:2rem;font-weight:700;padding:.5rem;"
    "border-radius:.5rem}.bad{font-size:2rem;font-weight:700;border:.3rem solid #000;padding:2rem 1rem;"
    "margin:2rem 0}.soft{color:#444;font-size:.9rem}";

api::Response page(int status, std::string_view language, const std::string& body) {
  const auto title = core::words(language, "card.title");
  return core::resident_page({status, language, title, style, "?lang="}, body);
}

std::string notice(std::string_view language, std::string_view key) {
  return fmt::format(R"(<p class="bad" role="alert">{}</p>)", core::words(language, key));
}

// Why a card opens no gate, if so; then the page shows nothing of whom it was.
std::string_view not_good(const PassRow& pass, base::Day today) {
  switch (pass.state) {
    case PassState::voided:
    case PassState::replaced:
      return "pass_page.void";
    case PassState::blank:
    case PassState::inactive:
      return "pass_page.inactive";
    case PassState::active:
      break;
  }
  return today > pass.valid_until ? "pass_page.expired" : std::string_view{};
}

std::string day_of(const core::Services& services, std::int64_t compound_id, base::Day today,
                   std::string_view language) {
  const auto mark = token::day_mark(services.keys.day_secret(), compound_id, today);
  std::string word(language == "en" ? mark.word.key : mark.word.text);
  std::ranges::replace(word, '_', ' ');
  return fmt::format(R"(<p class="day" style="background:#{:06x}">{}</p><p class="soft">{} {}</p>)",
                     mark.colour.rgb, word, core::words(language, "pass_page.day"), base::to_string(today));
}

struct Shown {
  CardFace face{};
  std::string compound{};
  bool day_mark = false;
};

Result<std::optional<Shown>> find(api::Context& c, std::int64_t pass_id) {
  return c.store.read([&](db::Connection& raw) -> Result<std::optional<Shown>> {
    db::Scoped q(raw, db::Scope::all());  // the link is the right to this one card
    auto face = card_face(q, pass_id);
    if (!face) return std::optional<Shown>{};
    Shown shown{std::move(*face), {}, false};
    const auto& pass = shown.face.pass;
    q.one("SELECT p.name FROM place p WHERE p.id = $1 AND {scope:p}", {pass.compound_id},
          [&](const db::Row& r) { shown.compound = r.str(0); });
    shown.day_mark = policy_at(q, pass.compound_id, pass.dwelling_id, c.now).day_mark_on_pages.value_or(true);
    return std::optional(std::move(shown));
  });
}

Result<std::string> body_of(const api::Context& c, const Shown& shown, std::string_view language) {
  const auto& [face, compound, day_mark] = shown;
  const auto today = base::civil_day(c.now);
  const auto card = print_card(face, language, compound);
  const auto head = fmt::format("<h1>{}</h1><p>{}</p>", core::words(language, "card.title"),
                                base::markup_escaped(compound));
  if (const auto why = not_good(face.pass, today); !why.empty()) return head + notice(language, why);
  const auto svg = print::qr_svg(card.qr_text);
  if (!svg) return tl::unexpected(svg.error());
  auto body = head + fmt::format(R"(<p>{}</p><p class="room">{}</p><p>{} {}</p>)",
                                 base::markup_escaped(card.building_stair), base::markup_escaped(card.room),
                                 card.pass_class, base::markup_escaped(card.name));
  body += *svg;
  body += fmt::format(R"(<p class="code">{}</p><p>{} {}</p>)", card.short_code,
                      core::words(language, "card.valid_until"), card.valid_until);
  // What else the household may see and tell opens with one fact besides (feature/resident).
  if (face.pass.household_id)
    body += fmt::format(R"(<p><a class="home" href="/r/home/{}?lang={}">{}</a></p>)",
                        core::resident_link(c.services.keys, purpose, face.pass.id.value), language,
                        core::words(language, "pass_page.home"));
  if (day_mark) body += day_of(c.services, face.pass.compound_id, today, language);
  return body + fmt::format(R"(<p class="soft">{}</p><p class="soft">{}</p>)",
                            core::words(language, "card.rules"),
                            core::words(language, "pass_page.as_of", {{"at", base::to_local(c.now)}}));
}

Result<api::Response> open_page(api::Context& c, const PassPageQuery& in) {
  const std::string language(core::language_of(in.lang.value_or(""), c.request.header("accept-language")));
  const auto busy = [&] {
    auto r = page(429, language, notice(language, "pass_page.busy"));
    r.set("Retry-After", "60");
    return r;
  };
  auto& limit = *c.services.residents;
  std::string_view link;
  for (const auto& [name, value] : c.path_parameters)
    if (name == "link") link = value;
  const auto id = core::open_resident_link(c.services.keys, purpose, link);
  if (!limit.take(c.request.peer, c.now, id ? 1 : wrong_link_cost)) return busy();
  std::optional<Shown> shown;
  if (id) {
    auto found = find(c, *id);
    if (!found) return tl::unexpected(std::move(found).error());
    shown = std::move(*found);
  }
  if (!shown) return page(404, language, notice(language, "pass_page.unknown"));
  const auto body = body_of(c, *shown, language);
  if (!body) return tl::unexpected(body.error());
  return page(200, language, *body);
}

// For the office to hand over: on its screen, or as a link.
Result<PassPage> hand_over(api::Context& c) {
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    const auto pass = pass_by_id(q, c.id());
    if (!pass) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"pass.page", "pass", c.id(), pass->compound_id});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  PassPage out;
  out.url = server_url(c) + "/r/pass/" + core::resident_link(c.services.keys, purpose, c.id());
  auto svg = print::qr_svg(out.url);
  if (!svg) return tl::unexpected(std::move(svg).error());
  out.qr_svg = std::move(*svg);
  return out;
}

}  // namespace

void pass_page_routes(api::Router& r) {
  r.post<PassPage>("/api/passes/{id}/page", Permission::pass_write,
                   "The link that shows a card on its holder's phone", hand_over);
  r.get<PassPageQuery, api::Response>("/r/pass/{link}", Permission::anybody,
                                      "A card as a page, for its holder", open_page)
      .produces = "text/html";
}

}  // namespace feature::gate
