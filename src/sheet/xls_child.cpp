#include "sheet/xls_child.hpp"

#include <fcntl.h>
#include <freexl.h>
#include <iconv.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "sheet/xls_stream.hpp"

namespace sheet {

namespace {

// The sanitizers reserve terabytes of addresses; their own limits are given by the parent instead.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr bool address_space_is_bounded = true;
#else
constexpr bool address_space_is_bounded = false;
#endif

constexpr rlim_t memory_bytes = 512u << 20;  // one sheet of the greatest size takes 400 MiB in FreeXL
constexpr rlim_t computing_seconds = 10;
constexpr const char* workbook_path = "/proc/self/fd/0";

bool limit(__rlimit_resource what, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(what, &both) == 0;
}

// Pages this process has mapped already, all the shared libraries among them.
rlim_t mapped_bytes() {
  unsigned long pages = 0;
  if (auto* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

// The lowest number that no open file has: what the next one will get.
int next_file() {
  const int file = ::dup(STDIN_FILENO);
  if (file >= 0) ::close(file);
  return file;
}

bool allow_only_reading() {
  auto* filter = ::seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return false;
  bool good = true;
  const auto rule = [&](std::uint32_t action, int call, auto... conditions) {
    good = good && ::seccomp_rule_add(filter, action, call, sizeof...(conditions), conditions...) == 0;
  };
  // The sanitizers put their signal stack away at the end.
  for (const int call : {SCMP_SYS(read), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
                         SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
                         SCMP_SYS(futex), SCMP_SYS(sigaltstack), SCMP_SYS(exit_group)})
    rule(SCMP_ACT_ALLOW, call);
  rule(SCMP_ACT_ALLOW, SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO));
  rule(SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  // FreeXL opens its file by a path. It takes the only number that is left, and nothing is ever closed.
  rule(SCMP_ACT_ALLOW, SCMP_SYS(openat),
       SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
  rule(SCMP_ACT_ERRNO(EPERM), SCMP_SYS(close));
  good = good && ::seccomp_load(filter) == 0;
  ::seccomp_release(filter);
  return good;
}

class Output {
 public:
  Output() { buffer_.reserve(buffer_bytes); }
  template <class... Field>
  void record(char kind, const Field&... fields) {
    buffer_ += kind;
    ((buffer_ += field_end, add(fields)), ...);
    buffer_ += record_end;
    if (buffer_.size() >= buffer_bytes) flush();
  }
  void flush() {
    for (std::size_t at = 0; at < buffer_.size();) {
      const auto written = ::write(STDOUT_FILENO, buffer_.data() + at, buffer_.size() - at);
      if (written <= 0) ::_exit(1);
      at += static_cast<std::size_t>(written);
    }
    buffer_.clear();
  }

 private:
  static constexpr std::size_t buffer_bytes = 64 * 1024;

  void add(const char* text) {
    for (; *text; ++text) {
      const bool control = static_cast<unsigned char>(*text) < 0x20 && *text != '\t' && *text != '\n';
      buffer_ += control ? ' ' : *text;
    }
  }
  template <class Number>
  void add(Number value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    buffer_.append(digits.data(), end);
  }

  std::string buffer_{};
};

void write_cell(Output& out, unsigned row, unsigned column, const FreeXL_CellValue& cell) {
  switch (cell.type) {
    case FREEXL_CELL_INT:
      return out.record('n', row, column, cell.value.int_value);
    case FREEXL_CELL_DOUBLE:
      return out.record('n', row, column, cell.value.double_value);
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
      if (cell.value.text_value && *cell.value.text_value)
        out.record('t', row, column, cell.value.text_value);
      return;
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
      return out.record('d', row, column, cell.value.text_value);
    default:
      return;
  }
}

void write_sheet(Output& out, const void* book, unsigned short index, const XlsExtras::Sheet& extras) {
  const char* name = nullptr;
  unsigned rows = 0;
  unsigned short columns = 0;
  if (::freexl_get_worksheet_name(book, index, &name) != FREEXL_OK || !name) name = "";
  out.record('s', name, extras.hidden ? 1 : 0);
  for (const auto& m : extras.merges) out.record('m', m.first_row, m.last_row, m.first_column, m.last_column);
  for (const auto row : extras.hidden_rows) out.record('h', row);
  if (::freexl_select_active_worksheet(book, index) != FREEXL_OK ||
      ::freexl_worksheet_dimensions(book, &rows, &columns) != FREEXL_OK)
    return;  // a chart
  for (unsigned row = 0; row < rows; ++row)
    for (unsigned short column = 0; column < columns; ++column) {
      FreeXL_CellValue cell{};
      if (::freexl_get_cell_value(book, row, column, &cell) == FREEXL_OK) write_cell(out, row, column, cell);
    }
}

// The file is a writable copy in memory that only this process sees.
std::span<char> map_standard_input() {
  struct stat about {};
  if (::fstat(STDIN_FILENO, &about) != 0 || about.st_size <= 0) return {};
  const auto size = static_cast<std::size_t>(about.st_size);
  auto* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, STDIN_FILENO, 0);
  return mapped == MAP_FAILED ? std::span<char>{} : std::span(static_cast<char*>(mapped), size);
}

int read_from_standard_input() {
  // What iconv loads at its first use is loaded before files can no longer be opened.
  for (const char* charset :
       {"UTF-16LE", "CP936", "CP950", "CP932", "CP949", "CP437", "CP1250", "CP1251", "CP1252"})
    ::iconv_open("UTF-8", charset);
  const auto file = map_standard_input();
  if (file.empty() || !confine()) return 1;
  const auto extras = prepare_xls(file);
  const void* book = nullptr;
  if (!extras || ::freexl_open(workbook_path, &book) != FREEXL_OK) return 1;
  Output out;
  unsigned locked = 0, sheets = 0;
  if (::freexl_get_info(book, FREEXL_BIFF_PASSWORD, &locked) != FREEXL_OK ||
      ::freexl_get_info(book, FREEXL_BIFF_SHEET_COUNT, &sheets) != FREEXL_OK)
    return 1;
  if (locked == FREEXL_BIFF_OBFUSCATED) {
    out.record('p');
  } else {
    if (sheets != extras->sheets.size()) return 1;
    for (unsigned i = 0; i < sheets; ++i)
      write_sheet(out, book, static_cast<unsigned short>(i), extras->sheets[i]);
    out.record('e');
  }
  out.flush();
  return 0;
}

// Before main(), so that a test program can be its own child as the server is.
[[gnu::constructor]] void become_the_child(int argc, char** argv, char**) {
  if (argc == 2 && std::strcmp(argv[1], xls_child_argument) == 0) ::_exit(read_from_standard_input());
}

}  // namespace

bool confine() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
    return false;
  const auto mapped = mapped_bytes();
  if (address_space_is_bounded && (mapped == 0 || !limit(RLIMIT_AS, mapped + memory_bytes))) return false;
  const auto file = next_file();
  return file >= 0 && limit(RLIMIT_NOFILE, static_cast<rlim_t>(file) + 1) && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CPU, computing_seconds) && allow_only_reading();
}

const char* xls_child_program() { return "/proc/self/exe"; }

}  // namespace sheet
