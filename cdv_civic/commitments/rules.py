"""What may be said of a commitment, and when: pure decisions on plain values.

The nine states are those of `territory.vocabulary.STATES`. Three rules about the order in which they are told:

- « à vérifier » is the import's word: nobody tells it, and anything may be told after it;
- work goes forward. A step back is either a mistake (the news is withdrawn) or news that has a reason: what
  was done is taken up again, what was given up is resumed;
- to put off or to give up has a reason, always.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.vocabulary import ANNOUNCED, NUMERIC_VALUE_KINDS, STATES, TO_CHECK

SHORTEST_SENTENCE: Final = 10
LONGEST_SENTENCE: Final = 200
LONGEST_TITLE: Final = 600
LONGEST_DETAIL: Final = 10_000
#: A sentence of this length can hold its own reason.
SENTENCE_WITH_REASON: Final = 40
#: A contract carries on what began before it; nothing older belongs to its story.
YEARS_BEFORE_CONTRACT: Final = 5

_AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    TO_CHECK: tuple(code for code in STATES if code != TO_CHECK),
    ANNOUNCED: (
        ANNOUNCED,
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "reporte",
        "abandonne",
        "non_evalue",
    ),
    "en_preparation": (
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "reporte",
        "abandonne",
        "non_evalue",
    ),
    "en_cours": ("en_cours", "realise", "perenne", "reporte", "abandonne", "non_evalue"),
    "realise": ("realise", "perenne", "en_cours"),
    "perenne": ("perenne", "realise", "en_cours", "abandonne"),
    "reporte": (
        "reporte",
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "abandonne",
        "non_evalue",
    ),
    "abandonne": ("abandonne", ANNOUNCED, "en_preparation", "en_cours"),
    "non_evalue": tuple(code for code in STATES if code != TO_CHECK),
}
#: What staff can tell, in the order of a form.
TELLABLE: Final = tuple(code for code in STATES if code != TO_CHECK)
_ALWAYS_WITH_REASON: Final = frozenset({"reporte", "abandonne"})
_DONE: Final = frozenset({"realise", "perenne"})


class BrokenRule(DomainError):
    """What was asked goes against a rule of this module."""


def states_after(state: str) -> tuple[str, ...]:
    """The states that may be told after `state`, itself first where news without a change is possible."""
    return _AFTER[state]


def may_follow(before: str, after: str) -> bool:
    """Whether `after` may be told of what stood at `before`."""
    return after in _AFTER[before]


def needs_reason(before: str, after: str) -> bool:
    """Whether telling `after` asks for a reason: putting off, giving up, and every step back."""
    if after in _ALWAYS_WITH_REASON:
        return True
    return (before in _DONE and after == "en_cours") or (before == "abandonne" and after != "abandonne")


def check_transition(before: str, after: str, following: str | None = None) -> None:
    """Raise `BrokenRule` unless `after` may stand between `before` and what was told later (`following`)."""
    if after not in TELLABLE:
        raise BrokenRule(_l("Choisissez où en est l’engagement."), field="state")
    if not may_follow(before, after):
        raise BrokenRule(
            _l(
                "Après « %(before)s », on ne peut pas dire « %(after)s ». "
                "Si la nouvelle d’avant est une erreur, retirez-la d’abord.",
                before=STATES[before].label,
                after=STATES[after].label,
            ),
            field="state",
        )
    if following is not None and not may_follow(after, following):
        raise BrokenRule(
            _l(
                "Une nouvelle plus récente dit « %(following)s ». Elle ne peut pas venir après « %(after)s ». "
                "Corrigez la date, ou retirez d’abord cette nouvelle.",
                following=STATES[following].label,
                after=STATES[after].label,
            ),
            field="state",
        )


def check_reason(before: str, after: str, sentence: str, detail: str) -> None:
    """Raise `BrokenRule` where a reason is due and neither the longer text nor the sentence has room for it."""
    if not needs_reason(before, after):
        return
    if not detail.strip() and len(sentence.strip()) < SENTENCE_WITH_REASON:
        raise BrokenRule(
            _l("Dites pourquoi : les habitantes et les habitants attendent la raison. Écrivez-la ici."),
            field="detail",
        )


_YEAR: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def first_day(period: str) -> date | None:
    """The first day of a year, month or day as packs write them ("2024", "2022-12-31"); None where unclear."""
    found = _YEAR.match(period)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def earliest_news(period_start: str) -> date | None:
    """The earliest day that news of a contract may be of."""
    start = first_day(period_start)
    return None if start is None else date(start.year - YEARS_BEFORE_CONTRACT, 1, 1)


def check_day(happened_on: date, today: date, period_start: str) -> None:
    """Raise `BrokenRule` unless news may be of that day: not to come, not long before the contract."""
    if happened_on > today:
        raise BrokenRule(
            _l("Cette date n’est pas encore passée. Choisissez aujourd’hui ou un jour d’avant."),
            field="happened_on",
        )
    earliest = earliest_news(period_start)
    if earliest is not None and happened_on < earliest:
        raise BrokenRule(
            _l(
                "Cette date est trop ancienne pour ce contrat. Vérifiez l’année : au plus tôt %(year)s.",
                year=earliest.year,
            ),
            field="happened_on",
        )


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
    sentence = text.strip()
    if len(sentence) < SHORTEST_SENTENCE:
        raise BrokenRule(
            _l("Écrivez une phrase d’au moins 10 signes, que tout le monde comprend."), field=field
        )
    if len(sentence) > LONGEST_SENTENCE:
        raise BrokenRule(
            _l(
                "Cette phrase est trop longue : %(length)s signes. Gardez l’essentiel en 200 signes ; "
                "le reste va dans le texte plus long.",
                length=len(sentence),
            ),
            field=field,
        )
    check_plain(sentence, field)
    return sentence


def check_plain(text: str, field: str, *, lines: bool = False) -> None:
    """Raise `BrokenRule` where a text holds HTML or hidden characters."""
    if not is_plain(text, lines=lines):
        raise BrokenRule(
            _l("Ce texte contient un signe caché ou du code. Écrivez-le de nouveau, sans copier-coller."),
            field=field,
        )


def check_line(text: str, field: str, *, longest: int) -> str | None:
    """One line of plain text, None where there is none; raises `BrokenRule`."""
    line = " ".join(text.split()) if is_plain(text, lines=True) else text.strip()
    if not line:
        return None
    check_plain(line, field)
    if len(line) > longest:
        raise BrokenRule(
            _l(
                "Ce texte est trop long : %(length)s signes, %(longest)s au plus.",
                length=len(line),
                longest=longest,
            ),
            field=field,
        )
    return line


def check_detail(text: str, field: str = "detail") -> str | None:
    """The longer text (Markdown), None where there is none; raises `BrokenRule`."""
    detail = text.replace("\r\n", "\n").strip()
    if not detail:
        return None
    check_plain(detail, field, lines=True)
    if len(detail) > LONGEST_DETAIL:
        raise BrokenRule(
            _l("Ce texte est trop long. Gardez 10 000 signes au plus, et joignez le reste en PDF."),
            field=field,
        )
    return detail


def check_link(url: str, field: str = "link") -> str:
    """An address of the web that a page may link to; raises `BrokenRule`."""
    address = url.strip()
    if (
        not re.fullmatch(r"https?://[^\s/?#@\\]+\.[^\s/?#@\\]+([/?#]\S*)?", address)
        or len(address) > 2000
        or not is_plain(address)
    ):
        raise BrokenRule(
            _l("Cette adresse ne va pas. Copiez-la en entier : elle commence par https://."), field=field
        )
    return address


def check_quartier(quartier_id: int | None, covered: Iterable[int]) -> None:
    """Raise `BrokenRule` unless progress may be told for one quartier: one of several that are covered."""
    if quartier_id is None:
        return
    quartiers = set(covered)
    if quartier_id not in quartiers:
        raise BrokenRule(_l("Cet engagement ne porte pas sur ce quartier."), field="quartier")
    if len(quartiers) < 2:
        raise BrokenRule(
            _l("Cet engagement porte sur un seul quartier : choisissez « l’engagement entier »."),
            field="quartier",
        )


# --- The work list --------------------------------------------------------------------------------


class Heap(StrEnum):
    """Why a commitment waits for staff. One commitment may lie in several heaps."""

    TO_CHECK = "a-verifier"
    NO_NEWS = "sans-nouvelle"
    DEADLINE_SOON = "echeance-proche"
    DEADLINE_PASSED = "echeance-passee"


#: States of which residents expect to hear more.
EXPECTING_NEWS: Final = frozenset({ANNOUNCED, "en_preparation", "en_cours", "reporte", "non_evalue"})
#: States that a deadline still asks something of: what was put off has said that its date no longer holds.
EXPECTING_DEADLINE: Final = frozenset({TO_CHECK, ANNOUNCED, "en_preparation", "en_cours", "non_evalue"})


@dataclass(frozen=True)
class Limits:
    """The days that divide the heaps."""

    today: date
    stale_after_days: int
    deadline_soon_days: int

    @property
    def stale_before(self) -> date:
        """News older than this day is old."""
        return self.today - timedelta(days=self.stale_after_days)

    @property
    def soon_until(self) -> date:
        """The last day that is soon."""
        return self.today + timedelta(days=self.deadline_soon_days)


def heaps_of(
    limits: Limits,
    *,
    state: str,
    retired: bool,
    published_on: date | None,
    last_progress_on: date | None,
    deadline: date | None,
) -> frozenset[Heap]:
    """The heaps of the work list that a commitment lies in."""
    if retired:
        return frozenset()
    heaps = set()
    if state == TO_CHECK:
        heaps.add(Heap.TO_CHECK)
    last_heard = last_progress_on or published_on
    if state in EXPECTING_NEWS and last_heard is not None and last_heard < limits.stale_before:
        heaps.add(Heap.NO_NEWS)
    if state in EXPECTING_DEADLINE and deadline is not None:
        if deadline < limits.today:
            heaps.add(Heap.DEADLINE_PASSED)
        elif deadline <= limits.soon_until:
            heaps.add(Heap.DEADLINE_SOON)
    return frozenset(heaps)


# --- Values of indicators -------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
_YES: Final = frozenset({"oui", "yes", "نعم", "1", "vrai"})
_NO: Final = frozenset({"non", "no", "لا", "0", "faux"})


def read_value(kind: str, typed: str) -> tuple[float | None, str | None]:
    """A measure as it was typed, as (number, text), one of them None; raises `BrokenRule`.

    `kind` is a key of `territory.vocabulary.VALUE_KINDS`. Amounts are given in euros and kept in cents, rates in
    percent; yes or no is kept as "oui" or "non", a day as an ISO date.
    """
    text = typed.strip()
    if not text:
        raise BrokenRule(_l("Écrivez la valeur mesurée."), field="value")
    check_plain(text, "value")
    if kind in NUMERIC_VALUE_KINDS:
        return _read_number(kind, text), None
    if kind == "boolean":
        if text.casefold() in _YES:
            return None, "oui"
        if text.casefold() in _NO:
            return None, "non"
        raise BrokenRule(_l("Écrivez « oui » ou « non »."), field="value")
    if kind == "date":
        return None, _read_day(text).isoformat()
    if len(text) > LONGEST_TITLE:
        raise BrokenRule(
            _l(
                "Ce texte est trop long : %(length)s signes, %(longest)s au plus.",
                length=len(text),
                longest=LONGEST_TITLE,
            ),
            field="value",
        )
    return None, text


def _read_number(kind: str, text: str) -> float:
    bare = re.sub(r"[\s\u00a0\u202f]", "", text.removesuffix("%").removesuffix("€").strip())
    if not _NUMBER.fullmatch(bare):
        raise BrokenRule(_l("Écrivez un nombre, par exemple 1 250 ou 12,5."), field="value")
    number = float(bare.replace(",", "."))
    if abs(number) > 1e12:
        raise BrokenRule(_l("Ce nombre est trop grand. Vérifiez-le."), field="value")
    if kind == "count" and (number < 0 or number != int(number)):
        raise BrokenRule(_l("Écrivez un nombre entier, sans virgule."), field="value")
    return float(round(number * 100)) if kind == "amount" else number


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise BrokenRule(_l("Écrivez une date, par exemple 31/12/2026."), field="value")


def read_euros(typed: str, field: str) -> int | None:
    """Cents from an amount typed in euros ("1 250,50"), None where nothing was typed; raises `BrokenRule`."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", typed.strip().removesuffix("€"))
    if not bare:
        return None
    if not re.fullmatch(r"\d{1,11}([.,]\d{1,2})?", bare):
        raise BrokenRule(_l("Écrivez une somme en euros, par exemple 12 500 ou 1 250,50."), field=field)
    euros, _point, cents = bare.replace(",", ".").partition(".")
    return int(euros) * 100 + int(cents.ljust(2, "0") or 0)
