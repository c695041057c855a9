"""Every form of the demonstration's pages, as people meet it: labels, hints, « facultatif », and what is said of errors.

Each form with something to fill in is read, sent empty, and sent with nonsense in all its fields: whatever is wrong
comes back at once, in one summary that names each field and leads to it, and what was typed stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.policy.model import Role
from cdv_civic.demo.accounts import ACCOUNTS, EMAIL, PASSWORD
from tests.conftest import Site
from tests.demo_pages import (
    ADMINISTRATORS_PAGES,
    CONTRACT,
    DESK_PAGES,
    PUBLIC_PAGES,
    expected_status,
    pages_of_members_and_draws,
    pages_of_moderation,
    pages_of_one_body,
    pages_of_one_commitment,
)
from tests.demo_site import copy_demo
from tests.signing_in import sign_in

pytestmark = pytest.mark.one_database

ADMINISTRATOR: Final = next(each.email for each in ACCOUNTS if each.role is Role.ADMINISTRATOR)
NONSENSE: Final = "zz <@@@>"
OPTIONAL: Final = "facultatif"
#: Nobody types anything into them.
SILENT: Final = ("hidden", "submit", "button", "search")
VOID: Final = frozenset({"input", "img", "br", "hr", "meta", "link", "source", "wbr", "col", "use", "path"})


@dataclass
class Asked:
    """A field of a form: what it is called, and what its label says of it."""

    name: str
    kind: str
    id: str
    described_by: tuple[str, ...]
    value: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = False


@dataclass
class FoundForm:
    """A form, as a browser would send it."""

    action: str | None
    method: str
    fields: list[Asked] = field(default_factory=list)

    @property
    def asks(self) -> list[Asked]:
        return [each for each in self.fields if each.kind not in SILENT]

    def sent(self, of: Callable[[Asked], str | None]) -> dict[str, list[str]]:
        """What is sent where each field that somebody fills in holds `of` it (None: it sends nothing)."""
        data: dict[str, list[str]] = {}
        for each in self.fields:
            value = each.value if each.kind == "hidden" else of(each) if each.kind not in SILENT else None
            if value is not None and each.name:
                data.setdefault(each.name, []).append(value)
        return data


class PageReader(HTMLParser):
    """The forms of a page, and where its labels, hints, errors and links stand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        #: By the id that they speak of, or have: where they begin in the page, and what they say.
        self.labels: dict[str, tuple[int, str]] = {}
        self.hints: dict[str, int] = {}
        self.nameless_hints: list[str] = []
        self.errors: dict[str, str] = {}
        self.summary: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.takes_focus: set[str] = set()
        self.groups: dict[str, str] = {}
        self._order = 0
        self._open: list[tuple[str, str, list[str]]] = []  # tag, what it is, its words
        self._group: list[tuple[str, tuple[str, ...]]] = []
        self._inside = 0
        self._in_summary = 0
        self._select: Asked | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._order += 1
        given = {name: value or "" for name, value in attrs}
        if given.get("id"):
            self.ids.add(given["id"])
            if tag in ("input", "textarea", "select") or "tabindex" in given:
                self.takes_focus.add(given["id"])
        if tag == "form":
            self._inside += 1
            self.forms.append(FoundForm(given.get("action"), given.get("method", "get")))
        elif tag == "fieldset":
            self._group.append((given.get("id", ""), tuple(given.get("aria-describedby", "").split())))
        elif tag in ("input", "textarea", "select") and self._inside and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given or len(self._select.options) == 1:
                self._select.value = given.get("value", "")
        if tag not in VOID:
            self._open.append((tag, self._what(tag, given), []))
            if "error-summary" in given.get("class", "").split():
                self._in_summary = len(self._open)

    def _what(self, tag: str, given: dict[str, str]) -> str:
        """What an element that holds words is, and whose."""
        kinds, own = given.get("class", "").split(), given.get("id", "")
        if tag == "label" and given.get("for"):
            return f"label {given['for']}"
        if tag == "legend" and self._group and self._group[-1][0]:
            return f"label {self._group[-1][0]}"
        if "hint" in kinds and own:
            self.hints[own] = self._order
        elif "hint" in kinds and self._inside:
            return "hint"
        elif "field-error" in kinds and own:
            return f"error {own}"
        elif tag == "a" and self._in_summary and given.get("href", "").startswith("#"):
            return f"link {given['href'][1:]}"
        return ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        described = tuple(given.get("aria-describedby", "").split())
        asked = Asked(given["name"], kind, given.get("id", ""), described, given.get("value", ""))
        asked.checked = "checked" in given
        if kind in ("radio", "checkbox") and self._group and self._group[-1][0]:
            self.groups[asked.id] = self._group[-1][0]
            asked.described_by = (*described, *self._group[-1][1])
        self._select = asked if tag == "select" else None
        self.forms[-1].fields.append(asked)

    def handle_data(self, data: str) -> None:
        for _tag, what, words in self._open:
            if what:
                words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _what, _words in self._open):
            name, what, words = self._open.pop()
            self._close(what, " ".join("".join(words).split()))
            if len(self._open) < self._in_summary:
                self._in_summary = 0
            if name == "form":
                self._inside -= 1
            elif name == "fieldset":
                self._group.pop()
            if name == tag:
                break

    def _close(self, what: str, words: str) -> None:
        kind, _space, whose = what.partition(" ")
        if kind == "label":
            self.labels.setdefault(whose, (self._order, words))
        elif kind == "error":
            self.errors[whose.rpartition("-")[0]] = words
        elif kind == "link":
            self.summary.append((whose, words))
        elif kind == "hint":
            self.nameless_hints.append(words)

    def target(self, asked: Asked) -> str:
        """The id of what an error of a field is said about: the group of its choices, or itself."""
        return self.groups.get(asked.id, asked.id)

    def label(self, asked: Asked) -> str:
        return self.labels.get(self.target(asked), (0, ""))[1]


def to_fill_in(page: PageReader) -> list[FoundForm]:
    """The forms in which somebody fills something in, and that come back to their own page."""
    return [form for form in page.forms if form.method == "post" and form.asks and not form.action]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("demo")
    copy_demo(folder, tmp_path_factory)
    return Site(folder, None, environment="development", demo=True)


@dataclass(frozen=True)
class Pages:
    """Pages, as one person opens them."""

    site: Site
    client: FlaskClient
    paths: list[str]
    _known: list[tuple[str, PageReader]] = field(default_factory=list)

    def send(self, path: str, data: dict[str, list[str]]) -> TestResponse:
        """What a form answers; nothing is counted against whoever sends so many."""
        with self.site.app.app_context():
            limiter.reset()
        return self.client.post(f"/fr{path}", data=data, headers={"Sec-Fetch-Site": "same-origin"})

    def read(self) -> list[tuple[str, PageReader]]:
        """Each page that is there, with its address; read once."""
        if not self._known:
            for path in self.paths:
                answer = self.client.get(f"/fr{path}")
                if answer.status_code == expected_status(path) == 200:
                    self._known.append((path, PageReader(answer.text)))
        return self._known


def _of_visitors(demo: Site) -> Pages:
    return Pages(
        demo, demo.app.test_client(), [*PUBLIC_PAGES, f"{CONTRACT}/instances/conseil-de-quartier/parole"]
    )


def _of_staff(demo: Site) -> Pages:
    client = demo.app.test_client()
    with demo.app.app_context():
        assert sign_in(client, EMAIL, PASSWORD).status_code == 303

    def read(path: str) -> str:
        return client.get(path).text

    return Pages(
        demo,
        client,
        [
            *DESK_PAGES,
            *pages_of_one_body(read),
            *pages_of_members_and_draws(read),
            *pages_of_one_commitment(read),
            *pages_of_moderation(read),
        ],
    )


def _of_administrators(demo: Site) -> Pages:
    client = demo.app.test_client()
    with demo.app.app_context():
        assert sign_in(client, ADMINISTRATOR, PASSWORD).status_code == 303
    return Pages(demo, client, list(ADMINISTRATORS_PAGES))


WHOSE: Final = {"visitors": _of_visitors, "staff": _of_staff, "administrators": _of_administrators}


@pytest.fixture(scope="module", params=WHOSE)
def pages(request: pytest.FixtureRequest, demo: Site) -> Pages:
    return WHOSE[request.param](demo)


def hints_astray(page: PageReader) -> list[str]:
    """Hints that stand before what they explain, or that no field names."""
    asked = [each for form in page.forms for each in form.fields]
    named = {hint for each in asked for hint in each.described_by}
    wrong = [f"a hint that belongs to no field: {words}" for words in page.nameless_hints]
    wrong += [f"no field names {hint}" for hint in set(page.hints) - named]
    for each in asked:
        label = page.labels.get(page.target(each), page.labels.get(each.id))
        for name in each.described_by:
            if name not in page.ids:
                wrong.append(f"{each.name} names {name}, which is not there")
            elif name in page.hints and label is not None and page.hints[name] < label[0]:
                wrong.append(f"the hint of {each.name} stands before its label")
    return wrong


def test_a_hint_follows_its_label_and_its_field_names_it(pages: Pages) -> None:
    wrong = [f"{path}: {each}" for path, page in pages.read() for each in hints_astray(page)]
    if wrong:
        pytest.fail("\n".join(wrong))


def test_every_field_has_a_name_that_people_read(pages: Pages) -> None:
    nameless = [
        (path, each.name)
        for path, page in pages.read()
        for form in to_fill_in(page)
        for each in form.asks
        if not (page.label(each) or page.labels.get(each.id))
    ]
    assert nameless == []


def _nothing(asked: Asked) -> str | None:
    if asked.kind in ("radio", "checkbox", "file"):
        return None
    return asked.value if asked.kind == "select" and "" not in asked.options else ""


def _nonsense(asked: Asked) -> str | None:
    if asked.kind in ("checkbox", "file"):
        return None
    return NONSENSE


def badly_said(page: PageReader) -> list[str]:
    """What is wrong with how a page says its errors."""
    led = dict(page.summary)
    wrong = [f"the summary does not lead to {whose}" for whose in page.errors if whose not in led]
    wrong += [f"the summary leads to {whose}, which is not there" for whose in led if whose not in page.ids]
    wrong += [
        f"the summary leads to {whose}, which takes no focus"
        for whose in led
        if whose not in page.takes_focus
    ]
    for whose, error in page.errors.items():
        label = page.labels.get(whose, (0, ""))[1].removesuffix(OPTIONAL).rstrip(" .?:…\u00a0")
        said = led.get(whose, "")
        if not label or not said.startswith(label):
            wrong.append(f"« {said} » does not name {whose}: « {label} »")
        if error not in said:
            wrong.append(f"« {said} » says something else than « {error} »")
    return wrong


def called_otherwise(form: FoundForm, page: PageReader, back: PageReader) -> list[str]:
    """Fields that are called optional and are not, and those that are and do not say so, of a form sent empty.

    Boxes to tick are always free; a list without an empty line always holds an answer.
    """
    wrong = []
    for each in form.asks:
        whose, optional = page.target(each), page.label(each).endswith(OPTIONAL)
        if optional and whose in back.errors:
            wrong.append(f"{each.name} is called optional, and asked for: {back.errors[whose]}")
        free = each.kind in ("checkbox", "file") or (each.kind == "select" and "" not in each.options)
        chosen = each.kind == "radio" and any(one.checked for one in form.asks if one.name == each.name)
        if not optional and not free and not chosen and whose not in back.errors:
            wrong.append(f"{each.name} may stay empty, and does not say so")
    return wrong


def lost(form: FoundForm, back: PageReader) -> list[str]:
    """Fields whose nonsense did not come back; secrets never do."""
    shown = {each.name: each for one in back.forms for each in one.fields}
    return [
        f"what was typed into {each.name} is gone"
        for each in form.asks
        if each.kind == "text" and each.name in shown and shown[each.name].value != NONSENSE
    ]


@pytest.mark.parametrize("typed", [_nothing, _nonsense])
def test_all_that_is_wrong_comes_back_at_once_named_and_linked(
    pages: Pages, typed: Callable[[Asked], str | None]
) -> None:
    wrong: list[str] = []
    refused = 0
    for path, page in pages.read():
        for form in to_fill_in(page):
            answer = pages.send(path, form.sent(typed))
            found = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
            if answer.status_code == 422:
                refused += 1
                back = PageReader(answer.text)
                found += badly_said(back)
                found += called_otherwise(form, page, back) if typed is _nothing else lost(form, back)
            wrong += [f"{path}: {each}" for each in found]
    if wrong:
        pytest.fail("\n".join(wrong))
    assert refused
