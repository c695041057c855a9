"""What everybody may read: words that author and moderator made public, and one's own word by its receipt.

Nothing here selects a name, an account or a way to answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.models import Body, Contract, Organisation
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices.models import Voice, VoiceStep
from cdv_civic.voices.rules import OPEN_STATES, VoiceState, asks_again_from
from cdv_civic.voices.wording import KINDS, STATES

#: Each stands with its answer: a page of twenty is longer than anybody reads on a small phone.
PER_PAGE: Final = 10
MOST_LATEST: Final = 1


@dataclass(frozen=True)
class PublicVoice:
    """A word that is public, and what followed."""

    id: int
    #: Its case with the moderators.
    case_id: int
    kind: CodedTerm
    theme: CodedTerm
    words: str
    lang: str | None
    received_on: date
    relayed: bool
    state: CodedTerm
    transmitted_to: str | None
    off_site: bool
    answer: Words | None
    answered_by: str | None
    decided_at: datetime | None


def _public(language: str) -> tuple[Localized, Select[Any]]:
    answer = Localized("answer", Voice.answer_id, language)
    statement: Any = (
        select(
            Voice.id,
            Voice.case_id,
            Voice.kind,
            Voice.theme,
            func.coalesce(Voice.public_words, Voice.words).label("words"),
            Voice.lang,
            Voice.received_on,
            Voice.relayed,
            Voice.state,
            Organisation.name.label("transmitted_to"),
            Voice.off_site,
            Voice.answered_by,
            Voice.decided_at,
            *answer.columns,
        )
        .outerjoin(Organisation, Organisation.id == Voice.transmitted_to_id)
        .where(Voice.published_at.is_not(None), Voice.author_agrees_public)
    )
    return answer, answer.join(statement, optional=True)


def _voice(row: Any, answer: Localized) -> PublicVoice:
    return PublicVoice(
        row.id,
        row.case_id,
        KINDS[row.kind],
        THEME_WORDS[row.theme],
        row.words,
        row.lang,
        row.received_on,
        row.relayed,
        STATES[row.state],
        row.transmitted_to if row.state == VoiceState.TRANSMITTED.value else None,
        row.off_site,
        answer.words_or_none(row),
        row.answered_by,
        row.decided_at,
    )


def latest(body_id: int, language: str) -> list[PublicVoice]:
    """The newest public words of a body; 1 statement."""
    answer, statement = _public(language)
    rows = rows_of(statement.where(Voice.body_id == body_id).order_by(Voice.id.desc()).limit(MOST_LATEST))
    return [_voice(row, answer) for row in rows]


def published_page(
    body_id: int, language: str, cursor: Cursor | None, theme: str | None = None
) -> Page[PublicVoice]:
    """A page of the public words of a body, the newest first; 1 statement."""
    answer, statement = _public(language)
    statement = statement.where(Voice.body_id == body_id)
    if theme is not None:
        statement = statement.where(Voice.theme == theme)
    here = Cursor((-cursor.key[0],), cursor.before) if cursor else None
    rows = [_voice(row, answer) for row in rows_of(window(statement, [-Voice.id], here, PER_PAGE))]
    return page_of(rows, cursor, PER_PAGE, lambda voice: (voice.id,))


@dataclass(frozen=True)
class PublicPlace:
    """What a public word is about, and where it is read."""

    id: int
    kind: CodedTerm
    theme: CodedTerm
    contract: str
    slug: str


def public_places(ids: Sequence[int]) -> list[PublicPlace]:
    """Where those of some words are read that are public; 1 statement."""
    rows = rows_of(
        select(Voice.id, Voice.kind, Voice.theme, Contract.slug.label("contract"), Body.slug)
        .join(Body, Body.id == Voice.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(
            Voice.id.in_(ids),
            Voice.published_at.is_not(None),
            Voice.author_agrees_public,
            Body.retired_at.is_(None),
        )
    )
    return [
        PublicPlace(row.id, KINDS[row.kind], THEME_WORDS[row.theme], row.contract, row.slug) for row in rows
    ]


@dataclass(frozen=True)
class FollowedStep:
    """One dated step, as the person reads it."""

    at: datetime
    state: CodedTerm
    by: str
    to: str | None
    #: Passed on by the moderators' own means.
    off_site: bool
    sentence: Words | None


@dataclass(frozen=True)
class FollowedVoice:
    """One's own word, found by its receipt. The words themselves are not shown: a receipt may be lost."""

    body: str
    body_slug: str
    contract: str
    kind: CodedTerm
    state: CodedTerm
    received_on: date
    due_on: date | None
    is_open: bool
    asked_again_on: date | None
    may_ask_again: bool
    steps: tuple[FollowedStep, ...]
    #: Its case with the moderators, once it was public.
    case_id: int | None


def may_ask_again(row: Any) -> bool:
    """Whether whoever said a word may ask today where it stands; `row` has its state and its days."""
    asks_from = asks_again_from(row.state, row.received_on, row.due_on, row.asked_again_on)
    return asks_from is not None and asks_from <= clock.today()


def by_receipt(code: str, language: str) -> FollowedVoice | None:
    """The way of a word, by its receipt (as `read_receipt` gives it), the newest step first; 2 statements."""
    row = rows_of(
        select(
            Voice.id,
            Voice.kind,
            Voice.state,
            Voice.received_on,
            Voice.due_on,
            Voice.asked_again_on,
            Voice.case_id,
            Body.name,
            Body.slug,
            Contract.slug.label("contract"),
        )
        .join(Body, Body.id == Voice.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Voice.receipt_hash == receipt_hash(code))
    ).one_or_none()
    if row is None:
        return None
    return FollowedVoice(
        row.name,
        row.slug,
        row.contract,
        KINDS[row.kind],
        STATES[row.state],
        row.received_on,
        row.due_on,
        row.state in OPEN_STATES,
        row.asked_again_on,
        may_ask_again(row),
        steps_of(row.id, language),
        row.case_id,
    )


def steps_of(voice_id: int, language: str) -> tuple[FollowedStep, ...]:
    """The steps of a word, the newest first; 1 statement."""
    said = Localized("sentence", VoiceStep.sentence_id, language)
    statement = (
        select(
            VoiceStep.at,
            VoiceStep.state,
            VoiceStep.organisation_name,
            Organisation.name.label("to"),
            VoiceStep.off_site,
            *said.columns,
        )
        .outerjoin(Organisation, Organisation.id == VoiceStep.organisation_id)
        .where(VoiceStep.voice_id == voice_id)
        .order_by(VoiceStep.id.desc())
    )
    return tuple(
        FollowedStep(
            row.at, STATES[row.state], row.organisation_name, row.to, row.off_site, said.words_or_none(row)
        )
        for row in rows_of(said.join(statement, optional=True))
    )
