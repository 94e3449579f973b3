// Search, duplicates, pages of lists, files of households and figures of an area among many persons, through
// the endpoints, for somebody who sees all and for one community:
//   bench_people [persons=1000000] [sqlite|postgres] [directory to keep the store in]
// The people are invented: names by the frequency of surnames, one person in a hundred recorded twice.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

#include "api/url.hpp"
#include "engine/intake/resident_id.hpp"
#include "engine/intake/text.hpp"
#include "feature/command/api.hpp"
#include "feature/command/service.hpp"
#include "feature/people/api.hpp"
#include "feature/people/service.hpp"
#include "site.hpp"

namespace {

using base::Result;
using bench::ms_since;
using bench::Steady;

constexpr std::int64_t per_compound = 500, per_dwelling = 3, compounds_per_community = 20;
constexpr std::int64_t big_compound =
    18'000;  // persons of the first: its households fill more than a hundred pages
constexpr base::Instant now{1581379200000};

std::string character(std::u32string_view from, std::uint64_t n) {
  return engine::intake::encode(std::u32string(1, from[n % from.size()]));
}

struct Invented {
  std::string name{}, document{}, phone{};
  base::Day birth{};
};

Invented invent(std::int64_t number) {
  // The hundredth is the ninety-ninth again, with the same phone.
  std::mt19937_64 dice(static_cast<std::uint64_t>(number % 100 == 99 ? number - 1 : number) * 7919 + 1);
  constexpr std::u32string_view surnames =
      U"王王王王李李李李张张张张刘刘刘陈陈陈杨杨黄黄赵赵吴吴周周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
      U"肖田董袁潘于蒋蔡余杜叶程"
      U"苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
      U"武戴莫孔向汤单仇解区";
  constexpr std::u32string_view given =
      U"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英文博子涵雨桐浩然欣怡建国志晓燕华玉梅红春海波永林成云"
      U"龙飞辉婷鹏宇佳俊峰雪"
      U"琴凤珍荣莉宁健康诗梦泽轩瑞晨阳思远家豪天佑若曦可馨嘉懿煜城雅静梓萱";
  Invented p;
  p.name = character(surnames, dice()) + character(given, dice());
  if (dice() % 5 != 0) p.name += character(given, dice());
  p.birth = base::Day{static_cast<std::int32_t>(-9000 + static_cast<std::int64_t>(dice() % 26000))};
  const auto b = base::parts_of(p.birth);
  p.document = fmt::format("370101{:04}{:02}{:02}{:03}", b.year, b.month, b.day, dice() % 1000);
  p.document += engine::intake::check_character(p.document);
  p.phone = fmt::format("1990{:07}", dice() % 10'000'000);
  if (number % 100 >= 98) p.document.clear();
  return p;
}

class People : public bench::Site {
 public:
  People(std::int64_t persons, bool postgres, const std::string& directory)
      : Site({postgres, directory, "people.sqlite"}, ::now,
             {api::Permission::household_read, api::Permission::household_write,
              api::Permission::figure_read}),
        persons_(persons) {
    feature::people::routes(router());
    feature::command::routes(router());
    if (count("SELECT COUNT(*) FROM person") == 0) fill();
  }

  std::string get(std::string target) { return ask("GET", std::move(target)); }
  std::string post(std::string target, std::string body) {
    return ask("POST", std::move(target), std::move(body));
  }
  // Counts every compound, as a running program does by itself.
  void count_compounds() {
    const auto started = Steady::now();
    std::int64_t compounds = 0;
    for (;;) {
      const auto counted = feature::command::count_compounds(store(), ::now);
      if (!counted) std::abort();
      if (*counted == 0) break;
      compounds += *counted;
    }
    fmt::print("counted {} compounds in {:.1f} s\n", compounds, ms_since(started) / 1000);
  }
  static constexpr std::int64_t district_id = 3'000'000'000, first_compound = 2'000'000'000;
  static std::int64_t community_of(std::int64_t compound) {
    return 1'000'000'000 + compound / compounds_per_community;
  }

 private:
  static std::int64_t compound_id(std::int64_t i) { return 2'000'000'000 + i; }

  // SQLite: what is asked for by index is sorted once at the end; row by row, ten million take hours.
  std::vector<std::pair<std::string, std::string>> drop_indexes() {
    std::vector<std::pair<std::string, std::string>> indexes;
    if (store().dialect() != db::Dialect::sqlite) return indexes;
    auto dropped = store().write([&](db::Connection& c) -> Result<void> {
      indexes.clear();
      c.run(
          "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
          "('place', 'dwelling', 'household', 'person', 'phone', 'residence')",
          {}, [&](const db::Row& r) { indexes.emplace_back(r.str(0), r.str(1)); });
      for (const auto& [name, sql] : indexes) c.script("DROP INDEX " + name);
      return {};
    });
    if (!dropped) bench::give_up(dropped.error());
    return indexes;
  }
  void make_indexes(const std::vector<std::pair<std::string, std::string>>& indexes) {
    for (const auto& [name, sql] : indexes) {
      auto made = store().write([&sql = sql](db::Connection& c) -> Result<void> {
        c.script(sql);
        return {};
      });
      if (!made) bench::give_up(made.error());
    }
  }

  void fill() {
    const auto started = Steady::now();
    const auto indexes = drop_indexes();
    const auto compounds = (persons_ + per_compound - 1) / per_compound;
    const auto dwellings = (persons_ + per_dwelling - 1) / per_dwelling;
    const auto compound_of = [&](std::int64_t dwelling) {
      const auto person = dwelling * per_dwelling;
      return compound_id(person < big_compound ? 0 : std::min(person / per_compound, compounds - 1));
    };
    std::string name, label, room, building;
    constexpr std::string_view place =
        "INSERT INTO place (id, kind, parent_id, name, sort, district_id, subdistrict_id, community_id, "
        "compound_id, building_id, valid_from_ms, version) VALUES ($1, $2, NULL, $3, $4, 3000000000, "
        "3000000001, $5, $6, NULL, 0, 1)";
    write(place, 1, [&](std::int64_t) -> std::vector<db::Arg> {
      return {district_id, "district", "区", "区", nullptr, nullptr};
    });
    write(place, compounds, [&](std::int64_t i) -> std::vector<db::Arg> {
      name = fmt::format("小区{}", i);
      return {compound_id(i), "compound", name, name, community_of(i), compound_id(i)};
    });
    write(place, dwellings, [&](std::int64_t i) -> std::vector<db::Arg> {
      label = fmt::format("{}-{}-{}0{}", i % 9 + 1, i / 9 % 3 + 1, i / 27 % 18 + 1, i / 486 % 4 + 1);
      return {i + 1, "dwelling", label, label, community_of(compound_of(i) - compound_id(0)), compound_of(i)};
    });
    write(
        "INSERT INTO dwelling (id, phase, building, stair, room, label, fitted_out, occupancy, source, "
        "updated_ms) VALUES ($1, '', $2, '1', $3, $4, 'yes', 'lived_in', 'bench', 0)",
        dwellings, [&](std::int64_t i) -> std::vector<db::Arg> {
          building = std::to_string(i % 9 + 1);
          room = fmt::format("{}0{}", i / 27 % 18 + 1, i / 486 % 4 + 1);
          label = fmt::format("{}-{}-{}", building, i / 9 % 3 + 1, room);
          return {i + 1, building, room, label};
        });
    write(
        "INSERT INTO household (id, dwelling_id, compound_id, sort, label, provisional, version, "
        "valid_from_ms, source) VALUES ($1, $1, $2, $3, 'x', 0, 1, 0, 'bench')",
        dwellings, [&](std::int64_t i) -> std::vector<db::Arg> {
          label = fmt::format("{:08}", i);
          return {i + 1, compound_of(i), label};
        });
    fill_persons();
    make_indexes(indexes);
    fmt::print("made {} persons in {:.0f} s\n", persons_, ms_since(started) / 1000);
    index();
  }

  void fill_persons() {
    Invented p;
    std::string sealed, blind, masked;
    const auto& keys = services().keys;
    write(
        "INSERT INTO person (id, name, sex, birth_day, document_kind, document_state, document_sealed, "
        "document_index, document_masked, flags, presence, presence_source, presence_ms, source, "
        "updated_ms) VALUES ($1, $2, 'unknown', $3, 'resident_id', $4, $5, $6, $7, '', 'unknown', 'none', "
        "0, 'bench', 0)",
        persons_, [&](std::int64_t i) -> std::vector<db::Arg> {
          p = invent(i);
          if (p.document.empty()) return {i + 1, p.name, p.birth, "missing", nullptr, nullptr, nullptr};
          sealed = keys.seal("person", "document", i + 1, p.document);
          blind = keys.blind("document", p.document);
          masked = core::mask_document(p.document);
          return {i + 1, p.name, p.birth, "ok", db::Blob{sealed}, db::Blob{blind}, masked};
        });
    write(
        "INSERT INTO phone (id, person_id, position, number_sealed, number_index, number_masked, source) "
        "VALUES ($1, $1, 0, $2, $3, 'x', 'bench')",
        persons_, [&](std::int64_t i) -> std::vector<db::Arg> {
          p = invent(i);
          sealed = keys.seal("phone", "number", i + 1, p.phone);
          blind = keys.blind("phone", p.phone);
          return {i + 1, db::Blob{sealed}, db::Blob{blind}};
        });
    write(
        "INSERT INTO residence (id, person_id, household_id, dwelling_id, relation, is_primary, position, "
        "valid_from_ms, source) VALUES ($1, $1, $2, $2, 'other', 1, 0, 0, 'bench')",
        persons_, [&](std::int64_t i) -> std::vector<db::Arg> {
          return {i + 1, i / per_dwelling + 1};
        });
  }

  void index() {
    const auto started = Steady::now();
    const auto filled = feature::people::fill_search_terms(store(), services().keys);
    if (!filled) std::abort();
    if (store().dialect() == db::Dialect::postgres)
      (void)store().write([](db::Connection& c) -> Result<void> {
        c.script("ANALYZE");
        return {};
      });
    fmt::print("words of {} persons in {:.0f} s, store {:.0f} MB\n", *filled, ms_since(started) / 1000,
               static_cast<double>(store().size_bytes()) / 1e6);
  }

  std::int64_t persons_;
};

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Alternately as somebody who sees all and as one community, so that both meet the same machine.
void compare(People& site, std::string_view what, const std::function<void()>& ask) {
  const auto community = db::Scope::of({{db::Level::community, People::community_of(0)}});
  std::vector<double> all, one;
  for (int round = 0; round < 41; ++round)
    for (const bool sees_all : {true, false}) {
      site.see(sees_all ? db::Scope::all() : community);
      const auto from = Steady::now();
      ask();
      (sees_all ? all : one).push_back(ms_since(from));
    }
  site.see(db::Scope::all());
  fmt::print("{:<28} all {:7.2f} ms  community {:7.2f} ms  ratio {:.2f}\n", what, median(all), median(one),
             median(one) / median(all));
}

std::string member(const std::string& json, std::string_view name) {
  const auto key = fmt::format("\"{}\":\"", name);
  const auto at = json.find(key);
  return at == std::string::npos
             ? ""
             : json.substr(at + key.size(), json.find('"', at + key.size()) - at - key.size());
}

// The first and the hundredth page of fifty, in every order the list offers.
void pages(People& site, const std::string& list) {
  site.see(db::Scope::all());
  const auto target = fmt::format("/api/{}?compound_id={}&limit=50", list, People::first_compound);
  auto page = site.get(target);
  for (int n = 1; n < 99; ++n) {
    const auto next = member(page, "next");
    if (next.empty()) {
      fmt::print(stderr, "{} ends after {} pages: {}\n", list, n,
                 page.substr(page.size() - std::min<std::size_t>(page.size(), 200)));
      std::abort();
    }
    page = site.get(target + "&cursor=" + api::percent_encode(next));
  }
  const auto hundredth = target + "&cursor=" + api::percent_encode(member(page, "next"));
  compare(site, list + ", page 1", [&] { site.get(target); });
  compare(site, list + ", page 100", [&] { site.get(hundredth); });
}

void measure(People& site, std::string_view what, std::string_view scope,
             const std::vector<std::string>& asked) {
  std::vector<double> times;
  for (int round = 0; round < 3; ++round)
    for (const auto& q : asked) {
      const auto from = Steady::now();
      site.post("/api/search", fmt::format(R"({{"q":"{}"}})", q));
      times.push_back(ms_since(from));
    }
  std::sort(times.begin(), times.end());
  fmt::print("{:<28} {:<10} p50 {:7.2f} ms  max {:7.2f} ms  ({} searches)\n", what, scope,
             times[times.size() / 2], times.back(), times.size());
}

}  // namespace

int main(int argc, char** argv) {
  const auto persons = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const bool postgres = argc > 2 && std::string_view(argv[2]) == "postgres";
  People site(persons, postgres, argc > 3 ? argv[3] : "");
  const auto someone = invent(persons / 2);
  const std::vector<std::pair<std::string, std::vector<std::string>>> questions{
      {"one character", {"王", "李", "国"}},
      {"two characters", {"王建", "建国", "单雨"}},
      {"whole name", {someone.name, "王建国"}},
      {"initials", {"w", "wjg", "sy"}},
      {"pinyin", {"wang", "wangjianguo", "shanyu"}},
      {"document", {someone.document}},
      {"phone", {someone.phone}},
      {"last four", {someone.phone.substr(7), "1204"}},
      {"room", {"3-2-1201", "3栋1201", "3-2-"}},
      {"nothing", {"zzzz", "龘龘"}}};
  for (const bool all : {true, false}) {
    site.see(all ? db::Scope::all()
                 : db::Scope::of({{db::Level::community, People::community_of(persons / 1000)}}));
    for (const auto& [what, asked] : questions) measure(site, what, all ? "all" : "community", asked);
  }
  pages(site, "persons");
  pages(site, "households");
  std::int64_t household = 1;
  compare(site, "household file",
          [&] { site.get(fmt::format("/api/households/{}", household++ % 3000 + 1)); });
  site.count_compounds();
  site.see(db::Scope::all());
  std::vector<double> sums;
  for (int round = 0; round < 41; ++round) {
    const auto from = Steady::now();
    site.get(fmt::format("/api/area-figures/total?place_id={}", People::district_id));
    sums.push_back(ms_since(from));
  }
  fmt::print("{:<28} all {:7.2f} ms\n", "figures of the district", median(sums));
  const auto from = Steady::now();
  const auto answer = site.post("/api/duplicates/check", "{}");
  fmt::print("duplicates among all: {:.1f} s, {}\n", ms_since(from) / 1000, answer);
  return 0;
}
