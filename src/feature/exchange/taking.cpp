#include "feature/exchange/taking.hpp"

#include <algorithm>
#include <map>

#include "feature/exchange/merge.hpp"

namespace feature::exchange {

Verdict own_verdict(const intake::RowBase& row) {
  const auto status = row.duplicate_of                         ? RowStatus::duplicate
                      : row.status == intake::RowStatus::wrong ? RowStatus::wrong
                                                               : RowStatus::fresh;
  Verdict verdict{status, row.issues};
  // Why a row is left out comes before what else there is to say of it.
  const auto says_why = [](const intake::Issue& issue) { return issue.code.starts_with("intake.room_"); };
  if (status == RowStatus::wrong)
    std::stable_partition(verdict.issues.begin(), verdict.issues.end(), says_why);
  return verdict;
}

int column_of(const intake::Analysis& file, intake::Field field) {
  for (const auto& column : file.layout.columns)
    if (column.field == field) return column.column;
  return -1;
}

void name_spare_phones(const intake::Analysis& file, const std::vector<intake::Phone>& phones,
                       Verdict& verdict) {
  if (phones.size() > 1) verdict.issues.push_back({column_of(file, intake::Field::phone), "phone_spare", {}});
}

std::optional<std::string> not_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void Merge::differ(intake::Field field) {
  differs_ = true;
  verdict_.issues.push_back({column_of(file_, field), "differs_from_file", {}});
}

bool Merge::settle() {
  verdict_.status = differs_ ? RowStatus::doubtful : filled_ ? RowStatus::changed : RowStatus::unchanged;
  return verdict_.status == RowStatus::changed;
}

std::vector<Verdict> take_over(db::Scoped& q, const Job& job, const Rows& rows, Writing* writing) {
  switch (job.reading.analysis.layout.kind) {
    case intake::Kind::dwelling_table:
      return take_dwellings(q, job, rows, writing);
    case intake::Kind::roster:
      return take_roster(q, job, rows, writing);
    case intake::Kind::vehicles:
      return take_vehicles(q, job, rows, writing);
    case intake::Kind::meters:
      return take_meters(q, job, rows, writing);
    case intake::Kind::stewardship:
      break;
  }
  return take_stewards(q, job, rows, writing);
}

std::size_t ids_needed(const Reading& reading, const Rows& rows) {
  const auto& file = reading.analysis;
  std::size_t ids = 0;
  for (const auto row : rows) switch (file.layout.kind) {
      case intake::Kind::dwelling_table:
        ids += 4;  // itself, phase, building, stair
        break;
      case intake::Kind::roster:
        ids += 3 + file.persons[row].phones.size();  // household, person, residence
        break;
      case intake::Kind::vehicles:
        ids += 1;
        break;
      case intake::Kind::stewardship:
        ids += 2 + file.stewards[row].buildings.size();
        break;
      case intake::Kind::meters:
        ids += file.meters[row].readings.size();
        break;
    }
  return ids;
}

std::vector<Rows> parts_of(const Reading& reading, std::size_t size) {
  std::vector<Rows> groups;
  std::map<intake::RoomRef, std::size_t> group_of;
  for (std::size_t i = 0; i < reading.rows(); ++i) {
    if (reading.analysis.layout.kind == intake::Kind::roster) {
      const auto [at, added] = group_of.emplace(reading.analysis.persons[i].room, groups.size());
      if (!added) {
        groups[at->second].push_back(i);
        continue;
      }
    }
    groups.push_back({i});
  }
  std::vector<Rows> parts;
  for (const auto& group : groups) {
    if (parts.empty() || parts.back().size() + group.size() > size) parts.emplace_back();
    parts.back().insert(parts.back().end(), group.begin(), group.end());
  }
  return parts;
}

}  // namespace feature::exchange
