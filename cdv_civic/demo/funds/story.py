"""A round as its story says it: acts on projects and meetings, each so many days ago, done in their order.

Each act looks first whether it was done, so that a load that was cut off is finished by the next one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.policy.model import Actor

Entry: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Cast:
    """Who acts: the team of the demo, who speaks for a council, and a resident."""

    staff: Actor
    moderator: Actor
    resident: SignedIn


@dataclass(frozen=True)
class FundStory:
    """Where a story takes place."""

    cast: Cast
    contract_id: int
    fund_id: int
    round_id: int
    #: Ids of the members of the commission, by the names that the story gives them.
    members: Mapping[str, int]
    #: Ids of bodies, by slug; those whose opinion the fund asks for.
    bodies: Mapping[str, int]
    bodies_asked: Sequence[int]


@dataclass(frozen=True)
class Event:
    """Something that happens so many days ago."""

    days: float
    act: Callable[[], None]


def play(events: Iterator[Event]) -> None:
    """Do all acts, the oldest first, each at its own moment."""
    now = clock.now()
    for event in sorted(events, key=lambda each: -each.days):
        if event.days < 0:
            continue
        with clock.frozen_everywhere(now - timedelta(days=event.days)):
            event.act()
