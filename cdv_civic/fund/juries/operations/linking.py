"""Who is linked to a project: what follows from who carries it, and what members declare. Their marks go."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.locking import (
    NO_ITEM,
    NO_MEMBER,
    fund_of_meeting,
    item_place,
    open_meeting,
)
from cdv_civic.fund.linked import computed_links
from cdv_civic.fund.models.choosing import JuryConflict, JuryItem, JuryMark, JuryMeeting, JuryMember
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import held_project, record_of_fund
from cdv_civic.fund.rules.juries import JuryLinkKind
from cdv_civic.fund.scopes import EDIT, SIT


@dataclass(frozen=True)
class NotedLink:
    """What went with a link that was noted."""

    #: The mark that the member had given: it is gone.
    mark_removed: bool
    #: The decision that was entered: it was counted with the member, and has to be entered anew.
    decision_removed: bool


def clear_outcome(item: JuryItem) -> None:
    """The project is not decided any more; what was written about it stays."""
    item.outcome = item.taking_part = item.aside = item.yes = item.no = None
    item.amount_cents = item.envelope_id = None
    item.version += 1


def note_link(session: Session, member_id: int, project_id: int, kind: JuryLinkKind) -> NotedLink:
    """Note that a member is linked to a project, which the caller holds; within the caller's transaction.

    At meetings that are not closed their mark goes, and a decision that was entered with them. One that is noted
    already changes nothing.
    """
    known = session.execute(
        select(JuryConflict.kind).where(
            JuryConflict.member_id == member_id, JuryConflict.project_id == project_id
        )
    ).first()
    if known is not None:
        return NotedLink(mark_removed=False, decision_removed=False)
    items = session.execute(
        select(JuryItem)
        .join(JuryMeeting, JuryMeeting.id == JuryItem.meeting_id)
        .where(JuryItem.project_id == project_id, JuryMeeting.closed_at.is_(None))
        .order_by(JuryMeeting.id)
        .with_for_update(of=JuryMeeting, key_share=True),
        execution_options={"populate_existing": True},
    ).scalars()
    marked = decided = False
    for item in items.all():
        gone = session.execute(
            delete(JuryMark)
            .where(JuryMark.item_id == item.id, JuryMark.member_id == member_id)
            .returning(JuryMark.item_id)
            .execution_options(synchronize_session=False)
        ).all()
        marked |= bool(gone)
        if item.outcome is not None:
            decided = True
            clear_outcome(item)
    session.add(
        JuryConflict(member_id=member_id, project_id=project_id, kind=kind.value, noted_at=clock.now())
    )
    session.flush()
    return NotedLink(marked, decided)


def note_what_follows(session: Session, fund_id: int, project_ids: Collection[int]) -> frozenset[int]:
    """Note the links that follow from who carries some projects, which the caller holds, within its transaction.

    Whoever's account goes later stays linked. Gives the projects whose decision is gone: it was counted with somebody
    who is linked.
    """
    which = FundProject.id.in_(sorted(project_ids))
    links = sorted(computed_links(session, fund_id, which), key=lambda each: (each.project, each.member))
    return frozenset(
        link.project
        for link in links
        if note_link(session, link.member, link.project, link.kind).decision_removed
    )


def declare_own_link(actor: Actor, item_id: int) -> NotedLink:
    """A member says that they are linked to a project of an agenda. Raises `NotFound`, `MeetingClosed`."""
    require(actor, SIT)
    with transaction() as session:
        place = item_place(session, item_id)
        member_id = own_membership(session, actor, place.fund_id)
        held_project(session, place.project_id)
        open_meeting(session, place.meeting_id)
        return note_link(session, member_id, place.project_id, JuryLinkKind.DECLARED)


def declare_link(actor: Actor, item_id: int, member_id: int) -> NotedLink:
    """The secretary notes that a member is linked to a project. Raises `NotFound`, `Forbidden`, `MeetingClosed`."""
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        _require_member(session, member_id, fund.id)
        held_project(session, place.project_id)
        open_meeting(session, place.meeting_id)
        noted = note_link(session, member_id, place.project_id, JuryLinkKind.DECLARED)
        record_of_fund(
            session, actor, fund, EDIT, "fund_jury_item", item_id, {"linked": member_id, "by": "desk"}
        )
        return noted


def take_link_back(actor: Actor, item_id: int, member_id: int) -> None:
    """A link was noted by mistake; one that follows from who carries the project stays.

    Raises `NotFound`, `Forbidden`, `MeetingClosed`.
    """
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        held_project(session, place.project_id)
        open_meeting(session, place.meeting_id)
        follows = computed_links(session, fund.id, FundProject.id == place.project_id)
        if any(each.member == member_id for each in follows):
            raise Forbidden(
                _l("Cette personne porte le projet, ou son groupe le porte\u00a0: le lien reste.")
            )
        session.execute(
            delete(JuryConflict).where(
                JuryConflict.member_id == member_id, JuryConflict.project_id == place.project_id
            )
        )
        item = session.get(JuryItem, item_id, populate_existing=True)
        if item is None:
            raise NotFound(NO_ITEM)
        if item.outcome is not None:
            clear_outcome(item)
        record_of_fund(
            session, actor, fund, EDIT, "fund_jury_item", item_id, {"linked": member_id, "in": False}
        )


def own_membership(session: Session, actor: Actor, fund_id: int) -> int:
    """The seat of whoever acts in the commission of a fund; raises `NotFound`: nobody else is told of it."""
    found = session.execute(
        select(JuryMember.id).where(
            JuryMember.fund_id == fund_id,
            JuryMember.account_id == actor.actor_id,
            JuryMember.account_id.is_not(None),
            JuryMember.left_on.is_(None),
        )
    ).scalar()
    if found is None:
        raise NotFound(NO_MEMBER)
    return found


def _require_member(session: Session, member_id: int, fund_id: int) -> None:
    found = session.execute(
        select(JuryMember.id).where(
            JuryMember.id == member_id, JuryMember.fund_id == fund_id, JuryMember.left_on.is_(None)
        )
    ).first()
    if found is None:
        raise NotFound(NO_MEMBER)
