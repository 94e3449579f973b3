#include "core/photo.hpp"

#include <algorithm>
#include <cstdint>

namespace core {
namespace {

constexpr std::string_view exif_start("Exif\0\0", 6);
constexpr std::size_t tiff_head_bytes = 8, entry_bytes = 12;
constexpr unsigned orientation_tag = 0x0112;

// JPEG markers, the byte behind 0xFF.
constexpr unsigned restart_first = 0xD0, restart_last = 0xD7, start_marker = 0xD8, end_marker = 0xD9,
                   scan_marker = 0xDA, app_first = 0xE0, app_exif = 0xE1, app_colour = 0xEE, app_last = 0xEF,
                   comment = 0xFE;

unsigned at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

std::uint32_t number(std::string_view bytes, std::size_t from, std::size_t count, bool little) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < count; ++i) out = out << 8 | at(bytes, from + (little ? count - 1 - i : i));
  return out;
}

// 1 to 8 as a camera says; 1 is upright, and the answer when nothing is said.
unsigned orientation_of(std::string_view segment) {
  if (!segment.starts_with(exif_start)) return 1;
  const auto tiff = segment.substr(exif_start.size());
  if (tiff.size() < tiff_head_bytes) return 1;
  const bool little = tiff.starts_with("II");
  const std::size_t directory = number(tiff, 4, 4, little);
  if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
  const auto entries = number(tiff, directory, 2, little);
  for (std::size_t i = 0; i < entries; ++i) {
    const auto entry = directory + 2 + i * entry_bytes;
    if (entry + entry_bytes > tiff.size()) return 1;
    if (number(tiff, entry, 2, little) != orientation_tag) continue;
    const auto value = number(tiff, entry + 8, 2, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

// A segment that says which way is up and nothing else.
std::string orientation_segment(unsigned value) {
  std::string out("\xFF\xE1\x00\x22", 4);
  out += exif_start;
  out += std::string_view("MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00", 19);
  out += static_cast<char>(value);
  out.append(6, '\0');
  return out;
}

// Of what programs add only the marks stay without which colours or size would change.
bool is_kept(unsigned marker) {
  const bool app = marker >= app_first && marker <= app_last;
  return (!app || marker == app_first || marker == app_colour) && marker != comment;
}

// The end of the coded picture that begins there: the place of the next marker.
std::size_t end_of_scan(std::string_view bytes, std::size_t from) {
  for (; from + 1 < bytes.size(); ++from) {
    if (at(bytes, from) != 0xFF) continue;
    const auto next = at(bytes, from + 1);
    if (next != 0 && next != 0xFF && (next < restart_first || next > restart_last)) return from;
  }
  return bytes.size();
}

}  // namespace

std::optional<std::string> plain_jpeg(std::string_view bytes) {
  if (bytes.size() < 4 || at(bytes, 0) != 0xFF || at(bytes, 1) != start_marker) return std::nullopt;
  std::string out(bytes.substr(0, 2));
  bool scanned = false;
  for (std::size_t from = 2; from + 1 < bytes.size();) {
    if (at(bytes, from) != 0xFF) return std::nullopt;
    const auto marker = at(bytes, from + 1);
    if (marker == 0xFF) {  // padding
      ++from;
      continue;
    }
    if (marker == end_marker) {
      if (!scanned) return std::nullopt;
      out += bytes.substr(from, 2);
      return out;
    }
    if (from + 4 > bytes.size()) return std::nullopt;
    const std::size_t length = number(bytes, from + 2, 2, false);
    if (length < 2 || from + 2 + length > bytes.size()) return std::nullopt;
    auto next = from + 2 + length;
    if (marker == scan_marker) {
      next = end_of_scan(bytes, next);
      scanned = true;
    }
    if (is_kept(marker)) out += bytes.substr(from, next - from);
    if (marker == app_exif)
      if (const auto way = orientation_of(bytes.substr(from + 4, length - 2)); way != 1)
        out += orientation_segment(way);
    from = next;
  }
  return std::nullopt;
}

std::optional<std::string> plain_png(std::string_view bytes) {
  constexpr std::string_view start("\x89PNG\r\n\x1A\n", 8);
  constexpr std::string_view kept[] = {"IHDR", "PLTE", "IDAT", "tRNS", "cHRM", "gAMA",
                                       "iCCP", "sBIT", "sRGB", "bKGD", "pHYs"};
  constexpr std::size_t around_data = 12;  // length, kind and checksum
  if (!bytes.starts_with(start)) return std::nullopt;
  std::string out(start);
  for (auto from = start.size(); from + around_data <= bytes.size();) {
    const std::size_t length = number(bytes, from, 4, false);
    if (length > bytes.size() - from - around_data) return std::nullopt;
    const auto kind = bytes.substr(from + 4, 4);
    const auto whole = bytes.substr(from, length + around_data);
    if (kind == "IEND") {
      out += whole;
      return out;
    }
    if (std::ranges::find(kept, kind) != std::end(kept)) out += whole;
    from += whole.size();
  }
  return std::nullopt;
}

}  // namespace core
