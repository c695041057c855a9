"""One word as the moderators of its body read it, with its way."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS
from cdv_civic.territory.models import Organisation, Quartier
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.queries.public import FollowedStep, steps_of
from cdv_civic.voices.wording import KINDS, STATES


@dataclass(frozen=True)
class VoiceDetail:
    """One word as the moderators see it: all but who said it."""

    id: int
    body_id: int
    words: str
    lang: str | None
    kind: CodedTerm
    theme: CodedTerm
    state: CodedTerm
    channel: CodedTerm
    received_on: date
    due_on: date | None
    late: bool
    #: The day on which the person last asked where it stands.
    asked_again_on: date | None
    quartier: str | None
    relayed: bool
    minor: bool
    #: "email" or "phone"; the number itself is shown only where somebody must call it.
    contact_kind: str | None
    phone: str | None
    contact_language: str | None
    photo_id: int | None
    author_agrees_public: bool
    published_at: datetime | None
    public_words: str | None
    #: Its case with the moderators, once it was public.
    case_id: int | None
    holds_names: bool
    sensitive: bool
    transmitted_to: str | None
    off_site: bool
    #: What the organisation reads instead of the words.
    transmitted_words: str | None
    shares_contact: bool
    answer: Words | None
    answered_by: str | None
    decided_at: datetime | None
    version: int
    acts: tuple[str, ...]
    steps: tuple[FollowedStep, ...]


def voice_detail(body_id: int, voice_id: int, language: str) -> VoiceDetail | None:
    """One word of a body, with its way; 2 statements."""
    answer = Localized("answer", Voice.answer_id, language)
    statement = answer.join(
        select(
            Voice,
            Quartier.name.label("quartier"),
            Organisation.name.label("transmitted_to"),
            *answer.columns,
        )
        .outerjoin(Quartier, Quartier.id == Voice.quartier_id)
        .outerjoin(Organisation, Organisation.id == Voice.transmitted_to_id)
        .where(Voice.id == voice_id, Voice.body_id == body_id)
        .execution_options(populate_existing=True),
        optional=True,
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    voice: Voice = row.Voice
    return VoiceDetail(
        voice.id,
        voice.body_id,
        voice.words,
        voice.lang,
        KINDS[voice.kind],
        THEME_WORDS[voice.theme],
        STATES[voice.state],
        CHANNEL_WORDS[voice.channel],
        voice.received_on,
        voice.due_on,
        rules.is_late(voice.state, voice.due_on, clock.today()),
        voice.asked_again_on,
        row.quartier,
        voice.relayed,
        voice.minor,
        voice.contact_kind,
        voice.contact if voice.contact_kind == "phone" else None,
        voice.contact_language,
        voice.photo_id,
        voice.author_agrees_public,
        voice.published_at,
        voice.public_words,
        voice.case_id,
        voice.holds_names,
        voice.theme in SENSITIVE,
        row.transmitted_to,
        voice.off_site,
        voice.transmitted_words,
        voice.shares_contact,
        answer.words_or_none(row),
        voice.answered_by,
        voice.decided_at,
        voice.version,
        tuple(act.value for act in rules.acts_in(voice.state)),
        steps_of(voice.id, language),
    )


def photo_of(body_id: int, voice_id: int) -> StoredFile | None:
    """The photo of a word; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(Voice, Voice.photo_id == StoredFile.id)
        .where(Voice.id == voice_id, Voice.body_id == body_id)
    ).scalar()
