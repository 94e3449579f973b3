#include "app/install_page.hpp"

#include "core/words.hpp"

namespace app {

void add_install_page(api::Service& service, const std::string& ca_certificate,
                      const std::string& ca_sha256) {
  if (!ca_certificate.empty())
    service.add_page("/ca.crt", [ca_certificate](const api::Request&) {
      api::Response r;
      r.set("Content-Type", "application/x-x509-ca-cert");
      r.set("Content-Disposition", "attachment; filename=\"shouwang-ca.crt\"");
      r.body = ca_certificate;
      return r;
    });
  service.add_page("/install", [has_ca = !ca_certificate.empty(), ca_sha256](const api::Request& request) {
    const auto language = core::language_of("", request.header("accept-language"));
    const auto word = [&](std::string_view key) { return core::words(language, key); };
    api::Response r;
    r.set("Content-Type", "text/html; charset=utf-8");
    r.body =
        "<!doctype html><html lang=\"" + std::string(language) +
        "\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><title>" +
        word("install.title") +
        "</title><style>body{font:18px/1.6 system-ui,sans-serif;margin:0 auto;padding:1.5rem;max-width:36rem}"
        "a.button{display:block;padding:1rem;margin:1rem 0;background:#0b57a4;color:#fff;text-align:center;"
        "border-radius:.5rem;text-decoration:none;font-size:1.2rem}code{word-break:break-all}</"
        "style><main><h1>" +
        word("install.title") + "</h1>";
    if (has_ca) {
      r.body += "<p>" + word("install.why") + "</p><ol><li><a class=\"button\" href=\"/ca.crt\">" +
                word("install.get") + "</a></li><li>" + word("install.android") + "</li><li>" +
                word("install.ios") + "</li><li>" + word("install.check") + "<br><code>" + ca_sha256 +
                "</code></li></ol><p>" + word("install.browser") + "</p>";
    } else {
      r.body += "<p>" + word("install.none") + "</p>";
    }
    r.body += "<a class=\"button\" href=\"/m/\">" + word("install.open") + "</a></main></html>";
    return r;
  });
}

}  // namespace app
