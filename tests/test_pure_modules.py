"""What kinds of modules keep to: rules load no framework, queries build no URL and no sentence, none is too long."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: A third party runs these alone: its commands for `flask` lie beside them, in `cdv_civic.fund.cli`.
TALLY = sorted(ROOT.glob("cdv_civic/fund/tally/**/[!_]*.py"))

LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({each.split(".")[0] for each in sys.modules} & {"flask", "sqlalchemy", "werkzeug", "wtforms", "jinja2", "click"}))
"""


def pure_modules() -> list[str]:
    found = sorted(ROOT.glob("cdv_civic/**/rules.py")) + sorted(ROOT.glob("cdv_civic/**/rules/*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]
    return [
        *names,
        "cdv_civic.draws.algorithm",
        "cdv_civic.consultations.results.publication",
        "cdv_civic.consultations.results.corrections",
        "cdv_civic.core.policy.model",
        "cdv_civic.core.stemming",
        "cdv_civic.core.suppression",
        "cdv_civic.territory.place_search",
        *(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in TALLY),
    ]


def test_pure_modules_load_no_framework() -> None:
    names = pure_modules()
    assert len(names) > 12
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


#: A module beyond becomes a package of the same name.
MOST_LINES: Final = 400
#: What makes a URL, HTML or a sentence for people.
OF_PAGES: Final = frozenset(
    {"url_for", "Markup", "escape", "render_template"}
    | {"_", "_l", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext", "lazy_ngettext"}
)


def queries_modules() -> list[Path]:
    return sorted({*ROOT.glob("cdv_civic/**/queries.py"), *ROOT.glob("cdv_civic/**/queries/**/*.py")})


def used(node: ast.AST) -> Iterator[str]:
    """What a node imports or calls, by its last name."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.name.rpartition(".")[2] for alias in node.names)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node.func, ast.Attribute):
            yield node.func.attr


def named(node: ast.AST) -> Iterator[str]:
    """What a node gives a name to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.rpartition(".")[2]


def pages_business(code: str) -> list[str]:
    """What a module of queries has that belongs to a template, a view, `presentation.py` or `wording.py`."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        found |= {name for name in used(node) if name in OF_PAGES}
        found |= {name for name in named(node) if name == "url" or name.endswith("_url")}
    return sorted(found)


def test_queries_build_no_url_and_no_sentence() -> None:
    modules = queries_modules()
    assert len(modules) > 50
    wrong = {str(path.relative_to(ROOT)): pages_business(path.read_text()) for path in modules}
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from flask import url_for", ["url_for"]),
        ("import flask\nflask.url_for('a.b')", ["url_for"]),
        ("from markupsafe import Markup as Safe", ["Markup"]),
        ("from cdv_civic.core.i18n.catalogue import lazy_gettext as words", ["lazy_gettext"]),
        ("def photo_url(self): ...", ["photo_url"]),
        ("class Row:\n    url: str", ["url"]),
        ("for _row in rows: ...", []),
        ("select(Evidence.url)", []),
    ],
)
def test_what_belongs_to_pages_is_found(code: str, found: list[str]) -> None:
    assert pages_business(code) == found


def test_no_module_is_too_long() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in ROOT.glob("cdv_civic/**/*.py")
    }
    assert len(lines) > 300
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_a_name_means_one_class_in_the_whole_program() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.glob("cdv_civic/**/*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert len(found) > 500
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_settings_are_read_through_current_settings() -> None:
    """Flask's own configuration is a copy for Flask and its extensions; only names of cookies are theirs to know."""
    raw = re.compile(r"\bconfig(?:\[|\.get\()(?!\"SESSION_COOKIE_)|current_app\.extensions\[\"settings\"\]")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.glob("cdv_civic/**/*.py"))
        if raw.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["cdv_civic/core/settings.py"], found


def says_nothing_of_keys(call: ast.Call) -> bool:
    """Whether a call locks rows (a method, or an argument of `get_one` and `refresh`) and forbids their keys too."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "with_for_update":
        return not {each.arg for each in call.keywords} & {"key_share", "read"}
    how = next((each.value for each in call.keywords if each.arg == "with_for_update"), None)
    return how is not None and "key_share" not in ast.unparse(how)


def test_no_lock_makes_a_foreign_key_wait() -> None:
    """Such a wait follows no order: PostgreSQL looks at a key again wherever a row is changed twice."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(ROOT.glob("cdv_civic/**/*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and says_nothing_of_keys(node)
    ]
    assert found == []
