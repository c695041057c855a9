"""The figures of a year: what is told, and that they give nobody away."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core import clock
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal, seen_version
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest
from cdv_civic.moderation.charter.figures import figures_of
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct
from cdv_civic.moderation.rules.figures import FATES, CountedTexts, TextFate, published
from tests import factories as make
from tests.conftest import TODAY
from tests.moderation.appeals.test_appealing import moderator_of
from tests.moderation.notes import Notes, a_report, case, decide, make_charter, with_account
from tests.voices.voices import BodyWithPeople, make_place

PAGE = "/fr/contrats/val/instances/conseil/charte"


def a_year(notes: Notes, place: BodyWithPeople, *, each: int = 10) -> None:
    """So many texts of each fate, with a first decision three hours after they came; as many reports and appeals."""
    (principle,) = make_charter(place.body, "On ne blesse personne.")
    author, other = make.make_account(), moderator_of(place)
    texts = [
        notes.write(place.body, author=with_account(author), read_before=True) for _text in range(3 * each)
    ]
    with clock.frozen_everywhere(TODAY + timedelta(hours=3)):
        for number, text_id in enumerate(texts):
            if number < each:
                decide(text_id, ModerationAct.PUBLISH, place.moderator)
                report(a_report(text_id))
            elif number < 2 * each:
                decide(text_id, ModerationAct.ASK_TO_REWORD, place.moderator)
                decide(text_id, ModerationAct.PUBLISH, place.moderator)
            else:
                by_law = number % 2
                decide(
                    text_id,
                    ModerationAct.HIDE,
                    place.moderator,
                    law=LegalGround.HATRED if by_law else None,
                    principle_id=None if by_law else principle,
                )
    for number in range(each):
        hidden = notes.write(place.body, author=with_account(author))
        decision = decide(hidden, ModerationAct.HIDE, place.moderator, principle_id=principle)
        appeal = contest(author, NewAppeal(decision, "Non.", f"un-recours-{number:04}"))
        outcome = AppealOutcome.REVERSED if number % 2 else AppealOutcome.UPHELD
        seen = seen_version(1, case(hidden).version)
        decide_appeal(other, appeal, AppealAnswer(outcome, {"fr": "Relu."}), version=seen)


def test_a_year_is_told_with_reasons_delay_reports_and_appeals(notes: Notes) -> None:
    place = make_place()
    a_year(notes, place)
    shown = figures_of(place.contract.id, place.body.id, 2026, "fr")
    figures = shown.figures
    assert figures.received == 40
    assert {fate: figures.of(fate) for fate in FATES} == {
        TextFate.HIDDEN: 15,
        TextFate.REWORDED: 10,
        TextFate.PUBLISHED: 15,
        TextFate.OTHER: None,
    } or figures.of(TextFate.OTHER) is None
    assert figures.median_hours == 3.0
    assert (figures.reports, figures.appeals, figures.won) == (10, 10, 5)
    assert sum(each or 0 for each in figures.reasons) <= 15
    assert shown.first_year == 2026


def test_a_year_with_few_texts_tells_nothing_of_them(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    text_id = notes.write(place.body)
    report(a_report(text_id))
    decide(text_id, ModerationAct.HIDE, place.moderator)
    figures = figures_of(place.contract.id, place.body.id, 2026, "fr").figures
    assert (figures.received, figures.reports, figures.median_hours) == (None, None, None)
    assert set(figures.fates) == {None}
    assert set(figures.reasons) == {None}
    page = client.get(PAGE).text
    assert "Trop peu pour le dire" in page
    assert "appel à la haine" not in page


def test_texts_of_another_body_or_year_are_not_counted(notes: Notes) -> None:
    place, elsewhere = make_place(), make_place("ailleurs")
    for _each in range(12):
        notes.write(elsewhere.body)
        notes.write(place.contract)
    with clock.frozen_everywhere(TODAY.replace(year=2025)):
        for _each in range(10):
            notes.write(place.body)
    now = figures_of(place.contract.id, place.body.id, 2026, "fr")
    assert (now.figures.received, now.first_year) == (None, 2025)
    assert figures_of(place.contract.id, place.body.id, 2025, "fr").figures.received == 10
    assert figures_of(place.contract.id, None, 2026, "fr").figures.received == 12


def test_the_file_says_the_same_as_the_page(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    a_year(notes, place)
    sent = client.get(f"{PAGE}/2026.csv")
    assert sent.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    found = {name: count for _year, name, count in rows[1:]}
    assert (found["textes reçus"], found["recours gagnés"], found["délai médian, en heures"]) == (
        "40",
        "5",
        "3.0",
    )
    assert client.get(f"{PAGE}/1999.csv").status_code == 404
    assert client.get("/fr/contrats/val/charte/2026.csv").status_code == 200
    assert client.get(f"{PAGE}?annee=2025").status_code == client.get(f"{PAGE}?annee=x").status_code == 200


def test_much_costs_as_many_statements_as_little(
    client: FlaskClient, notes: Notes, count_statements: Callable[[], object]
) -> None:
    place = make_place()
    notes.write(place.body)
    with count_statements() as few:  # type: ignore[attr-defined]
        client.get(PAGE)
    a_year(notes, place, each=6)
    with count_statements() as many:  # type: ignore[attr-defined]
        client.get(f"{PAGE}?annee=2026")
    assert len(many) == len(few)


counts = st.integers(0, 40)


@given(st.tuples(counts, counts, counts, counts), st.integers(2, 8), counts, st.data())
def test_no_small_count_is_ever_told(
    fates: tuple[int, ...], threshold: int, appeals: int, data: st.DataObject
) -> None:
    hidden = fates[FATES.index(TextFate.HIDDEN)]
    first = data.draw(st.integers(0, hidden))
    won = data.draw(st.integers(0, appeals))
    counted = CountedTexts(fates, (first, hidden - first), hidden, 2.0, hidden, appeals, won)
    figures = published(counted, threshold)
    told = [*figures.fates, *figures.reasons, figures.reports, figures.appeals, figures.won]
    assert all(each is None or each >= threshold for each in told)
    if figures.of(TextFate.HIDDEN) is None:
        assert set(figures.reasons) == {None}
    if figures.won is not None:
        assert appeals - figures.won >= threshold
    assert (figures.median_hours is None) == (hidden < 2 * threshold)
