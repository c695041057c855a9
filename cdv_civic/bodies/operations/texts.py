"""How long texts of bodies may be, in characters."""

from typing import Final

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 1000
LONGEST_PLACE: Final = 200
