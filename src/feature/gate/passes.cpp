// Exit cards: issued for a scope, printed in walking order, active once handed over.

#include <fmt/format.h>

#include <array>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/words.hpp"
#include "feature/gate/card_face.hpp"
#include "feature/gate/routes.hpp"
#include "feature/place/service.hpp"
#include "token/short_code.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int default_valid_days = 90;

constexpr auto pass_columns = db::ScopedSql(
    "SELECT ps.id, ps.compound_id, ps.household_id, ps.dwelling_id, ps.sort, ps.label, ps.pass_class, "
    "ps.state, ps.generation, ps.short_code, ps.token, ps.batch, ps.issued_ms, ps.issued_by, "
    "ps.valid_until, ps.activated_ms, ps.void_ms, ps.void_reason, ps.replaced_by, ps.person_id, "
    "ps.vehicle_id, ps.guest_id, (SELECT pe.name FROM person pe WHERE pe.id = ps.person_id), "
    "COALESCE((SELECT v.plate FROM vehicle v WHERE v.id = ps.vehicle_id), (SELECT gu.name_masked FROM "
    "guest gu WHERE gu.id = ps.guest_id)) FROM pass ps JOIN place p ON p.id = ps.compound_id WHERE "
    "{scope:p}");

Pass shown(const PassRow& row) {
  Pass p;
  p.id = row.id;
  p.compound_id = row.compound_id;
  p.household_id = row.household_id;
  p.label = row.label;
  p.pass_class = row.pass_class;
  p.state = row.state;
  p.serial = row.generation;
  p.short_code_masked = "****" + row.short_code.substr(row.short_code.size() - 4);
  p.issued = row.issued;
  p.activated = row.activated;
  p.voided = row.voided;
  p.void_reason = row.void_reason;
  p.valid_until = row.valid_until;
  p.batch = row.batch;
  return p;
}

Pass load_shown(const db::Row& r) {
  auto pass = shown(meta::load<PassRow>(r));
  pass.holder = r.maybe_text(23);
  if (!r.is_null(22)) pass.holder = core::mask_name(r.text(22));
  return pass;
}

Result<PassRow> own_pass(db::Scoped& q, std::int64_t id) {
  auto row = pass_by_id(q, id);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  return *row;
}

Result<Issued> issue_blank(api::Context& c, const BlankPasses& in) {
  const auto valid_until = in.valid_until.value_or(base::civil_day(c.now) + default_valid_days);
  Issued out;
  out.batch = new_batch(c.now);
  std::vector<PassRow> rows;
  for (std::int64_t i = 0; i < in.count; ++i)
    rows.push_back(make_pass(c.services.keys, c.store.next_id(), in.compound_id, std::nullopt, out.batch,
                             valid_until, c.now, c.who.account));
  out.issued = in.count;
  return c.write([&](db::Scoped& q) -> Result<Issued> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    insert_passes(q, rows, core::source_of(c));
    core::audit(q, c,
                {"pass.blank", "pass", rows.front().id.value, in.compound_id, std::to_string(rows.size())});
    core::note_change(q, "pass", in.compound_id, rows.front().id.value, c.now);
    return out;
  });
}

constexpr std::array pass_orders{
    api::PageOrder{" AND (ps.sort, ps.id) > ({arg}, {arg})", " ORDER BY ps.sort, ps.id LIMIT {arg}",
                   "walking"},
    api::PageOrder{" AND (ps.sort, ps.id) < ({arg}, {arg})", " ORDER BY ps.sort DESC, ps.id DESC LIMIT {arg}",
                   "walking_back"},
    api::PageOrder{" AND (ps.issued_ms, ps.id) < ({arg}, {arg})",
                   " ORDER BY ps.issued_ms DESC, ps.id DESC LIMIT {arg}", "newest"},
    api::PageOrder{" AND (ps.issued_ms, ps.id) > ({arg}, {arg})", " ORDER BY ps.issued_ms, ps.id LIMIT {arg}",
                   "oldest"}};

Result<api::Page<Pass>> list_passes(api::Context& c, const PassQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = pass_columns.with(" AND ps.compound_id = {arg}");
    std::vector<db::Arg> args{in.compound_id};
    if (in.state) {
      sql = sql.with(" AND ps.state = {arg}");
      args.push_back(meta::name_of(*in.state));
    }
    if (in.household_id) {
      sql = sql.with(" AND ps.household_id = {arg}");
      args.push_back(*in.household_id);
    }
    const auto like = in.q ? *in.q + "%" : "";
    if (in.q) {
      sql = sql.with(" AND ps.label LIKE {arg}");
      args.push_back(like);
    }
    return api::fetch_page<Pass>(q, sql, args, in.limit, in.cursor, api::order_of(in.order, pass_orders),
                                 load_shown, [&](const db::Row& r) {
                                   if (in.order.value_or(PassOrder{}) >= PassOrder::newest)
                                     return api::SortKey{r.integer(12), r.integer(0)};
                                   return api::SortKey{r.str(4), r.integer(0)};
                                 });
  });
}

Result<api::Response> print_passes(api::Context& c, const PrintQuery& in) {
  const auto language = core::language_of(in.lang.value_or(""), c.request.header("accept-language"));
  std::string compound;
  auto rows = c.write([&](db::Scoped& q) -> Result<std::vector<CardFace>> {
    const auto found = place::find_compound(q, in.compound_id);
    if (!found) return base::fail_field("/compound_id", "not_found");
    compound = found->name;
    auto list = card_faces(q, in);
    if (list.empty()) return base::fail_field("/batch", "nothing_to_print");
    core::audit(q, c, {"pass.print", "place", in.compound_id, in.compound_id, std::to_string(list.size())});
    return list;
  });
  if (!rows) return tl::unexpected(std::move(rows).error());

  api::Response response;
  const auto word = [&](std::string_view key, const base::ErrorParams& params = {}) {
    return core::words(language, key, params);
  };
  print::CardSheetOptions options;
  options.layout = in.layout == PrintLayout::single ? print::CardLayout::single : print::CardLayout::a4_ten;
  options.card_title = word("card.title");
  options.document_title = compound + " " + options.card_title;
  options.created = base::to_iso(c.now);
  options.rules = word("card.rules");
  options.valid_until_label = word("card.valid_until");
  options.building_label = word("card.building");
  options.room_label = word("card.room");
  options.name_label = word("card.name");
  options.sheet_title = word("card.sheet", {{"compound", compound}, {"batch", in.batch.value_or("")}});
  options.footer = word("card.footer");
  options.page_format = word("card.page");
  auto sheet = print::CardSheet::open(
      [&](std::string_view bytes) {
        response.body += bytes;
        return true;
      },
      std::move(options));
  if (!sheet) return tl::unexpected(std::move(sheet).error());
  for (const auto& row : *rows)
    if (auto added = sheet->add(print_card(row, language, compound)); !added)
      return tl::unexpected(std::move(added).error());
  if (auto done = sheet->finish(); !done) return tl::unexpected(std::move(done).error());
  response.set("Content-Type", "application/pdf");
  response.set("Content-Disposition", "inline; filename=\"cards.pdf\"");
  return response;
}

// The rows of a pass are changed under the guard of its own row version: state is read inside the write.
template <class Change>
Result<Pass> change_pass(api::Context& c, std::string_view action, Change change) {
  return c.write([&](db::Scoped& q) -> Result<Pass> {
    q.unscoped().run("UPDATE pass SET state = state WHERE id = $1", {c.id()});
    auto before = own_pass(q, c.id());
    if (!before) return tl::unexpected(std::move(before).error());
    auto after = *before;
    if (auto done = change(q, after); !done) return tl::unexpected(std::move(done).error());
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {std::string(action), "pass", after.id.value, after.compound_id});
    core::note_change(q, "pass", after.compound_id, after.id.value, c.now);
    return shown(after);
  });
}

bool is_live(const PassRow& row) {
  return row.state == PassState::active || row.state == PassState::inactive || row.state == PassState::blank;
}

Result<Pass> void_pass(api::Context& c, const VoidPass& in) {
  return change_pass(c, "pass.void", [&](db::Scoped&, PassRow& row) -> Result<void> {
    if (!is_live(row)) return base::fail(ErrorKind::conflict, "pass_not_live");
    row.state = PassState::voided;
    row.voided = c.now;
    row.void_reason = std::string(meta::name_of(in.reason));
    return {};
  });
}

Result<Pass> reissue(api::Context& c, const VoidPass& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Pass> {
    q.unscoped().run("UPDATE pass SET state = state WHERE id = $1", {c.id()});
    auto before = own_pass(q, c.id());
    if (!before) return tl::unexpected(std::move(before).error());
    if (before->state == PassState::replaced || before->state == PassState::blank)
      return base::fail(ErrorKind::conflict, "pass_not_live");
    auto old = *before;
    old.state = PassState::replaced;
    if (!old.voided) old.voided = c.now;
    old.void_reason = std::string(meta::name_of(in.reason));
    old.replaced_by = id;
    std::vector<PassRow> made{make_pass(c.services.keys, id, old.compound_id, old.household_id,
                                        new_batch(c.now), old.valid_until, c.now, c.who.account,
                                        old.pass_class)};
    auto& fresh = made.front();
    fresh.dwelling_id = old.dwelling_id;
    fresh.person_id = old.person_id;
    fresh.vehicle_id = old.vehicle_id;
    fresh.guest_id = old.guest_id;
    fresh.sort = old.sort;
    fresh.label = old.label;
    core::update(q, *before, old, core::source_of(c));
    insert_passes(q, made, core::source_of(c));
    core::audit(q, c, {"pass.reissue", "pass", id, old.compound_id});
    core::note_change(q, "pass", old.compound_id, id, c.now);
    return shown(fresh);
  });
}

Result<void> activate_row(PassRow& row, base::Instant now) {
  if (row.state == PassState::active) return {};
  if (row.state != PassState::inactive)
    return base::fail(ErrorKind::conflict, row.state == PassState::blank ? "pass_blank" : "pass_not_live");
  row.state = PassState::active;
  row.activated = now;
  return {};
}

Result<Pass> activate(api::Context& c) {
  return change_pass(c, "pass.activate", [&](db::Scoped&, PassRow& row) { return activate_row(row, c.now); });
}

// A pre-signed blank card becomes a household's, and active: it is in their hands.
Result<void> bind_row(db::Scoped& q, PassRow& row, std::int64_t household_id, base::Instant now) {
  if (row.state != PassState::blank) return base::fail(ErrorKind::conflict, "pass_not_blank");
  const bool found = q.one(
      "SELECT h.dwelling_id, h.sort, h.label FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.id = $1 AND h.compound_id = $2 AND h.valid_until_ms IS NULL AND {scope:p}",
      {household_id, row.compound_id}, [&](const db::Row& r) {
        row.household_id = household_id;
        row.dwelling_id = r.integer(0);
        row.sort = r.str(1);
        row.label = r.str(2);
      });
  if (!found) return base::fail_field("/household_id", "not_found");
  row.state = PassState::active;
  row.activated = now;
  return {};
}

Result<Pass> bind(api::Context& c, const BindPass& in) {
  return c.write([&](db::Scoped& q) -> Result<Pass> {
    std::optional<std::int64_t> compound;
    q.one(
        "SELECT h.compound_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id = $1 AND "
        "{scope:p}",
        {in.household_id}, [&](const db::Row& r) { compound = r.integer(0); });
    if (!compound) return base::fail_field("/household_id", "not_found");
    auto before = pass_by_text(q, c.services.keys, *compound, in.text);
    if (!before) return base::fail_field("/text", "pass_unknown");
    auto after = *before;
    if (auto done = bind_row(q, after, in.household_id, c.now); !done)
      return tl::unexpected(std::move(done).error());
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"pass.bind", "pass", after.id.value, after.compound_id});
    core::note_change(q, "pass", after.compound_id, after.id.value, c.now);
    return shown(after);
  });
}

// The same at the door or the gate, by an enrolled phone.
Result<ActivateAnswer> activate_at_door(api::Context& c, const Activate& in) {
  if (!in.pass_text && !in.short_code) return base::fail_field("/pass_text", "required");
  return c.write([&](db::Scoped& q) -> Result<ActivateAnswer> {
    const auto device = device_of(q, c.who.enrolment);
    if (!device) return base::fail(ErrorKind::forbidden, "not_a_gate_phone");
    const std::string text = in.pass_text ? std::string(*in.pass_text) : std::string(*in.short_code);
    auto before = pass_by_text(q, c.services.keys, device->compound_id, text);
    if (!before) return base::fail_field(in.pass_text ? "/pass_text" : "/short_code", "pass_unknown");
    auto after = *before;
    auto done = in.household_id && after.state == PassState::blank
                    ? bind_row(q, after, *in.household_id, c.now)
                    : activate_row(after, c.now);
    if (!done) return tl::unexpected(std::move(done).error());
    core::update(q, *before, after, core::source_of(c, "gate"));
    core::audit(q, c, {"pass.activate", "pass", after.id.value, after.compound_id});
    core::note_change(q, "pass", after.compound_id, after.id.value, c.now);
    return ActivateAnswer{after.id.value, after.state};
  });
}

}  // namespace

std::string new_batch(base::Instant now) {
  static constexpr char letters[] = "ABCDEFGHJKMNPQRSTUVWXYZ";
  return fmt::format("{}-{:04}{}", base::to_string(base::civil_day(now)), base::minute_of_day(now),
                     letters[core::random_number() % (sizeof letters - 1)]);
}

PassRow make_pass(const core::Keyring& keys, std::int64_t id, std::int64_t compound_id,
                  std::optional<std::int64_t> household_id, const std::string& batch, base::Day valid_until,
                  base::Instant now, std::int64_t issued_by, PassClass pass_class) {
  PassRow row;
  row.pass_class = pass_class;
  row.id = meta::Id<PassRow>(id);
  row.compound_id = compound_id;
  row.household_id = household_id;
  const bool blank = pass_class == PassClass::household && !household_id;
  row.state = blank ? PassState::blank : PassState::inactive;
  row.short_code = token::short_code(core::random_number());
  token::Claims claims;
  claims.pass_id = id;
  claims.household_id = household_id.value_or(0);
  claims.compound_id = compound_id;
  claims.pass_class = static_cast<token::PassClass>(static_cast<int>(pass_class) + 1);
  claims.generation = static_cast<std::uint32_t>(row.generation);
  claims.issued = base::civil_day(now);
  claims.expires_s = base::start_of(valid_until + 1).ms / 1000;
  auto signed_text = token::sign(claims, keys.pass_key());
  if (!signed_text) throw std::runtime_error(signed_text.error().code);
  row.token = std::move(*signed_text);
  row.batch = batch;
  row.issued = now;
  row.issued_by = issued_by;
  row.valid_until = valid_until;
  return row;
}

void insert_passes(db::Scoped& q, std::vector<PassRow>& rows, const core::Source& source) {
  const auto stored = [&](const std::string& code) {
    return q.unscoped().count("SELECT COUNT(*) FROM pass WHERE short_code = $1", {code}) > 0;
  };
  std::set<std::string_view> drawn;
  for (auto& row : rows) {
    while (drawn.contains(row.short_code) || stored(row.short_code))
      row.short_code = token::short_code(*token::short_code_number(row.short_code) + 1);
    drawn.insert(row.short_code);
  }
  core::insert_all(q, rows, source);
}

Pass pass_shown(db::Scoped& q, std::int64_t id) {
  Pass pass;
  q.one(pass_columns.with(" AND ps.id = {arg}"), {id}, [&](const db::Row& r) { pass = load_shown(r); });
  return pass;
}

std::optional<PassRow> pass_by_id(db::Scoped& q, std::int64_t id) {
  std::optional<PassRow> found;
  q.one(pass_columns.with(" AND ps.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<PassRow>(r); });
  return found;
}

std::optional<PassRow> pass_by_text(db::Scoped& q, const core::Keyring& keys, std::int64_t compound_id,
                                    const std::string& text) {
  std::optional<PassRow> found;
  if (const auto code = token::read_short_code(text)) {
    q.one(pass_columns.with(" AND ps.short_code = {arg}"), {*code},
          [&](const db::Row& r) { found = meta::load<PassRow>(r); });
  } else {
    if (const auto claims = token::open(text, keys.verify_keys())) found = pass_by_id(q, claims->pass_id);
  }
  if (found && found->compound_id != compound_id) found.reset();
  return found;
}

FoundPass find_pass(db::Scoped& q, const core::Keyring& keys, std::int64_t compound_id,
                    const std::optional<std::string>& text, const std::optional<std::int64_t>& pass_id,
                    base::Instant now) {
  FoundPass out;
  if (text) {
    // To the letter what was issued here needs no proof by its signature; anything else does.
    if (const auto said = token::read_unproven(*text)) out.row = pass_by_id(q, said->pass_id);
    if (!out.row || out.row->token != *text || out.row->compound_id != compound_id) {
      out.row.reset();
      const auto claims = token::open(*text, keys.verify_keys());
      if (!claims) {
        out.state = claims.error().code == "bad_signature" ? rule::PassState::bad_signature
                                                           : rule::PassState::unknown;
        return out;
      }
      if (claims->compound_id != compound_id) {
        out.state = rule::PassState::other_compound;
        return out;
      }
      out.row = pass_by_id(q, claims->pass_id);
    }
  } else if (pass_id) {
    out.row = pass_by_id(q, *pass_id);
    if (out.row && out.row->compound_id != compound_id) out.row.reset();
  } else {
    return out;
  }
  if (!out.row) {
    out.state = rule::PassState::unknown;
    return out;
  }
  out.household_id = out.row->household_id;
  // As the card was at that time: a record told late is not judged by what the office did afterwards.
  const auto& row = *out.row;
  const bool withdrawn = (row.state == PassState::voided || row.state == PassState::replaced) && row.voided &&
                         *row.voided <= now;
  if (withdrawn)
    out.state = row.state == PassState::voided ? rule::PassState::voided : rule::PassState::replaced;
  else if (!row.activated || *row.activated > now)
    out.state = rule::PassState::inactive;
  else
    out.state = base::civil_day(now) > row.valid_until ? rule::PassState::expired : rule::PassState::valid;
  return out;
}

void pass_routes(api::Router& r) {
  core::list<list_passes>(r, "/api/passes", Permission::pass_read, "Cards of a compound");
  issue_many_routes(r);
  issue_one_routes(r);
  r.post<BlankPasses, Issued>("/api/passes/blank", Permission::pass_write,
                              "Pre-signed cards without a household", issue_blank);
  r.get<PrintQuery, api::Response>("/api/passes/print", Permission::pass_write,
                                   "Cards as PDF in walking order", print_passes)
      .produces = "application/pdf";
  r.post<VoidPass, Pass>("/api/passes/{id}/void", Permission::pass_write, "Void a card", void_pass);
  r.post<VoidPass, Pass>("/api/passes/{id}/reissue", Permission::pass_write, "Replace a card by a new one",
                         reissue);
  r.post<Pass>("/api/passes/{id}/activate", Permission::pass_write, "The card was handed over", activate);
  r.post<BindPass, Pass>("/api/passes/bind", Permission::pass_write, "Give a blank card to a household",
                         bind);
  r.post<Activate, ActivateAnswer>("/api/gate/activate", Permission::gate_decide,
                                   "Hand over a card at the door", activate_at_door);
}

}  // namespace feature::gate
