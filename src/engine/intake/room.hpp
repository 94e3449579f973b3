#pragma once
// Where a dwelling is, from the many ways offices write it (practice.md, "Bad inputs that happen").
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::intake {

// Canonical parts: digits without leading zeros, letters upper case, Chinese numerals as digits, empty
// where not given. "叁栋" is building "3", "甲3号" building "甲3", "二期" phase "2", "东区" phase "东区".
struct RoomRef {
  std::string phase{};
  std::string building{};
  std::string stair{};
  std::string room{};  // "101", "12A01", "-101" below ground, "1201-1" for a part of a room
  friend auto operator<=>(const RoomRef&, const RoomRef&) = default;
  bool empty() const { return building.empty() && room.empty(); }
};

// A whole address: "1-1-101", "1#-1-101", "1幢1单元101室", "二期3栋502", "A座1201". Empty when no room
// can be read. Parts that are not written stay empty.
std::optional<RoomRef> parse_room(std::string_view text);

// One column each; empty when nothing usable is written.
std::string parse_phase(std::string_view text);
std::string parse_building(std::string_view text);  // without phase; see parse_building_ref
std::string parse_stair(std::string_view text);
std::string parse_room_number(std::string_view text);
RoomRef parse_building_ref(std::string_view text);  // "二期3栋": phase and building

// "2期3栋1单元101"; a part that is empty is left out. parse_room(print(r)) == r for every r that
// parse_room gave.
std::string print(const RoomRef& room);

// The floor a room number implies: "101" 1, "1201" 12, "12A01" 12, "-101" -1; empty when it says nothing.
std::optional<int> floor_of(std::string_view room_number);

// The dwellings a caller knows, with old numbers of renumbered buildings.
class DwellingIndex {
 public:
  enum class How { exact, renumbered, inferred, ambiguous, none };
  struct Match {
    How how = How::none;
    RoomRef room{};  // the known one; meaningless for ambiguous and none
  };
  void add(const RoomRef& room);
  void add_old_name(const RoomRef& old_name, const RoomRef& room);
  // Inferred: phase, building or stair are not written (or the phase is written in vain), and exactly one
  // known dwelling has the rest.
  Match find(const RoomRef& wanted) const;
  bool has_building(std::string_view building) const;
  std::size_t size() const { return rooms_.size(); }

 private:
  struct Entry {
    RoomRef room;
    bool old_name;
  };
  std::map<RoomRef, Entry> rooms_{};
  std::multimap<std::string, RoomRef> by_room_number_{};
};

}  // namespace engine::intake
