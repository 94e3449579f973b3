#pragma once
#include <string>

#include "base/error.hpp"
#include "sheet/workbook.hpp"

namespace sheet {

// The texts of a workbook as .xlsx, each in its row and column, all of them text.
base::Result<std::string> to_xlsx(const Workbook& book);

}  // namespace sheet
