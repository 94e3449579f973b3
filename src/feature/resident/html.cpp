#include "feature/resident/html.hpp"

#include <fmt/format.h>

#include "core/resident.hpp"
#include "core/words.hpp"

namespace feature::resident {
namespace {

constexpr std::string_view style =
    "body{font:20px/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#000}"
    "main{max-width:32rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem;margin:0 0 .5rem}"
    "h2{font-size:1.25rem;margin:1.5rem 0 .25rem;border-top:2px solid #000;padding-top:.75rem}"
    "p,ul{margin:.4rem 0}ul{padding-left:1.2rem}label{display:block;margin:.8rem 0 .2rem;font-weight:600}"
    "label.box{font-weight:400;display:flex;gap:.6rem;align-items:center;min-height:48px;margin:0}"
    "label.box input{width:28px;height:28px;flex:none}"
    "input[type=text],input[type=tel],input[type=date],select{font:inherit;width:100%;box-sizing:border-box;"
    "min-height:52px;padding:.4rem .6rem;border:2px solid "
    "#555;border-radius:.4rem;background:#fff;color:#000}"
    "fieldset{border:0;margin:.8rem 0;padding:0}legend{font-weight:600;padding:0}"
    "button{font:inherit;font-weight:700;width:100%;min-height:56px;margin:1rem 0;border:0;"
    "border-radius:.5rem;background:#0b4f9e;color:#fff}summary{font-weight:700;min-height:48px;"
    "padding-top:.6rem;text-decoration:underline}a{color:#0b4f9e}.soft{color:#444;font-size:.9rem}"
    ".bad,.good{font-weight:700;border:.2rem solid #000;padding:.8rem;margin:1rem "
    "0}.bad{border-color:#b00020}"
    ":focus-visible{outline:.2rem solid #0b4f9e;outline-offset:.1rem}";

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string Said::operator()(std::string_view name) const {
  for (const auto& [key, value] : pairs_)
    if (key == name) return std::string(trimmed(value));
  return {};
}
std::vector<std::string> Said::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : pairs_)
    if (key == name) out.push_back(value);
  return out;
}
bool Said::has(std::string_view name, std::string_view value) const {
  for (const auto& [key, said] : pairs_)
    if (key == name && said == value) return true;
  return false;
}

std::string Words::operator()(std::string_view key, const base::ErrorParams& params) const {
  return core::words(language, fmt::format("resident.{}", key), params);
}
std::string Words::any(std::string_view key) const { return core::words(language, key); }

api::Response page(int status, const Words& word, std::string_view languages, const std::string& body) {
  const auto title = word("title");
  return core::resident_page({status, word.language, title, style, languages}, body);
}

std::string alert(std::string_view text) {
  return fmt::format(R"(<p class="bad" role="alert">{}</p>)", escaped(text));
}

std::string line(const Line& field) {
  const auto hint = field.hint.empty() ? std::string{}
                                       : fmt::format(R"(<span class="soft" id="{}-hint">{}</span>)",
                                                     field.name, escaped(field.hint));
  return fmt::format(
      R"(<label for="{0}">{1}</label>{2}<input id="{0}" name="{0}" type="{3}" value="{4}" maxlength="{5}" )"
      R"(autocomplete="{6}"{7}{8}{9}>)",
      field.name, escaped(field.label), hint, field.type, escaped(field.value), field.most, field.complete,
      field.mode.empty() ? std::string{} : fmt::format(R"( inputmode="{}")", field.mode),
      field.required ? " required" : "",
      hint.empty() ? std::string{} : fmt::format(R"( aria-describedby="{}-hint")", field.name));
}

std::string box(std::string_view name, std::string_view value, const std::string& label, bool checked,
                std::string_view type) {
  return fmt::format(R"(<label class="box"><input type="{}" name="{}" value="{}"{}>{}</label>)", type, name,
                     escaped(value), checked ? " checked" : "", escaped(label));
}

std::string choice(std::string_view name, const std::string& label,
                   const std::vector<std::pair<std::string, std::string>>& options, std::string_view chosen) {
  auto out = fmt::format(R"(<label for="{0}">{1}</label><select id="{0}" name="{0}">)", name, escaped(label));
  for (const auto& [value, text] : options)
    out += fmt::format(R"(<option value="{}"{}>{}</option>)", escaped(value),
                       value == chosen ? " selected" : "", escaped(text));
  return out + "</select>";
}

}  // namespace feature::resident
