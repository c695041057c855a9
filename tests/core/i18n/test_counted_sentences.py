"""Every counted sentence, with numbers of each plural form: what a machine can hold of agreement."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from babel.messages.pofile import read_po

from cdv_civic.core.i18n.numbers import number_in
from cdv_civic.core.i18n.plurals import plural_rule, small_forms
from cdv_civic.core.settings import ROOT
from tests.languages import SHIPPED

NUMBERS: Final = (0, 1, 2, 3, 11, 100)
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
#: What a count is called.
COUNTS: Final = ("num", "count", "shown")
ZERO, ONE, TWO = range(3)


def counted(tag: str) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Each counted sentence of the sources, with its forms in a language."""
    with (ROOT / "translations" / tag / "messages.po").open("rb") as file:
        for message in read_po(file, locale=tag):
            if message.id and not isinstance(message.id, str):
                yield (message.id[0], message.id[1]), tuple(message.string or ())


def rendered(form: str, number: int, tag: str) -> str:
    """A form as a page shows it; what is no count is a name."""
    names = set(PLACEHOLDER.findall(form))
    return form % {name: number_in(number, tag) if name in COUNTS else "Orly" for name in names}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("tag", SHIPPED)
def test_every_counted_sentence_says_its_number(tag: str, number: int) -> None:
    rule = plural_rule(tag)
    index = rule.form_of(number)
    wrong = []
    for (singular, plural), forms in counted(tag):
        said = rendered(forms[index], number, tag)
        by_word = index in small_forms(tag)
        counts = [name for name in COUNTS if f"%({name})s" in plural]
        if not said.strip() or "%" in said.replace("%%", ""):
            wrong.append(f"{singular}: {said}")
        elif counts and not by_word and number_in(number, tag) not in said:
            wrong.append(f"{singular}: {said} lacks {number}")
    assert wrong == []


def arabic(index: int) -> list[str]:
    return [forms[index] for _sources, forms in counted("ar")]


def test_no_digit_stands_before_a_dual_noun_in_arabic() -> None:
    dual = re.compile(r"%\((?:num|count|shown)\)s [\u0621-\u0652]+(?:ان|تان|ين|تين)(?![\u0621-\u0652])")
    assert [form for form in arabic(TWO) if dual.search(form)] == []


def test_one_and_two_are_words_in_arabic_and_no_brackets() -> None:
    assert [form for index in (ZERO, ONE, TWO) for form in arabic(index) if "(%(num)s)" in form] == []


def test_nobody_is_denied_at_the_verb_in_arabic() -> None:
    """« لم يُضف أحد », not « أُضيف لا أحد »."""
    denied = re.compile(r"(?<![:،] )(?<!^)لا أحد|لا أحد كان")
    assert [form for form in arabic(ZERO) if denied.search(form)] == []


def test_an_adjective_agrees_with_one_and_with_two_in_arabic() -> None:
    one = re.compile(
        r"\bواحد (?!لل)[\u0621-\u0652]+ة(?![\u0621-\u0652])|\bواحدة [\u0621-\u0652]+(?:ون|ين)(?![\u0621-\u0652])"
    )
    two = re.compile(r"^[\u0621-\u0652]+ان (?!من |لل)[\u0621-\u0652]+ة(?![\u0621-\u0652])")
    people = re.compile(r"واحد كانوا|شخصان كانوا|واحد بأجوبة|عليهم(?!ا)")
    assert [form for form in arabic(ONE) if one.search(form) or people.search(form)] == []
    assert [form for form in arabic(TWO) if two.search(form) or people.search(form)] == []
