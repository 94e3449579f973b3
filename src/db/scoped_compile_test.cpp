// Compiled, not run: with FAULT defined each case must be refused by the compiler.
#include "db/scoped.hpp"

void try_queries(db::Scoped& q, const char* text) {
#if !defined(FAULT)
  q.run("SELECT p.id FROM place p WHERE {scope:p}");
  q.run("INSERT INTO place(id) VALUES ($1)", {1});
  q.run(db::ScopedSql("SELECT p.id FROM place p WHERE {scope:p}").with(" AND p.id = {arg}"), {1});
  static_cast<void>(text);
#elif FAULT == 1
  q.run("SELECT p.id FROM place p WHERE p.id = $1", {1});
#elif FAULT == 2
  q.run("INSERT INTO copy(id) SELECT p.id FROM place p");
#elif FAULT == 3
  q.run("DELETE FROM place /* {scope:p} */");
#elif FAULT == 4
  q.run("SELECT p.id FROM place p WHERE {scope:p OR 1=1}");
#elif FAULT == 5
  q.run(db::ScopedSql("SELECT p.id FROM place p WHERE {scope:p}").with(text));
#endif
}
