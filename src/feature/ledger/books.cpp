#include "feature/ledger/books.hpp"

#include <fmt/format.h>

#include <array>

#include "core/as_of.hpp"
#include "core/keyring.hpp"
#include "core/words.hpp"

namespace feature::ledger {
namespace {

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
std::string name(const std::optional<std::string>& person, std::string guest) {
  return person ? core::mask_name(*person) : std::move(guest);
}

// --- survey: every household on record, and every door of a round that was resolved (LZ-31, XN-57) --------
constexpr auto survey_columns =
    std::to_array<std::string_view>({"at", "address", "head", "members", "from_outside", "source", "note"});
#define LIVES_AT "FROM residence r JOIN person pe ON pe.id = r.person_id WHERE r.valid_until_ms IS NULL AND "
// The channel of a visit is how somebody was reached at last.
const Lines survey{
    "SELECT x.at_ms, x.id, c.name, x.label, x.head, x.members, x.outside, x.source, x.provisional, "
    "x.outcome, x.round FROM (SELECT h.valid_from_ms AS at_ms, h.id AS id, h.dwelling_id AS dwelling_id, "
    "h.label AS label, "
    "(SELECT MIN(pe.name) " LIVES_AT
    "r.household_id = h.id AND r.relation = 'head') AS head, (SELECT COUNT(*) FROM residence r WHERE "
    "r.household_id = h.id AND r.valid_until_ms IS NULL) AS members, (SELECT COUNT(*) " LIVES_AT
    "r.household_id = h.id AND pe.origin IS NOT NULL) AS outside, h.source AS source, h.provisional AS "
    "provisional, CAST(NULL AS text) AS outcome, CAST(NULL AS text) AS round FROM household h WHERE "
    "h.valid_until_ms IS NULL "
    "UNION ALL SELECT v.settled_ms, v.id, v.dwelling_id, d.label, (SELECT MIN(pe.name) " LIVES_AT
    "r.dwelling_id = v.dwelling_id AND r.relation = 'head'), v.persons, (SELECT COUNT(*) " LIVES_AT
    "r.dwelling_id = v.dwelling_id AND pe.origin IS NOT NULL), v.settled_by, 0, v.outcome, n.name FROM "
    "survey_visit v JOIN dwelling d ON d.id = v.dwelling_id JOIN survey_round n ON n.id = v.round_id WHERE "
    "v.state = 'resolved') x JOIN place p ON p.id = x.dwelling_id LEFT JOIN place c ON c.id = "
    "p.compound_id WHERE {scope:p}",
    " AND x.at_ms >= {arg}",
    " AND x.at_ms < {arg}",
    {" AND (x.at_ms, x.id) < ({arg}, {arg})", " ORDER BY x.at_ms DESC, x.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      std::string note = r.boolean(8) ? core::words(language, "ledger.provisional") : "";
      if (!r.is_null(10)) note = r.str(10) + ": " + word(language, "survey_outcome", r.text(9));
      return {when(r),
              r.str(2) + " " + r.str(3),
              r.is_null(4) ? "" : core::mask_name(r.text(4)),
              r.is_null(5) ? "" : std::to_string(r.integer(5)),
              r.integer(6) > 0 ? std::to_string(r.integer(6)) : "",
              word(language, r.is_null(10) ? "source" : "survey_contact", r.text(7)),
              note};
    }};
#undef LIVES_AT

// --- persons in and out (LZ-33) ------------------------------------------------------------------------
constexpr auto person_columns =
    std::to_array<std::string_view>({"at", "opening", "direction", "name", "document", "address",
                                     "temperature", "persons", "result", "note"});
// Name, document and address as they were at the passage: moves and new names are of later pages. The
// dwelling is the one the passage names, else where the person lived then.
constexpr db::ScopedSql passages_of_persons =
    "SELECT g.happened_ms, g.id, o.name, g.direction, pe.name, gu.name_masked, pe.document_masked, c.name, "
    "d.label, g.temperature_tenths, g.temperature_note, g.persons + g.companions, g.result, "
    "g.emergency_reason, g.reason, " AS_OF("person", "g.person_id", "g.happened_ms") ", " AS_OF(
        "place", "g.compound_id", "g.happened_ms") ", " AS_OF("dwelling", "d.id", "g.happened_ms")
    " FROM passage g JOIN place p ON p.id = g.compound_id LEFT JOIN place c ON c.id = g.compound_id LEFT "
    "JOIN opening o ON o.id = g.opening_id LEFT JOIN dwelling d ON d.id = COALESCE(g.dwelling_id, (SELECT "
    "r.dwelling_id FROM residence r WHERE r.person_id = g.person_id AND r.valid_from_ms <= g.happened_ms AND "
    "(r.valid_until_ms IS NULL OR r.valid_until_ms > g.happened_ms) ORDER BY r.is_primary DESC, r.id LIMIT "
    "1)) LEFT JOIN person pe ON pe.id = g.person_id LEFT JOIN guest gu ON gu.id = g.guest_id WHERE {scope:p}"
    " AND g.holder_kind <> 'vehicle_emergency'";
std::string what_else(const db::Row& r, std::string_view language) {
  auto out = r.is_null(13) ? std::string{} : word(language, "emergency", r.text(13));
  if (!r.is_null(14)) out += (out.empty() ? "" : "; ") + r.str(14);
  return out;
}
const Lines persons{
    passages_of_persons,
    " AND g.happened_ms >= {arg}",
    " AND g.happened_ms < {arg}",
    {" AND (g.happened_ms, g.id) < ({arg}, {arg})", " ORDER BY g.happened_ms DESC, g.id DESC LIMIT {arg}"},
    [](const db::Row& r, std::string_view language) -> std::vector<std::string> {
      return {when(r),
              r.str(2),
              word(language, "direction", r.text(3)),
              name(core::said_then(r, 15, "name", r.maybe_text(4)), r.str(5)),
              core::said_then(r, 15, "document_masked", r.maybe_text(6)).value_or(""),
              core::said_then(r, 16, "name", r.maybe_text(7)).value_or("") + " " +
                  core::said_then(r, 17, "label", r.maybe_text(8)).value_or(""),
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
    "WHERE {scope:p}",
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

// --- what was done each day (LZ-37, XN-28) -------------------------------------------------------------
constexpr auto work_columns =
    std::to_array<std::string_view>({"at", "address", "category", "work", "done", "who", "note"});
const Lines work_log{
    "SELECT e.at_ms, e.id, c.name, d.label, k.category, i.kind, e.verb, a.display_name, e.note FROM "
    "work_event e JOIN work_item i ON i.id = e.item_id JOIN work_kind k ON k.code = i.kind JOIN place p ON "
    "p.id = i.place_id LEFT JOIN place c ON c.id = i.compound_id LEFT JOIN dwelling d ON d.id = i.place_id "
    "JOIN account a ON a.id = e.account_id WHERE {scope:p}",
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
