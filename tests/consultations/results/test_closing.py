"""Closing: all answers that were acknowledged are counted, once; what is published stands for good."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, func, select

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.in_person.models import ConsultationWorkshop, ConsultationWorkshopTable
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.operations.locking import hold_alone
from cdv_civic.consultations.paper.operations.entering import choose_entry, enter_sheet
from cdv_civic.consultations.paper.operations.sheets import NotTakenIn
from cdv_civic.consultations.paper.queries.sheets import answer_of_sheet, sheets_of
from cdv_civic.consultations.results.building import Built, ReadAhead, build
from cdv_civic.consultations.results.counts import from_content
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.results.operations import closing, coding
from cdv_civic.consultations.results.published import from_json
from cdv_civic.consultations.rules.questions import Speaker
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import CacheTag, db, is_writing, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden
from cdv_civic.core.policy.model import CommandLine
from tests import factories
from tests.conftest import TODAY
from tests.consultations import factories as make
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.signing_in import open_browser

ACTOR = CommandLine()


def ended(answers: int = 40, **values: Any) -> tuple[Consultation, list[int]]:
    """A consultation that has ended, and the options of its question, of which the first has most answers."""
    consultation = make.make_consultation(stage="closed", **values)
    question = make.make_question(make.make_step(consultation), options=["A", "B", "C"])
    options = make.options_of(question)
    for at, option in enumerate(options):
        make.make_answers(consultation, answers // 3 + (answers % 3 if not at else 0), choices={option: None})
    return consultation, options


def versions(consultation: Consultation) -> list[ConsultationPublication]:
    db.session.rollback()
    found = db.session.execute(
        select(ConsultationPublication)
        .where(ConsultationPublication.consultation_id == consultation.id)
        .order_by(ConsultationPublication.version)
    ).scalars()
    return list(found)


def stored(consultation: Consultation) -> Consultation:
    db.session.rollback()
    return db.session.get_one(Consultation, consultation.id, populate_existing=True)


def test_what_has_ended_is_published_once(app: Flask) -> None:
    consultation, options = ended()
    open_one = make.make_consultation()
    make.make_consultation(stage="paper")
    make.make_consultation(stage="draft")
    assert closing.consultations_to_close()
    assert closing.close_consultations() == 1
    assert not closing.consultations_to_close()
    assert closing.close_consultations() == 0
    (version,) = versions(consultation)
    results = from_json(version.content)
    assert results.total == 40
    assert dict(zip(results.questions[0].keys, results.questions[0].answers, strict=True)) == {
        options[0]: 14,
        options[1]: 13,
        options[2]: 13,
    }
    assert stored(consultation).frozen_at == TODAY
    assert stored(open_one).frozen_at is None
    tag = db.session.get(CacheTag, consultation_tag(consultation.id))
    assert tag is not None
    assert tag.number > 0
    entry = db.session.execute(select(AuditEntry).order_by(AuditEntry.id.desc())).scalars().first()
    assert entry is not None
    assert (entry.action, entry.actor_label) == ("consultation.results", "close-consultations")


def test_paper_that_still_comes_in_keeps_the_tables_waiting(app: Flask) -> None:
    consultation = make.make_consultation(stage="paper")
    assert not closing.consultations_to_close()
    with pytest.raises(closing.NotEnded):
        closing.publish_results(ACTOR, consultation.id)
    with clock.frozen_everywhere(TODAY + timedelta(days=2)):
        assert closing.close_consultations() == 1


def test_whoever_may_edit_publishes_by_hand_and_nobody_else(app: Flask) -> None:
    consultation, _ = ended()
    with pytest.raises(Forbidden):
        closing.publish_results(factories.make_account(role=None), consultation.id)
    closing.publish_results(ACTOR, consultation.id)
    with pytest.raises(closing.ResultsPublished):
        closing.publish_results(ACTOR, consultation.id)


def test_one_that_was_withdrawn_is_not_counted(app: Flask) -> None:
    make.make_consultation(stage="closed", withdrawn_at=TODAY, withdrawn_reason="Une erreur.")
    assert closing.close_consultations() == 0


def test_one_that_cannot_be_counted_keeps_no_other_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (first, _), (second, _) = ended(), ended()

    def fails_at_first(row: Consultation, ahead: ReadAhead | None) -> Built:
        if row.id == first.id:
            raise ValueError("counts of people are none or more")
        return build(row, ahead)

    monkeypatch.setattr(closing, "build", fails_at_first)
    with pytest.raises(ValueError, match="none or more"):
        closing.close_consultations()
    assert (versions(first), len(versions(second))) == ([], 1)
    assert f"closing consultation {first.id} failed: ValueError" in caplog.text
    assert "counts of people" not in caplog.text


def test_few_answers_are_not_told(app: Flask) -> None:
    consultation, _ = ended(9)
    closing.close_consultations()
    results = from_json(versions(consultation)[0].content)
    assert results.total is None
    assert set(results.questions[0].answers) == {None}


def test_the_public_count_moves_in_steps_once_an_hour_and_never_back(app: Flask) -> None:
    consultation = make.make_consultation()
    make.make_answers(consultation, 9)
    assert closing.counts_wanted()
    closing.count_answers()
    assert stored(consultation).counted == 0, "fewer than twice the threshold"
    assert not closing.counts_wanted()
    make.make_answers(consultation, 15)
    assert closing.count_answers() == 0, "too soon"
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        assert closing.count_answers() == 1
    assert stored(consultation).counted == 20
    with transaction() as session:
        session.execute(
            delete(ConsultationAnswer).where(ConsultationAnswer.consultation_id == consultation.id)
        )
    with clock.frozen_everywhere(TODAY + timedelta(hours=2)):
        assert closing.count_answers() == 0
    assert stored(consultation).counted == 20


def test_a_count_of_a_clock_that_was_ahead_is_made_again(app: Flask) -> None:
    consultation, _ = ended(40, closes_at=TODAY + timedelta(days=3), paper_until=None)
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        closing.count_answers()
    make.make_answers(consultation, 10)
    assert closing.counts_wanted()
    assert closing.count_answers() == 1
    assert (stored(consultation).counted, stored(consultation).counted_at) == (50, TODAY)


def test_groups_are_not_in_the_public_count(app: Flask) -> None:
    consultation = make.make_consultation()
    make.make_answers(consultation, 12)
    make.make_answers(consultation, 12, speaker="group", people=25, channel="groupe")
    closing.count_answers()
    assert stored(consultation).counted == 10


def test_a_correction_says_what_it_corrects(app: Flask) -> None:
    consultation, options = ended(60)
    closing.close_consultations()

    def add(session: object, row: Consultation) -> None:
        for option in options:
            make.make_answers(consultation, 10, choices={option: None}, channel="papier")

    with pytest.raises(DomainError):
        closing.correct_results(ACTOR, consultation.id, "  ", version=1, add=add)
    with pytest.raises(Conflict):
        closing.correct_results(ACTOR, consultation.id, "Un lot de feuilles retrouvé.", version=2, add=add)
    assert len(versions(consultation)) == 1
    number = closing.correct_results(
        ACTOR, consultation.id, "Un lot de feuilles retrouvé.", version=1, add=add
    )
    first, second = versions(consultation)
    assert number == second.version == 2
    assert (first.note, second.note) == (None, "Un lot de feuilles retrouvé.")
    assert from_json(first.content).total == 60
    assert from_json(second.content).total == 90
    assert second.outcome == "added"


def test_a_sheet_that_was_entered_twice_is_taken_out(app: Flask) -> None:
    consultation, options = ended(60)
    for number in range(1, 13):
        make.make_answer(consultation, choices={options[0]: None}, channel="papier", sheet_number=number)
    closing.close_consultations()
    with pytest.raises(DomainError):
        closing.correct_results(
            ACTOR, consultation.id, "Double.", version=1, remove=closing.without_sheet(99)
        )
    closing.correct_results(ACTOR, consultation.id, "Double.", version=1, remove=closing.without_sheet(12))
    first, second = versions(consultation)
    assert second.outcome == "kept", "the figures would tell what the one sheet said"
    assert {**second.content, "version": 1, "change": None} == first.content
    left = db.session.execute(
        select(func.count()).where(ConsultationAnswer.sheet_number.is_not(None))
    ).scalar_one()
    assert left == 11
    assert len(db.session.execute(select(ConsultationTally)).all()) == 2


@pytest.mark.parametrize("others", [False, True])
def test_what_is_read_in_words_is_told_of_the_very_people_who_were_counted(app: Flask, others: bool) -> None:
    consultation = make.make_consultation(stage="closed")
    missing = make.make_question(make.make_step(consultation), "Il manque…", "long")
    make.make_answers(consultation, 30, words={missing.id: "Une fontaine"})
    make.make_answers(consultation, 20)
    closing.close_consultations()
    words = select(ConsultationWords.id).where(ConsultationWords.consultation_id == consultation.id)
    ids = list(db.session.execute(words).scalars())
    option = coding.add_option(ACTOR, consultation.id, missing.id, {"fr": "De l’eau"})
    coding.code_texts(ACTOR, consultation.id, ids[:12], option)
    if others:
        with transaction() as session:
            session.execute(delete(ConsultationWords).where(ConsultationWords.id == ids[-1]))
    closing.correct_results(ACTOR, consultation.id, "Les textes sont lus.", version=1)
    (result,) = from_json(versions(consultation)[-1].content).questions
    assert (result.reading is None) is others


def test_an_error_in_the_middle_leaves_nothing(app: Flask) -> None:
    consultation, _ = ended()

    def fail(*_args: object) -> None:
        raise RuntimeError

    event.listen(ConsultationTally, "before_insert", fail)
    try:
        with pytest.raises(RuntimeError):
            closing.close_consultations()
    finally:
        event.remove(ConsultationTally, "before_insert", fail)
    assert versions(consultation) == []
    assert stored(consultation).frozen_at is None
    assert closing.close_consultations() == 1


# --- Sheets that two people type -------------------------------------------------------------------


@pytest.fixture
def twice(app: Flask) -> Asked:
    """A consultation whose paper comes in for one more day: a sheet typed once, and one that two read otherwise."""
    asked = make_asked(stage="paper", entered_twice=True)
    for number in (1, 2):
        enter_sheet(asked.staff, asked.row.id, typed(asked, number))
    enter_sheet(factories.make_account(contract=asked.contract), asked.row.id, typed(asked, 2, 1))
    return asked


def after_the_end(asked: Asked, **more: int) -> AbstractContextManager[object]:
    db.session.rollback()
    assert asked.row.paper_until is not None
    return clock.frozen_everywhere(asked.row.paper_until + timedelta(**more))


def test_a_sheet_that_waited_for_a_second_person_is_counted(app: Flask, twice: Asked) -> None:
    with after_the_end(twice, minutes=5):
        assert not closing.consultations_to_close()
        assert closing.close_consultations() == 0
        with pytest.raises(closing.SheetsDiffer):
            closing.publish_results(ACTOR, twice.row.id)
        browser = app.test_client()
        open_browser(browser, twice.staff)
        page = browser.get(f"/fr/bureau/consultations/{twice.row.slug}/resultats").text
        assert "1 feuille a été lue de deux façons" in page
        assert f"{twice.path}/comparer" in page
        assert "publiés seuls en quelques minutes" not in page
        assert versions(twice.row) == []
        assert sheets_of(twice.row.id).waiting.keys() == {1}, "what is refused keeps nothing"
        choose_entry(twice.staff, twice.row.id, 2, 2)
        assert closing.close_consultations() == 1
    sheets = sheets_of(twice.row.id)
    assert sheets.entered == {1, 2}
    assert not sheets.waiting
    assert not sheets.differing
    entry = db.session.execute(select(AuditEntry).order_by(AuditEntry.id.desc())).scalars().first()
    assert entry is not None
    assert (entry.after or {})["typed_once"] == 1
    tally = db.session.execute(select(ConsultationTally)).scalar_one()
    assert from_content(tally.content).total(Speaker.PERSON) == 2


def test_results_wait_a_week_for_two_readings_and_then_keep_the_first(app: Flask, twice: Asked) -> None:
    with after_the_end(twice, days=7, minutes=-1):
        assert closing.close_consultations() == 0
    with after_the_end(twice, days=7):
        assert closing.close_consultations() == 1
    found = answer_of_sheet(twice.row.id, 2)
    assert found is not None
    assert list(found.answers[twice.questions["single"]].choices) == [twice.options["single"][0]]
    assert sheets_of(twice.row.id).differing == frozenset()


def test_after_the_end_no_sheet_is_typed_again(app: Flask, twice: Asked) -> None:
    with after_the_end(twice, minutes=5), pytest.raises(NotTakenIn):
        choose_entry(twice.staff, twice.row.id, 2, 0)


# --- Workshops -------------------------------------------------------------------------------------


def make_workshop(consultation: Consultation, present: int, tables: list[dict[int, int | None]]) -> None:
    """A workshop, and what its tables chose."""
    with transaction() as session:
        workshop = ConsultationWorkshop(
            consultation_id=consultation.id,
            client_key=f"{consultation.id}-{present}",
            held_on=TODAY.date(),
            place="Maison du projet",
            present=present,
            version=1,
        )
        session.add(workshop)
        session.flush()
        number = workshop.id
    for at, choices in enumerate(tables, 1):
        answer = make.make_answer(consultation, choices=choices, speaker="table", people=4, channel="reunion")
        with transaction() as session:
            session.add(ConsultationWorkshopTable(answer_id=answer.id, workshop_id=number, number=at))


def test_workshops_are_published_beside_the_persons_and_never_added_to_them(
    app: Flask, client: FlaskClient
) -> None:
    consultation, (first, second, _third) = ended()
    make_workshop(consultation, 12, [{first: None}, {first: None}, {second: None}])
    make_workshop(consultation, 6, [{second: None}])
    make_workshop(consultation, 3, [{second: None}])
    closing.close_consultations()
    results = from_json(versions(consultation)[0].content)
    assert results.total == 40
    question = results.questions[0].question
    assert [(each.people, each.points) for each in results.workshops] == [
        (12, ((question, first, 2), (question, second, 1))),
        (6, None),
    ]
    page = client.get(f"/fr/consultations/{consultation.slug}/resultats").text
    assert "Un atelier avec 12 personnes" in page
    assert re.search(r"<dd>.*A.* · 2 tables</dd>", page)
    assert "Un atelier avec 6 personnes" in page
    assert "Un atelier avec 3" not in page


# --- Rows ------------------------------------------------------------------------------------------------------------


@contextmanager
def rows_read() -> Iterator[list[bool]]:
    """For each bundle of answers that was read: whether everybody else had to wait for it."""
    held: list[bool] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM consultation_choice" in statement and "answer_id >" in statement:
            held.append(is_writing())

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield held
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_rows_are_read_while_others_write(app: Flask) -> None:
    consultation, _options = ended(open_rows=True)
    with rows_read() as held:
        assert closing.close_consultations() == 1
    assert held == [False]
    assert from_json(versions(consultation)[0].content).rows is not None


def test_rows_are_read_again_where_an_answer_changed_meanwhile(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation, options = ended(open_rows=True)
    late: list[int] = []

    def answered_just_before(*held: Any) -> Consultation:
        if not late:
            late.extend(make.make_answers(consultation, 10, choices={options[2]: None}))
        return hold_alone(*held)

    monkeypatch.setattr(closing, "hold_alone", answered_just_before)
    with rows_read() as held:
        assert closing.publish_results(ACTOR, consultation.id) == 1
    assert held == [False, True]
    content = from_json(versions(consultation)[0].content)
    assert content.rows is not None
    assert sum(count for _values, count in content.rows.alike) == content.total == 50
