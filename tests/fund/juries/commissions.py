"""A commission with its people, its money and projects that wait, for tests."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.fund.juries.operations.agenda import set_presences
from cdv_civic.fund.juries.operations.deciding import ItemDecision, decide
from cdv_civic.fund.juries.operations.meetings import MeetingSettings, make_meeting
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryMember
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.fund_rules import FundRules
from cdv_civic.fund.rules.juries import JuryOutcome
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.fund import funds

_numbers = count(1)
WHY = {"fr": "D’autres projets touchent plus de monde."}


@dataclass(frozen=True)
class Commission:
    """A fund of 1 000 euros, its commission of four, a meeting of this morning, projects that ask 500 euros each."""

    contract: Contract
    fund: Fund
    round: FundRound
    envelope: FundEnvelope
    secretary: SignedIn
    #: Four, each with an account, the first a resident.
    members: tuple[JuryMember, ...]
    accounts: tuple[SignedIn, ...]
    projects: tuple[FundProject, ...]
    meeting_id: int

    @property
    def items(self) -> list[JuryItem]:
        db.session.rollback()
        rows = db.session.execute(
            select(JuryItem).where(JuryItem.meeting_id == self.meeting_id).order_by(JuryItem.position),
            execution_options={"populate_existing": True},
        )
        return list(rows.scalars())

    @property
    def meeting(self) -> JuryMeeting:
        db.session.rollback()
        return db.session.get_one(JuryMeeting, self.meeting_id, populate_existing=True)

    def project(self, number: int) -> FundProject:
        db.session.rollback()
        return db.session.get_one(FundProject, self.projects[number].id, populate_existing=True)

    def marks(self) -> dict[tuple[int, int], int]:
        db.session.rollback()
        rows = db.session.execute(select(JuryMark.item_id, JuryMark.member_id, JuryMark.mark))
        return {(item, member): mark for item, member, mark in rows}

    def decide(self, number: int, version: int | None = None, **said: Any) -> JuryOutcome:
        """Enter a decision on a project of the agenda, by its place from 0; what is not said is yes to 500 euros."""
        item = self.items[number]
        values: dict[str, Any] = {"cents": 500_00, "envelope_id": self.envelope.id, **said}
        if self.meeting.method == "marks":
            values.setdefault("selected", True)
        else:
            values = {"yes": 3, "no": 0, **values}
        return decide(
            self.secretary,
            item.id,
            ItemDecision(**values),
            version=item.version if version is None else version,
        )


def make_commission(
    method: str = "hands",
    *,
    projects: int = 2,
    quorum: int | None = None,
    present: int = 4,
    rules: FundRules = funds.RULES,
    **of_projects: Any,
) -> Commission:
    contract = make.make_contract()
    fund = funds.make_fund(contract)
    fund_round = funds.make_round(fund, rules=rules)
    envelope = funds.make_envelope(fund, 1000_00)
    secretary = make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.CONTRACT, contract.id))
    accounts = tuple(make.make_account(role=None, password_hash="", organisation_name="") for _ in range(4))
    sides = ("resident", "council", "commune", "state")
    members = tuple(
        funds.make_member(
            fund,
            f"Membre {number}",
            side=side,
            represents="" if side == "resident" else f"Service {number}",
            account_id=account.actor_id,
        )
        for number, (side, account) in enumerate(zip(sides, accounts, strict=True))
    )
    waiting = tuple(
        funds.make_project(
            fund_round, ProjectState.IN_CHOICE, envelope, title=f"Projet {number}", **of_projects
        )
        for number in range(projects)
    )
    meeting_id = make_meeting(
        secretary,
        fund_round.id,
        MeetingSettings(clock.now() - timedelta(hours=1), "Maison du projet", method, quorum),
        client_key=f"une-reunion-{next(_numbers):08}",
    )
    made = Commission(contract, fund, fund_round, envelope, secretary, members, accounts, waiting, meeting_id)
    if present:
        here(made, *range(present))
    return made


def here(made: Commission, *numbers: int) -> None:
    """Some members are there."""
    set_presences(
        made.secretary,
        made.meeting_id,
        [made.members[number].id for number in numbers],
        version=made.meeting.version,
    )


def carried(project: FundProject, by: SignedIn) -> None:
    """An account carries a project."""
    with transaction() as session:
        session.get_one(FundProject, project.id).author_id = by.actor_id
