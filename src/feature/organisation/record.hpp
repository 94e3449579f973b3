#pragma once
// Bodies: bureaus, property companies, owners' committees, employers; their superiors in two branches, and
// what they have to do with places, dated (SY-03, SY-10, XN-08, CZ-01, FZ-02).
#include <optional>
#include <string>
#include <vector>

#include "feature/place/record.hpp"

namespace feature::organisation {

enum class Branch { territorial, industry };
// A property company manages a compound, an owners' committee represents one; a body is responsible for a
// place, has contracted for it (联点包干); a leader is hooked up to it (挂钩).
enum class Bond { manages, represents, responsible, contract, hook_up };
// Words an installation chooses.
enum class TermList { organisation_kind, team_kind, document_kind, force, skill, care_kind, directory_kind };

struct TermRow {
  meta::Id<TermRow> id;
  TermList list = TermList::organisation_kind;
  std::string code{};
  std::optional<std::string> title{};  // none: built in, the pages have words for the code
  std::string required_of{};           // of a document: kinds of organisations that must have it
  int position = 0;
  std::optional<meta::Instant> retired{};
};
struct OrganisationRow {
  meta::Id<OrganisationRow> id;
  std::string kind = "other";
  std::int64_t place_id = 0;  // at home: the node whose office keeps the record
  std::string name{};
  std::optional<std::string> code{}, address{}, phone{};
  std::optional<std::int64_t> head_id{};
  std::optional<std::string> note{};
  std::string source = "office";
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  meta::Instant updated{};
};
struct SuperiorRow {
  meta::Id<SuperiorRow> id;
  std::int64_t organisation_id = 0, superior_id = 0;
  Branch branch = Branch::territorial;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};
struct BondRow {
  meta::Id<BondRow> id;
  Bond bond = Bond::responsible;
  std::optional<Branch> branch{};                             // of a responsibility
  std::optional<std::int64_t> organisation_id{}, staff_id{};  // the body, its leader, or both
  std::int64_t place_id = 0;
  std::optional<std::string> document_ref{}, note{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
};

// --- what the API shows -----------------------------------------------------------------------------------
struct Term {
  std::int64_t id = 0;
  TermList list = TermList::organisation_kind;
  std::string code{};
  std::optional<std::string> title{};
  std::vector<std::string> required_of{};
  bool retired = false;
};
struct TermAll {
  std::vector<Term> items{};
};
struct NewTerm {
  TermList list = TermList::organisation_kind;
  meta::Text<1, 30> title;
  std::optional<std::vector<std::string>> required_of{};
};
struct TermPatch {
  std::optional<meta::Text<1, 30>> title{};
  std::optional<std::vector<std::string>> required_of{};
  std::optional<bool> retired{};
};

struct Organisation {
  meta::Id<OrganisationRow> id;
  std::string kind{};
  std::optional<std::string> kind_title{};
  std::string name{};
  std::optional<std::string> code{};
  std::int64_t place_id = 0;
  std::string place_name{};
  std::optional<std::string> phone{}, address{};
  std::optional<std::int64_t> head_id{};
  std::optional<std::string> head_name{};
  std::int64_t staff = 0;      // employed there
  std::int64_t compounds = 0;  // managed or represented, within the asker's scope
  std::optional<std::string> note{};
};
struct OrganisationQuery {
  std::optional<std::string> kind{};
  std::optional<std::int64_t> place_id{};  // at home there or below
  std::optional<meta::Text<1, 50>> q{};    // a part of the name or code
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewOrganisation {
  meta::Text<1, 40> kind;
  std::int64_t place_id = 0;
  meta::Name name;
  std::optional<meta::Text<1, 30>> code{}, phone{};
  std::optional<meta::Text<1, 200>> address{};
  std::optional<meta::Note> note{};
};
struct OrganisationPatch {
  std::optional<meta::Text<1, 40>> kind{};
  std::optional<meta::Name> name{};
  std::optional<meta::Text<1, 30>> code{}, phone{};
  std::optional<meta::Text<1, 200>> address{};
  std::optional<std::int64_t> head_id{};  // one of its staff
  std::optional<meta::Note> note{};
};
struct Superior {
  std::int64_t organisation_id = 0;
  std::string name{}, kind{};
  Branch branch = Branch::territorial;
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct NewSuperior {
  Branch branch = Branch::territorial;
  std::optional<std::int64_t> superior_id{};  // none: no superior in this branch from now on
};
struct OrganisationBond {
  std::int64_t id = 0;
  Bond bond = Bond::responsible;
  std::optional<Branch> branch{};
  std::int64_t place_id = 0;
  place::Kind place_kind = place::Kind::compound;
  std::string place_name{};
  std::optional<std::int64_t> organisation_id{};
  std::optional<std::string> organisation{};
  std::optional<std::int64_t> staff_id{};
  std::optional<std::string> staff_name{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
  std::optional<std::string> document_ref{}, note{};
};
struct OrganisationFile {
  Organisation organisation{};
  std::vector<Superior> superiors{}, subordinates{};  // in force, and superiors of before
  std::vector<OrganisationBond> bonds{};              // within the asker's scope: in force, to come and past
  bool editable = false;
};
struct BondQuery {
  std::int64_t place_id = 0;  // at the place or below it
  std::optional<Bond> bond{};
  std::optional<std::int64_t> at_ms{};  // as it was
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewBond {
  Bond bond = Bond::responsible;
  std::optional<Branch> branch{};         // of a responsibility; territorial when none is said
  std::vector<std::int64_t> place_ids{};  // one decision for several places
  std::optional<std::int64_t> organisation_id{}, staff_id{};
  std::optional<meta::Instant> from_ms{};  // now when none is said
  std::optional<meta::Text<1, 100>> document_ref{};
  std::optional<meta::Note> note{};
};
struct BondList {
  std::vector<OrganisationBond> items{};
};

// Who stands behind each compound: its own bodies, and of those above it the nearest.
enum class Missing { manager, committee, responsible, industry, contract, hook_up };
struct CompoundBodies {
  std::int64_t compound_id = 0;
  std::string name{};
  std::string compound_kind{}, community{};
  std::optional<std::int64_t> manager_id{};
  std::optional<std::string> manager{};
  std::optional<std::int64_t> committee_id{};
  std::optional<std::string> committee{};
  std::optional<std::int64_t> responsible_id{};
  std::optional<std::string> responsible{};
  std::optional<meta::Instant> responsible_since_ms{};
  std::optional<std::string> responsible_ref{};
  std::optional<std::int64_t> industry_id{};
  std::optional<std::string> industry{};
  std::optional<std::int64_t> contract_id{};
  std::optional<std::string> contract{};
  std::optional<std::string> hook_up{};  // names, comma between
};
struct BodiesQuery {
  std::int64_t place_id = 0;
  std::optional<Missing> missing{};  // only compounds without one
  std::optional<std::int64_t> at_ms{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct BodyCount {
  Missing body = Missing::manager;
  std::int64_t missing = 0, of = 0;  // compounds that should have one
};
struct BodiesSummary {
  meta::Instant as_of_ms{};
  std::vector<BodyCount> items{};
};
struct ChainStep {
  std::int64_t organisation_id = 0;
  std::string name{}, kind{};
  std::optional<Bond> bond{};               // how it comes in: manages, responsible; none: as a superior
  std::optional<std::string> place_name{};  // where the bond stands
  meta::Instant since_ms{};
  std::optional<std::string> head_name{};
};
struct ChainBranch {
  Branch branch = Branch::territorial;
  std::vector<ChainStep> steps{};  // nearest first
};
struct Chain {
  std::int64_t place_id = 0;
  std::string place_name{};
  meta::Instant as_of_ms{};
  std::vector<ChainBranch> branches{};
  std::vector<OrganisationBond> leaders{};  // contracts and hook-ups of the place and those above it
};

}  // namespace feature::organisation

META_ENUM(feature::organisation::Branch, "territorial", "industry")
META_ENUM(feature::organisation::Bond, "manages", "represents", "responsible", "contract", "hook_up")
META_ENUM(feature::organisation::TermList, "organisation_kind", "team_kind", "document_kind", "force",
          "skill", "care_kind", "directory_kind")
META_ENUM(feature::organisation::Missing, "manager", "committee", "responsible", "industry", "contract",
          "hook_up")
META_DESCRIBE(feature::organisation::Term, "Term", "", id, list, code, title, required_of, retired)
META_DESCRIBE(feature::organisation::TermAll, "TermAll", "", items)
META_DESCRIBE(feature::organisation::NewTerm, "NewTerm", "", list, title, required_of)
META_DESCRIBE(feature::organisation::TermPatch, "TermPatch", "", title, required_of, retired)
META_DESCRIBE(feature::organisation::Organisation, "Organisation", "", id, kind, kind_title, name, code,
              place_id, place_name, phone, address, head_id, head_name, staff, compounds, note)
META_DESCRIBE(feature::organisation::OrganisationQuery, "OrganisationQuery", "", kind, place_id, q, limit,
              cursor)
META_DESCRIBE(feature::organisation::NewOrganisation, "NewOrganisation", "", kind, place_id, name, code,
              phone, address, note)
META_DESCRIBE(feature::organisation::OrganisationPatch, "OrganisationPatch", "", kind, name, code, phone,
              address, head_id, note)
META_DESCRIBE(feature::organisation::Superior, "Superior", "", organisation_id, name, kind, branch,
              valid_from_ms, valid_until_ms)
META_DESCRIBE(feature::organisation::NewSuperior, "NewSuperior", "", branch, superior_id)
META_DESCRIBE(feature::organisation::OrganisationBond, "OrganisationBond", "", id, bond, branch, place_id,
              place_kind, place_name, organisation_id, organisation, staff_id, staff_name, valid_from_ms,
              valid_until_ms, document_ref, note)
META_DESCRIBE(feature::organisation::OrganisationFile, "OrganisationFile", "", organisation, superiors,
              subordinates, bonds, editable)
META_DESCRIBE(feature::organisation::BondQuery, "BondQuery", "", place_id, bond, at_ms, limit, cursor)
META_DESCRIBE(feature::organisation::NewBond, "NewBond", "", bond, branch, place_ids, organisation_id,
              staff_id, from_ms, document_ref, note)
META_DESCRIBE(feature::organisation::BondList, "BondList", "", items)
META_DESCRIBE(feature::organisation::CompoundBodies, "CompoundBodies", "", compound_id, name, compound_kind,
              community, manager_id, manager, committee_id, committee, responsible_id, responsible,
              responsible_since_ms, responsible_ref, industry_id, industry, contract_id, contract, hook_up)
META_DESCRIBE(feature::organisation::BodiesQuery, "BodiesQuery", "", place_id, missing, at_ms, limit, cursor)
META_DESCRIBE(feature::organisation::BodyCount, "BodyCount", "", body, missing, of)
META_DESCRIBE(feature::organisation::BodiesSummary, "BodiesSummary", "", as_of_ms, items)
META_DESCRIBE(feature::organisation::ChainStep, "ChainStep", "", organisation_id, name, kind, bond,
              place_name, since_ms, head_name)
META_DESCRIBE(feature::organisation::ChainBranch, "ChainBranch", "", branch, steps)
META_DESCRIBE(feature::organisation::Chain, "OrganisationChain", "", place_id, place_name, as_of_ms, branches,
              leaders)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define FROM field<&T::valid_from>("valid_from_ms")
#define UNTIL field<&T::valid_until>("valid_until_ms")
template <>
struct Describe<feature::organisation::TermRow> {
  using T = feature::organisation::TermRow;
  static constexpr std::string_view name = "TermStored", table = "term";
  static constexpr std::array fields{
      KEY, F(list), F(code), F(title), F(required_of), F(position), field<&T::retired>("retired_ms")};
};
template <>
struct Describe<feature::organisation::OrganisationRow> {
  using T = feature::organisation::OrganisationRow;
  static constexpr std::string_view name = "OrganisationStored", table = "organisation";
  static constexpr std::array fields{KEY,
                                     F(kind),
                                     F(place_id),
                                     F(name),
                                     F(code),
                                     F(address),
                                     F(phone),
                                     F(head_id),
                                     F(note),
                                     F(source),
                                     FROM,
                                     UNTIL,
                                     field<&T::updated>("updated_ms")};
};
template <>
struct Describe<feature::organisation::SuperiorRow> {
  using T = feature::organisation::SuperiorRow;
  static constexpr std::string_view name = "SuperiorStored", table = "organisation_superior";
  static constexpr std::array fields{KEY, F(organisation_id), F(superior_id), F(branch), FROM, UNTIL};
};
template <>
struct Describe<feature::organisation::BondRow> {
  using T = feature::organisation::BondRow;
  static constexpr std::string_view name = "BondStored", table = "organisation_bond";
  static constexpr std::array fields{KEY,         F(bond),     F(branch),       F(organisation_id),
                                     F(staff_id), F(place_id), F(document_ref), F(note),
                                     FROM,        UNTIL,       F(created_by)};
};
#undef KEY
#undef F
#undef FROM
#undef UNTIL
}  // namespace meta
