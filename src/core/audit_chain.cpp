#include "core/audit_chain.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <sstream>

namespace core {
namespace {

constexpr std::size_t findings_max = 100;
constexpr int rows_at_once = 1000;

// Every field with its length in front: no two rows have the same text.
void add_field(std::string& text, std::string_view value) {
  text += fmt::format("{}:", value.size());
  text += value;
}

std::string text_of(const AuditRow& r) {
  std::string text;
  add_field(text, std::to_string(r.at_ms));
  for (const auto* value : {&r.actor, &r.action, &r.entity}) add_field(text, *value);
  add_field(text, std::to_string(r.record_id));
  add_field(text, r.compound_id ? std::to_string(*r.compound_id) : "");
  add_field(text, r.detail);
  add_field(text, r.request_id);
  text += r.reason ? '1' : '0';
  add_field(text, r.reason.value_or(""));
  return text;
}

std::string link_mac(const Keyring& keys, std::string_view before, std::int64_t position, const AuditRow& r) {
  std::string text = "seal;";
  add_field(text, before);
  add_field(text, std::to_string(position));
  add_field(text, std::to_string(r.id));
  return keys.audit_mac(text + text_of(r));
}

struct Stored {
  AuditRow row{};
  std::int64_t position = 0;
  std::string written{}, sealed{};  // row_mac, chain_mac; empty: none
};
constexpr std::string_view columns =
    "SELECT id, at_ms, actor, action, entity, record_id, compound_id, detail, request_id, reason, row_mac, "
    "position, chain_mac FROM audit ";

Stored load(const db::Row& r) {
  Stored s;
  s.row = {r.integer(0), r.integer(1),       r.str(2), r.str(3), r.str(4),
           r.integer(5), r.maybe_integer(6), r.str(7), r.str(8), r.maybe_text(9)};
  s.written = std::string(r.blob(10));
  s.position = r.integer(11);
  s.sealed = std::string(r.blob(12));
  return s;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char b : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(b));
  return out;
}

// <keys>/audit.seal: the newest seal, and each time the database no longer held what had been sealed.
struct SealFile {
  std::int64_t position = 0;
  std::string mac{};                  // hexadecimal
  std::vector<std::string> losses{};  // "lost <position> <mac> <instant>"
};

std::filesystem::path seal_path(const Keyring& keys) { return keys.directory() / "audit.seal"; }

std::optional<SealFile> read_seal(const Keyring& keys) {
  std::ifstream in(seal_path(keys));
  if (!in) return std::nullopt;
  SealFile file;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "sealed")
      words >> file.position >> file.mac;
    else if (word == "lost")
      file.losses.push_back(line);
  }
  return file;
}

base::Result<void> write_seal(const Keyring& keys, const SealFile& file, base::Instant now) {
  auto text = fmt::format("sealed {} {} {}\n", file.position, file.mac, base::to_iso(now));
  for (const auto& line : file.losses) text += line + "\n";
  const auto path = seal_path(keys), fresh = path.parent_path() / "audit.seal.new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  std::error_code error;
  if (written) std::filesystem::rename(fresh, path, error);
  if (!written || error)
    return base::fail(base::ErrorKind::internal, "audit.seal_unwritable", {{"path", path.string()}});
  return {};
}

struct Batch {
  int rows = 0;
  std::int64_t position = 0;
  std::string mac{};
  bool fits_file = true;  // the database still holds what the file says was sealed
};

// Rows that the program wrote; a chain that has not begun takes over all rows of versions without MACs.
std::vector<Stored> waiting(db::Connection& c, const Keyring& keys, bool begins, int limit) {
  begins = begins && c.count("SELECT COUNT(*) FROM audit WHERE row_mac IS NULL") > 0;
  if (begins) limit = std::numeric_limits<int>::max();
  std::vector<Stored> rows;
  std::int64_t after = 0;
  for (bool more = true; more && rows.empty();) {
    more = false;
    c.run(std::string(columns) + "WHERE position IS NULL AND id > $1 ORDER BY id LIMIT $2", {after, limit},
          [&](const db::Row& r) {
            auto s = load(r);
            after = s.row.id;
            more = true;
            if (s.written == row_mac(keys, s.row) || (begins && s.written.empty()))
              rows.push_back(std::move(s));
          });
  }
  return rows;
}

}  // namespace

std::string row_mac(const Keyring& keys, const AuditRow& row) {
  return keys.audit_mac("row;" + text_of(row));
}

base::Result<int> seal_audit(db::Store& store, const Keyring& keys, base::Instant now, int limit) {
  // Nothing to do most of the time: a look costs less than an empty transaction.
  auto waits = store.read([](db::Connection& c) -> base::Result<bool> {
    return c.count("SELECT COUNT(*) FROM (SELECT id FROM audit WHERE position IS NULL LIMIT 1) AS one") > 0;
  });
  if (!waits) return tl::unexpected(std::move(waits).error());
  if (!*waits) return 0;
  auto file = read_seal(keys);
  auto sealed = store.write(
      [&](db::Connection& c) -> base::Result<Batch> {
        c.run("UPDATE setting SET value = '' WHERE name = 'audit_guard'");
        Batch b;
        c.run(
            "SELECT position, chain_mac FROM audit WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1",
            {}, [&](const db::Row& r) {
              b.position = r.integer(0);
              b.mac = std::string(r.blob(1));
            });
        if (file) {
          b.fits_file = false;
          c.run("SELECT chain_mac FROM audit WHERE position = $1", {file->position},
                [&](const db::Row& r) { b.fits_file = hex(r.blob(0)) == file->mac; });
        }
        const auto rows = waiting(c, keys, b.position == 0 && !file, limit);
        for (const auto& s : rows) {
          b.mac = link_mac(keys, b.mac, ++b.position, s.row);
          c.run("UPDATE audit SET position = $2, chain_mac = $3 WHERE id = $1",
                {s.row.id, b.position, db::Blob{b.mac}});
        }
        b.rows = static_cast<int>(rows.size());
        return b;
      },
      db::Priority::low);
  if (!sealed) return tl::unexpected(std::move(sealed).error());
  if (sealed->rows == 0) return 0;
  SealFile next{sealed->position, hex(sealed->mac), file ? file->losses : std::vector<std::string>{}};
  if (!sealed->fits_file)
    next.losses.push_back(fmt::format("lost {} {} {}", file->position, file->mac, base::to_iso(now)));
  if (auto written = write_seal(keys, next, now); !written) return tl::unexpected(written.error());
  return sealed->rows;
}

namespace {

class Check {
 public:
  explicit Check(const Keyring& keys) : keys_(keys), file_(read_seal(keys)) {}

  void sealed(const Stored& s) {
    for (auto gap = last_ + 1; gap < s.position && !full(); ++gap) found_.push_back({"missing", gap, 0});
    // After a gap the MAC before is unknown; the row's own still tells whether it was altered.
    const bool linked = s.position != last_ + 1 || s.sealed == link_mac(keys_, before_, s.position, s.row);
    const bool own = s.written.empty() || s.written == row_mac(keys_, s.row);
    if (!linked || !own) found_.push_back({"altered", s.position, s.row.id});
    if (file_ && s.position == file_->position && hex(s.sealed) != file_->mac)
      found_.push_back({"seal_file_differs", s.position, s.row.id});
    before_ = s.sealed;
    last_ = s.position;
  }
  void unsealed(const Stored& s) {
    if (s.written != row_mac(keys_, s.row) && !(s.written.empty() && last_ == 0))
      found_.push_back({"not_written_here", 0, s.row.id});
  }
  std::vector<AuditFinding> finish() {
    if (file_ && file_->position > last_) found_.push_back({"cut_off", last_ + 1, 0});
    if (!file_ && last_ > 0) found_.push_back({"no_seal_file", last_, 0});
    for (const auto& line : file_ ? file_->losses : std::vector<std::string>{})
      found_.push_back({"lost_before", std::atoll(line.c_str() + std::string_view("lost ").size()), 0});
    return std::move(found_);
  }
  bool full() const { return found_.size() >= findings_max; }

 private:
  const Keyring& keys_;
  std::optional<SealFile> file_;
  std::string before_{};
  std::int64_t last_ = 0;
  std::vector<AuditFinding> found_{};
};

}  // namespace

base::Result<std::vector<AuditFinding>> check_audit(db::Store& store, const Keyring& keys) {
  Check check(keys);
  const auto each = [&](std::string_view where, const auto& take) -> base::Result<void> {
    std::int64_t after = 0;
    std::vector<Stored> rows;
    do {
      auto read = store.read([&](db::Connection& c) -> base::Result<void> {
        rows.clear();
        c.run(std::string(columns) + std::string(where), {after, rows_at_once},
              [&](const db::Row& r) { rows.push_back(load(r)); });
        return {};
      });
      if (!read) return read;
      for (const auto& s : rows) after = take(s);
    } while (!rows.empty() && !check.full());
    return {};
  };
  auto done = each("WHERE position > $1 ORDER BY position LIMIT $2", [&](const Stored& s) {
    check.sealed(s);
    return s.position;
  });
  if (done)
    done = each("WHERE position IS NULL AND id > $1 ORDER BY id LIMIT $2", [&](const Stored& s) {
      check.unsealed(s);
      return s.row.id;
    });
  if (!done) return tl::unexpected(std::move(done).error());
  return check.finish();
}

}  // namespace core
