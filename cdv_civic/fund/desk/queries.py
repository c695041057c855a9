"""What the desk of funds reads besides what everybody does."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.model import Reach
from cdv_civic.fund.models.funds import Fund, FundRound, fund_body, fund_funder, fund_quartier
from cdv_civic.fund.public.queries.funds import (
    FundFacts,
    RoundFacts,
    funds_where,
    rounds_where,
)
from cdv_civic.fund.scopes import funds_within, quartiers_of_fund
from cdv_civic.territory.models import Body, Organisation, Quartier
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

Choices = list[tuple[int, str]]


@dataclass(frozen=True)
class FundAtDesk:
    """A fund in the list of the desk."""

    fund: FundFacts
    rounds: int
    open_rounds: int


def funds_at_desk(reach: Reach, language: str) -> list[FundAtDesk]:
    """The funds within reach with how many rounds each has; 2 statements."""
    funds = funds_where(funds_within(reach), language)
    rounds: dict[int, list[RoundFacts]] = {fund.id: [] for fund in funds}
    for each in rounds_where(FundRound.fund_id.in_(sorted(rounds)), language):
        rounds[each.fund_id].append(each)
    return [
        FundAtDesk(fund, len(rounds[fund.id]), sum(each.is_open for each in rounds[fund.id]))
        for fund in funds
    ]


def rounds_at_desk(fund_id: int, language: str) -> list[RoundFacts]:
    """All rounds of a fund, the newest first; 1 statement."""
    return rounds_where(FundRound.fund_id == fund_id, language)


def round_at_desk(fund_id: int, slug: str, language: str) -> RoundFacts | None:
    """A round of a fund, also one that nobody else sees; 1 statement."""
    found = rounds_where(and_(FundRound.fund_id == fund_id, FundRound.slug == slug), language)
    return found[0] if found else None


@dataclass(frozen=True)
class FundTexts:
    """The texts of a fund by language tag, and what it is linked to."""

    name: Mapping[str, str]
    words: Mapping[str, str]
    help: Mapping[str, str]
    elsewhere: Mapping[str, str]
    funders: list[int]
    quartiers: list[int]
    bodies: list[int]


def texts_of_fund(fund_id: int) -> FundTexts:
    """What the form of a fund begins with; 6 statements."""
    row = db.session.execute(
        select(Fund.name_id, Fund.words_id, Fund.help_id, Fund.elsewhere_id).where(Fund.id == fund_id)
    ).one()
    links = [
        list(
            db.session.execute(
                select(table.c[column]).where(table.c.fund_id == fund_id).order_by(table.c.position)
            ).scalars()
        )
        for table, column in (
            (fund_funder, "organisation_id"),
            (fund_quartier, "quartier_id"),
            (fund_body, "body_id"),
        )
    ]
    name, words, helping, elsewhere = texts_in_all(*row)
    return FundTexts(name, words, helping, elsewhere, *links)


def title_of_round(round_id: int) -> Mapping[str, str]:
    """The title of a round by language tag; 3 statements."""
    title_id = db.session.execute(select(FundRound.title_id).where(FundRound.id == round_id)).scalar_one()
    return texts_in_all(title_id)[0]


@dataclass(frozen=True)
class FundChoices:
    """What a fund of a contract may name: ids and names."""

    organisations: Choices
    quartiers: Choices
    bodies: Choices


def choices_in(contract_id: int) -> FundChoices:
    """The organisations, quartiers and bodies of a contract; 3 statements."""
    organisations = (
        select(Organisation.id, Organisation.name)
        .where(Organisation.contract_id == contract_id, Organisation.retired_at.is_(None))
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    quartiers = (
        select(Quartier.id, Quartier.name)
        .where(Quartier.contract_id == contract_id, Quartier.retired_at.is_(None))
        .order_by(Quartier.name, Quartier.id)
    )
    bodies = (
        select(Body.id, Body.name)
        .where(
            Body.contract_id == contract_id,
            Body.retired_at.is_(None),
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
        )
        .order_by(Body.name, Body.id)
    )
    return FundChoices(
        *([(row[0], row[1]) for row in rows_of(each)] for each in (organisations, quartiers, bodies))
    )


def quartiers_of(fund_id: int) -> Choices:
    """The quartiers that a fund is for; 1 statement."""
    rows = rows_of(
        select(Quartier.id, Quartier.name)
        .join(Fund, quartiers_of_fund())
        .where(Fund.id == fund_id)
        .order_by(Quartier.name, Quartier.id)
    )
    return [(row.id, row.name) for row in rows]
