#pragma once
// A list as the office prints it: title, place, filters, who made it and when, page n of m, the heading on
// every page, upright or, when it is wide, on its side.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sheet/table.hpp"

namespace core {

inline constexpr std::int64_t printed_rows_max = 10'000;  // kept until the pages can be counted

// What stands above and below a table. All but the title may be empty.
struct TableHead {
  std::string title{};
  std::string place{};    // of where
  std::string filters{};  // which rows, in words
  std::string made{};     // by whom and when
};

// Error of a row: 422 /format "too_many_to_print" {limit}. Of the end: what print::Table says.
std::unique_ptr<sheet::TableWriter> print_form(const std::filesystem::path& path, std::string_view language,
                                               const TableHead& head, const sheet::TableSpec& spec);

}  // namespace core
