"""A project held for whoever instructs it, with its fund and its round held against change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import (
    NO_PROJECT,
    fund_of,
    held_project,
    held_round,
    raise_fund_tags,
    record_of_fund,
)
from cdv_civic.fund.scopes import INSTRUCT


@dataclass(frozen=True)
class Instructing:
    """A project under the hands of somebody, within a transaction."""

    session: Session
    actor: Actor
    fund: Fund
    round: FundRound
    project: FundProject

    def record(self, **after: Any) -> None:
        """A line of the audit trail: what became of the project, and no words."""
        record_of_fund(self.session, self.actor, self.fund, INSTRUCT, "fund_project", self.project.id, after)

    def changed(self) -> None:
        """Raise the version of what is changed beside its state (`moving.move` does by itself)."""
        self.project.version += 1


@contextmanager
def instructing(actor: Actor, project_id: int, version: int) -> Iterator[Instructing]:
    """A transaction with the project held, as its page showed it; the pages of its fund are made anew.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        of = session.execute(
            select(FundProject.fund_id, FundProject.round_id).where(FundProject.id == project_id)
        ).one_or_none()
        if of is None:
            raise NotFound(NO_PROJECT)
        fund = fund_of(session, actor, of.fund_id, INSTRUCT)
        fund_round = held_round(session, of.round_id, shared=True)
        yield Instructing(session, actor, fund, fund_round, held_project(session, project_id, version))
        raise_fund_tags(session, fund)
