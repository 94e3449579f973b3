#include "feature/exchange/forms.hpp"

#include "core/services.hpp"

namespace feature::exchange {
namespace {

constexpr int header_rows = 30;  // a header stands among the first rows of its sheet

// Empty for a row that can be no header.
std::string header_digest(const sheet::Row& row, const core::Keyring& keys) {
  std::string text;
  int named = 0;
  for (const auto& cell : row.cells) {
    text += cell.text + '\x1f';
    named += !cell.text.empty();
  }
  return named < 2 ? std::string() : keys.blind("form_header", text);
}

}  // namespace

base::Result<std::optional<ImportPatch>> remembered_form(db::Scoped& q, const sheet::Workbook& book,
                                                         std::int64_t compound_id,
                                                         const core::Keyring& keys) {
  std::optional<ImportPatch> found;
  base::Instant newest;
  for (std::size_t s = 0; s < book.sheets.size(); ++s)
    for (const auto& row : book.sheets[s].rows) {
      if (row.number > header_rows) break;
      const auto digest = header_digest(row, keys);
      if (digest.empty()) continue;
      q.one(
          "SELECT f.said, f.remembered_ms FROM remembered_form f JOIN place p ON p.community_id = "
          "f.community_id WHERE p.id = $1 AND f.header_digest = $2 AND {scope:p}",
          {compound_id, meta::Blob{digest}}, [&](const db::Row& r) {
            auto said = meta::from_json<ImportPatch>(r.text(0));
            if (!said || (found && r.instant(1) <= newest)) return;
            newest = r.instant(1);
            found = std::move(*said);
            found->sheet = meta::Int<0, 255>(static_cast<std::int64_t>(s));
            found->header_row = meta::Int<0, 200'000>(row.number);
          });
    }
  return found;
}

void remember_form(db::Scoped& q, const api::Context& c, const Look& look, const meta::Json& said,
                   std::int64_t new_id) {
  auto form = meta::from_json<ImportPatch>(said.text);
  const auto community = look.ground.compound.community_id;
  const auto& layout = look.reading.analysis.layout;
  const auto* header = look.reading.book.sheets[layout.sheet].find(layout.header_row);
  if (!form || (!form->mapping && !form->kind) || !community || !header) return;
  const auto digest = header_digest(*header, c.services.keys);
  if (digest.empty()) return;
  form->sheet.reset();
  form->header_row.reset();
  q.unscoped().run(
      "INSERT INTO remembered_form (id, community_id, header_digest, said, remembered_ms, remembered_by) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, header_digest) DO UPDATE SET said = "
      "excluded.said, remembered_ms = excluded.remembered_ms, remembered_by = excluded.remembered_by",
      {new_id, *community, meta::Blob{digest}, meta::to_json(*form), c.now, c.who.account});
}

}  // namespace feature::exchange
