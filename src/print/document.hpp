#pragma once
// A PDF written page by page into a sink, measured in millimetres from the top left corner. Drawing
// never fails on its own; the first failure is kept and told by end_page() and finish().
#include <cairo.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "print/font.hpp"
#include "print/qr.hpp"
#include "print/sink.hpp"

namespace print {

enum class Align { left, centre, right };

struct TextStyle {
  double size_mm = 3.5;
  Weight weight = Weight::regular;
  Align align = Align::left;
  std::uint32_t rgb = 0x000000;  // 0xRRGGBB
};

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

class Document {
 public:
  struct Properties {
    double width_mm = 210, height_mm = 297;
    std::string title{};
    std::string created{};  // ISO 8601 or empty
  };
  // Error: "no_cjk_font".
  static base::Result<std::unique_ptr<Document>> open(Sink sink, const Properties& properties);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  double text_width(std::string_view text, const TextStyle& style);
  // The style with its size made smaller, in steps of a tenth, until the text is no wider than that.
  TextStyle fitted(std::string_view text, TextStyle style, double width_mm);
  void text(double x, double baseline, std::string_view text, const TextStyle& style);
  // Lines no wider than that; broken at spaces and after Chinese characters, elsewhere only when a word
  // is wider than a line. An empty text is one empty line.
  std::vector<std::string> wrapped(std::string_view text, const TextStyle& style, double width_mm);

  void fill(const Box& box, std::uint32_t rgb);
  void outline(const Box& box, double line_mm, std::uint32_t rgb = 0x000000);
  void line(double x1, double y1, double x2, double y2, double line_mm, std::uint32_t rgb = 0x000000);
  void qr(const QrMatrix& matrix, double x, double y, double side_mm);

  // Error: "print_write_failed".
  base::Result<void> end_page();
  base::Result<Printed> finish();
  int page() const { return printed_.pages + 1; }  // the number of the page being drawn, from 1

 private:
  struct Deleter {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
    void operator()(cairo_scaled_font_t* font) const { cairo_scaled_font_destroy(font); }
  };
  template <class T>
  using Owned = std::unique_ptr<T, Deleter>;
  struct Glyphs;

  Document(Sink sink, const Properties& properties, FontFace regular, FontFace bold);
  static cairo_status_t write(void* document, const unsigned char* bytes, unsigned size);
  bool flush();
  base::Result<void> state() const;
  void set_colour(std::uint32_t rgb);
  cairo_scaled_font_t* font(Weight weight, double size_mm);
  Glyphs shape(std::string_view text, const TextStyle& style);

  Sink sink_;
  std::string pending_;
  bool failed_ = false;
  Printed printed_;
  FontFace regular_, bold_;
  Owned<cairo_surface_t> surface_;
  Owned<cairo_t> context_;
  std::map<std::pair<Weight, int>, Owned<cairo_scaled_font_t>> fonts_;  // by size in tenths of a mm
};

}  // namespace print
