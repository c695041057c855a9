"""What pages read of draws of lots. Every function says what it costs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from cdv_civic.core.db import db
from cdv_civic.draws.algorithm import Result
from cdv_civic.draws.models import Draw, DrawCandidate, DrawList
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.rules import Category, PublishedList, Value, parse
from cdv_civic.territory.models import Body, Contract


@dataclass(frozen=True)
class DrawLine:
    """A draw in a list."""

    id: int
    title: str
    college: str
    seats: int
    seed_day: date | None
    published_at: datetime | None
    seeded_at: datetime | None


def draws_of(body_id: int, *, published: bool = False) -> list[DrawLine]:
    """The draws of a body, the newest first; 1 statement."""
    statement = (
        select(
            Draw.id,
            Draw.title,
            Draw.college,
            Draw.seats,
            Draw.seed_day,
            Draw.published_at,
            Draw.seeded_at,
        )
        .where(Draw.body_id == body_id)
        .order_by(Draw.id.desc())
    )
    if published:
        statement = statement.where(Draw.published_at.is_not(None))
    return [DrawLine(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class DeskDraw:
    """A draw as the desk sees it."""

    id: int
    body_id: int
    title: str
    college: str
    seats: int
    substitutes: int
    categories: tuple[Category, ...]
    seed_rule: str
    seed_day: date | None
    published_at: datetime | None
    sha256: str | None
    lists: int
    seed: str | None
    seeded_at: datetime | None
    result: Result | None
    seated_at: datetime | None
    erased_at: datetime | None
    people: int
    version: int


def desk_draw(body_id: int, draw_id: int) -> DeskDraw | None:
    """One draw of a body; 3 statements."""
    found = db.session.execute(
        select(Draw).where(Draw.id == draw_id, Draw.body_id == body_id),
        execution_options={"populate_existing": True},
    ).scalar()
    if found is None:
        return None
    latest = db.session.execute(
        select(DrawList.sha256, DrawList.number)
        .where(DrawList.draw_id == draw_id)
        .order_by(DrawList.number.desc())
        .limit(1)
    ).first()
    people = db.session.execute(
        select(func.count())
        .select_from(DrawCandidate)
        .where(DrawCandidate.draw_id == draw_id, DrawCandidate.withdrawn_at.is_(None))
    ).scalar_one()
    return DeskDraw(
        found.id,
        found.body_id,
        found.title,
        found.college,
        found.seats,
        found.substitutes,
        tuple(Category.from_data(each) for each in found.categories),
        found.seed_rule,
        found.seed_day,
        found.published_at,
        latest.sha256 if latest else None,
        latest.number if latest else 0,
        found.seed,
        found.seeded_at,
        Result.from_data(found.result) if found.result else None,
        found.seated_at,
        found.erased_at,
        people,
        found.version,
    )


def people_on(draw_id: int) -> list[NewCandidate]:
    """Those on the list of a draw, as they were put on it; 1 statement."""
    rows = db.session.execute(
        select(DrawCandidate).where(DrawCandidate.draw_id == draw_id).order_by(DrawCandidate.id)
    ).scalars()
    return [
        NewCandidate(row.first_name, row.last_name, row.email, row.phone, tuple(row.profile)) for row in rows
    ]


@dataclass(frozen=True)
class DeskCandidate:
    """Somebody on a list, with the name that only the desk knows; empty once forgotten."""

    id: int
    label: str
    name: str
    contact: str
    profile: tuple[str, ...]


def candidates_of(draw_id: int) -> list[DeskCandidate]:
    """Everybody on a list, by name; 1 statement."""
    rows = db.session.execute(
        select(DrawCandidate)
        .where(DrawCandidate.draw_id == draw_id, DrawCandidate.withdrawn_at.is_(None))
        .order_by(DrawCandidate.last_name, DrawCandidate.first_name, DrawCandidate.id),
        execution_options={"populate_existing": True},
    ).scalars()
    return [
        DeskCandidate(
            row.id,
            row.label,
            f"{row.first_name} {row.last_name}".strip(),
            row.email or row.phone,
            tuple(row.profile),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class ListVersion:
    """A list as it was published."""

    number: int
    sha256: str
    published_at: datetime
    text: str


@dataclass(frozen=True)
class ValueCount:
    """A value: what is wanted, how many are on the list, how many were drawn (None: not yet)."""

    value: Value
    listed: int
    drawn: int | None


@dataclass(frozen=True)
class PublicDraw:
    """A draw as everybody may read and check it."""

    id: int
    body: str
    slug: str
    contract: str
    contract_title: str
    college: str
    seed: str | None
    seeded_at: datetime | None
    result: Result | None
    #: The latest first.
    lists: Sequence[ListVersion]
    published: PublishedList

    @property
    def latest(self) -> ListVersion:
        """The list that counts."""
        return self.lists[0]

    def rows(self, labels: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Labels with their profiles."""
        profiles = {each.label: each.profile for each in self.published.candidates}
        return [(label, profiles[label]) for label in labels]

    def counts(self) -> list[tuple[Category, list[ValueCount]]]:
        """Each category with what was wanted and what came."""
        drawn = set(self.result.seats) if self.result else set()
        listed: Counter[tuple[int, str]] = Counter()
        taken: Counter[tuple[int, str]] = Counter()
        for each in self.published.candidates:
            places = list(enumerate(each.profile))
            listed.update(places)
            if each.label in drawn:
                taken.update(places)
        return [
            (
                category,
                [
                    ValueCount(
                        value,
                        listed[place, value.name],
                        taken[place, value.name] if self.result else None,
                    )
                    for value in category.values
                ],
            )
            for place, category in enumerate(self.published.categories)
        ]


def public_draw(contract: str, slug: str, draw_id: int) -> PublicDraw | None:
    """A published draw; 2 statements."""
    row = db.session.execute(
        select(
            Draw.id,
            Body.name,
            Body.slug,
            Contract.slug.label("contract"),
            Contract.short_title,
            Draw.college,
            Draw.seed,
            Draw.seeded_at,
            Draw.result,
        )
        .join(Body, Body.id == Draw.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(
            Contract.slug == contract,
            Body.slug == slug,
            Draw.id == draw_id,
            Draw.published_at.is_not(None),
        )
    ).one_or_none()
    if row is None:
        return None
    lists = [ListVersion(*each) for each in _lists(draw_id)]
    return PublicDraw(
        row.id,
        row.name,
        row.slug,
        row.contract,
        row.short_title,
        row.college,
        row.seed,
        row.seeded_at,
        Result.from_data(row.result) if row.result else None,
        lists,
        parse(lists[0].text),
    )


def _lists(draw_id: int) -> Sequence[tuple[int, str, datetime, str]]:
    return [
        (row.number, row.sha256, row.published_at, row.text)
        for row in db.session.execute(
            select(DrawList.number, DrawList.sha256, DrawList.published_at, DrawList.text)
            .where(DrawList.draw_id == draw_id)
            .order_by(DrawList.number.desc())
        )
    ]


def latest_list(draw_id: int) -> tuple[str, str | None] | None:
    """The text of the latest list of a draw, and its seed; 1 statement."""
    row = db.session.execute(
        select(DrawList.text, Draw.seed)
        .join(Draw, Draw.id == DrawList.draw_id)
        .where(DrawList.draw_id == draw_id)
        .order_by(DrawList.number.desc())
        .limit(1)
    ).first()
    return (row.text, row.seed) if row else None
