#pragma once
// What has gone on for some days in an invented district: people who are looked after, what households asked
// for and how it came to the door, who stood at the gates and who was swabbed. Written by the features' own
// services, at instants of the past, so that whatever they hold (one helper, what may become of a request,
// work that opens and closes) holds here too.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/program.hpp"
#include "core/trail.hpp"
#include "engine/town/dice.hpp"
#include "feature/service_request/service.hpp"

namespace app {

struct DemoResident {
  std::int64_t person = 0, household = 0, dwelling = 0;
  base::Day birth{};
  bool female = false, elder_alone = false, head = false;
};

class DemoLife {
 public:
  DemoLife(Program& program, base::Instant now, std::uint64_t seed)
      : program_(program), now_(now), today_(base::civil_day(now)), dice_(seed) {}

  // Every compound, in proportion to its households: where the demonstration's accounts look, below `near`,
  // often enough to fill their pages, elsewhere sparsely.
  base::Result<void> fill(std::int64_t near);

 private:
  using Step = std::function<base::Result<void>(db::Scoped&)>;
  using Ask = feature::service_request::Ask;
  using Act = feature::service_request::RequestAct;
  // One request with what it came to be: `shop` 0 is from nowhere in particular.
  struct Wish {
    std::int64_t id = 0, shop = 0;
    bool carried = true, resident = false;
    std::optional<std::int64_t> amount_milli{}, price_fen{};
    base::Instant asked{};
  };
  struct Share {
    int care = 1, requests = 1;  // one household in so many
    bool attendance = false;
  };
  // Entries of the directory by their kind.
  using Shops = std::map<std::string, std::int64_t, std::less<>>;

  base::Result<Shops> add_directory(std::int64_t subdistrict);
  base::Result<void> add_compound(std::int64_t compound, const Share& share, const Shops& shops);
  base::Result<std::vector<DemoResident>> residents_of(std::int64_t compound);
  base::Result<std::vector<std::int64_t>> ids(std::string_view sql, std::vector<db::Arg> args);
  base::Result<std::int64_t> answers_for(std::int64_t dwelling);  // a member of the staff, 0: nobody

  base::Result<void> look_after(const std::vector<DemoResident>& all, std::size_t files);
  base::Result<void> begin_care(const DemoResident& who, std::size_t reason, int number);
  void contact(std::int64_t recipient, base::Instant at, bool reached);
  void contacts_before(std::int64_t recipient, int days, bool missed_yesterday);
  void contact_today(std::int64_t recipient);

  void serve(const std::vector<DemoResident>& all, std::size_t requests, const Shops& shops);
  Wish ask(const DemoResident& who, base::Instant at, const Shops& shops);
  void day_gone_by(const std::vector<Wish>& wishes, base::Day day);
  void day_of_today(const std::vector<Wish>& wishes);
  void batch(const std::vector<Wish>& together, base::Instant at);
  void collect(const Wish& wish, base::Instant at);
  void deliver(const Wish& wish, base::Instant at);
  void confirm(const Wish& wish, base::Instant at);
  void act(std::int64_t request, base::Instant at, const Act& act);

  base::Result<void> stand_at_gates(std::int64_t compound);
  void swab(std::int64_t compound, const std::vector<DemoResident>& all);

  base::Instant at(base::Day day, int minute) const { return base::start_of(day) + minute * base::minute_ms; }
  base::Instant ago(int minutes) const { return now_ + -minutes * base::minute_ms; }
  core::Source by(base::Instant at) const { return {"demo", "program", at, std::nullopt}; }
  std::int64_t next_id() { return program_.store().next_id(); }
  void then(Step step) { steps_.push_back(std::move(step)); }
  base::Result<void> flush();

  Program& program_;
  base::Instant now_;
  base::Day today_;
  engine::town::Dice dice_;
  std::int64_t account_ = 0;  // who wrote it down
  std::int64_t carrier_ = 0;  // of the compound in hand
  std::vector<Step> steps_{};
};

}  // namespace app
