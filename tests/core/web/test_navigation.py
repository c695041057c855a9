"""Where pages lead: names of pages go down the layers as imports do, and the table that lower features ask."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
import pytest
from flask import Flask
from jinja2 import nodes

from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.model import Grant, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web import navigation
from cdv_civic.core.web.navigation import (
    FOOTER,
    HOME,
    LandingPage,
    MenuEntry,
    Navigation,
    NoSuchDestination,
    navigation_of,
)

# The program is read, and the table that it makes at its start.
pytestmark = pytest.mark.one_database

PACKAGE: Final = ROOT / "cdv_civic"
TEMPLATES: Final = ROOT / "templates"
#: Folders of templates that belong to the core.
OF_THE_CORE: Final = frozenset({"layouts", "components"})
#: Stands for what follows in a name made of several strings: f"pages.{name}".
REST: Final = "{}"


@dataclass(frozen=True)
class NamedInCode:
    """A string in the code of a feature."""

    feature: str
    where: str
    string: str


def layers() -> dict[str, int]:
    """The layer of each feature, counted from the lowest, as import-linter keeps them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {
        feature.strip(): height
        for height, layer in enumerate(reversed(listed))
        for feature in layer.split("|")
    }


def feature_of_template(name: str) -> str:
    folder = name.split("/")[0]
    return "core" if folder in OF_THE_CORE else folder


def owners(app: Flask) -> dict[str, str]:
    """The feature of each page and of each template, by the names that code calls them."""
    of_blueprints = {name: each.import_name.split(".")[1] for name, each in app.blueprints.items()}
    pages = {name: of_blueprints[name.rpartition(".")[0]] for name in app.view_functions if "." in name}
    beginnings = {f"{name}.{REST}": feature for name, feature in of_blueprints.items()}
    templates = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()]
    return pages | beginnings | {name: feature_of_template(name) for name in templates}


def strings_of_python(code: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            first = node.left if isinstance(node, ast.BinOp) else node.values[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, f"{first.value}{REST}"


def strings_of_template(code: str, environment: jinja2.Environment) -> Iterator[tuple[int, str]]:
    tree = environment.parse(code)
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str):
            yield const.lineno, const.value
    for joined in tree.find_all(nodes.Concat):
        if isinstance(first := joined.nodes[0], nodes.Const):
            yield joined.lineno, f"{first.value}{REST}"


def all_said(app: Flask) -> Iterator[NamedInCode]:
    for path in sorted(PACKAGE.glob("*/**/*.py")):
        feature = path.relative_to(PACKAGE).parts[0]
        for line, string in strings_of_python(path.read_text()):
            yield NamedInCode(feature, f"{path.relative_to(ROOT)}:{line}", string)
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        feature = feature_of_template(path.relative_to(TEMPLATES).as_posix())
        for line, string in strings_of_template(path.read_text(), app.jinja_env):
            yield NamedInCode(feature, f"{path.relative_to(ROOT)}:{line}", string)


def points_up(said: NamedInCode, owners: dict[str, str], layers: dict[str, int]) -> bool:
    """Whether a feature names a page or a template of one above it, or beside it."""
    owner = owners.get(said.string)
    return owner is not None and owner != said.feature and layers[owner] >= layers[said.feature]


def test_no_feature_names_a_page_or_a_template_of_a_feature_above_or_beside_it(app: Flask) -> None:
    owned, heights = owners(app), layers()
    wrong = [
        f"{said.where}: {said.feature} names {said.string}, of {owned[said.string]}"
        for said in all_said(app)
        if points_up(said, owned, heights)
    ]
    assert wrong == [], "ask core/web/navigation for it, and let the feature that has it register it"


@pytest.mark.parametrize(
    ("feature", "string", "wrong"),
    [
        ("core", "pages.home", True),
        ("core", "pages.{}", True),
        ("accounts", "sign_in.ways_in", True),
        ("voices", "seats_desk.show", True),
        ("core", "pages/home.html", True),
        ("sign_in", "sign_in.ways_in", False),
        ("pages", "sign_in.ways_in", False),
        ("pages", "layouts/base.html", False),
        ("core", "a sentence.", False),
    ],
)
def test_names_go_down_the_layers(app: Flask, feature: str, string: str, wrong: bool) -> None:
    assert points_up(NamedInCode(feature, "here", string), owners(app), layers()) is wrong


def test_names_are_found_wherever_code_and_templates_say_them(app: Flask) -> None:
    code = 'PLACES = ("a.b",)\n\ndef view():\n    return url_for("c.d") + f"e.{name}" + ("f." + name)\n'
    assert {string for _line, string in strings_of_python(code)} >= {
        "a.b", "c.d", "e.{}", "f.{}",
    }  # fmt: skip
    template = """{% extends "x.html" %}{% from "y.html" import z with context %}{% block b %}
        <a href="{{ url_for('a.b', slug=slug) }}">{% include "z.html" %}{{ url_for("e." ~ z) }}{% set to = "c.d" if z %}</a>{% endblock %}"""
    assert {string for _line, string in strings_of_template(template, app.jinja_env)} >= {
        "x.html", "y.html", "z.html", "a.b", "c.d", "e.{}",
    }  # fmt: skip
    said = list(all_said(app))
    assert NamedInCode("pages", "x", "pages.contracts") in {
        NamedInCode(each.feature, "x", each.string) for each in said
    }
    assert {each.feature for each in said} >= {"core", "accounts", "bodies", "pages", "voices"}


#: `navigation.url("home")`, `nav_url('home', …)`.
_ASKED: Final = re.compile(
    r"\b(?:navigation\.(?:url|endpoint|url_if_any)|nav_url(?:_if_any)?)\(\s*([\"'])([a-z_]+)\1"
)


def asked(folder: Path, pattern: str) -> set[str]:
    texts = (path.read_text() for path in folder.rglob(pattern) if path.is_file())
    return {name for text in texts for _quote, name in _ASKED.findall(text)}


def test_each_destination_that_is_asked_for_is_there_and_each_that_is_there_is_asked_for(app: Flask) -> None:
    known = set(navigation_of(app).destinations)
    assert asked(PACKAGE, "*.py") | asked(TEMPLATES, "*") == known


def test_each_name_and_each_menu_leads_to_a_page(app: Flask) -> None:
    table = navigation_of(app)
    entries = {entry.endpoint for menu in table.menus.values() for entry in menu}
    landings = {each.endpoint for each in table.landings}
    assert entries | landings | set(table.destinations.values()) <= set(app.view_functions)
    assert len(table.menus) == 4
    assert {
        entry.endpoint for entry in table.menus[FOOTER] if policy_of(app, entry.endpoint) != PUBLIC
    } == set()


def test_a_name_a_page_or_an_order_is_given_once(app: Flask) -> None:
    table = Navigation(app)
    table.add_destinations({"home": "a.home"})
    with pytest.raises(RegisteredTwice):
        table.add_destinations({"other": "b.other", "home": "b.home"})
    assert table.destinations == {"home": "a.home"}
    table.add_entry("menu", MenuEntry("a.home", "Home", order=10))
    table.add_entry("another menu", MenuEntry("a.home", "Home", order=10))
    table.add_landing(LandingPage("a.home", ("desk.read",), order=10))
    for endpoint, order in (("a.home", 20), ("b.home", 10)):
        with pytest.raises(RegisteredTwice):
            table.add_entry("menu", MenuEntry(endpoint, "Home", order=order))
        with pytest.raises(RegisteredTwice):
            table.add_landing(LandingPage(endpoint, ("desk.read",), order=order))


@dataclass(frozen=True)
class Somebody:
    roles: tuple[Role, ...]
    actor_id: int | None = 1
    name: str = "Somebody"
    organisation_name: str = ""

    @property
    def grants(self) -> frozenset[Grant]:
        return frozenset(Grant(role, Scope(ScopeKind.SITE)) for role in self.roles)


@pytest.fixture
def small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Navigation:
    """The table as it is before any feature has filled it."""
    table = navigation_of(app)
    for name, empty in vars(Navigation(app)).items():
        monkeypatch.setattr(table, name, empty)
    return table


def test_a_destination_that_no_feature_has_is_none_or_an_error(app: Flask, small: Navigation) -> None:
    small.add_destinations({HOME: "pages.home", "body": "pages.body"})
    with app.test_request_context("/fr/"):
        assert navigation.url(HOME, lang="ar") == "/ar/"
        assert (
            navigation.url_if_any("body", contract="c", slug="s", lang="fr") == "/fr/contrats/c/instances/s"
        )
        assert navigation.url_if_any("my_space") is None
        with pytest.raises(NoSuchDestination):
            navigation.url("my_space")


def test_a_layout_draws_nothing_where_there_is_no_page(app: Flask, small: Navigation) -> None:
    small.add_destinations(
        {HOME: "pages.home", "web_manifest": "pages.manifest", "quartiers": "pages.quartiers"}
    )
    page = app.test_client().get("/fr/nowhere").get_data(as_text=True)
    assert 'class="site-name" href="/fr/"' in page
    assert "site-search" not in page
    assert "site-my-space" not in page


def test_a_menu_is_in_order_and_shows_to_each_person_what_they_may_do(app: Flask, small: Navigation) -> None:
    for entry in (
        MenuEntry("pages.legal", "last", order=90),
        MenuEntry("cards_desk.table", "cards", order=20, action="card.report"),
        MenuEntry("cards_desk.lost", "lost card", order=30, action="card.replace", unless="card.report"),
        MenuEntry("pages.home", "first", order=10, icon="home", follow=False),
    ):
        small.add_entry("menu", entry)

    def shown(*roles: Role) -> list[object]:
        return [link.label for link in navigation.menu("menu", Somebody(roles))]

    with app.test_request_context("/fr/"):
        assert [link.label for link in navigation.menu("menu")] == ["first", "last"]
        first, last = navigation.menu("menu")
        assert (first.url, first.icon, first.current, first.follow) == ("/fr/", "home", True, False)
        assert (last.current, last.follow) == (False, True)
        assert shown(Role.ADMINISTRATOR) == ["first", "cards", "last"]
        assert navigation.menu("no such menu") == []


def test_the_first_page_of_somebody_is_the_first_that_they_may_see(app: Flask, small: Navigation) -> None:
    small.add_destinations({HOME: "pages.home"})
    small.add_landing(LandingPage("my_space.home", ("account.self",), order=20))
    small.add_landing(LandingPage("commitments_desk.worklist", ("desk.read",), order=10))
    assert navigation.landing(Somebody((Role.ADMINISTRATOR, Role.PERSON))) == "commitments_desk.worklist"
    assert navigation.landing(Somebody((Role.PERSON,))) == "my_space.home"
    assert navigation.landing(Somebody(())) == "pages.home"
