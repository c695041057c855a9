"""What a machine can hold of the Arabic of the interface. A native reader's check is another thing, and still open."""

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from babel.messages.pofile import read_po

from cdv_civic.commitments.wording import value_text
from cdv_civic.core.i18n.numbers import number_in
from cdv_civic.core.settings import ROOT

LETTER: Final = "[\u0621-\u064a\u0671-\u06d3]"
#: One word for one thing: what is said no more, and what is said.
GIVEN_UP: Final = {
    "كلم(?:ة|تا|تي|ات) (?:ال)?سر": "كلمة المرور",
    "فضا[ءئؤ]": "حساب (an account), صفحة (a page)",
    "خطاب": "رسالة",
    "رسال?ئ?[ةل]? قصيرة|رسائل قصيرة|الرسائل القصيرة": "رسالة نصية",
    "صدفة": "الأرقام العشوائية",
    "هيئة (?!Cnil)|هيئات": "مجلس أو مجموعة",
    "(?:ال)?بطاق(?:ة|ات) (?:ال)?شخصية": "بطاقة الدخول",
    "الأجل": "الموعد المحدد",
    "المواطنين": "السكان",
    "مداوم": "استقبال مفتوح",
    "احتياطي(?:ين|ون)": "بديل، بدلاء",
    "الإنقاذ": "الرموز الاحتياطية",
    "استلام": "الحصول على",
    "من طرف": "من قِبل",
    "وصلكم\\b(?=[:،])": "إيصالكم",
    "ملتزم": "قدّمت التزامات",
}
#: Words that end in ك and speak to nobody.
NOT_YOU: Final = frozenset(
    ["ذلك", "وذلك", "لذلك", "كذلك", "وكذلك", "بذلك", "تلك", "وتلك", "هناك", "هنالك", "ذاك", "والدرك", "فك", "شك", "الشك", "يترك", "تشارك", "ترك", "متحرك", "مالك", "المالك", "ومالك", "يملك", "تملك", "يستهلك", "بنك", "سميك", "مشترك", "المشترك"]
)  # fmt: skip
TO_ONE: Final = re.compile(
    rf"(?<!{LETTER})[وفبل]?(?:اختر|اكتب|اطلب|ادخل|امح|اضغط|ابحث|ادع|انظر|احفظ|اذهب|اقرأ|انتظر)(?!{LETTER})"
)
#: Characters that stand around what is read from left to right.
ISOLATE: Final = re.compile("[\u2066\u2067\u2068][^\u2066-\u2069]*\u2069")


def strings() -> Iterator[tuple[str, str]]:
    """Each sentence of the sources with its Arabic, and with each form of it."""
    with (ROOT / "translations" / "ar" / "messages.po").open("rb") as file:
        for message in read_po(file, locale="ar"):
            if message.id and message.string:
                source = message.id if isinstance(message.id, str) else message.id[0]
                for said in [message.string] if isinstance(message.string, str) else message.string:
                    yield source, said


def explanations() -> Iterator[str]:
    """The Arabic of the words that the site explains."""
    entries = json.loads((ROOT / "cdv_civic/glossary/data/glossary.json").read_text("utf-8"))
    yield from (each["explanation"]["ar"] for each in entries if "ar" in (each["explanation"] or {}))


def all_said() -> list[str]:
    return [*(said for _source, said in strings()), *explanations()]


def bare(text: str) -> str:
    """Without the signs of vowels."""
    return re.sub("[\u064b-\u0652]", "", text)


def test_one_thing_has_one_word() -> None:
    found = [
        (said, word)
        for _source, said in strings()
        for old, word in GIVEN_UP.items()
        if re.search(old, bare(said))
    ]
    assert found == []


def test_everybody_is_spoken_to_in_the_polite_plural() -> None:
    yours = [
        (word, said)
        for said in all_said()
        for word in re.findall(rf"{LETTER}+ك(?!{LETTER})", bare(said))
        if word not in NOT_YOU
    ]
    assert yours == []
    assert [said for said in all_said() if TO_ONE.search(bare(said))] == []


def test_commas_and_question_marks_are_those_of_the_script() -> None:
    beside = re.compile(rf"{LETTER}[\u064b-\u0652»]?\s?[,;?]")
    # What is typed as an example: columns of a table.
    assert [
        said for source, said in strings() if beside.search(said) and source != "Prénom ; Nom ; Contact"
    ] == []


def test_numbers_to_call_and_numbers_drawn_are_read_from_left_to_right() -> None:
    """Groups parted by plain spaces would be shown last group first."""
    groups = re.compile(r"\d \d|%\((?:seed|phone|whom)\)s")
    assert [said for _source, said in strings() if groups.search(ISOLATE.sub("", said))] == []


def test_a_text_that_begins_with_the_sites_name_is_read_from_right_to_left() -> None:
    assert [said for _source, said in strings() if said.startswith("%(site)s")] == []


def test_the_mark_of_the_accusative_stands_before_its_alif() -> None:
    assert [said for said in all_said() if "\u0627\u064b" in said] == []


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("count", 3130, "3\u00a0130"),
        ("quantity", 12.5, "12,5"),
        ("rate", 37.4, "37,4%"),
        ("amount", 123450, "1\u00a0234,50"),
    ],
)
def test_thousands_and_decimals_have_a_separator_each(kind: str, value: float, said: str) -> None:
    """Those of French: the texts of contracts beside them, and what is asked of who types, have these."""
    assert said in value_text(kind, number=value, locale="ar")
    assert number_in(10_672, "ar") == "10\u00a0672"
