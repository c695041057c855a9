"""Where pages lead: places to go, menus, and the first page of each person, one table filled as features register.

A feature names no page of a feature above it. It asks here for a destination by a name that says what it is ("home",
"sign_in", "body"); the feature that has the page gives it that name. What the page takes (`slug`, `contract`) is
given as to `url_for`. Templates have `nav_url`, `nav_url_if_any` and `nav_menu`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from flask import Flask, current_app, request

from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.registry import RegisteredTwice

#: At the foot of each public page; of all pages of the desk; these menus are drawn by the layouts.
FOOTER: Final = "footer"
DESK_MENU: Final = "desk"
#: Who helps: under the telephone number at the foot of each public page.
HELP: Final = "help"
#: The destination of whoever may see no other first page.
HOME: Final = "home"
_KEY: Final = "navigation"


class NoSuchDestination(LookupError):
    """No feature of this application has given a page that name."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One page in a menu."""

    endpoint: str
    label: Any  #: lazy: said in the language of the page
    order: int  #: from the first to the last; two entries of a menu do not share one
    icon: str = ""
    action: str = PUBLIC  #: it is drawn for whoever may do this
    unless: str = ""  #: and not this, where another entry serves them better
    #: How much waits there for somebody: a number beside the label.
    waiting: Callable[[Actor], int] | None = None
    follow: bool = True  #: whether search engines follow it
    #: Whether there is anything on its page for the reader at hand; None: always.
    when: Callable[[], bool] | None = None

    def shown_to(self, actor: Actor | None, on: Touched | None) -> bool:
        """Whether the menu of `actor`, about one thing or (None) about all, has this entry."""
        if self.when is not None and not self.when():
            return False
        if self.action == PUBLIC:
            return True
        return may(actor, self.action, on) and not (self.unless and may(actor, self.unless, on))


class MenuLink(NamedTuple):
    """An entry on the page at hand."""

    label: Any
    icon: str
    url: str
    current: bool
    follow: bool
    #: The page at hand is none of the menu, and lies below this one: it is the section that one is in.
    section: bool = False
    waiting: int = 0  #: see `MenuEntry.waiting`


@dataclass(frozen=True, slots=True)
class LandingPage:
    """A page that may be the first that somebody sees once they have signed in."""

    endpoint: str
    actions: tuple[str, ...]  #: for whoever may do one of these
    order: int  #: the first that they may see is theirs


class Navigation:
    """The table of one application. It is complete once all features are registered, and only read from then on."""

    def __init__(self, app: Flask) -> None:
        self._url_for = app.url_for
        self.destinations: dict[str, str] = {}
        self.menus: dict[str, tuple[MenuEntry, ...]] = {}
        self.landings: tuple[LandingPage, ...] = ()

    def add_destinations(self, endpoints: dict[str, str]) -> None:
        """Give pages (values) the names (keys) by which lower features ask for them. Raises `RegisteredTwice`."""
        for name in endpoints:
            if name in self.destinations:
                raise RegisteredTwice("destinations", f"the name {name!r}")
        self.destinations.update(endpoints)

    def add_entry(self, menu: str, entry: MenuEntry) -> None:
        """Put a page into a menu. Raises `RegisteredTwice` where the page or its order is there already."""
        others = self.menus.get(menu, ())
        _refuse_twice(f"the menu {menu}", entry, others)
        self.menus[menu] = tuple(sorted((*others, entry), key=lambda each: each.order))

    def add_landing(self, landing: LandingPage) -> None:
        """Let a page be the first that somebody sees. Raises `RegisteredTwice`, as a menu does."""
        _refuse_twice("the first pages", landing, self.landings)
        self.landings = tuple(sorted((*self.landings, landing), key=lambda each: each.order))

    def endpoint(self, name: str) -> str:
        """As `endpoint` below."""
        if name not in self.destinations:
            raise NoSuchDestination(name)
        return self.destinations[name]

    def url(self, name: str, **values: Any) -> str:
        """As `url` below."""
        return self._url_for(self.endpoint(name), **values)

    def url_if_any(self, name: str, **values: Any) -> str | None:
        """As `url_if_any` below."""
        return self.url(name, **values) if name in self.destinations else None

    def menu(
        self, name: str, actor: Actor | None = None, on: Touched | None = None, **values: Any
    ) -> list[MenuLink]:
        """As `menu` below."""
        here = request.endpoint
        links = [
            MenuLink(
                each.label,
                each.icon,
                self._url_for(each.endpoint, **values),
                each.endpoint == here,
                each.follow,
                waiting=each.waiting(actor) if each.waiting is not None and actor is not None else 0,
            )
            for each in self.menus.get(name, ())
            if each.shown_to(actor, on)
        ]
        section = None if any(each.current for each in links) else _section_of(links)
        return [each._replace(section=each is section) for each in links]

    def landing(self, actor: Actor) -> str:
        """As `landing` below."""
        may_see = (
            each.endpoint for each in self.landings if any(may(actor, action) for action in each.actions)
        )
        return next(may_see, "") or self.endpoint(HOME)


def _section_of(links: Iterable[MenuLink]) -> MenuLink | None:
    """The link whose page the one at hand lies below; of several the nearest."""
    here = request.script_root + request.path
    above = [each for each in links if here.startswith(each.url.rstrip("/") + "/")]
    return max(above, key=lambda each: len(each.url), default=None)


def _refuse_twice(
    where: str, new: MenuEntry | LandingPage, others: Iterable[MenuEntry | LandingPage]
) -> None:
    for other in others:
        if new.endpoint == other.endpoint or new.order == other.order:
            raise RegisteredTwice(where, f"{new.endpoint} or its order {new.order} ({other.endpoint} has it)")


def navigation_of(app: Flask) -> Navigation:
    """The table of `app`, for features to fill."""
    return cast(Navigation, app.extensions[_KEY])


def endpoint(name: str) -> str:
    """The endpoint of a destination. Raises `NoSuchDestination`."""
    return navigation_of(current_app).endpoint(name)


def url(name: str, **values: Any) -> str:
    """The URL of a destination, as `url_for` gives it. Raises `NoSuchDestination`."""
    return navigation_of(current_app).url(name, **values)


def url_if_any(name: str, **values: Any) -> str | None:
    """The URL of a destination; None where no feature of this application has it: then nothing is drawn."""
    return navigation_of(current_app).url_if_any(name, **values)


def menu(name: str, actor: Actor | None = None, on: Touched | None = None, **values: Any) -> list[MenuLink]:
    """The entries of a menu that `actor` may see, in their order; `values` are what each of its pages takes."""
    return navigation_of(current_app).menu(name, actor, on, **values)


def landing(actor: Actor) -> str:
    """The endpoint of the first page of somebody who has just signed in, by what they may do."""
    return navigation_of(current_app).landing(actor)


def register(app: Flask) -> None:
    """Prepare the empty table, before any feature fills it, and let templates read it."""
    table = app.extensions[_KEY] = Navigation(app)
    app.jinja_env.globals.update(nav_url=table.url, nav_url_if_any=table.url_if_any, nav_menu=table.menu)
