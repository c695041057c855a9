"""Whose project it is: that of a receipt, or of an account; held with all that an act on its money changes."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import NotFound
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.models.funds import Fund, FundEnvelope
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import NO_PROJECT, fund_of, held_envelope, held_fund, held_project
from cdv_civic.fund.scopes import INSTRUCT
from cdv_civic.participation.receipts import receipt_hash


class HeldProject(NamedTuple):
    """A project, locked, with its fund (nobody changes it meanwhile) and its envelope, where that was locked too."""

    fund: Fund
    project: FundProject
    envelope: FundEnvelope | None


def by_receipt(code: str) -> ColumnElement[bool]:
    """The condition that a `FundProject` is that of a receipt (as `read_receipt` gives it)."""
    return FundProject.receipt_hash == receipt_hash(code)


def by_account(account_id: int, project_id: int) -> ColumnElement[bool]:
    """The condition that it is this one, and somebody's own."""
    return and_(FundProject.id == project_id, FundProject.author_id == account_id)


def carried(session: Session, whose: ColumnElement[bool], *, money: bool = False) -> HeldProject:
    """One's own project, held; with `money` its envelope too. Raises `NotFound`. 3 statements, or 4."""
    found = session.execute(
        select(FundProject.id, FundProject.fund_id, FundProject.envelope_id).where(whose)
    ).one_or_none()
    if found is None:
        raise NotFound(NO_PROJECT)
    fund = held_fund(session, found.fund_id, shared=True)
    envelope = _envelope(session, found.envelope_id) if money else None
    return HeldProject(fund, held_project(session, found.id), envelope)


def instructed(session: Session, actor: Actor, project_id: int) -> HeldProject:
    """A project with its envelope, held for the desk. Raises `NotFound`, `Forbidden`. 4 statements."""
    found = session.execute(
        select(FundProject.fund_id, FundProject.envelope_id).where(FundProject.id == project_id)
    ).one_or_none()
    if found is None:
        raise NotFound(NO_PROJECT)
    fund = fund_of(session, actor, found.fund_id, INSTRUCT)
    envelope = _envelope(session, found.envelope_id)
    return HeldProject(fund, held_project(session, project_id), envelope)


def _envelope(session: Session, envelope_id: int | None) -> FundEnvelope | None:
    return None if envelope_id is None else held_envelope(session, envelope_id)
