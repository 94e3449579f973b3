#pragma once
// The day at a glance (practice.md 14): figures with denominators, unknown never shown as zero.
#include <optional>
#include <string>
#include <vector>

#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::command {

struct Figure {
  std::string code{};
  std::optional<std::int64_t> value{};  // null: not known
  std::optional<std::int64_t> denominator{};
  std::optional<std::string> denominator_code{};
};
struct NamedCompound {
  std::int64_t id = 0;
  std::string name{};
};
struct Overview {
  NamedCompound compound{};
  std::int64_t as_of_ms = 0;
  std::vector<Figure> figures{};
  std::string message{};  // ready to paste into a group: "截至16时…"
};
struct OverviewQuery {
  std::int64_t compound_id = 0;
  std::optional<std::string> lang{};
};
struct FigureQuery {
  std::int64_t compound_id = 0;
  meta::Text<1, 40> code;
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct FigureLine {
  std::string title{}, subtitle{};
  std::optional<std::int64_t> at_ms{}, household_id{}, passage_id{};
};

}  // namespace feature::command

META_DESCRIBE(feature::command::Figure, "Figure", "", code, value, denominator, denominator_code)
META_DESCRIBE(feature::command::NamedCompound, "NamedCompound", "", id, name)
META_DESCRIBE(feature::command::Overview, "Overview", "", compound, as_of_ms, figures, message)
META_DESCRIBE(feature::command::OverviewQuery, "OverviewQuery", "", compound_id, lang)
META_DESCRIBE(feature::command::FigureQuery, "FigureQuery", "", compound_id, code, limit, cursor)
META_DESCRIBE(feature::command::FigureLine, "FigureLine", "", title, subtitle, at_ms, household_id,
              passage_id)
