"""Days and numbers in languages that Babel does not know, or whose tag has several parts."""

from datetime import date, time
from pathlib import Path

import pytest
from flask import Flask

from cdv_civic.commitments.wording import value_text
from cdv_civic.core.i18n import languages
from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.core.i18n.formats import date_text, number_text, time_text
from cdv_civic.core.i18n.languages import direction_of, read_language
from cdv_civic.core.i18n.plurals import plural_rule
from cdv_civic.translation.reading import read_translations, text_of

pytestmark = pytest.mark.one_database

#: Soninke, Comorian and Dari are spoken in many quartiers, and Babel knows none of them.
TAGS = ["snk", "zdj", "prs", "fr-x-falc", "pt-BR", "zh-Hans"]
DAY = date(2026, 12, 3)


@pytest.mark.parametrize("tag", TAGS)
def test_pages_and_mails_in_any_language_say_days_and_numbers(app: Flask, tag: str) -> None:
    with app.test_request_context("/fr/"), speaking(tag):
        assert "2026" in date_text(DAY, "long")
        assert "672" in number_text(10_672)
        assert "18:30" in time_text(time(18, 30))
    assert "500" in value_text("amount", number=50_000, locale=tag)
    assert "50" in value_text("rate", number=50, locale=tag)
    assert "2026" in value_text("date", text="2026-12-03", locale=tag)


@pytest.mark.parametrize(
    ("tag", "said"),
    [("snk", "3 décembre 2026"), ("fr-x-falc", "3 décembre 2026"), ("pt-BR", "3 de dezembro de 2026")],
)
def test_what_babel_does_not_know_is_said_in_french_as_words_are(app: Flask, tag: str, said: str) -> None:
    with app.test_request_context("/fr/"), speaking(tag):
        assert date_text(DAY, "long") == said


def test_a_variety_of_french_counts_as_french_does() -> None:
    assert plural_rule("fr-x-falc").header == plural_rule("fr").header


@pytest.mark.parametrize("tag", TAGS)
def test_a_file_of_translations_in_any_language_is_written_and_read(tag: str) -> None:
    text = text_of({}, {"Accueil": None, "%(num)s quartier": "%(num)s quartiers"}, tag)
    assert [entry.source for entry in read_translations(text.encode(), tag)] == [
        "%(num)s quartier",
        "Accueil",
    ]


def test_a_pack_says_the_direction_of_a_language_that_babel_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "translations" / "prs" / "pack.toml"
    pack.parent.mkdir(parents=True)
    pack.write_text('name = "دری"\ndirection = "rtl"\nstate = "draft"\n', encoding="utf-8")
    monkeypatch.setattr(languages, "ROOT", tmp_path)
    for known in (read_language, direction_of):
        known.cache_clear()
    try:
        assert direction_of("prs") == read_language("prs").direction == "rtl"
    finally:
        for known in (read_language, direction_of):
            known.cache_clear()
