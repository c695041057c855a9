"""How somebody is named where everybody reads it: as far as they agreed, and never under 18."""

from enum import StrEnum


class NameShown(StrEnum):
    """How much of a name somebody lets everybody read."""

    NOTHING = "nothing"
    FIRST_NAME = "first_name"
    #: « Awa D. »
    INITIAL = "initial"
    FULL = "full"


def is_minor(*said: bool | None) -> bool:
    """Whether somebody is under 18, from all that was said of it in one place or another: once is enough."""
    return any(said)


def public_name(first_name: str, last_name: str = "", *, minor: bool, shown: NameShown) -> str | None:
    """How everybody may read a name; None: not at all (« une habitante ou un habitant »).

    A last name never stands alone: somebody whose first name was erased has none left.
    """
    first, last = first_name.strip(), last_name.strip()
    if minor or shown is NameShown.NOTHING or not first:
        return None
    if shown is NameShown.FULL:
        return f"{first} {last}".strip()
    if shown is NameShown.INITIAL and last:
        return f"{first} {last[0].upper()}."
    return first
