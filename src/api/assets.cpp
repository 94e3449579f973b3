#include "api/assets.hpp"

#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "api/url.hpp"

namespace api {
namespace {

std::string_view type_of(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".wasm", "application/wasm"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"}};
  for (const auto& [ending, type] : types)
    if (path.ends_with(ending)) return type;
  return "application/octet-stream";
}

// "/", "/m/" and "/s/" are the entries of desk, gate and field page.
std::string file_of(std::string_view path) {
  if (path.empty() || path == "/") return "/index.html";
  if (path == "/m" || path == "/m/") return "/m/index.html";
  if (path == "/s" || path == "/s/") return "/s/index.html";
  return std::string(path);
}

std::shared_ptr<const std::string> without_copy(std::string_view bytes) {
  // Embedded bytes live as long as the program; one string per asset form is made once and shared.
  static std::mutex mutex;
  static std::map<const char*, std::shared_ptr<const std::string>> made;
  std::lock_guard lock(mutex);
  auto& slot = made[bytes.data()];
  if (!slot) slot = std::make_shared<const std::string>(bytes);
  return slot;
}

}  // namespace

Response Assets::serve(const Request& request) const {
  const auto decoded = percent_decode(path_of(request.target));
  if (!decoded || decoded->find("..") != std::string::npos) return Response{.status = 404};
  const auto path = file_of(*decoded);
  if (!folder_.empty()) return from_folder(path);
  for (const auto& asset : embedded_assets()) {
    if (asset.path != path) continue;
    Response r;
    r.set("Content-Type", std::string(asset.type));
    r.set("ETag", std::string(asset.etag));
    r.set("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    r.set("Vary", "Accept-Encoding");
    if (request.header("if-none-match") == asset.etag) {
      r.status = 304;
      return r;
    }
    const auto accepts = request.header("accept-encoding");
    if (!asset.brotli.empty() && accepts.find("br") != std::string_view::npos) {
      r.set("Content-Encoding", "br");
      r.shared_body = without_copy(asset.brotli);
    } else if (!asset.gzip.empty() && accepts.find("gzip") != std::string_view::npos) {
      r.set("Content-Encoding", "gzip");
      r.shared_body = without_copy(asset.gzip);
    } else {
      r.shared_body = without_copy(asset.plain);
    }
    return r;
  }
  return Response{.status = 404};
}

Response Assets::from_folder(std::string_view path) const {
  std::ifstream file(folder_ / path.substr(1), std::ios::binary);
  if (!file || std::filesystem::is_directory(folder_ / path.substr(1))) return Response{.status = 404};
  std::ostringstream bytes;
  bytes << file.rdbuf();
  Response r;
  r.set("Content-Type", std::string(type_of(path)));
  r.set("Cache-Control", "no-cache");
  r.body = bytes.str();
  return r;
}

}  // namespace api
