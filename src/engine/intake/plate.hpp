#pragma once
#include <string>
#include <string_view>

namespace engine::intake {

enum class PlateKind {
  none,        // no plate written (无牌, empty)
  ordinary,    // province, letter, 5 characters
  new_energy,  // province, letter, 6 characters with D or F
  special,     // police, trailer, learner, Hong Kong and Macao, embassy, armed forces
  temporary,   // 临 or temporary paper
  other,       // no legal form: kept as written, doubtful
};

struct Plate {
  PlateKind kind = PlateKind::none;
  std::string number{};  // without dots, spaces; upper case
  friend bool operator==(const Plate&, const Plate&) = default;
};

Plate parse_plate(std::string_view text);

}  // namespace engine::intake
