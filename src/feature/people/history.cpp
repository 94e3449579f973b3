// Who said what, when: versions of a record laid side by side. The history keeps whole versions; what changed
// between two of them is found here, and sealed columns are told by what may be shown of them.
#include "feature/people/history.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "feature/people/service.hpp"

namespace feature::people {
namespace {

namespace json = boost::json;

// A stored column, the field it is shown as, and the column whose value is shown.
struct Shown {
  std::string_view column, field, value;
  bool is_day = false;
};
constexpr Shown person_fields[] = {
    {"name", "name", "name"},
    {"sex", "sex", "sex"},
    {"birth_day", "birth_day", "birth_day", true},
    {"document_index", "document", "document_masked"},
    {"registered_residence", "registered_residence", "registered_residence"},
    {"origin", "origin", "origin"},
    {"return_day", "return_day", "return_day", true},
    {"flags", "flags", "flags"},
    {"presence", "presence", "presence"},
    {"away_place", "away_place", "away_place"},
    {"away_since", "away_since", "away_since", true},
};
constexpr Shown residence_fields[] = {{"relation", "relation", "relation"},
                                      {"registered", "registered", "registered"},
                                      {"living", "living", "living"},
                                      {"end_reason", "end_reason", "end_reason"}};
constexpr Shown phone_fields[] = {{"number_index", "phone", "number_masked"}};

struct Version {
  std::int64_t id = 0;  // of the history row: the order of writing
  HistoryEntry entry{};
  std::string actor{};
  json::object before{};  // empty: the record was added
  bool added = false;
};

json::object object_of(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object{};
}

const json::value* member(const json::object& version, std::string_view name) {
  return version.if_contains(json::string_view(name.data(), name.size()));
}

// As shown; empty where a version from before the column, or one without a value, says nothing.
std::optional<std::string> text_of(const json::object& version, const Shown& shown) {
  const auto* value = member(version, shown.value);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_string()) {
    std::string text(value->get_string());
    if (text.empty() || text == "unknown") return std::nullopt;
    return text;
  }
  if (!value->is_int64()) return std::nullopt;
  const auto number = value->get_int64();
  return shown.is_day ? base::to_string(base::Day{static_cast<std::int32_t>(number)})
                      : std::to_string(number);
}

bool differ(const json::object& a, const json::object& b, const Shown& shown) {
  const auto* left = member(a, shown.column);
  const auto* right = member(b, shown.column);
  const json::value none;
  return (left ? *left : none) != (right ? *right : none);
}

class Teller {
 public:
  explicit Teller(db::Scoped& q) : c_(q.unscoped()) {}  // of records the caller found in scope

  void add(std::string_view about, const std::string& label, const meta::Record& record, std::int64_t id,
           const std::string& current, std::span<const Shown> fields) {
    auto versions = load(record.table, id);
    const auto now = object_of(current);
    for (std::size_t i = 0; i < versions.size(); ++i) {
      auto& v = versions[i];
      const auto& after = i + 1 < versions.size() ? versions[i + 1].before : now;
      for (const auto& f : fields) {
        auto old = v.added ? std::nullopt : text_of(v.before, f);
        auto fresh = text_of(after, f);
        if (v.added ? fresh.has_value() : differ(v.before, after, f) && (old || fresh))
          v.entry.changes.push_back({std::string(f.field), std::move(old), std::move(fresh)});
      }
      if (v.entry.changes.empty() && !v.added) continue;
      v.entry.about = about;
      v.entry.label = label;
      v.entry.added = v.added;
      all_.push_back(std::move(v));
    }
  }

  std::vector<HistoryEntry> newest_first() {
    std::ranges::sort(all_, [](const Version& a, const Version& b) { return a.id > b.id; });
    std::vector<HistoryEntry> out;
    for (auto& v : all_) {
      v.entry.by = name_of(v.actor);
      out.push_back(std::move(v.entry));
    }
    return out;
  }

 private:
  std::vector<Version> load(std::string_view table, std::int64_t id) {
    std::vector<Version> versions;
    c_.run(
        "SELECT id, recorded_ms, source, actor, import_id, before FROM history WHERE entity = $1 AND "
        "record_id = $2 ORDER BY recorded_ms, id",
        {table, id}, [&](const db::Row& r) {
          Version v;
          v.id = r.integer(0);
          v.entry.at_ms = r.instant(1);
          v.entry.source = r.str(2);
          v.actor = r.str(3);
          v.entry.import_id = r.maybe_integer(4);
          v.added = r.is_null(5);
          if (!v.added) v.before = object_of(r.text(5));
          versions.push_back(std::move(v));
        });
    return versions;
  }

  // "account:12" is a colleague; a gate phone and the program itself have no name here.
  std::optional<std::string> name_of(const std::string& actor) {
    constexpr std::string_view account = "account:";
    if (!actor.starts_with(account)) return std::nullopt;
    if (const auto at = names_.find(actor); at != names_.end()) return at->second;
    std::optional<std::string> name;
    c_.one("SELECT display_name FROM account WHERE id = $1",
           {static_cast<std::int64_t>(std::atoll(actor.c_str() + account.size()))},
           [&](const db::Row& r) { name = r.str(0); });
    return names_[actor] = name;
  }

  db::Connection& c_;
  std::vector<Version> all_{};
  std::map<std::string, std::optional<std::string>> names_{};
};

template <class T, class F>
void each(db::Connection& c, std::string_view where, std::int64_t id, F body) {
  const auto& record = meta::record_of<T>();
  c.run("SELECT " + meta::column_list(record, "t") + " FROM " + std::string(record.table) + " t WHERE t." +
            std::string(where) + " = $1",
        {id}, [&](const db::Row& r) { body(meta::load<T>(r)); });
}

}  // namespace

std::vector<HistoryEntry> history_of(db::Scoped& q, const std::vector<std::int64_t>& persons,
                                     const std::vector<ResidenceShown>& residences) {
  Teller teller(q);
  auto& c = q.unscoped();
  for (const auto id : persons) {
    std::vector<PersonRow> rows;
    std::vector<PhoneRow> phones;
    each<PersonRow>(c, "id", id, [&](PersonRow row) { rows.push_back(std::move(row)); });
    each<PhoneRow>(c, "person_id", id, [&](PhoneRow row) { phones.push_back(std::move(row)); });
    const auto label = id == persons.front() || rows.empty() ? std::string() : rows.front().name;
    for (const auto& row : rows)
      teller.add("person", label, meta::record_of<PersonRow>(), id,
                 core::version_json(meta::record_of<PersonRow>(), &row), person_fields);
    for (const auto& row : phones)
      teller.add("phone", label, meta::record_of<PhoneRow>(), row.id.value,
                 core::version_json(meta::record_of<PhoneRow>(), &row), phone_fields);
  }
  for (const auto& shown : residences) {
    std::vector<ResidenceRow> rows;
    each<ResidenceRow>(c, "id", shown.id.value, [&](ResidenceRow row) { rows.push_back(std::move(row)); });
    for (const auto& row : rows)
      teller.add("residence", shown.label, meta::record_of<ResidenceRow>(), row.id.value,
                 core::version_json(meta::record_of<ResidenceRow>(), &row), residence_fields);
  }
  return teller.newest_first();
}

std::vector<FieldSource> sources_of(const std::vector<HistoryEntry>& newest_first, const std::string& about) {
  std::vector<FieldSource> out;
  std::map<std::string, bool> told;
  for (const auto& entry : newest_first) {
    if (entry.about != about || !entry.label.empty()) continue;
    for (const auto& change : entry.changes) {
      if (!told.emplace(change.field, true).second || !change.after) continue;
      out.push_back({change.field, entry.source, entry.at_ms, entry.by, entry.import_id});
    }
  }
  return out;
}

}  // namespace feature::people
