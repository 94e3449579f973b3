// What households asked for in the last week, in which run it went and what they said about it.
#include <algorithm>
#include <array>

#include "app/demo_life.hpp"

namespace app {
namespace {

namespace service = feature::service_request;
using base::Result;

constexpr int days = 7;  // with today

struct Good {
  const char* kind;
  std::array<const char*, 3> details;
  int weight;
  int least, most;  // of the unit of the kind
  int fen;          // for one of them; 0: no money is taken
  const char* from = "";
  bool carried = true;
};
const std::array<Good, 10> goods{{
    {"produce", {"时令蔬菜套餐", "水果一份", "鸡蛋和青菜"}, 5, 1, 3, 3500, "shop"},
    {"daily_goods", {"卫生纸、洗衣液", "婴儿纸尿裤", "垃圾袋、牙膏"}, 3, 1, 4, 2200, "shop"},
    {"grain_and_oil", {"大米", "面粉", "菜籽油"}, 3, 5, 10, 640, "shop"},
    {"medicine", {"降压药（有处方）", "胰岛素（有处方）", "体温计、碘伏"}, 3, 1, 3, 4200, "pharmacy"},
    {"parcel", {"门口快递架上的包裹", "快递两件", "生鲜包裹，尽快"}, 2, 1, 3, 0},
    {"meal", {"午餐", "晚餐，软一些", "午餐和晚餐"}, 2, 1, 2, 1500},
    {"gas", {"代充燃气", "燃气卡余额不足", "代充燃气"}, 1, 10, 30, 267, "", false},
    {"water", {"代交水费", "水卡充值", "代交水费"}, 1, 5, 10, 345, "", false},
    {"repair", {"厨房水龙头漏水", "入户灯不亮", "下水道堵塞"}, 1, 1, 1, 0, "", false},
    {"medical_escort", {"陪送透析", "产检接送", "到医院换药"}, 1, 1, 1, 0, "", false},
}};

const Good& some_good(engine::town::Dice& dice) {
  int all = 0;
  for (const auto& good : goods) all += good.weight;
  int chosen = dice.below(all);
  for (const auto& good : goods)
    if ((chosen -= good.weight) < 0) return good;
  return goods.front();
}

constexpr std::array<const char*, 4> praise{"谢谢志愿者！", "很及时，菜也新鲜。",
                                            "放在门口，没有接触，放心。", "辛苦了。"};

}  // namespace

void DemoLife::act(std::int64_t request, base::Instant at, const Act& act) {
  then([this, request, at, act](db::Scoped& q) -> Result<void> {
    auto done = service::carry_on(q, request, act, account_, by(at));
    if (!done) return tl::unexpected(std::move(done).error());
    return {};
  });
}

DemoLife::Wish DemoLife::ask(const DemoResident& who, base::Instant at, const Shops& shops) {
  const auto& good = some_good(dice_);
  Ask what;
  what.household_id = who.household;
  what.kind = good.kind;
  what.detail = dice_.pick(good.details);
  const int asked_by = dice_.below(10);
  what.channel = asked_by < 5   ? service::Channel::resident
                 : asked_by < 8 ? service::Channel::phone
                                : service::Channel::staff;
  if (what.channel != service::Channel::resident) what.account_id = account_;
  Wish wish;
  wish.carried = good.carried;
  wish.asked = at;
  const int amount = dice_.between(good.least, good.most);
  // Some say no amount and nobody writes it down later: unknown, never zero (XN-67).
  if (!dice_.chance(15)) wish.amount_milli = what.amount_milli = std::int64_t{amount} * 1000;
  if (good.fen > 0 && wish.amount_milli && !dice_.chance(10))
    wish.price_fen = std::int64_t{amount} * good.fen;
  if (const auto shop = shops.find(std::string_view(good.from)); shop != shops.end())
    what.shop_id = wish.shop = shop->second;
  const auto ids = service::take_ids(program_.store());
  wish.id = ids.request;
  then([this, what, ids, at](db::Scoped& q) -> Result<void> {
    auto made = service::request(q, what, ids, by(at));
    if (!made) return tl::unexpected(std::move(made).error());
    return {};
  });
  return wish;
}

void DemoLife::batch(const std::vector<Wish>& together, base::Instant at) {
  if (together.empty()) return;
  service::NewRun run;
  for (const auto& wish : together) run.request_ids.push_back(wish.id);
  if (carrier_ != 0) run.staff_id = carrier_;
  service::RunIds ids;
  ids.run = next_id();
  ids.work = next_id();
  then([this, run, ids, at](db::Scoped& q) -> Result<void> {
    auto made = service::batch(q, run, ids, account_, by(at));
    if (!made) return tl::unexpected(std::move(made).error());
    return {};
  });
}

void DemoLife::collect(const Wish& wish, base::Instant at) {
  Act fetched;
  fetched.verb = service::Verb::collect;
  if (wish.price_fen) fetched.price_fen = *wish.price_fen;
  act(wish.id, at, fetched);
}

void DemoLife::deliver(const Wish& wish, base::Instant at) {
  Act delivered;
  if (!wish.carried && wish.amount_milli) delivered.amount_milli = *wish.amount_milli;
  if (!wish.carried && wish.price_fen) delivered.price_fen = *wish.price_fen;
  act(wish.id, at, delivered);
}

// Six of ten say that it came, and most of them are content.
void DemoLife::confirm(const Wish& wish, base::Instant at) {
  if (!dice_.chance(60)) return;
  Act confirmed;
  confirmed.verb = service::Verb::confirm;
  if (dice_.chance(80)) confirmed.rating = dice_.chance(75) ? 5 : dice_.between(3, 4);
  if (confirmed.rating && dice_.chance(40)) {
    if (confirmed.rating->value == 5)
      confirmed.rating_note = std::string(dice_.pick(praise));
    else
      confirmed.rating_note = std::string("东西对，送得晚了一点。");
  }
  act(wish.id, at, confirmed);
}

// Asked in the morning, carried after noon: a run for each shop.
void DemoLife::day_gone_by(const std::vector<Wish>& wishes, base::Day day) {
  std::map<std::int64_t, std::vector<Wish>> runs;
  for (const auto& wish : wishes) {
    if (const int luck = dice_.below(100); luck < 6) {
      Act over;
      over.verb = luck < 3 ? service::Verb::refuse : service::Verb::cancel;
      over.reason = std::string(luck < 3 ? "今日缺货" : "家人已买好");
      act(wish.id, at(day, 12 * 60), over);
    } else if (wish.carried) {
      runs[wish.shop].push_back(wish);
    } else {
      const auto done = at(day, 15 * 60 + dice_.below(90));
      deliver(wish, done);
      confirm(wish, done + base::hour_ms);
    }
  }
  for (const auto& [shop, together] : runs) {
    batch(together, at(day, 13 * 60));
    for (const auto& wish : together) collect(wish, at(day, 14 * 60));
    auto door = at(day, 14 * 60 + 30);
    for (const auto& wish : together) {
      door = door + 3 * base::minute_ms;
      deliver(wish, std::min(door, at(day, 19 * 60)));
      confirm(wish, at(day, 19 * 60 + dice_.below(120)));
    }
  }
}

// Of the shop most was asked of, half is on its way and half of that at the door; what the next one has waits
// in a run, the rest waits for one.
void DemoLife::day_of_today(const std::vector<Wish>& wishes) {
  std::map<std::int64_t, std::vector<Wish>> by_shop;
  for (const auto& wish : wishes)
    if (wish.carried)
      by_shop[wish.shop].push_back(wish);
    else if (dice_.chance(50))
      deliver(wish, ago(30));
  std::vector<std::vector<Wish>> shops;
  for (auto& [shop, together] : by_shop) shops.push_back(std::move(together));
  std::ranges::stable_sort(shops, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  if (shops.empty()) return;
  auto& on_its_way = shops.front();
  on_its_way.resize((on_its_way.size() + 1) / 2);
  batch(on_its_way, ago(100));
  for (const auto& wish : on_its_way) collect(wish, ago(80));
  for (std::size_t i = 0; i < on_its_way.size() / 2; ++i) {
    deliver(on_its_way[i], ago(45));
    confirm(on_its_way[i], ago(20));
  }
  if (shops.size() > 1) batch(shops[1], ago(40));
}

void DemoLife::serve(const std::vector<DemoResident>& all, std::size_t requests, const Shops& shops) {
  std::vector<int> days_ago(requests);
  // Today counts twice, since most of what came earlier is done.
  for (auto& each : days_ago) each = dice_.below(days + 1) % days;
  std::ranges::sort(days_ago, std::greater<>());
  std::size_t next = 0;
  for (int back = days - 1; back >= 0; --back) {
    const auto day = today_ + -back;
    std::vector<Wish> wishes;
    for (; next < requests && days_ago[next] == back; ++next) {
      const auto asked = back == 0 ? ago(dice_.between(120, 300)) : at(day, 8 * 60 + dice_.below(180));
      wishes.push_back(ask(dice_.pick(all), asked, shops));
    }
    if (back > 0)
      day_gone_by(wishes, day);
    else
      day_of_today(wishes);
  }
}

}  // namespace app
