#pragma once
// Where a document goes while it is made: pieces of a PDF in order. False stops the document.
#include <functional>
#include <string_view>

namespace print {

using Sink = std::function<bool(std::string_view bytes)>;

// What was made. Characters no installed font has are printed as empty boxes and counted.
struct Printed {
  int pages = 0;
  long missing_glyphs = 0;
};

}  // namespace print
