#pragma once
// The process that reads one .xls file: this program again, started with `xls_child_argument` as its only
// argument, the file as standard input, a pipe as standard output. It ends before main() begins, so every
// executable with this layer in it can be its own child.
//
// It writes records, each ended by `record_end`, of fields with `field_end` between; UTF-8 without other
// control characters than tab and line ends. What a reader gets is to be distrusted all the same.
//   s name 0|1        a sheet begins; 1: hidden
//   m row row column column   a merged range, both ends included; rows from 1, columns from 0
//   h row             a hidden row, from 0
//   n row column x    a number, as std::to_chars writes it; rows and columns from 0, ascending
//   t row column x    a text
//   d row column x    "2020-01-25", "2020-01-25 08:30:00" or "08:30:00"
//   p                 protected by a password; nothing follows
//   e                 the end: without it the file was damaged
#include <cstdint>

namespace sheet {

inline constexpr const char* xls_child_argument = "--read-xls-from-standard-input";
inline constexpr char record_end = '\x1E', field_end = '\x1F';

// Takes this process its rights for good: no core, no new memory beyond 512 MiB, 10 s of computing, one more
// file opened for reading, and then only to compute, to read and to write to standard output. Any other
// system call ends the process. False when the system cannot do it.
bool confine();

// Called by the parent, so that the linker keeps this file; the name of the program to start.
const char* xls_child_program();

}  // namespace sheet
