"""The reasoned opinion of a body on a project."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

LONGEST_REASONS: Final = 2000
#: More members than a body has.
MOST_ASIDE: Final = 200


class OpinionStance(StrEnum):
    """What a body says of a project."""

    FOR = "for"
    FOR_IF = "for-if"  #: on a condition, which its reasons say
    AGAINST = "against"


def bodies_that_judge(asked: Collection[int], carrier: int | None) -> frozenset[int]:
    """Of the bodies that are asked, those that give their opinion: none judges a project that it carries itself."""
    return frozenset(asked) - {carrier}


def all_have_judged(asked: Collection[int], carrier: int | None, given: Collection[int]) -> bool:
    """Whether each body that gives its opinion has given it, and one at least: then the project goes on."""
    judges = bodies_that_judge(asked, carrier)
    return bool(judges) and judges <= frozenset(given)
