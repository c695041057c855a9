"""The first page of an account: what its holder said, what is new, their quartiers, where they sit.

    register_account_part(app, AccountPart("seats", Side.AFTER_NEWS, draw_seats))

A feature above says at start what it shows there, and draws it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flask import Flask
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from cdv_civic.accounts.news import News, news_of
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.registry import Registry
from cdv_civic.core.work_sources import how_much_waits
from cdv_civic.my_space.queries import MyQuartier, my_quartiers
from cdv_civic.notices.follows.kinds import QUARTIER, NewsEvent
from cdv_civic.notices.follows.queries import follows_of, latest_about
from cdv_civic.territory.activities.registry import Current, current_activities

#: News on the page; all of what one follows is read on its own page.
MOST_NEWS: Final = 5


class Side(StrEnum):
    """Where a part stands."""

    BEFORE_NEWS = "before"
    AFTER_NEWS = "after"


@dataclass(frozen=True)
class Reader:
    """Whose page it is, and who reads it: they are one."""

    account_id: int
    language: str
    #: Slugs of their quartiers.
    quartiers: tuple[str, ...]
    #: Whether they work here too.
    works: bool


@dataclass(frozen=True)
class AccountPart:
    """What a feature shows on the first page."""

    name: str
    place: Side
    #: A section of the page, within a request, in a constant number of statements; None: nothing is drawn.
    draw: Callable[[Reader], str | None]
    #: Whether an account has anything of it, by its id: asked for all parts at once. None: it is drawn for everybody.
    has: Callable[[int], ColumnElement[bool]] | None = None


@dataclass(frozen=True)
class ChosenQuartier:
    """A quartier of the person's own."""

    quartier: MyQuartier
    followed: bool


@dataclass(frozen=True)
class FirstPage:
    """What one account's first page shows."""

    #: What was done to the account that its holder must know.
    account_news: tuple[News, ...]
    #: How much waits for them at the desk; None: they do not work here.
    waiting: int | None
    before: Sequence[Markup]
    #: Of what they follow and of their quartiers, the newest first.
    events: Sequence[NewsEvent]
    #: How many things they follow.
    followed: int
    quartiers: Sequence[ChosenQuartier]
    #: What can be done in their quartiers, now or soon; None: they chose none.
    current: Current | None
    after: Sequence[Markup]


_PARTS: Final = Registry[AccountPart]("account_parts")


def register_account_part(app: Flask, part: AccountPart) -> None:
    """Declare what a feature shows; raises `RegisteredTwice`."""
    _PARTS.add(app, part.name, part)


def _parts_of(account_id: int) -> list[AccountPart]:
    """The parts of which an account may have something; 1 statement."""
    parts = _PARTS.entries().values()
    asked = [part.has(account_id).label(part.name) for part in parts if part.has is not None]
    has = db.session.execute(select(*asked)).one()._mapping if asked else {}
    return [part for part in parts if has.get(part.name, True)]


def _drawn(parts: Sequence[AccountPart], reader: Reader, place: Side) -> list[Markup]:
    drawn = (part.draw(reader) for part in parts if part.place is place)
    return [Markup(section) for section in drawn if section is not None]  # noqa: S704  (templates escaped it)


def first_page(actor: Actor, account_id: int, language: str, *, works: bool) -> FirstPage:
    """The page of an account, within a request.

    As many statements for many messages, follows and quartiers as for one: 3, those of the news of the account, of the
    providers of news, of the activities and of each part of which they have something, and 1 for whoever works here.
    """
    mine = my_quartiers(account_id)
    follows = follows_of(account_id)
    things = follows.keys() | {(QUARTIER, each.id) for each in mine}
    reader = Reader(account_id, language, tuple(each.slug for each in mine), works)
    parts = _parts_of(account_id)
    return FirstPage(
        account_news=news_of(db.session(), account_id),
        waiting=how_much_waits(db.session(), actor) if works else None,
        before=_drawn(parts, reader, Side.BEFORE_NEWS),
        events=latest_about(things, language, MOST_NEWS),
        followed=len(follows),
        quartiers=[ChosenQuartier(each, (QUARTIER, each.id) in follows) for each in mine],
        current=current_activities(language, quartiers=[each.id for each in mine]) if mine else None,
        after=_drawn(parts, reader, Side.AFTER_NEWS),
    )
