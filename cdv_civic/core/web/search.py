"""What people type into a search box."""

from collections.abc import Mapping
from typing import Final

#: Longer questions find nothing that their beginning does not find.
LONGEST_SEARCH: Final = 200


def typed_search(arguments: Mapping[str, str]) -> str:
    """What was typed (`?q=`), its words parted by one space; "" where nothing was."""
    return " ".join(arguments.get("q", "").split())[:LONGEST_SEARCH]
