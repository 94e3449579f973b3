#include "feature/ledger/books.hpp"

#include <fmt/format.h>

#include <array>

#include "core/keyring.hpp"
#include "core/words.hpp"

namespace feature::ledger {
namespace {

// The place asked for is p or above it.
#define BELOW                                                                                             \
  "$1 IN (p.id, p.stair_id, p.building_id, p.phase_id, p.compound_id, p.community_id, p.subdistrict_id, " \
  "p.area_id, "                                                                                           \
  "p.district_id) AND {scope:p}"

std::string when(const db::Row& r) { return base::to_local(r.instant(0)).substr(0, 16); }
std::string word(std::string_view language, std::string_view group, std::string_view code) {
  const auto key = fmt::format("{}.{}", group, code);
  return core::has_words(language, key) ? core::words(language, key) : std::string(code);
}
// "36.5", or that it was not over the threshold, or nothing.
std::string temperature(const db::Row& r, int tenths, int note, std::string_view language) {
  if (!r.is_null(tenths)) return fmt::format("{}.{}", r.integer(tenths) / 10, r.integer(tenths) % 10);
  return r.text(note) == "below_threshold_no_reading" ? core::words(language, "temperature.below")
                                                      : std::string{};
}
// Masked everywhere: a printed ledger lies open at a gate (practice.md 24).
std::string name(const db::Row& r, int person, int guest) {
  return r.is_null(person) ? r.str(guest) : core::mask_name(r.text(person));
}

// --- survey: every household on record (LZ-31) ---------------------------------------------------------
constexpr auto survey_columns =
    std::to_array<std::string_view>({"at", "address", "head", "members", "from_outside", "source", "note"});
const Lines survey{
    "SELECT h.valid_from_ms, h.id, c.name, h.label, (SELECT MIN(pe.name) FROM residence r JOIN person pe ON "
    "pe.id = "
    "r.person_id WHERE r.household_id = h.id AND r.relation = 'head' AND r.valid_until_ms IS NULL), (SELECT "
    "COUNT(*) FROM residence r WHERE r.household_id = h.id AND r.valid_until_ms IS NULL), (SELECT COUNT(*) "
    "FROM "
    "residence r JOIN person pe ON pe.id = r.person_id WHERE r.household_id = h.id AND r.valid_until_ms IS "
    "NULL AND "
    "pe.origin IS NOT NULL), h.source, h.provisional FROM household h JOIN place p ON p.id = h.dwelling_id "
    "LEFT JOIN "
    "place c ON c.id = h.compound_id WHERE h.valid_until_ms IS NULL AND " BELOW,
    " AND h.valid_from_ms >= {arg}",
    " AND h.valid_from_ms < {arg}",
    {" AND (h.valid_from_ms, h.id) < ({arg}, {arg})",
     " ORDER BY h.valid_from_ms DESC, h.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      return {when(r),
              r.str(2) + " " + r.str(3),
              r.is_null(4) ? "" : core::mask_name(r.text(4)),
              std::to_string(r.integer(5)),
              r.integer(6) > 0 ? std::to_string(r.integer(6)) : "",
              word(language, "source", r.text(7)),
              r.boolean(8) ? core::words(language, "ledger.provisional") : ""};
    }};

// --- persons in and out (LZ-33) ------------------------------------------------------------------------
constexpr auto person_columns =
    std::to_array<std::string_view>({"at", "opening", "direction", "name", "document", "address",
                                     "temperature", "persons", "result", "note"});
#define PASSAGES                                                                                           \
  "SELECT g.happened_ms, g.id, o.name, g.direction, pe.name, gu.name_masked, pe.document_masked, c.name, " \
  "d.label, "                                                                                              \
  "g.temperature_tenths, g.temperature_note, g.persons + g.companions, g.result, g.emergency_reason, "     \
  "g.reason FROM "                                                                                         \
  "passage g JOIN place p ON p.id = g.compound_id LEFT JOIN place c ON c.id = g.compound_id LEFT JOIN "    \
  "opening o ON "                                                                                          \
  "o.id = g.opening_id LEFT JOIN dwelling d ON d.id = g.dwelling_id LEFT JOIN person pe ON pe.id = "       \
  "g.person_id LEFT "                                                                                      \
  "JOIN guest gu ON gu.id = g.guest_id WHERE " BELOW
std::string what_else(const db::Row& r, std::string_view language) {
  auto out = r.is_null(13) ? std::string{} : word(language, "emergency", r.text(13));
  if (!r.is_null(14)) out += (out.empty() ? "" : "; ") + r.str(14);
  return out;
}
const Lines persons{
    PASSAGES " AND g.holder_kind <> 'vehicle_emergency'",
    " AND g.happened_ms >= {arg}",
    " AND g.happened_ms < {arg}",
    {" AND (g.happened_ms, g.id) < ({arg}, {arg})", " ORDER BY g.happened_ms DESC, g.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      return {when(r),
              r.str(2),
              word(language, "direction", r.text(3)),
              name(r, 4, 5),
              r.str(6),
              r.str(7) + " " + r.str(8),
              temperature(r, 9, 10, language),
              std::to_string(r.integer(11)),
              word(language, "result", r.text(12)),
              what_else(r, language)};
    }};

// --- vehicles in and out (LZ-35) -----------------------------------------------------------------------
constexpr auto vehicle_columns = std::to_array<std::string_view>(
    {"at", "opening", "direction", "plate", "vehicle_kind", "persons", "temperature", "result", "note"});
// The temperature is the highest of those in it; an emergency vehicle has no plate and nobody was asked for
// one (practice.md 2).
const Lines vehicles{
    "SELECT g.happened_ms, g.id, o.name, g.direction, g.plate, g.vehicle_class, g.persons, (SELECT "
    "MAX(t.temperature_tenths) FROM passage t WHERE t.vehicle_passage_id = g.id), g.result, g.reason FROM "
    "vehicle_passage g JOIN place p ON p.id = g.compound_id LEFT JOIN opening o ON o.id = g.opening_id "
    "WHERE " BELOW,
    " AND g.happened_ms >= {arg}",
    " AND g.happened_ms < {arg}",
    {" AND (g.happened_ms, g.id) < ({arg}, {arg})", " ORDER BY g.happened_ms DESC, g.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      return {when(r),
              r.str(2),
              word(language, "direction", r.text(3)),
              r.str(4),
              word(language, "vehicle_class", r.text(5)),
              r.integer(6) > 0 ? std::to_string(r.integer(6)) : "",
              temperature(r, 7, 8, language),
              word(language, "result", r.text(8)),
              r.str(9)};
    }};
#undef PASSAGES

// --- what was done each day (LZ-37, XN-28) -------------------------------------------------------------
constexpr auto work_columns =
    std::to_array<std::string_view>({"at", "address", "category", "work", "done", "who", "note"});
const Lines work_log{
    "SELECT e.at_ms, e.id, c.name, d.label, k.category, i.kind, e.verb, a.display_name, e.note FROM "
    "work_event e JOIN "
    "work_item i ON i.id = e.item_id JOIN work_kind k ON k.code = i.kind JOIN place p ON p.id = i.place_id "
    "LEFT JOIN "
    "place c ON c.id = i.compound_id LEFT JOIN dwelling d ON d.id = i.place_id JOIN account a ON a.id = "
    "e.account_id "
    "WHERE " BELOW,
    " AND e.at_ms >= {arg}",
    " AND e.at_ms < {arg}",
    {" AND (e.at_ms, e.id) < ({arg}, {arg})", " ORDER BY e.at_ms DESC, e.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      return {when(r),
              r.str(2) + (r.is_null(3) ? "" : " " + r.str(3)),
              word(language, "work_category", r.text(4)),
              word(language, "work_kind", r.text(5)),
              word(language, "work_verb", r.text(6)),
              r.str(7),
              r.str(8)};
    }};
#undef BELOW

// --- supervision (LZ-38): inspector, problem, deadline, put right, told ---------------------------------
constexpr auto supervision_columns = std::to_array<std::string_view>(
    {"at", "address", "inspector", "problem", "deadline", "put_right", "checked", "bulletin"});

const std::array books{
    BookOf{Book::survey, survey_columns, &survey}, BookOf{Book::person_passage, person_columns, &persons},
    BookOf{Book::vehicle_passage, vehicle_columns, &vehicles},
    BookOf{Book::work_log, work_columns, &work_log}, BookOf{Book::supervision, supervision_columns, nullptr}};

}  // namespace

const BookOf& book_of(Book book) { return books.at(static_cast<std::size_t>(book)); }

}  // namespace feature::ledger
