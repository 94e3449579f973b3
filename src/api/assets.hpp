#pragma once
// The web pages inside the binary, or from a folder during development.
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/http.hpp"

namespace api {

struct Asset {
  std::string_view path;                 // "/assets/gate-3fa2.js"
  std::string_view type;                 // Content-Type
  std::string_view etag;                 // quoted
  bool immutable;                        // the name carries a content hash
  std::string_view plain, gzip, brotli;  // empty when that form does not pay
};

// Generated from web/dist; empty when the program was built without pages.
std::span<const Asset> embedded_assets();

class Assets {
 public:
  // An empty folder means the embedded ones.
  explicit Assets(std::filesystem::path folder = {}) : folder_(std::move(folder)) {}
  // 404 when there is no such file.
  Response serve(const Request& request) const;

 private:
  Response from_folder(std::string_view path) const;
  std::filesystem::path folder_;
};

}  // namespace api
