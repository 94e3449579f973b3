#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <mutex>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "sheet/archive.hpp"
#include "sheet/encoding.hpp"
#include "sheet/number_format.hpp"
#include "sheet/read.hpp"
#include "sheet/xls_child.hpp"

namespace sheet {

using base::Result;

namespace {

constexpr std::chrono::seconds max_time{20};
constexpr std::size_t max_output_bytes = 128u << 20;

base::Error unreadable(std::string cause) {
  return {base::ErrorKind::invalid, "sheet.old_format", {}, {}, std::move(cause)};
}

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

bool fill(const File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.number(), bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The child; ended with force when this is left before it ended by itself.
class Child {
 public:
  Child(const File& in, const File& out) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&how);
    ::posix_spawn_file_actions_adddup2(&files, in.number(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out.number(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&how, &none);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    std::string name = "shouwang", argument = xls_child_argument;
    // Nothing of our surroundings is its business; the sanitizers' limits, where these are built in.
    std::string sanitizer =
        "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=512";
    std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
    std::array<char*, 2> environment{sanitizer.data(), nullptr};
    if (::posix_spawn(&id_, xls_child_program(), &files, &how, arguments.data(), environment.data()) != 0)
      id_ = -1;
    ::posix_spawnattr_destroy(&how);
    ::posix_spawn_file_actions_destroy(&files);
  }
  ~Child() {
    if (id_ > 0) ::kill(id_, SIGKILL), wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool started() const { return id_ > 0; }
  // After the end of its output.
  bool ended_well() {
    const int status = wait();
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  int wait() {
    int status = -1;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
    id_ = -1;
    return status;
  }
  pid_t id_ = -1;
};

// All that comes until the other side closes.
Result<std::string> read_all(const File& file, const Limits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + max_time;
  std::string out;
  std::array<char, 64 * 1024> buffer{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{file.number(), POLLIN, 0};
    if (left.count() <= 0) return base::fail(unreadable("took too long"));
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    const auto got = ::read(file.number(), buffer.data(), buffer.size());
    if (got == 0) return out;
    if (got < 0) return base::fail(unreadable("pipe"));
    if (out.size() + static_cast<std::size_t>(got) > max_output_bytes)
      return base::fail(too_large("text", limits.text_bytes));
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<std::string> output_of_child(std::string_view bytes, const Limits& limits) {
  static std::mutex one_at_a_time;  // the memory of one child is all that files from outside may claim
  const std::lock_guard lock(one_at_a_time);
  const File book(::memfd_create("workbook", MFD_CLOEXEC));
  if (book.number() < 0 || !fill(book, bytes) || ::lseek(book.number(), 0, SEEK_SET) != 0)
    return base::fail(unreadable("no memory for the file"));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail(unreadable("no pipe"));
  const File from(ends[0]);
  File to(ends[1]);
  Child child(book, to);
  to.close();
  if (!child.started()) return base::fail(unreadable("no process"));
  auto out = read_all(from, limits);
  if (out && !child.ended_well()) return base::fail(unreadable("the reader failed"));
  return out;
}

std::string_view cut(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<Cell> number_cell(std::string_view digits) {
  const auto number = number_of<double>(digits);
  if (!number || !std::isfinite(*number)) return {};
  Cell cell{CellKind::number, show_number(*number), *number, show_number(*number)};
  cell.precision_lost = std::fabs(*number) >= 1e15;
  return cell;
}

// "08:30:00" as a share of the day.
std::optional<double> share_of_day(std::string_view clock) {
  const auto hours = number_of<unsigned>(cut(clock, ':')), minutes = number_of<unsigned>(cut(clock, ':'));
  const auto seconds = number_of<unsigned>(clock);
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return {};
  return (*hours * 3600 + *minutes * 60 + *seconds) / 86400.0;
}

// As a sheet of .xlsx shows them: without seconds, and a day without midnight.
std::optional<Cell> date_cell(std::string_view text) {
  constexpr std::size_t day_size = 10, clock_size = 8;
  double serial = 0;
  if (text.size() >= day_size) {
    const auto day = base::parse_day(text.substr(0, day_size));
    if (!day) return {};
    serial = day->number + 25569.0;
  }
  if (text.size() != day_size) {
    const auto share = share_of_day(text.substr(text.size() - std::min(text.size(), clock_size)));
    if (!share || (text.size() != clock_size && text.size() != day_size + 1 + clock_size)) return {};
    serial += *share;
  }
  const auto shown = show_date(serial);
  if (shown.empty()) return {};
  return Cell{CellKind::date, shown, serial, fmt::format("{}", serial)};
}

// Puts together what the child says, within the limits.
class Assembly {
 public:
  explicit Assembly(const Limits& limits) : limits_(limits) { book_.format = Format::xls; }

  Result<void> take(std::string_view record) {
    const auto kind = cut(record, field_end);
    if (kind == "s") return sheet(record);
    if (kind == "m") return merge(record);
    if (kind == "h") return hidden_row(record);
    const auto row = number_of<std::uint32_t>(cut(record, field_end));
    const auto column = number_of<std::uint32_t>(cut(record, field_end));
    if (!row || *row > 0xFFFF || !column || book_.sheets.empty()) return nonsense();
    std::optional<Cell> cell;
    if (kind == "n") cell = number_cell(record);
    if (kind == "d") cell = date_cell(record);
    if (kind == "t" && !record.empty() && !has_controls(record))
      cell = Cell{CellKind::text, std::string(record)};
    if (!cell) return nonsense();
    return place(static_cast<int>(*row) + 1, *column, std::move(*cell));
  }
  Result<Workbook> finish() && {
    if (book_.sheets.empty()) return base::fail(unreadable("no sheet"));
    return std::move(book_);
  }

 private:
  static Result<void> nonsense() { return base::fail(unreadable("nonsense from the reader")); }

  Result<void> sheet(std::string_view record) {
    const auto name = cut(record, field_end);
    if (has_controls(name)) return nonsense();
    if (book_.sheets.size() >= limits_.sheets) return base::fail(too_large("sheets", limits_.sheets));
    book_.sheets.push_back({std::string(name), record == "1", {}, {}});
    hidden_.clear();
    return {};
  }

  Result<void> merge(std::string_view record) {
    Range range;
    for (int* end : {&range.first_row, &range.last_row, &range.first_column, &range.last_column}) {
      const auto value = number_of<std::uint16_t>(cut(record, field_end));
      if (!value) return nonsense();
      *end = *value;
    }
    if (book_.sheets.empty() || range.first_row < 1 || range.first_row > range.last_row ||
        range.first_column > range.last_column)
      return nonsense();
    auto& merges = book_.sheets.back().merges;
    if (merges.size() >= limits_.merges) return base::fail(too_large("merges", limits_.merges));
    merges.push_back(range);
    return {};
  }

  Result<void> hidden_row(std::string_view record) {
    const auto row = number_of<std::uint16_t>(record);
    if (!row) return nonsense();
    hidden_.insert(*row + 1);
    return {};
  }

  Result<void> place(int number, std::uint32_t column, Cell cell) {
    auto& rows = book_.sheets.back().rows;
    if (!rows.empty() && rows.back().number > number) return nonsense();
    if (column >= limits_.columns) return base::fail(too_large("columns", limits_.columns));
    if (rows.empty() || rows.back().number < number) {
      if (++rows_ > limits_.rows) return base::fail(too_large("rows", limits_.rows));
      rows.push_back({number, hidden_.contains(number), {}});
    }
    auto& cells = rows.back().cells;
    if (cells.size() > column) return nonsense();
    cells_ += column + 1 - cells.size();
    text_bytes_ += cell.text.size();
    if (cells_ > limits_.cells) return base::fail(too_large("cells", limits_.cells));
    if (text_bytes_ > limits_.text_bytes) return base::fail(too_large("text", limits_.text_bytes));
    cells.resize(column);
    cells.push_back(std::move(cell));
    return {};
  }

  const Limits& limits_;
  Workbook book_{};
  std::set<int> hidden_{};  // rows of the last sheet
  std::size_t rows_ = 0, cells_ = 0;
  std::uint64_t text_bytes_ = 0;
};

}  // namespace

Result<Workbook> read_xls(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.file_bytes) return base::fail(too_large("file", limits.file_bytes));
  auto output = output_of_child(bytes, limits);
  if (!output) return base::fail(std::move(output).error());
  const auto text = convert(*output, "UTF-8");
  if (!text) return base::fail(unreadable("not a text"));
  Assembly assembly(limits);
  for (std::string_view rest = *text; !rest.empty();) {
    const auto record = cut(rest, record_end);
    if (record == "p") return base::fail(base::ErrorKind::invalid, "sheet.encrypted");
    if (record == "e") return std::move(assembly).finish();
    if (auto taken = assembly.take(record); !taken) return base::fail(std::move(taken).error());
  }
  return base::fail(unreadable("cut off"));
}

}  // namespace sheet
