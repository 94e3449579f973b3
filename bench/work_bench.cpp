// The work of a district, through the endpoints: somebody's day and the boards of the offices beside a bare
// query of the same store, a round over all dwellings, and what comes back by itself each night:
//   bench_work [persons=630000] [sqlite|postgres] [directory to keep the store in]
// Everybody is under control and was followed up twice today, four times of five by themselves; for one in
// fifty a half-day is said to be missing that is not, and one in fourteen is through tomorrow. Invented.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "app/program.hpp"
#include "feature/control/service.hpp"
#include "feature/work_item/service.hpp"
#include "site.hpp"

namespace {

using base::Result;
using bench::give_up;
using bench::ms_since;
using bench::Steady;

constexpr std::int64_t per_dwelling = 3, per_compound = 500, per_building = 50, compounds_per_community = 20;
constexpr std::int64_t district = 3'000'000'000, community_base = 1'000'000'000,
                       compound_base = 2'000'000'000, building_base = 2'500'000'000,
                       staff_base = 4'000'000'000;
constexpr base::Instant now{1581420600000};  // 2020-02-11 19:30 in Shanghai: both halves are there

class District : public bench::Site {
 public:
  District(std::int64_t persons, bool postgres, const std::string& directory)
      : Site({postgres, directory, "work.sqlite"}, ::now,
             {api::Permission::work_read, api::Permission::work_write, api::Permission::control_read,
              api::Permission::follow_up_write, api::Permission::place_write, api::Permission::figure_read,
              api::Permission::place_read}),
        dwellings_(persons / per_dwelling),
        compounds_((dwellings_ + per_compound - 1) / per_compound) {
    app::add_routes(router());
    if (count("SELECT COUNT(*) FROM control_case") == 0) fill();
  }

  void run(const std::string& sql) {
    auto done = store().write([&](db::Connection& c) -> Result<void> {
      c.run(sql);
      return {};
    });
    if (!done) give_up(done.error());
  }
  std::int64_t dwellings() const { return dwellings_; }
  static db::Scope community() { return db::Scope::of({{db::Level::community, community_base}}); }

 private:
  static std::int64_t compound_of(std::int64_t dwelling) { return compound_base + dwelling / per_compound; }
  static std::int64_t building_of(std::int64_t dwelling) { return building_base + dwelling / per_building; }
  static std::int64_t community_of(std::int64_t dwelling) {
    return community_base + dwelling / per_compound / compounds_per_community;
  }

  void fill() {
    const auto started = Steady::now();
    fill_places();
    fill_people();
    fill_control();
    fill_work();
    for (;;) {
      const auto counted = feature::control::count_compounds(store(), now);
      if (!counted) give_up(counted.error());
      if (*counted == 0) break;
    }
    auto analysed = store().write([](db::Connection& c) -> Result<void> {
      c.script("ANALYZE");
      return {};
    });
    if (!analysed) give_up(analysed.error());
    fmt::print("made {} persons, {} dwellings and their day in {:.0f} s, store {:.0f} MB\n",
               dwellings_ * per_dwelling, dwellings_, ms_since(started) / 1000,
               static_cast<double>(store().size_bytes()) / 1e6);
  }

  void fill_places() {
    constexpr std::string_view place =
        "INSERT INTO place (id, kind, parent_id, name, sort, district_id, subdistrict_id, community_id, "
        "compound_id, building_id, valid_from_ms, version) VALUES ($1, $2, $3, $4, $4, 3000000000, NULL, $5, "
        "$6, $7, 0, 1)";
    std::string name;
    const auto row = [&](std::int64_t id, const char* kind, std::int64_t parent, std::string called,
                         std::vector<db::Arg> above) {
      name = std::move(called);
      std::vector<db::Arg> args{id, kind, parent, name};
      args.insert(args.end(), above.begin(), above.end());
      return args;
    };
    write(place, 1, [&](std::int64_t) -> std::vector<db::Arg> {
      return {district, "district", nullptr, "区", nullptr, nullptr, nullptr};
    });
    const auto communities = (compounds_ + compounds_per_community - 1) / compounds_per_community;
    write(place, communities, [&](std::int64_t i) {
      return row(community_base + i, "community", district, fmt::format("社区{:03}", i),
                 {community_base + i, nullptr, nullptr});
    });
    write(place, compounds_, [&](std::int64_t i) {
      const auto first = i * per_compound;
      return row(compound_base + i, "compound", community_of(first), fmt::format("小区{:04}", i),
                 {community_of(first), compound_base + i, nullptr});
    });
    write(place, (dwellings_ + per_building - 1) / per_building, [&](std::int64_t i) {
      const auto first = i * per_building;
      return row(building_base + i, "building", compound_of(first), fmt::format("楼{:05}", i),
                 {community_of(first), compound_of(first), building_base + i});
    });
    write(place, dwellings_, [&](std::int64_t i) {
      return row(i + 1, "dwelling", building_of(i), fmt::format("{:07}", i),
                 {community_of(i), compound_of(i), building_of(i)});
    });
    write(
        "INSERT INTO dwelling (id, phase, building, stair, room, label, fitted_out, occupancy, source, "
        "updated_ms) VALUES ($1, '', '1', '1', $2, $2, 'yes', 'lived_in', 'bench', 0)",
        dwellings_, [&](std::int64_t i) -> std::vector<db::Arg> {
          name = fmt::format("{:07}", i);
          return {i + 1, name};
        });
    write(
        "INSERT INTO account (id, username, display_name, disabled, created_ms) VALUES (1, 'bench', 'bench', "
        "0, 0)",
        1, [](std::int64_t) { return std::vector<db::Arg>{}; });
    // One who answers for each compound.
    write(
        "INSERT INTO staff (id, name, rank, party, source, updated_ms) VALUES ($1, '楼长', 'unknown', "
        "'unknown', 'bench', 0)",
        compounds_, [&](std::int64_t i) -> std::vector<db::Arg> { return {staff_base + i}; });
    write(
        "INSERT INTO stewardship (id, staff_id, place_id, tier, valid_from_ms, source, duty) VALUES ($1, $1, "
        "$2, 1, 0, 'bench', 'steward')",
        compounds_, [&](std::int64_t i) -> std::vector<db::Arg> {
          return {staff_base + i, compound_base + i};
        });
  }

  void fill_people() {
    std::string label;
    write(
        "INSERT INTO household (id, dwelling_id, compound_id, sort, label, provisional, version, "
        "valid_from_ms, source) VALUES ($1, $1, $2, $3, $3, 0, 1, 0, 'bench')",
        dwellings_, [&](std::int64_t i) -> std::vector<db::Arg> {
          label = fmt::format("{:07}", i);
          return {i + 1, compound_of(i), label};
        });
    const auto persons = dwellings_ * per_dwelling;
    write(
        "INSERT INTO person (id, name, sex, document_kind, document_state, flags, presence, presence_source, "
        "presence_ms, source, updated_ms) VALUES ($1, '王建国', 'unknown', 'resident_id', 'missing', '', "
        "'unknown', 'none', 0, 'bench', 0)",
        persons, [&](std::int64_t i) -> std::vector<db::Arg> { return {i + 1}; });
    write(
        "INSERT INTO residence (id, person_id, household_id, dwelling_id, relation, is_primary, position, "
        "valid_from_ms, source) VALUES ($1, $1, $2, $2, 'other', 1, 0, 0, 'bench')",
        persons, [&](std::int64_t i) -> std::vector<db::Arg> {
          return {i + 1, i / per_dwelling + 1};
        });
  }

  void fill_control() {
    const auto persons = dwellings_ * per_dwelling;
    const auto today = base::civil_day(now);
    const auto midnight = base::start_of(today + 1), morning = midnight + 10 * base::hour_ms;
    std::string origin;
    write(
        "INSERT INTO control_case (id, person_id, household_id, dwelling_id, compound_id, category, began, "
        "decided_by, origin, stage, level, day_one, last_day, attention, check_ms, created_by, created_ms, "
        "version, morning, evening) VALUES ($1, $1, $2, $2, $3, 'close_contact', $4, '张医生', $5, 0, "
        "'home_observation', $4, $6, $7, $8, 1, $9, 1, $10, $10)",
        persons, [&](std::int64_t i) -> std::vector<db::Arg> {
          origin = fmt::format("bench:{}", i);
          const auto began = today + -static_cast<int>(i % 14);
          const bool waits = i % 50 == 0, through = i % 14 == 13;
          return {i + 1,
                  i / per_dwelling + 1,
                  compound_of(i / per_dwelling),
                  began,
                  origin,
                  began + 13,
                  waits ? " follow_up_missing " : "",
                  waits || through ? midnight : morning,
                  base::start_of(began),
                  today};
        });
    write(
        "INSERT INTO observation (id, compound_id, household_id, person_id, level, valid_from_ms, "
        "created_by, created_ms) VALUES ($1, $2, $3, $1, 'home_observation', $4, 1, $4)",
        persons, [&](std::int64_t i) -> std::vector<db::Arg> {
          return {i + 1, compound_of(i / per_dwelling), i / per_dwelling + 1,
                  base::start_of(today + -static_cast<int>(i % 14))};
        });
    write(
        "INSERT INTO control_follow_up (id, case_id, day, half, channel, tenths, done, not_done, symptoms, "
        "recorded_by, recorded_ms) VALUES ($1, $2, $3, $4, $5, 365, 'mask', '', '', $6, $7)",
        2 * persons, [&](std::int64_t i) -> std::vector<db::Arg> {
          const bool self = i % 5 != 0;
          return {i + 1,
                  i / 2 + 1,
                  today,
                  i % 2 == 0 ? "morning" : "evening",
                  self ? "self" : "phone",
                  std::int64_t{self ? 0 : 1},
                  now};
        });
  }

  // What is open of today, and what was done in a month.
  void fill_work() {
    std::string origin;
    const auto persons = dwellings_ * per_dwelling;
    const auto open = persons / 20, all = open + persons / 2;
    write(
        "INSERT INTO work_item (id, kind, place_id, compound_id, household_id, person_id, assignee_id, tier, "
        "handed, state, detail, origin, opened_ms, climb_ms, due_ms, resolved_ms, closed_ms, version) VALUES "
        "($1, 'follow_up_missing', $2, $3, $2, $4, $5, 1, 0, $6, '', $7, $8, NULL, $9, $8, $10, 1)",
        all, [&](std::int64_t i) -> std::vector<db::Arg> {
          const auto person = i * 7919 % persons;
          const auto dwelling = person / per_dwelling;
          const bool is_open = i < open;
          const base::Instant opened = now + -(is_open ? i % 600 : 600 + i % 40'000) * base::minute_ms;
          origin = fmt::format("bench:{}", i);
          return {i + 1,
                  dwelling + 1,
                  compound_of(dwelling),
                  person + 1,
                  staff_base + dwelling / per_compound,
                  is_open ? "open" : "closed",
                  origin,
                  opened,
                  opened + 180 * base::minute_ms,
                  is_open ? db::Arg(nullptr) : db::Arg(opened + base::hour_ms)};
        });
  }

  std::int64_t dwellings_, compounds_;
};

struct Times {
  double p50 = 0, p99 = 0;
  std::size_t count = 0;
};
Times of(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100], times.size()};
}

// Each opening of a page beside a bare query over the rows it is about, by turns, so that both meet the same
// machine; a slow one is asked less often.
void open_page(District& site, std::string_view what, const std::vector<std::string>& targets,
               const std::string& yardstick) {
  std::vector<double> page, bare;
  const auto begun = Steady::now();
  for (int round = 0; round < 101 && (round < 5 || ms_since(begun) < 20'000); ++round) {
    auto from = Steady::now();
    for (const auto& target : targets) site.ask("GET", target);
    page.push_back(ms_since(from));
    from = Steady::now();
    site.count(yardstick);
    bare.push_back(ms_since(from));
  }
  const auto p = of(page), b = of(bare);
  fmt::print("{:<46} p50 {:8.2f} ms  p99 {:8.2f} ms  ({} times)  bare {:7.2f} ms  ratio {:.1f}\n", what,
             p.p50, p.p99, p.count, b.p50, p.p50 / b.p50);
}

void pages(District& site) {
  const auto at = [](std::int64_t place) { return fmt::format("place_id={}", place); };
  const auto one_compound =
      fmt::format("SELECT COUNT(*) FROM control_case WHERE compound_id = {}", compound_base);
  site.see(District::community());
  open_page(site, "my day: items, and who is asked this half-day",
            {"/api/work-items?mine=true", "/api/work-items/summary?" + at(compound_base),
             "/api/follow-ups?half=evening&" + at(compound_base)},
            one_compound);
  open_page(site, "board of work, community",
            {"/api/work-items", "/api/work-items/summary?" + at(community_base)},
            "SELECT COUNT(*) FROM work_item WHERE closed_ms IS NULL AND assignee_id < 4000000020");
  open_page(site, "people under control, community",
            {"/api/control-cases", "/api/control-cases/summary?" + at(community_base)},
            fmt::format("SELECT COUNT(*) FROM control_case WHERE compound_id < {}",
                        compound_base + compounds_per_community));
  site.see(db::Scope::of({{db::Level::district, district}}));
  open_page(site, "board of work, district", {"/api/work-items", "/api/work-items/summary?" + at(district)},
            "SELECT COUNT(*) FROM work_item WHERE closed_ms IS NULL AND tier = 1");
  open_page(site, "people under control, district",
            {"/api/control-cases", "/api/control-cases/summary?" + at(district)},
            "SELECT COUNT(*) FROM control_case WHERE ended_ms IS NULL");
  // As in a busy second: so many compounds changed since they were counted.
  site.run(fmt::format(
      "INSERT INTO change (at_ms, kind, compound_id, record_id) SELECT {}, 'control', id, id FROM "
      "place WHERE kind = 'compound' ORDER BY id LIMIT 40",
      now.ms));
  open_page(site, "the same, 40 compounds just changed",
            {"/api/control-cases", "/api/control-cases/summary?" + at(district)},
            "SELECT COUNT(*) FROM control_case WHERE ended_ms IS NULL");
}

void round_over_all(District& site) {
  site.see(db::Scope::of({{db::Level::district, district}}));
  std::vector<double> took, bare;
  for (int i = 0; i < 5; ++i) {
    auto from = Steady::now();
    site.ask("POST", "/api/survey-rounds", fmt::format(R"({{"place_id":{},"title":"轮{}"}})", district, i));
    took.push_back(ms_since(from));
    from = Steady::now();
    site.count("SELECT COUNT(*) FROM place WHERE kind = 'dwelling' AND valid_until_ms IS NULL");
    bare.push_back(ms_since(from));
  }
  fmt::print("a round over {} dwellings begun: p50 {:.0f} ms, bare count {:.0f} ms, ratio {:.1f}\n",
             site.dwellings(), of(took).p50, of(bare).p50, of(took).p50 / of(bare).p50);
}

// Bare insertions of as many rows as were made.
double bare_rows(District& site, std::int64_t rows) {
  site.run("CREATE TABLE IF NOT EXISTS bench_row (id bigint PRIMARY KEY, at_ms bigint)");
  site.run("DELETE FROM bench_row");
  const auto from = Steady::now();
  for (std::int64_t i = 0; i < rows; i += 50) {
    auto done = site.store().write([&](db::Connection& c) -> Result<void> {
      for (auto id = i; id < std::min(i + 50, rows); ++id)
        c.run("INSERT INTO bench_row (id, at_ms) VALUES ($1, 0)", {id});
      return {};
    });
    if (!done) give_up(done.error());
  }
  return ms_since(from);
}

double tend_all(District& site, Result<std::int64_t> (*tend)(db::Store&, base::Instant), base::Instant at) {
  const auto from = Steady::now();
  for (;;) {
    const auto done = tend(site.store(), at);
    if (!done) give_up(done.error());
    if (*done == 0) return ms_since(from);
  }
}

void tell(std::string_view what, std::int64_t many, double took, double bare) {
  fmt::print("{}: {} in {:.1f} s, {:.0f} a second, bare rows {:.1f} s, ratio {:.1f}\n", what, many,
             took / 1000, static_cast<double>(many) / took * 1000, bare / 1000, took / bare);
}

void nightly(District& site) {
  site.see(db::Scope::of({{db::Level::district, district}}));
  const auto midnight = base::start_of(base::civil_day(now) + 1);
  const auto due = [&] {
    return site.count(fmt::format("SELECT COUNT(*) FROM control_case WHERE check_ms <= {}", midnight.ms));
  };
  // As the day before left it: whoever the new day changes something for.
  const auto changing = due();
  const auto clocks = tend_all(site, feature::control::tend, midnight);
  tell("clocks that midnight moves", changing, clocks, bare_rows(site, changing));
  // Everybody, as at the hour of a half-day; nothing is new.
  site.run(fmt::format("UPDATE control_case SET check_ms = {}", midnight.ms));
  const auto everybody = due();
  const auto looks = tend_all(site, feature::control::tend, midnight);
  tell("everybody looked at", everybody, looks, bare_rows(site, everybody));
}

// Tasks that come back by themselves at night: one for each building, and one for each dwelling.
void recurring(District& site) {
  site.see(db::Scope::of({{db::Level::district, district}}));
  site.run("UPDATE work_item SET climb_ms = NULL");  // what climbs is not asked about here
  const auto midnight = base::start_of(base::civil_day(now) + 1);
  for (const auto* each : {"building", "dwelling"}) {
    site.ask("POST", "/api/work-plans",
             fmt::format(R"({{"kind":"task_disinfection","place_id":{},"target":"{}","rhythm":"daily",)"
                         R"("at_minute":0,"note":"夜间消杀"}})",
                         district, each));
    const auto before = site.count("SELECT COUNT(*) FROM work_item");
    const auto took = tend_all(site, feature::work_item::tend, midnight);
    const auto made = site.count("SELECT COUNT(*) FROM work_item") - before;
    tell(fmt::format("tasks that come back, one a {}", each), made, took, bare_rows(site, made));
    site.run("UPDATE work_plan SET ended_ms = 1, next_ms = NULL");
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // each line as it is measured
  const auto persons = argc > 1 ? std::atoll(argv[1]) : 630'000;
  const bool postgres = argc > 2 && std::string_view(argv[2]) == "postgres";
  District site(persons, postgres, argc > 3 ? argv[3] : "");
  fmt::print("{} cases, {} follow-ups of today, {} open items of {}\n",
             site.count("SELECT COUNT(*) FROM control_case WHERE ended_ms IS NULL"),
             site.count("SELECT COUNT(*) FROM control_follow_up"),
             site.count("SELECT COUNT(*) FROM work_item WHERE closed_ms IS NULL"),
             site.count("SELECT COUNT(*) FROM work_item"));
  pages(site);
  round_over_all(site);
  nightly(site);
  recurring(site);
  return 0;
}
