"""What people may write: short, plain, without HTML and hidden characters."""

import re
import unicodedata
from typing import Final

from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.core import pasted_text

SHORTEST_SENTENCE: Final = 10
LONGEST_SENTENCE: Final = 200
LONGEST_TITLE: Final = 600
LONGEST_DETAIL: Final = 10_000
LONGEST_LINK: Final = 2000

_TAG: Final = re.compile(r"<[a-zA-Z!/?]")
_LINE_BREAKS: Final = frozenset("\n\r\t")


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds no HTML, no control and no hidden character; line breaks where `lines`.

    The joiners and direction marks that Arabic, Persian or Tamil need in the middle of words are let through;
    overrides that make text read otherwise than it is are not.
    """
    if _TAG.search(text):
        return False
    for letter in text:
        if lines and letter in _LINE_BREAKS:
            continue
        category = unicodedata.category(letter)
        if category in ("Cc", "Cs", "Co") or letter in "\u202a\u202b\u202c\u202d\u202e\u2028\u2029\ufeff":
            return False
    return True


def check_sentence(text: str, field: str = "sentence") -> str:
    """The sentence for residents, without space around it; raises `BrokenRule`."""
    sentence = pasted_text.free_text(text)
    if len(sentence) < SHORTEST_SENTENCE:
        raise BrokenRule(Breach.SHORT_SENTENCE, field)
    if len(sentence) > LONGEST_SENTENCE:
        raise BrokenRule(Breach.LONG_SENTENCE, field, length=len(sentence))
    check_plain(sentence, field)
    return sentence


def check_plain(text: str, field: str, *, lines: bool = False) -> None:
    """Raise `BrokenRule` where a text holds HTML or hidden characters."""
    if not is_plain(text, lines=lines):
        raise BrokenRule(Breach.NOT_PLAIN, field)


def check_line(text: str, field: str, *, longest: int) -> str | None:
    """One line of plain text, None where there is none; raises `BrokenRule`."""
    text = pasted_text.free_text(text)
    line = " ".join(text.split()) if is_plain(text, lines=True) else text
    if not line:
        return None
    check_plain(line, field)
    if len(line) > longest:
        raise BrokenRule(Breach.LONG_LINE, field, length=len(line), longest=longest)
    return line


def check_detail(text: str, field: str = "detail") -> str | None:
    """The longer text (Markdown), None where there is none; raises `BrokenRule`."""
    detail = pasted_text.free_text(text)
    if not detail:
        return None
    check_plain(detail, field, lines=True)
    if len(detail) > LONGEST_DETAIL:
        raise BrokenRule(Breach.LONG_DETAIL, field)
    return detail


def check_link(url: str, field: str = "link") -> str:
    """An address of the web that a page may link to; raises `BrokenRule`."""
    address = pasted_text.unquoted(url)
    scheme, colon, rest = address.partition(":")
    address = f"{scheme.lower()}{colon}{rest}"
    if (
        not re.fullmatch(r"https?://[^\s/?#@\\]+\.[^\s/?#@\\]+([/?#]\S*)?", address)
        or len(address) > LONGEST_LINK
        or not is_plain(address)
    ):
        raise BrokenRule(Breach.NO_LINK, field)
    return address
