#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "api/url.hpp"
#include "app/chore.hpp"
#include "app/commands.hpp"
#include "app/demo.hpp"
#include "app/install_page.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "core/audit_chain.hpp"
#include "core/recovery.hpp"
#include "feature/care/service.hpp"
#include "feature/command/service.hpp"
#include "feature/control/service.hpp"
#include "feature/erasure/service.hpp"
#include "feature/gate/service.hpp"
#include "feature/trace/service.hpp"
#include "feature/work_item/deliver.hpp"
#include "feature/work_item/service.hpp"
#include "net/http_client.hpp"
#include "net/server.hpp"
#include "net/tls_authority.hpp"

namespace app {

namespace {

struct Tls {
  bool on = false;
  net::TlsFiles files{};
  std::string ca_certificate{}, ca_sha256{};
};

base::Result<Tls> tls_of(const Options& options, const ServeOptions& serve, base::Instant now) {
  Tls tls;
  if (!serve.certificate.empty()) {
    tls.on = true;
    tls.files = {serve.certificate, serve.private_key.empty() ? serve.certificate : serve.private_key};
  } else if (serve.local_ca) {
    auto names = serve.tls_names;
    if (serve.address != "0.0.0.0" && serve.address != "::") names.push_back(serve.address);
    auto authority = net::ensure_authority(keys_of(options), names, now);
    if (!authority) return tl::unexpected(std::move(authority).error());
    tls.on = true;
    tls.files = authority->leaf;
    tls.ca_certificate = authority->ca_certificate;
    tls.ca_sha256 = authority->ca_sha256;
  }
  return tls;
}

// SIGINT and SIGTERM stop, SIGHUP reloads the certificate. Blocked in all threads, waited for in this one.
sigset_t own_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, s);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

void announce(Program& program, const Options& options, const std::string& url, base::Instant now) {
  fmt::print("Shouwang {} at {}\n", program_version, url);
  if (auto link = program.setup_link(now); link && !link->empty())
    fmt::print("First start: make the administrator here (works once, 24 hours): {}{}\n", url, *link);
  // On a terminal only, where nothing keeps it; else the set-up page shows it, or `keys recovery`.
  if (!options.demo && isatty(STDOUT_FILENO))
    if (auto sheet = core::new_recovery_sheet(keys_of(options), now, true))
      fmt::print("\n{}\n", core::sheet_text(*sheet));
  if (options.demo)
    if (auto logins = demo_logins(program, now))
      for (const auto& login : *logins)
        fmt::print("Demonstration log-in, {} ({}, works once): {}{}\n", login.username, login.role, url,
                   login.link);
  std::fflush(stdout);
}

void show(const net::Server& server) {
  const auto now = server.counters();
  base::metrics::gauge("connections_open", static_cast<double>(now.open));
  base::metrics::gauge("connections_live", static_cast<double>(now.live));
  base::metrics::gauge("requests_queued", static_cast<double>(now.queued));
  base::metrics::gauge("connections_accepted", static_cast<double>(now.connections));
  base::metrics::gauge("requests_handled", static_cast<double>(now.requests));
  base::metrics::gauge("requests_shed", static_cast<double>(now.rejected));
}

Chore::Did done_of(std::string_view failure, base::Result<std::int64_t> done) {
  if (done) return *done > 0 ? Chore::Did::something : Chore::Did::nothing;
  base::log::error(failure, {{"code", done.error().code}});
  return Chore::Did::failed;
}

Chore::Did seal_audit(Program& program, const base::Clock& clock) {
  auto sealed = core::seal_audit(program.store(), program.services().keys, clock.now());
  if (!sealed) return done_of("audit.seal_failed", tl::unexpected(std::move(sealed).error()));
  return done_of("audit.seal_failed", std::int64_t{*sealed});
}

Chore::Did count_compounds(Program& program, const base::Clock& clock) {
  for (const auto count : {feature::command::count_compounds, feature::control::count_compounds})
    if (const auto did = done_of("figures.count_failed", count(program.store(), clock.now()));
        did != Chore::Did::nothing)
      return did;
  return Chore::Did::nothing;
}

Chore::Did remove_what_is_due(Program& program, const base::Clock& clock) {
  auto ran = feature::erasure::run_tonight(program.store(), program.services(), clock.now());
  if (!ran) return done_of("retention.run_failed", tl::unexpected(std::move(ran).error()));
  return *ran ? Chore::Did::something : Chore::Did::nothing;
}

Chore::Did void_cards(Program& program, const base::Clock& clock) {
  return done_of("cards.void_failed",
                 feature::gate::void_cards(program.store(), program.services().keys, clock.now()));
}

// The watch over gates and over who has moved once a minute, alerts and tasks whenever one is due.
Chore::Did tend_work(Program& program, const base::Clock& clock, std::int64_t& watched_minute) {
  const auto now = clock.now();
  if (const auto minute = now.ms / base::minute_ms; minute != watched_minute) {
    if (auto read = program.services().keys.reread_pass_keys(); !read)
      base::log::error("keys.reread_failed", {{"code", read.error().code}});
    const auto did = done_of("gate.watch_failed", feature::gate::watch(program.store(), now));
    if (did != Chore::Did::nothing) return did;
    for (const auto follow : {feature::control::follow_moves, feature::care::follow_moves})
      if (const auto moved = done_of("moves.follow_failed", follow(program.store(), now));
          moved != Chore::Did::nothing)
        return moved;
    watched_minute = minute;
  }
  if (const auto did = done_of("control.tend_failed", feature::control::tend(program.store(), now));
      did != Chore::Did::nothing)
    return did;
  if (const auto did = done_of("care.tend_failed", feature::care::tend(program.store(), now));
      did != Chore::Did::nothing)
    return did;
  return done_of("work.tend_failed", feature::work_item::tend(program.store(), now));
}

// Messages to groups: over the network, so beside everything else.
Chore::Did send_messages(Program& program, const base::Clock& clock) {
  const auto send = [](const feature::work_item::Outgoing& out) {
    return net::post({out.url, out.headers, out.body});
  };
  return done_of("work.deliver_failed",
                 feature::work_item::deliver(program.store(), program.services(), clock.now(), send));
}

// Memory of who was where follows the store; a question asked meanwhile does the same for itself.
Chore::Did follow_presences(Program& program, const base::Clock& clock) {
  return done_of("trace.follow_failed", program.services().trace->sync(program.store(), clock.now()));
}

}  // namespace

int serve(const Options& options, const ServeOptions& serve) {
  auto signals = own_signals();
  const base::SystemClock clock;
  auto tls = tls_of(options, serve, clock.now());
  if (!tls) return failed(tls.error());
  auto opened = Program::open(options, clock);
  if (!opened) return failed(opened.error());
  auto& program = **opened;
  if (options.demo)
    if (auto made = make_demo(program, clock.now(), options.demo_people); !made) return failed(made.error());
  add_install_page(program.service(), tls->ca_certificate, tls->ca_sha256);

  net::Options net;
  net.address = serve.address;
  net.port = serve.port;
  net.tls = tls->on;
  net.tls_files = tls->files;
  net.workers = serve.workers;
  net.trust_proxy = serve.trust_proxy;
  auto& service = program.service();
  net.body_limit = [&service](std::string_view method, std::string_view path) {
    return service.body_limit(method, path);
  };
  auto server =
      net::Server::start(net, [&service](const api::Request& request) { return service.handle(request); });
  if (!server) return failed(server.error());
  service.set_on_write([&server] { (*server)->wake_live(); });
  program.set_on_metrics([&server] { show(**server); });

  const bool any = serve.address == "0.0.0.0" || serve.address == "::" || serve.address == "127.0.0.1";
  announce(program, options,
           fmt::format("{}://{}:{}", tls->on ? "https" : "http", any ? "localhost" : serve.address,
                       (*server)->port()),
           clock.now());
  base::log::info("server.started", {{"port", static_cast<int>((*server)->port())}, {"tls", tls->on}});
  const auto seal = [&] { return seal_audit(program, clock); };
  std::int64_t watched_minute = 0;
  const Chore sealing(seal), counting([&] { return count_compounds(program, clock); }),
      removing([&] { return remove_what_is_due(program, clock); }),
      voiding([&] { return void_cards(program, clock); }),
      tending([&] { return tend_work(program, clock, watched_minute); }),
      sending([&] { return send_messages(program, clock); }),
      following([&] { return follow_presences(program, clock); });
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) break;
    if (auto reloaded = (*server)->reload_tls(); !reloaded)
      base::log::error("tls.reload_failed", {{"code", reloaded.error().code}});
  }
  base::log::info("server.stopping");
  (*server)->stop();
  // The hook must not outlive what it points at.
  service.set_on_write({});
  program.set_on_metrics({});
  while (seal() == Chore::Did::something) {
  }
  return 0;
}

}  // namespace app
