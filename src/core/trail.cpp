#include "core/trail.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <unordered_map>

#include "core/audit_chain.hpp"
#include "core/services.hpp"

namespace core {
namespace {

constexpr std::string_view history_sql =
    "INSERT INTO history (entity, record_id, valid_from_ms, recorded_ms, source, import_id, actor, before) "
    "VALUES ($1, $2, $3, $3, $4, $5, $6, $7)";

std::int64_t key_of(const meta::Record& record, const void* value) {
  for (const auto& f : record.fields)
    if (f.attrs.primary_key) return std::get<std::int64_t>(f.ops->to_arg(f.get(value)).value());
  return 0;
}

void write_history(db::Scoped& q, const meta::Record& record, std::int64_t id,
                   const std::optional<std::string>& before, const Source& s) {
  q.unscoped().run(history_sql, {record.table, id, s.now, s.source, s.import_id, s.actor, before});
}

int digit_of(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

// One value of a version, as if a store had answered with it.
class OneValue final : public meta::Row {
 public:
  OneValue(const boost::json::value& value, meta::SqlType type) : value_(value), text_(text_of(value)) {
    if (type != meta::SqlType::blob) return;
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text_.size(); i += 2)
      bytes += static_cast<char>(digit_of(text_[i]) * 16 + digit_of(text_[i + 1]));
    text_ = std::move(bytes);
  }
  int size() const override { return 1; }
  bool is_null(int) const override { return value_.is_null(); }
  std::int64_t integer(int) const override { return value_.is_int64() ? value_.get_int64() : 0; }
  double real(int) const override { return value_.is_number() ? value_.to_number<double>() : 0; }
  std::string_view text(int) const override { return text_; }
  std::string_view blob(int) const override { return text_; }

 private:
  static std::string text_of(const boost::json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : std::string();
  }
  const boost::json::value& value_;
  std::string text_;
};

// A passage's row has forty columns: written once for a record, and not for each row.
const std::string& insert_of(const meta::Record& record) {
  thread_local std::unordered_map<const meta::Record*, std::string> written;
  auto& sql = written[&record];
  if (sql.empty()) sql = meta::insert_sql(record);
  return sql;
}

}  // namespace

void load_version(const meta::Record& record, void* value, std::string_view version) {
  const auto said = boost::json::parse(boost::json::string_view(version.data(), version.size()));
  for (const auto& f : record.fields) {
    const auto* column =
        f.attrs.stored ? said.as_object().if_contains(boost::json::string_view(f.name.data(), f.name.size()))
                       : nullptr;
    if (column) f.ops->from_column(f.mut(value), OneValue(*column, f.ops->sql_type()), 0);
  }
}

std::string version_json(const meta::Record& record, const void* value) {
  std::string out = "{";
  for (const auto& f : record.fields) {
    if (!f.attrs.stored) continue;
    if (out.size() > 1) out += ',';
    out += fmt::format("\"{}\":", f.name);
    const auto arg = f.ops->to_arg(f.get(value));
    std::visit(
        [&](const auto& v) {
          using V = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<V, std::monostate>)
            out += "null";
          else if constexpr (std::is_same_v<V, std::string_view>)
            meta::append_quoted(v, out);
          else if constexpr (std::is_same_v<V, meta::Blob>) {
            out += '"';
            for (const char b : v.bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(b));
            out += '"';
          } else {
            out += fmt::format("{}", v);
          }
        },
        arg.value());
  }
  return out + "}";
}

Source source_of(const api::Context& c, std::string_view source) {
  return {std::string(source),
          c.who.enrolment ? fmt::format("enrolment:{}", c.who.enrolment)
                          : fmt::format("account:{}", c.who.account),
          c.now, std::nullopt};
}

void append_record(db::Scoped& q, const meta::Record& record, const void* value) {
  std::vector<db::Arg> args;
  meta::append_args(record, value, args);
  q.unscoped().run(insert_of(record), args, {});
}

void insert_record(db::Scoped& q, const meta::Record& record, const void* value, const Source& source) {
  append_record(q, record, value);
  write_history(q, record, key_of(record, value), std::nullopt, source);
}

void update_record(db::Scoped& q, const meta::Record& record, const void* before, const void* after,
                   const Source& source) {
  update_records(q, record, {{before, after}}, source);
}

void update_records(db::Scoped& q, const meta::Record& record, const std::vector<Versions>& values,
                    const Source& s) {
  std::vector<db::Arg> args;
  q.unscoped().run_many(meta::update_sql(record), values.size(),
                        [&](std::size_t i) -> std::span<const db::Arg> {
                          args.clear();
                          meta::append_args(record, values[i].after, args);
                          return args;
                        });
  std::string before;
  q.unscoped().run_many(history_sql, values.size(), [&](std::size_t i) -> std::span<const db::Arg> {
    before = version_json(record, values[i].before);
    args.assign({record.table, key_of(record, values[i].after), s.now, s.source, s.import_id, s.actor,
                 std::string_view(before)});
    return args;
  });
}

void insert_records(db::Scoped& q, const meta::Record& record, const std::vector<const void*>& values,
                    const Source& s) {
  std::vector<db::Arg> args;
  q.unscoped().run_many(insert_of(record), values.size(), [&](std::size_t i) -> std::span<const db::Arg> {
    args.clear();
    meta::append_args(record, values[i], args);
    return args;
  });
  q.unscoped().run_many(history_sql, values.size(), [&](std::size_t i) -> std::span<const db::Arg> {
    args.assign({record.table, key_of(record, values[i]), s.now, s.source, s.import_id, s.actor, nullptr});
    return args;
  });
}

void note_change(db::Scoped& q, std::string_view kind, std::int64_t compound_id, std::int64_t record_id,
                 base::Instant now) {
  note_changes(q, kind, {{compound_id, record_id}}, now);
}

void note_changes(db::Scoped& q, std::string_view kind, const std::vector<Changed>& records,
                  base::Instant now) {
  std::vector<db::Arg> args;
  q.unscoped().run_many("INSERT INTO change (at_ms, kind, compound_id, record_id) VALUES ($1, $2, $3, $4)",
                        records.size(), [&](std::size_t i) -> std::span<const db::Arg> {
                          args = {now, kind, records[i].compound_id, records[i].record_id};
                          return args;
                        });
}

void audit(db::Scoped& q, const api::Context& c, const AuditEntry& e) {
  audit_as(q, c.services.keys, source_of(c).actor, c.now, c.request_id, e);
}

void audit_as(db::Scoped& q, const Keyring& keys, const std::string& actor, base::Instant now,
              const std::string& request_id, const AuditEntry& e) {
  AuditRow row;
  row.at_ms = now.ms;
  row.actor = actor;
  row.action = e.action;
  row.entity = e.entity;
  row.record_id = e.record_id;
  row.compound_id = e.compound_id;
  row.detail = e.detail;
  row.reason = e.reason;
  row.request_id = request_id;
  const auto mac = row_mac(keys, row);
  q.unscoped().run(
      "INSERT INTO audit (at_ms, actor, action, entity, record_id, compound_id, detail, request_id, reason, "
      "row_mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {row.at_ms, row.actor, row.action, row.entity, row.record_id, row.compound_id, row.detail,
       row.request_id, row.reason, db::Blob{mac}});
}

std::vector<Change> changes_after(db::Scoped& q, const FeedPosition& after, int limit) {
  auto sql = db::ScopedSql(
      "SELECT ch.tx, ch.id, ch.kind, ch.compound_id, ch.record_id, ch.at_ms FROM change ch "
      "JOIN place p ON p.id = ch.compound_id WHERE {scope:p}");
  std::vector<db::Arg> args;
  if (q.unscoped().dialect() == db::Dialect::postgres) {
    // All of the transactions before the oldest open one is there.
    sql = sql.with(
                 " AND (ch.tx, ch.id) > ({arg}, {arg}) AND ch.tx < "
                 "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
              .with(" ORDER BY ch.tx, ch.id LIMIT {arg}");
    args.push_back(after.tx);
  } else {
    sql = sql.with(" AND ch.id > {arg}").with(" ORDER BY ch.id LIMIT {arg}");
  }
  args.push_back(after.id);
  args.push_back(limit);
  std::vector<Change> out;
  q.run(sql, args, [&](const db::Row& r) {
    out.push_back({{r.integer(0), r.integer(1)}, r.str(2), r.integer(3), r.integer(4), r.instant(5)});
  });
  return out;
}

FeedPosition feed_end(db::Scoped& q) {
  auto& raw = q.unscoped();
  if (raw.dialect() == db::Dialect::postgres)
    return {raw.count("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1"),
            base::max_id};
  return {0, raw.count("SELECT COALESCE(MAX(id), 0) FROM change")};
}

}  // namespace core
