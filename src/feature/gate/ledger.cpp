// The passage ledger as the office reads it: live, filtered, exported, corrected by reversing rows.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/as_of.hpp"
#include "core/list.hpp"
#include "core/words.hpp"
#include "feature/access/service.hpp"
#include "feature/gate/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto passage_columns = db::ScopedSql(
    "SELECT g.id, g.happened_ms, g.recorded_ms, g.opening_id, o.name, g.direction, g.result, "
    "g.holder_kind, d.label, g.household_id, g.person_ids, g.persons, g.companions, g.temperature_tenths, "
    "g.temperature_note, g.outcome, g.reasons, g.flags, g.policy_version, g.offline, e.label, (SELECT "
    "MAX(v.result) FROM passage v WHERE v.reverses_id = g.id), g.reverses_id, g.emergency_reason, "
    "g.reason, "
    "(SELECT pe.name FROM person pe WHERE pe.id = g.person_id), gu.name_masked, " AS_OF(
        "person", "g.person_id", "g.happened_ms") ", " AS_OF("dwelling", "g.dwelling_id", "g.happened_ms")
    " FROM passage g JOIN place p ON p.id = g.compound_id LEFT JOIN opening o ON o.id = g.opening_id "
    "LEFT JOIN dwelling d ON d.id = g.dwelling_id LEFT JOIN enrolment e ON e.id = g.enrolment_id "
    "LEFT JOIN guest gu ON gu.id = g.guest_id WHERE {scope:p}");

PassageKind kind_of(std::string_view holder, bool emergency) {
  if (holder == "vehicle_emergency") return PassageKind::vehicle;
  if (emergency) return PassageKind::emergency;
  return holder == "visitor" || holder == "worker" ? PassageKind::visitor : PassageKind::person;
}

Passage load_passage(const db::Row& r) {
  Passage g;
  g.id = meta::Id<PassageRow>(r.integer(0));
  g.happened = r.instant(1);
  g.recorded = r.instant(2);
  g.opening_id = r.integer(3);
  g.opening_name = r.str(4);
  meta::parse_enum(r.text(5), g.direction);
  meta::parse_enum(r.text(6), g.result);
  g.kind = kind_of(r.text(7), !r.is_null(23));
  g.label = core::said_then(r, 28, "label", r.maybe_text(8));
  g.household_id = r.maybe_integer(9);
  g.persons = static_cast<int>(r.integer(11));
  g.companions = static_cast<int>(r.integer(12));
  if (!r.is_null(13)) g.temperature_tenths = static_cast<int>(r.integer(13));
  meta::parse_enum(r.text(14), g.temperature_note);
  meta::parse_enum(r.text(15), g.outcome);
  g.reasons = base::words_of(r.text(16));
  g.flags = base::words_of(r.text(17));
  g.policy_version = r.integer(18);
  g.offline = r.boolean(19);
  g.device_label = r.str(20);
  // An outing may be closed and taken back as well: taken back says more ("reversed" > "closed").
  if (PassageResult corrected{}; meta::parse_enum(r.text(21), corrected)) g.corrected = corrected;
  g.reverses_id = r.maybe_integer(22);
  g.emergency_reason = r.maybe_text(23);
  g.note = r.maybe_text(24);
  // Movements of persons are shown with masked names everywhere (practice.md 20, 24).
  const auto name = core::said_then(r, 27, "name", r.maybe_text(25));
  g.person_names = name ? core::mask_name(*name) : r.str(26);
  return g;
}

// The filters of the page and of its export are one.
template <class Query>
struct Filter {
  db::ScopedSql sql = passage_columns.with(" AND g.compound_id = {arg}");
  std::vector<db::Arg> args;
  std::string flag, label;

  explicit Filter(const Query& in) : args{in.compound_id} {
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.opening_id) add(" AND g.opening_id = {arg}", *in.opening_id);
    if (in.direction) add(" AND g.direction = {arg}", meta::name_of(*in.direction));
    if (in.result) add(" AND g.result = {arg}", meta::name_of(*in.result));
    if (in.from_ms) add(" AND g.happened_ms >= {arg}", *in.from_ms);
    if (in.until_ms) add(" AND g.happened_ms < {arg}", *in.until_ms);
    if (in.household_id) add(" AND g.household_id = {arg}", *in.household_id);
    if (in.flag) {
      flag = "% " + *in.flag + " %";
      add(" AND ' ' || g.flags || ' ' LIKE {arg}", flag);
    }
    if (in.q) {
      label = *in.q + "%";
      add(" AND d.label LIKE {arg}", label);
    }
  }
};

constexpr std::array passage_orders{
    api::PageOrder{" AND (g.happened_ms, g.id) < ({arg}, {arg})",
                   " ORDER BY g.happened_ms DESC, g.id DESC LIMIT {arg}", "newest"},
    api::PageOrder{" AND (g.happened_ms, g.id) > ({arg}, {arg})", " ORDER BY g.happened_ms, g.id LIMIT {arg}",
                   "oldest"}};

api::SortKey by_time(const db::Row& r) { return {r.integer(1), r.integer(0)}; }

base::Instant day_start(base::Instant at) { return base::start_of(base::civil_day(at)); }

// Where a household goes, and when, is nobody's everyday business: the day and the count stay.
Passage load_movement(const db::Row& r) {
  auto g = load_passage(r);
  g.happened = g.recorded = day_start(g.happened);
  g.opening_id = 0;
  g.opening_name.clear();
  g.device_label.clear();
  g.temperature_tenths.reset();
  g.temperature_note = TemperatureNote::none;
  g.offline = false;
  g.masked = true;
  return g;
}

// Neither the order, nor the cursor, nor a filter says more than the lines do.
Result<api::Page<Passage>> list_movements(api::Context& c, PassageQuery in) {
  if (in.opening_id) return base::fail_field("/opening_id", "not_allowed");
  if (in.order && *in.order != PassageOrder::newest) return base::fail_field("/order", "not_allowed");
  if (in.from_ms) in.from_ms = day_start({*in.from_ms}).ms;
  if (in.until_ms) in.until_ms = day_start({*in.until_ms + base::day_ms - 1}).ms;
  return c.read([&](db::Scoped& q) {
    const Filter<PassageQuery> filter(in);
    return api::fetch_page<Passage>(q, filter.sql, filter.args, in.limit, in.cursor,
                                    {" AND (g.id, g.id) < ({arg}, {arg})", " ORDER BY g.id DESC LIMIT {arg}"},
                                    load_movement, [](const db::Row& r) {
                                      return api::SortKey{r.integer(0), r.integer(0)};
                                    });
  });
}

Result<api::Page<Passage>> list_passages(api::Context& c, const PassageQuery& in) {
  if (in.household_id) return list_movements(c, in);
  return c.read([&](db::Scoped& q) {
    const Filter<PassageQuery> filter(in);
    return api::fetch_page<Passage>(q, filter.sql, filter.args, in.limit, in.cursor,
                                    api::order_of(in.order, passage_orders), load_passage, by_time);
  });
}

// The newest of one household as they were, on record before they leave.
Result<api::Page<Passage>> show_movements(api::Context& c, const MovementsWanted& in) {
  PassageQuery query;
  query.household_id = c.id();
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    query.compound_id = q.count(
        "SELECT h.compound_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id = $1 AND "
        "{scope:p}",
        {c.id()});
    if (query.compound_id == 0) return base::fail(ErrorKind::not_found, "not_found");
    auto reason = access::reveal_reason(q, c, query.compound_id, in.reason);
    if (!reason) return tl::unexpected(std::move(reason).error());
    core::audit(q, c, {"passage.reveal", "household", c.id(), query.compound_id, {}, std::move(*reason)});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return c.read([&](db::Scoped& q) {
    const Filter<PassageQuery> filter(query);
    return api::fetch_page<Passage>(q, filter.sql, filter.args, std::nullopt, std::nullopt, passage_orders[0],
                                    load_passage, by_time);
  });
}

constexpr std::string_view export_columns[] = {"happened",  "opening", "direction",  "result",      "label",
                                               "names",     "persons", "companions", "temperature", "reason",
                                               "emergency", "verdict", "reasons",    "flags",       "policy",
                                               "offline",   "device",  "recorded"};

std::string joined_words(std::string_view language, std::string_view prefix,
                         const std::vector<std::string>& codes) {
  std::string out;
  for (const auto& code : codes)
    out += (out.empty() ? "" : "; ") + (core::has_words(language, std::string(prefix) + code)
                                            ? core::words(language, std::string(prefix) + code)
                                            : code);
  return out;
}

std::vector<sheet::Value> export_row(const Passage& g, std::string_view language) {
  const auto word = [&](const std::string& key) { return core::words(language, key); };
  std::string temperature;
  if (g.temperature_tenths)
    temperature = fmt::format("{}.{}", *g.temperature_tenths / 10, *g.temperature_tenths % 10);
  else if (g.temperature_note == TemperatureNote::below_threshold_no_reading)
    temperature = word("temperature.below");
  return {base::to_local(g.happened),
          g.opening_name,
          word("direction." + std::string(meta::name_of(g.direction))),
          word("result." + std::string(meta::name_of(g.result))),
          g.label.value_or(""),
          g.person_names,
          std::int64_t{g.persons},
          std::int64_t{g.companions},
          temperature,
          g.note.value_or(""),
          g.emergency_reason ? word("emergency." + *g.emergency_reason) : std::string{},
          word("outcome." + std::string(meta::name_of(g.outcome))),
          joined_words(language, "reason.", g.reasons),
          joined_words(language, "flag.", g.flags),
          g.policy_version,
          g.offline ? word("yes") : std::string{},
          g.device_label,
          base::to_local(g.recorded)};
}

// Places in export_columns, in the order they are wanted.
Result<std::vector<std::size_t>> chosen_columns(const std::optional<meta::Text<1, 1000>>& names) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; !names && i < std::size(export_columns); ++i) out.push_back(i);
  for (std::size_t at = 0; names && at <= names->size();) {
    const auto end = std::min(names->find(',', at), names->size());
    const auto name = names->substr(at, end - at);
    const auto found = std::ranges::find(export_columns, name);
    if (found == std::end(export_columns))
      return base::fail_field("/columns", "not_allowed", {{"value", name}});
    out.push_back(static_cast<std::size_t>(found - std::begin(export_columns)));
    at = end + 1;
  }
  return out;
}

Result<api::Response> export_passages(api::Context& c, const PassageExport& in) {
  const auto columns = chosen_columns(in.columns);
  if (!columns) return tl::unexpected(columns.error());
  const std::string language(core::language_of(in.lang.value_or(""), c.request.header("accept-language")));
  auto asked = c.write([&](db::Scoped& q) -> Result<core::Asked> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    core::audit(q, c, {"passage.export", "place", in.compound_id, in.compound_id});
    return core::asked_for(q, language, meta::record_of<PassageExport>(), &in);
  });
  if (!asked) return tl::unexpected(std::move(asked).error());

  std::vector<sheet::TableColumn> heads;
  for (const auto i : *columns)
    heads.push_back({core::words(language, fmt::format("export.column.{}", export_columns[i])),
                     export_columns[i] == "happened" ? 20.0 : 14.0});
  auto file = core::TableFile::make(
      c.services.data_directory, in.format.value_or(core::ExportFormat::xlsx), language,
      core::head_of(c, language, core::words(language, "export.passages"), *asked), std::move(heads));
  if (!file) return tl::unexpected(std::move(file).error());
  auto written = c.read([&](db::Scoped& q) -> Result<bool> {
    const Filter<PassageExport> filter(in);
    std::optional<base::Error> failed;
    const auto sql = in.order == PassageOrder::newest
                         ? filter.sql.with(" ORDER BY g.happened_ms DESC, g.id DESC")
                         : filter.sql.with(" ORDER BY g.happened_ms, g.id");
    q.run(sql, filter.args, [&](const db::Row& r) {
      if (failed) return;
      const auto all = export_row(load_passage(r), language);
      std::vector<sheet::Value> row;
      for (const auto i : *columns) row.push_back(all[i]);
      if (auto done = (*file)->row(row); !done) failed = done.error();
    });
    if (failed) return tl::unexpected(std::move(*failed));
    return true;
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return core::TableFile::finish(std::move(*file), "passages");
}

constexpr auto original_columns = db::ScopedSql(
    "SELECT g.id, g.compound_id, g.opening_id, g.happened_ms, g.direction, g.result, g.holder_kind, "
    "g.household_id, g.dwelling_id, g.person_id, g.persons, g.companions, g.person_ids, g.policy_version, "
    "g.vehicle_passage_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE {scope:p}");

PassageRow load_original(const db::Row& r) {
  PassageRow g;
  g.id = meta::Id<PassageRow>(r.integer(0));
  g.compound_id = r.integer(1);
  g.opening_id = r.integer(2);
  g.happened = r.instant(3);
  meta::parse_enum(r.text(4), g.direction);
  meta::parse_enum(r.text(5), g.result);
  meta::parse_enum(r.text(6), g.holder_kind);
  g.household_id = r.maybe_integer(7);
  g.dwelling_id = r.maybe_integer(8);
  g.person_id = r.maybe_integer(9);
  g.persons = static_cast<int>(r.integer(10));
  g.companions = static_cast<int>(r.integer(11));
  g.person_ids = r.str(12);
  g.policy_version = r.integer(13);
  g.vehicle_passage_id = r.maybe_integer(14);
  return g;
}

PassageRow correction_of(const PassageRow& original, std::int64_t id, PassageResult result,
                         const std::string& reason, std::int64_t account, base::Instant now) {
  auto row = original;
  row.id = meta::Id<PassageRow>(id);
  row.happened = row.recorded = now;
  row.device_ms = now.ms;
  row.result = result;
  row.reason = reason;
  row.account_id = account;
  row.reverses_id = original.id.value;
  return row;
}

bool corrected(db::Scoped& q, const PassageRow& original, PassageResult result) {
  return q.unscoped().count(
             "SELECT COUNT(*) FROM passage WHERE compound_id = $1 AND happened_ms >= $2 AND "
             "reverses_id = $3 AND result = $4",
             {original.compound_id, original.happened, original.id, meta::name_of(result)}) > 0;
}

// A reversing row keeps what was written and takes its effect away; closing ends an outing whose return was
// not scanned. Both need a reason and leave the original as it is.
Result<Passage> correct(api::Context& c, const Correction& in, PassageResult result) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Passage> {
    std::optional<PassageRow> original;
    q.one(original_columns.with(" AND g.id = {arg}"), {c.id()},
          [&](const db::Row& r) { original = load_original(r); });
    if (!original) return base::fail(ErrorKind::not_found, "not_found");
    if (original->result == PassageResult::reversed || original->result == PassageResult::closed)
      return base::fail(ErrorKind::conflict, "is_a_correction");
    if (result == PassageResult::closed &&
        (original->direction != rule::Direction::out || original->result != PassageResult::passed))
      return base::fail(ErrorKind::conflict, "not_an_exit");
    if (original->household_id)
      q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {*original->household_id});
    if (corrected(q, *original, result)) return base::fail(ErrorKind::conflict, "already_corrected");
    core::append(q, correction_of(*original, id, result, in.reason, c.who.account, c.now));
    core::audit(q, c,
                {"passage." + std::string(meta::name_of(result)), "passage", original->id.value,
                 original->compound_id});
    core::note_change(q, "passage", original->compound_id, id, c.now);
    Passage shown;
    q.one(passage_columns.with(" AND g.id = {arg}"), {id},
          [&](const db::Row& r) { shown = load_passage(r); });
    return shown;
  });
}

Result<Passage> reverse(api::Context& c, const Correction& in) {
  return correct(c, in, PassageResult::reversed);
}
Result<Passage> close_outing(api::Context& c, const Correction& in) {
  return correct(c, in, PassageResult::closed);
}

}  // namespace

void reverse_riders(db::Scoped& q, std::int64_t vehicle_passage_id, std::int64_t reversal,
                    const std::vector<std::int64_t>& ids, const std::string& reason, std::int64_t account,
                    base::Instant now) {
  std::vector<PassageRow> riders;
  q.run(original_columns.with(" AND g.vehicle_passage_id = {arg}")
            .with(" AND g.reverses_id IS NULL ORDER BY g.id"),
        {vehicle_passage_id}, [&](const db::Row& r) { riders.push_back(load_original(r)); });
  for (std::size_t i = 0; i < riders.size() && i < ids.size(); ++i) {
    const auto& rider = riders[i];
    if (rider.household_id)
      q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {*rider.household_id});
    if (corrected(q, rider, PassageResult::reversed)) continue;
    auto row = correction_of(rider, ids[i], PassageResult::reversed, reason, account, now);
    row.vehicle_passage_id = reversal;
    core::append(q, row);
  }
}

void ledger_routes(api::Router& r) {
  r.get<PassageQuery, api::Page<Passage>>("/api/passages", Permission::passage_read,
                                          "The passage ledger, newest first", list_passages);
  r.get<PassageExport, api::Response>("/api/passages/export", Permission::passage_export,
                                      "The ledger as xlsx or csv", export_passages)
      .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  r.post<MovementsWanted, api::Page<Passage>>("/api/households/{id}/movements", Permission::passage_read,
                                              "When and where a household passed, for a reason",
                                              show_movements);
  r.post<Correction, Passage>("/api/passages/{id}/reverse", Permission::passage_write, "Take a passage back",
                              reverse);
  r.post<Correction, Passage>("/api/passages/{id}/close", Permission::passage_write,
                              "End an outing whose return was not scanned", close_outing);
}

}  // namespace feature::gate
