"""The names of funds and rounds in addresses and commands."""

import re
from collections.abc import Collection
from typing import Final

LONGEST_SLUG: Final = 60
#: Words that stand where the name of a fund or a round stands in an address. None has a hyphen, and each name has.
RESERVED: Final = frozenset({"suivi", "proposer", "commissions", "subventions"})
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def slug_of(folded: str, kind: str) -> str:
    """The name of a fund or a round, from its folded title; two words joined by a hyphen at least, `kind` before one
    that is alone, so that it reads neither as a number nor as a reserved word."""
    found = ""
    for word in _NO_LETTERS.sub(" ", folded).split():
        longer = f"{found}-{word}" if found else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        found = longer
    return found if "-" in found else f"{kind}-{found or 'sans-titre'}"


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """The first name that nobody has: `wanted`, else with a number."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
