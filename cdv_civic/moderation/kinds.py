"""Kinds of texts that are moderated: each feature registers what its texts say, who wrote them, and where they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.registry import Registry
from cdv_civic.moderation.models import ModeratedText


@dataclass(frozen=True)
class SaidText:
    """What a text says, as its author typed it."""

    #: Empty where the kind has none.
    title: str
    words: str
    #: The language of the words; None: not said.
    lang: str | None
    #: A stored photo that came with it.
    photo_id: int | None = None
    #: The page on which everybody reads it, in the language of the request; None: there is none yet, or no request.
    url: str | None = None
    #: What it stands under, in words that everybody may read: a consultation’s title, a body’s name. Never what is
    #: hidden: letters to others and the page of a report say it.
    place: str = ""
    #: Whether everybody reads it once its own case is public; no where what it stands under is hidden, or is under
    #: embargo still.
    readable: bool = True
    #: What everybody reads beside the words: a place, a first name; the icon and the words of each. For moderators.
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Author:
    """How the author of a text is reached, in the language they chose for it; of what is None nothing is known."""

    account_id: int | None
    contact_kind: str | None
    contact: str | None
    #: A tag of the site’s languages.
    language: str
    #: Whether a receipt leads to it: then its page says what was decided.
    has_receipt: bool


#: What texts say, by the id of their case, in a language, for moderators too: 1 statement, 2 at most.
ReadTexts: TypeAlias = Callable[[Sequence[int], str], Mapping[int, SaidText]]
#: Who wrote texts, by the id of their case, within a transaction: 1 statement.
ReadAuthors: TypeAlias = Callable[[Session, Sequence[int]], Mapping[int, Author]]
#: Called within the transaction that changed the state of a case or the words that are shown, its row locked: brings
#: the feature’s own rows in line, and raises the tags of pages that show the text.
Changed: TypeAlias = Callable[[Session, ModeratedText], None]
#: The id of the case that a receipt (as `participation.rules.receipts.read_receipt` gives it) leads to: 1 statement.
CaseOfReceipt: TypeAlias = Callable[[Session, str], int | None]
#: The same where a receipt may lead to several texts: 1 statement.
CasesOfReceipt: TypeAlias = Callable[[Session, str], Sequence[int]]
#: Which account chose that texts of others are published, by the id of their case, within a transaction: 1 statement.
ReadChoosers: TypeAlias = Callable[[Session, Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True)
class ModeratedKind:
    """A kind of text."""

    #: As rows keep it.
    code: str
    #: « Idée »
    label: Any
    icon: str
    texts: ReadTexts
    authors: ReadAuthors
    changed: Changed
    #: Whether its author can write it otherwise when asked to; the page of its receipt has the form.
    rewordable: bool = True
    #: Whether everybody sees the photo that came with a text; else moderators alone do.
    shows_photo: bool = False
    #: Both None: its authors have accounts alone. At most one is given.
    case_of_receipt: CaseOfReceipt | None = None
    cases_of_receipt: CasesOfReceipt | None = None
    #: Whoever chose a text does not decide on it either. None: nobody chooses, they are published as they come in.
    choosers: ReadChoosers | None = None

    def cases_by_receipt(self, session: Session, code: str) -> Sequence[int]:
        """The ids of the cases that a receipt leads to; 1 statement at most."""
        if self.cases_of_receipt is not None:
            return self.cases_of_receipt(session, code)
        case_id = self.case_of_receipt(session, code) if self.case_of_receipt is not None else None
        return () if case_id is None else (case_id,)


_KINDS: Final = Registry[ModeratedKind]("moderated_kinds")


def register_kind(app: Flask, kind: ModeratedKind) -> None:
    """Declare a kind of text; raises `RegisteredTwice`."""
    _KINDS.add(app, kind.code, kind)


def moderated_kinds() -> Mapping[str, ModeratedKind]:
    """All kinds by code, in the order in which they were registered."""
    return _KINDS.entries()


def said_texts(kinds: Mapping[int, str], language: str) -> dict[int, SaidText]:
    """What some texts say, by the id of their case, from the kind of each; 2 statements at most for each kind."""
    by_kind: dict[str, list[int]] = {}
    for text_id, kind in kinds.items():
        by_kind.setdefault(kind, []).append(text_id)
    found: dict[int, SaidText] = {}
    known = moderated_kinds()
    for kind, ids in by_kind.items():
        if kind in known:
            found.update(known[kind].texts(ids, language))
    return found


def choosers_of(session: Session, kind_of: Mapping[int, str]) -> dict[int, int]:
    """Which account chose each text, by the id of its case, from the kind of each; 1 statement for each kind of which
    texts are chosen.
    """
    found: dict[int, int] = {}
    for code, kind in moderated_kinds().items():
        ids = [case_id for case_id, each in kind_of.items() if each == code]
        if ids and kind.choosers is not None:
            found.update(kind.choosers(session, ids))
    return found
