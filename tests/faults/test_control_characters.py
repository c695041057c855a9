"""Characters that nobody types, values that nobody means: no page breaks on them, on either database."""

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import db
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.request_limits import clean
from cdv_civic.voices.models import Voice
from tests.permissions.test_permissions import nothing_is_kept, routes
from tests.permissions.world import World, make_world
from tests.signing_in import open_browser
from tests.voices.voices import make_place

#: What is put into every place where a request holds a value, as an address writes it.
STRANGE = ("%00", "a%00b", "%01", "%1F", "%7F", "%C2%80", "%C2%9F", "%ED%A0%80", "%FF", "%C0%80", "%EF%BF%BF")
#: The same, and what is not one of the answers that a page expects, by what is wrong with it. A field is given one of
#: each kind: which one turns from field to field and from page to page.
VALUES = {
    "characters": ("a%00b", "%C2%9F", "%ED%A0%80", "%FF", "%EF%BF%BF"),
    "numbers": ("9" * 30, "-1", "1e999", "1-2-3-4"),
    "dates": ("2026-02-30", "0000-00-00"),
    "length": ("x" * 3000,),
}


@pytest.fixture(autouse=True)
def _no_limits(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


@cache
def parameters() -> tuple[str, ...]:
    """The name of every parameter that the program reads from an address or from a form of its own."""
    read = re.compile(r"""(?:args|form)\.get(?:list)?\(\s*"(\w+)"|args\["(\w+)"\]""")
    named = re.compile(r"""name="(\w+)\"""")
    found = {
        name
        for pattern, folder, ending in ((read, "cdv_civic", "*.py"), (named, "templates", "*.html"))
        for path in sorted((ROOT / folder).rglob(ending))
        for match in pattern.finditer(path.read_text())
        for name in match.groups()
        if name
    }
    assert {"axe", "retour", "apres", "page", "q", "theme"} <= found
    return tuple(sorted(found - {"csrf_token"}))


def addresses(app: Flask, world: World, method: str) -> Iterator[tuple[Rule, str]]:
    adapter = app.url_map.bind("localhost")
    for rule, each in routes(app):
        # `/pret` answers 503 where nothing is broken but the jobs, which no test runs.
        if each == method and rule.endpoint != "health.ready":
            yield rule, adapter.build(rule.endpoint, world.arguments(rule.endpoint, rule.arguments))


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def browser(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    """Of an administrator, who gets everywhere; an error of the program is a status here, as for people."""
    administrator = world.people["administrator"]
    assert administrator is not None
    open_browser(client, administrator)
    return client


def status_of(client: FlaskClient, address: str, **more: object) -> int | str:
    limiter.reset()
    try:
        with nothing_is_kept():
            return client.open(address, **more).status_code  # type: ignore[arg-type]
    except Exception as error:  # tests raise what people get as 500
        db.session.rollback()
        return "" if type(error).__name__ == "WouldChange" else f"{type(error).__name__}: {str(error)[:100]}"


def filled(names: Iterable[str], kind: str, turn: int) -> str:
    """Each name with a value of the kind, as an address or a form writes it."""
    values = VALUES[kind]
    return "&".join(
        f"{name}={values[(turn + number) % len(values)]}" for number, name in enumerate(sorted(names))
    )


def is_broken(status: int | str) -> bool:
    return bool(status) and (isinstance(status, str) or status >= 500)


@pytest.mark.long
def test_no_address_breaks_on_what_nobody_types(app: Flask, browser: FlaskClient, world: World) -> None:
    """Each part of each address; a third of the values, which turn from part to part."""
    broken, tried, turn = [], 0, 0
    for rule, _address in [*addresses(app, world, "GET"), *addresses(app, world, "POST")]:
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        given = world.arguments(rule.endpoint, rule.arguments)
        for name in rule.arguments:
            turn += 1
            for strange in STRANGE[turn % 3 :: 3]:
                marked = app.url_map.bind("localhost").build(
                    rule.endpoint, {**given, name: "1234567890" if isinstance(given[name], int) else "MARKED"}
                )
                status = status_of(
                    browser, marked.replace("1234567890", strange).replace("MARKED", strange), method=method
                )
                tried += 1
                if is_broken(status):
                    broken.append((rule.rule, name, strange, status))
    assert not broken
    assert tried > 1000


@pytest.mark.long
@pytest.mark.parametrize("kind", VALUES)
def test_no_page_breaks_on_what_nobody_asks(
    app: Flask, browser: FlaskClient, world: World, kind: str
) -> None:
    """All parameters of the program at once, on each page; and each of them twice, but where that is only longer."""
    broken = []
    for turn, (rule, address) in enumerate(addresses(app, world, "GET")):
        query = "&".join(filled(parameters(), kind, turn + again) for again in range(1 + (kind != "length")))
        status = status_of(browser, f"{address}?{query}")
        if is_broken(status):
            broken.append((rule.rule, status))
    assert not broken


@pytest.mark.long
def test_no_form_breaks_on_what_nobody_types(app: Flask, browser: FlaskClient, world: World) -> None:
    """Each field of each form as it stands on its page, and names that the form has not."""
    broken, tried = [], 0
    for turn, (rule, address) in enumerate(addresses(app, world, "POST")):
        with nothing_is_kept():
            page = browser.get(address)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        names = {*re.findall(r'name="([\w-]+)"', page.text), *parameters()} - {"csrf_token"}
        for kind in VALUES:
            data = f"{filled(names, kind, turn)}&a{VALUES[kind][0][:30]}=1"
            if token:
                data += f"&csrf_token={token[1]}"
            form = "application/x-www-form-urlencoded"
            status = status_of(browser, address, method="POST", data=data, content_type=form)
            tried += token is not None
            if is_broken(status):
                broken.append((rule.rule, kind, status))
    assert not broken
    assert tried > 500


def test_an_address_with_a_control_character_is_no_page(client: FlaskClient) -> None:
    make_place()
    assert client.get("/fr/contrats/val").status_code == 200
    for strange in ("%00", "%1F", "%7F", "%C2%9F"):
        for address in (
            f"/fr/contrats/{strange}val",
            f"/fr/contrats/v{strange}al",
            f"/fr/engage{strange}ments",
        ):
            assert client.get(address).status_code == 404, address


def test_control_characters_are_taken_out_of_all_that_a_request_holds(app: Flask) -> None:
    with app.test_request_context(
        "/fr/?a%00xe=1%002&deux=%C2%85a%0Ab%09c",
        method="POST",
        data={
            "no\x00m": "Zou\x00bi\x1fda\x7f\x80",
            "texte": "un\ndeux\ttrois\r\n",
            "file": (io.BytesIO(b"a\x00b"), "a\x00b.pdf"),
        },
        headers={"Cookie": "a=b\x01c"},
    ):
        assert dict(request.args) == {"axe": "12", "deux": "a\nb\tc"}
        assert dict(request.form) == {"nom": "Zoubida", "texte": "un\ndeux\ttrois\r\n"}
        assert request.files["file"].filename == "ab.pdf"
        assert request.files["file"].read() == b"a\x00b", "what is in a file is the file's"
        assert request.cookies["a"] == "bc"


def test_half_characters_are_taken_out_too() -> None:
    assert clean("a\ud83db\udfffc é ع 😀 \u200f\u00ad") == "abc é ع 😀 \u200f\u00ad"


def test_what_turns_a_text_round_is_taken_out_and_what_arabic_needs_stays(
    app: Flask, client: FlaskClient
) -> None:
    """Who reads words before they are published reads what everybody will."""
    marks = "\u200f\u202bع\u202c \u2067ع\u2069"
    assert clean(f"a\u202eb\u202dc {marks}") == f"abc {marks}"
    with app.test_request_context("/fr/?q=a%E2%80%AEb", method="POST", data={"words": "c\u202ed"}):
        assert (request.args["q"], request.form["words"]) == ("ab", "cd")


def test_a_query_in_raw_bytes_is_read_as_one_that_is_written_well(client: FlaskClient) -> None:
    for raw in (b"q=\xff\xfe", "q=été".encode(), b"q=\xc3"):
        answer = client.get("/fr/engagements", environ_overrides={"QUERY_STRING": raw.decode("latin-1")})
        assert answer.status_code == 200
    answer = client.get(
        "/fr/engagements", environ_overrides={"QUERY_STRING": "q=été".encode().decode("latin-1")}
    )
    assert 'value="été"' in answer.text


def test_words_with_a_nul_are_kept_without_it(app: Flask, client: FlaskClient) -> None:
    """Nothing that somebody said is refused for what they cannot see."""
    make_place()
    answer = client.post(
        "/fr/contrats/val/instances/conseil/parole",
        data={
            "words": "Quand rouvre\x00 le parc\x0b ?\nMerci",
            "kind": "question",
            "theme": "ecologie",
            "client_key": "un-formulaire-\x0000000001",
            "quartier": "",
            "contact_language": "fr",
        },
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code in (200, 303), answer.text
    db.session.rollback()
    kept = db.session.execute(select(Voice)).scalar_one()
    assert "Quand rouvre le parc ?" in str(vars(kept))
