"""The money of funds, who gives it and who advises."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.fund.models.funds import FundEnvelope, fund_body, fund_funder, fund_quartier
from cdv_civic.territory.models import Body, Organisation, Quartier


@dataclass(frozen=True)
class EnvelopeFacts:
    """The money of one year, and what is left of it."""

    id: int
    fund_id: int
    year: int
    scope: str
    quartier_id: int | None
    quartier: str | None
    cents: int
    reserved_cents: int
    version: int

    @property
    def left_cents(self) -> int:
        """What can still be granted."""
        return self.cents - self.reserved_cents

    @property
    def left_percent(self) -> int:
        """Of the whole: how long its bar is."""
        return 100 * self.left_cents // self.cents


def envelopes_of(fund_ids: Iterable[int]) -> list[EnvelopeFacts]:
    """The envelopes of some funds, the newest year first; 1 statement."""
    rows = rows_of(
        select(*FundEnvelope.__table__.columns, Quartier.name.label("quartier"))
        .outerjoin(Quartier, Quartier.id == FundEnvelope.quartier_id)
        .where(FundEnvelope.fund_id.in_(sorted(fund_ids)))
        .order_by(FundEnvelope.year.desc(), FundEnvelope.scope.desc(), Quartier.name, FundEnvelope.id)
    )
    return [
        EnvelopeFacts(
            row.id,
            row.fund_id,
            row.year,
            row.scope,
            row.quartier_id,
            row.quartier,
            row.cents,
            row.reserved_cents,
            row.version,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class FundPeople:
    """Who gives the money of a fund, and which bodies give their opinion."""

    funders: list[str]
    bodies: list[tuple[str, str]]  #: names in addresses, and names
    #: The quartiers that it names; none: all of its commune or contract.
    quartiers: list[tuple[str, str]]


def people_of(fund_id: int) -> FundPeople:
    """Who gives, who advises, and for which quartiers; 3 statements."""
    funders = rows_of(
        select(Organisation.name)
        .join(fund_funder, fund_funder.c.organisation_id == Organisation.id)
        .where(fund_funder.c.fund_id == fund_id)
        .order_by(fund_funder.c.position)
    )
    bodies = rows_of(
        select(Body.slug, Body.name)
        .join(fund_body, fund_body.c.body_id == Body.id)
        .where(fund_body.c.fund_id == fund_id)
        .order_by(fund_body.c.position)
    )
    quartiers = rows_of(
        select(Quartier.slug, Quartier.name)
        .join(fund_quartier, fund_quartier.c.quartier_id == Quartier.id)
        .where(fund_quartier.c.fund_id == fund_id)
        .order_by(Quartier.position, Quartier.id)
    )
    return FundPeople(
        [row.name for row in funders],
        [(row.slug, row.name) for row in bodies],
        [(row.slug, row.name) for row in quartiers],
    )
