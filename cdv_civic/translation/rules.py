"""Which translations of a file are taken. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from cdv_civic.core.i18n.entries import Entry, problems_of, says
from cdv_civic.core.i18n.translation_check import Problem

#: What a file of translations may hold.
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ENTRIES: Final = 20_000
LONGEST_TEXT: Final = 5000


class NotTakenReason(StrEnum):
    """Why a translation is refused before anybody looks at its words."""

    UNKNOWN = "unknown"  #: the program does not say this message, or not with this other form
    TWICE = "twice"  #: the file translates it a second time
    TOO_LONG = "too long"


class NotTaken(NamedTuple):
    """A translation that is refused: for a reason, or for what is wrong with its words."""

    source: str
    reason: NotTakenReason | None
    problems: tuple[Problem, ...] = ()


def source_hash(source: str, plural: str | None) -> str:
    """What tells a message from all others, its other form included."""
    return hashlib.sha256(json.dumps([source, plural]).encode()).hexdigest()


def sort_out(
    entries: Iterable[Entry], said: Mapping[str, str | None], language: str
) -> tuple[list[Entry], list[NotTaken]]:
    """The translations that may be shown, and those that are refused.

    `said` is what the program says: each message, with its other form. One that nobody translated is neither.
    """
    taken: dict[str, Entry] = {}
    refused = []
    for entry in entries:
        if not any(form.strip() for form in entry.forms):
            continue
        found = _refusal(entry, said, language, twice=entry.source in taken)
        if found is None:
            taken[entry.source] = entry
        else:
            refused.append(found)
    return list(taken.values()), refused


def _refusal(entry: Entry, said: Mapping[str, str | None], language: str, *, twice: bool) -> NotTaken | None:
    if not says(said, entry):
        return NotTaken(entry.source, NotTakenReason.UNKNOWN)
    if twice:
        return NotTaken(entry.source, NotTakenReason.TWICE)
    if any(len(form) > LONGEST_TEXT for form in entry.forms):
        return NotTaken(entry.source, NotTakenReason.TOO_LONG)
    problems = problems_of(entry, language)
    return NotTaken(entry.source, None, problems) if problems else None
