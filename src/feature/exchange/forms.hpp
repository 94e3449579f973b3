#pragma once
// Forms that somebody explained before: what was said of a file is found again by the words of its header,
// within one community. Only the header's digest and the meaning of its columns are kept.
#include "feature/exchange/imports.hpp"

namespace feature::exchange {

// What was said of the form whose header stands in this workbook, the newest saying if several do; the sheet
// and the row of the header are those of this workbook.
base::Result<std::optional<ImportPatch>> remembered_form(db::Scoped& q, const sheet::Workbook& book,
                                                         std::int64_t compound_id, const core::Keyring& keys);
// Keeps what was said of the columns or the kind of this file, if anything was.
void remember_form(db::Scoped& q, const api::Context& c, const Look& look, const meta::Json& said,
                   std::int64_t new_id);

}  // namespace feature::exchange
