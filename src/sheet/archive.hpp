#pragma once
// The zip around a workbook, read from and written to memory within Limits.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sheet/read.hpp"

struct zip;
struct zip_source;

namespace sheet {

base::Error too_large(std::string what, std::uint64_t limit);
base::Error not_a_workbook(std::string cause);

class Archive {
 public:
  // `bytes` must outlive the archive.
  static base::Result<Archive> open(std::string_view bytes, const Limits& limits);

  bool has(const std::string& part) const;
  // Gives the part in pieces; `take` returns false to stop early.
  base::Result<void> stream(const std::string& part, const std::function<bool(std::string_view)>& take);
  base::Result<std::string> read(const std::string& part, std::uint64_t max_bytes);

  // Replaces or adds parts; all others are copied as they are, still packed.
  // From empty `bytes` a new archive is made.
  static base::Result<std::string> rewrite(std::string_view bytes,
                                           const std::map<std::string, std::string>& parts);

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  std::unique_ptr<zip, Discard> zip_{};
  Limits limits_{};
  std::uint64_t inflated_ = 0;
};

}  // namespace sheet
