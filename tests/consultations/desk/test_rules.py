"""What a consultation lacks before it opens, and what an organiser types: plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.rules.calendar import Power
from cdv_civic.consultations.rules.checklist import Item, Lack, Prepared, checklist, complete
from cdv_civic.consultations.rules.editing import (
    TooManyOptions,
    changed,
    classes_of,
    free_slug,
    lines_of,
    slug_of,
)
from cdv_civic.consultations.rules.questions import MOST_OPTIONS, QuestionKind

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
READY = Prepared(
    Power.CONSULT,
    frozenset({"purpose", "negotiable", "settled", "decider", "readers"}),
    NOW + timedelta(days=1),
    NOW + timedelta(days=10),
    NOW + timedelta(days=12),
    date(2027, 1, 31),
    "aucune",
    (0, 15, 18),
    1,
    1,
    False,
    1,
    (),
    (QuestionKind.SINGLE,),
)


def lacks(prepared: Prepared) -> dict[Item, Lack]:
    return {line.item: line.lack for line in checklist(prepared, NOW, PARIS) if line.lack is not None}


def test_one_that_says_everything_can_be_opened() -> None:
    assert lacks(READY) == {}
    assert complete(checklist(READY, NOW, PARIS))


def test_one_that_says_nothing_lacks_every_line() -> None:
    found = lacks(Prepared())
    assert set(found) == set(Item) - {Item.TIES, Item.LANGUAGES}
    assert set(found.values()) == {Lack.EMPTY}


@pytest.mark.parametrize(
    ("changes", "item", "lack"),
    [
        ({"closes_at": NOW}, Item.CALENDAR, Lack.BACKWARDS),
        ({"paper_until": NOW + timedelta(days=9)}, Item.CALENDAR, Lack.BACKWARDS),
        (
            {"opens_at": NOW - timedelta(days=2), "closes_at": NOW, "paper_until": None},
            Item.CALENDAR,
            Lack.OVER,
        ),
        ({"answer_due_on": date(2026, 12, 8)}, Item.DUE, Lack.DUE_TOO_EARLY),
        ({"ages": (16, 15, 18)}, Item.AGES, Lack.AGES_BACKWARDS),
        ({"ages": (0, None, 18)}, Item.AGES, Lack.EMPTY),
        ({"faults": ("Ajoutez au moins une question.",)}, Item.STEPS, Lack.STEP),
        ({"publics": 0}, Item.PUBLICS, Lack.EMPTY),
        ({"power": Power.CO_DECIDE}, Item.TIES, Lack.EMPTY),
    ],
)
def test_each_line_sees_what_is_wrong_with_it(changes: dict[str, object], item: Item, lack: Lack) -> None:
    prepared = replace(READY, **changes)  # type: ignore[arg-type]
    assert lacks(prepared) == {item: lack}
    assert not complete(checklist(prepared, NOW, PARIS))


def test_a_language_that_is_missing_is_said_and_stops_nothing() -> None:
    prepared = replace(READY, untranslated={"ar": 3})
    assert lacks(prepared) == {Item.LANGUAGES: Lack.UNTRANSLATED}
    assert complete(checklist(prepared, NOW, PARIS))


def test_nobody_in_particular_to_reach_is_an_answer() -> None:
    assert lacks(replace(READY, publics=0, reaches_nobody=True)) == {}


def test_ties_are_asked_for_where_one_option_wins_and_is_done() -> None:
    deciding = replace(READY, power=Power.CO_DECIDE)
    assert lacks(replace(deciding, texts=READY.texts | {"ties"})) == {}
    assert lacks(replace(deciding, asks=(QuestionKind.LONG,))) == {}


@given(st.text())
def test_a_name_in_an_address_is_two_words_at_least_and_nothing_else(title: str) -> None:
    found = slug_of(title.lower())
    assert found == "consultation" or "-" in found or found.startswith("consultation")
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(found) <= 80
    assert not found.startswith("-")
    assert not found.endswith("-")


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert slug_of("une placette a nommer") == "une-placette-a-nommer"
    assert free_slug("une-placette", {"une-placette", "une-placette-2"}) == "une-placette-3"


def test_options_are_typed_one_a_line() -> None:
    assert lines_of("  À pied\n\nÀ  vélo\r\nÀ pied\n") == ["À pied", "À vélo"]
    with pytest.raises(TooManyOptions):
        lines_of("Encore une", there=MOST_OPTIONS)


def test_classes_are_numbers_in_order() -> None:
    assert classes_of("0, 5 10") == (0, 5, 10)
    assert classes_of("") == ()
    for typed in ("5, 0", "0, 0", "zéro", "0, 1000000000", f"0 {'9' * 30}"):
        with pytest.raises(ValueError, match=r".*"):
            classes_of(typed)


def test_a_correction_changes_some_languages() -> None:
    assert changed({"fr": "Un", "en": "One"}, {"fr": "Un ", "en": "Two", "ar": "واحد"}) == ["en", "ar"]
