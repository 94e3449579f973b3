// Kept files and the persons in them, for those who erase.
#include "feature/exchange/file.hpp"
#include "feature/exchange/service.hpp"

namespace feature::exchange {
namespace {
constexpr const char* open_states = "('analysed', 'committing', 'failed')";
}

std::vector<std::int64_t> files_of(db::Connection& c, const std::string& persons) {
  const auto in = c.in_list(1);
  std::vector<std::int64_t> ids;
  c.run("SELECT import_id FROM person WHERE import_id IS NOT NULL AND id " + in +
            " UNION SELECT import_id FROM residence WHERE import_id IS NOT NULL AND person_id " + in +
            " UNION SELECT import_id FROM phone WHERE import_id IS NOT NULL AND person_id " + in +
            " UNION SELECT import_id FROM conflict WHERE import_id IS NOT NULL AND person_id " + in +
            " UNION SELECT import_id FROM history WHERE import_id IS NOT NULL AND entity = 'person' AND "
            "record_id " +
            in +
            " UNION SELECT i.id FROM import i JOIN place p ON p.compound_id = i.compound_id JOIN residence "
            "r ON r.dwelling_id = p.id WHERE i.state IN " +
            open_states + " AND r.person_id " + in + " ORDER BY 1",
        {persons}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

std::vector<std::int64_t> close_files_of(db::Connection& c, const std::string& persons) {
  const auto ids = files_of(c, persons);
  c.run("UPDATE import SET state = 'discarded' WHERE state IN " + std::string(open_states) + " AND id " +
            c.in_list(1),
        {db::json_array(ids)});
  return ids;
}

void drop_files(const core::Services& services, const std::vector<std::int64_t>& imports) {
  for (const auto id : imports) drop_file(services, id);
}

bool has_file(const core::Services& services, std::int64_t import_id) {
  return std::filesystem::exists(kept_path(services, import_id));
}

}  // namespace feature::exchange
