"""The sentence of a luminous panel in the street: 120 characters, with the date and the address whatever is cut."""

from typing import Final

#: What the panels of most towns show.
MOST: Final = 120
_CUT: Final = "…"


def panel_text(question: str, rest: str) -> str:
    """A question and what must stand after it (until when, where), in `MOST` characters at most.

    The question is cut at a word where it has to be; `rest` is never cut, even where it is too long by itself.
    """
    question, rest = " ".join(question.split()), " ".join(rest.split())
    if question and question[-1].isalnum():
        question += "."
    left = MOST - len(rest) - 1
    if len(question) <= left:
        return f"{question} {rest}".strip()
    kept = question[: max(left - len(_CUT), 0)]
    if " " in kept:
        kept = kept.rsplit(" ", 1)[0]
    kept = kept.rstrip(" ,;:.!?\u00a0\u202f-–—«")
    return f"{kept}{_CUT} {rest}" if kept else rest
