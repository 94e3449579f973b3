#pragma once
// Which part of a workbook holds what, followed through its relations.
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sheet/number_format.hpp"
#include "sheet/xml.hpp"

namespace sheet {

inline constexpr std::uint64_t max_index_bytes = 8u << 20;  // workbook, relations, styles, content types

struct SheetPart {
  std::string name{};
  std::string part{};
  bool hidden = false;
};

struct Package {
  std::string workbook{};
  std::string relations{};       // of the workbook
  std::string shared_strings{};  // empty when there is none
  std::string styles{};          // empty when there is none
  bool days_from_1904 = false;
  std::vector<SheetPart> sheets{};
};

base::Result<Package> open_package(Archive& archive, const Limits& limits);
// Number format of each cell style, by index.
base::Result<std::vector<NumberFormat>> read_formats(Archive& archive, const Package& package);

}  // namespace sheet
