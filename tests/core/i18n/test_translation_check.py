"""A translation holds the words of its source in another language, and nothing that works besides."""

import json
import sys
import time
import unicodedata
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.i18n.translation_check import Kind, Problem, problems, problems_of_forms
from cdv_civic.core.settings import ROOT


def kinds(source: str, translation: str, language: str = "en") -> set[Kind]:
    return {each.kind for each in problems(source, translation, language)}


@pytest.mark.parametrize(
    ("source", "translation", "language"),
    [
        ("Bonjour", "Hello", "en"),
        ("Bonjour %(name)s, il est %(hour)s", "It is %(hour)s, %(name)s", "en"),
        ("<strong>Poste partagé</strong> : 5 minutes", "<strong>جهاز مشترك</strong>: 5 دقائق", "ar"),
        ("1 000 euros", "1,000 euros", "en"),
        ("1 000 euros", "١٠٠٠ يورو", "ar"),
        ("1 000 euros", "١٬٠٠٠ يورو", "ar"),
        ("10\u202f672 habitants", "10\u00a0672 Einwohner", "de"),
        ("10 672 habitants", "10.672 Einwohner", "de"),
        ("1 000 000,50 euros", "1,000,000.5 euros", "en"),
        ("3,5 km", "3.50 km", "en"),
        ("3,5 km", "۳٫۵ کیلومتر", "fa"),
        ("50 % des gens", "٪50 من الناس", "ar"),
        ("%(part)s %% des gens", "%(part)s٪ من الناس", "ar"),
        ("De 2024 à 2030", "2024–2030", "en"),
        ("Jusqu’à 22 h, dès 9 h 30", "Until 22:00, from 9:30", "en"),
        ("Jusqu’à 8 h 00", "حتى الساعة 08:00", "ar"),
        ("De 8 h 30 à 9 h 15", "From 08:30 to 09:15", "en"),
        ("De 08:30 à 09:15", "From 8:30 to 9:15", "en"),
        ("100 m² plantés", "زُرع 100 متر مربع", "ar"),
        ("- **Demandé :** une salle", "- **Asked for:** a room", "en"),
        ("Le 05.12.2026", "05.12.2026", "de"),
        ("Appelez le 01 99 00 12 34.", "اتصلوا بـ ٠١ ٩٩ ٠٠ ١٢ ٣٤.", "ar"),
        ("Appelez le 01 99 00 12 34.", "Call 01.99.00.12.34", "en"),
        ("Voir www.cnil.fr.", "هيئة Cnil: www.cnil.fr.", "ar"),
        ("Écrivez à nom@ville.fr", "Write to nom@ville.fr.", "en"),
        ("{n} caractères restants", "بقي {n} حرفاً", "ar"),
        ("Sans < ni >", "Neither < nor >", "en"),
        ("Bonjour", "\u2068Hello\u2069 you", "en"),
        ("Questions", "Q & A, R&D", "en"),
        ("Par exemple le samedi", "E.g. on Saturday", "en"),
        ("une ligne<br>une autre", "one line<br>another", "en"),
        ("", "", "en"),
    ],
)
def test_the_same_pieces_in_other_words_pass(source: str, translation: str, language: str) -> None:
    assert problems(source, translation, language) == ()


@pytest.mark.parametrize(
    ("translation", "kind"),
    [
        ("<script>alert(1)</script> %(name)s", Kind.TAG),
        ("<img src=x onerror=alert(1)> %(name)s", Kind.TAG),
        ("<IMG SRC=x onerror=alert(1) %(name)s", Kind.TAG),
        ("</div> %(name)s", Kind.TAG),
        ("<!-- %(name)s -->", Kind.TAG),
        ("a < b %(name)s", Kind.TAG),
        ("\uff1cscript\uff1e %(name)s", Kind.TAG),
        ("&lt;b&gt; %(name)s", Kind.ENTITY),
        ("&#106;avascript %(name)s", Kind.ENTITY),
        ("&copy %(name)s", Kind.ENTITY),
        ("%(password)s", Kind.PLACEHOLDER),
        ("%(name)s %(name)s", Kind.PLACEHOLDER),
        ("%(name)999999999s", Kind.PLACEHOLDER),
        ("%(name)r", Kind.PLACEHOLDER),
        ("%(name)s %s", Kind.PLACEHOLDER),
        ("%(name)s %(name", Kind.PLACEHOLDER),
        ("%(name)s 100 %%", Kind.PLACEHOLDER),
        ("%(name)s %", Kind.PLACEHOLDER),
        ("%(name)s {0}", Kind.PLACEHOLDER),
        ("%(name)s {0.__class__}", Kind.PLACEHOLDER),
        ("%(name)s }", Kind.PLACEHOLDER),
        ("%(name)s ٪", Kind.PLACEHOLDER),
        ("%(name)s https://evil.example/", Kind.ADDRESS),
        ("%(name)s javascript:alert(1)", Kind.ADDRESS),
        ("%(name)s tel:0612345678", Kind.ADDRESS),
        ("%(name)s //evil.example", Kind.ADDRESS),
        ("%(name)s evil.example", Kind.ADDRESS),
        ("%(name)s t.me/evil", Kind.ADDRESS),
        ("%(name)s ev\u00adil.exam\u200bple", Kind.ADDRESS),
        ("%(name)s evil\u2024example", Kind.ADDRESS),
        ("%(name)s ｅｖｉｌ．ｃｏｍ", Kind.ADDRESS),
        ("%(name)s me@evil.example", Kind.ADDRESS),
        ("%(name)s 3", Kind.NUMBER),
        ("%(name)s ٣", Kind.NUMBER),
        ("%(name)s ³", Kind.NUMBER),
        ("%(name)s 06 12 34 56 78", Kind.NUMBER),
        ("\u202egnirts\u202c %(name)s", Kind.DIRECTION),
        ("\u2067%(name)s", Kind.DIRECTION),
        ("\u2069%(name)s", Kind.DIRECTION),
        ("%(name)s\x00", Kind.CHARACTER),
        ("%(name)s\nBcc: x", Kind.CHARACTER),
        ("%(name)s\u2028", Kind.CHARACTER),
        ("%(name)s \ud800", Kind.CHARACTER),
        ("%(name)s \ue000", Kind.CHARACTER),
        ("%(name)s a" + "\u0301" * 9, Kind.CHARACTER),
        (" \u00a0 ", Kind.EMPTY),
        ("\u200b\u2800", Kind.EMPTY),
    ],
)
def test_what_the_source_lacks_is_refused(translation: str, kind: Kind) -> None:
    assert kinds("Bonjour %(name)s", translation) >= {kind}


@pytest.mark.parametrize(
    ("source", "translation", "kind"),
    [
        ('<a href="/fr/aide">Aide</a>', '<a href="https://evil.example">Help</a>', Kind.TAG),
        ('<a href="/fr/aide">Aide</a>', '<a href="/fr/aide" onclick="x()">Help</a>', Kind.TAG),
        ('<a href="/fr/aide">Aide</a>', '<a href="/fr/aide\u200d">Help</a>', Kind.TAG),
        ("<b>Aide</b>", "</b>Help<b>", Kind.NESTING),
        ("<b><i>Aide</i></b>", "<b><i>Help</b></i>", Kind.NESTING),
        ("<b>Aide</b>", "<b>Help", Kind.TAG),
        ("Dans 5 jours", "In 6 days", Kind.NUMBER),
        ("Dans 5 jours", "In some days", Kind.NUMBER),
        ("3,5 km", "35 km", Kind.NUMBER),
        ("1,5 km", "1.500 km", None),
        ("1 500 km", "1.500 km", Kind.NUMBER),
        ("En 2026", "In 2027", Kind.NUMBER),
        ("À 22 h", "At 22:30", Kind.NUMBER),
        ("50 % de 30", "50 of 30", Kind.PLACEHOLDER),
        ("Appelez le 01 99 00 12 34", "Call 01 99 00 34 12", Kind.NUMBER),
        ("Appelez le 3928", "Call 3929", Kind.NUMBER),
        ("Voir www.cnil.fr", "See www.cnil.fr.evil.example", Kind.ADDRESS),
        ("Voir www.cnil.fr", "See www.сnil.fr", Kind.ADDRESS),
        ("Voir www.cnil.fr", "See it", Kind.ADDRESS),
        ("Bonjour %(name)s", "Hello", Kind.PLACEHOLDER),
        ("Première ligne\nDeuxième", "First line\nSecond", None),
    ],
)
def test_what_the_source_has_stays_as_it_is(source: str, translation: str, kind: Kind | None) -> None:
    assert kinds(source, translation) == ({kind} if kind else set())


def test_a_problem_names_the_piece_and_whether_it_is_missing() -> None:
    assert problems("%(a)s", "%(b)s" + " <x" + "y" * 100 + ">", "en") == (
        Problem(Kind.TAG, "<x" + "y" * 57 + "…"),
        Problem(Kind.PLACEHOLDER, "%(a)s", missing=True),
        Problem(Kind.PLACEHOLDER, "%(b)s"),
    )


# --- Plural forms ----------------------------------------------------------------------------------

JOURS: Final = ("%(num)s jour à %(place)s", "%(num)s jours à %(place)s")


def of_forms(*forms: str, language: str) -> set[tuple[int | None, Kind]]:
    return {(each.form, each.kind) for each in problems_of_forms(*JOURS, forms, language)}


def test_arabic_says_no_day_one_day_and_two_days_without_a_number() -> None:
    forms = [
        "لا أيام في %(place)s",
        "يوم في %(place)s",
        "يومان في %(place)s",
        *["%(num)s يوم في %(place)s"] * 3,
    ]
    assert of_forms(*forms, language="ar") == set()
    few = [*forms[:3], "أيام في %(place)s", *forms[4:]]
    assert of_forms(*few, language="ar") == {(3, Kind.PLACEHOLDER)}
    no_place = ["لا أيام", *forms[1:]]
    assert of_forms(*no_place, language="ar") == {(0, Kind.PLACEHOLDER)}


def test_a_form_that_also_stands_for_21_keeps_the_number() -> None:
    """« One » is 1 alone in English, and 1, 21, 31 in Russian."""
    assert of_forms("one day in %(place)s", "%(num)s days in %(place)s", language="en") == set()
    rest = ["%(num)s дня в %(place)s", "%(num)s дней в %(place)s"]
    assert of_forms("день в %(place)s", *rest, language="ru") == {(0, Kind.PLACEHOLDER)}


def test_a_number_that_no_count_fills_in_is_refused_in_each_form() -> None:
    forms = ["1 day in %(place)s", "%(num)s days in %(place)s"]
    assert of_forms(*forms, language="en") == {(0, Kind.NUMBER)}


def test_a_language_has_as_many_forms_as_it_has() -> None:
    assert of_forms("%(num)s days in %(place)s", language="en") == {(None, Kind.FORMS)}
    assert of_forms(*["%(num)s days in %(place)s"] * 1000, language="en") == {(None, Kind.FORMS)}


def test_the_singular_of_the_source_may_say_its_number_in_words() -> None:
    pair = ("Une personne", "%(num)s personnes")
    assert problems_of_forms(*pair, ["One person", "%(num)s people"], "en") == ()
    assert problems_of_forms(*pair, ["Kişi", "x"][:1], "tr") != ()


def test_placeholders_that_are_no_count_stay_in_every_form() -> None:
    pair = ("%(shown)s sur %(num)s ligne", "%(shown)s sur %(num)s lignes")
    found = problems_of_forms(*pair, ["of one line", "%(shown)s of %(num)s lines"], "en")
    assert [(each.form, each.detail) for each in found] == [(0, "%(shown)s")]


# --- Searched --------------------------------------------------------------------------------------

WORDS = st.text(alphabet="abcdefghij éàçمرحبا", max_size=12).map(lambda text: f" {text} ")
#: Pieces, each of another value than the others.
PIECES: Final = (
    "<br>",
    "&nbsp;",
    "%(name)s",
    "%(n)d",
    "%s",
    "%%",
    "{size}",
    "https://ville.fr/aide",
    "javascript:x",
    "mairie@ville.fr",
    "tel:+33199001234",
    "www.cnil.fr",
    "06 12 34 56 78",
    "1 000",
    "42",
    "3,14",
    "2026",
)
LANGUAGES = st.sampled_from(("fr", "de", "tr"))  # they write numbers as French does


@st.composite
def sentences(draw: Any, pieces: list[str]) -> str:
    words = [str(draw(WORDS)) + piece for piece in (*pieces, "a")]
    return "".join(words)


@given(data=st.data(), pieces=st.lists(st.sampled_from(PIECES), max_size=8), language=LANGUAGES)
def test_the_pieces_of_the_source_pass_in_any_order_between_any_words(
    data: st.DataObject, pieces: list[str], language: str
) -> None:
    source = data.draw(sentences(pieces))
    translation = data.draw(sentences(data.draw(st.permutations(pieces))))
    assert problems(source, translation, language) == ()


@given(
    data=st.data(),
    pieces=st.lists(st.sampled_from(PIECES), max_size=6),
    one_more=st.sampled_from(PIECES),
    language=LANGUAGES,
)
def test_a_piece_too_many_or_too_few_is_refused(
    data: st.DataObject, pieces: list[str], one_more: str, language: str
) -> None:
    place = data.draw(st.integers(0, len(pieces)))
    fewer, more = (
        data.draw(sentences(pieces)),
        data.draw(sentences([*pieces[:place], one_more, *pieces[place:]])),
    )
    assert problems(fewer, more, language)
    assert problems(more, fewer, language)


HOSTILE = st.text(
    alphabet=st.sampled_from(
        list("%(){}<>/&#;:.,@0123456789٣٫٬ aAéم\u0301\u2067\u2069\u202e\u200d\x00\n\ud800")
    )
)


@given(
    source=HOSTILE | st.text(),
    translation=HOSTILE | st.text(),
    language=st.sampled_from(("ar", "en", "xx", "", "fr-x")),
)
def test_nothing_makes_the_check_fail(source: str, translation: str, language: str) -> None:
    problems(source, translation, language)
    problems_of_forms(source, translation, [translation] * 6, language)


@given(text=HOSTILE | st.text())
def test_a_sentence_that_is_left_as_it_is_passes_unless_no_translation_may_hold_it(text: str) -> None:
    never = {Kind.CHARACTER, Kind.DIRECTION, Kind.EMPTY, Kind.NESTING}
    assert {each.kind for each in problems(text, text, "fr")} <= never


@pytest.mark.parametrize(
    "part",
    ["<", "<a", "</", "&", "&a", "%", "%(", "%0", "{", "{a", "a.", "a:", "@", ":", "1 ", "1.", "1,000", "0", "a", "\u0301",
     "\u0301\u0316", "\u2067", "é.", "٣٬", "www.", "//", "<b>", "<b></b>", "ﷺ", "-", "% ", "a'", "\u200b.",
     "\u0301\u200d\u0316\u200d", "\u0301\u00ad\u0316\u200b", "\uff9e\u0301", "\u0f73", "\u0301\uff9f\u0316"],
)  # fmt: skip
def test_a_hostile_text_of_100_kilobytes_takes_no_longer_than_its_length(part: str) -> None:
    text = part * (100_000 // len(part))

    def seconds(length: int) -> float:
        started = time.process_time()
        problems("Bonjour <b>5</b>", text[:length], "ar")
        return time.process_time() - started

    seconds(1000)
    assert seconds(100_000) < 2.0


def test_no_character_hides_that_marks_are_piled() -> None:
    """Each that leaves two marks to be sorted where it stood between them: it is unseen, or becomes a mark."""
    hides = [
        each
        for each in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(each) == "Cf" or unicodedata.combining(unicodedata.normalize("NFKC", each)[0])
    ]
    assert len(hides) > 1000
    for each in hides:
        pile = f"\u0301{each}\u0316{each}" * 5
        assert Kind.CHARACTER in kinds("5", f"5 a{pile}"), hex(ord(each))


# --- What is there ---------------------------------------------------------------------------------


def test_the_glossary_that_comes_with_the_site_passes() -> None:
    rows = json.loads((ROOT / "cdv_civic" / "glossary" / "data" / "glossary.json").read_text("utf-8"))
    found = {
        (row["key"], language): problems(row["explanation"]["fr"], text, language)
        for row in rows
        for language, text in row["explanation"].items()
        if language != "fr"
    }
    assert len(found) > 20
    assert {key: said for key, said in found.items() if said} == {}
