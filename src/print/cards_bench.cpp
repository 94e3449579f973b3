// How long the cards of a sub-district take: bench_cards [number of cards], 55,000 unless given (LZ-27).
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <random>

#include "print/card.hpp"

namespace {

std::string pass_text(std::mt19937& random) {
  std::string text = "SW1:";
  while (text.size() < 178) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[random() % 45];
  return text;
}

print::Card card(int number, std::mt19937& random) {
  return {.compound = "春江小区",
          .building_stair = fmt::format("{}栋{}单元", number / 200 + 1, number / 50 % 4 + 1),
          .room = fmt::format("{}0{}", number % 50 / 2 + 1, number % 2 + 1),
          .name = "王*明",
          .pass_class = "住户",
          .valid_until = "2020-03-10",
          .short_code = "01VA Z01F",
          .qr_text = pass_text(random),
          .batch = "A",
          .batch_rgb = 0x1F5FBF};
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 55'000;
  const auto start = std::chrono::steady_clock::now();
  double megabytes = 0;
  auto sheet = print::CardSheet::open(
      [&](std::string_view bytes) {
        megabytes += static_cast<double>(bytes.size()) / 1e6;
        return true;
      },
      {.card_title = "楼院出入卡", .rules = "每户每3天1人凭卡外出一次", .valid_until_label = "有效期至"});
  if (!sheet) return 1;
  std::mt19937 random(1);
  for (int i = 0; i < count; ++i) {
    if (!sheet->add(card(i, random))) return 1;
  }
  const auto printed = sheet->finish();
  if (!printed) return 1;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("{} cards, {} pages, {:.1f} MB: {:.1f} s, of these {}.{:02} s of processor; peak memory {} MB\n",
             count, printed->pages, megabytes, elapsed.count(), usage.ru_utime.tv_sec,
             usage.ru_utime.tv_usec / 10'000, usage.ru_maxrss / 1024);
  return 0;
}
