"""The register of a body, as its moderators read it: what is late first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.paging import Cursor, Key, Page, beyond, ordered, page_of
from cdv_civic.core.text_folding import fold
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.rules.receipts import BadReceipt, read_receipt
from cdv_civic.participation.rules.themes import SENSITIVE, THEMES
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS
from cdv_civic.territory.models import Organisation
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.queries.organisations import last_reply_id, passed_on
from cdv_civic.voices.wording import KINDS, STATES

PER_PAGE: Final = 50
KEY_PARTS: Final = 3
_NEVER: Final = date(9999, 12, 31)


@dataclass(frozen=True)
class RegisterFilters:
    """What a moderator asks the register for."""

    state: str = ""
    theme: str = ""
    kind: str = ""
    late: bool = False
    q: str = ""

    @property
    def active(self) -> int:
        """How many are on."""
        return sum(map(bool, (self.state, self.theme, self.kind, self.late)))


@dataclass(frozen=True)
class VoiceLine:
    """One word in the register."""

    id: int
    words: str
    lang: str | None
    kind: CodedTerm
    theme: CodedTerm
    state: CodedTerm
    channel: CodedTerm
    received_on: date
    due_on: date | None
    late: bool
    #: It waits, and the person asked where it stands.
    asked_again: bool
    relayed: bool
    minor: bool
    public: bool
    author_agrees_public: bool
    transmitted_to: str | None
    off_site: bool
    #: The organisation has answered: the body gives it to the person.
    replied: bool
    sensitive: bool
    rank: int
    version: int


def _rank(today: date) -> ColumnElement[int]:
    """0: late, 1: due soon, 2: open, 3: done."""
    open_ = Voice.state.in_(rules.OPEN_STATES)
    return case(
        (and_(open_, Voice.due_on < today), literal(0)),
        (and_(open_, Voice.due_on <= today + timedelta(days=rules.SOON_DAYS)), literal(1)),
        (open_, literal(2)),
        else_=literal(3),
    )


def _order(today: date) -> tuple[ColumnElement[int], list[Any]]:
    """What is late first, then due soon, each by its day; then the newest."""
    rank = _rank(today)
    urgent = case((rank < 2, Voice.due_on), else_=literal(_NEVER))
    return rank, [rank, urgent, -Voice.id]


def key_of(line: VoiceLine) -> Key:
    """The key of a line in the register's order."""
    urgent = line.due_on if line.rank < 2 and line.due_on else _NEVER
    return (line.rank, urgent.toordinal(), line.id)


def _where(body_id: int, filters: RegisterFilters, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Voice.body_id == body_id]
    if filters.state in rules.STATES:
        conditions.append(Voice.state == filters.state)
    if filters.theme in THEMES:
        conditions.append(Voice.theme == filters.theme)
    if filters.kind in rules.KINDS:
        conditions.append(Voice.kind == filters.kind)
    if filters.late:
        conditions += [Voice.state.in_(rules.OPEN_STATES), Voice.due_on < today]
    words = fold(filters.q).split()[:8]
    if filters.q:
        said = and_(true(), *(Voice.search_text.contains(word, autoescape=True) for word in words))
        try:
            known = Voice.receipt_hash == receipt_hash(read_receipt(filters.q))
        except BadReceipt:
            conditions.append(said)
        else:
            conditions.append(or_(said, known))
    return conditions


def _day(ordinal: int) -> date:
    try:
        return date.fromordinal(ordinal)
    except (ValueError, OverflowError):
        return _NEVER


def desk_page(body_id: int, filters: RegisterFilters, cursor: Cursor | None) -> Page[VoiceLine]:
    """A page of the register; 1 statement."""
    today = clock.today()
    rank, columns = _order(today)
    statement = (
        select(
            Voice.id,
            Voice.words,
            Voice.lang,
            Voice.kind,
            Voice.theme,
            Voice.state,
            Voice.channel,
            Voice.received_on,
            Voice.due_on,
            Voice.asked_again_on,
            Voice.relayed,
            Voice.minor,
            Voice.published_at,
            Voice.author_agrees_public,
            Voice.version,
            Organisation.name.label("transmitted_to"),
            Voice.off_site,
            case((passed_on(), last_reply_id())).label("reply_id"),
            rank.label("rank"),
        )
        .outerjoin(Organisation, Organisation.id == Voice.transmitted_to_id)
        .where(*_where(body_id, filters, today))
    )
    backwards = cursor is not None and cursor.before
    if cursor is not None:
        urgency, ordinal, voice_id = cursor.key
        statement = statement.where(beyond(columns, (urgency, _day(ordinal), -voice_id), cursor.before))
    rows = db.session.execute(ordered(statement, columns, PER_PAGE, backwards=backwards))
    lines = [
        VoiceLine(
            row.id,
            row.words,
            row.lang,
            KINDS[row.kind],
            THEME_WORDS[row.theme],
            STATES[row.state],
            CHANNEL_WORDS[row.channel],
            row.received_on,
            row.due_on,
            rules.is_late(row.state, row.due_on, today),
            row.asked_again_on is not None and row.state in rules.OPEN_STATES,
            row.relayed,
            row.minor,
            row.published_at is not None,
            row.author_agrees_public,
            row.transmitted_to if row.state == rules.VoiceState.TRANSMITTED.value else None,
            row.off_site,
            row.reply_id is not None,
            row.theme in SENSITIVE,
            row.rank,
            row.version,
        )
        for row in rows
    ]
    return page_of(lines, cursor, PER_PAGE, key_of)


@dataclass(frozen=True)
class Totals:
    """How much waits."""

    late: int
    open: int
    all: int


def totals(body_id: int) -> Totals:
    """How much waits in the register of a body; 1 statement."""
    rank = _rank(clock.today())
    rows = db.session.execute(select(rank, func.count()).where(Voice.body_id == body_id).group_by(rank)).all()
    counted = {row[0]: row[1] for row in rows}
    late, soon, waiting, done = (counted.get(each, 0) for each in range(4))
    return Totals(late, late + soon + waiting, late + soon + waiting + done)
