#pragma once
// A list is one line: by pages for the screen, and all of it as xlsx, CSV or on paper for the office.
//
//   core::list<list_persons>(r, "/api/persons", Permission::household_read, "Persons");
//   base::Result<api::Page<Person>> list_persons(api::Context& c, const PersonQuery& in);
//
// adds GET /api/persons and GET /api/persons/export, which takes the same filters and besides them `format`
// (xlsx, csv, pdf), `columns` (names, comma between; none: all) and `lang`. The export asks the list for page
// after page, so it shows what the caller may see and no more, holds no snapshot for long, and keeps the rows
// in a file; four at a time, more are answered busy "too_many_exports". Each export is audited with its place
// and its number of rows. Query needs optional members `limit` and `cursor`.
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/router.hpp"
#include "core/print_form.hpp"
#include "core/trail.hpp"
#include "meta/describe.hpp"
#include "sheet/table.hpp"

namespace core {

enum class ExportFormat { xlsx, csv, pdf };

template <class Query>
struct ListExport : Query {
  std::optional<ExportFormat> format{};
  std::optional<meta::Text<1, 1000>> columns{};
  std::optional<std::string> lang{};
};

// A column of the export: a member of the row, or of a record in it.
struct ExportColumn {
  std::string name{};
  std::string_view record{};  // that has it
  std::vector<const meta::Field*> path{};
};
// Ids and what is not for print left out; they can be named all the same.
std::vector<ExportColumn> export_columns(const meta::Record& record);
std::string export_header(std::string_view language, std::string_view column);

std::string filter_header(std::string_view language, std::string_view filter);

// What a query asks for: in words for the head of a table, and for the audit.
struct Asked {
  std::string place{}, filters{};
  std::int64_t place_id = 0;
  std::optional<std::int64_t> compound_id{};
};
Asked asked_for(db::Scoped& q, std::string_view language, const meta::Record& query, const void* value);
TableHead head_of(const api::Context& c, std::string_view language, std::string title, const Asked& asked);

// A table in a temporary file that lives as long as the answer that sends it.
class TableFile {
 public:
  static base::Result<std::shared_ptr<TableFile>> make(const std::filesystem::path& data_directory,
                                                       ExportFormat format, std::string_view language,
                                                       const TableHead& head,
                                                       std::vector<sheet::TableColumn> columns);
  ~TableFile();
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  base::Result<void> row(std::span<const sheet::Value> values) { return writer_->row(values); }
  // The whole file as a streamed answer named "<name>.xlsx", ".csv" or ".pdf".
  static base::Result<api::Response> finish(std::shared_ptr<TableFile> file, std::string_view name);

 private:
  class Slot;
  TableFile();
  std::unique_ptr<Slot> slot_;  // while it is written
  std::filesystem::path path_;
  ExportFormat format_ = ExportFormat::xlsx;
  std::ofstream csv_;
  std::unique_ptr<sheet::TableWriter> writer_;
  std::ifstream in_;
};

namespace detail {
struct ExportRequest {
  const meta::Record& record;  // a row
  const meta::Record& query;
  const void* asked;  // the query's value
  std::optional<ExportFormat> format{};
  std::optional<std::string> columns{}, lang{};
};
// Gives each row of the next page and returns the cursor after it.
using NextPage = std::function<base::Result<std::optional<std::string>>(
    const std::optional<std::string>& cursor, const std::function<void(const void*)>& row)>;
base::Result<api::Response> export_list(api::Context& c, const ExportRequest& request, const NextPage& next);

template <auto handler>
struct ListOf;
template <class Query, class T, base::Result<api::Page<T>> (*handler)(api::Context&, const Query&)>
struct ListOf<handler> {
  using Input = Query;
  using Row = T;
  static base::Result<api::Response> exported(api::Context& c, const ListExport<Query>& in) {
    const ExportRequest request{meta::record_of<T>(),
                                meta::record_of<Query>(),
                                static_cast<const Query*>(&in),
                                in.format,
                                in.columns,
                                in.lang};
    return export_list(c, request,
                       [&](const auto& cursor, const auto& row) -> base::Result<std::optional<std::string>> {
                         Query page_of = in;
                         page_of.limit.emplace(200);
                         page_of.cursor = cursor;
                         auto page = handler(c, page_of);
                         if (!page) return tl::unexpected(std::move(page).error());
                         for (const auto& item : page->items) row(&item);
                         return std::move(page->next);
                       });
  }
};
}  // namespace detail

// `export_permission`, where taking a whole list away needs more than reading it.
template <auto handler>
void list(api::Router& r, const std::string& path, api::Permission permission, const std::string& summary,
          std::optional<api::Permission> export_permission = {}) {
  using L = detail::ListOf<handler>;
  r.get<typename L::Input, api::Page<typename L::Row>>(path, permission, summary, handler);
  auto& e = r.get<ListExport<typename L::Input>, api::Response>(
      path + "/export", export_permission.value_or(permission),
      summary + ": all of it as xlsx, CSV or on paper", L::exported);
  e.produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  e.rows = &meta::record_of<typename L::Row>();
}

}  // namespace core

META_ENUM(core::ExportFormat, "xlsx", "csv", "pdf")

template <class Query>
struct meta::Describe<core::ListExport<Query>> {
  using T = core::ListExport<Query>;
  static constexpr auto name_buffer = [] {
    constexpr std::string_view base = Describe<Query>::name, tail = "Export";
    std::array<char, base.size() + tail.size()> out{};
    std::copy(base.begin(), base.end(), out.begin());
    std::copy(tail.begin(), tail.end(), out.begin() + base.size());
    return out;
  }();
  static constexpr std::string_view name{name_buffer.data(), name_buffer.size()}, table = "";
  static constexpr auto fields = [] {
    constexpr auto& own = Describe<Query>::fields;
    const std::array more{
        field<&T::format>("format"),
        field<&T::columns>("columns", {.doc = "Names of columns, comma between; all when absent"}),
        field<&T::lang>("lang")};
    // The query is the first base, so that its accessors fit.
    std::array<Field, own.size() + more.size()> all{};
    std::copy(own.begin(), own.end(), all.begin());
    std::copy(more.begin(), more.end(), all.begin() + own.size());
    return all;
  }();
};
