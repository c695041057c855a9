"""How words of the glossary are found in a text. Pure: no database, no web."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cdv_civic.core.stemming import holds, search_document
from cdv_civic.core.text_folding import fold

#: Letters of one explanation: one or two sentences.
LONGEST_EXPLANATION: Final = 600
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


class Explanation(Protocol):
    """What a term means, in the reader's language or in that of the original."""

    @property
    def text(self) -> str:
        """One or two sentences."""

    @property
    def language(self) -> str:
        """Tag of the language that the text is in."""

    @property
    def translated(self) -> bool:
        """False where the reader's language is missing, and this is the original."""

    @property
    def stale(self) -> bool:
        """Whether the original has changed since this translation."""


@dataclass(frozen=True)
class Meaning:
    """One meaning of one word, as a page shows it."""

    key: str
    term: str
    context: str | None
    #: In French, as the acronym is.
    expansion: str | None
    explanation: Explanation
    aliases: tuple[str, ...]

    @property
    def search_text(self) -> str:
        """What the page's search looks into."""
        return search_document(self.term, *self.aliases, self.expansion, self.explanation.text)


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain, or a word with its meanings (several where it is ambiguous)."""

    text: str
    entries: tuple[Meaning, ...] = ()


def is_acronym(form: str) -> bool:
    """Whether letters must match in case: « PLUS » is a kind of loan, « plus » is not."""
    return sum(letter.isupper() for letter in form) >= 2


def _key(form: str) -> str:
    plain = _SPACES.sub(" ", form.replace("'", "’"))
    return plain if is_acronym(plain) else plain.casefold()


def _pattern(form: str) -> str:
    escaped = re.escape(form).replace("'", "’").replace("’", "['’]").replace(r"\ ", r"[\s\u00a0\u202f]+")
    return escaped if is_acronym(form) else f"(?i:{escaped})"


class Lexicon:
    """All words of the glossary, ready to be looked for. Building one costs a few milliseconds: keep it."""

    def __init__(self, entries: Sequence[Meaning]) -> None:
        self.entries = tuple(entries)
        self._by_form: dict[str, list[Meaning]] = {}
        forms: dict[str, None] = {}
        for entry in self.entries:
            for form in (entry.term, *entry.aliases):
                meanings = self._by_form.setdefault(_key(form), [])
                if entry not in meanings:
                    meanings.append(entry)
                forms[form] = None
        longest_first = sorted(forms, key=len, reverse=True)
        # « l’ANRU » and « d’insertion » hold a word; « sous-QPV » and « x.QPV » are other words.
        self._found = (
            re.compile(rf"(?<![\w.-])(?:{'|'.join(map(_pattern, longest_first))})(?!\w)")
            if longest_first
            else None
        )

    def occurrences(self, text: str) -> Iterator[tuple[int, int, tuple[Meaning, ...]]]:
        """Where words of the glossary stand in `text`: start, end, meanings; they never overlap.

        A text all in capitals has no acronyms that could be told from its other words: nothing is found.
        """
        if self._found is None or (text.isupper() and len(_LETTERS.findall(text)) > 1):
            return
        for match in self._found.finditer(text):
            meanings = self._by_form.get(_key(match.group()))
            if meanings is not None:
                yield match.start(), match.end(), tuple(meanings)


class Marker:
    """Marks words on one page: each word once, where it stands first."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._said: set[str] = set()

    def pieces(self, text: str) -> list[Piece]:
        """`text` cut where words of the glossary stand that this page has not explained yet."""
        pieces: list[Piece] = []
        place = 0
        for start, end, meanings in self._lexicon.occurrences(text):
            if meanings[0].key in self._said:
                continue
            self._said.update(entry.key for entry in meanings)
            if start > place:
                pieces.append(Piece(text[place:start]))
            pieces.append(Piece(text[start:end], meanings))
            place = end
        if place < len(text):
            pieces.append(Piece(text[place:]))
        return pieces


def matching(entries: Sequence[Meaning], typed: str) -> tuple[Meaning, ...]:
    """The entries that hold all the words typed (as beginnings); those of that very name come first."""
    wanted = fold(typed).split()
    if not wanted:
        return tuple(entries)
    whole = " ".join(wanted)
    found: list[tuple[int, int, Meaning]] = []
    for position, entry in enumerate(entries):
        if holds(entry.search_text, typed):
            names = [fold(name) for name in (entry.term, *entry.aliases)]
            rank = 0 if whole in names else 1 if any(name.startswith(whole) for name in names) else 2
            found.append((rank, position, entry))
    return tuple(entry for _rank, _position, entry in sorted(found, key=lambda row: row[:2]))


def by_letter(entries: Sequence[Meaning]) -> list[tuple[str, list[Meaning]]]:
    """The entries under the first letter of their term, in the order of the alphabet; digits under « 0-9 »."""
    letters: dict[str, list[Meaning]] = {}
    for entry in sorted(entries, key=lambda one: (fold(one.term), one.context or "")):
        first = fold(entry.term)[:1].upper()
        letters.setdefault(first if first.isalpha() else "0-9", []).append(entry)
    return sorted(letters.items())
