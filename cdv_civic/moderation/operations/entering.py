"""A text comes under moderation as it comes in."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.moderation.models import Charter, ModeratedText
from cdv_civic.moderation.operations.following import read_again
from cdv_civic.moderation.rules.decisions import READ_WITHIN_HOURS, NotInThisState, TextState, waits_first


@dataclass(frozen=True)
class ModeratedBy:
    """Whose moderators read a text: a body’s, a commune’s staff, or with neither the staff of the contract."""

    contract_id: int
    body_id: int | None = None
    commune_id: int | None = None


def open_case(
    session: Session,
    kind: str,
    by: ModeratedBy,
    *,
    author_id: int | None,
    sensitive: bool = False,
    minor: bool = False,
    read_before: bool | None = None,
) -> ModeratedText:
    """Open the case of a text that just came in, within the caller's transaction, which then adds the text itself.

    `read_before`: whether it waits for a moderator, where the place that it was written for says so; None: as the
    charter says, or, where there is none, yes. 2 statements.
    """
    charter = session.execute(
        select(Charter.read_before, Charter.read_within_hours).where(
            Charter.contract_id == by.contract_id,
            Charter.body_id.is_(None) if by.body_id is None else Charter.body_id == by.body_id,
            Charter.published_at.is_not(None),
        )
    ).first()
    if read_before is None:
        read_before = charter is None or charter.read_before
    waits = waits_first(read_before=read_before, sensitive=sensitive, minor=minor)
    now = clock.now()
    hours = READ_WITHIN_HOURS if charter is None else charter.read_within_hours
    text = ModeratedText(
        kind=kind,
        contract_id=by.contract_id,
        body_id=by.body_id,
        commune_id=by.commune_id,
        state=(TextState.WAITING if waits else TextState.PUBLISHED).value,
        sensitive=sensitive,
        minor=minor,
        author_id=author_id,
        received_at=now,
        due_at=now + timedelta(hours=hours),
        published_at=None if waits else now,
        shown_words=None,
        shown_title=None,
        merged_into_id=None,
        version=1,
    )
    session.add(text)
    session.flush()
    return text


def held_case(session: Session, case_id: int) -> ModeratedText:
    """The case of a text, its row locked, within the caller's transaction; the text's own row is locked after it."""
    return session.execute(
        select(ModeratedText).where(ModeratedText.id == case_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar_one()


def wait_again(session: Session, case: ModeratedText) -> None:
    """Let a locked case wait for a moderator once more, as its author wrote it otherwise. Raises `NotInThisState` where
    nobody asked for that. 1 statement.
    """
    if case.state != TextState.REWORDING.value:
        raise NotInThisState(f"reworded in {case.state}")
    read_again(session, case)


def take_back(case: ModeratedText) -> None:
    """End a locked case whose author took the text back: nobody moderates it any more, and nobody else reads it.

    What was decided stays, without the person and without words.
    """
    case.state = TextState.TAKEN_BACK.value
    case.author_id = case.merged_into_id = case.shown_words = case.shown_title = None
    case.photo_hidden = False
    case.version += 1
