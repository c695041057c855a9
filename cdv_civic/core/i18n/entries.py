"""Translations of one language, and which of them may be shown. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cdv_civic.core.i18n.translation_check import Kind, Problem, problems, problems_of_forms


class Entry(NamedTuple):
    """A message of the program and its translation: unchecked, unless it comes from `checked`."""

    source: str
    #: The source's other form where it is counted.
    plural: str | None
    #: One text, or one for each plural form of the language.
    forms: tuple[str, ...]


class RefusedEntry(NamedTuple):
    """A translation that is not shown, and why."""

    entry: Entry
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Checked:
    """The translations that may be shown, by their source, and those that may not."""

    entries: Mapping[str, Entry]
    refused: tuple[RefusedEntry, ...]


def says(said: Mapping[str, str | None], entry: Entry) -> bool:
    """Whether a program that says `said` (each message, with its other form) says what an entry translates."""
    return entry.source in said and said[entry.source] == entry.plural


def problems_of(entry: Entry, language: str) -> tuple[Problem, ...]:
    """Why a translation cannot be shown; nothing where it can."""
    if entry.plural is not None:
        return problems_of_forms(entry.source, entry.plural, entry.forms, language)
    if len(entry.forms) != 1:
        return (Problem(Kind.FORMS, "1"),)
    return problems(entry.source, entry.forms[0], language)


def checked(entries: Iterable[Entry], language: str) -> Checked:
    """Translations of one language, each of them looked at."""
    shown: dict[str, Entry] = {}
    refused = []
    for entry in entries:
        found = problems_of(entry, language)
        if found:
            refused.append(RefusedEntry(entry, found))
        else:
            shown[entry.source] = entry
    return Checked(shown, tuple(refused))
