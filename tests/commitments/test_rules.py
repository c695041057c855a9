"""What may be said of a commitment, and when."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import (
    LONGEST_DETAIL,
    LONGEST_SENTENCE,
    LONGEST_TITLE,
    SHORTEST_SENTENCE,
    check_detail,
    check_line,
    check_link,
    check_sentence,
)
from cdv_civic.commitments.rules.transitions import (
    _AFTER,
    SENTENCE_WITH_REASON,
    check_day,
    check_quartier,
    check_reason,
    check_transition,
    first_day,
    may_follow,
    states_after,
)
from cdv_civic.commitments.rules.values import read_euros, read_value
from cdv_civic.commitments.rules.work_list import Limits, WorkQueue
from cdv_civic.territory.codes import NUMERIC_VALUE_KINDS, STATE_CODES, TO_CHECK
from cdv_civic.territory.vocabulary import STATES, VALUE_KINDS
from tests.commitments.queues import queues_of

TODAY = date(2026, 11, 20)
LIMITS = Limits(TODAY, stale_after_days=183, deadline_soon_days=60)
CODES = sorted(STATES)


def field_of(error: pytest.ExceptionInfo[BrokenRule]) -> str | None:
    return error.value.field


def test_every_state_says_what_may_follow() -> None:
    assert set(_AFTER) == set(STATES)


def test_the_codes_of_rules_are_those_that_people_read() -> None:
    assert tuple(STATES) == STATE_CODES
    assert set(VALUE_KINDS) > NUMERIC_VALUE_KINDS


def test_nobody_tells_that_something_is_to_be_checked() -> None:
    assert all(not may_follow(before, TO_CHECK) for before in CODES)
    with pytest.raises(BrokenRule):
        check_transition(TO_CHECK, TO_CHECK)


def test_anything_may_be_told_of_what_was_just_imported() -> None:
    assert set(states_after(TO_CHECK)) == set(STATES) - {TO_CHECK}


@pytest.mark.parametrize("state", [code for code in CODES if code != TO_CHECK])
def test_news_without_a_change_is_always_possible(state: str) -> None:
    check_transition(state, state)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("annonce", "en_cours"),
        ("en_cours", "realise"),
        ("realise", "perenne"),
        ("realise", "en_cours"),
        ("reporte", "en_cours"),
        ("abandonne", "en_preparation"),
        ("perenne", "abandonne"),
        ("non_evalue", "annonce"),
    ],
)
def test_these_steps_exist(before: str, after: str) -> None:
    check_transition(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("en_cours", "annonce"),
        ("en_cours", "en_preparation"),
        ("realise", "annonce"),
        ("realise", "reporte"),
        ("perenne", "non_evalue"),
        ("abandonne", "realise"),
    ],
)
def test_these_steps_do_not(before: str, after: str) -> None:
    with pytest.raises(BrokenRule) as refused:
        check_transition(before, after)
    assert field_of(refused) == "state"
    assert refused.value.breach is Breach.CANNOT_FOLLOW
    assert refused.value.facts == {"before": before, "after": after}


def test_older_news_must_fit_before_what_was_told_later() -> None:
    check_transition("annonce", "en_preparation", "en_cours")
    with pytest.raises(BrokenRule):
        check_transition("annonce", "realise", "en_preparation")


@pytest.mark.parametrize(
    ("before", "after"),
    [("annonce", "reporte"), ("en_cours", "abandonne"), ("realise", "en_cours"), ("abandonne", "annonce"),
     ("reporte", "reporte")],
)  # fmt: skip
def test_what_disappoints_or_turns_back_has_a_reason(before: str, after: str) -> None:
    with pytest.raises(BrokenRule) as refused:
        check_reason(before, after, "C’est reporté.", "")
    assert field_of(refused) == "detail"
    check_reason(before, after, "C’est reporté.", "La Région n’a pas encore décidé.")
    check_reason(before, after, "C’est reporté parce que la Région n’a pas encore décidé.", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [("en_cours", "realise"), ("realise", "perenne"), ("annonce", "en_cours"), ("realise", "realise")],
)
def test_good_news_needs_no_reason(before: str, after: str) -> None:
    check_reason(before, after, "C’est ouvert.", "")


def test_a_sentence_that_has_room_for_the_reason_is_enough() -> None:
    room = "x" * SENTENCE_WITH_REASON
    check_reason("annonce", "reporte", room, "")
    with pytest.raises(BrokenRule):
        check_reason("annonce", "reporte", room[1:], " ")


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (TODAY, True),
        (date(2026, 11, 21), False),
        (date(2019, 1, 1), True),
        (date(2018, 12, 31), False),
    ],
)
def test_news_is_of_today_or_of_the_time_of_the_contract(day: date, fits: bool) -> None:
    if fits:
        check_day(day, TODAY, "2024")
    else:
        with pytest.raises(BrokenRule) as refused:
            check_day(day, TODAY, "2024")
        assert field_of(refused) == "happened_on"


def test_a_contract_that_does_not_say_when_it_starts_stops_no_news() -> None:
    check_day(date(1999, 1, 1), TODAY, "à la signature")
    assert first_day("2022-13-45") is None


@pytest.mark.parametrize("sentence", ["Trop peu", "         x          ", "x" * 201, "<b>Le chantier</b> commence",
                                      "Le chantier \u202e commence", "Deux\nlignes ici"])  # fmt: skip
def test_a_sentence_is_short_plain_and_one(sentence: str) -> None:
    with pytest.raises(BrokenRule):
        check_sentence(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Le stade ouvre.", "x" * 200, "Le budget est < 5 000 €.", "تفتح المكتبة أبوابها غداً.", "می‌خواهم بروم"],
)
def test_a_sentence_may_be_in_any_alphabet(sentence: str) -> None:
    assert check_sentence(f"  {sentence} ") == sentence


@given(st.text(max_size=250))
def test_a_kept_sentence_keeps_the_rules(text: str) -> None:
    try:
        kept = check_sentence(text)
    except BrokenRule:
        return
    assert SHORTEST_SENTENCE <= len(kept) <= LONGEST_SENTENCE
    assert "\n" not in kept
    assert "<script" not in kept


def test_progress_is_told_per_quartier_only_where_there_are_several() -> None:
    check_quartier(None, [])
    check_quartier(1, [1, 2])
    for covered in ([1], [2, 3], []):
        with pytest.raises(BrokenRule) as refused:
            check_quartier(1, covered)
        assert field_of(refused) == "quartier"


@pytest.mark.parametrize(
    "address", ["https://exemple.fr", "http://exemple.fr/a?b=c#d", "https://exemple.fr:8080/x"]
)
def test_a_link_leads_to_the_web(address: str) -> None:
    assert check_link(f" {address} ") == check_link(f"\u202a<{address}>\ufeff") == address


def test_a_link_loses_the_capital_of_a_phone() -> None:
    assert check_link("Https://Ville.fr/Parc") == "https://Ville.fr/Parc"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "exemple.fr", "https://", "https://a b.fr", "//exemple.fr", "data:text/html,x",
     "https://moi:secret@exemple.fr", "https://" + "a" * 2000 + ".fr", "https:\\\\exemple.fr"],
)  # fmt: skip
def test_what_is_no_link_is_refused(address: str) -> None:
    with pytest.raises(BrokenRule):
        check_link(address)


def test_what_is_written_may_be_as_long_as_its_limit_and_no_longer() -> None:
    link = "https://exemple.fr/"
    for longest, kept in (
        (LONGEST_DETAIL, check_detail),
        (LONGEST_TITLE, lambda text: read_value("qualitative", text)[1]),
        (12, lambda text: check_line(text, "line", longest=12)),
        (2000 - len(link), lambda text: check_link(link + text).removeprefix(link)),
    ):
        assert kept("x" * longest) == "x" * longest
        with pytest.raises(BrokenRule):
            kept("x" * (longest + 1))


def test_lines_of_a_detail_may_be_broken_and_hide_nothing() -> None:
    assert check_detail(" Un\r\nDeux\tTrois\n") == "Un\nDeux\tTrois"
    assert check_detail(" \n ") is None
    assert check_detail("\uf0b7 Un\n\uf0a7 Deux\x00") == "• Un\n• Deux"
    for hidden in ("Un\u202eDeux", "Un\n<script>"):
        with pytest.raises(BrokenRule) as refused:
            check_detail(hidden)
        assert field_of(refused) == "detail"


def queues(**values: object) -> set[WorkQueue]:
    usual: dict[str, object] = {
        "state": "en_cours",
        "retired": False,
        "published_on": date(2026, 11, 1),
        "last_progress_on": None,
        "deadline": None,
    }
    return set(queues_of(LIMITS, **{**usual, **values}))  # type: ignore[arg-type]


def test_what_waits_lies_in_its_heaps() -> None:
    assert queues() == set()
    assert queues(state=TO_CHECK, published_on=None) == {WorkQueue.TO_CHECK}
    assert queues(last_progress_on=date(2026, 5, 21)) == set()
    assert queues(last_progress_on=date(2026, 5, 20)) == {WorkQueue.NO_NEWS}
    assert queues(published_on=date(2026, 5, 20)) == {WorkQueue.NO_NEWS}
    assert queues(deadline=date(2026, 11, 19)) == {WorkQueue.DEADLINE_PASSED}
    assert queues(deadline=TODAY) == {WorkQueue.DEADLINE_SOON}
    assert queues(deadline=date(2027, 1, 19)) == {WorkQueue.DEADLINE_SOON}
    assert queues(deadline=date(2027, 1, 20)) == set()


def test_what_is_done_given_up_or_gone_waits_for_nobody() -> None:
    for state in ("realise", "perenne", "abandonne"):
        assert queues(state=state, published_on=date(2020, 1, 1), deadline=date(2020, 1, 1)) == set()
    assert queues(state=TO_CHECK, retired=True) == set()
    assert queues(state="reporte", deadline=date(2020, 1, 1)) == set()


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("count", "1 250", (1250.0, None)),
        ("count", "1\u202f250", (1250.0, None)),
        ("rate", "12,5 %", (12.5, None)),
        ("amount", "1 250,50 €", (125050.0, None)),
        ("quantity", "-3.5", (-3.5, None)),
        ("quantity", "1 000 000 000 000", (1e12, None)),
        ("count", "0", (0.0, None)),
        ("boolean", "Oui", (None, "oui")),
        ("boolean", "نعم", (None, "oui")),
        ("date", "31/12/2026", (None, "2026-12-31")),
        ("date", "2026-12-31", (None, "2026-12-31")),
        ("qualitative", "Les habitants sont contents", (None, "Les habitants sont contents")),
    ],
)
def test_a_measure_is_read_as_people_write_it(kind: str, typed: str, kept: tuple[object, object]) -> None:
    assert read_value(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("count", "beaucoup"), ("count", "12,5"), ("count", "-1"), ("rate", "NaN"), ("amount", "inf"), ("count", "1e9"),
     ("boolean", "peut-être"), ("date", "31/02/2026"), ("qualitative", ""), ("qualitative", "<script>"),
     ("count", "9" * 40), ("quantity", "1,250"), ("amount", "1,250"), ("qualitative", "x" * 1000)],
)  # fmt: skip
def test_a_measure_that_is_none_is_refused_beside_its_field(kind: str, typed: str) -> None:
    with pytest.raises(BrokenRule) as refused:
        read_value(kind, typed)
    assert field_of(refused) == "value"


def test_digits_of_any_alphabet_are_digits() -> None:
    assert read_value("count", "١٢") == (12.0, None)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12 500", 1250000),
        ("0,5", 50),
        ("1250.05 €", 125005),
        ("12.500 €", 1250000),
        ("1.250,50", 125050),
        ("", None),
        ("7", 700),
    ],
)
def test_euros_become_cents(typed: str, cents: int | None) -> None:
    assert read_euros(typed, "budget") == cents


@pytest.mark.parametrize("typed", ["-5", "1,234", "cinq", "1e5", "9" * 20])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BrokenRule):
        read_euros(typed, "budget")
