#pragma once
// QR codes (ISO/IEC 18004) of error correction level M. Text of digits, upper case letters and
// " $%*+-./:" is stored in alphanumeric mode, 5.5 bits a character.
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace print {

struct QrMatrix {
  int version = 0;  // 1..40
  int size = 0;     // modules per side, without the quiet zone
  std::vector<bool> modules;
  bool dark(int x, int y) const { return modules[static_cast<std::size_t>(y * size + x)]; }
};

// Calls run(x, y, length) for every stretch of dark modules within a row.
template <class Run>
void for_each_run(const QrMatrix& matrix, Run run) {
  for (int y = 0; y < matrix.size; ++y) {
    for (int x = 0; x < matrix.size; ++x) {
      const int from = x;
      while (x < matrix.size && matrix.dark(x, y)) ++x;
      if (x > from) run(from, y, x - from);
    }
  }
}

// Modules of white a reader needs on every side.
inline constexpr int qr_quiet_modules = 4;

// Readers take any of the eight masks. The best is found by drawing all of them, which for a signed
// text, as good as random, gains nothing and takes five times as long.
enum class QrMask { best, any };

base::Result<QrMatrix> qr_matrix(std::string_view text, QrMask mask = QrMask::best);  // "qr_too_long"
base::Result<std::string> qr_svg(std::string_view text);  // with quiet zone, one unit per module

}  // namespace print
