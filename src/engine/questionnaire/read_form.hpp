#pragma once
// A form from the sheets `survey`, `choices` and `settings` of a workbook, as XLSForm lays them out. Left out
// on purpose, and said so by name: repeats, calculations, choice filters, defaults and all that a phone
// records by itself.
#include <string>
#include <vector>

#include "engine/questionnaire/form.hpp"
#include "sheet/workbook.hpp"

namespace engine::questionnaire {

// One thing to mend. Codes beside those of a rule (expression.hpp):
//   sheet_missing    column_missing  column_unknown  column_refused  questions_missing  too_many
//   type_missing     type_unknown    type_refused    list_missing    list_unknown       too_long
//   name_missing     name_unfit      name_twice      label_missing   yes_or_no          constraint_of_note
//   group_open       group_not_open
struct Fault {
  std::string sheet{};
  int row = 0;           // from 1; 0: the sheet as a whole
  std::string column{};  // its header; empty: the row as a whole
  std::string code{};
  std::string detail{};  // what was written there
};
struct Reading {
  Form form{};
  std::vector<Fault> faults{};  // in order of sheet and row
};

inline constexpr std::size_t faults_max = 100;

Reading read_form(const sheet::Workbook& book);

}  // namespace engine::questionnaire
