"""What pages read of seats. Every function says what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, or_, select, union

from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db
from cdv_civic.participation.rules.public_names import public_name
from cdv_civic.seats.models import CollegeSeats, Seat
from cdv_civic.seats.rules import COLLEGES, Caution, Sitting, name_shown, warnings_of
from cdv_civic.seats.wording import COLLEGE_WORDS, ENDING_WORDS, WAY_WORDS
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import CodedTerm

#: Former members that the desk lists.
MOST_FORMER: Final = 50


@dataclass(frozen=True)
class PublicMember:
    """Somebody who sits, as everybody may know them."""

    name: str
    represents: str
    since: date


@dataclass(frozen=True)
class PublicCollege:
    """A collège as everybody reads it. `number`: seats in all, None where nobody has said."""

    word: CodedTerm
    number: int | None
    members: tuple[PublicMember, ...]
    #: Those who are named nowhere.
    unnamed: int
    substitutes: int
    #: Whether one of them at least was drawn by lot.
    drawn: bool

    @property
    def filled(self) -> int:
        """Seats that somebody holds."""
        return len(self.members) + self.unnamed


def _numbers(body_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(CollegeSeats.college, CollegeSeats.number).where(CollegeSeats.body_id == body_id)
    )
    return {row.college: row.number for row in rows}


def public_colleges(body_id: int, today: date) -> list[PublicCollege]:
    """The collèges that have a seat, said or filled; 1 statement."""
    sitting_now = (
        select(
            Seat.id,
            Seat.college,
            Seat.way,
            Seat.substitute,
            Seat.first_name,
            Seat.last_name,
            Seat.represents,
            # Whoever ticks it in their own account is named nowhere from then on.
            or_(Seat.minor, func.coalesce(Account.minor, false())).label("minor"),
            Seat.hidden,
            Seat.name_public_on,
            Seat.starts_on,
        )
        .outerjoin(Account, Account.id == Seat.account_id)
        .where(Seat.body_id == body_id, Seat.ended_on.is_(None), ~Seat.pending, Seat.starts_on <= today)
        .cte("sitting_now")
    )
    said = (
        select(CollegeSeats.college, CollegeSeats.number).where(CollegeSeats.body_id == body_id).cte("said")
    )
    either = union(select(said.c.college), select(sitting_now.c.college)).subquery("either")
    # One row for each seat, and one for a collège of which nobody sits: its `id` is None.
    all_rows = db.session.execute(
        select(
            either.c.college,
            said.c.number,
            *(each for each in sitting_now.c if each.name != "college"),
        )
        .select_from(either)
        .outerjoin(said, said.c.college == either.c.college)
        .outerjoin(sitting_now, sitting_now.c.college == either.c.college)
        .order_by(sitting_now.c.starts_on, sitting_now.c.id)
    ).all()
    numbers = {row.college: row.number for row in all_rows if row.number is not None}
    rows = [row for row in all_rows if row.id is not None]
    found = []
    for college in COLLEGES:
        own = [row for row in rows if row.college == college]
        sitting = [row for row in own if not row.substitute]
        if not own and college not in numbers:
            continue
        named = [(row, _public_name(row)) for row in sitting]
        members = tuple(
            PublicMember(name, row.represents, row.starts_on) for row, name in named if name is not None
        )
        found.append(
            PublicCollege(
                COLLEGE_WORDS[college],
                numbers.get(college),
                members,
                len(sitting) - len(members),
                len(own) - len(sitting),
                any(row.way == "tirage" for row in sitting),
            )
        )
    return found


def _public_name(row: Any) -> str | None:
    return public_name(
        row.first_name,
        row.last_name,
        minor=row.minor,
        shown=name_shown(hidden=row.hidden, name_public_on=row.name_public_on),
    )


@dataclass(frozen=True)
class DeskMember:
    """A member as the desk sees them. `public`: how everybody reads the name, None: not at all."""

    id: int
    college: str
    way: CodedTerm
    substitute: bool
    #: Proposed after a draw: the person has not answered.
    pending: bool
    rank: int | None
    first_name: str
    last_name: str
    represents: str
    email: str
    phone: str
    gender: str | None
    minor: bool
    hidden: bool
    name_public_on: date | None
    public: str | None
    linked: bool
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    ending: CodedTerm | None
    version: int

    @property
    def name(self) -> str:
        """First and last name; empty once the person was forgotten."""
        return f"{self.first_name} {self.last_name}".strip()


def _at_desk(seat: Seat) -> DeskMember:
    return DeskMember(
        seat.id,
        seat.college,
        WAY_WORDS[seat.way],
        seat.substitute,
        seat.pending,
        seat.rank,
        seat.first_name,
        seat.last_name,
        seat.represents,
        seat.email,
        seat.phone,
        seat.gender,
        seat.minor,
        seat.hidden,
        seat.name_public_on,
        None if seat.pending else _public_name(seat),
        seat.account_id is not None,
        seat.starts_on,
        seat.ends_on,
        seat.ended_on,
        ENDING_WORDS[seat.ending] if seat.ending else None,
        seat.version,
    )


@dataclass(frozen=True)
class DeskCollege:
    """A collège as the desk sees it."""

    word: CodedTerm
    number: int | None
    members: Sequence[DeskMember]
    substitutes: Sequence[DeskMember]
    #: Those who are asked, and have not answered.
    pending: Sequence[DeskMember]


@dataclass(frozen=True)
class Membership:
    """All of a body's seats, with what is worth a friendly word."""

    colleges: Sequence[DeskCollege]
    former: Sequence[DeskMember]
    former_total: int
    cautions: Sequence[Caution]


def membership(body_id: int, today: date) -> Membership:
    """The seats of a body for the desk; 4 statements."""
    numbers = _numbers(body_id)
    seats = [
        _at_desk(seat)
        for seat in db.session.execute(
            select(Seat)
            .where(Seat.body_id == body_id, Seat.ended_on.is_(None))
            .order_by(Seat.rank, Seat.starts_on, Seat.id),
            execution_options={"populate_existing": True},
        ).scalars()
    ]
    ended = (Seat.body_id == body_id, Seat.ended_on.is_not(None))
    former = db.session.execute(
        select(Seat).where(*ended).order_by(Seat.ended_on.desc(), Seat.id.desc()).limit(MOST_FORMER),
        execution_options={"populate_existing": True},
    ).scalars()
    return Membership(
        [
            DeskCollege(
                COLLEGE_WORDS[college],
                numbers.get(college),
                [each for each in own if not each.substitute and not each.pending],
                [each for each in own if each.substitute and not each.pending],
                [each for each in own if each.pending],
            )
            for college in COLLEGES
            for own in ([each for each in seats if each.college == college],)
        ],
        [_at_desk(seat) for seat in former],
        db.session.execute(select(func.count()).select_from(Seat).where(*ended)).scalar_one(),
        warnings_of(
            [
                Sitting(each.college, each.gender, each.ends_on)
                for each in seats
                if not (each.substitute or each.pending)
            ],
            [(college, numbers.get(college)) for college in COLLEGES],
            today,
        ),
    )


def desk_member(body_id: int, seat_id: int) -> DeskMember | None:
    """One open seat of a body; 1 statement."""
    seat = db.session.execute(
        select(Seat).where(Seat.id == seat_id, Seat.body_id == body_id, Seat.ended_on.is_(None)),
        execution_options={"populate_existing": True},
    ).scalar()
    return _at_desk(seat) if seat else None


#: Seats on the first page of an account: one sits in one or two bodies.
MOST_OWN: Final = 5


@dataclass(frozen=True)
class OwnSeat:
    """Where somebody sits, as they read it."""

    body: str
    slug: str
    contract: str
    college: CodedTerm
    substitute: bool
    ends_on: date | None


def has_seat(account_id: int) -> ColumnElement[bool]:
    """The condition that an account has, or had, a seat."""
    return select(Seat.id).where(Seat.account_id == account_id).exists()


def own_seats(account_id: int, today: date) -> list[OwnSeat]:
    """The open seats of an account, those of bodies that are gone left out; 1 statement."""
    rows = db.session.execute(
        select(
            Body.name, Body.slug, Contract.slug.label("contract"), Seat.college, Seat.substitute, Seat.ends_on
        )
        .join(Body, Body.id == Seat.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(
            Seat.account_id == account_id,
            Seat.ended_on.is_(None),
            ~Seat.pending,
            Seat.starts_on <= today,
            Body.retired_at.is_(None),
        )
        .order_by(Seat.substitute, Seat.starts_on, Seat.id)
        .limit(MOST_OWN)
    )
    return [
        OwnSeat(row.name, row.slug, row.contract, COLLEGE_WORDS[row.college], row.substitute, row.ends_on)
        for row in rows
    ]
