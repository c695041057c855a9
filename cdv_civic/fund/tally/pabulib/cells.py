"""Text of cells, as files hold it and as messages show it."""

import unicodedata
from typing import Final

#: Characters of the code of a project.
MOST_CODE: Final = 200
#: What a wrong cell shows of itself in a message.
MOST_SHOWN: Final = 60


def shown(text: str) -> str:
    """What a message quotes of a file: short, on one line, and nothing that moves a terminal's cursor."""
    cut = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
    return "“" + "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in cut) + "”"


def one_line(text: str) -> str:
    """Text as a cell may hold it: no control character, no end of a line, no space around it."""
    printable = (" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in text)
    return " ".join("".join(printable).split())
