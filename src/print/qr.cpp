#include "print/qr.hpp"

#include <fmt/format.h>

#include <qrcodegen.hpp>

namespace print {

base::Result<QrMatrix> qr_matrix(std::string_view text, QrMask mask) {
  using qrcodegen::QrCode;
  try {
    // One segment in the densest mode the whole text allows; unused room is spent on correction.
    const auto segments = qrcodegen::QrSegment::makeSegments(std::string(text).c_str());
    const QrCode code = QrCode::encodeSegments(segments, QrCode::Ecc::MEDIUM, QrCode::MIN_VERSION,
                                               QrCode::MAX_VERSION, mask == QrMask::any ? 0 : -1);
    QrMatrix matrix{code.getVersion(), code.getSize(), {}};
    matrix.modules.reserve(static_cast<std::size_t>(matrix.size * matrix.size));
    for (int y = 0; y < matrix.size; ++y) {
      for (int x = 0; x < matrix.size; ++x) matrix.modules.push_back(code.getModule(x, y));
    }
    return matrix;
  } catch (const qrcodegen::data_too_long&) {
    return base::fail(base::ErrorKind::invalid, "qr_too_long");
  }
}

base::Result<std::string> qr_svg(std::string_view text) {
  const auto matrix = qr_matrix(text);
  if (!matrix) return base::fail(matrix.error());
  const int side = matrix->size + 2 * qr_quiet_modules;
  std::string path;
  for_each_run(*matrix, [&](int x, int y, int length) {
    path += fmt::format("M{},{}h{}v1h-{}z", x + qr_quiet_modules, y + qr_quiet_modules, length, length);
  });
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">)"
      R"(<path fill="#fff" d="M0,0h{0}v{0}h-{0}z"/><path d="{1}"/></svg>)",
      side, path);
}

}  // namespace print
