"""Consultations that ask to comment something, for tests."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import Commitment, Indicator
from cdv_civic.consultations.kinds.comments.documents import add_document
from cdv_civic.consultations.kinds.comments.models import Comment, CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.operations import KIND, NewComment, PutComment, comment
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings, add_subject, set_step
from cdv_civic.consultations.kinds.comments.rules import SubjectKind
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.operations.subjects import link_subjects
from cdv_civic.consultations.results.operations.closing import ACTOR as STAFF
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import ModeratedBy, open_case
from cdv_civic.territory.models import Contract
from tests import factories
from tests.consultations import factories as make

_numbers = count(1)
DOCUMENT = """Article 1

Le terrain de jeux reste ouvert le soir.

Article 2
Les arbres de la cour sont gardés.

La fontaine est réparée avant l’été."""


class Commented:
    """A consultation of two steps: one with a commitment and a figure of it, one with a document of three passages."""

    def __init__(self, *, embargo: timedelta | None = None, **values: Any) -> None:
        limiter.reset()
        self.contract: Contract = factories.make_contract("val")
        self.indicator: Indicator = factories.make_indicator(self.contract, "Bancs posés")
        factories.make_value(self.indicator, date(2026, 6, 2), 12)
        self.commitment: Commitment = factories.make_commitment(
            self.contract, "Poser des bancs", indicators=[self.indicator], code="BANCS"
        )
        self.row: Consultation = make.make_consultation(self.contract, slug="avis", **values)
        with transaction() as session:
            row = session.get_one(Consultation, self.row.id)
            published_at, row.published_at = row.published_at, None
        self.subjects: ConsultationStep = make.make_step(self.row, "comments")
        self.document: ConsultationStep = make.make_step(self.row, "comments", "Titre de l’étape secrète")
        add_subject(STAFF, self.row.id, self.subjects.id, self.commitment.id)
        add_subject(STAFF, self.row.id, self.subjects.id, self.commitment.id, self.indicator.id)
        add_document(STAFF, self.row.id, self.document.id, {"fr": "Le règlement du parc"}, DOCUMENT)
        if embargo is not None:
            self.put_under_embargo(clock.now() + embargo)
        if published_at is not None:
            with transaction() as session:
                row = session.get_one(Consultation, self.row.id)
                row.published_at = published_at
                session.flush()
                link_subjects(session, STAFF, row)
        db.session.rollback()

    def put_under_embargo(self, until: datetime) -> None:
        set_step(
            STAFF,
            self.row.id,
            self.document.id,
            CommentSettings({"fr": "Le règlement du parc"}, embargo_until=until),
        )
        db.session.rollback()

    @property
    def things(self) -> list[CommentedThing]:
        """The commitment, the figure, then the passages."""
        statement = select(CommentedThing).order_by(CommentedThing.step_id, CommentedThing.position)
        return list(db.session.execute(statement, execution_options={"populate_existing": True}).scalars())

    def say(
        self,
        words: str = "Il manque de l’ombre.",
        place: int = 0,
        author: SignedIn | None = None,
        **more: Any,
    ) -> PutComment:
        new = {"lang": "fr", "client_key": f"cle-{next(_numbers):08}", "at": clock.now(), **more}
        got = comment(NewComment(self.things[place].id, words, **new), author)
        db.session.rollback()
        return got

    def close(self) -> None:
        with transaction() as session:
            row = session.get_one(Consultation, self.row.id)
            row.closes_at = row.paper_until = clock.now()

    def publishes_at_once(self) -> None:
        """Comments are public as they come in."""
        with transaction() as session:
            for step in (self.subjects, self.document):
                settings = session.execute(
                    select(CommentStep).where(CommentStep.step_id == step.id)
                ).scalar_one()
                settings.read_before = False


def comments() -> list[Comment]:
    db.session.rollback()
    statement = select(Comment).order_by(Comment.id)
    return list(db.session.execute(statement, execution_options={"populate_existing": True}).scalars())


def decide(case_id: int, state: str = "publie", **values: Any) -> None:
    """As a moderator’s act does, once it has decided."""
    with transaction() as session:
        case = session.get_one(ModeratedText, case_id, populate_existing=True)
        case.state, case.published_at = state, case.published_at or clock.now()
        for name, value in values.items():
            setattr(case, name, value)
        moderated_kinds()[case.kind].changed(session, case)


def publish_all() -> None:
    for each in comments():
        decide(each.case_id)


def make_subject(step: ConsultationStep, commitment: Commitment) -> CommentedThing:
    """A commitment that a step asks to comment."""
    return _make(step, SubjectKind.COMMITMENT, commitment_id=commitment.id)


def make_passage(step: ConsultationStep, words: str = "Le parc ferme à dix heures.") -> CommentedThing:
    """A passage of the document of a step."""
    return _make(step, SubjectKind.PASSAGE, words)


def _make(
    step: ConsultationStep, kind: SubjectKind, words: str | None = None, commitment_id: int | None = None
) -> CommentedThing:
    with transaction() as session:
        number = reserve_ids(session, CommentedThing)[0]
        text_id = None
        contract_id = session.get_one(Consultation, step.consultation_id).contract_id
        if words is not None:
            owner = TextOwner("consultation_commented", number, "text", contract_id)
            text_id = write_original(session, words, owner).id
        thing = CommentedThing(
            id=number,
            consultation_id=step.consultation_id,
            contract_id=contract_id,
            step_id=step.id,
            position=number,
            kind=kind.value,
            commitment_id=commitment_id,
            indicator_id=None,
            text_id=text_id,
        )
        session.add(thing)
    return thing


def make_comments(thing: CommentedThing, how_many: int) -> None:
    """Published comments on one thing."""
    with transaction() as session:
        row = session.get_one(Consultation, thing.consultation_id)
        for _number in range(how_many):
            case = open_case(session, KIND, ModeratedBy(row.contract_id), author_id=None, read_before=False)
            name = f"commentaire-{next(_numbers):08}"
            session.add(
                Comment(
                    consultation_id=row.id,
                    thing_id=thing.id,
                    case_id=case.id,
                    words=name,
                    lang="fr",
                    same_words=name,
                    received_at=clock.now(),
                    minor=False,
                    client_key=name,
                    receipt_hash=name,
                    taken_back_at=None,
                    version=1,
                )
            )
