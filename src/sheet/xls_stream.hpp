#pragma once
// What FreeXL leaves out of an .xls, taken from the records themselves ([MS-CFB], [MS-XLS]): the stored
// results of formulas, merged ranges, hidden rows and sheets. Runs in the child (xls_child.hpp) and trusts
// nothing all the same.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "sheet/workbook.hpp"

namespace sheet {

struct XlsExtras {
  struct Sheet {
    bool hidden = false;
    std::vector<Range> merges{};       // rows from 1, columns from 0
    std::set<unsigned> hidden_rows{};  // from 0
  };
  std::vector<Sheet> sheets{};  // in the order of the tabs
};

// Rewrites each formula of `file` in place as the number or text it had when it was stored, so that FreeXL
// sees it. Empty when there is no workbook that can be followed.
std::optional<XlsExtras> prepare_xls(std::span<char> file);

}  // namespace sheet
