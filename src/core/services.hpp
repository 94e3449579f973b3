#pragma once
// What every feature may use besides the store: one object for the life of the program.
#include <filesystem>
#include <memory>
#include <string>

#include "core/keyring.hpp"
#include "core/resident.hpp"

namespace feature::trace {
class Memory;  // who was where; see feature/trace/service.hpp
}

namespace core {

struct Services {
  Keyring keys;
  std::filesystem::path data_directory;
  std::string program_version;
  std::string public_url;  // how phones reach this server; may be empty before the first request
  bool demo = false;
  // Pages of residents, by address: a compound behind one address reads them, nobody tries links.
  std::shared_ptr<RateLimit> residents = std::make_shared<RateLimit>(120, base::minute_ms);
  // Tries at the fact that opens a household's own page, by card: whoever guesses waits an hour.
  std::shared_ptr<RateLimit> resident_facts = std::make_shared<RateLimit>(8, base::hour_ms);
  ResidentFact resident_fact = ResidentFact::phone;
  std::shared_ptr<feature::trace::Memory> trace{};
};

}  // namespace core
