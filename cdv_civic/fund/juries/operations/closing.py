"""A meeting is closed: all its decisions are written at once, or none is."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import money_text
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.juries.operations.deciding import NO_OPINION
from cdv_civic.fund.juries.operations.linking import note_what_follows
from cdv_civic.fund.juries.operations.locking import fund_of_meeting, held_meeting
from cdv_civic.fund.letters import tell_carrier
from cdv_civic.fund.linked import links_of_projects
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryPresence, ProjectOpinion
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.granting import grant
from cdv_civic.fund.operations.locking import (
    held_envelope,
    held_project,
    held_round,
    raise_fund_tags,
    record_of_fund,
)
from cdv_civic.fund.operations.moving import freeze, move
from cdv_civic.fund.rules.juries import JuryOutcome, PendingGrant, first_too_much, taking_part
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import EDIT

_STATES: Final = {
    JuryOutcome.SELECTED.value: ProjectState.SELECTED,
    JuryOutcome.NOT_SELECTED.value: ProjectState.NOT_SELECTED,
}
_COUNTED_LINKED: Final = _l(
    "Une personne qui y a pris part est liée à ce projet\u00a0: entrez sa décision de nouveau, sans elle."
)


class CannotClose(Conflict):
    """One of the decisions cannot be written: none is."""

    def __init__(self, number: int, sentence: Any) -> None:
        super().__init__(
            _l(
                "Rien n’est enregistré, à cause du projet n°\u00a0%(number)s. %(why)s",
                number=number,
                why=sentence,
            )
        )
        self.number = number


def close_meeting(actor: Actor, meeting_id: int) -> bool:
    """Write all decisions of a meeting, in the order of its agenda; whether it was closed by this act.

    Projects are selected with their money or not selected; the others stay in choice. Carriers are told. Again, it
    changes nothing. Raises `NotFound`, `Forbidden`, `CannotClose`, `DomainError`.
    """
    with transaction() as session:
        fund = fund_of_meeting(session, actor, meeting_id)
        round_id: int = session.execute(
            select(JuryMeeting.round_id).where(JuryMeeting.id == meeting_id)
        ).scalar_one()
        fund_round = held_round(session, round_id)
        # Whoever enters decisions meanwhile needs the meeting, which is locked last: they are read again then.
        envelopes = {
            each: held_envelope(session, each) for each in _ids(session, meeting_id, JuryItem.envelope_id)
        }
        projects = {
            each: held_project(session, each) for each in _ids(session, meeting_id, JuryItem.project_id)
        }
        meeting = held_meeting(session, meeting_id)
        if meeting.closed_at is not None:
            return False
        today = clock.today()
        held_on = meeting.starts_at.astimezone(clock.zone()).date()
        if held_on > today:
            raise DomainError(_l("Cette réunion n’a pas encore eu lieu\u00a0: corrigez d’abord sa date."))
        items = _items(session, meeting_id)
        for project_id in note_what_follows(session, fund.id, projects):
            raise CannotClose(projects[project_id].number, _COUNTED_LINKED)
        decided = [item for item in items if item.outcome in _STATES]
        if any(
            item.envelope_id not in {None, *envelopes} or item.project_id not in projects for item in items
        ):
            raise Conflict(_l("Une autre personne vient de changer une décision. Relisez, puis recommencez."))
        _check(session, fund_round, decided, projects, envelopes)
        _forget_marks_aside(session, fund, meeting, items)
        told = [
            _write(session, actor, fund, fund_round, item, projects, envelopes, held_on) for item in decided
        ]
        meeting.closed_at = clock.now()
        meeting.version += 1
        session.flush()
        for project in told:
            tell_carrier(session, project, ProjectState(project.state))
        raise_fund_tags(session, fund)
        record_of_fund(
            session,
            actor,
            fund,
            EDIT,
            "fund_jury_meeting",
            meeting_id,
            {
                "closed": True,
                "selected": sum(item.outcome == JuryOutcome.SELECTED.value for item in decided),
                "not_selected": sum(item.outcome == JuryOutcome.NOT_SELECTED.value for item in decided),
                "cents": sum(item.amount_cents or 0 for item in decided),
            },
        )
        return True


def _ids(session: Session, meeting_id: int, column: Any) -> list[int]:
    return list(
        session.execute(
            select(column)
            .where(JuryItem.meeting_id == meeting_id, column.is_not(None))
            .distinct()
            .order_by(column)
        ).scalars()
    )


def _items(session: Session, meeting_id: int) -> Sequence[JuryItem]:
    return (
        session.execute(
            select(JuryItem).where(JuryItem.meeting_id == meeting_id).order_by(JuryItem.position),
            execution_options={"populate_existing": True},
        )
        .scalars()
        .all()
    )


def _check(
    session: Session,
    fund_round: FundRound,
    decided: Sequence[JuryItem],
    projects: dict[int, FundProject],
    envelopes: dict[int, FundEnvelope],
) -> None:
    """Raise `CannotClose` with the first project, in the order of the agenda, whose decision cannot be written."""
    judged: frozenset[int] = frozenset()
    if fund_round.opinion_asked:
        rows = session.execute(
            select(ProjectOpinion.project_id).where(ProjectOpinion.project_id.in_(sorted(projects)))
        )
        judged = frozenset(rows.scalars())
    for item in decided:
        project = projects[item.project_id]
        if project.state != ProjectState.IN_CHOICE.value:
            raise CannotClose(
                project.number,
                _l("Il n’attend plus le choix\u00a0: effacez sa décision, puis fermez la réunion."),
            )
        if fund_round.opinion_asked and project.id not in judged:
            raise CannotClose(project.number, NO_OPINION)
    left = {each.id: each.cents - each.reserved_cents for each in envelopes.values()}
    wanted = [
        PendingGrant(item.id, item.envelope_id, item.amount_cents)
        for item in decided
        if item.envelope_id is not None and item.amount_cents is not None
    ]
    lacking = first_too_much(left, wanted)
    if lacking is None:
        return
    before = wanted[: wanted.index(lacking)]
    rest = left[lacking.envelope] - sum(each.cents for each in before if each.envelope == lacking.envelope)
    project = next(projects[item.project_id] for item in decided if item.id == lacking.item)
    raise CannotClose(
        project.number,
        _l(
            "Il reste %(left)s dans son enveloppe, et la décision lui donne %(amount)s. "
            "Changez ce montant, puis fermez la réunion.",
            left=_money(rest),
            amount=_money(lacking.cents),
        ),
    )


def _money(cents: int) -> str:
    return money_text(Fraction(cents, 100))


def _forget_marks_aside(
    session: Session, fund: Fund, meeting: JuryMeeting, items: Sequence[JuryItem]
) -> None:
    """Marks of whoever takes no part go: what stays is what the mean is made of."""
    present = list(
        session.execute(select(JuryPresence.member_id).where(JuryPresence.meeting_id == meeting.id)).scalars()
    )
    links = links_of_projects(session, fund.id, FundProject.id.in_(sorted(item.project_id for item in items)))
    for item in items:
        counted = taking_part(present, links, item.project_id)
        session.execute(
            delete(JuryMark)
            .where(JuryMark.item_id == item.id, JuryMark.member_id.not_in(sorted(counted)))
            .execution_options(synchronize_session=False)
        )


def _write(
    session: Session,
    actor: Actor,
    fund: Fund,
    fund_round: FundRound,
    item: JuryItem,
    projects: dict[int, FundProject],
    envelopes: dict[int, FundEnvelope],
    held_on: date,
) -> FundProject:
    project = projects[item.project_id]
    freeze(session, fund_round, project)
    reason, elsewhere = texts_in_all(item.reason_id, item.elsewhere_id)
    selected = item.outcome == JuryOutcome.SELECTED.value
    if item.envelope_id is not None and item.amount_cents is not None:
        envelope = envelopes[item.envelope_id]
        # What a trigger of the database has added up so far.
        session.refresh(envelope, ["reserved_cents"])
        grant(envelope, project, item.amount_cents)
    move(
        session,
        actor,
        project,
        _STATES[item.outcome or ""],
        fund.contract_id,
        on=max(held_on, project.state_on),
        # The words beside a selection are read in the minutes; a refusal is told with its own.
        reason={} if selected else reason,
        elsewhere={} if selected else elsewhere,
    )
    return project
