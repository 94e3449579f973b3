#pragma once
// Pages for residents: plain HTML of the server, large, without script (design: a phone of ten years ago,
// held by somebody of seventy).
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "api/url.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace feature::resident {

// Of whatever is not ours to write.
inline std::string escaped(std::string_view text) { return base::markup_escaped(text); }

// What a form says, as it came; "" for what it does not say.
class Said {
 public:
  Said() = default;
  explicit Said(std::string_view body) : pairs_(api::query_of("?" + std::string(body))) {}
  std::string operator()(std::string_view name) const;  // blanks at both ends taken away
  std::vector<std::string> all(std::string_view name) const;
  bool has(std::string_view name, std::string_view value) const;

 private:
  api::Pairs pairs_{};
};

struct Words {
  std::string language;
  std::string operator()(std::string_view key,
                         const base::ErrorParams& params = {}) const;  // "resident.<key>"
  std::string any(std::string_view key) const;                         // a key as it is
};

// One page; `languages` is the address of the same page in the other language, up to the language's name.
api::Response page(int status, const Words& word, std::string_view languages, const std::string& body);
std::string alert(std::string_view text);
// A labelled line to type in, with what was typed before.
struct Line {
  std::string_view name, type = "text", mode = "", complete = "off";
  std::string label{}, value{}, hint{};
  int most = 100;
  bool required = false;
};
std::string line(const Line& field);
std::string box(std::string_view name, std::string_view value, const std::string& label, bool checked,
                std::string_view type = "checkbox");
std::string choice(std::string_view name, const std::string& label,
                   const std::vector<std::pair<std::string, std::string>>& options, std::string_view chosen);

}  // namespace feature::resident
