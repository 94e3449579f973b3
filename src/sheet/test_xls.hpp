#pragma once
// .xls files written record by record ([MS-XLS], [MS-CFB]), since nothing at hand writes them.
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sheet::xls {

template <class Int>
std::string le(Int value) {
  std::string out(sizeof(Int), '\0');
  for (std::size_t i = 0; i < sizeof(Int); ++i)
    out[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF);
  return out;
}
inline std::string u16(unsigned value) { return le(static_cast<std::uint16_t>(value)); }
inline std::string u32(unsigned value) { return le(static_cast<std::uint32_t>(value)); }
inline std::string f64(double value) { return le(std::bit_cast<std::uint64_t>(value)); }

inline std::string record(unsigned id, const std::string& body) {
  return u16(id) + u16(static_cast<unsigned>(body.size())) + body;
}

// Characters of the basic plane, as the file stores them.
inline std::string wide(std::u16string_view text) {
  std::string out;
  for (const char16_t c : text) out += u16(c);
  return out;
}
inline std::string counted(std::u16string_view text) {
  return u16(static_cast<unsigned>(text.size())) + std::string(1, '\1') + wide(text);
}

// A compound file: sector 0 the table, 1 the directory, from 2 on the stream.
inline std::string compound(std::string stream) {
  const auto entry = [](std::u16string_view name, char type, unsigned child, unsigned start, unsigned size) {
    std::string out = wide(name);
    out.resize(64);
    out += u16(static_cast<unsigned>(2 * name.size() + 2)) + std::string{type, '\1'};
    out += u32(0xFFFFFFFF) + u32(0xFFFFFFFF) + u32(child) + std::string(36, '\0');
    return out + u32(start) + u32(size) + u32(0);
  };
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

// Up to some 60 KB of sheets: one sector holds the table.
class Book {
 public:
  static constexpr unsigned general = 0, day = 1, day_and_clock = 2, chinese_day = 3, clock = 4;  // styles

  void sheet(std::u16string_view name) { sheets_.push_back({std::u16string(name), {}, 0, 0, false}); }
  void text(unsigned row, unsigned column, std::u16string_view text) {
    strings_ += counted(text);
    cell(0x00FD, row, column, general, u32(count_++));  // LABELSST
  }
  void number(unsigned row, unsigned column, double value, unsigned style = general) {
    cell(0x0203, row, column, style, f64(value));
  }
  void formula(unsigned row, unsigned column, double result) {
    cell(0x0006, row, column, general, f64(result) + u16(0) + u32(0) + u16(3) + std::string("\x1E\1\0", 3));
  }
  void formula(unsigned row, unsigned column, std::u16string_view result) {
    const std::string is_text("\0\0\0\0\0\0\xFF\xFF", 8);
    cell(0x0006, row, column, general, is_text + u16(0) + u32(0) + u16(3) + std::string("\x1E\1\0", 3));
    sheets_.back().cells += record(0x0207, counted(result));  // STRING
  }
  void merge(unsigned first_row, unsigned last_row, unsigned first_column, unsigned last_column) {
    sheets_.back().cells +=
        record(0x00E5, u16(1) + u16(first_row) + u16(last_row) + u16(first_column) + u16(last_column));
  }
  void hide_row(unsigned row) {
    sheets_.back().cells += record(0x0208, u16(row) + std::string(10, '\0') + u16(0x20) + u16(0));
  }
  void hide_sheet() { sheets_.back().hidden = true; }
  // What the sheet claims beyond its cells.
  void claim(unsigned rows, unsigned columns) {
    sheets_.back().rows = rows;
    sheets_.back().columns = columns;
  }

  std::string file(bool with_password = false) const {
    std::vector<std::string> bodies;
    for (const auto& s : sheets_)
      bodies.push_back(record(0x0809, u16(0x0600) + u16(0x0010) + std::string(12, '\0')) +
                       record(0x0200, u32(0) + u32(s.rows) + u16(0) + u16(s.columns) + u16(0)) + s.cells +
                       record(0x000A, ""));
    auto at = static_cast<unsigned>(globals({}, with_password).size());
    std::vector<unsigned> starts;
    for (const auto& body : bodies) starts.push_back(std::exchange(at, at + body.size()));
    auto stream = globals(starts, with_password);
    for (const auto& body : bodies) stream += body;
    return compound(stream);
  }

 private:
  struct Sheet {
    std::u16string name{};
    std::string cells{};
    unsigned rows = 0, columns = 0;
    bool hidden = false;
  };

  void cell(unsigned id, unsigned row, unsigned column, unsigned style, const std::string& rest) {
    auto& s = sheets_.back();
    s.cells += record(id, u16(row) + u16(column) + u16(style) + rest);
    s.rows = std::max(s.rows, row + 1);
    s.columns = std::max(s.columns, column + 1);
  }
  std::string globals(const std::vector<unsigned>& starts, bool with_password) const {
    std::string out = record(0x0809, u16(0x0600) + u16(0x0005) + std::string(12, '\0'));
    if (with_password) out += record(0x002F, std::string(6, '\1'));
    out += record(0x0042, u16(0x04B0)) + record(0x0022, u16(0));  // UTF-16, days from 1900
    out += record(0x041E, u16(164) + counted(u"yyyy\"年\"m\"月\"d\"日\";@"));
    for (const unsigned format : {0u, 14u, 22u, 164u, 20u})
      out += record(0x00E0, u16(0) + u16(format) + std::string(16, '\0'));
    for (std::size_t i = 0; i < sheets_.size(); ++i)
      out += record(0x0085, u32(starts.empty() ? 0 : starts[i]) + u16(sheets_[i].hidden ? 1 : 0) +
                                std::string{static_cast<char>(sheets_[i].name.size()), '\1'} +
                                wide(sheets_[i].name));
    out += record(0x00FC, u32(count_) + u32(count_) + strings_);
    return out + record(0x000A, "");
  }

  std::vector<Sheet> sheets_{};
  std::string strings_{};
  unsigned count_ = 0;
};

}  // namespace sheet::xls
