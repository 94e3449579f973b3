#pragma once
// The words of an address: values and what is said about them. Used by room.cpp alone.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::intake {

enum class Part {
  none,       // a bare value: its place decides
  phase,      // 期; 东区, A区, 北苑
  building,   // 栋 幢 # 号楼
  block,      // 座: building, or stair within one
  stair,      // 单元 门 梯
  storey,     // 层
  room,       // 室 房 户
  any_house,  // 楼: building or storey
  number,     // 号: building, room or street number
  ignored,    // 弄 院 号院: the compound itself
};

struct AddressWord {
  std::string value{};  // canonical: "3", "12A", "甲3"
  Part part = Part::none;
};

// Words of `text` from the given character on; empty when something else stands among them.
std::optional<std::vector<AddressWord>> address_words(std::u32string_view text);

// Half width, no blanks, one kind of dash, remarks in brackets taken off.
std::u32string address_text(std::string_view text);

// A place where an address may begin behind a name ("锦绣花园1栋"): not within a number.
bool may_begin_at(std::u32string_view text, std::size_t at);

}  // namespace engine::intake
