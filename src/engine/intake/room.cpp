#include "engine/intake/room.hpp"

#include <algorithm>
#include <utility>

#include "engine/intake/room_text.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

using Words = std::vector<AddressWord>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "1201-1": a room and its part.
bool room_and_part(const std::string& room, const std::string& part) {
  const auto digits = std::ranges::count_if(room, is_digit);
  return digits >= 3 && part.size() <= 2 && !part.starts_with('-');
}

// A bare phase is a number or a letter; 甲 and the like belong to a building.
bool can_be_phase(const std::string& value) { return static_cast<unsigned char>(value.front()) < 0x80; }

class Reader {
 public:
  explicit Reader(const Words& words) : words_(words) {}

  // Empty when the words contradict each other.
  std::optional<RoomRef> run() {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (!take(i)) return {};
    if (!settle()) return {};
    for (const auto* part : {&ref_.phase, &ref_.building, &ref_.stair})
      if (part->starts_with('-')) return {};
    return ref_;
  }

 private:
  bool take(std::size_t i) {
    const auto& word = words_[i];
    const bool last = i + 1 == words_.size();
    switch (word.part) {
      case Part::none:
        loose_.push_back(word.value);
        return true;
      case Part::ignored:
        return ref_.building.empty() && std::exchange(loose_, {}).empty();
      case Part::phase:
        return loose_.empty() && ref_.building.empty() && assign(ref_.phase, word.value);
      case Part::block:
        if (!ref_.building.empty()) return loose_.empty() && assign(ref_.stair, word.value);
        [[fallthrough]];
      case Part::building:
        return loose_before_building() && assign(ref_.building, word.value);
      case Part::stair:
        return loose_before_stair() && assign(ref_.stair, word.value);
      case Part::storey:
        return loose_before_stair();  // the room says it again
      case Part::room:
        return loose_before_room() && assign(ref_.room, word.value);
      case Part::any_house:
        if (!ref_.building.empty() || (last ? false : repeats_as_storey(i))) return loose_before_stair();
        return loose_before_building() && assign(ref_.building, word.value);
      case Part::number:
        return take_number(i, last);
    }
    return false;
  }

  // 号 behind a building is a room; in front of a building it is the street's; else it is the building.
  bool take_number(std::size_t i, bool last) {
    const auto& value = words_[i].value;
    if (!ref_.building.empty()) return last && loose_before_room() && assign(ref_.room, value);
    for (std::size_t k = i + 1; k < words_.size(); ++k) {
      const auto part = words_[k].part;
      const bool building = part == Part::building || part == Part::block || part == Part::any_house ||
                            (part == Part::number && k + 1 < words_.size());
      if (building) return loose_.empty();
    }
    if (last && std::ranges::count_if(value, is_digit) >= 3)
      return loose_before_room() && assign(ref_.room, value);
    return loose_before_building() && assign(ref_.building, value);
  }

  // "3楼301": the storey of the room that follows, not a building.
  bool repeats_as_storey(std::size_t i) const {
    const auto floor = floor_of(words_.back().value);
    return i + 2 == words_.size() && floor && std::to_string(*floor) == words_[i].value;
  }

  bool assign(std::string& part, const std::string& value) {
    if (!part.empty() || !ref_.room.empty()) return false;
    part = value;
    return true;
  }

  // Bare values in front of a named part are the parts above it.
  bool loose_before_building() {
    const auto loose = std::exchange(loose_, {});
    if (loose.empty()) return true;
    return loose.size() == 1 && can_be_phase(loose[0]) && assign(ref_.phase, loose[0]);
  }
  bool loose_before_stair() {
    const auto loose = std::exchange(loose_, {});
    if (loose.empty()) return true;
    return loose.size() == 1 && assign(ref_.building, loose[0]);
  }
  bool loose_before_room() {
    const auto loose = std::exchange(loose_, {});
    if (loose.empty()) return true;
    if (loose.size() == 1) return assign(ref_.building.empty() ? ref_.building : ref_.stair, loose[0]);
    return loose.size() == 2 && assign(ref_.building, loose[0]) && assign(ref_.stair, loose[1]);
  }

  // Bare values at the end: from the room upwards.
  bool settle() {
    auto loose = std::exchange(loose_, {});
    if (loose.empty()) return true;
    if (!ref_.room.empty()) return loose.size() == 1 && room_and_part(ref_.room, loose[0]) && join(loose[0]);
    std::string part;
    const bool after_stair = !ref_.stair.empty();
    if (loose.size() >= 2 && (after_stair || room_and_part(loose[loose.size() - 2], loose.back()))) {
      part = loose.back();
      loose.pop_back();
    }
    ref_.room = loose.back();
    loose.pop_back();
    if (!part.empty() && !join(part)) return false;
    if (!loose.empty() && !after_stair && (!ref_.building.empty() || loose.size() >= 2)) {
      ref_.stair = loose.back();
      loose.pop_back();
    }
    if (!loose.empty() && ref_.building.empty() && !after_stair) {
      ref_.building = loose.back();
      loose.pop_back();
    }
    if (!loose.empty() && ref_.phase.empty() && can_be_phase(loose.back())) {
      ref_.phase = loose.back();
      loose.pop_back();
    }
    return loose.empty();
  }

  bool join(const std::string& part) {
    if (part.starts_with('-')) return false;
    ref_.room += "-" + part;
    return true;
  }

  const Words& words_;
  RoomRef ref_{};
  std::vector<std::string> loose_{};
};

std::optional<RoomRef> read_whole(std::u32string_view text) {
  const auto words = address_words(text);
  return words ? Reader(*words).run() : std::nullopt;
}

// A name in front ("锦绣花园1栋…") is skipped as long as it holds no digits.
std::optional<RoomRef> read_anywhere(std::u32string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (may_begin_at(text, at))
      if (auto ref = read_whole(text.substr(at));
          ref && (at == 0 || !ref->building.empty() || !ref->stair.empty()))
        return ref;
    if (text[at] < 0x80) return {};
  }
  return {};
}

std::string bare_value(std::u32string_view text) {
  const auto words = address_words(text);
  return words && words->size() == 1 ? words->front().value : std::string{};
}

std::string described(const std::string& value, std::string_view designator) {
  return value.empty() ? std::string{} : value + std::string(designator);
}

}  // namespace

std::optional<RoomRef> parse_room(std::string_view text) {
  auto ref = read_anywhere(address_text(text));
  if (!ref || ref->room.empty()) return {};
  return ref;
}

RoomRef parse_building_ref(std::string_view text) {
  if (says_nothing(text)) return {};
  const auto plain = address_text(text);
  if (const auto alone = bare_value(plain); !alone.empty() && !alone.starts_with('-')) {
    const auto part = address_words(plain)->front().part;
    if (part == Part::phase) return RoomRef{alone, {}, {}, {}};
    if (part != Part::stair && part != Part::room && part != Part::storey) return RoomRef{{}, alone, {}, {}};
  }
  const auto ref = read_anywhere(plain);
  if (!ref) return {};
  const bool plain_room = !ref->room.empty() && ref->room.find('-') == std::string::npos;
  if (!ref->building.empty() && ref->stair.empty() && plain_room)  // "3-1": building and stair
    return RoomRef{ref->phase, ref->building, ref->room, {}};
  return RoomRef{ref->phase, ref->building, ref->stair, {}};
}

std::string parse_building(std::string_view text) { return parse_building_ref(text).building; }

std::string parse_phase(std::string_view text) {
  if (says_nothing(text)) return {};
  return bare_value(address_text(text));
}

std::string parse_stair(std::string_view text) {
  if (says_nothing(text)) return {};
  auto value = bare_value(address_text(text));
  return value.starts_with('-') ? std::string{} : value;
}

std::string parse_room_number(std::string_view text) {
  const auto ref = parse_room(text);
  return ref ? ref->room : std::string{};
}

std::string print(const RoomRef& ref) {
  const bool numbered_phase = !ref.phase.empty() && decode(ref.phase).back() < 0x80;
  auto room = ref.room;
  if (room.starts_with('-')) room.replace(0, 1, "负");
  return (numbered_phase ? ref.phase + "期" : ref.phase) + described(ref.building, "栋") +
         described(ref.stair, "单元") + room;
}

std::optional<int> floor_of(std::string_view number) {
  const bool below = number.starts_with('-');
  if (below) number.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < number.size() && is_digit(number[digits])) ++digits;
  const auto rest = number.substr(digits);
  std::string floor;
  if (rest.size() >= 3 && rest[0] >= 'A' && rest[0] <= 'Z' && is_digit(rest[1]) && digits <= 2)
    floor = number.substr(0, digits);  // 12A01
  else if (digits == 3 || digits == 4)
    floor = number.substr(0, digits - 2);
  if (floor.empty() || floor == "0") return {};
  return below ? -std::stoi(floor) : std::stoi(floor);
}

}  // namespace engine::intake
