#include "feature/erasure/inventory.hpp"

#include <array>

namespace feature::erasure {
namespace {

#define PERSONS_NAMES "(SELECT pe.name FROM person pe WHERE pe.id {persons})"
#define PERSONS_ROWS(table) "record_id IN (SELECT t.id FROM " table " t WHERE t.person_id {persons})"
// A car belongs to the person when it says so, or when nobody else ever lived in the household.
#define OWN_VEHICLE                                                                                \
  "household_id IN (SELECT r.household_id FROM residence r WHERE r.person_id {persons}) AND "      \
  "(owner_name IN " PERSONS_NAMES                                                                  \
  " OR NOT EXISTS (SELECT 1 FROM residence o WHERE o.household_id = vehicle.household_id AND NOT " \
  "(o.person_id {persons})))"
// A level of the whole household is the person's when nobody else ever lived there.
#define OWN_LEVEL                                                                                           \
  "(person_id {persons} OR (person_id IS NULL AND household_id IN (SELECT r.household_id FROM residence r " \
  "WHERE r.person_id {persons}) AND NOT EXISTS (SELECT 1 FROM residence o WHERE o.household_id = "          \
  "observation.household_id AND NOT (o.person_id {persons}))))"
#define OWN_CASES "case_id IN (SELECT id FROM control_case WHERE person_id {persons})"
#define CASES_ROWS(table) "record_id IN (SELECT t.id FROM " table " t WHERE t." OWN_CASES ")"
#define OWN_CARE "recipient_id IN (SELECT id FROM care_recipient WHERE person_id {persons})"
#define CARE_ROWS(table) "record_id IN (SELECT t.id FROM " table " t WHERE t." OWN_CARE ")"
// What a household asked for is the person's when it says so, or when nobody else ever lived there.
#define OWN_REQUEST                                                                                         \
  "(person_id {persons} OR (person_id IS NULL AND household_id IN (SELECT r.household_id FROM residence r " \
  "WHERE r.person_id {persons}) AND NOT EXISTS (SELECT 1 FROM residence o WHERE o.household_id = "          \
  "service_request.household_id AND NOT (o.person_id {persons}))))"
// Of a party of several the journey is the others' too: it is emptied with the last of them.
#define OWN_ARRIVAL                                                                                         \
  "id IN (SELECT t.arrival_id FROM arrival_person t WHERE t.person_id {persons}) AND NOT EXISTS (SELECT 1 " \
  "FROM arrival_person o WHERE o.arrival_id = arrival.id AND (o.person_id IS NULL OR NOT (o.person_id "     \
  "{persons})))"
#define OWN_DWELLING             \
  "owner_name IN " PERSONS_NAMES \
  " AND id IN (SELECT r.dwelling_id FROM residence r WHERE r.person_id {persons})"
// Along the ledger's index of households.
#define OWN_PASSAGE                                                                           \
  "household_id IN (SELECT r.household_id FROM residence r WHERE r.person_id {persons}) AND " \
  "person_id {persons}"

constexpr std::string_view history_other = "entity source actor";

constexpr Entry history_of(std::string_view where) {
  return {"history", Whose::person, Fate::removed, where, {}, "before", history_other, 200};
}

constexpr auto entries = std::to_array<Entry>({
    // --- who said what, when
    history_of("entity IN ('person', 'person_alias') AND record_id {persons}"),
    history_of("entity = 'phone' AND " PERSONS_ROWS("phone")),
    history_of("entity = 'residence' AND " PERSONS_ROWS("residence")),
    history_of("entity = 'conflict' AND " PERSONS_ROWS("conflict")),
    history_of("entity = 'duplicate_pair' AND record_id IN (SELECT t.id FROM duplicate_pair t WHERE t.a_id "
               "{persons} OR t.b_id {persons})"),
    history_of("entity = 'observation' AND record_id IN (SELECT id FROM observation WHERE " OWN_LEVEL ")"),
    history_of("entity = 'exemption' AND " PERSONS_ROWS("exemption")),
    history_of("entity = 'control_case' AND " PERSONS_ROWS("control_case")),
    history_of("entity = 'control_test' AND " CASES_ROWS("control_test")),
    history_of("entity = 'control_follow_up' AND " CASES_ROWS("control_follow_up")),
    history_of("entity = 'control_mark' AND " CASES_ROWS("control_mark")),
    history_of("entity = 'control_outing' AND " CASES_ROWS("control_outing")),
    history_of("entity = 'control_transfer' AND " CASES_ROWS("control_transfer")),
    history_of("entity = 'trace_mark' AND " PERSONS_ROWS("trace_mark")),
    history_of("entity = 'received_contact' AND " PERSONS_ROWS("received_contact")),
    history_of("entity = 'care_recipient' AND " PERSONS_ROWS("care_recipient")),
    history_of("entity = 'care_need' AND " CARE_ROWS("care_need")),
    history_of(
        "entity = 'service_request' AND record_id IN (SELECT id FROM service_request WHERE " OWN_REQUEST ")"),
    history_of("entity = 'arrival' AND record_id IN (SELECT id FROM arrival WHERE " OWN_ARRIVAL ")"),
    history_of("entity = 'arrival_person' AND " PERSONS_ROWS("arrival_person")),
    history_of("entity = 'vehicle' AND record_id IN (SELECT id FROM vehicle WHERE " OWN_VEHICLE ")"),
    history_of("entity = 'dwelling' AND record_id IN (SELECT id FROM dwelling WHERE " OWN_DWELLING ")"),
    // --- said at the door of where the person lived: the visit stays, the words go
    {"survey_attempt", Whose::person, Fate::emptied,
     "note IS NOT NULL AND dwelling_id IN (SELECT r.dwelling_id FROM residence r WHERE r.person_id "
     "{persons})",
     "note = NULL", "note", "client_id digest contact fitted_out occupied", 0},
    {"questionnaire_answer", Whose::person, Fate::emptied,
     "answers <> '[]' AND dwelling_id IN (SELECT r.dwelling_id FROM residence r WHERE r.person_id {persons})",
     "answers = '[]'", "answers", "client_id digest", 0},
    // --- what belongs to the person
    // Along its index of words: it has none of persons.
    {"search_term",
     Whose::person,
     Fate::removed,
     "kind IN (SELECT w.kind FROM search_word w WHERE w.person_id {persons}) AND term IN (SELECT w.term FROM "
     "search_word w WHERE w.person_id {persons}) AND person_id {persons}",
     {},
     "term",
     "kind",
     60},
    {"search_word", Whose::person, Fate::removed, "person_id {persons}", {}, "term", "kind", 60},
    {"duplicate_pair",
     Whose::person,
     Fate::removed,
     "a_id {persons} OR b_id {persons}",
     {},
     "a_id b_id",
     "reasons state",
     24},
    {"person_alias",
     Whose::person,
     Fate::removed,
     "alias_id {persons} OR person_id {persons}",
     {},
     "undo",
     "",
     40},
    {"conflict",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "known_sealed said_sealed said_index",
     "field known_source said_source actor state",
     60},
    {"observation", Whose::person, Fate::removed, OWN_LEVEL, {}, "level", "", 40},
    {"exemption",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "exemption_kind certificate issuer",
     "",
     30},
    {"test_swab", Whose::person, Fate::removed, "person_id {persons}", {}, {}, "tube", 0},
    {"control_test", Whose::person, Fate::removed, OWN_CASES, {}, "result", "client_id", 20},
    {"control_follow_up",
     Whose::person,
     Fate::removed,
     OWN_CASES,
     {},
     "done not_done symptoms note",
     "half channel",
     20},
    {"control_mark", Whose::person, Fate::removed, OWN_CASES, {}, "up_note down_note", "kind", 20},
    {"control_outing",
     Whose::person,
     Fate::removed,
     OWN_CASES,
     {},
     "reason destination vehicle",
     "state",
     20},
    {"control_transfer", Whose::person, Fate::removed, OWN_CASES, {}, "site vehicle cares guardian", "", 20},
    {"control_case",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "category decided_by reference site level attention end_reason end_reference",
     "origin",
     40},
    {"care_helper", Whose::person, Fate::removed, OWN_CARE, {}, {}, "", 0},
    {"care_contact", Whose::person, Fate::removed, OWN_CARE, {}, "note", "channel", 20},
    {"care_need", Whose::person, Fate::removed, OWN_CARE, {}, "kind what", "", 20},
    {"care_recipient",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "kinds note end_reason end_note",
     "",
     40},
    {"service_request", Whose::person, Fate::emptied, OWN_REQUEST,
     "detail = '', reason = NULL, rating_note = NULL", "detail reason rating_note",
     "currency channel state origin", 0},
    {"arrival", Whose::person, Fate::emptied, OWN_ARRIVAL,
     "origin = '', been_to = NULL, transport_number = NULL, seat = NULL, host_name = NULL",
     "origin been_to transport_number seat host_name",
     "client_key source state demand transport proof filing_number", 0},
    {"staff_person", Whose::person, Fate::removed, "person_id {persons}", {}, {}, "", 0},
    {"arrival_person",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "name_sealed phone_sealed name_masked",
     "relation",
     30},
    {"vehicle_passage", Whose::person, Fate::emptied,
     "vehicle_id IN (SELECT id FROM vehicle WHERE " OWN_VEHICLE ")", "plate = '', reason = NULL",
     "plate reason", "direction result vehicle_class vehicle_kind steps outcome reasons flags", 0},
    {"vehicle", Whose::person, Fate::emptied, OWN_VEHICLE,
     "owner_name = NULL, plate = '', colour = NULL, phone_sealed = NULL, phone_masked = NULL, "
     "vehicle_kind = 'unknown'",
     "owner_name plate colour phone_sealed phone_masked vehicle_kind", "label source", 60},
    {"dwelling", Whose::person, Fate::emptied, OWN_DWELLING,
     "owner_name = NULL, owner_phone_sealed = NULL, owner_phone_masked = NULL",
     "owner_name owner_phone_sealed owner_phone_masked",
     "phase building stair room label fitted_out occupancy source", 160},
    {"passage", Whose::person, Fate::emptied, OWN_PASSAGE " AND reason IS NOT NULL", "reason = NULL",
     "reason",
     "direction result holder_kind person_ids relation temperature_note readings steps emergency_reason "
     "outcome reasons flags",
     0},
    {"passage", Whose::person, Fate::kept, OWN_PASSAGE},
    {"trace_mark",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "kind grounds note lift_reason",
     "decided_by document_ref hand_over_to",
     24},
    {"received_contact",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "name_sealed name_masked phone_sealed phone_masked sex kind grounds note",
     "decided_by document_ref",
     24},
    {"trace_case", Whose::person, Fate::emptied, "person_id {persons}", "reason = '', lift_reason = NULL",
     "reason lift_reason", "number basis state", 0},
    {"phone",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "number_sealed number_index number_masked",
     "source",
     60},
    {"residence",
     Whose::person,
     Fate::removed,
     "person_id {persons}",
     {},
     "relation registered living end_reason",
     "source",
     24},
    {"person", Whose::person, Fate::emptied, "id {persons}",
     "name = '', sex = 'unknown', birth_day = NULL, document_kind = 'other', document_state = 'missing', "
     "document_sealed = NULL, document_index = NULL, document_masked = NULL, registered_residence = NULL, "
     "origin = NULL, return_day = NULL, flags = '', presence = 'unknown', presence_source = 'none', "
     "presence_ms = 0, import_id = NULL, away_place = NULL, away_since = NULL",
     "name sex birth_day document_kind document_state document_sealed document_index document_masked "
     "registered_residence origin return_day flags presence presence_source presence_ms import_id away_place "
     "away_since",
     "source", 200},
    // --- work about the person: that it was done stays, what was written about them goes
    {"work_event", Whose::person, Fate::emptied,
     "item_id IN (SELECT w.id FROM work_item w WHERE w.person_id {persons}) AND (note IS NOT NULL OR "
     "latitude_e4 IS NOT NULL)",
     "note = NULL, latitude_e4 = NULL, longitude_e4 = NULL, accuracy_m = NULL",
     "note latitude_e4 longitude_e4 accuracy_m", "verb state client_id", 0},
    {"work_item", Whose::person, Fate::emptied, "person_id {persons} AND note IS NOT NULL", "note = NULL",
     "note", "kind state detail origin", 0},
    // --- short-lived, gone by the rule of their kind
    {"guest", Whose::guest, Fate::kept, {}, {}, "name_sealed name_masked phone_sealed note", "state", 80},
    {"rejected_record", Whose::guest, Fate::kept, {}, {}, "payload_sealed", "payload_digest problems", 60},
    // --- people who work here
    {"staff",
     Whose::worker,
     Fate::kept,
     {},
     {},
     "name phone_sealed phone_index phone_masked",
     "organisation post rank party source force skills"},
    {"account", Whose::worker, Fate::kept, {}, {}, "username display_name", "password_hash"},
    {"session", Whose::worker, Fate::kept, {}, {}, "peer agent", "token_digest"},
    {"opening",
     Whose::worker,
     Fate::kept,
     {},
     {},
     "key_holder key_phone",
     "name kind state direction seal_method exception_reason"},
    {"totp", Whose::worker, Fate::kept, {}, {}, "secret_sealed"},
    {"recovery_code", Whose::worker, Fate::kept, {}, {}, "code_digest"},
    {"stewardship", Whose::nobody, Fate::kept, {}, {}, {}, "source duty"},
    {"role_grant", Whose::nobody, Fate::kept, {}, {}, {}, "role"},
    {"login_throttle", Whose::nobody, Fate::kept, {}, {}, {}, "digest"},
    {"one_time_link", Whose::nobody, Fate::kept, {}, {}, {}, "purpose token_digest"},
    // The actor's own words say why; ids say about whom. Both are there to be kept.
    {"audit",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "actor action entity detail request_id reason row_mac chain_mac"},
    {"emergency_access", Whose::nobody, Fate::kept, {}, {}, {}, "reason"},
    // --- ids, codes and places
    {"household", Whose::nobody, Fate::kept, {}, {}, {}, "sort label source"},
    {"pass",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "sort label pass_class state short_code token batch void_reason"},
    {"import", Whose::nobody, Fate::kept, {}, {}, {}, "filename state overrides summary row_statuses undone"},
    {"ingest", Whose::nobody, Fate::kept, {}, {}, {}, "payload_digest answer"},
    {"client_request", Whose::nobody, Fate::kept, {}, {}, {}, "client_id digest"},
    {"test_session", Whose::worker, Fate::kept, {}, {}, "organiser", "site"},
    {"duty_shift", Whose::worker, Fate::kept, {}, {}, "guard", ""},
    {"enrolment",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "label state secret_digest device_digest list_version"},
    {"change", Whose::nobody, Fate::kept, {}, {}, {}, "kind"},
    {"place", Whose::nobody, Fate::kept, {}, {}, {}, "kind name code compound_kind sort"},
    {"place_past", Whose::nobody, Fate::kept, {}, {}, {}, "name code compound_kind"},
    {"place_set", Whose::nobody, Fate::kept, {}, {}, {}, "kind name code note"},
    {"zone", Whose::nobody, Fate::kept, {}, {}, {}, "level reason"},
    {"place_rule", Whose::nobody, Fate::kept, {}, {}, {}, "params note"},
    {"policy", Whose::nobody, Fate::kept, {}, {}, {}, "params note zone_level compound_kind state"},
    {"hand_over_key", Whose::nobody, Fate::kept, {}, {}, {}, "public_key fingerprint name"},
    {"received_case",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "public_key from_office to_office case_number digest"},
    {"trace_policy", Whose::nobody, Fate::kept, {}, {}, {}, "control_kinds kinds note"},
    {"role", Whose::nobody, Fate::kept, {}, {}, {}, "name title permissions"},
    {"compound_profile", Whose::nobody, Fate::kept, {}, {}, {}, "property_level"},
    {"erasure", Whose::nobody, Fate::kept, {}, {}, {}, "cause actor reason reference removed proof"},
    {"retention_rule", Whose::nobody, Fate::kept, {}, {}, {}, "kind note"},
    {"retention_run", Whose::nobody, Fate::kept, {}, {}, {}, "removed"},
    {"remembered_form", Whose::nobody, Fate::kept, {}, {}, {}, "header_digest said"},
    {"term", Whose::nobody, Fate::kept, {}, {}, {}, "list code title required_of"},
    {"organisation", Whose::nobody, Fate::kept, {}, {}, {}, "kind name code address phone note source"},
    {"organisation_superior", Whose::nobody, Fate::kept, {}, {}, {}, "branch"},
    {"organisation_bond", Whose::nobody, Fate::kept, {}, {}, {}, "bond branch document_ref note"},
    {"team", Whose::nobody, Fate::kept, {}, {}, {}, "kind name"},
    {"team_version", Whose::nobody, Fate::kept, {}, {}, {}, "document_ref note"},
    {"team_member", Whose::worker, Fate::kept, {}, {}, {}, "role duty"},
    {"organisation_document", Whose::nobody, Fate::kept, {}, {}, {}, "kind title reference note"},
    // Papers of bodies; whoever keeps a file about a person names it above. The bytes go with the row.
    {"stored_file", Whose::nobody, Fate::kept, {}, {}, {}, "owner address name media key_sealed"},
    {"setting", Whose::nobody, Fate::kept, {}, {}, {}, "name value"},
    {"id_block", Whose::nobody, Fate::kept, {}, {}, {}, "name"},
    {"schema_migration", Whose::nobody, Fate::kept, {}, {}, {}, "name checksum"},
    {"work_kind", Whose::nobody, Fate::kept, {}, {}, {}, "code category flow evidence"},
    {"work_plan", Whose::nobody, Fate::kept, {}, {}, {}, "kind target rhythm note"},
    {"work_transition", Whose::nobody, Fate::kept, {}, {}, {}, "flow from_state verb to_state permission"},
    {"account_staff"},
    {"key_area", Whose::nobody, Fate::kept, {}, {}, {}, "name also demand reference"},
    {"control_rule", Whose::nobody, Fate::kept, {}, {}, {}, "params reference note"},
    {"seal_decision", Whose::nobody, Fate::kept, {}, {}, {}, "reason action"},
    {"measure_note", Whose::nobody, Fate::kept, {}, {}, {}, "note measure"},
    {"webhook",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "name format url_sealed host secret_sealed kinds lang"},
    {"outbox", Whose::nobody, Fate::kept, {}, {}, {}, "verb failure"},
    {"survey_round", Whose::nobody, Fate::kept, {}, {}, {}, "name direction ladder"},
    {"survey_visit",
     Whose::nobody,
     Fate::kept,
     {},
     {},
     {},
     "state outcome next_contact fitted_out occupied settled_by"},
    {"meter_reading", Whose::nobody, Fate::kept, {}, {}, {}, "meter number"},
    {"meter_estimate", Whose::nobody, Fate::kept, {}, {}, {}, "reasons"},
    {"survey_handover", Whose::nobody, Fate::kept, {}, {}, {}, "note receipt_note"},
    {"service_kind", Whose::nobody, Fate::kept, {}, {}, {}, "code title measure"},
    {"directory_entry",
     Whose::worker,
     Fate::kept,
     {},
     {},
     "name phone address responsible",
     "kind hours note"},
    {"drop_point", Whose::nobody, Fate::kept, {}, {}, {}, "name line note"},
    {"delivery_run", Whose::nobody, Fate::kept, {}, {}, {}, "note"},
    {"questionnaire", Whose::nobody, Fate::kept, {}, {}, {}, "code title_zh title_en"},
    {"questionnaire_version", Whose::nobody, Fate::kept, {}, {}, {}, "form"},
    {"questionnaire_round"},
    {"survey_round_place"},
    {"survey_figure"},
    {"place_set_member"},
    {"compound_figures"},
    {"control_figures", Whose::nobody, Fate::kept, {}, {}, {}, "figures"},
    {"opening_unit"},
    {"team_body"},
    {"place_move"},
    {"erased_person"},
});

}  // namespace

std::span<const Entry> inventory() { return entries; }

std::string where_of(const Entry& entry, const db::Connection& c) {
  constexpr std::string_view slot = "{persons}";
  std::string out(entry.where);
  const auto list = c.in_list(1);
  for (std::size_t at = out.find(slot); at != out.npos; at = out.find(slot, at + list.size()))
    out.replace(at, slot.size(), list);
  return out;
}

}  // namespace feature::erasure
