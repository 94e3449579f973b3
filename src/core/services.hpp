#pragma once
// What every feature may use besides the store: one object for the life of the program.
#include <filesystem>
#include <string>

#include "core/keyring.hpp"

namespace core {

struct Services {
  Keyring keys;
  std::filesystem::path data_directory;
  std::string program_version;
  std::string public_url;  // how phones reach this server; may be empty before the first request
  bool demo = false;
};

}  // namespace core
