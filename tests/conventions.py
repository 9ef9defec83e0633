"""The house rules over parsed files. A rule yields the line and what to do about it; see test_conventions.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

PACKAGES = ("api", "benchmarks", "components", "data", "jobs", "pages")
Finding = tuple[int, str]
Rule = Callable[["Source"], Iterator[Finding]]
RULES: dict[str, Rule] = {}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
VAGUE_FILE = re.compile(r"(?:^|[/_])(utils?|helpers?|common|misc|managers?)\.py$")
VAGUE_NAME = re.compile(r"^_?(handle|process)_|(^|_|[a-z])([mM]anager|[hH]elper|[uU]til)s?(_|[A-Z]|$)")
CLOCK = re.compile(r"(^|\.)((datetime|Timestamp)\.(now|utcnow|today)|date\.today|time\.time)$")
SQL = re.compile(
    r"\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|merge\s+into\s"
    r"|(create|alter|drop)\s+(or\s+replace\s+)?(table|view)\s|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)|^\s*@pytest\.mark\.(skip|xfail)|\bpytest\.xfail\(")
WIDGETS = frozenset(
    {"button", "checkbox", "date_input", "download_button", "file_uploader", "multiselect", "number_input", "pills"}
    | {"radio", "segmented_control", "selectbox", "slider", "text_area", "text_input", "time_input", "toggle"}
)
NEVER_IMPORTS = {
    "app.py": ("pages.", "components."),
    "ui.py": ("api.", "jobs.", "data.engines.", "data.statements."),
    "components/charts.py": ("streamlit.",),
}
"""What the import contracts in pyproject.toml cannot say: import-linter reads packages only."""


@dataclass
class Source:
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[Any]:
        return (node for node in self._nodes if isinstance(node, kinds))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        return ((call, dotted(call.func)) for call in self.nodes(ast.Call))

    def imports(self) -> Iterator[tuple[int, str]]:
        for node in self.nodes(ast.Import, ast.ImportFrom):
            prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield from ((node.lineno, f"{prefix}{alias.name}") for alias in node.names)

    def within(self, *places: str) -> bool:
        return self.path.startswith(places)


@lru_cache(1)
def sources(root: Path) -> list[Source]:
    files = [*root.glob("*.py"), *(f for folder in (*PACKAGES, "tests") for f in (root / folder).rglob("*.py"))]
    return [Source(f.relative_to(root).as_posix(), f.read_text()) for f in sorted(files)]


def findings(rule: Rule, root: Path) -> list[str]:
    return [f"{source.path}:{line}: {words}" for source in sources(root) for line, words in rule(source)]


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of a name or an attribute; what cannot be told is left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def rule(check: Rule) -> Rule:
    RULES[check.__name__] = check
    return check


@rule
def functions_are_short(source: Source) -> Iterator[Finding]:
    for node in source.nodes(*FUNCTIONS):
        if (lines := node.end_lineno - node.lineno + 1) > 30:
            yield node.lineno, f"{node.name} has {lines} lines; 30 are the limit"


@rule
def modules_are_short(source: Source) -> Iterator[Finding]:
    places = (("jobs/notebooks/", 15), ("pages/", 120), ("tests/", 500), ("", 300))
    limit = next(limit for place, limit in places if source.within(place))
    if (lines := source.text.count("\n")) > limit:
        yield lines, f"{lines} lines; {limit} are the limit here"


@rule
def modules_say_what_they_are(source: Source) -> Iterator[Finding]:
    if source.tree.body and not ast.get_docstring(source.tree):
        yield 1, "say in one line what this module is (docstring)"


@rule
def names_say_what_things_do(source: Source) -> Iterator[Finding]:
    if vague := VAGUE_FILE.search(source.path):
        yield 1, f"'{vague[1]}' says nothing; name the file after what it is about"
    for node in source.nodes(*FUNCTIONS, ast.ClassDef):
        if VAGUE_NAME.search(node.name):
            yield node.lineno, f"'{node.name}' says nothing; use the verb or noun of the business"


@rule
def imports_keep_their_side(source: Source) -> Iterator[Finding]:
    for line, name in source.imports():
        if f"{name}.".startswith(NEVER_IMPORTS.get(source.path, ())):
            yield line, f"{source.path} must not import {name}"


@rule
def sql_lives_in_sql_files(source: Source) -> Iterator[Finding]:
    for node in () if source.within("data/engines/", "tests/") else source.nodes(ast.Constant):
        if isinstance(node.value, str) and SQL.match(node.value) and not node.value.split()[0].istitle():
            yield node.lineno, "SQL belongs in sql/<area>/<verb>_<noun>.sql"


@rule
def only_settings_read_the_environment(source: Source) -> Iterator[Finding]:
    if source.within("data/settings.py", "tests/"):
        return
    named = [*source.imports(), *((node.lineno, dotted(node)) for node in source.nodes(ast.Attribute))]
    for line, name in named:
        if name in {"os.environ", "os.getenv"}:
            yield line, "read it in data/settings.py"


@rule
def only_cached_caches(source: Source) -> Iterator[Finding]:
    for node in () if source.within("data/cached/reads.py", "tests/") else source.nodes(ast.Attribute):
        if node.attr in {"cache_data", "cache_resource"}:
            yield node.lineno, f"{node.attr} belongs in data/cached/reads.py"


@rule
def errors_are_not_swallowed(source: Source) -> Iterator[Finding]:
    for node in source.nodes(ast.ExceptHandler):
        silent = all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
        if silent and dotted(node.type) in {"", "Exception", "BaseException"} and not isinstance(node.type, ast.Tuple):
            yield node.lineno, "name the error that may be ignored, or let it through"


@rule
def the_clock_is_passed_in(source: Source) -> Iterator[Finding]:
    for call, name in () if source.within("data/portal.py") else source.calls():
        if CLOCK.search(name):
            yield call.lineno, "take the time from the portal's clock"


@rule
def text_is_never_html(source: Source) -> Iterator[Finding]:
    for node in source.nodes(ast.keyword):
        if node.arg == "unsafe_allow_html":
            yield node.lineno, "no unsafe_allow_html"


@rule
def permissions_are_asked_for(source: Source) -> Iterator[Finding]:
    for node in () if source.within("tests/") else source.nodes(ast.Compare):
        compared = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        if compared and dotted(node.left).split(".")[-1] == "role":
            yield node.lineno, "ask actor.may(permission) instead of comparing roles"


@rule
def widgets_have_keys(source: Source) -> Iterator[Finding]:
    for call, name in source.calls() if source.within("pages/", "components/", "ui.py") else ():
        widget = name.split(".")[-1]
        if "." in name and widget in WIDGETS and "key" not in {keyword.arg for keyword in call.keywords}:
            yield call.lineno, f"{widget} needs a key (state and browser tests hold on to it)"


@rule
def sleeps_are_short(source: Source) -> Iterator[Finding]:
    for call, name in source.calls() if source.within("tests/") else ():
        seconds = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else 0
        if name.split(".")[-1] == "sleep" and seconds > 0.2:
            yield call.lineno, "inject the clock or wait for the event"


def suppressions(source: Source) -> Iterator[Finding]:
    """Warnings switched off, tests skipped or expected to fail."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := SUPPRESSION.search(line):
            yield number, found[0].strip()
