"""The dated story of a commitment: every entry of progress, withdrawn ones too, with what shows it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Evidence, Progress
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, LocalizedText, Words
from cdv_civic.core.published_before import Published
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.vocabulary import STATES, CommitmentState

#: Stories are short; a runaway one must not make a page that no phone can open.
MOST_ENTRIES = 200
#: Of `published_news`: more than people publish of one commitment within an hour.
_NEWEST = 20


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A photo, a document or a link that shows a progress."""

    kind: str
    caption: Words
    file_id: int | None
    link: str | None
    #: Bytes.
    size: int | None


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One entry; `commitments.presentation.shown_story` makes it ready for a page."""

    id: int
    date: date
    state: CommitmentState
    #: Who says so.
    author: str
    sentence: Words
    #: Markdown.
    detail: Words | None
    #: The quartier it is about; empty for the commitment as a whole.
    quartiers: tuple[str, ...]
    evidence: tuple[EvidenceItem, ...]
    withdrawn: bool
    withdrawn_reason: str | None


def story_of(commitment_id: int, language: str) -> tuple[StoryEntry, ...]:
    """The entries, newest first. 2 statements, 1 where nothing was told yet."""
    sentence, detail, statement = _story_statement(language)
    rows = rows_of(statement, {"id": commitment_id}).all()
    evidence = _evidence(commitment_id, language) if rows else {}
    return tuple(
        StoryEntry(
            id=row.id,
            date=row.happened_on,
            state=STATES[row.state],
            author=row.organisation_name,
            sentence=sentence.words(row),
            detail=detail.words_or_none(row),
            quartiers=(row.quartier,) if row.quartier else (),
            evidence=tuple(evidence.get(row.id, ())),
            withdrawn=row.withdrawn_at is not None,
            withdrawn_reason=row.withdrawn_reason,
        )
        for row in rows
    )


# The statements are made once: to build them costs more than to ask them.
@lru_cache(maxsize=64)
def _story_statement(language: str) -> tuple[Localized, Localized, Any]:
    sentence = Localized("sentence", Progress.sentence_id, language)
    detail = Localized("detail", Progress.detail_id, language)
    statement: Any = (
        select(
            Progress.id,
            Progress.state,
            Progress.happened_on,
            Progress.organisation_name,
            Progress.withdrawn_at,
            Progress.withdrawn_reason,
            Quartier.name.label("quartier"),
            *sentence.columns,
            *detail.columns,
        )
        .outerjoin(Quartier, Quartier.id == Progress.quartier_id)
        .where(Progress.commitment_id == bindparam("id"))
        .order_by(Progress.happened_on.desc(), Progress.id.desc())
        .limit(MOST_ENTRIES)
    )
    return sentence, detail, detail.join(sentence.join(statement), optional=True)


def _evidence(commitment_id: int, language: str) -> dict[int, list[EvidenceItem]]:
    caption, statement = _evidence_statement(language)
    found: dict[int, list[EvidenceItem]] = defaultdict(list)
    for row in rows_of(statement, {"id": commitment_id}):
        found[row.progress_id].append(
            EvidenceItem(row.kind, caption.words(row), row.file_id, row.url, row.size)
        )
    return found


@lru_cache(maxsize=64)
def _evidence_statement(language: str) -> tuple[Localized, Any]:
    caption = Localized("caption", Evidence.caption_id, language)
    statement: Any = (
        select(
            Evidence.progress_id,
            Evidence.kind,
            Evidence.url,
            Evidence.file_id,
            StoredFile.size,
            *caption.columns,
        )
        .join(Progress, Progress.id == Evidence.progress_id)
        .outerjoin(StoredFile, StoredFile.id == Evidence.file_id)
        .where(Progress.commitment_id == bindparam("id"), Progress.withdrawn_at.is_(None))
        .order_by(Evidence.progress_id, Evidence.position, Evidence.id)
    )
    return caption, caption.join(statement)


def published_news(session: Session, commitment_id: int) -> list[Published]:
    """The newest news of a commitment that stands there, for whoever is about to publish more. 1 statement."""
    rows = session.execute(
        select(Progress.id, LocalizedText.original, Progress.organisation_name, Progress.published_at)
        .join(LocalizedText, LocalizedText.id == Progress.sentence_id)
        .where(Progress.commitment_id == commitment_id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.id.desc())
        .limit(_NEWEST)
    )
    return [Published(*row) for row in rows]
