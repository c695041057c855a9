"""Add, change, move and delete what a question offers, with its pictures."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewOption
from cdv_civic.consultations.operations.editing.holding import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Texts,
    editing,
    put_field,
)
from cdv_civic.consultations.operations.editing.questions import question_of
from cdv_civic.consultations.operations.editing.steps import (
    forget_pictures,
    refuse_broken,
)
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.options_of_contract import contract_options
from cdv_civic.consultations.rules.conditions import broken_by_deleting_option
from cdv_civic.consultations.rules.editing import TooManyOptions, lines_of, moved
from cdv_civic.consultations.rules.questions import MOST_OPTIONS
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.texts_version import TextsChanged, texts_version
from cdv_civic.core.uploads.receiving import Upload, stored


def read_options(typed: str, there: int = 0) -> list[NewOption]:
    """The options of a quick entry, one a line; raises `DomainError` for the field `options`."""
    try:
        return [NewOption({SOURCE_LANGUAGE: line}) for line in lines_of(typed, there)]
    except TooManyOptions:
        raise DomainError(
            _l("Une question propose %(most)s réponses au plus.", most=MOST_OPTIONS), field="options"
        ) from None


def add_options(
    actor: Actor, consultation_id: int, question_id: int, new: Sequence[NewOption], *, version: int
) -> int:
    """More options at the end; how many. Raises as `holding.editing` does, and `DomainError`."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        question = question_of(session, row, question_id)
        return len(building.add_options(session, actor, row, question, new))


def take_from_contract(
    actor: Actor,
    consultation_id: int,
    question_id: int,
    *,
    axes: Sequence[int] = (),
    commitments: Sequence[int] = (),
    version: int,
) -> int:
    """Axes and commitments of the contract as options, with what is translated of them; how many were added.

    Those that stand there already are left out.
    """
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        question = question_of(session, row, question_id)
        there = session.execute(
            select(ConsultationOption.axis_id, ConsultationOption.commitment_id).where(
                ConsultationOption.question_id == question_id
            )
        )
        known = {(each.axis_id, each.commitment_id) for each in there}
        found = [
            each
            for each in contract_options(session, row.contract_id, axes, commitments)
            if (each.axis_id, each.commitment_id) not in known
        ]
        new = [NewOption(each.texts, each.axis_id, each.commitment_id) for each in found]
        return len(building.add_options(session, None, row, question, new))


def option_version(option: ConsultationOption) -> int:
    """One number for all that the form of an option shows; 2 statements."""
    text, shows = texts_in_all(option.text_id, option.picture_words_id)
    return texts_version(
        [("text", *sorted(text.items())), ("shows", *sorted(shows.items())), ("picture", option.picture_id)]
    )


def change_option(
    actor: Actor,
    consultation_id: int,
    option_id: int,
    text: Texts,
    *,
    picture: Upload | None = None,
    picture_words: Texts,
    remove_picture: bool = False,
    version: int,
) -> None:
    """Other words for an option; a picture, said in words too. `version`: `option_version` of what the form showed."""
    if picture is not None and picture.kind != "photo":
        raise DomainError(_l("Choisissez une photo."), field="picture")
    keeping: Any = stored(picture) if picture is not None else nullcontext()
    with keeping as rows_of, editing(actor, consultation_id, asks=True) as (session, row):
        option, _question = option_of(session, row, option_id)
        if option_version(option) != version:
            raise TextsChanged
        longest = LONGEST_TEXT if option.axis_id or option.commitment_id else LONGEST_LINE
        put_field(
            session,
            actor,
            option,
            "text",
            text,
            longest=longest,
            contract_id=row.contract_id,
            must=_l("Écrivez cette réponse en français."),
        )
        if (picture is not None or remove_picture) and option.picture_id is not None:
            forget_pictures(session, ConsultationOption.id == option.id)
        file_id = rows_of(session)[0].id if picture is not None else option.picture_id
        if file_id is not None:
            put_field(
                session,
                actor,
                option,
                "picture_words",
                picture_words,
                longest=LONGEST_LINE,
                contract_id=row.contract_id,
                must=_l("Dites ce que montre l’image, pour qui ne la voit pas."),
            )
        # Both at once, as the database asks.
        option.picture_id = file_id
        session.flush()


def move_option(actor: Actor, consultation_id: int, option_id: int, *, up: bool) -> None:
    """An option one place up or down."""
    with editing(actor, consultation_id, asks=True) as (session, row):
        option, _question = option_of(session, row, option_id)
        rows = session.execute(
            select(ConsultationOption)
            .where(ConsultationOption.question_id == option.question_id)
            .order_by(ConsultationOption.position, ConsultationOption.id)
        ).scalars()
        by_id = {each.id: each for each in rows}
        building.put_in_order(by_id, moved(list(by_id), option_id, up=up))


def delete_option(actor: Actor, consultation_id: int, option_id: int, *, version: int) -> None:
    """An option; refused where a question depends on it."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        option, _question = option_of(session, row, option_id)
        before = definition_of(row.id, SOURCE_LANGUAGE)
        refuse_broken(before, broken_by_deleting_option(before.rules, option_id))
        forget_pictures(session, ConsultationOption.id == option_id)
        session.delete(option)


def option_of(
    session: Session, row: Consultation, option_id: int
) -> tuple[ConsultationOption, ConsultationQuestion]:
    """An option of a consultation, and its question; raises `NotFound`."""
    option = session.get(ConsultationOption, option_id, populate_existing=True)
    if option is None:
        raise NotFound(_l("Cette réponse n’existe pas."))
    return option, question_of(session, row, option.question_id)
