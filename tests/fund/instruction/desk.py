"""A round with whoever looks at its projects, for tests."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES, StoredFile, photo_ending
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject, ProjectCoFunder, ProjectFile, ProjectStep
from cdv_civic.fund.rules.fund_rules import FundRules
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.notices.models import Notice
from cdv_civic.territory.models import Body, Contract, Organisation
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.fund import funds
from tests.fund.funds import RULES


@dataclass(frozen=True)
class FundDesk:
    """A fund of a landlord with one round, and the people who may look at it."""

    contract: Contract
    landlord: Organisation
    body: Body
    fund: Fund
    envelope: FundEnvelope
    round: FundRound
    staff: SignedIn
    state: SignedIn
    #: A contact of the organisation whose money it is, and one of another.
    owner: SignedIn
    other: SignedIn


def make_desk(rules: FundRules = RULES, **of_the_round: Any) -> FundDesk:
    """Everything once."""
    contract = make.make_contract()
    landlord = make.make_organisation(contract, "Bailleur d’exemple", kind="bailleur")
    elsewhere = make.make_organisation(contract)
    fund = funds.make_fund(contract, owner_id=landlord.id)
    body = make_body(contract)
    with transaction() as session:
        session.execute(insert(fund_body).values(fund_id=fund.id, body_id=body.id, position=0))

    def person(role: Role, kind: ScopeKind, scope_id: int) -> SignedIn:
        return make.make_account(role=role.value, scope=Scope(kind, scope_id))

    return FundDesk(
        contract,
        landlord,
        body,
        fund,
        funds.make_envelope(fund),
        funds.make_round(fund, rules=rules, **of_the_round),
        make.make_account(contract=contract),
        person(Role.STATE, ScopeKind.CONTRACT, contract.id),
        person(Role.HOLDER, ScopeKind.ORGANISATION, landlord.id),
        person(Role.HOLDER, ScopeKind.ORGANISATION, elsewhere.id),
    )


def stored_project(project: FundProject) -> FundProject:
    """The project as it stands now."""
    db.session.rollback()
    return db.session.get_one(FundProject, project.id, populate_existing=True)


def steps_of(project: FundProject) -> list[Any]:
    """The states that it came to after its deposit, with their days."""
    db.session.rollback()
    return list(
        db.session.execute(
            select(ProjectStep.state, ProjectStep.on_day, ProjectStep.reason_id, ProjectStep.elsewhere_id)
            .where(ProjectStep.project_id == project.id, ProjectStep.position > 1)
            .order_by(ProjectStep.position)
        ).all()
    )


def mails_to(address: str) -> list[str]:
    """Subjects and texts of the mails that wait for an address."""
    db.session.rollback()
    return [
        f"{row.subject} {row.text_body}"
        for row in db.session.execute(
            select(Notice.subject, Notice.text_body).where(Notice.recipient == address).order_by(Notice.id)
        )
    ]


def make_co_funder(project: FundProject, cents: int = 50_00, name: str = "CAF d’exemple") -> ProjectCoFunder:
    """Who else is asked to pay."""
    with transaction() as session:
        row = ProjectCoFunder(project_id=project.id, position=1, name=name, asked_cents=cents)
        session.add(row)
    return row


def make_stored(kind: str = "pdf") -> StoredFile:
    """A file of the store, a few bytes long."""
    endings = [photo_ending(size) for size in PHOTO_SIZES] if kind == "photo" else [".pdf"]
    upload = Upload(kind, dict.fromkeys(endings, b"%PDF-1.4 %%EOF"), 14)
    with stored(upload) as rows, transaction() as session:
        (row,) = rows(session)
    return row


def make_project_file(project: FundProject, kind: str = "quote", position: int = 1) -> ProjectFile:
    """A quote, a proof, or a photo of the review."""
    row = make_stored("photo" if kind == "photo" else "pdf")
    with transaction() as session:
        made = ProjectFile(
            project_id=project.id, file_id=row.id, kind=kind, position=position, caption="Devis du car.pdf"
        )
        session.add(made)
    return made


def completed_once(project: FundProject) -> None:
    """Something was missing in a project once."""
    with transaction() as session:
        step_id = reserve_ids(session, ProjectStep)[0]
        owner = TextOwner("fund_project_step", step_id, "reason", None)
        session.add(
            ProjectStep(
                id=step_id,
                project_id=project.id,
                position=2,
                state=ProjectState.INCOMPLETE.value,
                on_day=clock.today(),
                entered_at=clock.now(),
                reason_id=write_original(session, "Le devis manque.", owner).id,
            )
        )
