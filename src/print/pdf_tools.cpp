#include "print/pdf_tools.hpp"

#include <stdlib.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace print {

std::string output_of(const std::string& command) {
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return {};
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t size = 0; (size = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), size);
  }
  return pclose(pipe) == 0 ? output : std::string();
}

bool has_tool(const std::string& name) { return !output_of("command -v " + name).empty(); }

std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TestFolder::TestFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "shouwang-print-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Sink into_file(const std::filesystem::path& path) {
  auto file = std::make_shared<std::ofstream>(path, std::ios::binary);
  return [file](std::string_view bytes) {
    return file->write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush().good();
  };
}

Sink into_string(std::string& text) {
  return [&text](std::string_view bytes) {
    text += bytes;
    return true;
  };
}

std::string text_of(const std::filesystem::path& pdf) {
  return output_of("pdftotext -layout " + quoted(pdf) + " -");
}

}  // namespace print

// Read by the leak sanitizer. A program in C of ten lines shows both: cairo 1.16 loses 768 bytes for
// each Chinese font that it embeds, fontconfig 2.14 keeps the list of a first search for ever.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libcairo.so\nleak:libfontconfig.so\n"; }
