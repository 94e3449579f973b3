#pragma once
// The installed fonts that a document is set in, found with fontconfig: Noto Sans CJK SC, or the
// best other sans serif with simplified Chinese characters.
#include <cairo.h>

#include <memory>

#include "base/error.hpp"

namespace print {

struct FontFaceDeleter {
  void operator()(cairo_font_face_t* face) const { cairo_font_face_destroy(face); }
};
using FontFace = std::unique_ptr<cairo_font_face_t, FontFaceDeleter>;

enum class Weight { regular, bold };

base::Result<FontFace> find_font(Weight weight);  // "no_cjk_font"

}  // namespace print
