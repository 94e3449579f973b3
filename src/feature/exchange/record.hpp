#pragma once
// An import is one file of an office on its way into the registry: read, compared, looked at by a person,
// taken over in one step. Nothing of the file's contents is stored here but counts; the file itself is kept
// sealed (file.hpp) and read again whenever somebody asks.
#include <optional>
#include <string>
#include <vector>

#include "meta/describe.hpp"

namespace feature::exchange {

enum class State {
  analysed,
  committing,  // a commit is under way or broke off; shown as analysed, another commit goes on with it
  committed,
  discarded,
  failed,   // the kept file can no longer be read
  undoing,  // an undo is under way or broke off; shown as committed, another undo goes on with it
  undone
};
enum class Kind { unknown, dwellings, roster, vehicles, stewardship, meters };
// What taking a row over would do.
enum class RowStatus {
  fresh,      // adds a record
  changed,    // fills what a known record lacks
  doubtful,   // contradicts a known record, which stays as it is
  wrong,      // cannot be placed
  duplicate,  // says the same as a row above
  unchanged   // known already
};

struct SheetName {
  std::string name{};
  std::int64_t rows = 0;
};
struct Column {
  int index = 0;  // from 0
  std::string header{};
  std::optional<std::string> field{};  // null: not imported
  std::vector<std::string> sample{};
};
struct Count {
  std::string code{};
  std::int64_t count = 0;
};
struct RowIssue {
  std::optional<int> column{};  // from 0; null: the row as a whole
  std::string code{};
  meta::Json params{"{}"};
};
struct ImportRow {
  int row = 0;  // of the sheet, from 1
  RowStatus status = RowStatus::fresh;
  std::vector<std::string> cells{};
  std::vector<RowIssue> issues{};
};

// What an undo did. Records that were changed or used by somebody since stay as they are.
struct Undone {
  std::int64_t removed = 0, restored = 0, kept = 0;  // records
  std::vector<std::string> kept_rooms{};             // the first of them
};

struct ImportStored;
struct Import {
  meta::Id<ImportStored> id;
  std::int64_t compound_id = 0;
  std::string filename{};
  State state = State::analysed;
  Kind kind = Kind::unknown;
  double confidence = 0;
  std::vector<SheetName> sheets{};
  int sheet = 0, header_row = 0, header_rows = 1;
  std::vector<Column> columns{};
  std::vector<std::string> fields{};
  std::vector<Count> counts{};
  std::vector<RowIssue> issues{};  // of the sheet as a whole
  std::int64_t fresh = 0, changed = 0, doubtful = 0, wrong = 0, duplicate = 0, unchanged = 0;
  meta::Instant created{};
  std::optional<meta::Instant> committed{};
  bool remembered = false;           // read as somebody said of this form before
  std::int64_t done = 0, total = 0;  // of a commit or an undo under way
  bool stopped = false;              // by a person, before it was done
  std::optional<meta::Instant> undone{};
  std::optional<Undone> undo{};
};

// A row of the table `import`. `summary` is an Import as far as it says nothing of people: no columns, no
// samples.
struct ImportStored {
  meta::Id<ImportStored> id;
  std::int64_t compound_id = 0;
  std::string filename{};
  State state = State::analysed;
  meta::Json overrides{"{}"};
  meta::Json summary{"{}"};
  std::string row_statuses{};  // one letter per row, empty before the commit
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> committed{};
  std::int64_t done = 0, total = 0;
  bool stop = false;
  std::optional<meta::Instant> undone{};
  meta::Json undo{"{}"};
};

// How somebody said that a form is to be read: an ImportPatch, by a digest of the form's header.
struct RememberedForm {
  meta::Id<RememberedForm> id;
  std::int64_t community_id = 0;
  meta::Bytes header_digest{};
  meta::Json said{"{}"};
  meta::Instant remembered{};
  std::int64_t remembered_by = 0;
};

struct ImportProgress {
  State state = State::analysed;
  std::int64_t done = 0, total = 0;
  bool stopped = false;
};
struct UndoOrder {
  meta::Text<2, 200> reason;
};

struct ColumnChoice {
  meta::Int<0, 511> index;
  std::optional<meta::Text<1, 40>> field{};  // null: not imported
};
// What a person says about how a file is to be read; also the stored overrides.
struct ImportPatch {
  std::optional<Kind> kind{};  // unknown: recognise it
  std::optional<meta::Int<0, 255>> sheet{};
  std::optional<meta::Int<0, 200'000>> header_row{};  // 0: there is none
  std::optional<std::vector<ColumnChoice>> mapping{};
};

struct NewImport {
  std::int64_t compound_id = 0;
  meta::Text<1, 200> filename;
};
struct ImportQuery {
  std::int64_t compound_id = 0;
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct RowQuery {
  std::optional<RowStatus> status{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct WorkbookQuery {
  std::optional<meta::Text<2, 5>> lang{};
};

}  // namespace feature::exchange

META_ENUM(feature::exchange::State, "analysed", "committing", "committed", "discarded", "failed", "undoing",
          "undone")
META_ENUM(feature::exchange::Kind, "unknown", "dwellings", "roster", "vehicles", "stewardship", "meters")
META_ENUM(feature::exchange::RowStatus, "new", "changed", "doubtful", "wrong", "duplicate", "unchanged")

META_DESCRIBE(feature::exchange::SheetName, "SheetName", "", name, rows)
META_DESCRIBE(feature::exchange::Column, "ImportColumn", "", index, header, field, sample)
META_DESCRIBE(feature::exchange::Count, "ImportCount", "", code, count)
META_DESCRIBE(feature::exchange::RowIssue, "ImportIssue", "", column, code, params)
META_DESCRIBE(feature::exchange::Undone, "ImportUndone", "", removed, restored, kept, kept_rooms)
META_DESCRIBE(feature::exchange::ImportProgress, "ImportProgress", "", state, done, total, stopped)
META_DESCRIBE(feature::exchange::UndoOrder, "ImportUndo", "", reason)
META_DESCRIBE(feature::exchange::ImportRow, "ImportRow", "", row, status, cells, issues)
META_DESCRIBE(feature::exchange::ColumnChoice, "ColumnChoice", "", index, field)
META_DESCRIBE(feature::exchange::ImportPatch, "ImportPatch", "", kind, sheet, header_row, mapping)
META_DESCRIBE(feature::exchange::NewImport, "NewImport", "", compound_id, filename)
META_DESCRIBE(feature::exchange::ImportQuery, "ImportQuery", "", compound_id, limit, cursor)
META_DESCRIBE(feature::exchange::RowQuery, "ImportRowQuery", "", status, limit, cursor)
META_DESCRIBE(feature::exchange::WorkbookQuery, "WorkbookQuery", "", lang)

namespace meta {
template <>
struct Describe<feature::exchange::Import> {
  using T = feature::exchange::Import;
  static constexpr std::string_view name = "Import", table = "";
  static constexpr std::array fields{
      field<&T::id>("id"),
      field<&T::compound_id>("compound_id"),
      field<&T::filename>("filename"),
      field<&T::state>("state"),
      field<&T::kind>("kind"),
      field<&T::confidence>("confidence", {.doc = "0..1 that the kind is right"}),
      field<&T::sheets>("sheets"),
      field<&T::sheet>("sheet", {.doc = "Index into sheets"}),
      field<&T::header_row>("header_row", {.doc = "Last row of the header, from 1"}),
      field<&T::header_rows>("header_rows"),
      field<&T::columns>("columns", {.doc = "Empty in lists"}),
      field<&T::fields>("fields", {.doc = "What a column of this kind may mean"}),
      field<&T::counts>("counts"),
      field<&T::issues>("issues", {.doc = "Of the sheet as a whole"}),
      field<&T::fresh>("new"),
      field<&T::changed>("changed"),
      field<&T::doubtful>("doubtful"),
      field<&T::wrong>("wrong"),
      field<&T::duplicate>("duplicate"),
      field<&T::unchanged>("unchanged"),
      field<&T::created>("created_ms"),
      field<&T::committed>("committed_ms"),
      field<&T::remembered>("remembered", {.doc = "Read as somebody said of this form before"}),
      field<&T::done>("done", {.doc = "Rows written, or records looked at by an undo"}),
      field<&T::total>("total"),
      field<&T::stopped>("stopped", {.doc = "Somebody stopped it before it was done"}),
      field<&T::undone>("undone_ms"),
      field<&T::undo>("undo")};
};
template <>
struct Describe<feature::exchange::ImportStored> {
  using T = feature::exchange::ImportStored;
  static constexpr std::string_view name = "ImportStored", table = "import";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::compound_id>("compound_id"),
                                     field<&T::filename>("filename"),
                                     field<&T::state>("state"),
                                     field<&T::overrides>("overrides"),
                                     field<&T::summary>("summary"),
                                     field<&T::row_statuses>("row_statuses"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms"),
                                     field<&T::committed>("committed_ms"),
                                     field<&T::done>("done"),
                                     field<&T::total>("total"),
                                     field<&T::stop>("stop"),
                                     field<&T::undone>("undone_ms"),
                                     field<&T::undo>("undone")};
};
template <>
struct Describe<feature::exchange::RememberedForm> {
  using T = feature::exchange::RememberedForm;
  static constexpr std::string_view name = "RememberedForm", table = "remembered_form";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::community_id>("community_id"),
                                     field<&T::header_digest>("header_digest"),
                                     field<&T::said>("said"),
                                     field<&T::remembered>("remembered_ms"),
                                     field<&T::remembered_by>("remembered_by")};
};
}  // namespace meta
