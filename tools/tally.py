#!/usr/bin/env python3
"""Reads what a test runner wrote and prints "PASSED FAILED SKIPPED", counting single tests.

    tools/tally.py ctest JUNIT.xml    ctest --output-junit with --test-output-truncation head
    tools/tally.py junit JUNIT.xml    node --test --test-reporter=junit, vitest --reporter=junit
    tools/tally.py unittest LOG       python3 -m unittest

Exit code 2 when the file is missing, unreadable or holds no test at all: a runner that ran nothing is no
success.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def number(pattern, text):
    found = re.findall(pattern, text, re.M)
    return int(found[-1]) if found else 0


def of_program(output, succeeded):
    """Counts of one test program from its closing lines: GoogleTest's, or "N passed, N failed"."""
    if re.search(r"^\[==========\] \d+ tests? from \d+ test suites? ran", output, re.M):
        ends = ("PASSED ", "FAILED ", "SKIPPED")
        counts = [number(rf"^\[  {end} \] (\d+) tests?", output) for end in ends]
    elif plain := re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", output, re.M):
        counts = [int(n or 0) for n in plain[-1]]
    elif succeeded:
        return 1, 0, 0
    else:
        return 0, 1, 0
    if counts[1] == 0 and (not succeeded or sum(counts) == 0):
        counts[1] = 1  # it crashed, leaked or timed out after its last word, or its filter found nothing
    return tuple(counts)


def add(counts):
    return tuple(map(sum, zip((0, 0, 0), *counts)))


def cases_in(path):
    """Runners copy the colours of a terminal into their XML, where no control character may stand."""
    text = pathlib.Path(path).read_text(errors="replace")
    return xml.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)).iter("testcase")


def of_ctest(path):
    def one(case):
        status, skipped = case.get("status"), case.find("skipped")
        if status == "disabled" or (skipped is not None and "SKIP" in skipped.get("message", "")):
            return 0, 0, 1
        if status == "notrun":
            return 0, 1, 0  # not built, or its fixture failed
        return of_program(case.findtext("system-out") or "", status == "run")

    return add(one(case) for case in cases_in(path))


def of_junit(path):
    def one(case):
        if case.find("failure") is not None or case.find("error") is not None:
            return 0, 1, 0
        return (0, 0, 1) if case.find("skipped") is not None else (1, 0, 0)

    return add(one(case) for case in cases_in(path))


def of_unittest(path):
    log = pathlib.Path(path).read_text(encoding="utf-8")
    ran = number(r"^Ran (\d+) tests?", log)
    failed = number(r"^FAILED \(.*?failures=(\d+)", log) + number(r"^FAILED \(.*?errors=(\d+)", log)
    skipped = number(r"^(?:OK|FAILED) \(.*?skipped=(\d+)", log)
    return max(0, ran - failed - skipped), failed, skipped


READERS = {"ctest": of_ctest, "junit": of_junit, "unittest": of_unittest}


def main(kind, path):
    try:
        counts = READERS[kind](path)
    except (OSError, xml.ParseError) as error:
        print(f"no result: {error}", file=sys.stderr)
        return 2
    print(*counts)
    return 0 if sum(counts) > 0 else 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
