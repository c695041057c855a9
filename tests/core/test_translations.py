"""Every sentence of the interface is said in every language the site ships."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from cdv_civic.core.i18n.languages import direction_of, read_language
from cdv_civic.core.settings import ROOT
from tests.languages import SHIPPED
from tools import catalogues
from tools.catalogues import SOURCE_LANGUAGE, updated

Message = str | tuple[str, ...]

TRANSLATED: Final = tuple(tag for tag in SHIPPED if tag != SOURCE_LANGUAGE)


@pytest.fixture(scope="module")
def sentences() -> frozenset[Message]:
    """What gettext reads in the code and the templates."""
    return catalogues.sentences()


def catalogue(tag: str) -> Catalog:
    with Path(ROOT / "translations" / tag / "messages.po").open("rb") as file:
        return read_po(file, locale=tag)


def forms(text: Message | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def translated(tag: str) -> Mapping[Message, tuple[str, ...]]:
    return {
        (message.id if isinstance(message.id, str) else tuple(message.id)): forms(message.string)
        for message in catalogue(tag)
        if message.id
    }


def test_every_language_has_a_pack_and_a_catalogue() -> None:
    folders = sorted(path.name for path in (ROOT / "translations").iterdir() if path.is_dir())
    assert list(SHIPPED) == folders == sorted(p.parent.name for p in ROOT.glob("translations/*/messages.po"))


@pytest.mark.parametrize("tag", SHIPPED)
def test_a_language_is_written_in_its_direction_everywhere(tag: str) -> None:
    """Pages take it from the pack, mails and stories from `direction_of`."""
    assert read_language(tag).direction == direction_of(tag) == Locale.parse(tag, sep="-").text_direction


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_translated(tag: str, sentences: frozenset[Message]) -> None:
    known = dict(translated(tag))
    # gettext answers a sentence said alone with the first form of the counted one that begins so.
    known.update({said[0]: texts for said, texts in known.items() if isinstance(said, tuple)})
    missing = [said for said in sentences if not all(known.get(said, ("",)))]
    assert not missing


@pytest.mark.parametrize("tag", SHIPPED)
def test_a_catalogue_keeps_no_sentence_that_nobody_says(tag: str, sentences: frozenset[Message]) -> None:
    assert not [said for said in translated(tag) if said not in sentences]


def test_french_knows_the_plural_of_every_counted_sentence(sentences: frozenset[Message]) -> None:
    known = translated("fr")
    assert all(known[said] == said for said in sentences if isinstance(said, tuple))


@pytest.mark.parametrize("tag", SHIPPED)
def test_every_translation_may_be_shown(tag: str) -> None:
    assert catalogues.faults(catalogue(tag), tag) == []


def test_make_catalogues_tells_what_the_site_would_not_show() -> None:
    english = Catalog(locale="en")
    english.add("Dans 5 jours", "In 6 days")
    english.add(("%(num)s an", "%(num)s ans"), ("one year", "many years"))
    english.add(("%(num)s mot", "%(num)s mots"), ("", ""))
    english.add("Merci", "")
    assert catalogues.faults(english, "en") == [
        "'Dans 5 jours': lacks '5', number '6'",
        "'%(num)s an': lacks '%(num)s'",
    ]
    assert catalogues.faults(Catalog(locale="fr"), "en") == ["its plural forms are not those of the language"]


@pytest.mark.parametrize("tag", SHIPPED)
def test_counted_sentences_have_all_the_plurals_of_the_language(tag: str) -> None:
    count = Catalog(locale=tag).num_plurals
    assert catalogue(tag).num_plurals == count
    assert {len(texts) for said, texts in translated(tag).items() if isinstance(said, tuple)} <= {count}


@pytest.mark.parametrize("tag", SHIPPED)
def test_make_catalogues_changes_nothing(tag: str, sentences: frozenset[Message]) -> None:
    before = (ROOT / "translations" / tag / "messages.po").read_text(encoding="utf-8")
    after = catalogues.text_of(updated(catalogue(tag), sentences, tag), head=before.partition("\n\n")[0])
    assert after == before


def test_make_catalogues_brings_new_sentences_and_takes_old_ones() -> None:
    old = Catalog(locale="en")
    old.add("Bonjour", "Hello")
    old.add("Au revoir", "Goodbye")
    old.add(("%(num)s mot", "%(num)s mots"), ("%(num)s word", "%(num)s words"))
    counted = ("%(num)s jour", "%(num)s jours")
    said: frozenset[Message] = frozenset(
        {"Bonjour", "Merci", "%(num)s jour", counted, ("%(num)s mot", "%(num)s des mots")}
    )
    english = {message.id: message.string for message in updated(old, said, "en") if message.id}
    assert english == {
        "Bonjour": "Hello",
        "Merci": "",
        counted: ("", ""),
        ("%(num)s mot", "%(num)s des mots"): ("", ""),
    }
    french = {
        message.id: message.string for message in updated(Catalog(locale="fr"), said, "fr") if message.id
    }
    assert french == {message: message for message in said if isinstance(message, tuple)}


@pytest.mark.parametrize("other", ["مساحت", "مساحة شخصية", "المساحة", "وصلي", "بالوصل"])
def test_a_space_and_a_receipt_have_one_word_each_in_arabic(other: str) -> None:
    """« فضائي » opens what « فضاؤكم » means, and « إيصال » stands on the button that a sentence names."""
    assert [
        message.id
        for message in catalogue("ar")
        if message.id and re.search(rf"\b[وبل]*{other}", " ".join(_said(message.string)))
    ] == []


def _said(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def test_each_pack_says_the_direction_that_texts_in_its_language_take() -> None:
    packs = [path.parent.name for path in ROOT.glob("translations/*/pack.toml")]
    assert len(packs) > 2
    for tag in packs:
        assert direction_of(tag) == read_language(tag).direction


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("ur", "rtl"), ("ar-MA", "rtl"), ("tr", "ltr"), ("xx", "ltr"), ("fr-x-falc", "ltr")],
)
def test_languages_without_a_pack_have_a_direction_too(tag: str, direction: str) -> None:
    assert direction_of(tag) == direction


#: Words of Arabic that end in kaf of themselves: any other speaks to one person, as a friend does.
OF_THEMSELVES: Final = frozenset(
    {
        "ذلك",
        "لذلك",
        "بذلك",
        "كذلك",
        "ذاك",
        "ترك",
        "تُرك",
        "تلك",
        "والدرك",
        "هناك",
        "مشترك",
        "المشترك",
        "متروك",
        "تشارك",
        "يترك",
        "سميك",
        "الشك",
        "فك",
    }
)


def test_arabic_speaks_to_everybody_in_one_polite_plural() -> None:
    letters = re.compile(r"[\u0621-\u0652]+")
    said = {word for texts in translated("ar").values() for text in texts for word in letters.findall(text)}
    assert {word for word in said if word.endswith("ك")} - OF_THEMSELVES == set()
