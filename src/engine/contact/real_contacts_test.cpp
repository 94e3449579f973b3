// Rings over the measured contacts of a workplace, 78,249 at 20 s resolution, against the list itself read
// line by line.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "engine/contact/contacts.hpp"

namespace engine::contact {
namespace {

struct Line {
  Second at = 0;
  std::uint32_t a = 0, b = 0;
};

std::vector<Line> read_lines(const std::filesystem::path& path) {
  std::vector<Line> lines;
  const auto file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return lines;
  char text[128];
  while (gzgets(file, text, sizeof text) != nullptr) {
    Line line;
    if (std::sscanf(text, "%u %u %u", &line.at, &line.a, &line.b) == 3) lines.push_back(line);
  }
  gzclose(file);
  return lines;
}

// What the list says: a line is a meeting of two from 20 s before until its time.
std::map<std::uint32_t, std::pair<std::uint32_t, Second>> rings_of(const std::vector<Line>& lines,
                                                                   std::uint32_t index, Span window,
                                                                   std::uint32_t depth, Second last) {
  std::map<std::uint32_t, std::pair<std::uint32_t, Second>> known{{index, {0, window.from}}};
  for (std::uint32_t ring = 1; ring <= depth; ++ring) {
    std::map<std::uint32_t, Second> here;
    const auto pass = [&](std::uint32_t from, std::uint32_t to, Second at) {
      const auto source = known.find(from);
      if (source == known.end() || source->second.first != ring - 1 || known.contains(to)) return;
      const auto until = ring == 1 ? window.until : last;
      if (at < source->second.second || at - 20 > until) return;
      const auto exposed = std::max(at - 20, source->second.second);
      const auto found = here.try_emplace(to, exposed).first;
      found->second = std::min(found->second, exposed);
    };
    for (const auto& line : lines) {
      pass(line.a, line.b, line.at);
      pass(line.b, line.a, line.at);
    }
    for (const auto& [person, at] : here) known[person] = {ring, at};
  }
  return known;
}

TEST(RealContacts, RingsEqualTheListAtTwentySeconds) {
  const auto path =
      std::filesystem::path(SHOUWANG_SOURCE_DIR) / "../shared/data/contacts" / "workplace_InVS15_tij.dat.gz";
  const auto lines = read_lines(path);
  if (lines.empty()) GTEST_SKIP() << "the measured contacts are not here: " << path.filename();
  ASSERT_EQ(lines.size(), 78'249U);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> pairs;
  std::vector<Presence> presences;
  for (const auto& line : lines) {  // a place for every two who met
    const auto pair = pairs.try_emplace(std::minmax(line.a, line.b), pairs.size()).first->second;
    presences.push_back({line.a, pair, line.at - 20, line.at});
    presences.push_back({line.b, pair, line.at - 20, line.at});
  }
  const Contacts contacts(presences, std::vector<Kind>(pairs.size(), Kind::shift));
  const auto last = lines.back().at;
  std::size_t reached = 0;
  for (std::size_t i = 0; i < lines.size(); i += 4'001) {
    const Span window{lines[i].at, lines[i].at + 2 * 24 * 3600};
    const auto expected = rings_of(lines, lines[i].a, window, 3, last);
    const auto answer =
        contacts.trace({.indices = {{lines[i].a, window}}, .horizon = {0, last}, .depth = 3}, {});
    ASSERT_EQ(answer.contacts.size(), expected.size());
    for (const auto& c : answer.contacts) {
      const auto found = expected.find(c.person);
      ASSERT_NE(found, expected.end());
      EXPECT_EQ(c.ring, found->second.first);
      EXPECT_EQ(c.at, found->second.second);
    }
    reached += answer.contacts.size();
  }
  EXPECT_GT(reached, 1'000U);
}

}  // namespace
}  // namespace engine::contact
