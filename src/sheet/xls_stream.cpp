#include "sheet/xls_stream.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace sheet {

namespace {

constexpr std::uint32_t end_of_chain = 0xFFFFFFFE, last_sector = 0xFFFFFFF9;
constexpr std::size_t header_bytes = 512, entry_bytes = 128;

enum Id : unsigned {
  formula = 0x0006,
  bof = 0x0809,
  bound_sheet = 0x0085,
  merge_cells = 0x00E5,
  number = 0x0203,
  label = 0x0204,
  string = 0x0207,
  row = 0x0208,
  filler = 0x00FF,  // of the kinds FreeXL passes over
};

template <class Int>
Int little(std::string_view bytes, std::size_t at) {
  Int value = 0;
  if (at + sizeof(Int) > bytes.size()) return value;
  for (std::size_t i = sizeof(Int); i-- > 0;)
    value =
        static_cast<Int>(static_cast<std::uint64_t>(value) << 8 | static_cast<unsigned char>(bytes[at + i]));
  return value;
}
unsigned u16(std::string_view bytes, std::size_t at) { return little<std::uint16_t>(bytes, at); }
std::uint32_t u32(std::string_view bytes, std::size_t at) { return little<std::uint32_t>(bytes, at); }
void put_u16(std::string& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<char>(value & 0xFF);
  bytes[at + 1] = static_cast<char>(value >> 8 & 0xFF);
}

// The sectors of a compound file.
class Compound {
 public:
  explicit Compound(std::span<char> file) : file_(file) {}

  bool open() {
    const unsigned shift = u16(bytes(), 30);
    if (bytes().size() < header_bytes || (shift != 9 && shift != 12)) return false;
    sector_bytes_ = std::size_t{1} << shift;
    std::vector<std::uint32_t> tables;
    for (std::size_t i = 0; i < 109; ++i) tables.push_back(u32(bytes(), 76 + 4 * i));
    auto more = u32(bytes(), 68);
    for (std::size_t n = 0; more < last_sector && n < sectors(); ++n) {
      const auto list = sector(more);
      if (list.empty()) return false;
      for (std::size_t i = 0; i + 8 <= sector_bytes_; i += 4) tables.push_back(u32(list, i));
      more = u32(list, sector_bytes_ - 4);
    }
    for (const auto table : tables) {
      const auto entries = table < last_sector ? sector(table) : std::string_view{};
      for (std::size_t i = 0; i + 4 <= entries.size() && next_.size() < sectors(); i += 4)
        next_.push_back(u32(entries, i));
    }
    return !next_.empty();
  }
  // Numbers of the sectors from `start` on; empty when the chain leaves the file or bites its tail.
  std::vector<std::uint32_t> chain(std::uint32_t start) const {
    std::vector<std::uint32_t> out;
    for (auto at = start; at != end_of_chain; at = next_[at]) {
      if (at >= next_.size() || sector(at).empty() || out.size() >= sectors()) return {};
      out.push_back(at);
    }
    return out;
  }
  std::string read(const std::vector<std::uint32_t>& numbers) const {
    std::string out;
    for (const auto number : numbers) out += sector(number);
    return out;
  }
  void write(const std::vector<std::uint32_t>& numbers, std::string_view content) {
    for (const auto number : numbers) {
      const auto piece = content.substr(0, sector(number).size());
      std::memcpy(file_.data() + offset(number), piece.data(), piece.size());
      content.remove_prefix(piece.size());
    }
  }
  std::string_view bytes() const { return {file_.data(), file_.size()}; }

 private:
  std::size_t sectors() const { return file_.size() / sector_bytes_ + 1; }
  std::size_t offset(std::uint32_t number) const { return (std::size_t{number} + 1) * sector_bytes_; }
  // The last one may be cut short.
  std::string_view sector(std::uint32_t number) const {
    return offset(number) < file_.size() ? bytes().substr(offset(number), sector_bytes_) : std::string_view{};
  }

  std::span<char> file_;
  std::size_t sector_bytes_ = header_bytes;
  std::vector<std::uint32_t> next_{};
};

// The first sector of the stream with the workbook. A stream too small for sectors of its own is not
// followed.
std::optional<std::uint32_t> workbook_start(const Compound& file) {
  const auto directory = file.read(file.chain(u32(file.bytes(), 48)));
  const auto smallest = u32(file.bytes(), 56);
  for (std::size_t at = 0; at + entry_bytes <= directory.size(); at += entry_bytes) {
    std::string name;
    for (std::size_t i = 0; i < 64 && u16(directory, at + i) != 0; i += 2) name += directory[at + i];
    if ((name == "Workbook" || name == "Book") && u32(directory, at + 120) >= smallest)
      return u32(directory, at + 116);
  }
  return {};
}

// Goes through the records once, from sheet to sheet.
class Records {
 public:
  explicit Records(std::string& stream) : stream_(stream) {}

  XlsExtras walk() {
    for (std::size_t at = 0; at + 4 <= stream_.size() && at + 4 + u16(stream_, at + 2) <= stream_.size();
         at += 4 + u16(stream_, at + 2))
      take(at, u16(stream_, at), u16(stream_, at + 2));
    return std::move(out_);
  }

 private:
  void take(std::size_t at, unsigned id, std::size_t size) {
    const auto body = at + 4;
    if (id == bound_sheet && size >= 6) {
      starts_.emplace(u32(stream_, body), out_.sheets.size());
      out_.sheets.push_back({(u16(stream_, body + 4) & 3) != 0, {}, {}});
    } else if (id == bof) {
      const auto found = starts_.find(at);
      if (found != starts_.end()) sheet_ = found->second;
    } else if (id == formula && size >= 20) {
      value_of_formula(at, size);
    } else if (!sheet_) {
      return;
    } else if (id == merge_cells) {
      merges(body, size);
    } else if (id == row && size >= 14 && (u16(stream_, body + 12) & 0x20) != 0) {
      out_.sheets[*sheet_].hidden_rows.insert(u16(stream_, body));
    }
  }

  void merges(std::size_t body, std::size_t size) {
    for (std::size_t i = 0; i < u16(stream_, body) && 10 + 8 * i <= size; ++i) {
      const auto from = body + 2 + 8 * i;
      const auto part = [&](std::size_t n) { return static_cast<int>(u16(stream_, from + 2 * n)); };
      out_.sheets[*sheet_].merges.push_back({part(0) + 1, part(1) + 1, part(2), part(3)});
    }
  }

  // Row, column and style stand first in formula, number and label alike, then in a formula the result.
  void value_of_formula(std::size_t at, std::size_t size) {
    if (u16(stream_, at + 4 + 12) != 0xFFFF) {
      put_u16(stream_, at, number);
      return;
    }
    if (stream_[at + 4 + 6] != 0) return;  // true, false, an error or an empty text
    const auto next = at + 4 + size;
    const std::size_t text_size = u16(stream_, next + 2);
    if (next + 4 > stream_.size() || u16(stream_, next) != string || next + 4 + text_size > stream_.size())
      return;
    const auto text = stream_.substr(next + 4, text_size);
    put_u16(stream_, at, label);
    put_u16(stream_, at + 2, 6 + text_size);
    stream_.replace(at + 10, text_size, text);
    const auto rest = at + 10 + text_size;
    put_u16(stream_, rest, filler);
    put_u16(stream_, rest + 2, size - 6);
  }

  std::string& stream_;
  XlsExtras out_{};
  std::map<std::size_t, std::size_t> starts_{};
  std::optional<std::size_t> sheet_{};
};

}  // namespace

std::optional<XlsExtras> prepare_xls(std::span<char> bytes) {
  Compound file(bytes);
  if (!file.open()) return {};
  const auto start = workbook_start(file);
  if (!start) return {};
  const auto sectors = file.chain(*start);
  if (sectors.empty()) return {};
  auto stream = file.read(sectors);
  auto extras = Records(stream).walk();
  file.write(sectors, stream);
  return extras;
}

}  // namespace sheet
