#pragma once
// Inside the feature: rows of arrivals, what the API shows of them, and which key area a name is of.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feature/arrival/service.hpp"

namespace feature::arrival {

inline constexpr auto arrival_columns = db::ScopedSql(
    "SELECT a.id, a.dwelling_id, a.compound_id, a.household_id, a.client_key, a.source, a.state, a.arrived, "
    "a.origin, a.origin_area_id, a.been_to, a.been_area_id, a.demand, a.transport, a.transport_number, "
    "a.seat, a.proof, a.host_name, a.confirmed_by, a.confirmed_ms, a.filed_by, a.filed_ms, a.filing_number, "
    "a.withdrawn_ms, a.created_by, a.created_ms, a.version FROM arrival a JOIN place p ON p.id = "
    "a.dwelling_id WHERE {scope:p}");

// Numbers of trains and flights as they are compared: "g 1234", "Ｇ-1234" and "G1234" are one.
std::string plain_number(std::string_view text);

// In scope; absent and out of scope are the same.
std::optional<ArrivalRow> find_arrival(db::Scoped& q, std::int64_t id);
// The same, kept from others until the transaction ends.
std::optional<ArrivalRow> lock_arrival(db::Scoped& q, std::int64_t id);
std::vector<PersonRow> people_of(db::Scoped& q, std::int64_t arrival_id);
// As lists show them, in the order given. For rows found within the scope.
std::vector<Arrival> shown(db::Scoped& q, const std::vector<ArrivalRow>& rows, base::Instant now);
base::Result<ArrivalFile> file_of(db::Scoped& q, std::int64_t id, base::Instant now);

// The strictest key area of that day whose name, or another name of it, stands in `text`; of those in force
// at the dwelling or above it.
struct AreaFound {
  std::int64_t id = 0;
  Demand demand = Demand::filing;
};
std::optional<AreaFound> area_of(db::Scoped& q, std::int64_t dwelling_id, std::string_view text,
                                 base::Day day);

std::string origin_of(std::int64_t arrival_id);  // of the work item that waits for the filing
bool overdue(const ArrivalRow& row, base::Instant now);

}  // namespace feature::arrival
