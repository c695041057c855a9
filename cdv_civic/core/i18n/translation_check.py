"""Whether a translation holds nothing but its source's words in another language. Pure; linear in what it reads.

Translations are untrusted input: whoever writes one must not be able to put a link, a script, a telephone number or the
value of another placeholder before readers. So a translation keeps each tag, entity, placeholder, address and number of
its source, as often as the source has it and in any order, and adds none. Numbers are compared by value, as the source
(French) and the language of the translation write them. Words are not looked at: neither are numbers written as words.

Whoever saves, imports or loads a translation asks here, and shows the source where there is a problem.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from babel.numbers import get_decimal_symbol

from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.i18n.plurals import plural_rule, small_forms

SOURCE_LANGUAGE: Final = "fr"
#: Characters of a piece that a problem names.
LONGEST_DETAIL: Final = 60
#: Marks on one letter: no script needs more, and sorting them takes the square of their number. Characters of format
#: between them (joiners) part nothing: they go before marks are sorted.
MOST_MARKS: Final = 8
#: What becomes marks only once it is made plain.
_MARKS_TO_BE: Final = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")


class Kind(StrEnum):
    """What is wrong with a translation."""

    EMPTY = "empty"
    FORMS = "forms"  #: not as many plural forms as the language has
    CHARACTER = "character"  #: a control character, one without a meaning, or a pile of marks
    DIRECTION = "direction"  #: characters that turn the direction of reading, or isolates that are not closed
    TAG = "tag"  #: HTML, with its attributes
    NESTING = "nesting"  #: the tags of the source, in an order that does not nest
    ENTITY = "entity"  #: `&lt;` and its like
    PLACEHOLDER = "placeholder"  #: what the program fills in: `%(name)s`, `%%`, `{n}`
    ADDRESS = "address"  #: a URL, a domain, an e-mail address
    NUMBER = "number"


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a translation."""

    kind: Kind
    #: The piece, at most `LONGEST_DETAIL` characters of it; of a character its name as U+202E.
    detail: str = ""
    #: The source has it and the translation lacks it; else it is the other way round.
    missing: bool = False
    #: Index of the plural form; None for a sentence without.
    form: int | None = None


def problems(
    source: str, translation: str, language: str, *, plural: str | None = None, form: int | None = None
) -> tuple[Problem, ...]:
    """What the translation adds to its source or leaves out; nothing where it may be shown.

    For one form of a counted sentence `plural` is the source's other form, and `form` the index of the translation's. A
    form that stands for one or two numbers up to 2 alone (Arabic « zero », « one », « two ») may leave out the count's
    placeholder, or say what the singular of the source says; each other form keeps to the plural. Never raises.
    """
    if plural is None or form is None:
        return _compared(source, translation, language)
    said_by_word = form in small_forms(language)
    found = _compared(plural, translation, language, count_optional=said_by_word)
    if found and said_by_word:
        found = min(found, _compared(source, translation, language, count_optional=True), key=len)
    return tuple(replace(each, form=form) for each in found)


def problems_of_forms(source: str, plural: str, forms: Sequence[str], language: str) -> tuple[Problem, ...]:
    """What is wrong with a counted sentence: with each of its forms, or with how many there are."""
    count = plural_rule(language).count
    if len(forms) != count:
        return (Problem(Kind.FORMS, str(count)),)
    return tuple(
        problem
        for form, text in enumerate(forms)
        for problem in problems(source, text, language, plural=plural, form=form)
    )


def _compared(
    source: str, translation: str, language: str, *, count_optional: bool = False
) -> tuple[Problem, ...]:
    if _SEEN.search(translation) is None:
        return (Problem(Kind.EMPTY),) if source.strip() else ()
    refused = tuple(_characters(source, translation))
    if refused:
        return refused  # what follows reads text that is whole
    if _PIECE.search(source) is None and _PIECE.search(translation) is None:
        return ()
    found: list[Problem] = []
    wanted, given = _pieces(source, SOURCE_LANGUAGE), _pieces(translation, language)
    for kind in (Kind.TAG, Kind.ENTITY, Kind.PLACEHOLDER, Kind.ADDRESS, Kind.NUMBER):
        missing, added = wanted[kind] - given[kind], given[kind] - wanted[kind]
        if kind is Kind.PLACEHOLDER:
            _percents_of_the_language(missing, added)
            if count_optional:
                _leave_out_count(wanted[kind], missing)
        found += [Problem(kind, _cut(each), missing=True) for each in missing]
        found += [Problem(kind, _cut(each)) for each in added]
    if not found and wanted[Kind.TAG] and not _nests(translation):
        found.append(Problem(Kind.NESTING))
    return tuple(found)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"


def holds_markup(source: str) -> bool:
    """Whether a sentence of the program is HTML: its translation is then shown as HTML too, once it was checked."""
    return _TAG.search(source) is not None


#: Names of the placeholder of the count, the surest first; a sentence with one placeholder calls it as it likes.
_COUNT_NAMES: Final = ("%(num)", "%(count)", "%(n)")


def _leave_out_count(wanted: Counter[str], missing: Counter[str]) -> None:
    named = [each for each in wanted if each.startswith("%(")]
    counts = next(
        (found for name in _COUNT_NAMES if (found := [each for each in named if each.startswith(name)])),
        named if len(named) == 1 else [],
    )
    for each in counts:
        missing.pop(each, None)


# --- Characters ------------------------------------------------------------------------------------

#: All but spaces and characters that show nothing.
_SEEN: Final = re.compile(
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_END_OF_ISOLATE: Final = "\u2069"
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
#: Control characters, halves of pairs, private use, separators of lines and paragraphs.
_REFUSED_CATEGORIES: Final = frozenset(("Cc", "Cs", "Co", "Zl", "Zp"))
#: Byte order mark, annotations, the invisible letters of tags.
_REFUSED: Final = frozenset("\ufeff\ufff9\ufffa\ufffb") | frozenset(map(chr, range(0xE0000, 0xE0080)))
#: Without one of these a text holds nothing that is refused: control characters and the ranges of those above, letters
#: that become marks, and runs of what is neither letter, digit nor space, which marks and joiners are among.
_SUSPECT: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\uf8ff\ufeff\uff9e\uff9f\ufff9-\ufffb\U000e0000-\U0010ffff]"
    rf"|[^\w\s\x00-\x7f]{{{MOST_MARKS + 1}}}"
)


def _characters(source: str, text: str) -> Iterator[Problem]:
    """What no translation may hold, whatever it says: the first of each kind."""
    if _SUSPECT.search(text) is None:
        return
    open_isolates = marks = 0
    refused = turned = False
    for character in text:
        category = unicodedata.category(character)
        if unicodedata.combining(character) or character in _MARKS_TO_BE:
            marks += 1
        elif category != "Cf":
            marks = 0
        if not refused and _is_refused(character, category, source, marks):
            refused = True
            yield Problem(Kind.CHARACTER, _name(character))
        if character in _ISOLATES:
            open_isolates += 1
        elif character == _END_OF_ISOLATE:
            open_isolates -= 1
        if not turned and (character in _TURNS or open_isolates < 0):
            turned = True
            yield Problem(Kind.DIRECTION, _name(character))
    if open_isolates > 0 and not turned:
        yield Problem(Kind.DIRECTION, _name(_END_OF_ISOLATE), missing=True)


def _is_refused(character: str, category: str, source: str, marks: int) -> bool:
    if character in "\n\t":
        return character not in source  # a second line would end the header of a mail
    return category in _REFUSED_CATEGORIES or character in _REFUSED or marks > MOST_MARKS


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


# --- Pieces ----------------------------------------------------------------------------------------

_TAG: Final = re.compile(r"<[A-Za-z/!?][^<>]*>")
#: What begins like a tag and is none, and characters that only tags should hold.
_BRACKET: Final = re.compile(r"<[A-Za-z/!?]?|>")
_ENTITY: Final = re.compile(r"&[^\s&;<>]{1,40};?")
#: What `%` and `format` fill in, well formed or not. Nothing is tried twice: quantifiers keep what they took.
_PLACEHOLDER: Final = re.compile(
    r"%%"
    r"|%(?:\([^()%\s]{0,100}\))?[#0+\-]*+(?:\d++|\*)?(?:\.(?:\d++|\*)?)?+[hlL]?[diouxXeEfFgGcrsa]"
    r"|%\(?"
    r"|\{[^{}]{0,200}\}|[{}]"
)
_PERCENT_OF_A_LANGUAGE: Final = "٪﹪％"
#: Ends an address: space, quotes, brackets, commas, apostrophes.
_CHUNK: Final = re.compile(r"[^\s«»‹›\"“”„'’‘()\[\]<>|,;،؛]+")
_AROUND: Final = ".:!?؟…·-–—"
_SCHEME: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.\-]*\Z")
_LONGEST_SCHEME: Final = 40
#: How what follows a scheme may begin: « **mot :**» is none.
_AFTER_SCHEME: Final = re.compile(r"[\w/+?%#]")
_IN_ADDRESS: Final = re.compile(r"[/:?#&=@]")
_TOP_LEVEL: Final = re.compile(r"[^\W\d_]{2,}|xn--[a-z0-9\-]+", re.IGNORECASE)
_LABEL: Final = re.compile(r"[\w\-]+")
_DIGITS: Final = re.compile(r"\d+(?:[ .,'’٫٬\-‐–]\d+)*")
_SEPARATOR: Final = re.compile(r"\D")
#: « m² » is a word, which a language may write out.
_UNIT_POWER: Final = re.compile(r"(?<=[^\W\d_])[²³]")
#: « 22 h » and « 22 h 00 » are 22:00.
_FULL_HOUR: Final = re.compile(r"(?<![\d:])0?(\d{1,2})(?: ?h ?|:)00(?![\d:])")
#: « 8 h 30 » is 08:30.
_EARLY_HOUR: Final = re.compile(r"(?<![\d:.,/\-])0(?=\d(?: ?h ?|:)\d\d(?!\d))")

#: Most sentences hold none of what pieces are made of: not even a character that a plain one could stand for.
_PIECE: Final = re.compile(
    r"[<>&%{}@/\d]|[.:]\S|[^\x00-\u02af\u0600-\u06ff\u2010-\u2023\u2026\u202f]|[\u00a8-\u00be\u066a]"
)

_Pieces = dict[Kind, Counter[str]]


def _pieces(text: str, language: str) -> _Pieces:
    """All that a translation must keep, by kind."""
    found: _Pieces = {kind: Counter() for kind in Kind}
    rest = _taken_out(_TAG, text, found[Kind.TAG])
    rest = _taken_out(_ENTITY, rest, found[Kind.ENTITY], lambda piece: html.unescape(piece) != piece)
    rest = _taken_out(_PLACEHOLDER, rest, found[Kind.PLACEHOLDER])
    found[Kind.PLACEHOLDER].update(each for each in rest if each in _PERCENT_OF_A_LANGUAGE)
    rest = _normalised(rest)
    rest = _taken_out(_BRACKET, rest, found[Kind.TAG])
    rest = _taken_out(_CHUNK, rest, found[Kind.ADDRESS], _is_address, around=_AROUND)
    found[Kind.NUMBER].update(_numbers(rest, language))
    return found


def _taken_out(
    pattern: re.Pattern[str],
    text: str,
    into: Counter[str],
    wanted: Callable[[str], bool] = bool,
    around: str = "",
) -> str:
    """The text without the pieces that are `wanted`, each of which leaves an end of line: it joins nothing."""

    def take(match: re.Match[str]) -> str:
        piece = match[0].strip(around) if around else match[0]
        if not piece or not wanted(piece):
            return match[0]
        into[piece] += 1
        return "\n"

    return pattern.sub(take, text)


def _normalised(text: str) -> str:
    """Compatible characters as their plain ones (thin spaces, wide letters), none that is invisible, ASCII digits."""
    if text.isascii():
        return text
    seen = "".join(each for each in _UNIT_POWER.sub("", text) if unicodedata.category(each) != "Cf")
    plain = unicodedata.normalize("NFKC", seen)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain)


def _percents_of_the_language(missing: Counter[str], added: Counter[str]) -> None:
    """« 50 % » is ٪50 in Arabic: a sign of the language stands for a percent sign that is missing."""
    for sign in _PERCENT_OF_A_LANGUAGE:
        for percent in ("%%", "%"):
            both = min(added[sign], missing[percent])
            for counted, name in ((added, sign), (missing, percent)):
                counted[name] -= both
    for counted in (missing, added):
        for name in [name for name, count in counted.items() if count <= 0]:
            del counted[name]


def _is_address(chunk: str) -> bool:
    """Whether a mail program or a telephone would make a link of it."""
    if "@" in chunk or "://" in chunk or chunk.startswith("www."):
        return True
    parts = chunk.split(":")
    for before, after in pairwise(parts):
        if _SCHEME.search(before[-_LONGEST_SCHEME:]) and _AFTER_SCHEME.match(after):
            return True
    return any(_is_domain(part) for part in _IN_ADDRESS.split(chunk))


def _is_domain(part: str) -> bool:
    labels = part.strip(_AROUND).split(".")
    return (
        len(labels) > 1
        and _TOP_LEVEL.fullmatch(labels[-1]) is not None
        and all(map(_LABEL.fullmatch, labels))
    )


# --- Numbers ---------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _decimal_symbol(language: str) -> str:
    symbol: str = get_decimal_symbol(locale_of(language))
    return "," if symbol == "," else "."


def _numbers(text: str, language: str) -> Iterator[str]:
    """The numbers of a normalised text by their value: « 1 000 » and 1,000 are "1000". One to call is one number."""
    decimal = _decimal_symbol(language)
    for match in _DIGITS.finditer(_EARLY_HOUR.sub("", _FULL_HOUR.sub(r"\1", text))):
        run = match[0]
        yield from _values(_SEPARATOR.split(run), _SEPARATOR.findall(run), decimal)


def _values(parts: list[str], separators: list[str], decimal: str) -> Iterator[str]:
    """What digits between single separators say: `parts` has one more than `separators`."""
    at = 0
    grouped = _group_length(parts, separators, 0, decimal)
    if grouped < len(parts) and _is_telephone(parts, separators):
        yield "".join(parts)
        return
    while at < len(parts):
        length = _group_length(parts, separators, at, decimal)
        whole, after = "".join(parts[at : at + length]), at + length
        if after < len(parts) and _is_decimal(separators, after - 1):
            fraction = parts[after].rstrip("0")
            yield f"{whole}.{fraction}" if fraction else whole
            after += 1
        else:
            yield whole
        at = after


def _group_length(parts: list[str], separators: list[str], at: int, decimal: str) -> int:
    """How many parts from `at` on are groups of three of one number: « 1 000 000 »."""
    length = 1
    if len(parts[at]) > 3 or parts[at].startswith("0") or at >= len(separators):
        return length
    separator = separators[at]
    if separator not in " '’٬,." or separator == decimal:
        return length
    while (
        at + length < len(parts) and separators[at + length - 1] == separator and len(parts[at + length]) == 3
    ):
        length += 1
    return length


def _is_decimal(separators: list[str], at: int) -> bool:
    """Whether the separator at `at` stands before decimals; a date, 12.05.2026, has the same one twice."""
    beside = (*separators[at + 1 : at + 2], *(separators[at - 1 : at] if at else ()))
    return separators[at] in ".,٫" and separators[at] not in beside


def _is_telephone(parts: list[str], separators: list[str]) -> bool:
    """Whether groups of digits are one number to call: they may not change places."""
    digits = sum(map(len, parts))
    same = len(set(separators)) == 1
    return (
        same and 8 <= digits <= 15 and (len(parts) > 3 or (separators[0] == " " and parts[0].startswith("0")))
    )


# --- Tags ------------------------------------------------------------------------------------------

_NAME: Final = re.compile(r"</?\s*([A-Za-z][\w:\-]*)")
#: Elements without an end.
_VOID: Final = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))


def _nests(text: str) -> bool:
    """Whether each tag is closed, the last one first."""
    opened: list[str] = []
    for tag in _TAG.findall(text):
        name = _NAME.match(tag)
        if name is None or name[1].lower() in _VOID:
            continue
        if not tag.startswith("</"):
            opened.append(name[1].lower())
        elif not opened or opened.pop() != name[1].lower():
            return False
    return not opened
