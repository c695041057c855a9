"""Whoever writes a translation puts nothing but words before readers: it is refused as it is saved, imported and loaded.

Somebody offers help with a language and sends a file in which a few of two thousand sentences do something else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, raise_tags, transaction
from cdv_civic.core.i18n import catalogues as loading
from cdv_civic.core.i18n.catalogue import gettext, ngettext, speaking
from cdv_civic.core.i18n.catalogues import catalogues, sources
from cdv_civic.core.i18n.entries import Checked, Entry
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.notices.letters import Letter, lay_out, written_in
from cdv_civic.translation.models import CatalogueOverride, CatalogueRevision
from cdv_civic.translation.operations import import_translations
from cdv_civic.translation.queries import overrides_in
from cdv_civic.translation.rules import source_hash
from tests.catalogue_files import compile_in, files_in
from tests.conftest import PostgresServer, Site

#: Said on every page, on every page of a demonstration as HTML, at the end of each mail, and with placeholders.
ON_PAGES: Final = "Aller au contenu"
AS_HTML: Final = "<strong>Démonstration</strong>\u00a0: les nouvelles sont inventées."
IN_MAILS: Final = "Ce message est envoyé par le site. Personne ne lit les réponses."
WITH_NAME: Final = "Bonjour %(name)s"
COUNTED: Final = ("%(num)s quartier", "%(num)s quartiers")

EVIL: Final = "evil"
HOSTILE: Final = (
    *(
        (source, said)
        for source in (ON_PAGES, IN_MAILS)
        for said in (
            "Skip<script>evil()</script>",
            "Skip<img src=x onerror=evil()>",
            '" onmouseover="evil()" x="<b>',
            '<a href="javascript:evil()">Skip</a>',
            "Skip: javascript:evil()",
            "Skip: https://evil.example/sign-in",
            "Skip: www.evil.example",
            "Skip: evil.example",
            "Write to help@evil.example",
            "Call evil 06 12 34 56 78",
            "Call evil ٠٦ ١٢ ٣٤ ٥٦ ٧٨",
            "\u202elive\u202c evil",
            "Skip evil\r\nBcc: everybody",
            "Skip &lt;evil&gt;",
            "evil %(password)s",
            "evil %s",
            "evil {0.__class__.__init__.__globals__}",
        )
    ),
    (AS_HTML, "<strong>Demonstration</strong>: <em>evil</em>."),
    (AS_HTML, '<strong onclick="evil()">Demonstration</strong>: the news is invented.'),
    (AS_HTML, "</strong>evil<strong>"),
    (AS_HTML, "<strong>evil"),
    (AS_HTML, "<strong>Demonstration</strong> &#101;vil"),
    (AS_HTML, "<strong>Demonstration</strong> <evil"),
    (AS_HTML, "<strong>Demonstration</strong>: see evil.example"),
)
#: What a page would fail with, or show of what it was given.
HOSTILE_FORMATS: Final = (
    "evil: %(password)s",
    "evil: %(name)999999999s",
    "evil: %(name)s %(name)s",
    "evil: %(name)r",
    "evil: %(name)s %(password)s",
    "evil: %(name)d",
    "evil: %(name)s %",
    "evil",
)
HOSTILE_FORMS: Final = (
    ("one evil", "%(num)999999999d areas"),
    ("one evil", "evil"),
    ("%(password)s", "%(num)s evil"),
    ("evil", "%(num)s areas", "%(num)s evil"),
)


def entries() -> Iterator[Entry]:
    yield from (Entry(source, None, (said,)) for source, said in HOSTILE)
    yield from (Entry(WITH_NAME, None, (said,)) for said in HOSTILE_FORMATS)
    yield from (Entry(*COUNTED, forms) for forms in HOSTILE_FORMS)


@pytest.fixture
def demo(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Site]:
    """A demonstration, whose pages say one sentence as HTML; each catalogue holds the sentences above."""
    made = Site(tmp_path / "site", postgres, demo=True, page_cache=False)
    with made.app.app_context():
        yield made


def seen(site_or_app: Flask) -> str:
    """What pages and a mail say in English, and sentences with placeholders."""
    pages = [site_or_app.test_client().get(f"/en/{page}").text for page in ("", "quartiers", "connexion")]
    with written_in("en"):
        mail = lay_out(Letter("A letter", ["Good day"]), "en")
    with speaking("en"):
        filled = [gettext(WITH_NAME, name="Ève"), *(ngettext(*COUNTED, number) for number in (1, 2))]
    return "\n".join([*pages, *mail, *filled])


def test_the_sentences_are_those_of_the_site(app: Flask) -> None:
    said = sources()
    assert {ON_PAGES, AS_HTML, IN_MAILS, WITH_NAME} <= said.keys()
    assert said[COUNTED[0]] == COUNTED[1]


def test_each_is_refused_as_it_is_saved(app: Flask) -> None:
    hostile = list(entries())
    for entry in hostile:
        done = import_translations(CommandLine(), "en", [entry])
        assert (done.written, len(done.refused)) == (0, 1), entry
    assert overrides_in("en") == []
    assert EVIL not in seen(app)


def test_each_is_refused_as_a_file_is_imported(app: Flask, tmp_path: Path) -> None:
    # A file of two forms cannot hold three.
    hostile = [entry for entry in entries() if len(entry.forms) < 3]
    for number, entry in enumerate(hostile):
        file = tmp_path / f"{number}.po"
        catalogue = Catalog(locale="en")
        catalogue.add(entry.source if entry.plural is None else (entry.source, entry.plural), entry.forms[0] if entry.plural is None else entry.forms)  # fmt: skip
        with file.open("wb") as opened:
            write_po(opened, catalogue)
        result = app.test_cli_runner().invoke(args=["translations", "import", str(file), "--language", "en"])
        assert result.exit_code in (1, 2), (entry, result.output)
        assert "\x1b" not in result.output
    assert overrides_in("en") == []
    assert EVIL not in seen(app)


def test_each_is_left_out_as_it_is_loaded_from_the_database(demo: Site, session: Session) -> None:
    """Whoever writes the table by other means than the site's."""
    for entry in entries():
        with transaction() as writing:
            writing.query(CatalogueOverride).delete()
            writing.merge(CatalogueRevision(language="en", number=1))
            writing.flush()
            writing.add(
                CatalogueOverride(
                    language="en",
                    source_hash=source_hash(entry.source, entry.plural),
                    source=entry.source,
                    plural=entry.plural,
                    forms=list(entry.forms),
                    changed_at=clock.now(),
                )
            )
            raise_tags(writing, SITE)
        catalogues().forget()
        said = seen(demo.app)
        assert EVIL not in said, entry
        assert "<strong>Demonstration</strong>: the news is made up." in said


def test_each_is_left_out_as_it_is_loaded_from_a_file(demo: Site, tmp_path: Path) -> None:
    """A language pack that somebody made: the page says it in French."""
    for number, entry in enumerate(entries()):
        folder = tmp_path / str(number)
        source = entry.source if entry.plural is None else (entry.source, entry.plural)
        compile_in(folder, "en", {source: entry.forms[0] if entry.plural is None else entry.forms})
        with files_in(folder):
            catalogues().forget()
            said = seen(demo.app)
        assert EVIL not in said, entry
        assert AS_HTML in said
    catalogues().forget()


def test_even_what_the_check_would_let_through_is_text_where_its_source_is_text(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        loading, "checked", lambda found, _tag: Checked({each.source: each for each in found}, ())
    )
    monkeypatch.setattr(
        catalogues(),
        "read_replacements",
        lambda _connection, _known: {"en": (1, [Entry(ON_PAGES, None, ("<script>evil()</script>",))])},
    )
    page = client.get("/en/connexion").text
    assert "&lt;script&gt;evil()&lt;/script&gt;" in page
    assert "<script>evil" not in page
