#pragma once
// Figures of compounds that are kept, one row for a compound, and counted again after each change: which are
// behind. The change feed says it; whoever reads may count what is behind for itself, or say how old it is.
#include <string_view>
#include <vector>

#include "core/trail.hpp"

namespace core {

struct Figures {
  std::string_view table;                     // with compound_id as its key
  std::string_view until;                     // the setting that tells which changes are counted
  bool (*touched_by)(std::string_view kind);  // by a change of this kind
};

// Compounds to count now, and the changes that are counted with them. Those never counted come first and
// alone: what changes meanwhile is counted afterwards.
struct Behind {
  std::vector<std::int64_t> compounds{};
  FeedPosition until{};
};
Behind behind(db::Connection& c, const Figures& figures, int at_once);
// In the transaction that writes the rows of these compounds; they were counted in it, or in one that saw
// what `behind` saw.
void keep_counted(db::Connection& c, const Figures& figures, const Behind& counted);

// Of the compounds in scope, those that a change has touched which the stored rows do not know.
std::vector<std::int64_t> touched(db::Scoped& q, const Figures& figures);

}  // namespace core
