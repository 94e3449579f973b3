#include "feature/access/service.hpp"

namespace feature::access {
namespace {
using P = api::Permission;

struct Role {
  std::string_view name;
  api::PermissionSet permissions;
};

const std::vector<Role>& roles() {
  static const std::vector<Role> all{
      {"administrator",
       {P::place_read, P::place_write, P::household_read, P::household_write, P::import_write, P::pass_read,
        P::pass_write, P::policy_read, P::policy_write, P::passage_read, P::passage_write, P::passage_export,
        P::enrolment_write, P::account_write, P::audit_read}},
      {"office",
       {P::place_read, P::place_write, P::household_read, P::household_write, P::import_write, P::pass_read,
        P::pass_write, P::policy_read, P::policy_write, P::passage_read, P::passage_write, P::passage_export,
        P::enrolment_write}},
      // A guard needs the verdict and a masked name, not the ledger (requirements F7).
      {"guard", {P::place_read, P::gate_decide}},
  };
  return all;
}
}  // namespace

api::PermissionSet permissions_of(std::string_view role) {
  for (const auto& r : roles())
    if (r.name == role) return r.permissions;
  return {};
}

const std::vector<std::string_view>& role_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out;
    for (const auto& r : roles()) out.push_back(r.name);
    return out;
  }();
  return names;
}

}  // namespace feature::access
