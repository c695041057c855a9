"""What waits for the moderators of a place: texts to read and reported texts, what is late first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.paging import Cursor, Key, Page, beyond, ordered, page_of
from cdv_civic.core.policy.model import Reach
from cdv_civic.moderation.kinds import SaidText, choosers_of, said_texts
from cdv_civic.moderation.models import ModeratedText, ModerationHint, ModerationReport
from cdv_civic.moderation.rules.decisions import OPEN_STATES, TextState

PER_PAGE: Final = 30
#: Of a key: the second and the microsecond at which a text is due, and its id.
KEY_PARTS: Final = 3
#: Due this soon, it is said.
SOON: Final = timedelta(hours=12)


class Shown(StrEnum):
    """Which texts a list shows."""

    #: All that waits: to read, or reported.
    WAITING = "attente"
    REPORTED = "signales"
    PUBLIC = "publics"
    REWORDING = "a_reformuler"
    HIDDEN = "masques"


@dataclass(frozen=True)
class QueueFilters:
    """What a moderator asks the list for."""

    shown: Shown = Shown.WAITING
    kind: str = ""


@dataclass(frozen=True)
class QueueLine:
    """One text in the list."""

    id: int
    kind: str
    state: str
    said: SaidText | None
    received_at: datetime
    due_at: datetime
    late: bool
    soon: bool
    sensitive: bool
    minor: bool
    reports: int
    #: The kinds of what asks for a look in it.
    hints: tuple[str, ...]
    #: The moderator wrote it, or chose that it be published: another person decides.
    own: bool
    chosen: bool
    version: int

    @property
    def apart(self) -> bool:
        """Whether it is read alone, never published with others."""
        return bool(self.sensitive or self.minor or self.reports or self.hints)

    @property
    def selectable(self) -> bool:
        """Whether it can be published with others, without being opened."""
        return self.state == TextState.WAITING.value and not (self.apart or self.own or self.chosen)

    @property
    def title(self) -> str:
        """How it is called in the list, for whoever chooses it without seeing it."""
        return "" if self.said is None else (self.said.title or self.said.words)[:80]


def of_body(body_id: int) -> ColumnElement[bool]:
    """The texts that the moderators of a body read."""
    return ModeratedText.body_id == body_id


def of_staff(reach: Reach, contract_id: int | None = None) -> ColumnElement[bool]:
    """The texts that no body reads, within reach of whoever may moderate for staff (`text.moderate_for_staff`)."""
    here = true() if contract_id is None else ModeratedText.contract_id == contract_id
    within = or_(
        true() if reach.everywhere else ModeratedText.contract_id.in_(sorted(reach.contracts)),
        ModeratedText.commune_id.in_(sorted(reach.communes)),
    )
    return and_(here, ModeratedText.body_id.is_(None), within)


def _open_reports() -> Any:
    return (
        select(
            ModerationReport.text_id,
            func.count().label("reports"),
            func.min(ModerationReport.due_at).label("due_at"),
        )
        .where(ModerationReport.decided_at.is_(None))
        .group_by(ModerationReport.text_id)
        .subquery("open_reports")
    )


def _where(filters: QueueFilters, reports: Any) -> ColumnElement[bool]:
    state = ModeratedText.state
    shown = {
        Shown.WAITING: or_(state.in_(sorted(OPEN_STATES)), reports.c.text_id.is_not(None)),
        Shown.REPORTED: reports.c.text_id.is_not(None),
        Shown.PUBLIC: state == TextState.PUBLISHED.value,
        Shown.REWORDING: state == TextState.REWORDING.value,
        Shown.HIDDEN: state.in_([TextState.HIDDEN.value, TextState.MERGED.value]),
    }[filters.shown]
    return and_(shown, ModeratedText.kind == filters.kind) if filters.kind else shown


def queue_page(
    place: ColumnElement[bool],
    filters: QueueFilters,
    cursor: Cursor | None,
    reader: int | None,
    language: str,
) -> Page[QueueLine]:
    """A page of the list; 2 statements, and 1 for each kind of text on it, 3 where its texts are chosen."""
    reports = _open_reports()
    waiting = ModeratedText.state.in_(sorted(OPEN_STATES))
    due = case(
        (waiting, ModeratedText.due_at), else_=func.coalesce(reports.c.due_at, ModeratedText.due_at)
    ).label("due")
    statement: Any = (
        select(
            ModeratedText.id,
            ModeratedText.kind,
            ModeratedText.state,
            ModeratedText.received_at,
            ModeratedText.sensitive,
            ModeratedText.minor,
            ModeratedText.author_id,
            ModeratedText.version,
            due,
            func.coalesce(reports.c.reports, 0).label("reports"),
        )
        .outerjoin(reports, reports.c.text_id == ModeratedText.id)
        .where(place, _where(filters, reports))
    )
    backwards = cursor is not None and cursor.before
    if cursor is not None:
        seconds, microseconds, text_id = cursor.key
        moment = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)
        statement = statement.where(beyond([due, ModeratedText.id], [moment, text_id], cursor.before))
    found = rows_of(ordered(statement, [due, ModeratedText.id], PER_PAGE, backwards=backwards)).all()
    return page_of(_lines(found, reader, language), cursor, PER_PAGE, _key_of)


def _key_of(line: QueueLine) -> Key:
    return (int(line.due_at.timestamp()), line.due_at.microsecond, line.id)


def _lines(rows: Sequence[Any], reader: int | None, language: str) -> list[QueueLine]:
    said = said_texts({row.id: row.kind for row in rows}, language)
    hints = _hints([row.id for row in rows])
    choosers = choosers_of(db.session(), {row.id: row.kind for row in rows})
    now = clock.now()
    return [
        QueueLine(
            row.id,
            row.kind,
            row.state,
            said.get(row.id),
            row.received_at,
            row.due,
            _waits(row) and row.due < now,
            _waits(row) and now <= row.due < now + SOON,
            row.sensitive,
            row.minor,
            row.reports,
            hints.get(row.id, ()),
            reader is not None and row.author_id == reader,
            reader is not None and choosers.get(row.id) == reader,
            row.version,
        )
        for row in rows
    ]


def _waits(row: Any) -> bool:
    return row.state in OPEN_STATES or row.reports > 0


def _hints(text_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The kinds of hints that nobody has called a false alarm, by text; 1 statement."""
    rows = rows_of(
        select(ModerationHint.text_id, ModerationHint.kind)
        .where(
            ModerationHint.text_id.in_(sorted(text_ids)),
            ModerationHint.ends_at > 0,
            ModerationHint.false_alarm.is_not(True),
        )
        .distinct()
        .order_by(ModerationHint.text_id, ModerationHint.kind)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.text_id] = (*found.get(row.text_id, ()), row.kind)
    return found


@dataclass(frozen=True)
class QueueTotals:
    """How much waits in a place."""

    waiting: int
    late: int
    reported: int


def queue_totals(place: ColumnElement[bool]) -> QueueTotals:
    """How much waits; 1 statement."""
    reports = _open_reports()
    waiting = ModeratedText.state.in_(sorted(OPEN_STATES))
    now = clock.now()
    row = rows_of(
        select(
            func.count().label("waiting"),
            func.coalesce(
                func.sum(
                    case((or_(and_(waiting, ModeratedText.due_at < now), reports.c.due_at < now), 1), else_=0)
                ),
                0,
            ).label("late"),
            func.count(reports.c.text_id).label("reported"),
        )
        .select_from(ModeratedText)
        .outerjoin(reports, reports.c.text_id == ModeratedText.id)
        .where(place, or_(waiting, reports.c.text_id.is_not(None)))
    ).one()
    return QueueTotals(row.waiting, int(row.late), row.reported)


def next_waiting(place: ColumnElement[bool], reader: int | None, after: int) -> int | None:
    """The id of the text to read next, once `after` was decided; None: nothing waits for this reader. 1 statement, and
    1 for each kind of which texts are chosen.

    Of what they chose themselves some are passed over; whoever chose very many finds the others in the list.
    """
    reports = _open_reports()
    waiting = ModeratedText.state.in_(sorted(OPEN_STATES))
    due = case((waiting, ModeratedText.due_at), else_=func.coalesce(reports.c.due_at, ModeratedText.due_at))
    own = ModeratedText.author_id == reader if reader is not None else ModeratedText.id < 0
    rows = rows_of(
        select(ModeratedText.id, ModeratedText.kind)
        .outerjoin(reports, reports.c.text_id == ModeratedText.id)
        .where(
            place,
            or_(waiting, reports.c.text_id.is_not(None)),
            ModeratedText.id != after,
            or_(ModeratedText.author_id.is_(None), ~own),
        )
        .order_by(due, ModeratedText.id)
        .limit(PER_PAGE)
    ).all()
    choosers = choosers_of(db.session(), {row.id: row.kind for row in rows}) if reader is not None else {}
    return next((int(row.id) for row in rows if choosers.get(row.id, 0) != reader), None)
