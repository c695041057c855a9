"""What happens to a project of the demo, from its deposit to its review."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy import select

from cdv_civic.accounts.consents import ConsentForm, GivenConsent
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.uploads.receiving import Upload, read_upload
from cdv_civic.demo.funds.story import Entry, Event, FundStory
from cdv_civic.demo.pictures import draw_scene
from cdv_civic.fund.instruction.operations import deciding
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectReview, ProjectStep
from cdv_civic.fund.opinions.operations import OpinionDraft, give_opinion
from cdv_civic.fund.projects.operations.checking import TypedProject
from cdv_civic.fund.projects.operations.depositing import assist, deposit
from cdv_civic.fund.reviews.operations import deciding as reviewing
from cdv_civic.fund.reviews.operations import stopping, telling
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.queries.projects import reviewed_project
from cdv_civic.fund.rules.amounts import read_cents
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Axis, Quartier

CONTACT: Final = "habitante@demo.invalid"


class ToldProject:
    """One project of a story."""

    def __init__(self, stage: FundStory, entry: Entry) -> None:
        self._stage = stage
        self._entry = entry
        self._code = ""
        #: Its id, once it was deposited.
        self.id = 0

    def events(self) -> Iterator[Event]:
        """Its deposit, and all that follows."""
        yield Event(self._entry["days"], self._deposit)
        for said in self._entry["story"]:
            act: Callable[[Entry], None] = getattr(self, f"_{said['act']}")
            yield Event(said["days"], partial(act, said))

    # --- how it stands ---------------------------------------------------------------------------

    def _was(self, state: ProjectState) -> bool:
        """Whether it came to a state already; whatever was read is read anew by what follows."""
        found = db.session.execute(
            select(ProjectStep.id).where(ProjectStep.project_id == self.id, ProjectStep.state == state.value)
        ).first()
        db.session.rollback()
        return found is not None

    def _version(self) -> int:
        found = db.session.execute(select(FundProject.version).where(FundProject.id == self.id)).scalar_one()
        db.session.rollback()
        return found

    def _review_version(self) -> int:
        found = db.session.execute(
            select(ProjectReview.version).where(ProjectReview.project_id == self.id)
        ).scalar()
        db.session.rollback()
        return found or 0

    # --- its acts --------------------------------------------------------------------------------

    def _deposit(self) -> None:
        entry, stage = self._entry, self._stage
        typed = TypedProject(
            round_id=stage.round_id,
            client_key=f"demo-projet-{entry['key']}",
            title=entry["title"],
            summary=entry["summary"],
            words=entry["words"],
            for_whom=entry["for_whom"],
            place=entry["place"],
            when_text=entry["when"],
            asked=entry["asked"],
            lines=[(label, amount) for label, amount in entry["lines"]],
            own=entry["own"],
            contact_name="Personne d’exemple",
            contact=CONTACT if entry.get("by_resident") else "",
            quartier_id=_quartier(stage.contract_id, entry.get("quartier")),
            envelope_id=self._envelope(),
            purposes=entry["purposes"],
            axis_id=_axis(stage.contract_id, entry.get("axis")),
            carrier_kind=entry["carrier_kind"],
            carrier_name=entry["carrier_name"],
            body_id=stage.bodies[entry["body"]] if "body" in entry else None,
            signed=entry.get("signed", ""),
            lang=entry.get("lang", "fr"),
            photo=_drawn(entry["photo"]) if "photo" in entry and not self._is_there() else None,
        )
        if entry.get("by_resident"):
            made = deposit(typed, stage.cast.resident)
        else:
            consent = GivenConsent(ConsentForm.SPOKEN.value, "fr")
            made = assist(stage.cast.staff, typed, Channel.MEETING.value, consent)
        self.id, self._code = made.project_id, read_receipt(made.receipt)

    def _is_there(self) -> bool:
        """Whether an earlier load deposited it: its picture is not drawn again."""
        found = db.session.execute(
            select(FundProject.id).where(
                FundProject.round_id == self._stage.round_id, FundProject.title == self._entry["title"]
            )
        ).first()
        db.session.rollback()
        return found is not None

    def _envelope(self) -> int | None:
        scope = self._entry.get("envelope")
        if scope is None:
            return None
        found = select(FundEnvelope.id).where(
            FundEnvelope.fund_id == self._stage.fund_id,
            FundEnvelope.scope == scope,
            FundEnvelope.year
            == select(FundRound.year).where(FundRound.id == self._stage.round_id).scalar_subquery(),
        )
        return db.session.execute(found).scalar_one()

    def _admit(self, _said: Entry) -> None:
        if not self._was(ProjectState.ADMISSIBLE):
            deciding.admit(self._stage.cast.staff, self.id, version=self._version())

    def _missing(self, said: Entry) -> None:
        if not self._was(ProjectState.INCOMPLETE):
            day = clock.today() + timedelta(days=said["days_to_answer"])
            deciding.say_missing(
                self._stage.cast.staff, self.id, said["reason"], day, version=self._version()
            )

    def _refuse(self, said: Entry) -> None:
        if not self._was(ProjectState.INADMISSIBLE):
            deciding.refuse_project(
                self._stage.cast.staff, self.id, said["reason"], said["elsewhere"], version=self._version()
            )

    def _ask_opinion(self, _said: Entry) -> None:
        if not self._was(ProjectState.OPINION):
            deciding.ask_opinion(self._stage.cast.staff, self.id, version=self._version())

    def _opinion(self, said: Entry) -> None:
        given = db.session.execute(
            select(ProjectOpinion.id).where(ProjectOpinion.project_id == self.id)
        ).first()
        db.session.rollback()
        if given is not None:
            return
        (body_id,) = self._stage.bodies_asked
        draft = OpinionDraft(said["stance"], said["reasons"], clock.today(), said["aside"])
        give_opinion(
            self._stage.cast.moderator,
            body_id,
            self.id,
            draft,
            version=0,
            client_key=f"demo-avis-{self._entry['key']}",
        )

    def _choose(self, _said: Entry) -> None:
        if not self._was(ProjectState.IN_CHOICE):
            deciding.bring_to_choice(self._stage.cast.staff, self.id, version=self._version())

    def _notify(self, said: Entry) -> None:
        if not self._was(ProjectState.NOTIFIED):
            deciding.notify(
                self._stage.cast.staff, self.id, clock.today(), said["reference"], version=self._version()
            )

    def _pay(self, _said: Entry) -> None:
        if not self._was(ProjectState.PAID):
            deciding.pay(self._stage.cast.staff, self.id, clock.today(), version=self._version())

    def _tell(self, said: Entry) -> None:
        if self._was(ProjectState.DONE):
            return
        costs = db.session.execute(
            select(ProjectCost.id).where(ProjectCost.project_id == self.id).order_by(ProjectCost.position)
        ).scalars()
        spent = dict(zip(costs, map(read_cents, said["spent"]), strict=True))
        db.session.rollback()
        told = telling.NewReview(
            happened_on=clock.today() - timedelta(days=said["happened"] - said["days"]),
            words=said["words"],
            people=said["people"],
            spent=spent,
            client_key=f"demo-bilan-{self._entry['key']}",
            lang="fr",
            files=[
                telling.NewFile(ProjectFileKind.PHOTO, _drawn(scene), caption, f"photo_{number}")
                for number, (scene, caption) in enumerate(said.get("photos", ()), 1)
            ],
        )
        telling.tell(by_receipt(self._code), told)

    def _take(self, _said: Entry) -> None:
        if self._was(ProjectState.CLOSED):
            return
        project = reviewed_project(FundProject.receipt_hash == receipt_hash(self._code), "fr")
        db.session.rollback()
        if project is not None:
            reviewing.take(
                self._stage.cast.staff, self.id, project.unspent_cents, {}, version=self._review_version()
            )

    def _ask_more(self, said: Entry) -> None:
        asked = db.session.execute(
            select(ProjectReview.asked).where(ProjectReview.project_id == self.id)
        ).scalar_one()
        db.session.rollback()
        if not asked:
            day = clock.today() + timedelta(days=said["days_to_answer"])
            reviewing.ask_more(
                self._stage.cast.staff, self.id, said["words"], day, version=self._review_version()
            )

    def _stop(self, said: Entry) -> None:
        if not self._was(ProjectState.ABANDONED):
            stopping.stop_at_desk(
                self._stage.cast.staff, self.id, said["reason"], None, version=self._version()
            )

    def _stop_by_carrier(self, said: Entry) -> None:
        if not self._was(ProjectState.ABANDONED):
            stopping.stop_by_carrier(by_receipt(self._code), said["words"])


def _drawn(scene: str) -> Upload:
    return read_upload(io.BytesIO(draw_scene(scene)), field="photo")


def _quartier(contract_id: int, slug: str | None) -> int | None:
    if slug is None:
        return None
    return db.session.execute(
        select(Quartier.id).where(Quartier.contract_id == contract_id, Quartier.slug == slug)
    ).scalar_one()


def _axis(contract_id: int, code: str | None) -> int | None:
    if code is None:
        return None
    return db.session.execute(
        select(Axis.id).where(Axis.contract_id == contract_id, Axis.code == code)
    ).scalar_one()
