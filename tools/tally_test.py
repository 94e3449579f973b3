"""Tests of tools/tally.py: no failure and no empty run may look like a success."""

import contextlib
import io
import pathlib
import tempfile
import unittest
from xml.sax.saxutils import escape

import tally


def ctest_case(status, output="", inside=""):
    output = f"<system-out>{escape(output)}</system-out>"
    return f'<testcase name="x" status="{status}">{inside}{output}</testcase>'


GOOGLE = "[==========] 5 tests from 2 test suites ran. (9 ms total)\n[  PASSED  ] 3 tests.\n"


class Tally(unittest.TestCase):
    def run_on(self, kind, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "result"
            path.write_text(text, encoding="utf-8")
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = tally.main(kind, str(path))
            return code, out.getvalue().strip()

    def ctest(self, *cases):
        return self.run_on("ctest", f"<testsuite>{''.join(cases)}</testsuite>")

    def test_colours_of_a_failure_do_not_hide_it(self):
        text = '<testsuite><testcase name="a"><failure>\x1b[2mnot so\x1b[22m</failure></testcase></testsuite>'
        self.assertEqual(self.run_on("junit", text), (0, "0 1 0"))

    def test_google_tests_count_one_by_one(self):
        text = GOOGLE + "[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] A.s\n[  FAILED  ] 1 test, listed:\n"
        self.assertEqual(self.ctest(ctest_case("fail", text), ctest_case("run", GOOGLE)), (0, "6 1 1"))

    def test_a_crash_after_the_last_word_is_a_failure(self):
        self.assertEqual(self.ctest(ctest_case("fail", GOOGLE)), (0, "3 1 0"))
        self.assertEqual(self.ctest(ctest_case("fail", "[ RUN      ] A.k\n")), (0, "0 1 0"))

    def test_a_program_that_was_not_built_is_a_failure(self):
        missing = ctest_case("notrun", "", '<skipped message="Unable to find executable"/>')
        self.assertEqual(self.ctest(missing), (0, "0 1 0"))

    def test_a_skip_by_return_code_is_a_skip(self):
        skipped = ctest_case("notrun", "", '<skipped message="SKIP_RETURN_CODE=77"/>')
        self.assertEqual(self.ctest(skipped), (0, "0 0 1"))

    def test_a_filter_that_finds_nothing_is_a_failure(self):
        empty = "[==========] 0 tests from 0 test suites ran. (0 ms total)\n[  PASSED  ] 0 tests.\n"
        self.assertEqual(self.ctest(ctest_case("run", empty)), (0, "0 1 0"))

    def test_other_programs_say_it_in_plain_words_or_count_once(self):
        self.assertEqual(self.ctest(ctest_case("fail", "7 passed, 2 failed\n")), (0, "7 2 0"))
        self.assertEqual(self.ctest(ctest_case("run", "done\n"), ctest_case("fail", "?\n")), (0, "1 1 0"))

    def test_no_test_at_all_is_no_success(self):
        self.assertEqual(self.ctest(), (2, "0 0 0"))
        self.assertEqual(self.run_on("unittest", "Ran 0 tests in 0.0s\n\nOK\n"), (2, "0 0 0"))
        self.assertEqual(self.run_on("junit", "<testsuites/>"), (2, "0 0 0"))
        self.assertEqual(self.run_on("junit", "<testsu"), (2, ""))

    def test_junit_counts_leaves(self):
        text = ('<testsuites><testcase name="a"/><testcase name="b"><failure/></testcase><testsuite name="p">'
                '<testcase name="c"/><testcase name="d"><skipped/></testcase></testsuite></testsuites>')
        self.assertEqual(self.run_on("junit", text), (0, "2 1 1"))

    def test_unittest(self):
        for end, expected in (("OK (skipped=2)", "7 0 2"), ("FAILED (failures=1, errors=2)", "6 3 0")):
            self.assertEqual(self.run_on("unittest", f"Ran 9 tests in 1s\n\n{end}\n"), (0, expected))


if __name__ == "__main__":
    unittest.main()
