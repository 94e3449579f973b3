#pragma once
// The demonstration's bodies: governments and committees in two branches, property companies of several
// compounds, owners' committees, contracts and leaders hooked up; every name and person is invented.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/program.hpp"
#include "core/trail.hpp"
#include "engine/town/dice.hpp"
#include "feature/organisation/document_record.hpp"
#include "feature/organisation/team_record.hpp"
#include "feature/place/service.hpp"
#include "feature/stewardship/record.hpp"

namespace app {

class DemoBodies {
 public:
  DemoBodies(Program& program, base::Instant now, std::uint64_t seed)
      : program_(program), now_(now), dice_(seed + 19), source_{"demo", "program", now, std::nullopt} {}

  // Government, housing bureau, bureaus that take contracts, property companies, leaders.
  base::Result<void> add_district(const feature::place::PlaceRow& district, int companies);
  // The office of a subdistrict or the committee of a community: answers for its node, under the one above.
  base::Result<void> add_office(const feature::place::PlaceRow& node, const std::string& name);
  // A company where property is managed, a committee of owners there and where they manage themselves; a
  // joint team of both, a gate team of owners where nobody manages.
  base::Result<void> add_compound(const feature::place::PlaceRow& compound);

 private:
  struct District {
    std::int64_t government = 0, housing = 0;
    std::vector<std::int64_t> bureaus{}, companies{}, managers{}, leaders{};
    std::size_t next_company = 0, next_bureau = 0, next_leader = 0;
  };
  struct Batch;  // rows of one write

  std::int64_t body(Batch& batch, std::int64_t home, const std::string& kind, const std::string& name);
  std::int64_t employee(Batch& batch, std::int64_t body, const std::string& post, const std::string& rank,
                        const std::string& force);
  void put_under(Batch& batch, std::int64_t body, std::int64_t superior,
                 feature::organisation::Branch branch);
  // The first of the staff is the head.
  void team(Batch& batch, const std::string& kind, std::int64_t place, const std::string& name,
            const std::vector<std::int64_t>& bodies, const std::vector<std::int64_t>& staff);
  void document(Batch& batch, std::int64_t body, const std::string& kind, const std::string& title);
  feature::organisation::BondRow& bond(Batch& batch, feature::organisation::Bond bond, std::int64_t place);
  base::Result<void> store(const Batch& batch);

  Program& program_;
  base::Instant now_;
  engine::town::Dice dice_;
  core::Source source_;
  std::map<std::int64_t, District> districts_{};
  std::map<std::int64_t, std::int64_t> offices_{};  // node -> body
};

}  // namespace app
