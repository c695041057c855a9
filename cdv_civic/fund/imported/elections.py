"""A round that was held elsewhere, as pages of past votes show it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.localized import Words
from cdv_civic.fund.archive.elections import CountedElection, counted_from
from cdv_civic.fund.models.funds import FundRound, RoundBallots


@dataclass(frozen=True)
class RoundElection:
    """The vote of a round."""

    slug: str
    title: Words
    language: str
    counted: CountedElection
    source: str = ""

    @property
    def file_name(self) -> str:
        """What the file of its ballots is called."""
        return f"{self.slug}.pb"


def election_of(round_id: int, slug: str, title: Words) -> RoundElection | None:
    """The vote of a round that was imported, counted already; None for any other round. 1 statement."""
    counts: dict[str, Any] | None = db.session.execute(
        select(RoundBallots.counts).where(RoundBallots.round_id == round_id)
    ).scalar()
    if counts is None:
        return None
    return RoundElection(slug, title, counts.get("language", "fr"), counted_from(counts))


def ballots_of(round_id: int) -> str | None:
    """The ballots of a round, in the format of Pabulib; None where none are published. 1 statement."""
    return db.session.execute(select(RoundBallots.pabulib).where(RoundBallots.round_id == round_id)).scalar()


def published_ballots(slug: str) -> str | None:
    """The same of a round by its name; 1 statement."""
    return db.session.execute(
        select(RoundBallots.pabulib)
        .join(FundRound, FundRound.id == RoundBallots.round_id)
        .where(FundRound.slug == slug, FundRound.published_at.is_not(None))
    ).scalar()
