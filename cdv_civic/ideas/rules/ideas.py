"""What an idea is made of: its words, where it would be, points for and against, and what looks like it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PlaceKind(StrEnum):
    """How somebody says where an idea would be."""

    POINT = "point"
    #: « Devant l’école », in words.
    LANDMARK = "repere"
    WHOLE_QUARTIER = "quartier"


class PointSide(StrEnum):
    """The column of a point about an idea."""

    FOR = "pour"
    AGAINST = "contre"


PLACE_KINDS: Final = tuple(kind.value for kind in PlaceKind)
SIDES: Final = tuple(side.value for side in PointSide)
LONGEST_TITLE: Final = 100
LONGEST_WORDS: Final = 3000
LONGEST_POINT: Final = 500
LONGEST_LANDMARK: Final = 120
LONGEST_FIRST_NAME: Final = 40
LONGEST_ANSWER: Final = 4000
#: About 100 metres: nearer, a point could be somebody's door.
POINT_DIGITS: Final = 3
#: Alike from this share of their stems on.
_ALIKE_FROM: Final = 0.5
#: Fewer shared stems say nothing.
_FEWEST_SHARED: Final = 2
MOST_ALIKE: Final = 3


@dataclass(frozen=True)
class Area:
    """A rectangle on the map, in degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in it."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def read_point(typed: str) -> tuple[float, float] | None:
    """A point as phones and maps write it (« 48.6291, 2.4312 »), as near as it is kept; None: it is none.

    >>> read_point("48.62914, 2.43127")
    (48.629, 2.431)
    """
    parts = typed.replace(";", " ").replace(", ", " ").split()
    if len(parts) == 1:
        parts = typed.split(",")
    if len(parts) != 2:
        return None
    try:
        lat, lon = (round(float(part.strip(" ,").replace(",", ".")), POINT_DIGITS) for part in parts)
    except (ValueError, OverflowError):
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def elsewhere(named: Iterable[str], own: Collection[str]) -> list[str]:
    """The towns that a landmark names, where none of them is of the contract: « rue de Paris » there is at home."""
    found = list(named)
    return [] if any(town in own for town in found) else found


def likeness(stems: Collection[str], others: Collection[str]) -> float:
    """How much of the shorter of two texts stands in the other too, from 0 to 1."""
    one, other = set(stems), set(others)
    shared = len(one & other)
    if shared < _FEWEST_SHARED:
        return 0.0
    return shared / min(len(one), len(other))


def alike(document: str, others: Sequence[tuple[int, str]]) -> list[int]:
    """The ids of the texts that are most like one, the nearest first; texts are documents of `core.stemming`."""
    stems = document.split()
    measured = [(likeness(stems, other.split()), number) for number, other in others]
    near = sorted((-much, number) for much, number in measured if much >= _ALIKE_FROM)
    return [number for _much, number in near[:MOST_ALIKE]]
