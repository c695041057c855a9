"""The projects of a round in the list of the desk: by number, a page at a time, with what their rules say of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.paging import LARGEST, Cursor, Page, page_of, window
from cdv_civic.core.text_folding import fold
from cdv_civic.fund.instruction.queries.facts import FACT_COLUMNS, facts_of, heard_at
from cdv_civic.fund.instruction.queries.rounds import RoundAtDesk, is_late
from cdv_civic.fund.instruction.rules import AWAITS_RETURN
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.admissibility import FundBreach, breaches
from cdv_civic.fund.rules.projects import ProjectState

#: All of a usual round on one page.
PER_PAGE: Final = 60
KEY_PARTS: Final = 1
#: In the place of a service: those that were given to none.
NO_SERVICE: Final = "-"
#: Where words are looked for.
_SEARCHED: Final = (FundProject.title, FundProject.summary, FundProject.carrier_name, FundProject.service)


@dataclass(frozen=True)
class ProjectFilters:
    """What narrows the list."""

    state: str = ""
    #: A service, or `NO_SERVICE`.
    service: str = ""
    quartier_id: int | None = None
    late: bool = False
    q: str = ""

    @property
    def active(self) -> int:
        """How many are on, the search apart."""
        return sum(map(bool, (self.state, self.service, self.quartier_id, self.late)))


@dataclass(frozen=True)
class ProjectLine:
    """A project in the list."""

    id: int
    number: int
    title: str
    lang: str | None
    carrier_kind: str | None
    carrier_name: str
    asked_cents: int
    state: str
    days: int  #: in this state
    service: str
    return_by: date | None
    late: bool
    breaches: frozenset[FundBreach]
    version: int


def narrowed(round_id: int, filters: ProjectFilters) -> list[ColumnElement[bool]]:
    """The conditions that a `FundProject` is one that a list shows; 1 statement where words are looked for, or none."""
    conditions: list[ColumnElement[bool]] = [FundProject.round_id == round_id]
    if filters.state:
        conditions.append(FundProject.state == filters.state)
    if filters.service:
        conditions.append(FundProject.service == ("" if filters.service == NO_SERVICE else filters.service))
    if filters.quartier_id is not None:
        conditions.append(FundProject.quartier_id == filters.quartier_id)
    if filters.late:
        conditions.append(is_late(clock.today()))
    if filters.q:
        conditions.append(_said(round_id, filters.q))
    return conditions


def _said(round_id: int, typed: str) -> ColumnElement[bool]:
    """Those that hold all words that were typed, however they are accented; or the one of this number.

    A pattern finds what may hold them, letters that can bear an accent being any letter: then each is looked at.
    """
    number = typed.strip().removeprefix("n°").strip()
    if number.isascii() and number.isdigit() and int(number) <= LARGEST:
        return FundProject.number == int(number)
    words = fold(typed).split()[:8]
    statement = select(FundProject.id, *_SEARCHED).where(FundProject.round_id == round_id)
    for word in words:
        pattern = f"%{''.join('_' if each in 'aeiouycn' or not each.isascii() else each for each in word)}%"
        statement = statement.where(or_(*(column.ilike(pattern) for column in _SEARCHED)))
    found = [
        row.id
        for row in rows_of(statement)
        if all(
            word in fold(" ".join((row.title, row.summary, row.carrier_name, row.service))) for word in words
        )
    ]
    return FundProject.id.in_(found)


def projects_page(
    fund_round: RoundAtDesk, conditions: Sequence[ColumnElement[bool]], cursor: Cursor | None
) -> Page[ProjectLine]:
    """A page of the list that `narrowed` says, by number; 1 statement, and 1 more where transports are counted."""
    statement = select(
        *FACT_COLUMNS,
        heard_at().label("heard_at"),
        FundProject.number,
        FundProject.title,
        FundProject.lang,
        FundProject.state,
        FundProject.state_on,
        FundProject.service,
        FundProject.return_by,
        FundProject.version,
    ).where(*conditions)
    rows = rows_of(window(statement, [FundProject.number], cursor, PER_PAGE)).all()
    facts = facts_of(rows, fund_round.rules, fund_round.fund_id, fund_round.year, fund_round.choice_on)
    today = clock.today()

    def line(row: Any) -> ProjectLine:
        late = row.return_by is not None and row.return_by < today
        return ProjectLine(
            row.id,
            row.number,
            row.title,
            row.lang,
            row.carrier_kind,
            row.carrier_name,
            row.asked_cents,
            row.state,
            (today - row.state_on).days,
            row.service,
            row.return_by,
            late and ProjectState(row.state) in AWAITS_RETURN,
            breaches(fund_round.rules, facts[row.id]),
            row.version,
        )

    return page_of([line(row) for row in rows], cursor, PER_PAGE, lambda each: (each.number,))


def how_many(conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many projects the list has that `narrowed` says; 1 statement."""
    counted = select(func.count()).select_from(FundProject).where(*conditions)
    return int(rows_of(counted).scalar_one())


@dataclass(frozen=True)
class Neighbours:
    """The projects before and after one in a list, by id."""

    previous_id: int | None
    next_id: int | None


def neighbours(round_id: int, number: int, filters: ProjectFilters) -> Neighbours:
    """What comes before and after a project in the list from which it was opened, whether it is still in it or not.

    As many statements as `narrowed`, and 1.
    """
    conditions = narrowed(round_id, filters)

    def beside(condition: Any, order: Any) -> Any:
        return select(FundProject.id).where(*conditions, condition).order_by(order).limit(1).scalar_subquery()

    row = rows_of(
        select(
            beside(FundProject.number < number, FundProject.number.desc()).label("previous_id"),
            beside(FundProject.number > number, FundProject.number).label("next_id"),
        )
    ).one()
    return Neighbours(row.previous_id, row.next_id)
