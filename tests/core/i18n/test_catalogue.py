"""One catalogue for pages, mails, jobs and commands, which shows no translation that was not checked."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from flask import Flask, g
from markupsafe import Markup
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from cdv_civic.core.db import SITE
from cdv_civic.core.i18n.catalogue import (
    SOURCE,
    Catalogue,
    CountedMessage,
    gettext,
    gettext_in_template,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
    ngettext_in_template,
    speaking,
)
from cdv_civic.core.i18n.catalogues import (
    Catalogues,
    catalogue_state,
    catalogues,
    read_file,
    shipped,
)
from cdv_civic.core.i18n.entries import Entry, checked
from cdv_civic.core.web.validity import TagNumbers
from tests.catalogue_files import compile_in, files_in

pytestmark = pytest.mark.one_database

ARABIC: Final = Catalogue(
    "ar",
    {"Bonjour %(name)s": "مرحبا %(name)s", "<b>Aide</b>": "<b>مساعدة</b>", "Aide": "<b>&"},
    {
        "%(num)s jour": CountedMessage(
            "%(num)s jours", ("0", "يوم", "يومان", "%(num)s أيام", "%(num)s يوما", "%(num)s يوم")
        )
    },
)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1, "يوم"), (2, "يومان"), (3, "3 أيام"), (11, "11 يوما"), (100, "100 يوم"), (103, "103 أيام")],
)
def test_arabic_has_six_forms(number: int, said: str) -> None:
    assert ARABIC.counted_text("%(num)s jour", "%(num)s jours", number) % {"num": number} == said
    assert ARABIC.counted_markup("%(num)s jour", "%(num)s jours", number) % {"num": number} == said


@pytest.mark.parametrize(("language", "said"), [("fr", "2\u202f527"), ("en", "2,527")])
def test_a_large_count_is_written_as_readers_of_the_language_write_it(
    app: Flask, language: str, said: str
) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        one, many = "%(num)s engagement à vérifier", "%(num)s engagements à vérifier"
        assert ngettext(one, many, 2527).startswith(f"{said} ")
        assert ngettext_in_template(one, many, 2527).startswith(f"{said} ")
        assert ngettext(one, many, 527).startswith("527 ")


def test_what_a_catalogue_does_not_hold_is_said_in_french() -> None:
    assert ARABIC.text("Au revoir") == "Au revoir"
    assert [SOURCE.counted_text("un", "des", number) for number in (0, 1, 2)] == ["un", "un", "des"]
    assert ARABIC.counted_text("%(num)s jour", "%(num)s journées", 1) == "%(num)s jour"


def test_a_message_said_alone_that_begins_a_counted_one_is_said_as_for_one() -> None:
    assert ARABIC.text("%(num)s jour") == "يوم"


def test_only_a_message_whose_source_is_html_is_shown_as_html() -> None:
    assert ARABIC.markup("<b>Aide</b>") == Markup("<b>مساعدة</b>")
    assert ARABIC.markup("Aide") == Markup("&lt;b&gt;&amp;")
    assert ARABIC.markup("Moins de 5 < 6") == Markup("Moins de 5 &lt; 6")
    assert ARABIC.markup("<i>Au revoir</i>") == Markup("<i>Au revoir</i>")
    assert ARABIC.markup("Bonjour %(name)s") % {"name": "<b>"} == Markup("مرحبا &lt;b&gt;")


def test_without_an_application_sentences_are_french() -> None:
    assert gettext("Se connecter") == "Se connecter"
    assert str(lazy_gettext("Bonjour %(name)s", name="Ève")) == "Bonjour Ève"
    assert str(lazy_ngettext("%(num)s an", "%(num)s ans", 3)) == "3 ans"


def test_pages_mails_and_commands_ask_one_catalogue(app: Flask) -> None:
    assert gettext("Se connecter") == "Se connecter"
    lazy = lazy_gettext("Se connecter")
    with speaking("ar"):
        assert g.catalogue is catalogues().of("ar")
    assert "catalogue" not in g
    with app.test_request_context("/ar/"):
        app.preprocess_request()
        arabic = catalogues().of("ar")
        assert g.catalogue is arabic
        assert str(lazy) == gettext("Se connecter") == gettext_in_template("Se connecter") == "تسجيل الدخول"
        with speaking("en"):
            assert str(lazy) == "Sign in"
            with speaking("ar"):
                assert str(lazy) == "تسجيل الدخول"
            assert str(lazy) == "Sign in"
        assert g.catalogue is arabic


def test_templates_are_given_no_other_gettext(app: Flask) -> None:
    ours = {"gettext": gettext_in_template, "_": gettext_in_template, "ngettext": ngettext_in_template}
    assert {
        name: each for name, each in app.jinja_env.globals.items() if "gettext" in name or name == "_"
    } == ours


# --- Files -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with files_in(tmp_path):
        yield tmp_path


def test_a_translation_that_may_not_be_shown_is_said_in_french_counted_and_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    compile_in(
        folder,
        "en",
        {
            "Aide": "Help",
            "Ici": "<script>",
            ("%(num)s an", "%(num)s ans"): ("%(num)s year", "%(nom)s years"),
        },
    )
    with caplog.at_level(logging.WARNING):
        found = shipped("en")
        shipped("en")
    assert set(found.entries) == {"Aide"}
    assert {each.entry.source for each in found.refused} == {"Ici", "%(num)s an"}
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("2 translations of en in the files are refused")


def test_a_language_whose_file_is_not_there_is_said_in_french(folder: Path) -> None:
    assert read_file(folder / "xx.mo", "xx") == ()
    assert shipped("xx").entries == {}


def test_a_file_with_other_plural_forms_than_its_language_says_no_counted_message(folder: Path) -> None:
    path = folder / "ar" / "LC_MESSAGES" / "messages.mo"
    compile_in(folder, "ar", {"Aide": "مساعدة", ("%(num)s an", "%(num)s ans"): ("%(num)s سنة",) * 6})
    path.write_bytes(path.read_bytes().replace(b"plural=(n==0 ? 0", b"plural=(n==9 ? 0"))
    found = shipped("ar")
    assert set(found.entries) == {"Aide"}
    assert [each.entry.source for each in found.refused] == ["%(num)s an"]


def test_a_counted_message_without_its_six_forms_is_refused() -> None:
    entry = Entry("%(num)s an", "%(num)s ans", ("سنة", "%(num)s سنوات"))
    assert [each.entry for each in checked([entry], "ar").refused] == [entry]


def test_the_files_that_come_with_the_site_hold_nothing_that_is_refused() -> None:
    for tag in ("fr", "en", "ar"):
        assert shipped(tag).refused == (), tag
        assert shipped(tag).entries, tag


# --- What replaces them ----------------------------------------------------------------------------


class Table:
    """What replaces the files, in a test."""

    def __init__(self) -> None:
        self.revision = 0
        self.entries: list[Entry] = []
        self.asked = 0
        self.down: Exception | None = None

    def write(self, *entries: Entry) -> None:
        self.revision += 1
        self.entries = list(entries)

    def __call__(
        self, _connection: Connection, known: Mapping[str, int]
    ) -> Mapping[str, tuple[int, Sequence[Entry]]]:
        self.asked += 1
        if self.down:
            raise self.down
        return {} if known.get("en", 0) == self.revision else {"en": (self.revision, self.entries)}


@pytest.fixture
def table(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Table:
    found = Table()
    monkeypatch.setattr(catalogues(), "read_replacements", found)
    return found


HOME: Final = Entry("Se connecter", None, ("Come in",))


def publish(app: Flask) -> None:
    read: TagNumbers | None = g.get("tag_numbers")
    g.tag_numbers = TagNumbers({SITE: ((read and read.of(SITE)) or 0) + 1}, whole=True)


def test_a_replacement_is_read_after_a_publication_and_not_before(app: Flask, table: Table) -> None:
    assert catalogues().of("en").text("Se connecter") == "Sign in"
    table.write(HOME)
    assert catalogues().of("en").text("Se connecter") == "Sign in"
    assert table.asked == 1
    publish(app)
    assert catalogues().of("en").text("Se connecter") == "Come in"
    assert table.asked == 2


def test_a_publication_of_something_else_leaves_the_catalogue_as_it_is(app: Flask, table: Table) -> None:
    before = catalogues().of("en")
    publish(app)
    assert catalogues().of("en") is before
    assert table.asked == 2


def test_whoever_holds_a_catalogue_sees_it_whole_to_the_end(app: Flask, table: Table) -> None:
    held = catalogues().of("en")
    table.write(HOME)
    publish(app)
    assert catalogues().of("en").text("Se connecter") == "Come in"
    assert held.text("Se connecter") == "Sign in"


@pytest.mark.parametrize(
    "hostile",
    [
        Entry("Se connecter", None, ("Se <script>",)),
        Entry("Se connecter", None, ("https://evil.example",)),
        Entry("Se connecter", None, ("a", "b")),
        Entry("Se connecter", "Se connecter", ("a", "b")),
        Entry("Une phrase que le site ne dit pas", None, ("Hello",)),
    ],
)
def test_a_replacement_that_may_not_be_shown_leaves_the_file_s(
    app: Flask, table: Table, hostile: Entry
) -> None:
    table.write(hostile)
    english = catalogues().of("en")
    assert english.text("Se connecter") == "Sign in"
    assert english.text(hostile.source) in ("Sign in", hostile.source)


def test_a_database_that_does_not_answer_takes_no_words_away(app: Flask, table: Table) -> None:
    table.down = OperationalError("", {}, Exception("database is locked"))
    assert catalogues().of("en").text("Se connecter") == "Sign in"
    assert catalogues().of("ar").text("Se connecter") == "تسجيل الدخول"
    assert table.asked == 1, "it is left alone for a while"


def test_an_error_of_the_program_is_not_taken_for_one_of_the_database(app: Flask, table: Table) -> None:
    table.down = KeyError("x")
    with pytest.raises(KeyError):
        catalogues().of("en")


def test_the_state_costs_a_page_no_statement_that_the_cache_has_not_asked_already(app: Flask) -> None:
    assert catalogue_state() is None
    assert catalogue_state(ask=True) == 0
    g.tag_numbers = TagNumbers({SITE: 8}, whole=True)
    assert catalogue_state(ask=True) == catalogue_state() == 8


def test_two_applications_share_files_and_no_replacement(app: Flask, table: Table) -> None:
    table.write(HOME)
    other = Catalogues()
    assert catalogues().of("en").text("Se connecter") == "Come in"
    assert other.of("en").text("Se connecter") == "Sign in"


def test_ngettext_fills_in_the_count_in_text_and_in_templates(app: Flask) -> None:
    with speaking("ar"):
        assert ngettext("%(num)s personne", "%(num)s personnes", 2) == "شخصان"
        assert ngettext("%(num)s sapin", "%(num)s sapins", 2) == "2 sapins"
    said = ngettext_in_template("%(num)s <b>%(what)s</b>", "%(num)s <b>%(what)ss</b>", 3, what="<i>")
    assert said == Markup("3 <b>&lt;i&gt;s</b>")
