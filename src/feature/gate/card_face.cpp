#include "feature/gate/card_face.hpp"

#include "core/words.hpp"
#include "token/day_word.hpp"

namespace feature::gate {
namespace {

// The household's own line of the file, so that a card can be told at arm's length.
constexpr auto face_columns = db::ScopedSql(
    "SELECT ps.id, ps.compound_id, ps.household_id, ps.dwelling_id, ps.sort, ps.label, ps.pass_class, "
    "ps.state, ps.generation, ps.short_code, ps.token, ps.batch, ps.issued_ms, ps.issued_by, ps.valid_until, "
    "ps.activated_ms, ps.void_ms, ps.void_reason, ps.replaced_by, ps.person_id, ps.vehicle_id, ps.guest_id, "
    "d.phase, d.building, d.stair, d.room, COALESCE((SELECT pe.name FROM person pe WHERE pe.id = "
    "ps.person_id), (SELECT pe.name FROM residence r JOIN person pe ON pe.id = r.person_id WHERE "
    "r.household_id = ps.household_id AND r.valid_until_ms IS NULL ORDER BY r.position LIMIT 1)), "
    "COALESCE((SELECT v.plate FROM vehicle v WHERE v.id = ps.vehicle_id), (SELECT gu.name_masked FROM guest "
    "gu WHERE gu.id = ps.guest_id)) FROM pass ps JOIN place p ON p.id = COALESCE(ps.dwelling_id, "
    "ps.compound_id) LEFT JOIN dwelling d ON d.id = ps.dwelling_id WHERE {scope:p}");

CardFace load_face(const db::Row& r) {
  CardFace face{meta::load<PassRow>(r), r.str(22), r.str(23), r.str(24), r.str(25), r.str(27)};
  if (face.holder.empty() && face.pass.dwelling_id) face.holder = core::mask_name(r.text(26));
  return face;
}

}  // namespace

std::vector<CardFace> card_faces(db::Scoped& q, const PrintQuery& in) {
  auto sql = face_columns.with(" AND ps.compound_id = {arg} AND ps.state IN ('inactive', 'active', 'blank')");
  std::vector<db::Arg> args{in.compound_id};
  if (in.batch) {
    sql = sql.with(" AND ps.batch = {arg}");
    args.push_back(*in.batch);
  }
  if (in.building_id) {
    sql = sql.with(" AND p.building_id = {arg}");
    args.push_back(*in.building_id);
  }
  std::vector<CardFace> faces;
  q.run(sql.with(" ORDER BY ps.sort, ps.id"), args, [&](const db::Row& r) { faces.push_back(load_face(r)); });
  return faces;
}

std::optional<CardFace> card_face(db::Scoped& q, std::int64_t pass_id) {
  std::optional<CardFace> face;
  q.one(face_columns.with(" AND ps.id = {arg}"), {pass_id}, [&](const db::Row& r) { face = load_face(r); });
  return face;
}

std::string building_stair(const CardFace& face, std::string_view language) {
  std::string out;
  if (!face.building.empty())
    out = core::words(language, "label.building", {{"phase", face.phase}, {"building", face.building}});
  if (!face.stair.empty()) out += core::words(language, "label.stair", {{"stair", face.stair}});
  return out;
}

print::Card print_card(const CardFace& face, std::string_view language, const std::string& compound) {
  const auto& pass = face.pass;
  print::Card card;
  card.compound = compound;
  card.building_stair = building_stair(face, language);
  card.room = face.room;
  card.name = face.holder;
  card.pass_class = core::words(language, "card.class." + std::string(meta::name_of(pass.pass_class)));
  card.valid_until = base::to_string(pass.valid_until);
  card.short_code = pass.short_code.substr(0, 4) + " " + pass.short_code.substr(4);
  card.qr_text = pass.token;
  card.batch = pass.batch.substr(pass.batch.size() - 1);
  const auto colours = token::day_colours();
  card.batch_rgb = colours[std::hash<std::string>{}(pass.batch) % colours.size()].rgb;
  return card;
}

}  // namespace feature::gate
