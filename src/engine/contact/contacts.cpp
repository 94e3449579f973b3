#include "engine/contact/contacts.hpp"

#include <algorithm>
#include <tuple>

namespace engine::contact {
namespace {

std::uint32_t persons_in(std::span<const Presence> presences) {
  std::uint32_t persons = 0;
  for (const auto& p : presences) persons = std::max(persons, p.person + 1);
  return persons;
}

// Room for newcomers until the next merge.
std::uint32_t with_room(std::uint32_t count, std::uint32_t tail_rows) { return count + tail_rows / 4 + 64; }

}  // namespace

Contacts::Contacts(std::uint32_t tail_rows) : Contacts(std::span<const Presence>(), {}, tail_rows) {}

Contacts::Contacts(std::span<const Presence> presences, std::vector<Kind> kinds, std::uint32_t tail_rows)
    : tail_rows_(tail_rows), kinds_(std::move(kinds)) {
  std::vector<Row> rows;
  rows.reserve(presences.size());
  for (const auto& p : presences) rows.push_back(Row::of(p));
  const auto persons = persons_in(presences);
  const auto places = static_cast<std::uint32_t>(kinds_.size());
  Columns columns(std::move(rows), persons, places);
  generation_ = std::make_shared<Generation>(std::move(columns), tail_rows_, with_room(persons, tail_rows_),
                                             with_room(places, tail_rows_), kinds_);
  generation_->kinds.resize(with_room(places, tail_rows_));
}

std::uint32_t Contacts::add_place(Kind kind) {
  const std::lock_guard lock(changes_);
  const auto place = static_cast<std::uint32_t>(kinds_.size());
  kinds_.push_back(kind);
  // Nobody reads this entry before a row names the place.
  if (place < generation_->kinds.size()) generation_->kinds[place] = kind;
  return place;
}

void Contacts::append(std::span<const Presence> presences) {
  const std::lock_guard lock(changes_);
  for (const auto& p : presences) append_locked(p);
}

void Contacts::append_locked(const Presence& presence) {
  if (!generation_->tail.has_room_for(presence)) merge_locked(presence.person + 1);
  generation_->tail.append(presence);
}

void Contacts::replace(std::uint32_t person, std::span<const Presence> presences) {
  const std::lock_guard lock(changes_);
  std::vector<Presence> wanted(presences.begin(), presences.end());
  std::ranges::sort(wanted);
  const auto keep_or_strike = [&](const Row& row) {
    const auto found = std::ranges::lower_bound(wanted, presence_in(row));
    if (found != wanted.end() && *found == presence_in(row))
      wanted.erase(found);
    else
      const_cast<Row&>(row).strike();
  };
  view().of_person(person, keep_or_strike);
  for (const auto& p : wanted) append_locked(p);
}

void Contacts::remove_ended_before(Second instant) {
  const std::lock_guard lock(changes_);
  for (auto& row : generation_->columns.rows())
    if (row.until < instant) row.strike();
  for (std::uint32_t i = 0; i < generation_->tail.size(); ++i)
    if (generation_->tail.row(i).until < instant) generation_->tail.row(i).strike();
  merge_locked(0);
}

void Contacts::merge() {
  const std::lock_guard lock(changes_);
  merge_locked(0);
}

void Contacts::merge_locked(std::uint32_t persons) {
  const auto old = generation_;
  const auto known = old->columns.rows();
  std::vector<Row> rows;
  rows.reserve(known.size() + old->tail.size());
  rows.assign(known.begin(), known.end());
  for (std::uint32_t i = 0; i < old->tail.size(); ++i) rows.push_back(old->tail.row(i));
  for (const auto& row : rows) persons = std::max(persons, person_in(row.word) + 1);
  const auto places = static_cast<std::uint32_t>(kinds_.size());
  Columns columns(std::move(rows), persons, places);
  auto next = std::make_shared<Generation>(std::move(columns), tail_rows_, with_room(persons, tail_rows_),
                                           with_room(places, tail_rows_), kinds_);
  next->kinds.resize(with_room(places, tail_rows_));
  const std::lock_guard lock(pointer_);
  generation_ = std::move(next);
}

Contacts::View Contacts::view() const {
  const std::lock_guard lock(pointer_);
  return {generation_, generation_->tail.size()};
}

std::size_t Contacts::size() const {
  const auto v = view();
  return v.generation->columns.size() + v.tail;
}
std::size_t Contacts::bytes() const {
  const auto v = view();
  return v.generation->columns.bytes() + v.generation->tail.bytes() + v.generation->kinds.capacity() +
         workspace_bytes();
}
std::uint32_t Contacts::places() const {
  const std::lock_guard lock(changes_);
  return static_cast<std::uint32_t>(kinds_.size());
}

std::vector<Presence> Contacts::trajectory(std::uint32_t person, Span span) const {
  std::vector<Presence> found;
  view().of_person(person, [&](const Row& row) {
    if (row.from <= span.until && row.until >= span.from) found.push_back(presence_in(row));
  });
  std::ranges::sort(found, [](const Presence& a, const Presence& b) {
    return std::tie(a.from, a.until, a.place) < std::tie(b.from, b.until, b.place);
  });
  return found;
}

std::vector<Presence> Contacts::at(std::uint32_t place, Span span) const {
  std::vector<Presence> found;
  view().at_place(place, span.from, span.until, [&](const Row& row) { found.push_back(presence_in(row)); });
  std::ranges::sort(found, [](const Presence& a, const Presence& b) {
    return std::tie(a.from, a.person, a.until) < std::tie(b.from, b.person, b.until);
  });
  return found;
}

}  // namespace engine::contact
