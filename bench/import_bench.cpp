// A roster of 110,000 persons: reading it bare, reading and checking it, and taking it over with history,
// search words and duplicates, as ratios of one run:  bench_import [persons=110000]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "core/services.hpp"
#include "db/migrate.hpp"
#include "engine/intake/analyse.hpp"
#include "engine/town/town.hpp"
#include "feature/exchange/service.hpp"
#include "feature/place/service.hpp"
#include "sheet/read.hpp"
#include "sheet/table.hpp"
#include "support/temporary.hpp"

namespace {

namespace town = engine::town;
namespace place = feature::place;
using Steady = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
  const auto from = Steady::now();
  work();
  return std::chrono::duration<double>(Steady::now() - from).count();
}

template <class T>
T sure(base::Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{} {}\n", result.error().code, result.error().cause);
  std::exit(1);
}
void sure(base::Result<void> result) {
  if (!result) std::exit(1);
}

struct Files {
  std::filesystem::path dwellings{}, csv{}, xlsx{};
  std::int64_t persons = 0;
};

// The compounds of the town under one another: buildings are told apart by a number in front.
Files write_files(const std::filesystem::path& folder, std::int64_t wanted) {
  Files files{folder / "楼盘表.csv", folder / "花名册.csv", folder / "花名册.xlsx"};
  std::ofstream dwellings_out(files.dwellings, std::ios::binary), csv_out(files.csv, std::ios::binary);
  sheet::TableSpec of_dwellings, of_persons;
  for (const char* header : {"楼栋", "单元", "层", "房号", "入住情况"})
    of_dwellings.columns.push_back({header});
  for (const char* header : {"房号", "姓名", "与户主关系", "性别", "身份证号码", "联系电话"})
    of_persons.columns.push_back({header});
  const auto dwellings = sure(sheet::csv_table(dwellings_out, of_dwellings));
  const auto csv = sure(sheet::csv_table(csv_out, of_persons));
  const auto xlsx = sure(sheet::xlsx_table(files.xlsx, of_persons));
  const auto today = *base::parse_day("2020-02-11");
  constexpr std::string_view relations[] = {"户主", "配偶", "子", "父", "租户"};
  for (int compound = 1; const auto& shape : town::plan(1).compounds) {
    if (files.persons >= wanted) break;
    for (const auto& home : town::homes(shape, 1, today)) {
      const auto building = fmt::format("{}{:02}", compound, home.building + 1);
      sure(dwellings->row(std::vector<sheet::Value>{
          building, std::int64_t{home.stair}, std::int64_t{home.floor}, home.room, std::string("自住")}));
      for (const auto& household : home.households)
        for (const auto& p : household) {
          const std::vector<sheet::Value> row{fmt::format("{}-{}-{}", building, home.stair, home.room),
                                              p.name,
                                              std::string(relations[static_cast<std::size_t>(p.relation)]),
                                              std::string(p.male ? "男" : "女"),
                                              p.document,
                                              p.phone};
          sure(csv->row(row));
          sure(xlsx->row(row));
          ++files.persons;
        }
    }
    ++compound;
  }
  sure(dwellings->finish());
  sure(csv->finish());
  sure(xlsx->finish());
  return files;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void read(const char* what, const std::filesystem::path& path, std::int64_t persons,
          const engine::intake::DwellingIndex& rooms) {
  const auto bytes = bytes_of(path);
  const auto today = *base::parse_day("2020-02-11");
  std::vector<double> bare, checked;
  for (int round = 0; round < 3; ++round) {
    bare.push_back(seconds([&] { (void)sure(sheet::read(bytes)); }));
    checked.push_back(seconds([&] {
      const auto book = sure(sheet::read(bytes));
      const auto analysis = sure(engine::intake::analyse(book, {today, &rooms}, {}));
      if (static_cast<std::int64_t>(analysis.persons.size()) != persons) std::exit(1);
    }));
  }
  std::ranges::sort(bare);
  std::ranges::sort(checked);
  fmt::print(
      "{:<5} {} rows: bare {:.2f} s, read and checked {:.2f} s = {:.0f} rows/s, {:.2f} times the bare "
      "reading\n",
      what, persons, bare[1], checked[1], static_cast<double>(persons) / checked[1], checked[1] / bare[1]);
}

// What somebody at a gate waits for meanwhile: one small write after another, 5 ms between them.
class Beside {
 public:
  Beside(db::Store& store, std::int64_t compound, base::Instant now)
      : thread_([&store, compound, now, this](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            took_.push_back(1000 * seconds([&] {
                              sure(store.write([&](db::Connection& c) -> base::Result<void> {
                                db::Scoped q(c, db::Scope::all());
                                core::note_change(q, "bench", compound, compound, now);
                                return {};
                              }));
                            }));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}
  void print(const char* when) {
    thread_.request_stop();
    thread_.join();
    std::ranges::sort(took_);
    const auto at = [&](double part) {
      return took_[static_cast<std::size_t>(part * static_cast<double>(took_.size() - 1))];
    };
    fmt::print("{} {} small writes: p50 {:.1f} ms, p99 {:.1f} ms, slowest {:.0f} ms\n", when, took_.size(),
               at(0.5), at(0.99), took_.back());
  }

 private:
  std::vector<double> took_{};
  std::jthread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  const test_support::TemporaryDirectory directory;
  const auto files = write_files(directory.path(), argc > 1 ? std::atoll(argv[1]) : 110'000);
  engine::intake::DwellingIndex rooms;
  for (const auto& row : sure(engine::intake::analyse(sure(sheet::read(bytes_of(files.dwellings))),
                                                      {*base::parse_day("2020-02-11"), nullptr}, {}))
                             .dwellings)
    rooms.add(row.room);
  read("csv", files.csv, files.persons, rooms);
  read("xlsx", files.xlsx, files.persons, rooms);

  const base::Instant now = base::start_of(*base::parse_day("2020-02-11"));
  const auto store = sure(db::Store::open({.database = (directory.path() / "store.db").string()}));
  (void)sure(db::migrate(*store, db::embedded_migrations(store->dialect()),
                         {directory.path() / "backups", true, now}));
  core::Services services{
      sure(core::Keyring::open(directory.path() / "keys")), directory.path() / "data", "bench", {}, false};
  place::PlaceRow parent;
  for (const auto& [kind, name] :
       {std::pair{place::Kind::district, "区"}, std::pair{place::Kind::subdistrict, "街道"},
        std::pair{place::Kind::community, "社区"}, std::pair{place::Kind::compound, "小区"}}) {
    auto row = place::child_of(parent, kind, name, store->next_id(), now);
    if (parent.id.value == 0) row.parent_id.reset();
    sure(store->write([&](db::Connection& c) -> base::Result<void> {
      db::Scoped q(c, db::Scope::all());
      core::insert(q, row, core::Source{"bench", "bench", now, std::nullopt});
      return {};
    }));
    parent = row;
  }
  const auto take = [&](const std::filesystem::path& path) {
    return sure(feature::exchange::import_file(*store, services, parent.id.value, path, now));
  };
  fmt::print("dwellings taken over in {:.1f} s\n", take(files.dwellings).taken_over_s);
  Beside alone(*store, parent.id.value, now);
  std::this_thread::sleep_for(std::chrono::seconds(5));
  alone.print("alone");
  Beside gate(*store, parent.id.value, now);
  const auto took = take(files.csv);
  gate.print("beside it");
  const auto rate = [&](double s) { return static_cast<double>(files.persons) / s; };
  fmt::print("persons compared in {:.1f} s, then taken over in {:.1f} s = {:.0f}/s, durable; both {:.0f}/s\n",
             took.compared_s, took.taken_over_s, rate(took.taken_over_s),
             rate(took.compared_s + took.taken_over_s));
  const auto again = take(files.csv);
  fmt::print("the same file again in {:.1f} s\n", again.compared_s + again.taken_over_s);
  return 0;
}
