"""Scopes, grants and what they reach: plain values, no database and no web.

A role is held for a scope, and reaches what lies inside it: staff of a commune act on all its quartiers, on one that
two communes share too.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ScopeKind(StrEnum):
    """What a role can be granted for."""

    SITE = "site"
    CONTRACT = "contract"
    COMMUNE = "commune"
    QUARTIER = "quartier"
    BODY = "body"
    ORGANISATION = "organisation"
    LANGUAGE = "language"


class Role(StrEnum):
    """What a person is trusted with."""

    PERSON = "person"
    RESIDENT = "resident"
    MEMBER = "member"
    MODERATOR = "moderator"
    RELAIS = "relais"
    HOLDER = "holder"
    TRANSLATOR = "translator"
    STATE = "state"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Scope:
    """Where a role holds: a kind, and the id of what it names (the tag of a language; None for the whole site)."""

    kind: ScopeKind = ScopeKind.SITE
    id: int | str | None = None


@dataclass(frozen=True)
class Grant:
    """A role for a scope."""

    role: Role
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True)
class Location:
    """One place that something touches, by ids: whoever acts for one of these acts there."""

    communes: frozenset[int] = frozenset()
    quartiers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Touched:
    """What an act touches, by ids. A commune's or a quartier's scope reaches it where it reaches all its places."""

    contract: int | None = None
    places: tuple[Location, ...] = ()
    bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    #: Tags of the languages that it is written into.
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Extent:
    """All that a role for one scope would reach, as the things that have least in common with anything else.

    Whoever reaches each of these reaches whatever lies in the scope, today and after it has grown: a quartier
    stands here without its bodies, as another one may come.
    """

    things: tuple[Touched, ...]
    #: The quartiers of a body: what an action with `on_quartiers` reaches besides.
    quartiers: tuple[Touched, ...] = ()


@dataclass(frozen=True)
class Reach:
    """All that somebody may do one action on."""

    everywhere: bool = False
    contracts: frozenset[int] = frozenset()
    communes: frozenset[int] = frozenset()
    quartiers: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()

    def touches(self, on: Touched) -> bool:
        """Whether `on` lies within reach of one of the scopes: the question of whoever acts on it."""
        return bool(
            self.everywhere
            or on.contract in self.contracts
            or on.bodies & self.bodies
            or on.organisations & self.organisations
            or on.languages & self.languages
            or (
                on.places
                and all(
                    place.communes & self.communes or place.quartiers & self.quartiers for place in on.places
                )
            )
        )

    def contains(self, extent: Extent, *, quartiers: bool) -> bool:
        """Whether all of `extent` (with its `quartiers`) lies within reach: the question of whoever gives a role."""
        things = extent.things + (extent.quartiers if quartiers else ())
        return all(self.touches(thing) for thing in things)

    @property
    def anywhere(self) -> bool:
        """Whether there is anything at all within reach."""
        return self != Reach()


class Actor(Protocol):
    """Somebody who acts: an account, or the command line of the people who run the site."""

    @property
    def actor_id(self) -> int | None:
        """Id of the account, None for the command line."""

    @property
    def name(self) -> str:
        """How the audit trail names them."""

    @property
    def organisation_name(self) -> str:
        """For whom they act, as residents read it."""

    @property
    def grants(self) -> frozenset[Grant]:
        """The roles they hold today."""


@dataclass(frozen=True)
class CommandLine:
    """Whoever has a shell on the server may do everything; the audit trail says so."""

    name: str = "command line"
    organisation_name: str = ""
    actor_id: None = None
    grants: frozenset[Grant] = frozenset({Grant(Role.ADMINISTRATOR)})
