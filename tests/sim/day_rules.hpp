#pragma once
// Which version of the rules holds for which compound at which instant, thought out a second time: the
// nearest wins, of a place's versions the newest whose time has come (practice.md 4). Shares no code with the
// program.
#include <vector>

#include "sim/model.hpp"

namespace sim::day {

// What a rule is written for, the nearest first. At one place a kind of compounds goes before all of them.
enum class Reach { compound, kind_in_subdistrict, subdistrict, district };

struct Version {
  Reach reach = Reach::district;
  int of = 0;  // index of the compound or subdistrict
  std::int64_t from_ms = 0;
  Rules rules{};  // with its version's number
};

struct Standing {  // of a compound
  int subdistrict = 0;
  bool of_the_kind = false;  // for which a rule of its own is written
};

class RuleDates {
 public:
  void stand(std::vector<Standing> compounds) { compounds_ = std::move(compounds); }
  void add(Version v) { versions_.push_back(v); }
  Rules at(int compound, std::int64_t at_ms) const;

 private:
  bool concerns(const Version& v, int compound) const;
  std::vector<Standing> compounds_;
  std::vector<Version> versions_;
};

// When something that tightens begins: not before it was asked for, nor before everybody has had notice
// since the second person's yes.
std::int64_t begins_ms(std::int64_t asked_for_ms, std::int64_t agreed_ms, int notice_minutes);

}  // namespace sim::day
