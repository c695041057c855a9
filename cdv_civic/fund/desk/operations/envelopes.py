"""The money of a fund, of each year: an envelope is made, changed, taken away while nothing hangs on it."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.models.funds import Fund, FundEnvelope
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import (
    NO_ENVELOPE,
    held_envelope,
    kept_fund,
    raise_fund_tags,
    record_of_fund,
)
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.rules.templates import EnvelopeScope
from cdv_civic.fund.scopes import EDIT, quartiers_of_fund
from cdv_civic.territory.models import Quartier

#: No fund holds more: beyond, somebody typed a mistake.
MOST_ENVELOPE_CENTS: Final = 1_000_000_000_00
YEARS: Final = range(2014, 2100)
_TWICE: Final = _l("Cette enveloppe existe déjà pour cette année\u00a0: changez plutôt son montant.")


@dataclass(frozen=True)
class NewEnvelope:
    """What an envelope is for, and how much it holds."""

    year: int
    scope: EnvelopeScope
    cents: int
    quartier_id: int | None = None


def make_envelope(actor: Actor, fund_id: int, envelope: NewEnvelope, *, client_key: str) -> int:
    """An envelope; its id. The same `client_key` again makes no other. Raises `NotFound`, `Forbidden`,
    `DomainError`."""
    try:
        return _make(actor, fund_id, envelope, client_key)
    except IntegrityError:
        with suppress(IntegrityError):  # the same form, sent twice at once
            return _make(actor, fund_id, envelope, client_key)
        raise DomainError(_TWICE, field="scope") from None


def _make(actor: Actor, fund_id: int, new: NewEnvelope, client_key: str) -> int:
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id)
        known = made_before(
            session,
            FundEnvelope,
            key=(FundEnvelope.client_key, client_key),
            owner=(FundEnvelope.fund_id, fund_id),
        )
        if known is not None:
            return known.id
        _check(session, fund, new)
        row = FundEnvelope(
            fund_id=fund_id,
            year=new.year,
            scope=new.scope.value,
            quartier_id=new.quartier_id,
            cents=new.cents,
            client_key=client_key,
            version=1,
        )
        session.add(row)
        session.flush()
        raise_fund_tags(session, fund)
        record_of_fund(
            session, actor, fund, EDIT, "fund_envelope", row.id, {"year": row.year, "cents": row.cents}
        )
        return row.id


def _check(session: Session, fund: Fund, new: NewEnvelope) -> None:
    if new.year not in YEARS:
        raise DomainError(_l("Écrivez une année entre 2014 et 2099."), field="year")
    _check_amount(new.cents)
    of_quartier = new.scope is EnvelopeScope.QUARTIER
    if of_quartier and new.quartier_id is None:
        raise DomainError(_l("Dites pour quel quartier."), field="quartier")
    if not of_quartier and new.quartier_id is not None:
        raise DomainError(_l("Un quartier ne va qu’avec une enveloppe pour un quartier."), field="quartier")
    if of_quartier:
        here = (
            select(Quartier.id)
            .join(Fund, quartiers_of_fund())
            .where(Fund.id == fund.id, Quartier.id == new.quartier_id)
        )
        if session.execute(here).first() is None:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="quartier")
    same = select(FundEnvelope.id).where(
        FundEnvelope.fund_id == fund.id,
        FundEnvelope.year == new.year,
        FundEnvelope.scope == new.scope.value,
        FundEnvelope.quartier_id.is_(None)
        if new.quartier_id is None
        else FundEnvelope.quartier_id == new.quartier_id,
    )
    if session.execute(same).first() is not None:
        raise DomainError(_TWICE, field="scope")


def _check_amount(cents: int) -> None:
    if not 0 < cents <= MOST_ENVELOPE_CENTS:
        raise DomainError(
            _l("Écrivez un montant au-dessus de zéro, et d’un milliard d’euros au plus."), field="amount"
        )


def change_envelope(actor: Actor, envelope_id: int, cents: int, *, version: int) -> None:
    """Put more or less money into an envelope; never less than its projects were granted. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`."""
    _check_amount(cents)
    with transaction() as session:
        fund, row = _held(session, actor, envelope_id, version)
        if cents < row.reserved_cents:
            raise DomainError(
                _l(
                    "%(amount)s sont déjà promis à des projets\u00a0: l’enveloppe ne peut pas être plus petite.",
                    amount=cents_text(row.reserved_cents),
                ),
                field="amount",
            )
        row.cents = cents
        row.version += 1
        raise_fund_tags(session, fund)
        record_of_fund(session, actor, fund, EDIT, "fund_envelope", row.id, {"cents": cents})


def delete_envelope(actor: Actor, envelope_id: int, *, version: int) -> None:
    """Take an envelope away that no project would be paid from. Raises `NotFound`, `Forbidden`, `Conflict`,
    `DomainError`."""
    with transaction() as session:
        fund, row = _held(session, actor, envelope_id, version)
        used = select(FundProject.id).where(FundProject.envelope_id == envelope_id).limit(1)
        if session.execute(used).first() is not None:
            raise DomainError(
                _l("Des projets comptent sur cette enveloppe\u00a0: changez plutôt son montant.")
            )
        session.delete(row)
        raise_fund_tags(session, fund)
        record_of_fund(session, actor, fund, EDIT, "fund_envelope", envelope_id, {"deleted": True})


def _held(session: Session, actor: Actor, envelope_id: int, version: int) -> tuple[Fund, FundEnvelope]:
    fund_id = session.execute(select(FundEnvelope.fund_id).where(FundEnvelope.id == envelope_id)).scalar()
    if fund_id is None:
        raise NotFound(NO_ENVELOPE)
    fund = kept_fund(session, actor, fund_id)
    row = held_envelope(session, envelope_id)
    if row.version != version:
        raise ChangedMeanwhile
    return fund, row
