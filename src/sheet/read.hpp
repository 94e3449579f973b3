#pragma once
// Reads .xlsx (Excel, WPS, LibreOffice), the .xls of before 2007 and CSV with bounded memory and time.
//
// Errors (kind invalid, for the caps too_large):
//   sheet.not_a_workbook  neither a workbook nor text, or damaged
//   sheet.old_format      an .xls that cannot be read: save as .xlsx and send again
//   sheet.encrypted       protected by a password
//   sheet.too_large       params: what = file | parts | size | sheets | rows |
//                         columns | cells | merges | text; limit
//   sheet.zip_bomb        inflates beyond any real workbook
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "sheet/workbook.hpp"

namespace sheet {

inline constexpr std::size_t max_file_bytes = 32u << 20;
inline constexpr std::size_t max_parts = 4096;                   // entries of the archive
inline constexpr std::uint64_t max_part_bytes = 192u << 20;      // one part, inflated
inline constexpr std::uint64_t max_inflated_bytes = 256u << 20;  // all parts that are read
inline constexpr std::uint64_t max_ratio = 400;  // inflated : packed, for parts over ratio_floor
inline constexpr std::uint64_t ratio_floor_bytes = 4u << 20;
inline constexpr std::size_t max_rows = 200'000;     // of all sheets
inline constexpr std::size_t max_columns = 512;      // of one row
inline constexpr std::size_t max_cells = 2'000'000;  // of all sheets, gaps left of a cell included
inline constexpr std::size_t max_merges = 100'000;   // of one sheet
inline constexpr std::size_t max_sheets = 256;
inline constexpr std::uint64_t max_text_bytes = 256u
                                                << 20;  // of all cells; one shared string may stand in many

struct Limits {
  std::size_t file_bytes = max_file_bytes;
  std::size_t parts = max_parts;
  std::uint64_t part_bytes = max_part_bytes;
  std::uint64_t inflated_bytes = max_inflated_bytes;
  std::uint64_t ratio = max_ratio;
  std::size_t rows = max_rows;
  std::size_t columns = max_columns;
  std::size_t cells = max_cells;
  std::size_t merges = max_merges;
  std::size_t sheets = max_sheets;
  std::uint64_t text_bytes = max_text_bytes;
};

// Recognises the format by content, never by the file's name. CSV may be UTF-8 (with or without mark),
// UTF-16 with mark, or GB18030; separated by comma, semicolon or tab.
base::Result<Workbook> read(std::string_view bytes, const Limits& limits = {});

base::Result<Workbook> read_xlsx(std::string_view bytes, const Limits& limits = {});
// In a process of its own, for up to 20 s, one file at a time; see DESIGN.md. Truth values and errors read
// as empty cells.
base::Result<Workbook> read_xls(std::string_view bytes, const Limits& limits = {});
base::Result<Workbook> read_csv(std::string_view bytes, const Limits& limits = {});

}  // namespace sheet
