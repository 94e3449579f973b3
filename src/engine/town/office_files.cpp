#include "engine/town/office_files.hpp"

#include <fmt/format.h>

#include "engine/town/dice.hpp"
#include "sheet/table.hpp"

namespace engine::town {
namespace {

using sheet::Value;

std::string full_width(std::string_view digits) {
  std::string out;
  for (const char c : digits)
    if (c >= '0' && c <= '9')
      out += {'\xEF', '\xBC', static_cast<char>(0x90 + (c - '0'))};
    else
      out += c;
  return out;
}

std::string room_text(const Building& b, const Home& h, int way) {
  switch (way) {
    case 0:
      return fmt::format("{}-{}-{}", b.name, h.stair, h.room);
    case 1:
      return fmt::format("{}栋{}单元{}", b.name, h.stair, h.room);
    case 2:
      return fmt::format("{}号楼{}单元{}室", b.name, h.stair, h.room);
    default:
      return fmt::format("{}#{}-{}", b.name, h.stair, h.room);
  }
}

std::string_view relation_text(Relation relation, bool male) {
  switch (relation) {
    case Relation::head:
      return "户主";
    case Relation::spouse:
      return "配偶";
    case Relation::child:
      return male ? "子" : "女";
    case Relation::parent:
      return male ? "父" : "母";
    case Relation::tenant:
      return "租户";
  }
  return "";
}

base::Result<void> write_dwellings(const Compound& compound, const std::vector<Home>& homes,
                                   const std::filesystem::path& path, Truth& truth) {
  sheet::TableSpec spec;
  spec.title = compound.name + "楼盘表";
  for (const char* header : {"楼栋", "单元", "层", "房号", "建筑面积(㎡)", "装修情况", "入住情况"})
    spec.columns.push_back({header, 12});
  auto table = sheet::xlsx_table(path, spec);
  if (!table) return tl::unexpected(std::move(table).error());
  for (const auto& h : homes) {
    const Value row[] = {compound.buildings[static_cast<std::size_t>(h.building)].name,
                         std::int64_t{h.stair},
                         std::int64_t{h.floor},
                         h.room,
                         std::int64_t{h.area_m2},
                         std::string(h.fitted_out ? "已装修" : "毛坯"),
                         std::string(!h.lived_in ? "空置"
                                     : h.rented  ? "出租"
                                                 : "自住")};
    if (auto done = (*table)->row(row); !done) return done;
    ++truth.dwellings;
    truth.fitted_out += h.fitted_out;
  }
  return (*table)->finish();
}

Value document_cell(const Person& p, Dice& dice, Truth& truth) {
  const int luck = dice.below(100);
  if (luck < 2) {
    ++truth.damaged_documents;
    // What a spreadsheet keeps of 18 digits: a number of 15. Leading zeros would leave a short one, so the
    // area is one of a province that has no such county.
    return std::stod("659999" + p.document.substr(6, 11)) * 10;
  }
  if (luck < 5) return full_width(p.document);
  return p.document;
}

base::Result<void> write_roster(const Compound& compound, const std::vector<Home>& homes, Dice& dice,
                                const std::filesystem::path& path, Truth& truth) {
  sheet::TableSpec spec;
  spec.title = compound.name + "住户花名册";
  for (const char* header : {"序号", "房号", "姓名", "与户主关系", "性别", "身份证号码", "联系电话"})
    spec.columns.push_back({header, 14});
  auto table = sheet::xlsx_table(path, spec);
  if (!table) return tl::unexpected(std::move(table).error());
  std::int64_t number = 0;
  for (const auto& h : homes) {
    for (const auto& household : h.households) {
      ++truth.households;
      const int way = dice.below(4);
      for (const auto& p : household) {
        ++truth.persons;
        const Value row[] = {++number,
                             room_text(compound.buildings[static_cast<std::size_t>(h.building)], h, way),
                             p.name,
                             std::string(relation_text(p.relation, p.male)),
                             std::string(p.male ? "男" : "女"),
                             document_cell(p, dice, truth),
                             dice.chance(4) ? full_width(p.phone) : p.phone};
        if (auto done = (*table)->row(row); !done) return done;
      }
    }
  }
  return (*table)->finish();
}

}  // namespace

base::Result<Truth> write_office_files(const Compound& compound, const std::vector<Home>& homes,
                                       std::uint64_t seed, const std::filesystem::path& folder) {
  Dice dice(seed);
  Truth truth;
  if (auto done = write_dwellings(compound, homes, folder / ("楼盘表_" + compound.name + ".xlsx"), truth);
      !done)
    return tl::unexpected(std::move(done).error());
  if (auto done =
          write_roster(compound, homes, dice, folder / ("住户花名册_" + compound.name + ".xlsx"), truth);
      !done)
    return tl::unexpected(std::move(done).error());
  return truth;
}

}  // namespace engine::town
