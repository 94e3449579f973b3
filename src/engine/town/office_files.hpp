#pragma once
// The files an office would have of an invented compound, with the damage such files have: title rows,
// rooms written four ways, numbers in full-width digits, identity numbers that became 4.2E+17.
#include <filesystem>

#include "base/error.hpp"
#include "engine/town/town.hpp"

namespace engine::town {

// What a correct import of both files finds.
struct Truth {
  int dwellings = 0, fitted_out = 0, households = 0, persons = 0, damaged_documents = 0;
};

// Writes 楼盘表_<name>.xlsx and 住户花名册_<name>.xlsx into a folder that exists. Error sheet.write_failed.
base::Result<Truth> write_office_files(const Compound& compound, const std::vector<Home>& homes,
                                       std::uint64_t seed, const std::filesystem::path& folder);

}  // namespace engine::town
