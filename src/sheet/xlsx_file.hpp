#pragma once
// A workbook being written by libxlsxwriter.
#include <xlsxwriter.h>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace sheet {

struct CloseWorkbook {
  void operator()(lxw_workbook* book) const { workbook_close(book); }
};
using WorkbookPtr = std::unique_ptr<lxw_workbook, CloseWorkbook>;

base::Error write_failed(lxw_error error);
// At most 31 characters, none of []:*?/\, not empty.
std::string legal_sheet_name(const std::string& name);
// A cell holds 32,767 characters; longer texts are cut between characters.
std::string legal_cell_text(const std::string& text);

}  // namespace sheet
