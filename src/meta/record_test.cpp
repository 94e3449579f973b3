#include "meta/record.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace {
struct Seat {
  std::string row;
  int number = 0;
};
enum class Colour { red, green };
struct Visit {
  meta::Id<Visit> id;
  meta::Text<1, 5> note;
  std::optional<meta::Int<0, 10>> rating;
  std::vector<Seat> seats;
  Colour colour = Colour::red;
  meta::Day on;
};
}  // namespace
template <>
struct meta::EnumNames<Colour> {
  static constexpr std::array<std::string_view, 2> names{"red", "green"};
};
template <>
struct meta::Describe<Seat> {
  static constexpr std::string_view name = "Seat", table = "";
  static constexpr std::array fields{field<&Seat::row>("row"), field<&Seat::number>("number")};
};
template <>
struct meta::Describe<Visit> {
  static constexpr std::string_view name = "Visit", table = "visit";
  static constexpr std::array fields{field<&Visit::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&Visit::note>("note"),
                                     field<&Visit::rating>("rating"),
                                     field<&Visit::seats>("seats", {.stored = false}),
                                     field<&Visit::colour>("colour"),
                                     field<&Visit::on>("on_day", {.doc = "The day"})};
};

TEST(Record, EveryProblemIsNamedAtOnce) {
  const auto got = meta::from_json<Visit>(
      R"({"id":3,"note":"六个字太长了","rating":11,"seats":[{"row":"a","number":"x"}],)"
      R"("colour":"blue","extra":1})");
  ASSERT_FALSE(got);
  std::vector<std::string> seen;
  for (const auto& p : got.error().problems) seen.push_back(p.path + " " + p.code);
  EXPECT_EQ(seen, (std::vector<std::string>{"/id read_only", "/extra unknown_field", "/note too_long",
                                            "/rating out_of_range", "/seats/0/number wrong_type",
                                            "/colour not_allowed", "/on_day required"}));
}

TEST(Record, LengthCountsCharactersNotBytes) {
  EXPECT_TRUE(
      meta::from_json<Visit>(R"({"note":"五个字正好","seats":[],"colour":"red","on_day":"2020-02-11"})"));
}

TEST(Record, RefusesDeepAndBrokenJson) {
  EXPECT_EQ(meta::from_json<Visit>("{").error().problems[0].code, "json_syntax");
  EXPECT_FALSE(meta::from_json<Visit>(std::string(100, '[') + std::string(100, ']')));
  EXPECT_EQ(meta::from_json<Seat>("{\"row\":\"\xff\",\"number\":1}").error().problems[0].code, "json_syntax");
}

TEST(Record, SqlFollowsFromTheDeclaration) {
  const auto& record = meta::record_of<Visit>();
  EXPECT_EQ(meta::insert_sql(record),
            "INSERT INTO visit (id, note, rating, colour, on_day) VALUES ($1, $2, $3, $4, $5)");
  EXPECT_EQ(meta::update_sql(record),
            "UPDATE visit SET note = $2, rating = $3, colour = $4, on_day = $5 WHERE id = $1");
  EXPECT_EQ(meta::column_list(record, "v"), "v.id, v.note, v.rating, v.colour, v.on_day");
}

TEST(Record, SchemaNamesConstraints) {
  meta::Schemas schemas;
  EXPECT_EQ(schemas.ref(meta::record_of<Visit>()), R"({"$ref":"#/components/schemas/Visit"})");
  ASSERT_EQ(schemas.defined().size(), 2u);
  EXPECT_NE(schemas.defined()[0].second.find(R"("note":{"type":"string","minLength":1,"maxLength":5})"),
            std::string::npos);
  EXPECT_NE(schemas.defined()[0].second.find(R"("required":["id","note","seats","colour","on_day"])"),
            std::string::npos);
}

TEST(Record, QueryPairsAreLenientAndStrict) {
  Seat seat;
  const std::vector<std::pair<std::string, std::string>> good{{"row", "b"}, {"number", "7"}};
  ASSERT_TRUE(meta::read_pairs(meta::record_of<Seat>(), &seat, good));
  EXPECT_EQ(seat.number, 7);
  const std::vector<std::pair<std::string, std::string>> bad{{"row", "b"}, {"number", "7x"}};
  EXPECT_EQ(meta::read_pairs(meta::record_of<Seat>(), &seat, bad).error().problems[0].path, "/number");
}

TEST(Record, AnyTextRoundTripsThroughJson) {
  rc::check([](const std::vector<std::uint16_t>& units, int number) {
    Seat seat;
    seat.number = number;
    for (const auto u : units) {  // any code point of the basic plane that may appear in a field
      if (u < 0x20 || u == 0x7f || (u >= 0xD800 && u < 0xE000)) continue;
      if (u < 0x80)
        seat.row += static_cast<char>(u);
      else if (u < 0x800)
        (seat.row += static_cast<char>(0xC0 | (u >> 6))) += static_cast<char>(0x80 | (u & 63));
      else
        ((seat.row += static_cast<char>(0xE0 | (u >> 12))) += static_cast<char>(0x80 | ((u >> 6) & 63))) +=
            static_cast<char>(0x80 | (u & 63));
    }
    const auto back = meta::from_json<Seat>(meta::to_json(seat));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->row == seat.row);
    RC_ASSERT(back->number == seat.number);
  });
}

TEST(Record, TheParserNeverCrashes) {
  rc::check([](const std::string& text) { (void)meta::from_json<Visit>(text); });
}
