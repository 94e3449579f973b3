#pragma once
// Every table of the schema: whose data it holds and what an erasure does with it. A test walks through the
// migrated schema of both stores and fails on a table or a text or blob column that is not named here, so a
// table added later cannot be forgotten: add an entry.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "db/connection.hpp"

namespace feature::erasure {

// Whose data: a person of the registry, somebody registered at a gate only, people who work here (staff and
// accounts, who are no residents and stay as long as they answer for something), or nobody's.
enum class Whose { person, guest, worker, nobody };
enum class Fate {
  removed,  // the rows go
  emptied,  // the rows stay, for numbers that point at them; `set` takes out what they say
  kept      // the rows keep the person's number and nothing else (ledgers), or hold nothing of them
};

struct Entry {
  std::string_view table;
  Whose whose = Whose::nobody;
  Fate fate = Fate::kept;
  std::string_view where{};     // the rows of the persons; "{persons}" is "IN (...)" over argument 1
  std::string_view set{};       // emptied: the assignments
  std::string_view personal{};  // columns that say something of somebody, with spaces between
  std::string_view other{};     // text and blob columns that do not
  std::size_t image_bytes = 0;  // how much of a row's bytes tells it from any other; 0: not looked for
};

// In the order of erasing: what is found through other rows goes before them.
std::span<const Entry> inventory();
// `where` with the persons as argument 1.
std::string where_of(const Entry& entry, const db::Connection& c);

}  // namespace feature::erasure
