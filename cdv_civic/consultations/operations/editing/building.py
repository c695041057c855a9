"""Steps, questions and options as an organiser gives them, and the rows that they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.operations.editing.holding import LONGEST_LINE, LONGEST_TEXT, Texts, put_field
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    MOST_OPTIONS,
    MOST_POINTS,
    MOST_QUESTIONS,
    WITH_OPTIONS,
    QuestionKind,
)
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids

LONGEST_QUESTION: Final = 300


@dataclass(frozen=True)
class NewOption:
    """An option that a question gets."""

    text: Texts
    axis_id: int | None = None
    commitment_id: int | None = None
    #: A stored file that no other option has, and what it shows, in words.
    picture_id: int | None = None
    picture_words: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class NewQuestion:
    """A question that a step gets, or as it is to be."""

    kind: QuestionKind
    text: Texts
    hint: Texts = field(default_factory=dict)
    easy: Texts = field(default_factory=dict)
    required: bool = False
    least: int | None = None
    most: int | None = None
    lowest: int | None = None
    highest: int | None = None
    classes: tuple[int, ...] = ()
    options: Sequence[NewOption] = ()
    #: The option of an earlier question that whoever is asked has chosen.
    condition: int | None = None
    #: Of words: whether the form says that chosen texts may be published without a name.
    may_publish: bool = False


def add_step(
    session: Session, actor: Actor | None, row: Consultation, kind: str, title: Texts, intro: Texts
) -> ConsultationStep:
    """A step after those that are there; the caller holds the consultation."""
    if kind not in step_kinds():
        raise DomainError(_l("Choisissez une réponse de la liste."), field="kind")
    step = ConsultationStep(
        id=reserve_ids(session, ConsultationStep)[0],
        consultation_id=row.id,
        position=next_position(session, ConsultationStep, ConsultationStep.consultation_id == row.id),
        kind=kind,
        title_id=None,
        intro_id=None,
    )
    fill_step(session, actor, row, step, title, intro)
    session.add(step)
    session.flush()
    return step


def fill_step(
    session: Session,
    actor: Actor | None,
    row: Consultation,
    step: ConsultationStep,
    title: Texts,
    intro: Texts,
) -> None:
    """Write the texts of a step."""
    with Refusals() as refused:
        for name, texts, longest in (("title", title, LONGEST_LINE), ("intro", intro, LONGEST_TEXT)):
            refused.unless(
                put_field,
                session,
                actor,
                step,
                name,
                texts,
                longest=longest,
                contract_id=row.contract_id,
            )


def add_question(
    session: Session,
    actor: Actor | None,
    row: Consultation,
    step: ConsultationStep,
    new: NewQuestion,
) -> ConsultationQuestion:
    """A question after those that its step has; the caller holds the consultation."""
    if new.kind not in step_kinds()[step.kind].takes:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="kind")
    there = select(func.count()).where(ConsultationQuestion.consultation_id == row.id)
    if session.execute(there).scalar_one() >= MOST_QUESTIONS:
        raise DomainError(_l("Une consultation a %(most)s questions au plus.", most=MOST_QUESTIONS))
    question = ConsultationQuestion(
        id=reserve_ids(session, ConsultationQuestion)[0],
        consultation_id=row.id,
        step_id=step.id,
        position=next_position(session, ConsultationQuestion, ConsultationQuestion.step_id == step.id),
        kind=new.kind.value,
        hint_id=None,
        easy_id=None,
        classes=None,
    )
    fill_question(session, actor, row, question, new)
    session.add(question)
    session.flush()
    add_options(session, actor, row, question, new.options)
    return question


def fill_question(
    session: Session,
    actor: Actor | None,
    row: Consultation,
    question: ConsultationQuestion,
    new: NewQuestion,
) -> None:
    """Write what a question says and takes; its options and its condition are written elsewhere."""
    must = _l("Écrivez la question en français.")
    with Refusals() as refused:
        for name, texts, longest, missing in (
            ("text", new.text, LONGEST_QUESTION, must),
            ("hint", new.hint, LONGEST_TEXT, None),
            ("easy", new.easy, LONGEST_QUESTION, None),
        ):
            refused.unless(
                put_field,
                session,
                actor,
                question,
                name,
                texts,
                longest=longest,
                contract_id=row.contract_id,
                must=missing,
            )
        _check_bounds(new, refused)
    question.required = new.required
    question.least, question.most = new.least, new.most
    question.lowest, question.highest = new.lowest, new.highest
    question.classes = list(new.classes) or None
    question.may_publish = new.may_publish and new.kind in IN_WORDS


def _check_bounds(new: NewQuestion, refused: Refusals) -> None:
    if new.least is not None and new.most is not None and new.least > new.most:
        refused.add(DomainError(_l("Le nombre le plus petit vient d’abord."), field="most"))
    if new.lowest is not None and new.highest is not None and new.lowest >= new.highest:
        refused.add(DomainError(_l("Le nombre le plus petit vient d’abord."), field="highest"))
    if new.kind is QuestionKind.POINTS and (new.most or 0) > MOST_POINTS:
        refused.add(DomainError(_l("%(most)s points au plus.", most=MOST_POINTS), field="most"))


def add_options(
    session: Session,
    actor: Actor | None,
    row: Consultation,
    question: ConsultationQuestion,
    new: Sequence[NewOption],
) -> list[ConsultationOption]:
    """Options after those that a question has; the caller holds the consultation."""
    if not new:
        return []
    if QuestionKind(question.kind) not in WITH_OPTIONS:
        raise DomainError(_l("Cette question n’a pas de réponses à choisir."), field="options")
    place = next_position(session, ConsultationOption, ConsultationOption.question_id == question.id)
    there = select(func.count()).where(ConsultationOption.question_id == question.id)
    if session.execute(there).scalar_one() + len(new) > MOST_OPTIONS:
        raise DomainError(
            _l("Une question propose %(most)s réponses au plus.", most=MOST_OPTIONS), field="options"
        )
    found = []
    for position, (each, id_) in enumerate(
        zip(new, reserve_ids(session, ConsultationOption, len(new)), strict=True), start=place
    ):
        option = ConsultationOption(
            id=id_,
            question_id=question.id,
            position=position,
            picture_id=None,
            picture_words_id=None,
            axis_id=each.axis_id,
            commitment_id=each.commitment_id,
            came_up_in=None,
        )
        put_field(
            session,
            actor,
            option,
            "text",
            each.text,
            longest=LONGEST_TEXT if each.axis_id or each.commitment_id else LONGEST_LINE,
            contract_id=row.contract_id,
            must=_l("Écrivez cette réponse en français."),
        )
        if each.picture_id is not None:
            put_field(
                session,
                actor,
                option,
                "picture_words",
                each.picture_words,
                longest=LONGEST_LINE,
                contract_id=row.contract_id,
            )
            option.picture_id = each.picture_id
        session.add(option)
        found.append(option)
    session.flush()
    return found


def next_position(session: Session, table: Any, where: Any) -> int:
    """The place after the last one; 1 statement."""
    last = session.execute(select(func.max(table.position)).where(where)).scalar()
    return 0 if last is None else int(last) + 1


def put_in_order(rows: Mapping[int, Any], order: Sequence[int]) -> None:
    """Give rows, by id, the places of their order."""
    for position, each in enumerate(order):
        rows[each].position = position
