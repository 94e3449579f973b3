#include "api/assets.hpp"

// The program without pages: served from --web-dir, or not at all.
namespace api {
std::span<const Asset> embedded_assets() { return {}; }
}  // namespace api
