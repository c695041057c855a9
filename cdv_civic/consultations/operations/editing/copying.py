"""Begin a consultation as a copy of an older one, or as the wave after it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationCondition,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewOption, NewQuestion
from cdv_civic.consultations.operations.editing.creating import (
    Organiser,
    check_organiser,
    made_before,
    made_once,
    new_consultation,
    option_ids,
    record_begun,
)
from cdv_civic.consultations.operations.editing.holding import ACTION, LONGEST_LINE, Texts, put_field
from cdv_civic.consultations.operations.editing.settings import LONGEST_WAVE, TEXTS, long_wave
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.queries.options_of_contract import shown_texts
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.uploads.receiving import FileCopy, copy_of, stored
from cdv_civic.core.uploads.stored_files import StoredFile

#: Of an older consultation what a copy takes: all but its title, its moments, and what became of it.
_COPIED: Final = ("power", "proof", "age_to_answer", "age_for_name", "age_for_photo", "reaches_nobody")


def copy(
    actor: Actor,
    organiser: Organiser,
    source_id: int,
    title: Texts,
    *,
    client_key: str,
    as_wave: str | None = None,
) -> str:
    """A consultation that asks what an older one asked, with what is translated of it; its slug.

    `as_wave`: the name of the wave that it is, after the older one, whose results stand beside then. Pictures are kept
    once more, each as a file of its own. Raises as `create` does, `ChangedMeanwhile` and `StoreUnavailable`.
    """
    require(actor, ACTION)
    key = read_key(client_key)
    return made_once(lambda: _copy(actor, organiser, source_id, title, key, as_wave))


def _copy(
    actor: Actor, organiser: Organiser, source_id: int, title: Texts, key: str, as_wave: str | None
) -> str:
    pictures = _pictures_of(actor, source_id)
    copies = {number: each for number, each in pictures.items() if each is not None}
    with stored(*copies.values()) as rows_of, transaction() as session:
        check_organiser(session, actor, organiser)
        known = made_before(session, key)
        if known is not None:
            return known.slug
        source = _readable(session, actor, source_id)
        if _picture_ids(session, source_id) != set(pictures):
            raise ChangedMeanwhile
        row = new_consultation(session, actor, organiser, title, key)
        for name in _COPIED:
            setattr(row, name, getattr(source, name))
        row.languages, row.one_question_a_screen = list(source.languages), source.one_question_a_screen
        if as_wave is not None and source.contract_id == row.contract_id:
            row.wave_of_id, row.wave = source.id, as_wave.strip() or None
            if row.wave is None:
                raise DomainError(_l("Donnez un nom à cette vague, par exemple 2027."), field="wave")
            if len(row.wave) > LONGEST_WAVE:
                raise long_wave()
        files = {number: each.id for number, each in zip(copies, rows_of(session), strict=True)}
        _copy_all(session, source, row, files)
        record_begun(session, actor, row, {"copy_of": source.slug})
        return row.slug


def _readable(session: Session, actor: Actor, source_id: int) -> Consultation:
    """The consultation that is copied, for whoever reads it; raises `NotFound`, `Forbidden`."""
    source = session.get(Consultation, source_id, populate_existing=True)
    if source is None:
        raise NotFound(_l("Cette consultation n’existe pas."))
    require(actor, "consultation.read", touched_consultation(session, source))
    return source


def _picture_ids(session: Session, consultation_id: int) -> set[int]:
    """The files of the pictures of a consultation; 1 statement."""
    found = session.execute(
        select(ConsultationOption.picture_id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .where(
            ConsultationQuestion.consultation_id == consultation_id,
            ConsultationOption.picture_id.is_not(None),
        )
    ).scalars()
    return {number for number in found if number is not None}


def _pictures_of(actor: Actor, source_id: int) -> dict[int, FileCopy | None]:
    """A copy of each picture, by the id of its file; None where the store has lost it: the option stays without.

    They are copied before the transaction, so that nobody waits for the store.
    """
    session = db.session()
    _readable(session, actor, source_id)
    numbers = sorted(_picture_ids(session, source_id))
    rows = session.execute(
        select(StoredFile).where(StoredFile.id.in_(numbers)).order_by(StoredFile.id)
    ).scalars()
    return {row.id: copy_of(row) for row in rows}


def _rows(session: Session, table: Any, *where: Any) -> list[Any]:
    return list(session.execute(select(table).where(*where).order_by(table.position, table.id)).scalars())


def _copy_all(session: Session, source: Consultation, row: Consultation, files: Mapping[int, int]) -> None:
    """Texts, steps, questions, options, conditions and publics of an older consultation. `files`: of its pictures, the
    id of a file -> that of its copy.
    """
    steps = _rows(session, ConsultationStep, ConsultationStep.consultation_id == source.id)
    # What moderation hid is asked nowhere again.
    questions = _rows(
        session,
        ConsultationQuestion,
        ConsultationQuestion.consultation_id == source.id,
        ConsultationQuestion.hidden_at.is_(None),
    )
    ids = [each.id for each in questions]
    options = _rows(
        session,
        ConsultationOption,
        ConsultationOption.question_id.in_(ids),
        ConsultationOption.came_up_in.is_(None),
    )
    publics = _rows(session, ConsultationPublic, ConsultationPublic.consultation_id == source.id)
    fields = [field for field in TEXTS if field != "title"]
    named = [getattr(source, f"{field}_id") for field in fields]
    named += [text_id for step in steps for text_id in (step.title_id, step.intro_id)]
    named += [text_id for each in questions for text_id in (each.text_id, each.hint_id, each.easy_id)]
    named += [text_id for each in options for text_id in (each.text_id, each.picture_words_id)]
    named += [public.name_id for public in publics]
    texts = shown_texts(session, [each for each in named if each is not None])
    for field in fields:
        words = texts.get(getattr(source, f"{field}_id"), {})
        put_field(session, None, row, field, words, longest=TEXTS[field], contract_id=row.contract_id)
    new_options: dict[int, int] = {}
    new_questions: dict[int, int] = {}
    for step in steps:
        made = building.add_step(
            session, None, row, step.kind, texts.get(step.title_id, {}), texts.get(step.intro_id, {})
        )
        for old in (each for each in questions if each.step_id == step.id):
            offered = [option for option in options if option.question_id == old.id]
            question = building.add_question(session, None, row, made, _as_new(old, offered, texts, files))
            new_questions[old.id] = question.id
            new_options |= dict(
                zip((option.id for option in offered), option_ids(session, question), strict=True)
            )
    conditions = session.execute(
        select(ConsultationCondition).where(ConsultationCondition.question_id.in_(ids))
    ).scalars()
    for each in conditions.all():
        session.add(
            ConsultationCondition(
                question_id=new_questions[each.question_id], option_id=new_options[each.option_id]
            )
        )
    for position, public in enumerate(publics):
        copied = ConsultationPublic(
            id=reserve_ids(session, ConsultationPublic)[0],
            consultation_id=row.id,
            position=position,
            channel=public.channel,
            reached=None,
            name_id=None,
        )
        put_field(
            session,
            None,
            copied,
            "name",
            texts[public.name_id],
            longest=LONGEST_LINE,
            contract_id=row.contract_id,
        )
        session.add(copied)
        session.flush()
    session.flush()


def _as_new(
    old: ConsultationQuestion,
    offered: Sequence[ConsultationOption],
    texts: Mapping[int, dict[str, str]],
    files: Mapping[int, int],
) -> NewQuestion:
    return NewQuestion(
        QuestionKind(old.kind),
        texts[old.text_id],
        texts.get(old.hint_id or 0, {}),
        texts.get(old.easy_id or 0, {}),
        old.required,
        old.least,
        old.most,
        old.lowest,
        old.highest,
        tuple(old.classes or ()),
        [
            NewOption(
                texts[option.text_id],
                option.axis_id,
                option.commitment_id,
                files.get(option.picture_id or 0),
                texts.get(option.picture_words_id or 0, {}),
            )
            for option in offered
        ],
        may_publish=old.may_publish,
    )
