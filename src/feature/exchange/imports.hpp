#pragma once
// The life of an import: kept, looked at, corrected, committed or discarded.
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "feature/exchange/taking.hpp"

namespace feature::exchange {

inline constexpr std::size_t part_rows = 250;  // of one write, which holds the writer for some 40 ms

// A file read and compared with the registry as it is now.
struct Look {
  Ground ground{};
  Reading reading{};
  std::vector<Verdict> verdicts{};  // one per row; of a committed import what the commit did
};

base::Result<ImportStored> find_import(db::Scoped& q, std::int64_t id);  // error: not_found
base::Result<Look> look_at(api::Context& c, const ImportStored& stored);
Import shown(const ImportStored& stored, const Look& look);
Import listed(const ImportStored& stored);  // without the file: no columns

base::Result<Import> keep_import(api::Context& c, std::int64_t compound_id, std::string_view filename,
                                 std::string_view bytes);
// Errors: conflict "import_closed" when the import is no longer open to changes.
base::Result<Import> change_import(api::Context& c, std::int64_t id, const ImportPatch& in);
// Takes over what is new or changed, in parts; running it again goes on where it broke off, and changes
// nothing when it was done; a run that somebody stopped answers with `stopped`. Errors: those of the reading,
// conflict "import_closed".
base::Result<Import> commit_import(api::Context& c, std::int64_t id);
base::Result<ImportProgress> progress_of(api::Context& c, std::int64_t id);
// The part being written is finished; what is written stays, and the commit can go on or be taken back.
// Error: conflict "import_not_running".
base::Result<ImportProgress> stop_import(api::Context& c, std::int64_t id);
base::Result<void> discard_import(api::Context& c, std::int64_t id);

}  // namespace feature::exchange
