"""What pages read to let somebody answer, and to show them what they answered. Every function says what it costs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from cdv_civic.accounts.models import Account
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationAnswer,
)
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.queries.quartiers import quartiers_asked
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body, Commune, Contract, Quartier


@dataclass(frozen=True)
class AskedConsultation:
    """A published consultation, for whoever wants to answer it."""

    id: int
    slug: str
    #: Raised by each change of what is asked.
    version: int
    contract: str
    title: Words
    #: The body or the commune that asks; None: the team of the contract.
    organiser: str | None
    readers: Words | None
    calendar: ConsultationCalendar
    proof: ProofAsked
    age_to_answer: int
    one_question_a_screen: bool
    #: Ids and names of its quartiers, in order.
    quartiers: tuple[tuple[int, str], ...]


class _NotPublic(LookupError):
    """There is no such consultation, or not for everybody."""


def asked_whole(slug: str, language: str) -> tuple[AskedConsultation, Definition] | None:
    """A consultation by its slug, and what it asks; None: there is none, or it is not public.

    Kept in memory as long as nobody changes it: no statement then, else 5. Who takes an answer in asks again, under its
    lock, whether it is still open and still the same version.
    """

    def make() -> tuple[AskedConsultation, Definition]:
        asked = asked_consultation(slug, language)
        if asked is None:
            raise _NotPublic
        shows_only(contract_tag(asked.contract), consultation_tag(asked.id))
        return asked, definition_of(asked.id, language)

    try:
        return kept(("asked", slug, language), make)
    except _NotPublic:
        return None


def asked_consultation(slug: str, language: str) -> AskedConsultation | None:
    """A consultation by its slug; None: there is none, or it is not public. 2 statements."""
    title = Localized("title", Consultation.title_id, language)
    readers = Localized("readers", Consultation.readers_id, language)
    statement = (
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.version,
            Consultation.proof,
            Consultation.age_to_answer,
            Consultation.one_question_a_screen,
            *MOMENTS,
            Contract.slug.label("contract"),
            Body.name.label("body"),
            Commune.name.label("commune"),
            *title.columns,
            *readers.columns,
        )
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(
            Consultation.slug == slug,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
    )
    row = rows_of(readers.join(title.join(statement), optional=True)).one_or_none()
    if row is None:
        return None
    return AskedConsultation(
        row.id,
        row.slug,
        row.version,
        row.contract,
        title.words(row),
        row.body or row.commune,
        readers.words_or_none(row),
        calendar_in(row),
        ProofAsked(row.proof),
        row.age_to_answer,
        row.one_question_a_screen,
        quartiers_asked(row.id),
    )


@dataclass(frozen=True)
class OwnAnswer:
    """An answer as whoever gave it finds it again."""

    id: int
    consultation_id: int
    slug: str
    title: Words
    calendar: ConsultationCalendar
    #: Raised by each change.
    version: int
    received_on: date
    quartier_id: int | None
    quartier: str | None
    account_id: int | None


def _own(language: str) -> tuple[Localized, Select[Any]]:
    title = Localized("title", Consultation.title_id, language)
    statement = (
        select(
            ConsultationAnswer.id,
            ConsultationAnswer.consultation_id,
            ConsultationAnswer.version,
            ConsultationAnswer.received_on,
            ConsultationAnswer.quartier_id,
            ConsultationAnswer.account_id,
            Consultation.slug,
            *MOMENTS,
            Quartier.name.label("quartier"),
            *title.columns,
        )
        .join(Consultation, Consultation.id == ConsultationAnswer.consultation_id)
        .outerjoin(Quartier, Quartier.id == ConsultationAnswer.quartier_id)
    )
    return title, title.join(statement)


def _answer(row: Any, title: Localized) -> OwnAnswer:
    return OwnAnswer(
        row.id,
        row.consultation_id,
        row.slug,
        title.words(row),
        calendar_in(row),
        row.version,
        row.received_on,
        row.quartier_id,
        row.quartier,
        row.account_id,
    )


def _one(which: ColumnElement[bool], language: str) -> OwnAnswer | None:
    title, statement = _own(language)
    row = rows_of(statement.where(which)).one_or_none()
    return None if row is None else _answer(row, title)


def answer_by_receipt(code: str, language: str) -> OwnAnswer | None:
    """An answer by its receipt (as `read_receipt` gives it); None: it is none of an answer. 1 statement."""
    return _one(ConsultationAnswer.receipt_hash == receipt_hash(code), language)


def answer_of_account(account_id: int, consultation_id: int, language: str) -> OwnAnswer | None:
    """The answer of an account to a consultation; 1 statement."""
    return _one(
        (ConsultationAnswer.account_id == account_id)
        & (ConsultationAnswer.consultation_id == consultation_id),
        language,
    )


def has_answer(account_id: int) -> ColumnElement[bool]:
    """The condition that an account has answered a consultation."""
    return select(ConsultationAnswer.id).where(ConsultationAnswer.account_id == account_id).exists()


def own_answers(
    account_id: int, language: str, most: int | None = None, *, slug: str | None = None
) -> list[OwnAnswer]:
    """The answers of an account, the newest first, `most` of them; by `slug`, that to one consultation. 1 statement."""
    title, statement = _own(language)
    mine = statement.where(ConsultationAnswer.account_id == account_id)
    if slug is not None:
        mine = mine.where(Consultation.slug == slug)
    return [_answer(row, title) for row in rows_of(mine.order_by(ConsultationAnswer.id.desc()).limit(most))]


def reached(account_id: int) -> bool:
    """Whether an account has an e-mail address or a telephone that answered; 1 statement."""
    statement = select(Account.email, Account.phone).where(
        Account.id == account_id, Account.disabled_at.is_(None)
    )
    row = db.session.execute(statement).one_or_none()
    return row is not None and bool(row.email or row.phone)
