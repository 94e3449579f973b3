#include "print/font.hpp"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>

#include <algorithm>
#include <array>

namespace print {
namespace {

constexpr std::array preferred{"Noto Sans CJK SC",    "Source Han Sans SC", "Source Han Sans CN",
                               "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",  "sans-serif"};
// Characters of every card; a font with all of them is a Chinese font.
constexpr std::array<FcChar32, 6> needed{U'楼', U'院', U'单', U'元', U'出', U'入'};

struct PatternDeleter {
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
using Pattern = std::unique_ptr<FcPattern, PatternDeleter>;

struct FontSetDeleter {
  void operator()(FcFontSet* set) const { FcFontSetDestroy(set); }
};
using FontSet = std::unique_ptr<FcFontSet, FontSetDeleter>;

const FcChar8* fc(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

Pattern wanted(Weight weight) {
  Pattern pattern(FcPatternCreate());
  for (const char* family : preferred) FcPatternAddString(pattern.get(), FC_FAMILY, fc(family));
  FcPatternAddString(pattern.get(), FC_LANG, fc("zh-cn"));
  FcPatternAddInteger(pattern.get(), FC_WEIGHT, weight == Weight::bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
  FcPatternAddBool(pattern.get(), FC_SCALABLE, FcTrue);
  FcConfigSubstitute(nullptr, pattern.get(), FcMatchPattern);
  FcDefaultSubstitute(pattern.get());
  return pattern;
}

bool is_chinese(FcPattern* font) {
  FcCharSet* characters = nullptr;
  FcBool scalable = FcFalse;
  return FcPatternGetBool(font, FC_SCALABLE, 0, &scalable) == FcResultMatch && scalable == FcTrue &&
         FcPatternGetCharSet(font, FC_CHARSET, 0, &characters) == FcResultMatch &&
         std::ranges::all_of(needed, [&](FcChar32 c) { return FcCharSetHasChar(characters, c) == FcTrue; });
}

}  // namespace

base::Result<FontFace> find_font(Weight weight) {
  const Pattern pattern = wanted(weight);
  FcResult result = FcResultNoMatch;
  const FontSet fonts(FcFontSort(nullptr, pattern.get(), FcFalse, nullptr, &result));
  for (int i = 0; fonts && i < fonts->nfont; ++i) {
    if (!is_chinese(fonts->fonts[i])) continue;
    const Pattern font(FcFontRenderPrepare(nullptr, pattern.get(), fonts->fonts[i]));
    FontFace face(cairo_ft_font_face_create_for_pattern(font.get()));
    if (cairo_font_face_status(face.get()) == CAIRO_STATUS_SUCCESS) return face;
  }
  return base::fail(base::ErrorKind::internal, "no_cjk_font");
}

}  // namespace print
