#pragma once
// What the tests of printed documents ask of poppler-utils and zbar-tools.
#include <filesystem>
#include <string>
#include <vector>

#include "print/sink.hpp"

namespace print {

bool has_tool(const std::string& name);
std::string output_of(const std::string& command);  // empty when it fails
std::string quoted(const std::filesystem::path& path);
std::vector<std::string> lines_of(const std::string& text);

// A folder of this test's own, removed at the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

Sink into_file(const std::filesystem::path& path);
Sink into_string(std::string& text);

// "pdftotext -layout" of the file.
std::string text_of(const std::filesystem::path& pdf);

}  // namespace print
