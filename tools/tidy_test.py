"""Tests of tools/tidy.py on small invented trees, and the rules themselves on the whole repository."""

import unittest

import tidy


def breaches(rule, files):
    return [f"{path}:{line}" for path, line, _ in rule(tidy.Tree(files))]


class Canary(unittest.TestCase):
    """A checker that finds nothing in a tree full of breaches would pass for ever."""

    def test_every_rule_barks(self):
        lists = {"src/base/CMakeLists.txt": "shouwang_layer(NAME base SOURCES a.cpp)\n"}
        bad = {
            "layers": {"src/base/a.hpp": '#include "db/store.hpp"\n'},
            "features": {"src/feature/gate/a.cpp": '#include "feature/place/repo.hpp"\n'},
            "drivers": {"src/core/a.cpp": "#include <sqlite3.h>\n"},
            "coroutines": {"src/net/a.cpp": "co_await f([s] { return s; });\n"},
            "columns": {"src/base/a.cpp": "x" * 111 + "\n"},
            "whitespace": {"src/base/a.cpp": "int a; \n"},
            "functions": {"src/base/a.cpp": "int f() {\n" + "  g();\n" * 80 + "}\n"},
            "file_lengths": {"src/base/a.cpp": "int a;\n" * 701},
            "banned": {"src/base/a.cpp": "// FIX" "ME later\n"},
            "designs": {"src/base/a.cpp": "int a;\n"},
            "documents": {"docs/a.md": "# One\n\n# Two\n"},
            "sources_listed": {"src/base/b.cpp": "int b;\n", **lists},
            "dead_files": {"src/base/b.hpp": "#pragma once\n"},
            "error_codes": {"src/api/a.cpp": 'return fail(ErrorKind::busy, "nowhere");\n',
                            "i18n/common.zh-CN.json": '{"error.busy": "x"}'},
            "names": {"migrations/sqlite/0001_a.sql": "CREATE TABLE unit (\n  id INTEGER\n);\n"},
            "dependencies": {"web/package.json": '{"dependencies": {"left-pad": "1"}}'},
            "migrations": {"migrations/sqlite/0002_a.sql": "\n"},
        }
        self.assertEqual(sorted(bad), sorted(rule.__name__ for rule in tidy.RULES))
        for rule in tidy.RULES:
            with self.subTest(rule.__name__):
                self.assertTrue(breaches(rule, bad[rule.__name__]))


class Rules(unittest.TestCase):
    def test_layers_look_upwards_only(self):
        files = {
            "src/db/a.cpp": '#include "base/error.hpp"\n#include "core/scope.hpp"\n#include "sibling.hpp"\n',
            "src/engine/gate/a.cpp": '#include "db/store.hpp"\n#include "sheet/read.hpp"\n',
            "src/engine/intake/a.cpp": '#include "sheet/read.hpp"\n',
        }
        self.assertEqual(
            breaches(tidy.layers, files),
            ["src/db/a.cpp:2", "src/db/a.cpp:3", "src/engine/gate/a.cpp:1", "src/engine/gate/a.cpp:2"],
        )

    def test_features_meet_through_records_and_services(self):
        text = '#include "feature/place/record.hpp"\n#include "feature/place/service.hpp"\n'
        self.assertEqual(breaches(tidy.features, {"src/feature/gate/a.cpp": text}), [])
        self.assertEqual(breaches(tidy.features, {"src/app/a.cpp": '#include "feature/place/api.hpp"\n'}), [])

    def test_drivers_stay_at_home(self):
        self.assertEqual(breaches(tidy.drivers, {"src/db/a.cpp": "#include <libpq-fe.h>\n"}), [])
        asio = {"src/db/a.cpp": "#include <boost/asio.hpp>\n"}
        self.assertEqual(breaches(tidy.drivers, asio), ["src/db/a.cpp:1"])

    def test_co_await_takes_named_values(self):
        good = "if (co_await f(x)) {\n  g({});\n}\nauto y = co_await f(x);\nh({1});\nco_return {};\n"
        self.assertEqual(breaches(tidy.coroutines, {"src/net/a.cpp": good}), [])
        bad = "co_await f(\n  A{1});\n"
        self.assertEqual(breaches(tidy.coroutines, {"src/net/a.cpp": bad}), ["src/net/a.cpp:2"])
        self.assertEqual(breaches(tidy.coroutines, {"src/net/a.cpp": "// co_await f({});\n"}), [])
        self.assertEqual(breaches(tidy.coroutines, {"src/core/a.cpp": "co_return;\n"}), ["src/core/a.cpp:1"])

    def test_chinese_takes_two_columns(self):
        for count, expected in ((53, []), (54, ["a.cpp:1"])):
            self.assertEqual(breaches(tidy.columns, {"a.cpp": "// " + "守" * count + "\n"}), expected)

    def test_functions_are_measured_by_their_braces(self):
        text = "namespace a {\nint f(int x) const {\n  g(\"}\");\n  if (x) {\n  }\n}\nA::A() : b_(1) {\n}\n}"
        self.assertEqual(list(tidy.cpp_functions(text)), [(2, 5), (7, 2)])

    def test_methods_inside_a_class_are_measured(self):
        text = "class A {\n public:\n  int f() override {\n    return 1;\n  }\n};\n"
        self.assertEqual(list(tidy.cpp_functions(text)), [(3, 3)])

    def test_a_word_inside_a_longer_word_is_no_breach(self):
        self.assertEqual(breaches(tidy.banned, {"run": "mktemp -d /tmp/a.XXXXXX\n"}), [])

    def test_a_private_header_of_tests_needs_no_list(self):
        files = {"src/base/h.hpp": "\n", "src/base/a_test.cpp": '#include "base/h.hpp"\n',
                 "src/base/CMakeLists.txt": "shouwang_test(NAME base SOURCES a_test.cpp help.cpp)\n",
                 "src/base/help.cpp": '#include "base/h.hpp"\n'}
        self.assertEqual(breaches(tidy.sources_listed, files), [])
        files["src/base/a.cpp"] = '#include "base/h.hpp"\n'
        self.assertEqual(breaches(tidy.sources_listed, files), ["src/base/a.cpp:1", "src/base/h.hpp:1"])

    def test_a_source_may_be_listed_further_up_by_its_path(self):
        files = {"src/feature/CMakeLists.txt": "gate/api.cpp\n", "src/feature/gate/api.cpp": "\n"}
        self.assertEqual(breaches(tidy.sources_listed, files), [])

    def test_links_lead_somewhere(self):
        files = {"docs/a.md": "# A\n[b](b.md) [c](../src/none.md) [d](https://example.org)\n", "docs/b.md": "# B\n"}
        self.assertEqual(breaches(tidy.documents, files), ["docs/a.md:2"])

    def test_a_hash_in_a_code_block_is_no_heading(self):
        self.assertEqual(breaches(tidy.documents, {"docs/a.md": "# A\n```\n# comment\n```\n"}), [])

    def test_internal_errors_need_no_words(self):
        files = {"src/a.cpp": 'fail(ErrorKind::internal, "x");\n', "i18n/a.zh-CN.json": '{"a": "b"}'}
        self.assertEqual(breaches(tidy.error_codes, files), [])

    def test_dialects_have_the_same_migrations(self):
        files = {"migrations/sqlite/0001_a.sql": "", "migrations/postgres/0001_a.sql": "",
                 "migrations/sqlite/0002_b.sql": ""}
        self.assertEqual(breaches(tidy.migrations, files), ["migrations/postgres:1"])

    def test_sealed_unit_is_a_name_of_the_glossary(self):
        text = "CREATE TABLE sealed_unit (\n  id INTEGER,\n  unit_id INTEGER\n);\n"
        self.assertEqual(breaches(tidy.names, {"migrations/sqlite/0001_a.sql": text}),
                         ["migrations/sqlite/0001_a.sql:3"])

    def test_every_package_has_its_reason(self):
        files = {"tools/packages/run.txt": "# words\na  # x\nb\n", "docs/dependencies.md": "`a` is good\n"}
        self.assertEqual(breaches(tidy.dependencies, files), ["tools/packages/run.txt:3"])


class Repository(unittest.TestCase):
    """The rules on everything tracked, one test a rule."""

    tree = tidy.Tree.tracked()


def add_rule(rule):
    def check(self):
        found = [f"{path}:{line}: {message}" for path, line, message in rule(self.tree)]
        if found:
            self.fail("\n" + "\n".join(found))

    setattr(Repository, f"test_{rule.__name__}", check)


for each in tidy.RULES:
    add_rule(each)

if __name__ == "__main__":
    unittest.main()
