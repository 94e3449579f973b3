#pragma once
// Whom of the staff one may see, choose and keep. Staff have no place of their own: their employer has, and
// so has what they stand for. The pieces are literals, since a scoped query is made of nothing else; s is the
// staff row.
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "db/scoped.hpp"

// The employer is at home in the scope, or manages or represents a compound in it.
#define EMPLOYER_IN_SCOPE                                                                               \
  "EXISTS (SELECT 1 FROM organisation eo JOIN place ep ON ep.id = eo.place_id WHERE eo.id = "           \
  "s.organisation_id AND ({scope:ep} OR EXISTS (SELECT 1 FROM organisation_bond er JOIN place erp ON "  \
  "erp.id = er.place_id WHERE er.organisation_id = eo.id AND er.bond IN ('manages', 'represents') AND " \
  "er.valid_until_ms IS NULL AND {scope:erp})))"
#define STEWARD_IN_SCOPE                                                                                 \
  "EXISTS (SELECT 1 FROM stewardship w JOIN place wp ON wp.id = w.place_id WHERE w.staff_id = s.id AND " \
  "{scope:wp})"
// Whom one may see and choose: by employer, or standing for a place in the scope, today or before.
#define STAFF_SEEN                                                                                           \
  "(" EMPLOYER_IN_SCOPE " OR " STEWARD_IN_SCOPE                                                              \
  " OR EXISTS (SELECT 1 FROM organisation_bond sr JOIN place srp ON srp.id = sr.place_id WHERE sr.staff_id " \
  "= s.id AND {scope:srp}) OR EXISTS (SELECT 1 FROM team_member sm JOIN team_version sv ON sv.id = "         \
  "sm.version_id JOIN team st ON st.id = sv.team_id JOIN place stp ON stp.id = st.place_id WHERE "           \
  "sm.staff_id "                                                                                             \
  "= s.id AND {scope:stp}))"
// Whose file one keeps: that of the employer's office; without a known employer, of where they stand.
#define STAFF_KEPT "(" EMPLOYER_IN_SCOPE " OR (s.organisation_id IS NULL AND " STEWARD_IN_SCOPE "))"

namespace feature::stewardship {

bool sees_staff(db::Scoped& q, std::int64_t staff);

// Tells the feed that what these did is somebody else's now, where one of them is a person of the registry:
// staff, accounts and persons.
void note_staff_person(db::Scoped& q, const std::vector<std::int64_t>& ids, base::Instant now);

}  // namespace feature::stewardship
