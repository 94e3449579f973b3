#include <map>
#include <tuple>

#include "engine/intake/reader.hpp"

namespace engine::intake {

namespace {

bool says(const std::string& text, std::initializer_list<std::string_view> words) {
  for (const auto word : words)
    if (text.find(word) != std::string::npos) return true;
  return false;
}

PersonFlags read_flags(const std::string& remark) {
  PersonFlags flags;
  flags.elder_alone = says(remark, {"独居", "空巢", "孤寡"});
  flags.disabled = says(remark, {"残疾", "残障"});
  flags.pregnant = says(remark, {"孕妇", "怀孕", "孕期", "待产"});
  flags.dialysis = says(remark, {"透析", "血透"});
  flags.chronic_medicine = says(remark, {"慢性病", "慢病", "长期用药", "长期服药"});
  flags.needs_care = says(remark, {"失能", "卧床", "需照护", "需照顾", "生活不能自理"});
  flags.infant = says(remark, {"婴儿", "婴幼儿", "新生儿"});
  return flags;
}

DocumentKind parse_document_kind(const std::string& text) {
  if (says(text, {"护照"})) return DocumentKind::passport;
  if (says(text, {"港澳"})) return DocumentKind::mainland_permit;
  if (says(text, {"台湾", "台胞"})) return DocumentKind::taiwan_permit;
  if (text.empty() || says(text, {"身份证"})) return DocumentKind::resident_id;
  return DocumentKind::other;
}

void read_document(const Reader& reader, std::size_t record, PersonRow& row) {
  const auto& cell = reader.cell(record, Field::document_number);
  const auto text = cell.precision_lost ? cell.text : to_half_width(cell.text);
  auto& document = row.document;
  document = parse_document(text, cell.precision_lost, reader.options().today);
  const auto kind = parse_document_kind(reader.text(record, Field::document_kind));
  if (kind != DocumentKind::resident_id && document.state != DocumentState::missing)
    document = {kind, DocumentState::other, document.number, {}, Sex::unknown};
  const int column = reader.column(Field::document_number);
  switch (document.state) {
    case DocumentState::ok:
      break;
    case DocumentState::damaged:
      add_issue(row, column, "intake.id_damaged", {{"text", document.number}});
      break;
    case DocumentState::bad_checksum:
      add_issue(row, column, "intake.id_bad_checksum");
      break;
    case DocumentState::fifteen:
      add_issue(row, column, "intake.id_fifteen");
      break;
    case DocumentState::missing:
      add_issue(row, column, "intake.id_missing");
      break;
    case DocumentState::other:
      if (document.kind == DocumentKind::resident_id || document.kind == DocumentKind::other)
        add_issue(row, column, "intake.id_no_legal_form");
      break;
  }
}

void read_sex_and_birth(const Reader& reader, std::size_t record, PersonRow& row) {
  const auto sex_text = reader.text(record, Field::sex);
  const auto written_sex = parse_sex(sex_text);
  if (!sex_text.empty() && written_sex == Sex::unknown)
    add_issue(row, reader.column(Field::sex), "intake.word_unknown", {{"text", sex_text}});
  row.sex = written_sex == Sex::unknown ? row.document.sex : written_sex;
  if (written_sex != Sex::unknown && row.document.sex != Sex::unknown && written_sex != row.document.sex)
    add_issue(row, reader.column(Field::sex), "intake.sex_differs");
  const auto written_birth = reader.day(record, Field::birth_day, row);
  row.birth_day = row.document.birth_day ? row.document.birth_day : written_birth;
  if (written_birth && row.document.birth_day && *written_birth != *row.document.birth_day)
    add_issue(row, reader.column(Field::birth_day), "intake.birth_day_differs");
}

PersonRow read_person(const Reader& reader, std::size_t record, const Place& place) {
  PersonRow row;
  row.row = reader.row(record);
  row.name = normalise_name(reader.text(record, Field::name));
  if (row.name.empty()) add_issue(row, reader.column(Field::name), "intake.name_missing");
  const auto relation = reader.text(record, Field::relation);
  row.relation = parse_relation(relation);
  if (!relation.empty() && row.relation == Relation::unknown)
    add_issue(row, reader.column(Field::relation), "intake.word_unknown", {{"text", relation}});
  read_document(reader, record, row);
  read_sex_and_birth(reader, record, row);
  row.phones = reader.phones(record, row);
  row.registered_residence = reader.text(record, Field::registered_residence);
  row.origin = reader.text(record, Field::origin);
  row.return_day = reader.day(record, Field::return_day, row);
  row.returnee = !row.origin.empty() || row.return_day;
  for (const auto& remark : reader.texts(record, Field::remark))
    row.remark += (row.remark.empty() ? "" : "; ") + remark;
  row.flags = read_flags(row.remark);
  put_in_place(row, place, reader.options().known);
  return row;
}

// What makes two rows the same record. Namesakes in one family and twins differ in their document; without
// documents birth day and phones must agree too.
auto identity(const PersonRow& row) {
  std::string phones;
  if (row.document.number.empty())
    for (const auto& phone : row.phones) phones += phone.number + " ";
  return std::tuple{row.room,
                    row.room.room.empty() ? row.room_text : std::string{},
                    row.name,
                    row.relation,
                    row.document.number,
                    row.birth_day,
                    phones};
}

void find_repetitions(std::vector<PersonRow>& rows) {
  std::map<decltype(identity(rows.front())), int> seen;
  std::map<std::string, int> by_document;
  for (auto& row : rows) {
    const auto [first, added] = seen.emplace(identity(row), row.row);
    if (!added) {
      row.duplicate_of = first->second;
      add_issue(row, -1, "intake.duplicate_row", {{"row", std::to_string(first->second)}});
    } else if (row.document.state == DocumentState::ok) {
      const auto [earlier, first_time] = by_document.emplace(row.document.number, row.row);
      if (!first_time)
        add_issue(row, -1, "intake.document_twice", {{"row", std::to_string(earlier->second)}});
    }
  }
}

}  // namespace

std::vector<PersonRow> read_persons(const Reader& reader) {
  std::vector<PersonRow> rows;
  Place above;
  for (std::size_t i = 0; i < reader.records(); ++i) {
    auto place = reader.place(i);
    // Members below their head often leave the room out.
    const bool head = parse_relation(reader.text(i, Field::relation)) == Relation::head;
    const bool borrowed = place.text.empty() && !head && !above.text.empty();
    if (borrowed) place = above;
    above = place;
    rows.push_back(read_person(reader, i, place));
    if (borrowed) add_issue(rows.back(), place.column, "intake.room_from_above", {{"text", place.text}});
  }
  find_repetitions(rows);
  for (auto& row : rows) settle_status(row);
  return rows;
}

}  // namespace engine::intake
