// What a round's answers come to: each count beside its denominator, unanswered apart from "no".
#include <algorithm>
#include <set>

#include "feature/questionnaire/forms.hpp"
#include "feature/questionnaire/routes.hpp"

namespace feature::questionnaire {
namespace {

using api::Permission;
using base::Result;

class Counter {
 public:
  // As the newest form words it, in its order; a question or choice that only older ones had comes after.
  void take_words(const rule::Form& form) {
    for (const auto& q : form.questions) {
      if (q.kind == rule::Kind::note) continue;
      auto found = std::ranges::find(report_.items, q.name, &QuestionCount::name);
      if (found == report_.items.end()) {
        report_.items.push_back({q.name, q.kind, q.label, 0, 0, 0, {}, {}, {}, {}});
        found = std::prev(report_.items.end());
      }
      for (const auto& choice : q.choices)
        if (std::ranges::find(found->choices, choice.name, &ChoiceCount::name) == found->choices.end())
          found->choices.push_back({choice.name, choice.label, 0});
    }
  }
  void take(const Sheet& sheet) {
    ++report_.sheets;
    for (const auto& a : sheet.answers) {
      const auto found = std::ranges::find(report_.items, a.name, &QuestionCount::name);
      if (found == report_.items.end()) continue;
      ++found->asked;
      ++(a.empty() ? found->unanswered : found->answered);
      if (a.text) chosen(*found, *a.text);
      if (a.choices)
        for (const auto& name : *a.choices) chosen(*found, name);
      if (a.number) number(*found, *a.number);
    }
  }
  CountReport done() { return std::move(report_); }

 private:
  static void chosen(QuestionCount& q, const std::string& name) {
    const auto found = std::ranges::find(q.choices, name, &ChoiceCount::name);
    if (found != q.choices.end()) ++found->count;
  }
  static void number(QuestionCount& q, double value) {
    const auto n = static_cast<double>(q.answered);
    q.least = std::min(q.least.value_or(value), value);
    q.most = std::max(q.most.value_or(value), value);
    q.mean = q.mean.value_or(0) + (value - q.mean.value_or(0)) / n;
  }
  CountReport report_{};
};

Result<CountReport> count(api::Context& c, const CountQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<CountReport> {
    const auto questionnaire = questionnaire_of(q, c.id(), in.questionnaire_id);
    if (!questionnaire) return tl::unexpected(questionnaire.error());
    Counter counter;
    std::vector<std::int64_t> versions;
    q.unscoped().run("SELECT id FROM questionnaire_version WHERE questionnaire_id = $1 ORDER BY number DESC",
                     {*questionnaire}, [&](const db::Row& r) { versions.push_back(r.integer(0)); });
    for (const auto id : versions)
      if (const auto version = find_version(q, id)) counter.take_words(version->form);
    auto sql = sheets_of_round;
    std::vector<db::Arg> args{c.id(), *questionnaire};
    if (in.compound_id) {
      sql = sql.with(" AND s.compound_id = {arg}");
      args.emplace_back(*in.compound_id);
    }
    q.run(sql, args, [&](const db::Row& r) { counter.take(load_sheet(r)); });
    return counter.done();
  });
}

}  // namespace

void count_routes(api::Router& r) {
  r.get<CountQuery, CountReport>("/api/survey-rounds/{id}/answer-counts", Permission::work_read,
                                 "How often each answer was given, with those it is a part of", count);
}

}  // namespace feature::questionnaire
