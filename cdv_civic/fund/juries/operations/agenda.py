"""The agenda of a meeting: which projects, in which order; and who is there."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.linking import note_what_follows
from cdv_civic.fund.juries.operations.locking import (
    fund_of_meeting,
    held_item,
    item_place,
    open_meeting,
)
from cdv_civic.fund.models.choosing import (
    JuryItem,
    JuryMark,
    JuryMeeting,
    JuryMember,
    JuryPresence,
)
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import held_project, held_round, record_of_fund
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import EDIT


def waiting_projects(round_id: int) -> Select[int]:
    """The ids of the projects of a round that wait for a choice, and are on the agenda of no open meeting."""
    on_agenda = (
        exists()
        .where(
            JuryItem.project_id == FundProject.id,
            JuryMeeting.id == JuryItem.meeting_id,
            JuryMeeting.closed_at.is_(None),
        )
        .correlate(FundProject)
    )
    return (
        select(FundProject.id)
        .where(
            FundProject.round_id == round_id,
            FundProject.state == ProjectState.IN_CHOICE.value,
            ~on_agenda,
        )
        .order_by(FundProject.number)
    )


def put_on_agenda(session: Session, meeting: JuryMeeting, project_ids: Iterable[int]) -> int:
    """Put projects at the end of the agenda of a meeting that the caller holds; how many."""
    last = session.execute(
        select(func.max(JuryItem.position)).where(JuryItem.meeting_id == meeting.id)
    ).scalar()
    rows = [
        {
            "round_id": meeting.round_id,
            "meeting_id": meeting.id,
            "project_id": project_id,
            "position": position,
            "heard": False,
            "version": 1,
        }
        for position, project_id in enumerate(project_ids, (last or 0) + 1)
    ]
    if rows:
        session.execute(insert(JuryItem), rows)
    return len(rows)


def add_waiting(actor: Actor, meeting_id: int) -> int:
    """Put all projects that wait for a choice on the agenda; how many.

    Raises `NotFound`, `Forbidden`, `MeetingClosed`.
    """
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        round_id: Any = session.execute(
            select(JuryMeeting.round_id).where(JuryMeeting.id == meeting_id)
        ).scalar_one()
        held_round(session, round_id)
        meeting = open_meeting(session, meeting_id)
        added = put_on_agenda(
            session, meeting, session.execute(waiting_projects(meeting.round_id)).scalars().all()
        )
        record_of_fund(session, actor, fund, EDIT, "fund_jury_meeting", meeting_id, {"added": added})
        return added


def move_item(actor: Actor, item_id: int, *, up: bool) -> None:
    """Hear a project one place earlier, or later; the first stays first. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        open_meeting(session, place.meeting_id)
        item = held_item(session, item_id)
        beyond = JuryItem.position < item.position if up else JuryItem.position > item.position
        order = JuryItem.position.desc() if up else JuryItem.position
        other = session.execute(
            select(JuryItem).where(JuryItem.meeting_id == place.meeting_id, beyond).order_by(order).limit(1)
        ).scalar()
        if other is None:
            return
        mine, theirs = item.position, other.position
        # No two at one place, not for a moment.
        item.position = -mine
        session.flush()
        other.position = mine
        session.flush()
        item.position = theirs
        session.flush()
        record_of_fund(session, actor, fund, EDIT, "fund_jury_item", item_id, {"position": theirs})


def remove_item(actor: Actor, item_id: int) -> None:
    """Take a project off an agenda, where nothing was marked or decided: it waits for another meeting.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        held_project(session, place.project_id)
        open_meeting(session, place.meeting_id)
        item = held_item(session, item_id)
        marked = session.execute(select(JuryMark.item_id).where(JuryMark.item_id == item_id)).first()
        if item.outcome is not None or marked is not None:
            raise Conflict(
                _l("Ce projet a déjà des notes ou une décision\u00a0: il reste à l’ordre du jour.")
            )
        session.delete(item)
        record_of_fund(session, actor, fund, EDIT, "fund_jury_item", item_id, {"in": False})


def set_presences(actor: Actor, meeting_id: int, member_ids: Iterable[int], *, version: int) -> None:
    """Say who is there. What was decided before was counted with those who were there then.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    wanted = frozenset(member_ids)
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        projects = session.execute(
            select(JuryItem.project_id).where(JuryItem.meeting_id == meeting_id).order_by(JuryItem.project_id)
        ).scalars()
        project_ids = list(projects)
        for project_id in project_ids:
            held_project(session, project_id)
        meeting = open_meeting(session, meeting_id, version)
        there = frozenset(
            session.execute(
                select(JuryPresence.member_id).where(JuryPresence.meeting_id == meeting_id)
            ).scalars()
        )
        members = frozenset(
            session.execute(
                select(JuryMember.id).where(
                    JuryMember.fund_id == fund.id,
                    or_(JuryMember.left_on.is_(None), JuryMember.id.in_(sorted(there))),
                )
            ).scalars()
        )
        if not wanted <= members:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="members")
        session.execute(
            delete(JuryPresence).where(
                JuryPresence.meeting_id == meeting_id, JuryPresence.member_id.in_(sorted(there - wanted))
            )
        )
        for member_id in sorted(wanted - there):
            session.add(JuryPresence(meeting_id=meeting_id, member_id=member_id, fund_id=fund.id))
        session.flush()
        note_what_follows(session, fund.id, project_ids)
        meeting.version += 1
        record_of_fund(session, actor, fund, EDIT, "fund_jury_meeting", meeting_id, {"there": len(wanted)})
