"""A member who is there says what a project is worth, and changes it until the meeting is closed."""

from sqlalchemy import select

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.linking import own_membership
from cdv_civic.fund.juries.operations.locking import item_place, open_meeting
from cdv_civic.fund.linked import links_of_projects
from cdv_civic.fund.models.choosing import JuryMark, JuryPresence
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import held_project, held_round
from cdv_civic.fund.operations.moving import StateGone, freeze
from cdv_civic.fund.rules.juries import MOST_MARK, JuryMethod, members_aside
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import SIT


class MemberAside(Forbidden):
    """The member is linked to the project: they take no part in it."""

    def __init__(self) -> None:
        super().__init__(_l("Vous êtes lié à ce projet\u00a0: vous ne prenez pas part à son choix."))


def mark_project(actor: Actor, item_id: int, mark: int) -> None:
    """Mark a project from 0 to `MOST_MARK`; a second mark takes the place of the first.

    The first mark of all freezes the round and the project. Nothing of it is on the audit trail. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`.
    """
    require(actor, SIT)
    with transaction() as session:
        place = item_place(session, item_id)
        member_id = own_membership(session, actor, place.fund_id)
        if not 0 <= mark <= MOST_MARK:
            raise DomainError(_l("Choisissez une note entre 0 et %(most)s.", most=MOST_MARK), field="mark")
        frozen = session.execute(
            select(FundProject.id)
            .join(FundRound, FundRound.id == FundProject.round_id)
            .where(
                FundProject.id == place.project_id,
                FundProject.frozen_at.is_not(None),
                FundRound.frozen_at.is_not(None),
            )
        ).first()
        # Nothing thaws: whoever finds both frozen needs the round no more, and holds nobody up.
        fund_round = held_round(session, place.round_id) if frozen is None else None
        project = held_project(session, place.project_id)
        meeting = open_meeting(session, place.meeting_id, shared=True)
        if meeting.method != JuryMethod.MARKS.value:
            raise Conflict(_l("Cette réunion décide à main levée\u00a0: elle ne prend pas de notes."))
        there = session.get(JuryPresence, (meeting.id, member_id), populate_existing=True)
        if there is None:
            raise Forbidden(
                _l("Vous n’êtes pas noté présent à cette réunion. Dites-le à la personne qui la tient.")
            )
        links = links_of_projects(session, place.fund_id, FundProject.id == project.id)
        if member_id in members_aside(links, project.id):
            raise MemberAside
        if project.state != ProjectState.IN_CHOICE.value:
            raise StateGone
        if fund_round is not None:
            freeze(session, fund_round, project)
        given = session.get(JuryMark, (item_id, member_id), populate_existing=True)
        if given is None:
            given = JuryMark(item_id=item_id, member_id=member_id)
            session.add(given)
        given.mark = mark
        session.flush()
