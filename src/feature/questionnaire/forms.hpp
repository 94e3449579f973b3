#pragma once
// Inside the feature: questionnaires as the caller may see them, and their versions.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/context.hpp"
#include "feature/questionnaire/record.hpp"

namespace feature::questionnaire {

// Of a place in the scope or of one above it.
std::optional<QuestionnaireRow> find_questionnaire(db::Scoped& q, std::int64_t id);
// The version in force; none yet: null.
std::optional<Version> version_in_force(db::Scoped& q, std::int64_t questionnaire_id, base::Instant at);
std::optional<Version> find_version(db::Scoped& q, std::int64_t id);
// What the round asks; none: it asks no questions.
std::optional<std::int64_t> asked_of(db::Scoped& q, std::int64_t round_id);

// Versions as they are met while sheets are gone through, each read once.
class Versions {
 public:
  explicit Versions(db::Scoped& q) : q_(q) {}
  const Version* find(std::int64_t id);
  const std::map<std::int64_t, std::optional<Version>>& seen() const { return seen_; }

 private:
  db::Scoped& q_;
  std::map<std::int64_t, std::optional<Version>> seen_{};
};

// The sheet that counts of each door of a round, in the scope; what to narrow it by and in which order.
extern const db::ScopedSql sheets_of_round;  // $1 round, $2 questionnaire
Sheet load_sheet(const db::Row& r);

// The caller sees the round, and it asks or asked this questionnaire; none chosen: the one it asks.
base::Result<std::int64_t> questionnaire_of(db::Scoped& q, std::int64_t round_id,
                                            const std::optional<std::int64_t>& chosen);

// In the language of an office: "zh-CN" or "en".
const std::string& in_language(const rule::Words& words, std::string_view language);

}  // namespace feature::questionnaire
