"""Meetings of a commission: announced, changed, taken away; and their minutes, shown to everybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.agenda import put_on_agenda, waiting_projects
from cdv_civic.fund.juries.operations.locking import fund_of_meeting, held_meeting, open_meeting
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryPresence
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.operations.locking import (
    NO_ROUND,
    fund_of,
    held_round,
    raise_fund_tags,
    record_of_fund,
)
from cdv_civic.fund.rules.fund_rules import from_data
from cdv_civic.fund.rules.juries import LONGEST_PLACE, JuryMethod, commission_decides
from cdv_civic.fund.scopes import EDIT

MOST_QUORUM: Final = 200
#: Where residents' vote decides, no commission does.
VOTE_DECIDES: Final = _l(
    "Dans cet appel, le vote des habitantes et des habitants décide\u00a0: aucune commission ne choisit."
)


@dataclass(frozen=True)
class MeetingSettings:
    """When and how a commission meets."""

    starts_at: datetime
    place: str
    method: str
    #: Members who take part in each decision, at least; None: no quorum.
    quorum: int | None = None


def make_meeting(actor: Actor, round_id: int, settings: MeetingSettings, *, client_key: str) -> int:
    """A meeting on a round, with all its projects that wait for a choice on the agenda; the id.

    The same `client_key` again makes no other. Raises `NotFound`, `Forbidden`, `DomainError` with the fields of the
    form.
    """
    with transaction() as session:
        fund_id = session.execute(select(FundRound.fund_id).where(FundRound.id == round_id)).scalar()
        if fund_id is None:
            raise NotFound(NO_ROUND)
        fund = fund_of(session, actor, fund_id, EDIT)
        # Of two who make a meeting at once, the second finds what the first has put on its agenda.
        fund_round = held_round(session, round_id)
        known = made_before(
            session,
            JuryMeeting,
            key=(JuryMeeting.client_key, client_key),
            owner=(JuryMeeting.fund_id, fund.id),
        )
        if known is not None:
            return known.id
        if not commission_decides(from_data(fund_round.rules).choice):
            raise DomainError(VOTE_DECIDES)
        meeting = JuryMeeting(
            fund_id=fund.id,
            round_id=round_id,
            closed_at=None,
            minutes_at=None,
            created_at=clock.now(),
            created_by=actor.actor_id,
            client_key=client_key,
            version=1,
        )
        _write(meeting, settings)
        session.add(meeting)
        session.flush()
        waiting = session.execute(waiting_projects(round_id)).scalars().all()
        put_on_agenda(session, meeting, waiting)
        _record(session, actor, fund, meeting, made=True)
        return meeting.id


def _write(meeting: JuryMeeting, settings: MeetingSettings) -> None:
    place = settings.place.strip()
    with Refusals() as refused:
        if not place:
            refused.add(DomainError(_l("Écrivez le lieu."), field="place"))
        if len(place) > LONGEST_PLACE:
            refused.add(
                DomainError(
                    _l("C’est trop long. Gardez %(most)s caractères au plus.", most=LONGEST_PLACE),
                    field="place",
                )
            )
        if settings.method not in set(JuryMethod):
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="method"))
        if settings.quorum is not None and not 1 <= settings.quorum <= MOST_QUORUM:
            refused.add(
                DomainError(
                    _l("Écrivez un nombre entre 1 et %(most)s, ou rien.", most=MOST_QUORUM), field="quorum"
                )
            )
    meeting.starts_at, meeting.place = settings.starts_at, place
    meeting.method, meeting.quorum = settings.method, settings.quorum


def change_meeting(actor: Actor, meeting_id: int, settings: MeetingSettings, *, version: int) -> None:
    """Say anew when and how a commission meets; neither method nor quorum once something was decided or marked.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        meeting = open_meeting(session, meeting_id, version)
        changes_how = (meeting.method, meeting.quorum) != (settings.method, settings.quorum)
        if changes_how and _was_used(session, meeting_id):
            raise DomainError(
                _l(
                    "Des notes ou des décisions sont entrées\u00a0: la façon de décider et le nombre de membres "
                    "demandé restent."
                ),
                field="method",
            )
        _write(meeting, settings)
        meeting.version += 1
        _record(session, actor, fund, meeting, described=True)


def _was_used(session: Session, meeting_id: int) -> bool:
    marked = exists().where(JuryMark.item_id == JuryItem.id)
    used = select(JuryItem.id).where(
        JuryItem.meeting_id == meeting_id, JuryItem.outcome.is_not(None) | marked
    )
    return session.execute(used).first() is not None


def cancel_meeting(actor: Actor, meeting_id: int, *, version: int) -> None:
    """Take away a meeting at which nothing was marked or decided: its projects wait for another one.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        meeting = open_meeting(session, meeting_id, version)
        if _was_used(session, meeting_id):
            raise Conflict(
                _l("Des notes ou des décisions sont entrées\u00a0: cette réunion ne peut plus être annulée.")
            )
        for item in session.execute(
            select(JuryItem).where(JuryItem.meeting_id == meeting_id).order_by(JuryItem.id)
        ).scalars():
            session.delete(item)
        session.execute(delete(JuryPresence).where(JuryPresence.meeting_id == meeting_id))
        session.flush()
        session.delete(meeting)
        _record(session, actor, fund, meeting, made=False)


def publish_minutes(actor: Actor, meeting_id: int) -> None:
    """Show the minutes of a closed meeting to everybody; once they are shown nothing changes.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        meeting = held_meeting(session, meeting_id)
        if meeting.closed_at is None:
            raise Conflict(_l("Fermez d’abord la réunion\u00a0: le compte rendu dit ce qui est décidé."))
        if meeting.minutes_at is not None:
            return
        meeting.minutes_at = clock.now()
        meeting.version += 1
        raise_fund_tags(session, fund)
        _record(session, actor, fund, meeting, minutes=True)


def _record(session: Session, actor: Actor, fund: Fund, meeting: JuryMeeting, **after: bool) -> None:
    record_of_fund(session, actor, fund, EDIT, "fund_jury_meeting", meeting.id, dict(after))
