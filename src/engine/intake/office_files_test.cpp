// The four files an office has, counted; skipped where they are not at hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/intake/analyse.hpp"
#include "sheet/patch.hpp"
#include "sheet/read.hpp"

using namespace engine::intake;

namespace {

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A flat object of whole numbers is all the truth file is.
std::map<std::string, int> read_truth(const std::string& json) {
  std::map<std::string, int> truth;
  for (auto at = json.find('"'); at != std::string::npos; at = json.find('"', json.find(',', at))) {
    const auto end = json.find('"', at + 1);
    truth[json.substr(at + 1, end - at - 1)] = std::stoi(json.substr(json.find(':', end) + 1));
    if (json.find(',', end) == std::string::npos) break;
  }
  return truth;
}

class OfficeFiles : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path folder = OFFICE_FILES;
    if (!std::filesystem::exists(folder)) return;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto name = entry.path().filename().string();
      if (name.starts_with("truth_")) {
        truth_ = read_truth(file_bytes(entry.path()));
        continue;
      }
      const auto book = sheet::read(file_bytes(entry.path()));
      ASSERT_TRUE(book) << name << " " << book.error().cause;
      files_[name.substr(0, name.find('_'))] = {entry.path(), *book};
    }
  }

  void SetUp() override {
    if (files_.empty()) GTEST_SKIP() << "no office files at " << OFFICE_FILES;
  }

  Analysis analysed(const std::string& file, const DwellingIndex* known = nullptr) {
    auto result = analyse(files_.at(file).second, {*base::parse_day("2020-02-11"), known});
    EXPECT_TRUE(result) << file << " " << result.error().code;
    return result.value_or(Analysis{});
  }

  DwellingIndex dwellings() {
    static DwellingIndex index;
    if (index.size() > 0) return index;
    for (const auto& row : analysed("楼盘表").dwellings) index.add(row.room);
    return index;
  }

  static inline std::map<std::string, std::pair<std::filesystem::path, sheet::Workbook>> files_;
  static inline std::map<std::string, int> truth_;
};

}  // namespace

TEST_F(OfficeFiles, DwellingTable) {
  const auto a = analysed("楼盘表");
  EXPECT_EQ(a.layout.kind, Kind::dwelling_table);
  EXPECT_GT(a.layout.confidence, 0.7);
  EXPECT_EQ(a.counts.dwellings, truth_["dwellings"]);
  EXPECT_EQ(a.counts.fitted, truth_["fitted"]);
  EXPECT_EQ(a.counts.wrong, 0);
}

TEST_F(OfficeFiles, Roster) {
  const auto known = dwellings();
  const auto a = analysed("住户花名册", &known);
  EXPECT_EQ(a.layout.kind, Kind::roster);
  EXPECT_GT(a.layout.confidence, 0.7);
  const auto& c = a.counts;
  const std::map<std::string, int> counted{{"households", c.households},
                                           {"persons", c.persons},
                                           {"damaged_ids", c.damaged_ids},
                                           {"bad_checksum", c.bad_checksum},
                                           {"fifteen", c.fifteen},
                                           {"missing_id", c.missing_id},
                                           {"duplicate_rows", c.duplicate_rows},
                                           {"returnees", c.returnees},
                                           {"elder_alone", c.elder_alone},
                                           {"phones_two", c.phones_two},
                                           {"unknown_room_rows", c.unknown_room_rows}};
  for (const auto& [name, count] : counted) EXPECT_EQ(count, truth_[name]) << name;
  for (const auto& person : a.persons)
    EXPECT_EQ(person.returnee, person.return_day.has_value()) << person.row;
}

TEST_F(OfficeFiles, Vehicles) {
  const auto known = dwellings();
  const auto a = analysed("车辆登记", &known);
  EXPECT_EQ(a.layout.kind, Kind::vehicles);
  EXPECT_EQ(a.counts.vehicles, truth_["vehicles"]);
  EXPECT_EQ(a.counts.fresh, truth_["vehicles"]);
}

TEST_F(OfficeFiles, Stewardship) {
  const auto known = dwellings();
  const auto a = analysed("包保名单", &known);
  EXPECT_EQ(a.layout.kind, Kind::stewardship);
  EXPECT_EQ(a.counts.staff, truth_["staff"]);
  EXPECT_EQ(a.counts.fresh, truth_["staff"]);
}

// Problems go back into the same workbook, everything else stays as it was.
TEST_F(OfficeFiles, ProblemsAreWrittenBack) {
  const auto known = dwellings();
  for (const auto& [name, file] : files_) {
    const auto a = analysed(name, &known);
    sheet::SheetPatch problems{file.second.sheets[a.layout.sheet].name, {}, a.layout.header_row, {}};
    for (const auto& person : a.persons) {
      if (person.issues.empty()) continue;
      problems.notes.push_back({person.row, person.issues.front().code});
      for (const auto& issue : person.issues)
        if (issue.column >= 0) problems.cells.push_back({person.row, issue.column, {}, true});
    }
    const auto patched = sheet::patch(file_bytes(file.first), {problems});
    ASSERT_TRUE(patched) << name << " " << patched.error().code;
    const auto again = sheet::read(*patched).value();
    const auto& before = file.second.sheets[a.layout.sheet];
    const auto& after = again.sheets[a.layout.sheet];
    ASSERT_EQ(after.rows.size(), before.rows.size()) << name;
    for (std::size_t i = 0; i < before.rows.size(); ++i)
      for (std::size_t k = 0; k < before.rows[i].cells.size(); ++k)
        ASSERT_EQ(after.rows[i].at(k).text, before.rows[i].at(k).text)
            << name << " " << before.rows[i].number;
    const auto second = analyse(again, {*base::parse_day("2020-02-11"), &known});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->counts.rows, a.counts.rows) << name;
    EXPECT_EQ(second->counts.doubtful, a.counts.doubtful) << name;
  }
}
