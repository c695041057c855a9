"""Projects that were paid, and what their carriers tell of them, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any, Final

from PIL import Image
from sqlalchemy import insert, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.uploads.receiving import Upload, read_upload
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectFile, ProjectReview, ProjectStep
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.operations.telling import NewFile, NewReview, tell
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.fund import funds

_numbers = count(1)
#: Some bytes that a PDF is known by.
PDF: Final = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"


@dataclass(frozen=True)
class PaidProject:
    """A project of which 500 euros of 600 were paid, the receipt of its carrier, and its desk."""

    fund: Fund
    fund_round: FundRound
    envelope: FundEnvelope
    id: int
    code: str
    staff: SignedIn

    @property
    def row(self) -> FundProject:
        """As it is stored now."""
        db.session.rollback()
        return db.session.get_one(FundProject, self.id, populate_existing=True)

    @property
    def review(self) -> ProjectReview | None:
        """What was told."""
        db.session.rollback()
        return db.session.get(ProjectReview, self.id, populate_existing=True)

    @property
    def lines(self) -> list[int]:
        """The ids of its costs."""
        found = select(ProjectCost.id).where(ProjectCost.project_id == self.id).order_by(ProjectCost.position)
        return list(db.session.execute(found).scalars())

    @property
    def steps(self) -> list[tuple[str, date]]:
        """States and days."""
        found = (
            select(ProjectStep.state, ProjectStep.on_day)
            .where(ProjectStep.project_id == self.id)
            .order_by(ProjectStep.position)
        )
        return [(row.state, row.on_day) for row in db.session.execute(found)]

    @property
    def files(self) -> list[ProjectFile]:
        """Photos and proofs, in their order."""
        db.session.rollback()
        found = select(ProjectFile).where(ProjectFile.project_id == self.id).order_by(ProjectFile.id)
        return list(db.session.execute(found).scalars())

    @property
    def reserved(self) -> int:
        """What its envelope holds for projects."""
        found = select(FundEnvelope.reserved_cents).where(FundEnvelope.id == self.envelope.id)
        return db.session.execute(found).scalar_one()


def make_paid(
    state: ProjectState = ProjectState.PAID, *, fund: Fund | None = None, **values: Any
) -> PaidProject:
    """A project in a state after it was selected; paid thirty days ago where it was."""
    fund = fund or funds.make_fund()
    envelope = funds.make_envelope(fund, 1_000_00, year=2020 + next(_numbers) % 70)
    fund_round = funds.make_round(fund, **values.pop("of_round", {}))
    code = receipt_for(f"projet-d-essai-{next(_numbers)}")
    paid_on = clock.today() - timedelta(days=30)
    project = funds.make_project(
        fund_round,
        state,
        envelope,
        **{
            "granted_cents": 500_00,
            "receipt_hash": receipt_hash(code),
            "state_on": paid_on,
            "submitted_at": clock.now() - timedelta(days=90),
            "review_due_on": clock.today() + timedelta(days=60),
            **values,
        },
    )
    if state in (ProjectState.PAID, ProjectState.DONE):
        with transaction() as session:
            session.execute(
                insert(ProjectStep).values(
                    project_id=project.id, position=2, state="paid", on_day=paid_on, entered_at=clock.now()
                )
            )
    contract_id = fund.contract_id
    staff = make.make_account(contract=db.session.get_one(Contract, contract_id))
    return PaidProject(fund, fund_round, envelope, project.id, code, staff)


def told(paid: PaidProject, spent: int | None = 600_00, **changes: Any) -> NewReview:
    """What a carrier tells, all of it spent on the one line."""
    return NewReview(
        **{
            "happened_on": clock.today() - timedelta(days=3),
            "words": "Il y avait du monde, et de la musique.",
            "people": 80,
            "spent": {} if spent is None else {paid.lines[0]: spent},
            "client_key": f"un-bilan-d-essai-{next(_numbers)}",
            "lang": "fr",
            **changes,
        }
    )


def tell_all(paid: PaidProject, spent: int | None = 600_00, **changes: Any) -> None:
    """The carrier tells it by the receipt."""
    tell(by_receipt(paid.code), told(paid, spent, **changes))


def photo_bytes() -> bytes:
    """A photo as a telephone sends it."""
    out = BytesIO()
    Image.new("RGB", (640, 480), "#4f8a4b").save(out, "JPEG")
    return out.getvalue()


def photo(field: str = "photo_1", caption: str = "La place, pleine de monde") -> NewFile:
    """A photo of a form."""
    return NewFile(ProjectFileKind.PHOTO, _read(photo_bytes(), field), caption, field)


def proof(field: str = "proof_1", caption: str = "Facture") -> NewFile:
    """A proof of payment."""
    return NewFile(ProjectFileKind.PROOF, _read(PDF, field), caption, field)


def _read(content: bytes, field: str) -> Upload:
    return read_upload(BytesIO(content), field=field)


def captions(files: Sequence[ProjectFile]) -> list[tuple[str, str]]:
    """Kinds and captions."""
    return [(each.kind, each.caption) for each in files]
