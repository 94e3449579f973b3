// .xls files written record by record ([MS-XLS], [MS-CFB]), since nothing at hand writes them.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>

#include "sheet/patch.hpp"
#include "sheet/read.hpp"

namespace sheet {
namespace {

template <class Int>
std::string le(Int value) {
  std::string out(sizeof(Int), '\0');
  for (std::size_t i = 0; i < sizeof(Int); ++i)
    out[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF);
  return out;
}
std::string u16(unsigned value) { return le(static_cast<std::uint16_t>(value)); }
std::string u32(unsigned value) { return le(static_cast<std::uint32_t>(value)); }
std::string f64(double value) { return le(std::bit_cast<std::uint64_t>(value)); }

std::string record(unsigned id, const std::string& body) {
  return u16(id) + u16(static_cast<unsigned>(body.size())) + body;
}

// Characters of the basic plane, as the file stores them.
std::string wide(std::u16string_view text) {
  std::string out;
  for (const char16_t c : text) out += u16(c);
  return out;
}

class XlsSheet {
 public:
  void text(unsigned row, unsigned column, std::u16string_view text) {
    strings_ += u16(static_cast<unsigned>(text.size())) + std::string(1, '\1') + wide(text);
    cells_ += record(0x00FD, u16(row) + u16(column) + u16(0) + u32(count_++));  // LABELSST
    grow(row, column);
  }
  void number(unsigned row, unsigned column, double value, unsigned format = 0) {
    cells_ += record(0x0203, u16(row) + u16(column) + u16(format) + f64(value));  // NUMBER
    grow(row, column);
  }
  // A workbook with this one sheet, in a compound file.
  std::string file(bool with_password = false) const {
    const auto globals = [&](unsigned sheet_at) {
      std::string out = record(0x0809, u16(0x0600) + u16(0x0005) + std::string(12, '\0'));  // BOF
      if (with_password) out += record(0x002F, std::string(6, '\1'));                       // FILEPASS
      out += record(0x0042, u16(0x04B0));                                                   // CODEPAGE
      out += record(0x0022, u16(0));                                                        // DATEMODE 1900
      out += record(0x00E0, u16(0) + u16(0) + std::string(16, '\0'));                       // XF 0: general
      out += record(0x00E0, u16(0) + u16(14) + std::string(16, '\0'));                      // XF 1: a date
      out += record(0x0085, u32(sheet_at) + u16(0) + std::string("\2\1", 2) + wide(u"名册"));
      out += record(0x00FC, u32(count_) + u32(count_) + strings_);  // SST
      return out + record(0x000A, "");
    };
    const auto start = static_cast<unsigned>(globals(0).size());
    std::string stream = globals(start) + record(0x0809, u16(0x0600) + u16(0x0010) + std::string(12, '\0'));
    stream += record(0x0200, u32(0) + u32(rows_) + u16(0) + u16(columns_) + u16(0));  // DIMENSION
    return compound(stream + cells_ + record(0x000A, ""));
  }

 private:
  void grow(unsigned row, unsigned column) {
    rows_ = std::max(rows_, row + 1);
    columns_ = std::max(columns_, column + 1);
  }

  static std::string entry(std::u16string_view name, unsigned char type, unsigned child, unsigned start,
                           unsigned size) {
    std::string out = wide(name);
    out.resize(64);
    out += u16(static_cast<unsigned>(2 * name.size() + 2)) + std::string{static_cast<char>(type), '\1'};
    out += u32(0xFFFFFFFF) + u32(0xFFFFFFFF) + u32(child) + std::string(36, '\0');
    return out + u32(start) + u32(size) + u32(0);
  }

  // Sector 0 the table, 1 the directory, from 2 on the stream.
  static std::string compound(std::string stream) {
    const auto size = std::max<std::size_t>(stream.size(), 4096);  // below that it would be a mini stream
    stream.resize((size + 511) / 512 * 512);
    const auto sectors = static_cast<unsigned>(stream.size() / 512);
    std::string header = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0');
    header += u16(0x3E) + u16(3) + u16(0xFFFE) + u16(9) + u16(6) + std::string(6, '\0') + u32(0) + u32(1);
    header += u32(1) + u32(0) + u32(4096) + u32(0xFFFFFFFE) + u32(0) + u32(0xFFFFFFFE) + u32(0) + u32(0);
    while (header.size() < 512) header += u32(0xFFFFFFFF);
    std::string table = u32(0xFFFFFFFD) + u32(0xFFFFFFFE);
    for (unsigned i = 0; i < sectors; ++i) table += u32(i + 1 == sectors ? 0xFFFFFFFE : i + 3);
    while (table.size() < 512) table += u32(0xFFFFFFFF);
    std::string directory = entry(u"Root Entry", 5, 1, 0xFFFFFFFE, 0);
    directory += entry(u"Workbook", 2, 0xFFFFFFFF, 2, static_cast<unsigned>(stream.size()));
    directory.resize(512);
    return header + table + directory + stream;
  }

  std::string strings_{}, cells_{};
  unsigned count_ = 0, rows_ = 0, columns_ = 0;
};

XlsSheet roster() {
  XlsSheet s;
  s.text(0, 0, u"房号");
  s.text(0, 1, u"姓名");
  s.text(0, 2, u"身份证");
  s.text(2, 0, u"1-1-101");
  s.text(2, 1, u"王芳");
  s.number(2, 2, 4.20106199001011e17);
  s.number(2, 3, 43855, 1);
  s.number(2, 4, 89.5);
  return s;
}

TEST(ReadXls, SaysWhatTheSheetShows) {
  const auto book = read(roster().file());
  ASSERT_TRUE(book) << book.error().code;
  EXPECT_EQ(book->format, Format::xls);
  ASSERT_EQ(book->sheets.size(), 1u);
  const auto& sheet = book->sheets[0];
  EXPECT_EQ(sheet.name, "名册");
  ASSERT_EQ(sheet.rows.size(), 2u) << "the empty row is absent";
  EXPECT_EQ(sheet.rows[0].at(2).text, "身份证");
  EXPECT_EQ(sheet.rows[1].number, 3);
  EXPECT_EQ(sheet.rows[1].at(1).text, "王芳");
  EXPECT_TRUE(sheet.rows[1].at(2).precision_lost) << "an identity number that became a number";
  EXPECT_EQ(sheet.rows[1].at(3).kind, CellKind::date);
  EXPECT_EQ(sheet.rows[1].at(3).text, "2020-01-25");
  EXPECT_EQ(sheet.rows[1].at(4).text, "89.5");
}

TEST(ReadXls, ItsProblemsComeBackAsXlsx) {
  const auto patched =
      patch(roster().file(), {{"名册", {{3, 1, std::string("?"), true}}, 1, {{3, "号码损坏"}}}});
  ASSERT_TRUE(patched) << patched.error().code;
  const auto again = read(*patched);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->format, Format::xlsx);
  EXPECT_EQ(again->sheets[0].find(3)->at(0).text, "1-1-101");
  EXPECT_EQ(again->sheets[0].find(3)->at(1).text, "?");
}

TEST(ReadXls, DamageAndPasswordsAreErrorsAndNothingWorse) {
  EXPECT_EQ(read(roster().file(true)).error().code, "sheet.encrypted");
  const auto whole = roster().file();
  for (std::size_t size = 8; size < whole.size(); size += 97) {
    const auto cut = read(std::string_view(whole).substr(0, size));
    if (!cut) {
      EXPECT_EQ(cut.error().code, "sheet.not_a_workbook") << size;
    }
  }
  // Every byte of header, table and directory in turn.
  for (std::size_t at = 8; at < 1536; ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    const auto book = read(damaged);
    if (book) {
      EXPECT_LE(book->sheets.size(), 1u) << at;
    }
  }
}

}  // namespace
}  // namespace sheet
