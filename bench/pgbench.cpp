#include "pgbench.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <variant>
#include <vector>

#include "feature/gate/record.hpp"
#include "support/temporary.hpp"

namespace bench {
namespace {

// Numbers of a row that stand for pgbench's variables.
constexpr std::array variables{":id", ":compound", ":opening", ":home", ":pass", ":phone", ":now"};
constexpr std::int64_t stands_for(std::size_t variable) { return -1 - static_cast<std::int64_t>(variable); }

std::string literal(const db::Arg& arg) {
  struct Writer {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(std::int64_t n) const {
      return n < 0 ? variables[static_cast<std::size_t>(-1 - n)] : std::to_string(n);
    }
    std::string operator()(double n) const { return std::to_string(n); }
    std::string operator()(std::string_view text) const { return fmt::format("'{}'", text); }
    std::string operator()(db::Blob) const { return "''"; }
  };
  return std::visit(Writer{}, arg.value());
}

// The row that core::append writes, by the same declaration.
std::string passage_insert() {
  using feature::gate::PassageRow;
  PassageRow p;
  p.id = meta::Id<PassageRow>(stands_for(0));
  p.compound_id = stands_for(1);
  p.opening_id = stands_for(2);
  p.household_id = p.dwelling_id = p.person_id = stands_for(3);
  p.pass_id = stands_for(4);
  p.enrolment_id = stands_for(5);
  p.happened = p.recorded = base::Instant{stands_for(6)};
  p.person_ids = "100000";
  p.readings = std::string(54, 'r');  // as long as one reading; pgbench would take its colons for variables
  p.reasons = "outing_counted";
  const auto& record = meta::record_of<PassageRow>();
  std::vector<db::Arg> args;
  meta::append_args(record, &p, args);
  auto sql = meta::insert_sql(record);
  for (auto at = sql.find('$'); at != sql.npos; at = sql.find('$')) {
    const auto number = std::strtoul(sql.c_str() + at + 1, nullptr, 10);
    sql.replace(at, 1 + std::to_string(number).size(), literal(args.at(number - 1)));
  }
  return sql;
}

// What feature/gate/enter.cpp asks and writes for a resident on the way out, and before it the look-up of the
// phone's token.
std::string script(const PgbenchSite& s) {
  const auto homes = s.per_compound * s.phones;
  std::string out = fmt::format(
      "\\set id random(1000000000000, 9000000000000)\n\\set home random(1, {})\n\\set part (:home - 1) / {}\n"
      "\\set compound {} + :part\n\\set opening {} + :part\n\\set phone {} + :part\n\\set pass {} + :home - "
      "1\n"
      "\\set now {}\n\\set since {}\n",
      homes, s.per_compound, s.compound_base, s.opening_base, s.phone_base, s.pass_base, s.now_ms,
      s.now_ms - 62 * base::day_ms);
  std::string asked = R"(BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT id, compound_id, label FROM enrolment WHERE id = :phone AND state = 'active';
ROLLBACK;
BEGIN;
SELECT e.id, e.compound_id, e.opening_id, e.clock_offset_ms FROM enrolment e JOIN place p ON p.id =
e.compound_id WHERE e.id = :phone AND e.state = 'active' AND {scope};
INSERT INTO ingest (enrolment_id, seq, payload_digest, passage_id, answer, recorded_ms) VALUES
(:phone, :id, int8send(:id), :id, '', :now) ON CONFLICT DO NOTHING RETURNING (SELECT COUNT(*) FROM
ingest o WHERE o.enrolment_id = :phone AND o.seq = :id AND o.passage_id <> :id);
SELECT ps.* FROM pass ps JOIN place p ON p.id = ps.compound_id WHERE {scope} AND ps.id = :pass;
SELECT id FROM household WHERE id = :home AND compound_id = :compound FOR NO KEY UPDATE;
SELECT h.id, h.dwelling_id, p.id, p.stair_id, p.building_id, p.phase_id FROM household h JOIN place
p ON p.id = h.dwelling_id WHERE h.id = :home AND h.compound_id = :compound AND {scope};
SELECT g.id, g.direction, g.result, g.happened_ms, g.person_id, g.persons, g.consumes,
g.reverses_id, g.household_id, g.pass_id, g.opening_id FROM passage g JOIN place p ON p.id =
g.compound_id WHERE g.happened_ms >= :since AND g.result <> 'turned_back' AND {scope} AND
g.household_id = :home;
SELECT g.direction, (SELECT COUNT(*) FROM passage v WHERE v.household_id = g.household_id AND
v.happened_ms >= g.happened_ms AND v.reverses_id = g.id) FROM passage g JOIN place p ON p.id =
g.compound_id WHERE g.household_id IN (SELECT r.household_id FROM residence r WHERE r.person_id =
:home) AND g.person_id = :home AND g.happened_ms < :now AND g.result = 'passed' AND {scope} AND NOT
EXISTS (SELECT 1 FROM passage v WHERE v.household_id = g.household_id AND v.happened_ms >=
g.happened_ms AND v.reverses_id = g.id AND v.result = 'reversed') ORDER BY g.happened_ms DESC, g.id
DESC LIMIT 1;
SELECT pe.birth_day FROM person pe JOIN residence r ON r.person_id = pe.id JOIN place p ON p.id =
r.dwelling_id WHERE pe.id = :home AND pe.birth_day IS NOT NULL AND {scope};
SELECT epoch FROM rule_epoch;
SELECT o.* FROM observation o JOIN place p ON p.id = o.compound_id WHERE {scope} AND o.household_id
= :home AND (o.valid_until_ms IS NULL OR o.valid_until_ms > :now) ORDER BY o.id;
SELECT x.* FROM exemption x JOIN place p ON p.id = x.compound_id WHERE x.person_id = :home AND
x.granted_ms <= :now AND (x.ended_ms IS NULL OR x.ended_ms > :now) AND x.compound_id = :compound AND
{scope} ORDER BY x.id DESC;
)";
  constexpr std::string_view slot = "{scope}";
  for (auto at = asked.find(slot); at != asked.npos; at = asked.find(slot, at + 1))
    asked.replace(
        at, slot.size(),
        "(p.compound_id = ANY(CAST(string_to_array(translate(CAST(:compound AS text), '[]', ''), ',') "
        "AS bigint[])))");
  out += asked;
  out += passage_insert() + ";\n";
  out +=
      "INSERT INTO change (at_ms, kind, compound_id, record_id) VALUES (:now, 'passage', :compound, :id);\n";
  return out + "COMMIT;\n";
}

}  // namespace

std::optional<double> pgbench_rate(const std::string& url, const PgbenchSite& site, int clients,
                                   double seconds) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory / "decision.sql";
  std::ofstream(file) << script(site);
  const auto command =
      fmt::format("pgbench -n -M prepared -c {} -j 1 -T {} -f '{}' '{}' 2>'{}'", clients,
                  std::max(1, static_cast<int>(seconds)), file.string(), url, (directory / "said").string());
  std::FILE* said = ::popen(command.c_str(), "r");
  if (said == nullptr) return std::nullopt;
  std::optional<double> rate;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), said) != nullptr) {
    if (double tps = 0; std::sscanf(line.data(), "tps = %lf", &tps) == 1) rate = tps;
  }
  if (::pclose(said) == 0) return rate;
  std::ifstream problem(directory / "said");
  for (std::string text; std::getline(problem, text);) fmt::print(stderr, "pgbench: {}\n", text);
  return std::nullopt;
}

}  // namespace bench
