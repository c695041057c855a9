"""What verbs about commissions share: a meeting held still, and those that refuse a closed one."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import ChangedMeanwhile, Conflict, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.models.choosing import JuryItem, JuryMeeting
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.operations.locking import fund_of
from cdv_civic.fund.scopes import EDIT

NO_MEETING: Final = _l("Cette réunion n’existe pas.")
NO_ITEM: Final = _l("Ce projet n’est plus à l’ordre du jour.")
NO_MEMBER: Final = _l("Cette personne n’est pas membre de la commission.")


class MeetingClosed(Conflict):
    """Nothing of the meeting changes any more."""

    def __init__(self) -> None:
        super().__init__(_l("Cette réunion est close\u00a0: rien n’y change plus."))


@dataclass(frozen=True)
class ItemPlace:
    """Where an item of an agenda lies: none of it ever changes."""

    id: int
    fund_id: int
    round_id: int
    project_id: int
    meeting_id: int


def item_place(session: Session, item_id: int) -> ItemPlace:
    """Where an item lies; raises `NotFound`. 1 statement."""
    row = session.execute(
        select(JuryItem.id, JuryMeeting.fund_id, JuryItem.round_id, JuryItem.project_id, JuryItem.meeting_id)
        .join(JuryMeeting, JuryMeeting.id == JuryItem.meeting_id)
        .where(JuryItem.id == item_id)
    ).first()
    if row is None:
        raise NotFound(NO_ITEM)
    return ItemPlace(*row)


def fund_of_meeting(session: Session, actor: Actor, meeting_id: int) -> Fund:
    """The fund of a meeting, held against change, for whoever runs it. Raises `NotFound`, `Forbidden`. 2 statements."""
    fund_id = session.execute(select(JuryMeeting.fund_id).where(JuryMeeting.id == meeting_id)).scalar()
    if fund_id is None:
        raise NotFound(NO_MEETING)
    return fund_of(session, actor, fund_id, EDIT)


def held_meeting(
    session: Session, meeting_id: int, version: int | None = None, *, shared: bool = False
) -> JuryMeeting:
    """A meeting, locked (`shared`: nobody changes it meanwhile, others come by); `version` is the page's.

    Raises `NotFound`, `Conflict`.
    """
    meeting: JuryMeeting | None = session.execute(
        select(JuryMeeting)
        .where(JuryMeeting.id == meeting_id)
        .with_for_update(read=shared, key_share=not shared),
        execution_options={"populate_existing": True},
    ).scalar()
    if meeting is None:
        raise NotFound(NO_MEETING)
    if version is not None and meeting.version != version:
        raise ChangedMeanwhile
    return meeting


def open_meeting(
    session: Session, meeting_id: int, version: int | None = None, *, shared: bool = False
) -> JuryMeeting:
    """`held_meeting`, of one that is not closed; raises `MeetingClosed` too."""
    meeting = held_meeting(session, meeting_id, shared=shared)
    if meeting.closed_at is not None:
        raise MeetingClosed
    if version is not None and meeting.version != version:
        raise ChangedMeanwhile
    return meeting


def held_item(session: Session, item_id: int, version: int | None = None) -> JuryItem:
    """An item of a meeting that the caller holds; `version` is the page's. Raises `NotFound`, `Conflict`."""
    item = session.get(JuryItem, item_id, populate_existing=True)
    if item is None:
        raise NotFound(NO_ITEM)
    if version is not None and item.version != version:
        raise ChangedMeanwhile
    return item
