"""Add, change, move and delete the questions of a consultation that nobody has answered."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationCondition,
    ConsultationCross,
    ConsultationOption,
    ConsultationQuestion,
)
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewQuestion
from cdv_civic.consultations.operations.editing.holding import editing
from cdv_civic.consultations.operations.editing.steps import forget_pictures, refuse_broken, step_of
from cdv_civic.consultations.operations.idea_links import let_choice_go
from cdv_civic.consultations.operations.voices import forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.rules.conditions import broken_by, broken_by_deleting, may_look_at
from cdv_civic.consultations.rules.editing import in_order, moved
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.texts_version import TextsChanged, texts_version


def add_question(actor: Actor, consultation_id: int, step_id: int, new: NewQuestion, *, version: int) -> int:
    """A new question at the end of its step; its id. Raises as `holding.editing` does, and `DomainError`."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        question = building.add_question(session, actor, row, step, new)
        _depend(session, row, question, new.condition)
        return question.id


def question_version(question: ConsultationQuestion, condition: int | None) -> int:
    """One number for all that the form of a question shows; 2 statements."""
    texts = texts_in_all(question.text_id, question.hint_id, question.easy_id)
    bounds = (question.least, question.most, question.lowest, question.highest)
    rest = (question.required, question.may_publish, *bounds, tuple(question.classes or ()), condition)
    return texts_version(
        [("rest", *rest), *((place, *sorted(each.items())) for place, each in enumerate(texts))]
    )


def change_question(
    actor: Actor, consultation_id: int, question_id: int, new: NewQuestion, *, version: int
) -> None:
    """Other words, bounds or another condition for a question; its kind and its options stay.

    `version`: `question_version` of what the form showed.
    """
    with editing(actor, consultation_id, asks=True) as (session, row):
        question = question_of(session, row, question_id)
        known = session.get(ConsultationCondition, question_id, populate_existing=True)
        _check_version(question, known.option_id if known else None, version)
        building.fill_question(session, actor, row, question, new)
        _depend(session, row, question, new.condition)


def _check_version(question: ConsultationQuestion, condition: int | None, version: int) -> None:
    if question_version(question, condition) != version:
        raise TextsChanged


def move_question(actor: Actor, consultation_id: int, question_id: int, *, up: bool) -> None:
    """A question one place up or down within its step."""
    with editing(actor, consultation_id, asks=True) as (session, row):
        question = question_of(session, row, question_id)
        before = definition_of(row.id, SOURCE_LANGUAGE)
        here = [each.id for each in before.questions if each.step_id == question.step_id]
        order = moved(here, question_id, up=up)
        new = iter(order)
        whole = [next(new) if each.step_id == question.step_id else each.id for each in before.questions]
        refuse_broken(before, broken_by(before.rules, in_order(before.rules, whole)))
        rows = session.execute(
            select(ConsultationQuestion).where(ConsultationQuestion.step_id == question.step_id)
        ).scalars()
        building.put_in_order({each.id: each for each in rows}, order)


def delete_question(actor: Actor, consultation_id: int, question_id: int, *, version: int) -> None:
    """A question with its options; refused where another one depends on them."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        question = question_of(session, row, question_id)
        before = definition_of(row.id, SOURCE_LANGUAGE)
        refuse_broken(before, broken_by_deleting(before.rules, [question_id]))
        forget_pictures(session, ConsultationOption.question_id == question_id)
        forget_recordings(session, ConsultationRecording.question_id == question_id)
        crosses = session.execute(
            select(ConsultationCross).where(
                (ConsultationCross.row_question_id == question_id)
                | (ConsultationCross.column_question_id == question_id)
            )
        ).scalars()
        for each in crosses:
            session.delete(each)
        let_choice_go(session, actor, row, [question_id])
        session.flush()
        session.delete(question)


def question_of(session: Session, row: Consultation, question_id: int) -> ConsultationQuestion:
    """A question of a consultation; raises `NotFound`."""
    question = session.get(ConsultationQuestion, question_id, populate_existing=True)
    if question is None or question.consultation_id != row.id:
        raise NotFound(_l("Cette question n’existe pas."))
    return question


def _depend(
    session: Session, row: Consultation, question: ConsultationQuestion, option_id: int | None
) -> None:
    known = session.get(ConsultationCondition, question.id, populate_existing=True)
    if option_id is None:
        if known is not None:
            session.delete(known)
            session.flush()
        return
    offered = may_look_at(definition_of(row.id, SOURCE_LANGUAGE).rules, question.id)
    if option_id not in offered:
        raise DomainError(_l("Choisissez une réponse à une question qui vient avant."), field="condition")
    if known is None:
        session.add(ConsultationCondition(question_id=question.id, option_id=option_id))
    else:
        known.option_id = option_id
    session.flush()
