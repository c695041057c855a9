"""A table of sheets that was read whole: kept some at a time, so that nobody else waits long for the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.consultations.operations.keeping import AnsweredBefore
from cdv_civic.consultations.paper.operations.entering import Outcome, WaitsForAnother, take_sheet
from cdv_civic.consultations.paper.operations.sheets import ACTION, TypedSheet, held_for_sheets
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import Actor

#: Sheets of one transaction.
AT_ONCE: Final = 200


@dataclass(frozen=True)
class ImportedSheets:
    """What became of the rows of a table."""

    added: int = 0
    #: They were there before, and stay as they are.
    known: int = 0
    #: They wait for a second person.
    waiting: int = 0
    differing: int = 0

    def __add__(self, other: "ImportedSheets") -> "ImportedSheets":
        return ImportedSheets(
            self.added + other.added,
            self.known + other.known,
            self.waiting + other.waiting,
            self.differing + other.differing,
        )


def import_sheets(actor: Actor, consultation_id: int, sheets: Sequence[TypedSheet]) -> ImportedSheets:
    """Keep the sheets of a table. A table that comes twice, or once more after it broke off, adds nothing twice.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`, `DomainError`.
    """
    total = ImportedSheets()
    for some in _parts(sheets):
        with transaction() as session:
            held = held_for_sheets(session, actor, consultation_id)
            done = ImportedSheets()
            for sheet in some:
                try:
                    outcome = take_sheet(session, actor, held, sheet)
                except (AnsweredBefore, WaitsForAnother):
                    outcome = Outcome.AGAIN
                done += _counted(outcome)
            record(
                session,
                actor,
                ACTION,
                "consultation",
                consultation_id,
                scope=held.contract,
                after={"imported": done.added, "known": done.known, "waiting": done.waiting},
            )
        total += done
    return total


def _parts(sheets: Sequence[TypedSheet]) -> Iterator[Sequence[TypedSheet]]:
    for start in range(0, len(sheets), AT_ONCE):
        yield sheets[start : start + AT_ONCE]


def _counted(outcome: Outcome) -> ImportedSheets:
    return ImportedSheets(
        added=outcome is Outcome.KEPT,
        known=outcome is Outcome.AGAIN,
        waiting=outcome is Outcome.WAITS,
        differing=outcome is Outcome.DIFFERS,
    )
