"""Add, name, move and delete the steps of a consultation that nobody has answered."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.engine.wording import broken_said
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.holding import Texts, editing
from cdv_civic.consultations.operations.idea_links import let_box_go, let_choice_go
from cdv_civic.consultations.operations.voices import forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.consultations.rules.conditions import broken_by, broken_by_deleting
from cdv_civic.consultations.rules.editing import moved
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.stored_files import StoredFile


def add_step(
    actor: Actor, consultation_id: int, kind: str, title: Texts, intro: Texts, *, version: int
) -> int:
    """A new step, after the others; its id. Raises as `holding.editing` does, and `DomainError`."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = building.add_step(session, actor, row, kind, title, intro)
        return step.id


def change_step(
    actor: Actor, consultation_id: int, step_id: int, title: Texts, intro: Texts, *, version: int
) -> None:
    """Other words for a step."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        building.fill_step(session, actor, row, step, title, intro)


def move_step(actor: Actor, consultation_id: int, step_id: int, *, up: bool) -> None:
    """A step one place up or down; refused where a question would come before what it depends on."""
    with editing(actor, consultation_id, asks=True) as (session, row):
        before = definition_of(row.id, SOURCE_LANGUAGE)
        step_of(session, row, step_id)
        order = moved([step.id for step in before.steps], step_id, up=up)
        steps = {step.id: step for step in before.steps}
        after = [question.rule for each in order for question in steps[each].questions]
        refuse_broken(before, broken_by(before.rules, after))
        rows = session.execute(
            select(ConsultationStep).where(ConsultationStep.consultation_id == row.id)
        ).scalars()
        building.put_in_order({each.id: each for each in rows}, order)


def delete_step(actor: Actor, consultation_id: int, step_id: int, *, version: int) -> None:
    """A step, its questions, their pictures and voices; refused where a question elsewhere depends on one of them."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        before = definition_of(row.id, SOURCE_LANGUAGE)
        own = [question.id for question in before.questions if question.step_id == step_id]
        refuse_broken(before, broken_by_deleting(before.rules, own))
        questions = select(ConsultationQuestion.id).where(ConsultationQuestion.step_id == step_id)
        forget_pictures(session, ConsultationOption.question_id.in_(questions))
        forget_recordings(session, ConsultationRecording.question_id.in_(questions))
        let_box_go(session, step_id=step_id)
        let_choice_go(session, actor, row, own)
        session.delete(step)


def step_of(session: Session, row: Consultation, step_id: int) -> ConsultationStep:
    """A step of a consultation; raises `NotFound`."""
    step = session.get(ConsultationStep, step_id, populate_existing=True)
    if step is None or step.consultation_id != row.id:
        raise NotFound(_l("Cette étape n’existe pas."))
    return step


def refuse_broken(before: Definition, broken: Sequence[int]) -> None:
    """Refuse an act after which questions would depend on nothing that comes earlier."""
    if broken:
        raise DomainError(broken_said(before, broken))


def forget_pictures(session: Session, options: object) -> None:
    """Delete the files of some options, within an act that deletes these."""
    found = session.execute(
        select(ConsultationOption).where(options, ConsultationOption.picture_id.is_not(None))  # type: ignore[arg-type]
    ).scalars()
    for option in found:
        picture = session.get_one(StoredFile, option.picture_id)
        forget_picture(session, option)
        session.delete(picture)
    session.flush()


def forget_picture(session: Session, option: ConsultationOption) -> None:
    """Take the picture off an option, with what it shows in words."""
    words_id, option.picture_id, option.picture_words_id = option.picture_words_id, None, None
    session.flush()
    forget_text(session, words_id)
