"""Templates lie where the code that shows them does: a folder for each feature, and two that all share."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from cdv_civic.core.settings import ROOT

pytestmark = pytest.mark.one_database

TEMPLATES: Final = ROOT / "templates"
#: What every feature may show.
SHARED: Final = frozenset({"components", "layouts"})
NAME: Final = re.compile(r"[a-z_]+/[a-z_/]+\.(?:html|txt|xml)")


def named_by_code() -> Iterator[tuple[str, str]]:
    """Each feature, with a template that its code names."""
    for path in sorted((ROOT / "cdv_civic").rglob("*.py")):
        feature = path.relative_to(ROOT / "cdv_civic").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            said = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
            if NAME.fullmatch(said):
                yield feature, said


def given_by_code() -> Iterator[tuple[str, str, str]]:
    """Each value that code gives to a template it names: where, the template, the value's name."""
    for path in sorted((ROOT / "cdv_civic").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template" and node.args:
                said = node.args[0]
                names = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
                if all(isinstance(name, ast.Constant) for name in names):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    for keyword in filter(lambda each: each.arg, node.keywords):
                        yield where, " ".join(str(name.value) for name in names), str(keyword.arg)  # type: ignore[attr-defined]


@cache
def read_by(environment: Environment, name: str) -> frozenset[str]:
    """The values that a template reads, or one that it extends, includes, or imports with its context."""
    source = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    read = set(meta.find_undeclared_variables(source))
    others: list[Any] = [
        *source.find_all(nodes.Extends),
        *source.find_all(nodes.Include),
        *source.find_all(nodes.Import),
        *source.find_all(nodes.FromImport),
    ]
    for node in others:
        assert isinstance(node.template, nodes.Const), f"{name} names a template that only its reader knows"
        if getattr(node, "with_context", True):
            read |= read_by(environment, node.template.value)
    return frozenset(read)


def templates() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    """The source of each template, by its name."""
    for name in templates():
        yield name, (TEMPLATES / name).read_text(encoding="utf-8")


def test_each_folder_of_templates_is_that_of_a_feature() -> None:
    features = {path.parent.name for path in (ROOT / "cdv_civic").glob("*/__init__.py")}
    assert {Path(name).parts[0] for name in templates()} <= features | SHARED


def test_a_feature_shows_its_own_templates_or_shared_ones() -> None:
    named = list(named_by_code())
    assert len(named) > 100
    assert [(feature, name) for feature, name in named if Path(name).parts[0] not in SHARED | {feature}] == []


def test_a_template_takes_in_only_those_of_its_feature_of_lower_ones_and_shared_ones() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
    height = {feature: -row for row, line in enumerate(layers) for feature in line.split(" | ")}
    wrong, taken = [], 0
    for name in templates():
        own = Path(name).parts[0]
        for other in re.findall(
            r'(?:include|import|extends|from) "([a-z_]+)/', (TEMPLATES / name).read_text()
        ):
            taken += 1
            if other not in SHARED | {own} and not (own not in SHARED and height[other] < height[own]):
                wrong.append((name, other))
    assert taken > 200
    assert wrong == []


def test_no_value_is_given_that_the_template_does_not_read(app: Flask) -> None:
    given = list(given_by_code())
    assert len(given) > 300
    idle = [
        each for each in given if all(each[2] not in read_by(app.jinja_env, name) for name in each[1].split())
    ]
    assert idle == []


def test_a_link_that_is_a_paragraph_of_its_own_is_a_target_of_44_px() -> None:
    """Pages of the desk say so for all of theirs, in desk.css."""
    small = [
        (name, link)
        for name in templates()
        if "desk" not in name
        for link in re.findall(r"<p><a href=[^\n]*?</a></p>", (TEMPLATES / name).read_text(encoding="utf-8"))
        if link.count("<a ") == 1
    ]
    assert small == []


def macros_of(source: nodes.Template) -> dict[str, nodes.Macro]:
    """The macros that a template makes, by name."""
    return {macro.name: macro for macro in source.find_all(nodes.Macro)}


def imported_by(source: nodes.Template) -> Iterator[tuple[str, str, str]]:
    """What a template imports: its name there, the template it comes from, its name in that one."""
    for node in source.find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        for each in node.names:
            own, here = (each, each) if isinstance(each, str) else each
            yield here, str(node.template.value), own


def not_given(macro: nodes.Macro, call: nodes.Call) -> list[str]:
    """The arguments without a default that a call of a macro leaves out: it would show nothing in their place."""
    names = [argument.name for argument in macro.args]
    needed = names[: len(names) - len(macro.defaults)]
    given = {*names[: len(call.args)], *(keyword.key for keyword in call.kwargs)}
    return [name for name in needed if name not in given]


def test_each_macro_is_given_what_it_has_no_default_for(app: Flask) -> None:
    sources = {name: app.jinja_env.parse(text) for name, text in texts()}
    known = {name: macros_of(source) for name, source in sources.items()}
    checked, missing = 0, []
    for name, source in sources.items():
        macros = dict(known[name])
        macros |= {here: known[there][own] for here, there, own in imported_by(source) if own in known[there]}
        for call in source.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in macros:
                checked += 1
                missing += [
                    (name, call.lineno, call.node.name, each)
                    for each in not_given(macros[call.node.name], call)
                ]
    assert checked > 500
    assert missing == []


def test_no_macro_is_imported_for_nothing(app: Flask) -> None:
    idle = []
    for name, text in texts():
        source = app.jinja_env.parse(text)
        used = {each.name for each in source.find_all(nodes.Name)}
        idle += [(name, here) for here, _there, _own in imported_by(source) if here not in used]
    assert idle == []
