#include "core/paper.hpp"

#include <fmt/format.h>

namespace core {

base::Result<api::Response> notice_pdf(const print::Notice& notice, std::string_view file) {
  api::Response response;
  auto printed = print::print_notice(
      [&](std::string_view bytes) {
        response.body += bytes;
        return true;
      },
      notice);
  if (!printed) return tl::unexpected(std::move(printed).error());
  response.set("Content-Type", "application/pdf");
  response.set("Content-Disposition", fmt::format("inline; filename=\"{}.pdf\"", file));
  return response;
}

}  // namespace core
