#include "engine/intake/phone.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/people/service.hpp"

namespace feature::people {

PersonDraft draft_of(const NewMember& in, const std::string& pointer, base::Day today,
                     base::Problems& problems) {
  namespace intake = engine::intake;
  PersonDraft d;
  d.name = in.name;
  d.relation = in.relation;
  d.sex = in.sex.value_or(Sex::unknown);
  if (in.phone) {
    for (const auto& p : intake::parse_phones(*in.phone)) d.phones.push_back(p.number);
    if (d.phones.empty()) problems.push_back({pointer + "/phone", "not_a_phone"});
  }
  if (in.document) {
    const auto doc = intake::parse_document(*in.document, false, today);
    d.document = doc.number;
    switch (doc.state) {
      case intake::DocumentState::ok:
        d.document_state = DocumentState::ok;
        break;
      case intake::DocumentState::fifteen:
        d.document_state = DocumentState::fifteen;
        break;
      case intake::DocumentState::bad_checksum:
        problems.push_back({pointer + "/document", "id_checksum"});
        break;
      case intake::DocumentState::damaged:
        problems.push_back({pointer + "/document", "id_damaged"});
        break;
      case intake::DocumentState::missing:
        d.document_state = DocumentState::missing;
        break;
      case intake::DocumentState::other:
        d.document_state = DocumentState::other;
        break;
    }
    d.birth_day = doc.birth_day;
    if (d.sex == Sex::unknown && doc.sex != intake::Sex::unknown)
      d.sex = doc.sex == intake::Sex::male ? Sex::male : Sex::female;
  }
  return d;
}

}  // namespace feature::people
