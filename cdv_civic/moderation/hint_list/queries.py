"""The list of words that a territory asks to look at, with what came of each. No text of anybody is read here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal, select

from cdv_civic.core.db import rows_of
from cdv_civic.core.paging import LARGEST, Cursor, Page, page_of, window
from cdv_civic.core.policy.model import Reach
from cdv_civic.moderation.models import HintPattern, ModeratedText, ModerationHint
from cdv_civic.moderation.rules.detectors.listed_words import key_of
from cdv_civic.moderation.rules.hints import HintKind
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import contracts_touched

PER_PAGE: Final = 50
KEY_PARTS: Final = 1
#: Words that are most often wrong, as a page shows them.
MOST_WRONG: Final = 5


@dataclass(frozen=True)
class ListContract:
    """A contract whose list somebody may change."""

    id: int
    slug: str
    title: str


@dataclass(frozen=True)
class Alarms:
    """How often something was seen, and how often moderators said that there was nothing."""

    seen: int = 0
    false: int = 0


@dataclass(frozen=True)
class ListWord:
    """A word of the list."""

    id: int
    lang: str
    words: str
    retired_at: datetime | None
    alarms: Alarms = Alarms()

    @property
    def title(self) -> str:
        """How a page calls the row."""
        return self.words


@dataclass(frozen=True)
class ListFilters:
    """What a page of the list is narrowed to."""

    #: A tag; "": all languages.
    lang: str = ""
    q: str = ""
    #: Those that are looked for no more, instead of those that are.
    retired: bool = False


def contracts_with_lists(reach: Reach) -> list[ListContract]:
    """The contracts whose lists lie within reach, by title; 1 statement."""
    rows = rows_of(
        select(Contract.id, Contract.slug, Contract.short_title)
        .where(contracts_touched(reach))
        .order_by(Contract.short_title, Contract.id)
    )
    return [ListContract(*row) for row in rows]


def list_page(contract_id: int, filters: ListFilters, cursor: Cursor | None) -> Page[ListWord]:
    """A page of the list, what was added last first; 2 statements."""
    newest_first = literal(LARGEST) - HintPattern.id
    statement = select(HintPattern.id, HintPattern.lang, HintPattern.words, HintPattern.retired_at).where(
        *_conditions(contract_id, filters)
    )
    rows = rows_of(window(statement, [newest_first], cursor, PER_PAGE))
    page = page_of([ListWord(*row) for row in rows], cursor, PER_PAGE, lambda row: (LARGEST - row.id,))
    return replace(page, rows=tuple(_with_alarms(page.rows)))


def whole_list(contract_id: int) -> list[ListWord]:
    """All words that are looked for, by language, as they were added, with their alarms; 1 statement."""
    seen, false = _counts()
    rows = rows_of(
        select(HintPattern.id, HintPattern.lang, HintPattern.words, HintPattern.retired_at, seen, false)
        .outerjoin(ModerationHint, ModerationHint.pattern_id == HintPattern.id)
        .where(*_conditions(contract_id, ListFilters()))
        .group_by(HintPattern.id)
        .order_by(HintPattern.lang, HintPattern.id)
    )
    return [ListWord(row[0], row[1], row[2], row[3], Alarms(row[4], row[5])) for row in rows]


def most_wrong(contract_id: int) -> list[ListWord]:
    """The words that are most often false alarms, among those that are looked for; 1 statement."""
    seen, false = _counts()
    rows = rows_of(
        select(HintPattern.id, HintPattern.lang, HintPattern.words, HintPattern.retired_at, seen, false)
        .join(ModerationHint, ModerationHint.pattern_id == HintPattern.id)
        .where(*_conditions(contract_id, ListFilters()))
        .group_by(HintPattern.id)
        .having(false > 0)
        .order_by(false.desc(), HintPattern.id)
        .limit(MOST_WRONG)
    )
    return [ListWord(row[0], row[1], row[2], row[3], Alarms(row[4], row[5])) for row in rows]


def sizes(contract_id: int) -> dict[str, int]:
    """How many words are looked for in each language that has some; 1 statement."""
    rows = rows_of(
        select(HintPattern.lang, func.count())
        .where(*_conditions(contract_id, ListFilters()))
        .group_by(HintPattern.lang)
        .order_by(HintPattern.lang)
    )
    return dict(tuple(row) for row in rows)


def alarms_by_kind(contract_id: int) -> dict[HintKind, Alarms]:
    """How often each kind of hint was noted in the texts of a contract, in the order of the kinds; 1 statement."""
    seen, false = _counts()
    rows = rows_of(
        select(ModerationHint.kind, seen, false)
        .join(ModeratedText, ModeratedText.id == ModerationHint.text_id)
        .where(ModeratedText.contract_id == contract_id)
        .group_by(ModerationHint.kind)
    )
    found = {row[0]: Alarms(row[1], row[2]) for row in rows}
    return {kind: found[kind.value] for kind in HintKind if kind.value in found}


def _conditions(contract_id: int, filters: ListFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        HintPattern.contract_id == contract_id,
        HintPattern.retired_at.is_not(None) if filters.retired else HintPattern.retired_at.is_(None),
    ]
    if filters.lang:
        found.append(HintPattern.lang == filters.lang)
    if filters.q:
        found.append(HintPattern.folded.contains(key_of(filters.q), autoescape=True))
    return found


def _counts() -> tuple[Any, Any]:
    """How many hints there are, and how many of them are false alarms."""
    seen = func.count(ModerationHint.id)
    return seen, seen.filter(ModerationHint.false_alarm.is_(True))


def _with_alarms(words: Iterable[ListWord]) -> list[ListWord]:
    """The same words with what came of each; 1 statement, none where there are none."""
    words = list(words)
    if not words:
        return []
    seen, false = _counts()
    rows = rows_of(
        select(ModerationHint.pattern_id, seen, false)
        .where(ModerationHint.pattern_id.in_([each.id for each in words]))
        .group_by(ModerationHint.pattern_id)
    )
    counts = {row[0]: Alarms(row[1], row[2]) for row in rows}
    return [replace(each, alarms=counts.get(each.id, Alarms())) for each in words]
