#include "print/document.hpp"

#include <cairo-pdf.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace print {
namespace {

constexpr double points_per_mm = 72 / 25.4;
constexpr std::size_t piece_bytes = 64 * 1024;

int tenths(double size_mm) { return std::max(1, static_cast<int>(std::lround(size_mm * 10))); }

// Length in bytes of the UTF-8 character that starts with this byte.
std::size_t character_size(unsigned char first) {
  return first < 0x80 ? 1u : first < 0xE0 ? 2u : first < 0xF0 ? 3u : 4u;
}

// A line may end after this character: a space, a hyphen, a slash, or one of three bytes or more,
// which is where Chinese characters and punctuation are.
bool may_break_after(std::string_view character) {
  return character.size() >= 3 || character == " " || character == "-" || character == "/";
}

// Sets one pixel of a row of CAIRO_FORMAT_A1, which counts bits in the order of the machine's bytes.
void set_bit(unsigned char* row, int at) {
  const int bit = std::endian::native == std::endian::little ? at % 8 : 7 - at % 8;
  row[at / 8] = static_cast<unsigned char>(row[at / 8] | (1 << bit));
}

}  // namespace

// What cairo makes of a text at (0, 0), with its width.
struct Document::Glyphs {
  cairo_glyph_t* glyphs = nullptr;
  int count = 0;
  cairo_text_cluster_t* clusters = nullptr;
  int cluster_count = 0;
  cairo_text_cluster_flags_t flags{};
  double width_mm = 0;

  Glyphs() = default;
  Glyphs(Glyphs&& other) noexcept { *this = std::move(other); }
  Glyphs& operator=(Glyphs&& other) noexcept {
    std::swap(glyphs, other.glyphs);
    std::swap(clusters, other.clusters);
    count = other.count;
    cluster_count = other.cluster_count;
    flags = other.flags;
    width_mm = other.width_mm;
    return *this;
  }
  ~Glyphs() {
    cairo_glyph_free(glyphs);
    cairo_text_cluster_free(clusters);
  }
};

base::Result<std::unique_ptr<Document>> Document::open(Sink sink, const Properties& properties) {
  auto regular = find_font(Weight::regular);
  if (!regular) return base::fail(regular.error());
  auto bold = find_font(Weight::bold);
  if (!bold) return base::fail(bold.error());
  return std::unique_ptr<Document>(
      new Document(std::move(sink), properties, *std::move(regular), *std::move(bold)));
}

Document::Document(Sink sink, const Properties& properties, FontFace regular, FontFace bold)
    : sink_(std::move(sink)), regular_(std::move(regular)), bold_(std::move(bold)) {
  surface_.reset(cairo_pdf_surface_create_for_stream(
      &Document::write, this, properties.width_mm * points_per_mm, properties.height_mm * points_per_mm));
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, properties.title.c_str());
  if (!properties.created.empty()) {
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   properties.created.c_str());
  }
  context_.reset(cairo_create(surface_.get()));
  cairo_scale(context_.get(), points_per_mm, points_per_mm);
}

Document::~Document() {
  // A document left half-way is closed without telling the sink.
  failed_ = true;
}

cairo_status_t Document::write(void* document, const unsigned char* bytes, unsigned size) {
  auto& self = *static_cast<Document*>(document);
  if (self.failed_) return CAIRO_STATUS_WRITE_ERROR;
  self.pending_.append(reinterpret_cast<const char*>(bytes), size);
  if (self.pending_.size() >= piece_bytes && !self.flush()) return CAIRO_STATUS_WRITE_ERROR;
  return CAIRO_STATUS_SUCCESS;
}

// An exception must not pass through cairo, which is C.
bool Document::flush() {
  try {
    failed_ = failed_ || (!pending_.empty() && !sink_(pending_));
  } catch (...) {
    failed_ = true;
  }
  pending_.clear();
  return !failed_;
}

base::Result<void> Document::state() const {
  if (failed_ || cairo_status(context_.get()) != CAIRO_STATUS_SUCCESS ||
      cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
    return base::fail(base::ErrorKind::internal, "print_write_failed");
  }
  return {};
}

cairo_scaled_font_t* Document::font(Weight weight, double size_mm) {
  auto& cached = fonts_[{weight, tenths(size_mm)}];
  if (!cached) {
    cairo_matrix_t size, page;
    cairo_matrix_init_scale(&size, tenths(size_mm) / 10.0, tenths(size_mm) / 10.0);
    cairo_matrix_init_scale(&page, points_per_mm, points_per_mm);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_face_t* face = (weight == Weight::bold ? bold_ : regular_).get();
    cached.reset(cairo_scaled_font_create(face, &size, &page, options));
    cairo_font_options_destroy(options);
  }
  return cached.get();
}

// A text that is not UTF-8 has no glyphs.
Document::Glyphs Document::shape(std::string_view text, const TextStyle& style) {
  Glyphs shaped;
  cairo_scaled_font_t* scaled = font(style.weight, style.size_mm);
  const cairo_status_t status = cairo_scaled_font_text_to_glyphs(
      scaled, 0, 0, text.data(), static_cast<int>(text.size()), &shaped.glyphs, &shaped.count,
      &shaped.clusters, &shaped.cluster_count, &shaped.flags);
  if (status != CAIRO_STATUS_SUCCESS || shaped.count == 0) {
    shaped.count = 0;
    return shaped;
  }
  cairo_text_extents_t last;
  cairo_scaled_font_glyph_extents(scaled, &shaped.glyphs[shaped.count - 1], 1, &last);
  shaped.width_mm = shaped.glyphs[shaped.count - 1].x + last.x_advance;
  return shaped;
}

double Document::text_width(std::string_view text, const TextStyle& style) {
  return shape(text, style).width_mm;
}

TextStyle Document::fitted(std::string_view text, TextStyle style, double width_mm) {
  const double width = text_width(text, style);
  if (width <= width_mm) return style;
  style.size_mm = std::floor(style.size_mm * width_mm / width * 10) / 10;
  return style;
}

void Document::text(double x, double baseline, std::string_view text, const TextStyle& style) {
  Glyphs shaped = shape(text, style);
  if (shaped.count == 0) {
    if (!text.empty()) ++printed_.missing_glyphs;
    return;
  }
  const double before = style.align == Align::left    ? 0
                        : style.align == Align::right ? shaped.width_mm
                                                      : shaped.width_mm / 2;
  for (int i = 0; i < shaped.count; ++i) {
    if (shaped.glyphs[i].index == 0) ++printed_.missing_glyphs;
    shaped.glyphs[i].x += x - before;
    shaped.glyphs[i].y += baseline;
  }
  set_colour(style.rgb);
  cairo_set_scaled_font(context_.get(), font(style.weight, style.size_mm));
  cairo_show_text_glyphs(context_.get(), text.data(), static_cast<int>(text.size()), shaped.glyphs,
                         shaped.count, shaped.clusters, shaped.cluster_count, shaped.flags);
}

std::vector<std::string> Document::wrapped(std::string_view text, const TextStyle& style, double width_mm) {
  std::vector<std::string> lines;
  std::string current;
  std::size_t breakable = 0;  // bytes of the line before its last place to break
  double width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, character_size(static_cast<unsigned char>(text[at])));
    at += character.size();
    if (character == "\n") {
      lines.push_back(std::exchange(current, {}));
      width = 0;
      breakable = 0;
      continue;
    }
    const double advance = text_width(character, style);
    if (width + advance > width_mm && !current.empty()) {
      const std::size_t keep = breakable > 0 ? breakable : current.size();
      lines.push_back(current.substr(0, keep));
      current.erase(0, keep);
      breakable = 0;
      width = text_width(current, style);
    }
    current += character;
    width += advance;
    if (may_break_after(character)) breakable = current.size();
  }
  lines.push_back(current);
  return lines;
}

void Document::set_colour(std::uint32_t rgb) {
  const auto part = [rgb](int shift) { return ((rgb >> shift) & 0xFF) / 255.0; };
  cairo_set_source_rgb(context_.get(), part(16), part(8), part(0));
}

void Document::fill(const Box& box, std::uint32_t rgb) {
  set_colour(rgb);
  cairo_rectangle(context_.get(), box.x, box.y, box.width, box.height);
  cairo_fill(context_.get());
}

void Document::outline(const Box& box, double line_mm, std::uint32_t rgb) {
  set_colour(rgb);
  cairo_set_line_width(context_.get(), line_mm);
  cairo_rectangle(context_.get(), box.x, box.y, box.width, box.height);
  cairo_stroke(context_.get());
}

void Document::line(double x1, double y1, double x2, double y2, double line_mm, std::uint32_t rgb) {
  set_colour(rgb);
  cairo_set_line_width(context_.get(), line_mm);
  cairo_move_to(context_.get(), x1, y1);
  cairo_line_to(context_.get(), x2, y2);
  cairo_stroke(context_.get());
}

// A stencil of one bit a module: a seventh of the bytes and of the time that rectangles take.
void Document::qr(const QrMatrix& matrix, double x, double y, double side_mm) {
  Owned<cairo_surface_t> stencil(cairo_image_surface_create(CAIRO_FORMAT_A1, matrix.size, matrix.size));
  unsigned char* const bits = cairo_image_surface_get_data(stencil.get());
  const int stride = cairo_image_surface_get_stride(stencil.get());
  for_each_run(matrix, [&](int column, int row, int length) {
    for (int i = column; i < column + length; ++i) set_bit(bits + row * stride, i);
  });
  cairo_surface_mark_dirty(stencil.get());
  cairo_save(context_.get());
  cairo_translate(context_.get(), x, y);
  cairo_scale(context_.get(), side_mm / matrix.size, side_mm / matrix.size);
  set_colour(0x000000);
  cairo_pattern_t* const pattern = cairo_pattern_create_for_surface(stencil.get());
  cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
  cairo_mask(context_.get(), pattern);
  cairo_pattern_destroy(pattern);
  cairo_restore(context_.get());
}

base::Result<void> Document::end_page() {
  cairo_show_page(context_.get());
  ++printed_.pages;
  return state();
}

base::Result<Printed> Document::finish() {
  cairo_surface_finish(surface_.get());
  flush();
  if (const auto done = state(); !done) return base::fail(done.error());
  return printed_;
}

}  // namespace print
