"""Two people who publish the same thing: whoever comes second is told what the first one published, and decides.

A form that publishes something new carries what its page showed as published (`LastSeen`, in a hidden field). Its act
compares that with what stands there now, under the lock of what it belongs to (`check_published`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Final, Self

from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.text_folding import fold

#: How long almost the same words are somebody else's copy rather than a new thing that reads like the old one.
SAME_FOR: Final = timedelta(hours=1)
_ALIKE: Final = 0.8
#: Characters that are compared, and that are shown: news is told by its beginning.
_COMPARED: Final = 400
_SHOWN: Final = 200


@dataclass(frozen=True)
class LastSeen:
    """The newest thing that was published as a form was opened (0: none); `told` once its person was told of it."""

    id: int
    told: bool = False

    @classmethod
    def read(cls, typed: str | None) -> Self:
        """What `str` wrote; nothing seen where it cannot be read, so that all is told."""
        number, _dot, told = (typed or "").partition(".")
        known = number.isascii() and number.isdigit() and len(number) < 10
        return cls(int(number) if known else 0, told == "told")

    def __str__(self) -> str:
        return f"{self.id}.told" if self.told else str(self.id)


@dataclass(frozen=True)
class Published:
    """Something that stands there: its words in French, who published it and when."""

    id: int
    words: str
    who: str
    at: datetime


class PublishedBefore(Conflict):
    """Somebody else published meanwhile, or almost the same words a moment ago; `seen` lets it through once told."""

    def __init__(self, found: Published, now: datetime, newest: int) -> None:
        words = found.words.removesuffix(".") if len(found.words) <= _SHOWN else f"{found.words[:_SHOWN]}…"
        minutes = max(1, (now - found.at) // timedelta(minutes=1))
        if minutes < 60:
            said = ngettext(
                "%(who)s a publié ceci il y a %(num)s minute : « %(words)s ».",
                "%(who)s a publié ceci il y a %(num)s minutes : « %(words)s ».",
                minutes,
                who=found.who,
                words=words,
            )
        else:
            said = _(
                "%(who)s a publié ceci pendant que vous écriviez : « %(words)s ».", who=found.who, words=words
            )
        kept = _("Vos mots sont encore là. C’est autre chose ? Publiez quand même.")
        super().__init__(f"{said} {kept}")
        self.seen = LastSeen(newest, told=True)


def nearly_the_same(one: str, other: str) -> bool:
    """Whether two texts say almost the same, whatever their accents, capitals and punctuation."""
    first, second = fold(one)[:_COMPARED], fold(other)[:_COMPARED]
    return first == second or SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def check_published(words: str, published: Iterable[Published], seen: LastSeen | None, now: datetime) -> None:
    """Raise `PublishedBefore` where a form does not know of what stands there; None where there was no form.

    What was published since its page was opened is told, whatever it says; what stood there already is told where it
    says almost the same and is not older than `SAME_FOR`.
    """
    if seen is None:
        return
    newest_first = sorted(published, key=lambda each: -each.id)
    for each in newest_first:
        lately = not seen.told and now - each.at <= SAME_FOR
        if each.id > seen.id or (lately and nearly_the_same(words, each.words)):
            raise PublishedBefore(each, now, newest_first[0].id)
