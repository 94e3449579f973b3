#!/usr/bin/env python3
"""Rules of this code base that no compiler checks, each a function that yields breaches.

    tools/tidy.py            all rules over the tracked files; exit code 1 and one line a breach
    tools/tidy.py layers     only the named rules
"""

import ast
import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent

LAYERS = ["base", "sheet", "token", "print", "meta", "db", "engine", "api", "core", "feature", "net", "app"]
# Narrower than "every layer above": leaves that must stay usable by themselves.
USES = {
    "sheet": {"base"},
    "token": {"base"},
    "print": {"base"},
    "engine": {"base"},
    "engine/intake": {"base", "sheet"},
    "engine/questionnaire": {"base", "sheet"},
    "engine/town": {"base", "sheet", "engine"},
    "net": {"base", "meta", "api"},
}
# Headers that stay in one place: (what the include begins with, where it may stand).
DRIVERS = [
    (("boost/asio", "boost/beast"), ("src/net/",)),
    (("sqlite3.h", "libpq-fe.h", "libpq/"), ("src/db/", "tests/support/", "tests/durability/")),
    (("openssl/",), ("src/net/", "src/base/")),
    (("CLI/", "toml++/"), ("src/app/",)),
]
CODE = (".cpp", ".hpp", ".py", ".sh", ".cmake", ".sql", ".ts", ".mjs", ".vue", ".css")
COLUMNS, FUNCTION_LINES, FILE_LINES = 110, 80, 700

RULES = []


def rule(function):
    RULES.append(function)
    return function


class Tree:
    """Files by path from the repository root. Binary files are absent."""

    def __init__(self, files):
        self.files = dict(sorted(files.items()))

    @classmethod
    def tracked(cls, root=ROOT):
        names = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True)
        files = {}
        for name in filter(None, names.stdout.decode().split("\0")):
            try:
                files[name] = (root / name).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return cls(files)

    def matching(self, *patterns):
        for path, text in self.files.items():
            if any(fnmatch.fnmatch(path, pattern) for pattern in patterns):
                yield path, text

    def cpp(self):
        return self.matching("*.cpp", "*.hpp")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def bare(text):
    """C++ without comments and literals, every other character and line where it was."""
    return LITERAL.sub(blank, text)


def includes(text):
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', text, re.M):
        yield line_of(text, match.start()), match.group(1) == '"', match.group(2)


def used_by(path):
    """The layers a file under src/ may include, itself among them."""
    parts = path.split("/")
    layer = parts[1]
    narrow = USES.get("/".join(parts[1:3]), USES.get(layer))
    above = set(LAYERS[: LAYERS.index(layer)]) if narrow is None else narrow
    return above | {layer}


@rule
def layers(tree):
    """A layer includes only the layers above it, by the path from src/."""
    for path, text in tree.matching("src/*.cpp", "src/*.hpp"):
        if path.split("/")[1] not in LAYERS:
            yield path, 1, "is in no layer"
            continue
        test = path.endswith(("_test.cpp", "/fixture.hpp", "/fixture.cpp"))
        for number, quoted, target in includes(text):
            head = target.split("/")[0]
            if not quoted:
                if head in LAYERS and f"src/{target}" in tree.files:
                    yield path, number, f'<{target}> is ours: write "{target}"'
            elif test and head == "support":
                continue
            elif head not in LAYERS or "/" not in target:
                yield path, number, f'"{target}" is not a path from src/'
            elif head not in used_by(path):
                yield path, number, f"{path.split('/')[1]} may not include {head}"


@rule
def features(tree):
    """A feature knows another only by its record.hpp and its service.hpp."""
    for path, text in tree.matching("src/feature/*/*.cpp", "src/feature/*/*.hpp"):
        own = path.split("/")[2]
        for number, quoted, target in includes(text):
            parts = target.split("/")
            if not quoted or parts[0] != "feature" or len(parts) < 3 or parts[1] == own:
                continue
            if not re.fullmatch(r"(\w+_)?(record|service)\.hpp", parts[-1]):
                yield path, number, f"feature {own} may not look into {target}"


@rule
def drivers(tree):
    """Each driver library is included in one layer only."""
    for path, text in tree.cpp():
        for number, _, target in includes(text):
            for heads, places in DRIVERS:
                if target.startswith(heads) and not path.startswith(places):
                    yield path, number, f"<{target}> belongs in {' or '.join(places)}"


@rule
def coroutines(tree):
    """g++ 12 miscompiles a lambda or a braced value inside a co_await expression."""
    for path, text in tree.cpp():
        code = bare(text)
        for match in re.finditer(r"\bco_(await|return|yield)\b", code):
            if not path.startswith("src/net/"):
                yield path, line_of(code, match.start()), "coroutines live in src/net only"
            elif match.group(1) == "await":
                depth = 0
                for position in range(match.end(), len(code)):
                    character = code[position]
                    depth += (character in "([") - (character in ")]")
                    if depth < 0 or (character == ";" and depth == 0):
                        break
                    if character == "{":
                        yield path, line_of(code, position), "braces inside co_await: name the value first"
                        break


@rule
def columns(tree):
    """Lines fit in 110 columns; a Chinese character takes two. The pages' width is prettier's to keep."""
    for path, text in tree.matching(*(f"*{ending}" for ending in CODE), "*CMakeLists.txt", "run", "check"):
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) * 2 <= COLUMNS or "http" in line or path.startswith("web/"):
                continue
            width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
            if width > COLUMNS:
                yield path, number, f"{width} columns"


@rule
def whitespace(tree):
    """No tabs, no spaces at line ends, one newline at the end of a file."""
    for path, text in tree.matching(*(f"*{ending}" for ending in CODE), "*.md", "*CMakeLists.txt"):
        for number, line in enumerate(text.split("\n"), 1):
            if line.endswith((" ", "\r")) or "\t" in line:
                yield path, number, "tab, carriage return or space at the line's end"
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, line_of(text, len(text)), "wants exactly one newline at the end"


def cpp_functions(text):
    """(first line, lines) of each outermost function body, by its braces."""
    code = re.sub(r"^[ \t]*#[^\n]*(\\\n[^\n]*)*|\b(public|private|protected):", blank, bare(text), flags=re.M)
    stack, head_from = [], 0
    for match in re.finditer(r"[{};]", code):
        if match.group() == "{":
            head = code[head_from : match.start()]
            start = head_from + len(head) - len(head.lstrip())
            inside = any(kind for kind, _ in stack)
            named = re.search(r"\)\s*(const|noexcept|override|final|&|->[^=]*|:[^:].*|\s)*$", head, re.S)
            scope = re.match(r"\s*(namespace|class|struct|enum|union|extern)\b", head)
            stack.append((bool(named and not scope and not inside), start))
        elif match.group() == "}" and stack:
            is_function, start = stack.pop()
            if is_function:
                yield line_of(code, start), line_of(code, match.start()) - line_of(code, start) + 1
        head_from = match.end()


@rule
def functions(tree):
    """A function fits a screen: 80 lines."""
    for path, text in tree.cpp():
        for number, length in cpp_functions(text):
            if length > FUNCTION_LINES:
                yield path, number, f"a function of {length} lines"
    for path, text in tree.matching("*.py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES:
                yield path, node.lineno, f"a function of {node.end_lineno - node.lineno + 1} lines"


@rule
def file_lengths(tree):
    """A file is read at one sitting: 700 lines."""
    for path, text in tree.matching(*(f"*{ending}" for ending in CODE)):
        lines = text.count("\n")
        # A style sheet is looked up, not read; the formatter gives every rule its lines.
        if lines > FILE_LINES and "generated" not in text[:300].lower() and not path.endswith(".css"):
            yield path, lines, f"{lines} lines"


# (pattern, what to do instead, where it is looked for, where it is allowed). Words are put together here so
# that this file does not break its own rule.
BANNED = [
    (r"\b(TO" "DO|FIX" "ME|XX" "X|HA" "CK)\\b", "do it or file an issue", ("*",), ("LICENSE",)),
    (r"\bstd::c(out|err)\b", "base/log.hpp, or fmt::print in src/app", ("src/*",), ("src/app/*",)),
    (r"\bstd::endl\b", r"'\n'", ("*.cpp", "*.hpp"), ()),
    (r"\busing namespace (std|boost|fmt)\b", "spell the name out", ("*.cpp", "*.hpp"), ()),
    (r"\b(rand|srand|localtime|gmtime|strtok)\(", "base/", ("*.cpp", "*.hpp"), ()),
    (r"\.detach\(\)", "own the thread with std::jthread", ("*.cpp", "*.hpp"), ()),
    (r"\bGLOB(_RECURSE)?\b", "list the sources", ("*CMakeLists.txt",), ()),
    (r"(?<![\w.])/(home/\w|Users/\w|wo" "rk/(main|shared|\\.))", "no path of one machine", ("*",), ()),
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]", "make keys at run time", ("*",), ()),
]


@rule
def banned(tree):
    """Words and calls that have a better replacement."""
    for pattern, instead, where, allowed in BANNED:
        for path, text in tree.matching(*where):
            if any(fnmatch.fnmatch(path, place) for place in allowed):
                continue
            for match in re.finditer(pattern, text):
                yield path, line_of(text, match.start()), f"{match.group()!r}: {instead}"


@rule
def designs(tree):
    """Each folder of the program's sources has a DESIGN.md: layers, features, engines."""
    for folder in sorted({path.rsplit("/", 1)[0] for path, _ in tree.matching("src/*.cpp")}):
        if f"{folder}/DESIGN.md" not in tree.files:
            yield folder, 1, "has no DESIGN.md"


@rule
def documents(tree):
    """A document has one first-level heading, on its first line, and links that lead somewhere."""
    for path, text in tree.matching("*.md"):
        prose = re.sub(r"^```.*?^```", blank, text, flags=re.S | re.M)
        heads = [line_of(prose, m.start()) for m in re.finditer(r"^# ", prose, re.M)]
        if heads != [1]:
            yield path, heads[-1] if heads else 1, f"{len(heads)} first-level headings, or not on line 1"
        for match in re.finditer(r"\]\(([^)#\s]+)[^)]*\)", prose):
            target = match.group(1)
            if "://" in target or target.startswith("mailto:"):
                continue
            parts = []
            for part in [*path.split("/")[:-1], *target.rstrip("/").split("/")]:
                parts = parts[:-1] if part == ".." else parts if part in (".", "") else [*parts, part]
            there = "/".join(parts)
            if not (ROOT / there).exists() and there not in tree.files:
                yield path, line_of(prose, match.start()), f"leads nowhere: {target}"


def test_only(tree, path):
    """Whether a source is part of a test program and not of the product."""
    if path.endswith("_test.cpp"):
        return True
    places = [(text, listed_as(text, name)) for text, name in build_lists(tree, path)]
    return any(at and text[: text.rfind("(", 0, at.start())].endswith("shouwang_test") for text, at in places)


def listed_as(text, name):
    return re.search(rf"(?<!\w){re.escape(name)}(?![\w.])", text)


def reached(tree, paths):
    """The files given and our headers that they include, directly or through others."""
    found, queue = set(), list(paths)
    while queue:
        path = queue.pop()
        if path not in found and path in tree.files:
            found.add(path)
            queue += [f"src/{target}" for _, _, target in includes(tree.files[path])]
    return found


def build_lists(tree, path):
    """The texts of the CMakeLists.txt in the file's folder and above, with the path as each writes it."""
    parts = path.split("/")
    for _, text in tree.matching("cmake/*.cmake"):
        yield text, path
    for depth in range(len(parts)):
        list_path = "/".join([*parts[:depth], "CMakeLists.txt"])
        if list_path in tree.files:
            yield tree.files[list_path], "/".join(parts[depth:])


@rule
def sources_listed(tree):
    """Every source and header stands in a CMakeLists.txt, so that it is built and compiles alone."""
    program = reached(tree, (path for path, _ in tree.matching("src/*.cpp") if not test_only(tree, path)))
    for path, _ in tree.matching("src/*.cpp", "src/*.hpp", "tests/*.cpp", "bench/*.cpp"):
        if path.endswith(".hpp") and path not in program:
            continue  # of tests only, or dead, which is another rule
        if not any(listed_as(text, name) for text, name in build_lists(tree, path)):
            yield path, 1, "is in no CMakeLists.txt"


@rule
def dead_files(tree):
    """Every header is included, every script and page module is named, by some other file."""
    included = {}
    for path, text in tree.cpp():
        for _, quoted, target in includes(text):
            if quoted:
                included.setdefault(target, set()).add(path)
    for path, _ in tree.matching("src/*.hpp"):
        users = included.get(path.removeprefix("src/"), set()) - {path}
        if not users:
            yield path, 1, "no file includes it"
    scripts = {}
    for path, _ in tree.matching("tools/*.py", "tools/*.sh", "web/src/*.ts", "web/src/*.vue", "web/tools/*"):
        name = path.split("/")[-1]
        if not name.endswith((".test.ts", "_test.py", ".d.ts")) and name != "main.ts":
            scripts[path] = name.removesuffix(".ts")
    named = {}
    for path, text in tree.files.items():
        for name in set(re.findall(r"(?<=[/'\"\s])[\w.-]*\w", text)):
            named.setdefault(name.removesuffix(".ts"), set()).add(path)
    for path, name in scripts.items():
        if not named.get(name, set()) - {path}:
            yield path, 1, "no other file names it"


def words(tree, language):
    keys = set()
    for _, text in tree.matching(f"i18n/*{language}.json"):
        keys.update(json.loads(text))
    return keys


@rule
def error_codes(tree):
    """An error code is a translation key: every one used in the program has its words."""
    known = words(tree, "zh-CN")
    if not known:
        return
    # Internal errors show one sentence for all, and those of other layers reach only the command line.
    used = re.compile(r'\b(?:fail\(|Error\{)\s*(?:base::)?ErrorKind::(?!internal)\w+,\s*"([^"]+)"')
    for path, text in tree.matching("src/api/*", "src/core/*", "src/feature/*", "src/sheet/*"):
        if not path.endswith((".cpp", ".hpp")) or path.endswith("_test.cpp"):
            continue
        for match in used.finditer(text):
            code = match.group(1)
            if f"error.{code}" not in known:
                yield path, line_of(text, match.start()), f'i18n has no "error.{code}"'


# The glossary's names; a schema with two names for one thing is never put right later.
NAMES = {
    "unit": "stair",
    "apartment": "dwelling",
    "flat": "dwelling",
    "estate": "compound",
    "neighbourhood": "community",
    "town": "subdistrict",
    "resident": "person",
    "volunteer": "staff",
    "gate": "opening or checkpoint",
    "barcode": "pass",
}


@rule
def names(tree):
    """Tables and columns are called as in the glossary."""
    types = r"INTEGER|BIGINT|SMALLINT|TEXT|BLOB|BYTEA|BOOLEAN|REAL|DOUBLE|\("
    declared = re.compile(rf"^\s*(?:CREATE TABLE(?: IF NOT EXISTS)?\s+)?(\w+)\s+(?:{types})", re.M | re.I)
    for path, text in tree.matching("migrations/*.sql"):
        for match in declared.finditer(text):
            name = match.group(1).lower().removesuffix("_id")
            if name in NAMES:
                yield path, line_of(text, match.start(1)), f"{name}: the glossary says {NAMES[name]}"


@rule
def migrations(tree):
    """Both dialects have the same migrations, numbered without a gap."""
    by_dialect = {}
    for path, _ in tree.matching("migrations/*.sql"):
        by_dialect.setdefault(path.split("/")[1], []).append(path.split("/")[-1])
    for dialect, files in by_dialect.items():
        for number, name in enumerate(sorted(files), 1):
            if not name.startswith(f"{number:04}_"):
                yield f"migrations/{dialect}/{name}", 1, f"expected number {number:04}"
    if len({tuple(sorted(files)) for files in by_dialect.values()}) > 1:
        for dialect, files in by_dialect.items():
            for name in sorted({n for other in by_dialect.values() for n in other} - set(files)):
                yield f"migrations/{dialect}", 1, f"lacks {name}"


@rule
def dependencies(tree):
    """docs/dependencies.md gives a reason for each package."""
    reasons = tree.files.get("docs/dependencies.md", "")
    wanted = []
    for path, text in tree.matching("tools/packages/*.txt"):
        wanted += [(path, n, line.split("#")[0].strip()) for n, line in enumerate(text.splitlines(), 1)]
    if manifest := tree.files.get("web/package.json"):
        sections = json.loads(manifest)
        for name in [*sections.get("dependencies", {}), *sections.get("devDependencies", {})]:
            wanted.append(("web/package.json", line_of(manifest, manifest.index(f'"{name}"')), name))
    for path, number, name in wanted:
        if name and f"`{name}`" not in reasons:
            yield path, number, f"docs/dependencies.md does not say what {name} is for"


def main(arguments):
    tree = Tree.tracked()
    unknown = set(arguments) - {r.__name__ for r in RULES}
    if unknown:
        sys.exit(f"no such rule: {', '.join(sorted(unknown))}; rules: {', '.join(r.__name__ for r in RULES)}")
    breaches = 0
    for check in RULES:
        if arguments and check.__name__ not in arguments:
            continue
        for path, number, message in check(tree):
            print(f"{path}:{number}: {check.__name__}: {message}")
            breaches += 1
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
