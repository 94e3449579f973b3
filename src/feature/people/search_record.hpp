#pragma once
// One search box over persons and dwellings: what is asked and what is found.
#include "feature/people/record.hpp"

namespace feature::people {

inline constexpr int look_ups_a_minute = 30;  // by a number, of one account

// By which word a person was found.
enum class FoundBy { name, part, pinyin, initials, document, phone, document_end, phone_end };

struct Search {
  meta::Text<1, 60> q;
  std::optional<std::int64_t> compound_id{};  // within one compound only
  std::optional<meta::Int<1, 50>> limit{};
};
struct PersonHit {
  meta::Id<PersonRow> id;
  std::string name{};
  Relation relation = Relation::unknown;
  Sex sex = Sex::unknown;
  std::optional<meta::Day> birth_day{};
  std::optional<std::string> document_masked{};
  std::int64_t household_id = 0;
  std::string label{};
  std::int64_t compound_id = 0;
  std::string compound{};
  bool former = false;  // lives here no longer, and nowhere else that is known
  FoundBy found_by = FoundBy::name;
};
struct DwellingHit {
  std::int64_t dwelling_id = 0;
  std::string label{};
  std::int64_t compound_id = 0;
  std::string compound{};
  std::optional<std::int64_t>
      household_id{};  // one hit per household, one without where nobody is registered
  std::optional<std::string> head_name{};
  int members = 0;
};
struct SearchAnswer {
  std::vector<PersonHit> persons{};
  std::vector<DwellingHit> dwellings{};
  bool more = false;  // there are others; type more of it
};

}  // namespace feature::people

META_ENUM(feature::people::FoundBy, "name", "part", "pinyin", "initials", "document", "phone", "document_end",
          "phone_end")
META_DESCRIBE(feature::people::Search, "Search", "", q, compound_id, limit)
META_DESCRIBE(feature::people::PersonHit, "PersonHit", "", id, name, relation, sex, birth_day,
              document_masked, household_id, label, compound_id, compound, former, found_by)
META_DESCRIBE(feature::people::DwellingHit, "DwellingHit", "", dwelling_id, label, compound_id, compound,
              household_id, head_name, members)
META_DESCRIBE(feature::people::SearchAnswer, "SearchAnswer", "", persons, dwellings, more)
