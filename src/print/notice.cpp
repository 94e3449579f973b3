#include "print/notice.hpp"

#include "print/document.hpp"

namespace print {
namespace {

constexpr double left_mm = 25, width_mm = 160, top_mm = 35, bottom_mm = 265;
constexpr double line_height = 1.7;

class Writer {
 public:
  Writer(Document& document, double size_mm) : document_(document), body_{.size_mm = size_mm} {}

  void title(const std::string& text) {
    const TextStyle style{.size_mm = body_.size_mm * 2, .weight = Weight::bold, .align = Align::centre};
    for (const auto& line : document_.wrapped(text, style, width_mm))
      write(line, style, left_mm + width_mm / 2);
    y_ += body_.size_mm * 2;
  }
  void fact(const std::string& label, const std::string& text) {
    auto bold = body_;
    bold.weight = Weight::bold;
    const double indent = width_mm / 3;
    bool first = true;
    for (const auto& line : document_.wrapped(text, body_, width_mm - indent)) {
      room();
      if (first) document_.text(left_mm, y_, label, document_.fitted(label, bold, indent - 3));
      document_.text(left_mm + indent, y_, line, body_);
      y_ += body_.size_mm * line_height;
      first = false;
    }
  }
  void paragraph(const std::string& text) {
    for (const auto& line : document_.wrapped(text, body_, width_mm)) write(line, body_, left_mm);
    y_ += body_.size_mm;
  }
  void blank(const std::string& label) {
    room();
    document_.text(left_mm, y_, label, body_);
    document_.line(left_mm + document_.text_width(label, body_) + 3, y_ + 1.5, left_mm + width_mm, y_ + 1.5,
                   0.3);
    y_ += body_.size_mm * line_height * 1.5;
  }
  void issued(const std::string& text) {
    auto style = body_;
    style.align = Align::right;
    y_ += body_.size_mm * 2;
    for (const auto& line : document_.wrapped(text, body_, width_mm)) write(line, style, left_mm + width_mm);
  }
  void gap() { y_ += body_.size_mm; }
  base::Result<void> state() { return std::move(state_); }

 private:
  void room() {
    if (y_ <= bottom_mm) return;
    if (auto ended = document_.end_page(); !ended && state_) state_ = std::move(ended);
    y_ = top_mm;
  }
  void write(const std::string& line, const TextStyle& style, double x) {
    room();
    document_.text(x, y_, line, style);
    y_ += style.size_mm * line_height;
  }

  Document& document_;
  TextStyle body_;
  double y_ = top_mm;
  base::Result<void> state_{};
};

}  // namespace

base::Result<Printed> print_notice(Sink sink, const Notice& notice) {
  auto document = Document::open(std::move(sink), {.title = notice.title, .created = notice.created});
  if (!document) return tl::unexpected(std::move(document).error());
  Writer writer(**document, notice.large ? 8 : 5);
  writer.title(notice.title);
  for (const auto& [label, text] : notice.facts) writer.fact(label, text);
  writer.gap();
  for (const auto& text : notice.paragraphs) writer.paragraph(text);
  for (const auto& label : notice.blanks) writer.blank(label);
  if (!notice.issued.empty()) writer.issued(notice.issued);
  if (auto state = writer.state(); !state) return tl::unexpected(std::move(state).error());
  if (auto ended = (*document)->end_page(); !ended) return tl::unexpected(std::move(ended).error());
  return (*document)->finish();
}

}  // namespace print
