"""What somebody said with their account, as they read it there: where each word is, and its answer.

Of a sensitive word lists give neither the words, nor the theme, nor the answer: others look at the same screen. Its own
page does, which can be left fast.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, func, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.models import Body, Contract, Organisation
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.queries.public import FollowedStep, may_ask_again, steps_of
from cdv_civic.voices.wording import KINDS, OWN_STATES

PER_PAGE: Final = 20
#: On the first page of an account.
MOST_SHOWN: Final = 3


@dataclass(frozen=True)
class OwnVoice:
    """One's own word in a list. `topic`, `words` and `answer` are None where it is sensitive."""

    id: int
    body: str
    state: CodedTerm
    received_on: date
    due_on: date | None
    is_open: bool
    topic: tuple[CodedTerm, CodedTerm] | None
    words: str | None
    lang: str | None
    answer: Words | None
    decided_at: datetime | None
    transmitted_to: str | None
    asked_again_on: date | None
    may_ask_again: bool


@dataclass(frozen=True)
class OwnVoicePage:
    """One's own word on a page of its own, with all of its way."""

    id: int
    body: str
    body_slug: str
    contract: str
    kind: CodedTerm
    theme: CodedTerm
    sensitive: bool
    words: str
    lang: str | None
    quartier_id: int | None
    state: CodedTerm
    received_on: date
    due_on: date | None
    is_open: bool
    answer: Words | None
    answered_by: str | None
    decided_at: datetime | None
    asked_again_on: date | None
    may_ask_again: bool
    steps: tuple[FollowedStep, ...]
    #: Its case with the moderators, once it was public.
    case_id: int | None


def _own(account_id: int, language: str) -> tuple[Localized, Select[Any]]:
    answer = Localized("answer", Voice.answer_id, language)
    statement: Any = (
        select(
            Voice.id,
            Voice.state,
            Voice.kind,
            Voice.theme,
            Voice.words,
            Voice.lang,
            Voice.quartier_id,
            Voice.received_on,
            Voice.due_on,
            Voice.answered_by,
            Voice.decided_at,
            Voice.asked_again_on,
            Voice.case_id,
            Body.name.label("body"),
            Body.slug,
            Contract.slug.label("contract"),
            Organisation.name.label("transmitted_to"),
            *answer.columns,
        )
        .join(Body, Body.id == Voice.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(Organisation, Organisation.id == Voice.transmitted_to_id)
        .where(Voice.author_id == account_id)
    )
    return answer, answer.join(statement, optional=True)


def _line(row: Any, answer: Localized) -> OwnVoice:
    open_to_all = row.theme not in SENSITIVE
    return OwnVoice(
        row.id,
        row.body,
        OWN_STATES[row.state],
        row.received_on,
        row.due_on,
        row.state in rules.OPEN_STATES,
        (KINDS[row.kind], THEME_WORDS[row.theme]) if open_to_all else None,
        row.words if open_to_all else None,
        row.lang,
        answer.words_or_none(row) if open_to_all else None,
        row.decided_at,
        row.transmitted_to if row.state == rules.VoiceState.TRANSMITTED.value and open_to_all else None,
        row.asked_again_on,
        may_ask_again(row),
    )


def latest_own(account_id: int, language: str) -> tuple[list[OwnVoice], bool]:
    """The words of an account that changed last, and whether there are more; 1 statement."""
    answer, statement = _own(account_id, language)
    changed = func.coalesce(Voice.decided_at, Voice.received_at).desc()
    rows = rows_of(statement.order_by(changed, Voice.id.desc()).limit(MOST_SHOWN + 1))
    found = [_line(row, answer) for row in rows]
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def own_page(account_id: int, language: str, cursor: Cursor | None) -> Page[OwnVoice]:
    """A page of all words of an account, the newest first; 1 statement."""
    answer, statement = _own(account_id, language)
    here = Cursor((-cursor.key[0],), cursor.before) if cursor else None
    rows = [_line(row, answer) for row in rows_of(window(statement, [-Voice.id], here, PER_PAGE))]
    return page_of(rows, cursor, PER_PAGE, lambda voice: (voice.id,))


def own_voice(account_id: int, voice_id: int, language: str) -> OwnVoicePage | None:
    """One word of an account, with its way; None: there is none, or it is somebody else's. 2 statements."""
    answer, statement = _own(account_id, language)
    row = rows_of(statement.where(Voice.id == voice_id)).one_or_none()
    if row is None:
        return None
    return OwnVoicePage(
        row.id,
        row.body,
        row.slug,
        row.contract,
        KINDS[row.kind],
        THEME_WORDS[row.theme],
        row.theme in SENSITIVE,
        row.words,
        row.lang,
        row.quartier_id,
        OWN_STATES[row.state],
        row.received_on,
        row.due_on,
        row.state in rules.OPEN_STATES,
        answer.words_or_none(row),
        row.answered_by,
        row.decided_at,
        row.asked_again_on,
        may_ask_again(row),
        steps_of(row.id, language),
        row.case_id,
    )


@dataclass(frozen=True)
class Continued:
    """The word that another one goes on from."""

    received_on: date
    kind: str
    theme: str
    quartier_id: int | None


def continued(account_id: int, body_id: int, voice_id: int) -> Continued | None:
    """What an account said to a body before; None: it did not. 1 statement."""
    row = db.session.execute(
        select(Voice.received_on, Voice.kind, Voice.theme, Voice.quartier_id).where(
            Voice.id == voice_id, Voice.body_id == body_id, Voice.author_id == account_id
        )
    ).one_or_none()
    return None if row is None else Continued(*row)
