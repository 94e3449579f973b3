#include "engine/contact/columns.hpp"

#include <algorithm>

namespace engine::contact {
namespace {

// counts[i + 1] becomes the sum of what stood before: where the rows of i begin.
void sum_up(std::span<std::uint32_t> counts) {
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
}

}  // namespace

Columns::Columns(std::vector<Row> rows, std::uint32_t persons, std::uint32_t places) {
  std::erase_if(rows, [](const Row& row) { return is_struck(row.word); });
  place_start_.assign(places + 1, 0);
  person_start_.assign(persons + 1, 0);
  order_by_place(std::move(rows));
  index_persons();
  latest_.assign(rows_.size() / block + 1, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i)
    latest_[i / block] = std::max(latest_[i / block], rows_[i].until);
}

void Columns::order_by_place(std::vector<Row> rows) {
  for (const auto& row : rows) ++place_start_[row.place + 1];
  sum_up(place_start_);
  rows_.resize(rows.size());
  auto next = place_start_;
  for (const auto& row : rows) rows_[next[row.place]++] = row;
  std::vector<Row>().swap(rows);
  const auto earlier = [](const Row& a, const Row& b) {
    return a.from != b.from ? a.from < b.from : a.word < b.word;
  };
  for (std::uint32_t place = 0; place < places(); ++place) {
    const auto begin = rows_.begin() + place_start_[place], end = rows_.begin() + place_start_[place + 1];
    if (!std::is_sorted(begin, end, earlier)) std::sort(begin, end, earlier);
  }
}

void Columns::index_persons() {
  for (const auto& row : rows_) ++person_start_[person_in(row.word) + 1];
  sum_up(person_start_);
  by_person_.resize(rows_.size());
  auto next = person_start_;
  for (std::uint32_t i = 0; i < rows_.size(); ++i) by_person_[next[person_in(rows_[i].word)]++] = i;
}

std::uint32_t Columns::first_after(std::uint32_t begin, std::uint32_t end, Second instant) const {
  const auto first = rows_.begin() + begin, last = rows_.begin() + end;
  const auto found =
      std::upper_bound(first, last, instant, [](Second at, const Row& row) { return at < row.from; });
  return begin + static_cast<std::uint32_t>(found - first);
}

std::size_t Columns::bytes() const {
  return rows_.capacity() * sizeof(Row) +
         (place_start_.capacity() + person_start_.capacity() + by_person_.capacity()) *
             sizeof(std::uint32_t) +
         latest_.capacity() * sizeof(Second);
}

}  // namespace engine::contact
