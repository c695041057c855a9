"""Loading the glossary again keeps what people changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.localized import Words
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.texts_version import TextsChanged, texts_version
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.operations import explain, load, translate_entry
from cdv_civic.glossary.queries import entries, marker
from tests import factories
from tests.publishing import publications, seen_at_once
from tests.races import at_once

STAFF = CommandLine()


def row(key: str = "qpv", **changes: object) -> dict[str, object]:
    return {
        "key": key,
        "term": key.upper(),
        "context": None,
        "expansion": {"fr": "quartier prioritaire"},
        "explanation": {"fr": "Un quartier aidé.", "en": "A supported area.", "ar": "حي مدعوم."},
        "aliases": [],
        **changes,
    }


#: Writes a file of these entries.
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_rows(*rows: dict[str, object]) -> Path:
        file = tmp_path / "glossary.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        return file

    return write_rows


def explanation(language: str, key: str = "qpv") -> str:
    return next(entry.explanation.text for entry in entries(language) if entry.key == key)


def test_the_list_that_comes_with_the_platform_loads_whole_and_twice_changes_nothing(app: Flask) -> None:
    first = load()
    assert first.created == len(entries("fr")) > 200
    number = publications()
    second = load()
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert publications() == number


def test_the_command_says_what_it_did(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["glossary", "load"])
    assert result.exit_code == 0
    assert " created, 0 updated, 0 unchanged" in result.output


def test_a_new_file_updates_what_nobody_touched(app: Flask, write: Write) -> None:
    load(write(row()))
    done = load(write(row(explanation={"fr": "Mieux dit.", "en": "Better.", "ar": "أفضل."}, aliases=["QP"])))
    assert done.updated == 1
    assert [explanation(tag) for tag in ("fr", "en", "ar")] == ["Mieux dit.", "Better.", "أفضل."]
    assert entries("fr")[0].aliases == ("QP",)


def test_a_human_edit_outlives_a_new_file(app: Flask, write: Write) -> None:
    load(write(row()))
    translate_entry("qpv", "en", "Our own words.", actor=STAFF)
    translate_entry("qpv", "fr", "Nos mots.", actor=STAFF)
    load(write(row(explanation={"fr": "Le fichier.", "en": "The file.", "ar": "الملف."})))
    assert [explanation(tag) for tag in ("fr", "en", "ar")] == ["Nos mots.", "Our own words.", "الملف."]


def test_an_entry_that_the_file_no_longer_has_stays(app: Flask, session: Session, write: Write) -> None:
    load(write(row(), row("caf")))
    load(write(row("caf")))
    assert session.execute(select(func.count()).select_from(GlossaryEntry)).scalar() == 2


def test_a_changed_original_makes_translations_stale(app: Flask, write: Write) -> None:
    load(write(row()))
    with seen_at_once():
        translate_entry("qpv", "fr", "Autrement dit.", actor=STAFF)
    assert entries("en")[0].explanation.stale


def test_a_translation_that_comes_with_its_original_is_as_new_as_it_is(app: Flask, write: Write) -> None:
    load(write(row()))
    explain("qpv", {"en": "Put otherwise.", "fr": "Autrement dit."}, actor=STAFF)
    shown = {tag: entries(tag)[0].explanation for tag in ("fr", "en", "ar")}
    assert (shown["fr"].text, shown["en"].text) == ("Autrement dit.", "Put otherwise.")
    assert (shown["en"].stale, shown["ar"].stale) == (False, True)
    explain("qpv", {"fr": "Autrement dit.", "ar": "حي مدعوم."}, actor=STAFF)
    assert not entries("ar")[0].explanation.stale, "it was read again, and is still right"


def form_of(language: str) -> int:
    """The version of the form of one language, as somebody opens it now."""
    return texts_version((tag, explanation(tag)) for tag in {"fr", language})


def test_of_two_who_explain_a_word_at_once_one_is_told_and_the_other_is_kept(
    app: Flask, write: Write
) -> None:
    load(write(row()))
    version = form_of("en")

    def act(words: str) -> Callable[[], object]:
        return lambda: explain("qpv", {"en": words}, actor=STAFF, version=version)

    said = ("One way.", "Another way.", "A third way.")
    ended = at_once(app, *map(act, said))
    assert sorted(type(each).__name__ for each in ended) == ["NoneType", "TextsChanged", "TextsChanged"]
    db.session.rollback()
    assert explanation("en") == said[ended.index(None)]
    explain("qpv", {"ar": "حي."}, actor=STAFF, version=form_of("ar"))


def test_whoever_translates_is_told_that_the_original_changed_meanwhile(app: Flask, write: Write) -> None:
    load(write(row()))
    version = form_of("ar")
    explain("qpv", {"fr": "Autrement dit."}, actor=STAFF, version=form_of("fr"))
    with pytest.raises(TextsChanged):
        explain("qpv", {"ar": "حي."}, actor=STAFF, version=version)
    assert entries("ar")[0].explanation.stale


def test_an_edit_is_in_the_audit_trail(app: Flask, session: Session, write: Write) -> None:
    load(write(row()))
    translate_entry("qpv", "en", "Other  words.", actor=STAFF)
    entry = session.execute(select(AuditEntry)).scalar_one()
    assert entry.action == "glossary.translate"
    assert entry.before is not None
    assert entry.before["explanation"] == "A supported area."
    assert entry.after is not None
    assert entry.after["explanation"] == "Other words."


def test_the_same_words_again_are_no_edit(app: Flask, session: Session, write: Write) -> None:
    load(write(row()))
    translate_entry("qpv", "en", "A supported area.", actor=STAFF)
    assert session.execute(select(func.count()).select_from(AuditEntry)).scalar() == 0


def test_what_cannot_be_said_is_refused(app: Flask, write: Write) -> None:
    load(write(row()))
    with pytest.raises(DomainError):
        translate_entry("qpv", "en", "  ", actor=STAFF)
    with pytest.raises(DomainError):
        translate_entry("qpv", "en", "long " * 200, actor=STAFF)
    with pytest.raises(NotFound):
        translate_entry("nope", "en", "Words.", actor=STAFF)


def test_who_holds_no_role_changes_nothing(app: Flask, write: Write) -> None:
    load(write(row()))
    with pytest.raises(Forbidden):
        translate_entry("qpv", "en", "Words.", actor=CommandLine(grants=frozenset()))
    assert explanation("en") == "A supported area."


def test_the_marker_follows_the_next_publication(app: Flask, write: Write) -> None:
    load(write(row()))
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        assert marker("fr").pieces("QPV")[0].entries
    load(write(row(), row("caf")))
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        assert marker("fr").pieces("CAF")[0].entries


def test_texts_in_pages_explain_their_words(app: Flask) -> None:
    load()
    factories.make_contract()
    template = '{% from "glossary/terms.html" import explained %}{{ explained(text, terms) }}'
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        page = render_template_string(template, text="Le CLS & l’ANRU <b>", terms=marker("fr"))
        assert page.count("data-term") == 2
        assert "contrat local de santé" in page
        assert "contrat local de sécurité" in page
        assert "&amp;" in page
        assert "&lt;b&gt;" in page
        original = render_template_string(template, text=Words("Un QPV", "fr", False), terms=marker("fr"))
        assert 'lang="fr"' in original
        assert render_template_string(template, text=None, terms=None) == ""
