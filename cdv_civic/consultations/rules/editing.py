"""What an organiser types and moves, from plain values. What conditions allow: `rules.conditions`."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from cdv_civic.consultations.rules.questions import LARGEST_NUMBER, MOST_OPTIONS, QuestionRule

LONGEST_SLUG: Final = 60
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


class TooManyOptions(ValueError):
    """More options than a question takes."""


def slug_of(folded: str) -> str:
    """The name of a consultation in addresses, from its folded title; at least two words joined by a hyphen, so that
    it never reads as a number."""
    words = [word for word in _NO_LETTERS.sub(" ", folded).split() if word]
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        found = longer
    return found if "-" in found else f"consultation-{found}".rstrip("-")


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """The first name that nobody has: `wanted`, else with a number."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def moved(order: Sequence[int], one: int, *, up: bool) -> list[int]:
    """The order with one of its ids a place further up or down; as it was at either end."""
    found = list(order)
    here = found.index(one)
    there = here + (-1 if up else 1)
    if 0 <= there < len(found):
        found[here], found[there] = found[there], found[here]
    return found


def in_order(questions: Iterable[QuestionRule], ids: Sequence[int]) -> list[QuestionRule]:
    """The questions in the order of their ids."""
    by_id = {question.id: question for question in questions}
    return [by_id[each] for each in ids]


def lines_of(typed: str, there: int = 0) -> list[str]:
    """The options of a quick entry, one a line; empty lines and repeated ones are left out.

    `there`: how many the question has. Raises `TooManyOptions`.
    """
    found = list(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines()))
    said = [line for line in found if line]
    if len(said) + there > MOST_OPTIONS:
        raise TooManyOptions
    return said


def classes_of(typed: str) -> tuple[int, ...]:
    """The first numbers of classes, from « 0, 5, 10 »: in order, each once, none larger than what is answered.

    Raises `ValueError`.
    """
    parts = [part for part in re.split(r"[\s,;]+", typed.strip()) if part]
    found = tuple(int(part) for part in parts)
    if (
        list(found) != sorted(set(found))
        or len(found) > MOST_OPTIONS
        or max(map(abs, found), default=0) > LARGEST_NUMBER
    ):
        raise ValueError(typed)
    return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The languages in which two texts do not read the same."""
    return [
        tag
        for tag in dict.fromkeys([*before, *after])
        if before.get(tag, "").strip() != after.get(tag, "").strip()
    ]
