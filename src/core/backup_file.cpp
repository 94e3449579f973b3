#include "core/backup_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "db/copy_file.hpp"

namespace core {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;

constexpr std::string_view first_line = "shouwang backup ";
constexpr std::string_view backup_folders[] = {"keys/", "files/"};
constexpr std::size_t head_bytes_max = 2048;
constexpr std::size_t file_key_bytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t sealed_key_bytes = file_key_bytes + crypto_box_SEALBYTES;
constexpr std::size_t stream_head_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t tag_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool open() const { return fd_ >= 0; }
  bool write(std::string_view data) const {
    while (!data.empty()) {
      const auto written = ::write(fd_, data.data(), data.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  // As many bytes as there are, up to `count`; nothing on an error of the system.
  std::optional<std::string> read(std::size_t count) const {
    std::string out(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const auto got = ::read(fd_, out.data() + have, count - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::nullopt;
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    return out;
  }

 private:
  int fd_;
};

Descriptor reading(const fs::path& path) { return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }
Descriptor making(const fs::path& path) {
  return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
}

std::string head_text(const BackupHead& head) {
  return fmt::format("{}1\nsheet {}\nmade {}\nprogram {}\nstore {}\n\n", first_line, head.sheet, head.made,
                     head.program, head.store);
}

// --- writing ----------------------------------------------------------------------------------------
class Sealed {
 public:
  Sealed(const Descriptor& out, std::string head, const RecoveryKey& key)
      : out_(out), head_(std::move(head)) {
    std::array<unsigned char, file_key_bytes> file_key{};
    crypto_secretstream_xchacha20poly1305_keygen(file_key.data());
    std::string start(sealed_key_bytes + stream_head_bytes, '\0');
    crypto_box_seal(bytes(start), file_key.data(), file_key.size(), key.public_key.data());
    crypto_secretstream_xchacha20poly1305_init_push(&state_, bytes(start) + sealed_key_bytes,
                                                    file_key.data());
    sodium_memzero(file_key.data(), file_key.size());
    good_ = out_.write(head_) && out_.write(start);
  }
  void add(std::string_view data) {
    while (good_ && !data.empty()) {
      const auto part = data.substr(0, backup_chunk_bytes - waiting_.size());
      waiting_ += part;
      data.remove_prefix(part.size());
      if (waiting_.size() == backup_chunk_bytes) push(0);
    }
  }
  bool finish() {
    push(crypto_secretstream_xchacha20poly1305_TAG_FINAL);
    return good_;
  }
  bool good() const { return good_; }

 private:
  void push(unsigned char tag) {
    std::string sealed(waiting_.size() + tag_bytes, '\0');
    crypto_secretstream_xchacha20poly1305_push(&state_, bytes(sealed), nullptr,
                                               bytes(std::as_const(waiting_)), waiting_.size(),
                                               bytes(std::as_const(head_)), head_.size(), tag);
    head_.clear();
    waiting_.clear();
    good_ = good_ && out_.write(sealed);
  }

  const Descriptor& out_;
  std::string head_;  // authenticated with the first chunk
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::string waiting_{};
  bool good_ = true;
};

bool add_piece(Sealed& out, const BackupPiece& piece) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(piece.file, error);
  const auto file = reading(piece.file);
  if (error || !file.open() || piece.name.empty() || piece.name.size() > 255) return false;
  std::string start(1, static_cast<char>(piece.name.size()));
  start += piece.name;
  for (int i = 0; i < 8; ++i) start += static_cast<char>(size >> (8 * i) & 0xff);
  out.add(start);
  std::uint64_t copied = 0;
  while (out.good()) {
    const auto part = file.read(backup_chunk_bytes);
    if (!part) return false;
    if (part->empty()) break;
    out.add(*part);
    copied += part->size();
  }
  return out.good() && copied == size;
}

// --- reading ----------------------------------------------------------------------------------------
auto damaged(const fs::path& path) {
  return base::fail(ErrorKind::conflict, "restore.damaged", {{"path", path.string()}});
}

// The lines of text up to the empty one, both included; nothing when this is no backup.
std::optional<std::string> head_lines(const Descriptor& file) {
  std::string lines;
  while (lines.size() < head_bytes_max && !lines.ends_with("\n\n")) {
    const auto next = file.read(1);
    if (!next || next->empty()) return std::nullopt;
    lines += *next;
    if (!first_line.starts_with(std::string_view(lines).substr(0, first_line.size()))) return std::nullopt;
  }
  return lines.ends_with("\n\n") ? std::optional(std::move(lines)) : std::nullopt;
}

Result<BackupHead> parse_head(const fs::path& path, std::string_view lines) {
  const auto line_end = lines.find('\n');
  if (const auto format = lines.substr(first_line.size(), line_end - first_line.size()); format != "1")
    return base::fail(ErrorKind::conflict, "restore.newer_format", {{"format", std::string(format)}});
  const auto value = [&](std::string_view name) -> std::string {
    const auto at = lines.find(fmt::format("\n{} ", name));
    if (at == lines.npos) return {};
    const auto from = at + name.size() + 2;
    return std::string(lines.substr(from, lines.find('\n', from) - from));
  };
  BackupHead head{value("sheet"), value("made"), value("program"), value("store")};
  if (head.sheet.empty() || head.store.empty() || head_text(head) != lines) return damaged(path);
  return head;
}

// Plain bytes out of the chunks, in order.
class Opened {
 public:
  Opened(const Descriptor& in, const crypto_secretstream_xchacha20poly1305_state& state, std::string head)
      : in_(in), state_(state), head_(std::move(head)) {}
  // Exactly `count` bytes, at most a chunk; nothing when there are fewer or a chunk is not genuine.
  std::optional<std::string> take(std::size_t count) {
    while (ready_.size() < count)
      if (ended_ || !pull()) return std::nullopt;
    auto out = ready_.substr(0, count);
    ready_.erase(0, count);
    return out;
  }
  // Everything was taken, the last chunk was the last one, and nothing stands behind it.
  bool at_end() {
    while (!ended_)
      if (!pull()) return false;
    const auto more = in_.read(1);
    return ready_.empty() && more && more->empty();
  }

 private:
  bool pull() {
    const auto sealed = in_.read(backup_chunk_bytes + tag_bytes);
    if (!sealed || sealed->size() < tag_bytes) return false;
    std::string plain(sealed->size() - tag_bytes, '\0');
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&state_, bytes(plain), nullptr, &tag, bytes(*sealed),
                                                   sealed->size(), bytes(std::as_const(head_)),
                                                   head_.size()) != 0)
      return false;
    head_.clear();
    ended_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    ready_ += plain;
    return true;
  }

  const Descriptor& in_;
  crypto_secretstream_xchacha20poly1305_state state_;
  std::string head_, ready_{};
  bool ended_ = false;
};

// A file of our own choosing in one of the folders of a backup, and nothing else.
bool is_piece_name(std::string_view name) {
  if (name == "store") return true;
  const auto folder = std::ranges::find_if(backup_folders, [&](auto f) { return name.starts_with(f); });
  if (folder == std::end(backup_folders)) return false;
  name.remove_prefix(folder->size());
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

enum class Unpacked { piece, end, damaged, unwritable };

Unpacked unpack_piece(Opened& in, const fs::path& into) {
  const auto length = in.take(1);
  if (!length) return Unpacked::damaged;
  if ((*length)[0] == 0) return Unpacked::end;
  const auto name = in.take(static_cast<unsigned char>((*length)[0]));
  const auto size_bytes = in.take(8);
  if (!name || !size_bytes || !is_piece_name(*name)) return Unpacked::damaged;
  std::uint64_t left = 0;
  for (int i = 7; i >= 0; --i)
    left = left << 8 | static_cast<unsigned char>((*size_bytes)[static_cast<std::size_t>(i)]);
  const auto file = making(into / *name);
  if (!file.open()) return Unpacked::unwritable;
  while (left > 0) {
    const auto part = in.take(static_cast<std::size_t>(std::min<std::uint64_t>(left, backup_chunk_bytes)));
    if (!part) return Unpacked::damaged;
    if (!file.write(*part)) return Unpacked::unwritable;
    left -= part->size();
  }
  return Unpacked::piece;
}

}  // namespace

Result<void> write_backup(const fs::path& target, const BackupHead& head, const RecoveryKey& key,
                          const std::vector<BackupPiece>& pieces) {
  return db::make_copy(target, [&](const fs::path& part) -> Result<void> {
    const auto file = making(part);
    const auto failed = [&] {
      return base::fail(base::Error{
          ErrorKind::internal, "backup.failed", {{"path", target.string()}}, {}, std::strerror(errno)});
    };
    if (!file.open()) return failed();
    Sealed out(file, head_text(head), key);
    for (const auto& piece : pieces)
      if (!add_piece(out, piece)) return failed();
    out.add(std::string_view("\0", 1));
    if (!out.finish()) return failed();
    return {};
  });
}

bool is_backup(const fs::path& file) {
  const auto in = reading(file);
  const auto start = in.open() ? in.read(first_line.size()) : std::nullopt;
  return start && *start == first_line;
}

Result<BackupHead> read_backup_head(const fs::path& path) {
  const auto file = reading(path);
  if (!file.open()) return base::fail(ErrorKind::not_found, "restore.no_copy", {{"path", path.string()}});
  const auto lines = head_lines(file);
  if (!lines) return damaged(path);
  return parse_head(path, *lines);
}

Result<BackupHead> unpack_backup(const fs::path& path, const RecoveryPair& pair, const fs::path& into) {
  const auto file = reading(path);
  if (!file.open()) return base::fail(ErrorKind::not_found, "restore.no_copy", {{"path", path.string()}});
  const auto lines = head_lines(file);
  if (!lines) return damaged(path);
  auto head = parse_head(path, *lines);
  if (!head) return head;
  if (head->sheet != pair.sheet)
    return base::fail(ErrorKind::conflict, "restore.other_sheet",
                      {{"needed", head->sheet}, {"given", pair.sheet}});
  const auto start = file.read(sealed_key_bytes + stream_head_bytes);
  std::array<unsigned char, file_key_bytes> file_key{};
  crypto_secretstream_xchacha20poly1305_state state{};
  if (!start || start->size() != sealed_key_bytes + stream_head_bytes ||
      crypto_box_seal_open(file_key.data(), bytes(*start), sealed_key_bytes, pair.public_key.data(),
                           pair.private_key.data()) != 0 ||
      crypto_secretstream_xchacha20poly1305_init_pull(&state, bytes(*start) + sealed_key_bytes,
                                                      file_key.data()) != 0)
    return damaged(path);
  std::error_code error;
  for (const auto folder : backup_folders) fs::create_directories(into / folder, error);
  Opened in(file, state, *lines);
  for (;;) {
    const auto done = unpack_piece(in, into);
    if (done == Unpacked::damaged) return damaged(path);
    if (done == Unpacked::unwritable)
      return base::fail(ErrorKind::internal, "restore.failed", {{"path", into.string()}});
    if (done == Unpacked::end) break;
  }
  if (!in.at_end() || !fs::exists(into / "store", error)) return damaged(path);
  return head;
}

}  // namespace core
