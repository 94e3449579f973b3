#pragma once
// A notice on one A4 page: a heading, lines of what and which, paragraphs, lines to write on by hand, and who
// issued it when. Every word is the caller's.
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "print/sink.hpp"

namespace print {

struct Notice {
  std::string title{};
  std::vector<std::pair<std::string, std::string>> facts{};
  std::vector<std::string> paragraphs{};
  std::vector<std::string> blanks{};  // labels of lines to write on
  std::string issued{};               // at the foot, to the right
  std::string created{};              // ISO 8601, in the file's properties
  bool large = false;                 // to be read from across a corridor
};

// A text longer than the page goes on on the next. Errors: "no_cjk_font", "print_write_failed".
base::Result<Printed> print_notice(Sink sink, const Notice& notice);

}  // namespace print
