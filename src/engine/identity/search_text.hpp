#pragma once
// The words a person is found by, and what somebody who types into the one search box may mean.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "engine/intake/room.hpp"

namespace engine::identity {

enum class TermKind { name, part, pinyin, initials };
struct Term {
  TermKind kind = TermKind::name;
  std::string term{};
  friend auto operator<=>(const Term&, const Term&) = default;
};

// The name itself, its endings ("建国" of 王建国), its spellings and their initials; sorted, without doubles.
std::vector<Term> terms_of(std::string_view name);
// A name as it stands in a term: blanks and dots dropped, Latin letters small.
std::string name_term(std::string_view name);

// One text may be several things: "1201" is a room, or the end of a phone or document number.
struct Sought {
  std::string name{};                    // beginning of a name or of one of its endings
  std::string latin{};                   // beginning of a spelling or of initials
  std::vector<std::string> documents{};  // whole numbers, a 15-digit one widened as well
  std::string phone{};                   // whole, as parse_phones writes it
  std::string tail{};                    // last four characters of a phone or document number
  std::optional<intake::RoomRef> room{};
  std::string label{};  // beginning of a dwelling's label: "3-2-"
  bool nothing() const;
  // It names one person by a number: looking it up is audited.
  bool by_number() const { return !documents.empty() || !phone.empty() || !tail.empty(); }
};
Sought understand(std::string_view typed, base::Day today);

}  // namespace engine::identity
