"""Which forms keep drafts: a feature declares its own at start.

    register_draft_kind(app, DraftKind("voice.answer", _l("Une réponse à un message"), "voice.answer", _messages))

A form without a kind keeps nothing, anywhere. What may never be declared: `rules.NEVER_DECLARED`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.localized import Words
from cdv_civic.core.registry import Registry
from cdv_civic.drafts.rules import check_kind


@dataclass(frozen=True)
class DraftPlace:
    """What a form is about, in words, and the page on which it stands."""

    #: Empty where `where` says all of it.
    what: Words | str
    #: The name of the body, of which no language is known.
    where: str
    #: The endpoint, and its values without the language.
    page: tuple[str, Mapping[str, object]]


#: What forms are about, by their owners, in the language of this tag; 1 statement. What is gone is left out.
Describe = Callable[[Sequence[str], str], Mapping[str, DraftPlace]]


@dataclass(frozen=True)
class DraftKind:
    """A form that may be kept as a draft."""

    name: str
    #: What is written there, for « Mes brouillons ».
    label: Any
    #: What whoever opens the form must be allowed to do.
    action: str
    describe: Describe
    #: Whether what is about this owner may still be kept, its row held until the transaction ends: for what is erased
    #: with all that repeats it.
    stands: Callable[[Session, str], bool] | None = None


_KINDS: Final = Registry[DraftKind]("draft_kinds")


def register_draft_kind(app: Flask, kind: DraftKind) -> None:
    """Declare a form; raises `RegisteredTwice`, and `ValueError` for what is never kept."""
    check_kind(kind.name)
    _KINDS.add(app, kind.name, kind)


def draft_kinds() -> Mapping[str, DraftKind]:
    """Every form that keeps drafts, by the name of its kind."""
    return _KINDS.entries()
