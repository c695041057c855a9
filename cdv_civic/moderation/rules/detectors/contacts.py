"""Telephone numbers and e-mail addresses, as people write them and as they hide them. Linear in the text."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from cdv_civic.moderation.rules.detectors.seen_text import SeenText, TextSpan

_GROUP: Final = re.compile(r"\d+")
_BETWEEN: Final = re.compile(r"[ \n.\-/,_:·•()*|~]{1,4}")
#: Letters that stand for digits beside one.
_ZERO: Final = re.compile(r"(?<=\d)[oO](?![a-zA-Z])|(?<![a-zA-Z])[oO](?=\d)")
_ONE: Final = re.compile(r"(?<=\d)[lI](?=[\d .\-])|(?<![a-zA-Z])[lI](?=\d)")
#: What `00` stands after where it is of an hour, an amount or a decimal.
_OF_AN_HOUR: Final = re.compile(r"[\d:hH,.] ?\Z")
_PLUS: Final = re.compile(r"\(?\+ ?\Z")
_NATIONAL: Final = 10
_SHORTEST_ABROAD: Final = 8
_LONGEST_ABROAD: Final = 15
#: Numbers that cost nothing and belong to services.
_FREE_CALLS: Final = tuple(f"080{each}" for each in range(6))
_MONEY: Final = re.compile(r" ?(?:€|%|euros?\b|eur\b|m2\b|habitant)", re.IGNORECASE)

_AT: Final = re.compile(
    r" {0,2}(?:@|[(\[{<] ?(?:at|a|arr?obase) ?[)\]}>]) {0,2}|[ _-]{1,2}(?:arr?obase|arr?obas)[ _-]{1,2}|(?P<word> at )",
    re.IGNORECASE,
)
#: No part of it holds what parts it from the next: nothing is tried twice.
_LABEL: Final = r"[^\W_][\w-]{0,61}"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,3}}\.[^\W\d_]{{2,24}}(?![\w@])")
_DOT: Final = r"(?: ?[(\[{] ?(?:\.|dot|point) ?[)\]}] ?| (?:dot|point) | ?\. ?)"
#: With spaces or words for dots only what is known: else the end of a sentence would be one.
_SPELLED: Final = re.compile(
    rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?{_DOT}(?:fr|com|net|org|eu|info|be|tn|dz|ma)(?!\w)", re.IGNORECASE
)
_DOT_IN_WORDS: Final = re.compile(r"\b(?:dot|point)\b", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[\w.%+'\-]{1,64}\Z")
_LONGEST_LOCAL: Final = 64


class _Digits(NamedTuple):
    said: str
    start: int
    end: int


def _runs(plain: str) -> Iterator[list[_Digits]]:
    """Groups of digits that only what stands between groups of one number parts."""
    run: list[_Digits] = []
    for found in _GROUP.finditer(plain):
        if run and not _BETWEEN.fullmatch(plain, run[-1].end, found.start()):
            yield run
            run = []
        run.append(_Digits(found[0], found.start(), found.end()))
    if run:
        yield run


def _separators(plain: str, groups: Sequence[_Digits]) -> set[str]:
    pairs = pairwise(groups)
    return {plain[before.end : after.start].strip() or " " for before, after in pairs}


def _is_else(plain: str, groups: Sequence[_Digits]) -> bool:
    """Whether ten digits that could be a number at home are something else: dates, hours, a list, a decimal."""
    sizes = [len(each.said) for each in groups]
    values = [int(each.said) for each in groups]
    separators = _separators(plain, groups)
    if len(separators) > 1 and separators & {",", ":"}:
        return True
    if sizes in ([1, 9], [5, 5]):
        return True
    if sizes[:3] == [2, 2, 4] and values[0] <= 31 and values[1] <= 12 and 1900 <= values[2] < 2100:
        return True
    steps = {after - before for before, after in pairwise(values)}
    return len(values) == 5 and len(steps) == 1 and steps != {0}


def _at_home(plain: str, groups: Sequence[_Digits]) -> int | None:
    """How many of the first groups are a French number; None: none is."""
    if not re.match("0[1-9]", groups[0].said + (groups[1].said if len(groups) > 1 else "")):
        return None
    said = ""
    for count, each in enumerate(groups, 1):
        said += each.said
        if len(said) >= _NATIONAL:
            right = len(said) == _NATIONAL and not said.startswith(_FREE_CALLS)
            return count if right and not _is_else(plain, groups[:count]) else None
    return None


def _abroad(plain: str, groups: Sequence[_Digits]) -> int | None:
    """How many of the first groups are a number with the code of a country."""
    first = groups[0]
    before = max(0, first.start - 3)
    plus = _PLUS.search(plain, before, first.start)
    zeros = first.said.startswith("00") and not _OF_AN_HOUR.search(plain, before, first.start)
    if not plus and not zeros:
        return None
    said, best = "", None
    for count, each in enumerate(groups, 1):
        if count > 1 and re.search("[,\n]", plain[groups[count - 2].end : each.start]):
            break
        said += each.said
        number = said if plus else said[2:]
        if len(number) > _LONGEST_ABROAD or number.startswith("0"):
            break
        french = re.fullmatch(r"330?[1-9]\d{8}", number)
        if french:
            return count
        if len(number) >= _SHORTEST_ABROAD + (0 if plus else 2):
            best = count
    if best is None or (len(groups[best - 1].said) == 3 and _MONEY.match(plain, groups[best - 1].end)):
        return None
    return best


def phones(seen: SeenText) -> Iterator[TextSpan]:
    """Telephone numbers: French ones, and those that begin with + or 00."""
    plain = _ONE.sub("1", _ZERO.sub("0", seen.plain))
    for run in _runs(plain):
        place = 0
        while place < len(run):
            # No number has more digits, and so no more groups: what is looked at does not grow with the run.
            groups = run[place : place + _LONGEST_ABROAD + 3]
            count = _abroad(plain, groups) or _at_home(plain, groups)
            if count:
                plus = _PLUS.search(plain, max(0, groups[0].start - 3), groups[0].start)
                yield seen.span(plus.start() if plus else groups[0].start, groups[count - 1].end)
            place += count or 1


def emails(seen: SeenText) -> Iterator[TextSpan]:
    """E-mail addresses, « arobase » and (at) for @ as well."""
    plain = seen.plain
    done = 0
    for at in _AT.finditer(plain):
        local = _LOCAL.search(plain, max(done, at.start() - _LONGEST_LOCAL), at.start())
        domain = (None if at["word"] else _DOMAIN.match(plain, at.end())) or _SPELLED.match(plain, at.end())
        if local is None or domain is None or (at["word"] and not _DOT_IN_WORDS.search(domain[0])):
            continue
        yield seen.span(local.start(), domain.end())
        done = domain.end()
