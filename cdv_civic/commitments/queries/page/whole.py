"""The page, put together from its parts."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.queries.cards import passed_in_silence
from cdv_civic.commitments.queries.indicators import IndicatorLine, indicators_of
from cdv_civic.commitments.queries.page.parties import NamedLink, QuartierLine, parties_of
from cdv_civic.commitments.queries.page.paths import AxisPath, paths_of
from cdv_civic.commitments.queries.page.twins import Twin, twins_of
from cdv_civic.commitments.queries.page.versions import VersionLine, versions_of
from cdv_civic.commitments.queries.story import StoryEntry, story_of
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, LocalizedText, Words
from cdv_civic.participation.queries import is_linked
from cdv_civic.participation.rules.links import ThingKind
from cdv_civic.territory.models import Contract
from cdv_civic.territory.vocabulary import (
    CERTAINTIES,
    NATURES,
    STATES,
    THEMES,
    CodedTerm,
    CommitmentState,
    Nature,
)


@dataclass(frozen=True)
class CommitmentPage:
    """All that the page prints. Every part but title, nature and state may be absent."""

    id: int
    contract: NamedLink
    code: str
    title: Words
    nature: Nature
    theme: CodedTerm | None
    state: CommitmentState
    #: The last thing told of the whole that was not withdrawn.
    last_news: StoryEntry | None
    holders: tuple[NamedLink, ...]
    partners: tuple[NamedLink, ...]
    partners_text: tuple[str, ...]
    quartiers: tuple[QuartierLine, ...]
    communes: tuple[NamedLink, ...]
    deadline_text: str | None
    deadline_passed: bool
    recurrence: str | None
    condition: str | None
    budget_text: str | None
    certainty: CodedTerm | None
    status_text: str | None
    indicators: tuple[IndicatorLine, ...]
    story: tuple[StoryEntry, ...]
    paths: tuple[AxisPath, ...]
    twins: tuple[Twin, ...]
    version: int
    versions: tuple[VersionLine, ...]
    source_document: str
    lines: tuple[int, ...]
    retired_at: datetime | None
    #: Whether anything else has to do with it.
    linked: bool

    @property
    def promised_by(self) -> tuple[str, ...]:
        """Names of all institutions that promise the same, each once."""
        everyone = [*self.holders, *(holder for twin in self.twins for holder in twin.holders)]
        return tuple(dict.fromkeys(holder.name for holder in everyone))

    @property
    def told_differently(self) -> bool:
        """Whether some quartier has a state of its own."""
        return any(line.state is not None for line in self.quartiers)


def commitment_page(contract: str, code: str, *, language: str, today: date) -> CommitmentPage | None:
    """The page of the commitment `code` of the contract with this slug; None where there is none.

    9 statements at most.
    """
    row = _head(contract, code, language)
    if row is None:
        return None
    parties = parties_of(row.id, row.state)
    story = story_of(row.id, language)
    return CommitmentPage(
        id=row.id,
        contract=NamedLink(contract, row.short_title),
        code=row.code,
        title=_title(language).words(row),
        nature=NATURES[row.nature],
        theme=THEMES[row.theme] if row.theme else None,
        state=STATES[row.state],
        last_news=next((each for each in story if not each.withdrawn and not each.quartiers), None),
        holders=parties.holders,
        partners=parties.partners,
        partners_text=tuple(row.partners_text),
        quartiers=parties.quartiers,
        communes=parties.communes,
        deadline_text=row.deadline_text,
        deadline_passed=passed_in_silence(row.deadline_date, row.state, row.last_progress_on, today),
        recurrence=row.recurrence,
        condition=row.condition,
        budget_text=row.budget_text,
        certainty=CERTAINTIES[row.budget_certainty] if row.budget_certainty else None,
        status_text=row.status_text,
        indicators=indicators_of(row.id, language),
        story=story,
        paths=paths_of(row.id, language),
        twins=twins_of(row.id, row.contract_id, row.original),
        version=row.version,
        versions=versions_of(row.id),
        source_document=row.source_document,
        lines=tuple(row.lines),
        retired_at=row.retired_at,
        linked=bool(row.linked),
    )


def _head(contract: str, code: str, language: str) -> Any:
    return rows_of(_head_statement(language), {"contract": contract, "code": code}).one_or_none()


@lru_cache(maxsize=64)
def _title(language: str) -> Localized:
    return Localized("title", Commitment.title_id, language)


# The statements are made once: to build them costs more than to ask them.
@lru_cache(maxsize=64)
def _head_statement(language: str) -> Any:
    title = _title(language)
    own = aliased(LocalizedText, name="own")
    statement: Any = (
        select(
            Commitment.id,
            Commitment.contract_id,
            Commitment.code,
            Commitment.nature,
            Commitment.theme,
            Commitment.state,
            Commitment.partners_text,
            Commitment.deadline_text,
            Commitment.deadline_date,
            Commitment.last_progress_on,
            Commitment.recurrence,
            Commitment.condition,
            Commitment.budget_text,
            Commitment.budget_certainty,
            Commitment.status_text,
            Commitment.version,
            Commitment.lines,
            Commitment.retired_at,
            is_linked(ThingKind.COMMITMENT, Commitment.id).label("linked"),
            Contract.short_title,
            Contract.source_document,
            own.original,
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .join(own, own.id == Commitment.title_id)
        .where(Contract.slug == bindparam("contract"), Commitment.code == bindparam("code"))
    )
    return title.join(statement)
