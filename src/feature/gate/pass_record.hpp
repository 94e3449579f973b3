#pragma once
// Gate: exit cards.
#include <optional>
#include <string>
#include <vector>

#include "core/list.hpp"
#include "meta/describe.hpp"

namespace feature::gate {

enum class PassClass { household, person, exempt, vehicle, visitor, worker };
enum class PassState { blank, inactive, active, voided, replaced };
struct PassRow {
  meta::Id<PassRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> household_id{}, dwelling_id{};
  std::string sort{};
  std::optional<std::string> label{};
  PassClass pass_class = PassClass::household;
  PassState state = PassState::inactive;
  int generation = 1;
  std::string short_code{}, token{}, batch{};
  meta::Instant issued{};
  std::int64_t issued_by = 0;
  meta::Day valid_until{};
  std::optional<meta::Instant> activated{}, voided{};
  std::optional<std::string> void_reason{};
  std::optional<std::int64_t> replaced_by{};
  std::optional<std::int64_t> person_id{}, vehicle_id{}, guest_id{};  // whose, by class
};

struct Pass {
  meta::Id<PassRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> household_id{};
  std::optional<std::string> label{};
  PassClass pass_class = PassClass::household;
  PassState state = PassState::inactive;
  int serial = 1;
  std::string short_code_masked{};
  meta::Instant issued{};
  std::optional<meta::Instant> activated{}, voided{};
  std::optional<std::string> void_reason{};
  meta::Day valid_until{};
  std::string batch{};
  std::optional<std::string> holder{};  // masked name, or plate
};
enum class PassOrder { walking, walking_back, newest, oldest };  // the last two by when it was issued
struct PassQuery {
  std::int64_t compound_id = 0;
  std::optional<PassState> state{};
  std::optional<std::int64_t> household_id{};
  std::optional<meta::Text<1, 50>> q{};
  std::optional<PassOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
// Somebody who comes regularly and is in no registry; `note`: for whom.
struct WorkerLine {
  meta::Name name;
  std::optional<meta::Text<3, 30>> phone{};
  meta::Note note;
};
// Cards for all of a place who have none of the class: households, persons who live there, those of them with
// a certificate, vehicles; or for the workers named. Visitors have one each, from their host.
struct IssuePasses {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> building_id{};
  std::optional<meta::Day> valid_until{};
  std::optional<PassClass> pass_class{};  // household when absent
  std::optional<std::vector<WorkerLine>> workers{};
};
// A card of a person, a vehicle, a visitor or a worker.
struct NewPass {
  std::int64_t compound_id = 0;
  PassClass pass_class = PassClass::person;
  std::optional<std::int64_t> person_id{};     // person, exempt
  std::optional<std::int64_t> vehicle_id{};    // vehicle
  std::optional<std::int64_t> household_id{};  // visitor: the host who has confirmed
  std::optional<meta::Name> name{};            // visitor, worker
  std::optional<meta::Text<3, 30>> phone{};
  std::optional<meta::Note> note{};  // visitor: why; worker: for whom
  std::optional<meta::Day> valid_until{};
};
struct IssuedPass {
  Pass pass{};
  std::string short_code{};  // said once, to tell it by telephone
};
struct BlankPasses {
  std::int64_t compound_id = 0;
  meta::Int<1, 2000> count = 10;
  std::optional<meta::Day> valid_until{};
};
struct Issued {
  std::string batch{};
  std::int64_t issued = 0, skipped = 0;
};
enum class PrintLayout { sheet, single };
struct PrintQuery {
  std::int64_t compound_id = 0;
  std::optional<std::string> batch{};
  std::optional<std::int64_t> building_id{};
  std::optional<PrintLayout> layout{};
  std::optional<std::string> lang{};
};
enum class VoidReason { lost, moved, misuse, other };
struct VoidPass {
  VoidReason reason = VoidReason::lost;
  std::optional<meta::Note> note{};
};
struct BindPass {
  meta::Text<8, 300> text;
  std::int64_t household_id = 0;
};
// A card on its holder's phone.
struct PassPage {
  std::string url{}, qr_svg{};
};
struct PassPageQuery {
  std::optional<std::string> lang{};
};
struct PassKeyState {
  int signing = 1;  // number of the key that signs new cards
  int earlier = 0;  // keys before it, whose cards are good as long as they say
};

}  // namespace feature::gate

META_ENUM(feature::gate::PassClass, "household", "person", "exempt", "vehicle", "visitor", "worker")
META_ENUM(feature::gate::PassState, "blank", "inactive", "active", "void", "replaced")
META_ENUM(feature::gate::PassOrder, "walking", "walking_back", "newest", "oldest")
META_ENUM(feature::gate::PrintLayout, "sheet", "single")
META_ENUM(feature::gate::VoidReason, "lost", "moved", "misuse", "other")

META_DESCRIBE(feature::gate::PassQuery, "PassQuery", "", compound_id, state, household_id, q, order, limit,
              cursor)
META_DESCRIBE(feature::gate::WorkerLine, "WorkerLine", "", name, phone, note)
META_DESCRIBE(feature::gate::IssuePasses, "IssuePasses", "", compound_id, building_id, valid_until,
              pass_class, workers)
META_DESCRIBE(feature::gate::NewPass, "NewPass", "", compound_id, pass_class, person_id, vehicle_id,
              household_id, name, phone, note, valid_until)
META_DESCRIBE(feature::gate::BlankPasses, "BlankPasses", "", compound_id, count, valid_until)
META_DESCRIBE(feature::gate::Issued, "Issued", "", batch, issued, skipped)
META_DESCRIBE(feature::gate::PrintQuery, "PrintQuery", "", compound_id, batch, building_id, layout, lang)
META_DESCRIBE(feature::gate::VoidPass, "VoidPass", "", reason, note)
META_DESCRIBE(feature::gate::PassPage, "PassPage", "", url, qr_svg)
META_DESCRIBE(feature::gate::PassPageQuery, "PassPageQuery", "", lang)
META_DESCRIBE(feature::gate::PassKeyState, "PassKeyState", "", signing, earlier)
META_DESCRIBE(feature::gate::BindPass, "BindPass", "", text, household_id)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::gate::PassRow> {
  using T = feature::gate::PassRow;
  static constexpr std::string_view name = "PassStored", table = "pass";
  static constexpr std::array fields{KEY,
                                     F(compound_id),
                                     F(household_id),
                                     F(dwelling_id),
                                     F(sort),
                                     F(label),
                                     F(pass_class),
                                     F(state),
                                     F(generation),
                                     F(short_code),
                                     F(token),
                                     F(batch),
                                     AT(issued),
                                     F(issued_by),
                                     F(valid_until),
                                     AT(activated),
                                     field<&T::voided>("void_ms"),
                                     F(void_reason),
                                     F(replaced_by),
                                     F(person_id),
                                     F(vehicle_id),
                                     F(guest_id)};
};
template <>
struct Describe<feature::gate::Pass> {
  using T = feature::gate::Pass;
  static constexpr std::string_view name = "Pass", table = "";
  static constexpr std::array fields{F(id),
                                     F(compound_id),
                                     F(household_id),
                                     F(label),
                                     F(pass_class),
                                     F(state),
                                     F(serial),
                                     F(short_code_masked),
                                     AT(issued),
                                     AT(activated),
                                     field<&T::voided>("void_ms"),
                                     F(void_reason),
                                     F(valid_until),
                                     F(batch),
                                     F(holder)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta

META_DESCRIBE(feature::gate::IssuedPass, "IssuedPass", "", pass, short_code)
