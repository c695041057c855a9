"""Which sheets were printed, and what became of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.paper.models import (
    ConsultationEvidence,
    ConsultationSheetBatch,
    ConsultationSheetEntry,
    ConsultationVoidSheet,
)
from cdv_civic.consultations.paper.rules.entries import from_content
from cdv_civic.consultations.paper.rules.numbers import Spans
from cdv_civic.consultations.queries.given import given_by
from cdv_civic.consultations.rules.questions import Answers
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.participation.rules.channels import Channel


@dataclass(frozen=True)
class SheetBatch:
    """Sheets that were printed together."""

    id: int
    first: int
    last: int
    languages: tuple[str, ...]
    printed_at: datetime

    @property
    def count(self) -> int:
        """How many sheets."""
        return self.last - self.first + 1

    def numbers(self) -> range:
        """Their numbers."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Sheets:
    """What became of the sheets of a consultation, by number."""

    batches: tuple[SheetBatch, ...] = ()
    entered: frozenset[int] = frozenset()
    #: Number -> code of the reason.
    void: Mapping[int, str] = field(default_factory=dict)
    #: Typed once; by whom.
    waiting: Mapping[int, int | None] = field(default_factory=dict)
    #: Typed by two people who read something else.
    differing: frozenset[int] = frozenset()

    @property
    def printed(self) -> Spans:
        """The numbers that were printed."""
        return Spans([(batch.first, batch.last) for batch in self.batches])

    @cached_property
    def done(self) -> frozenset[int]:
        """Those that nobody has to type any more."""
        return self.entered | self.void.keys() | self.differing

    def missing(self) -> list[int]:
        """Those of which nobody typed anything and nobody said why."""
        return self._missing_among(self.printed.numbers())

    def by_batch(self) -> list["BatchLine"]:
        """What became of the sheets of each batch; each sheet is looked at once, however many batches there are."""
        return [
            BatchLine(
                batch,
                sum(number in self.entered for number in batch.numbers()),
                sum(number in self.void for number in batch.numbers()),
                self._missing_among(batch.numbers()),
            )
            for batch in self.batches
        ]

    def _missing_among(self, numbers: Iterable[int]) -> list[int]:
        return [number for number in numbers if number not in self.done and number not in self.waiting]

    def left_for(self, account_id: int | None) -> frozenset[int]:
        """Those that somebody need not type: done, or typed by themselves and waiting for another person."""
        own = {
            number
            for number, typed_by in self.waiting.items()
            if typed_by is not None and typed_by == account_id
        }
        return self.done | own


@dataclass(frozen=True)
class BatchLine:
    """A batch, how many of its sheets were typed or do not count, and the numbers of those that are missing."""

    batch: SheetBatch
    entered: int
    void: int
    missing: list[int]


def batches_of(consultation_id: int) -> tuple[SheetBatch, ...]:
    """The batches of a consultation, in order; 1 statement."""
    batch = ConsultationSheetBatch
    rows = rows_of(
        select(batch.id, batch.first, batch.last, batch.languages, batch.printed_at)
        .where(batch.consultation_id == consultation_id)
        .order_by(batch.first)
    )
    return tuple(
        SheetBatch(row.id, row.first, row.last, tuple(row.languages), row.printed_at) for row in rows
    )


def batch_of(consultation_id: int, batch_id: int) -> SheetBatch | None:
    """One batch; 1 statement."""
    return next((each for each in batches_of(consultation_id) if each.id == batch_id), None)


def sheets_of(consultation_id: int) -> Sheets:
    """What became of all sheets; 4 statements."""
    answer, void, entry = ConsultationAnswer, ConsultationVoidSheet, ConsultationSheetEntry
    entered = rows_of(
        select(answer.sheet_number).where(
            answer.consultation_id == consultation_id, answer.sheet_number.is_not(None)
        )
    ).scalars()
    voided = rows_of(select(void.number, void.reason).where(void.consultation_id == consultation_id))
    waiting: dict[int, int | None] = {}
    differing: set[int] = set()
    for row in rows_of(
        select(entry.sheet_number, entry.place, entry.entered_by)
        .where(entry.consultation_id == consultation_id)
        .order_by(entry.place)
    ):
        if row.place == 1:
            waiting[row.sheet_number] = row.entered_by
        else:
            waiting.pop(row.sheet_number, None)
            differing.add(row.sheet_number)
    return Sheets(
        batches_of(consultation_id),
        frozenset(entered),
        {row.number: row.reason for row in voided},
        waiting,
        frozenset(differing),
    )


@dataclass(frozen=True)
class SheetAnswer:
    """What was kept of a sheet."""

    id: int
    number: int | None
    version: int
    entered_by: int | None
    quartier_id: int | None
    received_on: date
    answers: Answers
    lang: str


def answer_of_sheet(consultation_id: int, number: int) -> SheetAnswer | None:
    """What was kept of a sheet, or None; 4 statements."""
    answer = ConsultationAnswer
    row = rows_of(
        select(
            answer.id,
            answer.sheet_number,
            answer.version,
            answer.entered_by,
            answer.quartier_id,
            answer.received_on,
        ).where(answer.consultation_id == consultation_id, answer.sheet_number == number)
    ).one_or_none()
    if row is None:
        return None
    given, lang = given_by([row.id])
    return SheetAnswer(
        row.id,
        row.sheet_number,
        row.version,
        row.entered_by,
        row.quartier_id,
        row.received_on,
        given.get(row.id, {}),
        lang.get(row.id, ""),
    )


@dataclass(frozen=True)
class TypedEntry:
    """What one person typed of a sheet, while it is not kept."""

    id: int
    place: int
    answers: Answers
    lang: str
    entered_by: int | None
    entered_at: datetime


def entries_of(consultation_id: int, number: int) -> list[TypedEntry]:
    """What was typed of a sheet that two people type, the first one first; 1 statement."""
    entry = ConsultationSheetEntry
    rows: Any = rows_of(
        select(entry.id, entry.place, entry.content, entry.lang, entry.entered_by, entry.entered_at)
        .where(entry.consultation_id == consultation_id, entry.sheet_number == number)
        .order_by(entry.place)
    )
    return [
        TypedEntry(row.id, row.place, from_content(row.content), row.lang, row.entered_by, row.entered_at)
        for row in rows
    ]


def entered_today(account_id: int, consultation_id: int) -> int:
    """How many sheets somebody typed in today; 1 statement."""
    answer = ConsultationAnswer
    return int(
        rows_of(
            select(func.count()).where(
                answer.consultation_id == consultation_id,
                answer.entered_by == account_id,
                answer.channel == Channel.PAPER.value,
                answer.received_on == clock.today(),
            )
        ).scalar_one()
    )


@dataclass(frozen=True)
class SheetPhoto:
    """A photo or a scan of a sheet."""

    id: int
    sheet_number: int | None
    kind: str
    added_at: datetime


def evidence_of(consultation_id: int, number: int) -> list[SheetPhoto]:
    """The photos and scans of a sheet; 1 statement."""
    evidence = ConsultationEvidence
    rows = rows_of(
        select(evidence.id, evidence.sheet_number, StoredFile.kind, evidence.added_at)
        .join(StoredFile, StoredFile.id == evidence.file_id)
        .where(evidence.consultation_id == consultation_id, evidence.sheet_number == number)
        .order_by(evidence.id)
    )
    return [SheetPhoto(row.id, row.sheet_number, row.kind, row.added_at) for row in rows]
