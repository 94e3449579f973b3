#include <fmt/format.h>

#include "core/list.hpp"
#include "core/services.hpp"
#include "core/words.hpp"
#include "feature/ledger/books.hpp"
#include "feature/ledger/routes.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/service.hpp"
#include "print/table.hpp"

namespace feature::ledger {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int lines_of_a_blank = 25;
constexpr int slips_of_a_blank = 8;

std::string language_of(const api::Context& c, const std::optional<std::string>& wanted) {
  return std::string(core::language_of(wanted.value_or(""), c.request.header("accept-language")));
}
std::vector<std::string> headings(const BookOf& book, std::string_view language) {
  std::vector<std::string> out;
  for (const auto column : book.columns)
    out.push_back(core::words(language, fmt::format("ledger.column.{}", column)));
  return out;
}
std::string title_of(Book book, std::string_view language) {
  return core::words(language, fmt::format("ledger.{}", meta::name_of(book)));
}

Result<LedgerPage> list(api::Context& c, const LedgerQuery& in) {
  const auto language = language_of(c, in.lang);
  const auto& book = book_of(in.book);
  return c.read([&](db::Scoped& q) -> Result<LedgerPage> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    LedgerPage page;
    page.columns = headings(book, language);
    if (!book.lines) return page;
    auto sql = book.lines->sql.with(place::below(place->kind));
    std::vector<db::Arg> args{in.place_id};
    if (in.from_ms) {
      sql = sql.with(book.lines->from);
      args.push_back(*in.from_ms);
    }
    if (in.until_ms) {
      sql = sql.with(book.lines->until);
      args.push_back(*in.until_ms);
    }
    auto rows = api::fetch_page<LedgerRow>(
        q, sql, args, in.limit, in.cursor, book.lines->order,
        [&](const db::Row& r) {
          return LedgerRow{r.integer(1), book.lines->cells(r, language)};
        },
        [](const db::Row& r) {
          return api::SortKey{r.integer(0), r.integer(1)};
        });
    if (!rows) return tl::unexpected(std::move(rows).error());
    page.items = std::move(rows->items);
    page.next = std::move(rows->next);
    return page;
  });
}

// Page after page, so that no snapshot is held for long; then the audit knows how many lines left.
Result<std::int64_t> each_row(api::Context& c, const LedgerExport& in,
                              const std::function<Result<void>(const std::vector<std::string>&)>& row) {
  LedgerQuery query{in.book, in.place_id, in.from_ms, in.until_ms, in.lang, {}, {}};
  query.limit.emplace(200);
  std::int64_t rows = 0;
  do {
    auto page = list(c, query);
    if (!page) return tl::unexpected(std::move(page).error());
    for (const auto& item : page->items) {
      if (auto done = row(item.cells); !done) return tl::unexpected(std::move(done).error());
      ++rows;
    }
    query.cursor = std::move(page->next);
  } while (query.cursor);
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    core::audit(q, c,
                {"ledger.export", "place", in.place_id, std::nullopt,
                 fmt::format("book={} rows={}", meta::name_of(in.book), rows)});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return rows;
}

Result<std::string> heading_of(api::Context& c, std::int64_t place) {
  return c.read([&](db::Scoped& q) -> Result<std::string> {
    if (!place::find_place(q, place)) return base::fail_field("/place_id", "not_found");
    return place::labels_of(q, {place})[place];
  });
}

api::Response pdf_answer(std::string bytes, std::string_view name) {
  api::Response response;
  response.set("Content-Type", "application/pdf");
  response.set("Content-Disposition", fmt::format("attachment; filename=\"{}.pdf\"", name));
  response.body = std::move(bytes);
  return response;
}

print::TableOptions paper(Book book, const std::vector<std::string>& columns, const std::string& place,
                          std::string_view language, base::Instant now) {
  print::TableOptions options;
  options.title = title_of(book, language);
  options.subtitle = place + "  " + base::to_local(now).substr(0, 16);
  options.created = base::to_iso(now);
  options.landscape = true;
  options.text_mm = 3.2;
  for (const auto& column : columns) options.columns.push_back({column, 1, print::Column::Kind::text});
  return options;
}

Result<api::Response> export_book(api::Context& c, const LedgerExport& in) {
  const auto language = language_of(c, in.lang);
  const auto asked = c.read([&](db::Scoped& q) -> Result<core::Asked> {
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    return core::asked_for(q, language, meta::record_of<LedgerExport>(), &in);
  });
  if (!asked) return tl::unexpected(asked.error());
  std::vector<sheet::TableColumn> heads;
  for (const auto& column : headings(book_of(in.book), language)) heads.push_back({column, 16});
  auto file = core::TableFile::make(c.services.data_directory, in.format.value_or(core::ExportFormat::xlsx),
                                    language, core::head_of(c, language, title_of(in.book, language), *asked),
                                    std::move(heads));
  if (!file) return tl::unexpected(std::move(file).error());
  auto rows = each_row(c, in, [&](const auto& cells) {
    return (*file)->row(std::vector<sheet::Value>(cells.begin(), cells.end()));
  });
  if (!rows) return tl::unexpected(std::move(rows).error());
  return core::TableFile::finish(std::move(*file), meta::name_of(in.book));
}

// Persons on slips, one for each, so that nobody reads who came before (practice.md 24); the others as lines.
Result<api::Response> blank(api::Context& c, const BlankQuery& in) {
  const auto place = heading_of(c, in.place_id);
  if (!place) return tl::unexpected(place.error());
  const auto language = language_of(c, in.lang);
  const auto columns = headings(book_of(in.book), language);
  const bool slips = in.book == Book::person_passage;
  auto options = paper(in.book, slips ? std::vector<std::string>{"", ""} : columns, *place, language, c.now);
  if (slips) {
    options.landscape = false;
    options.columns[1].share = 3;
    options.text_mm = 4.4;
  }
  std::string bytes;
  auto table = print::Table::open(
      [&](std::string_view piece) {
        bytes += piece;
        return true;
      },
      options);
  if (!table) return tl::unexpected(std::move(table).error());
  const auto count = in.count ? in.count->value : (slips ? slips_of_a_blank : lines_of_a_blank);
  for (std::int64_t i = 0; i < count; ++i) {
    Result<void> done;
    if (!slips) done = table->add({});
    for (std::size_t k = 0; slips && done && k < columns.size(); ++k) done = table->add({columns[k], ""});
    if (slips && done) done = table->add({"", core::words(language, "ledger.cut")});
    if (!done) return tl::unexpected(std::move(done).error());
  }
  if (auto done = table->finish(); !done) return tl::unexpected(std::move(done).error());
  return pdf_answer(std::move(bytes), fmt::format("{}_blank", meta::name_of(in.book)));
}

}  // namespace

void routes(api::Router& r) {
  r.get<LedgerQuery, LedgerPage>("/api/ledgers", Permission::passage_read,
                                 "Lines of one of the five ledgers, newest first", list);
  r.get<LedgerExport, api::Response>("/api/ledgers/export", Permission::passage_export,
                                     "One of the five ledgers as xlsx, CSV or PDF", export_book)
      .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  r.get<BlankQuery, api::Response>("/api/ledgers/blank", Permission::passage_read,
                                   "An empty form of a ledger to write on", blank)
      .produces = "application/pdf";
}

}  // namespace feature::ledger
