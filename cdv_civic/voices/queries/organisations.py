"""What an organisation reads: the words that were passed on to it, and who of it reads here at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.accounts.reach import organisations_within
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.policy.model import Reach, Role
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.models import Body, Organisation, Quartier
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceReply
from cdv_civic.voices.wording import KINDS

PER_PAGE: Final = 50
KEY_PARTS: Final = 2


def _reads_here(organisation_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `RoleGrant` and `Account`: a contact of an organisation who has opened their account."""
    return (
        RoleGrant.role == Role.HOLDER.value,
        RoleGrant.organisation_id == organisation_id,
        in_force(clock.now()),
        Account.id == RoleGrant.account_id,
        Account.disabled_at.is_(None),
        Account.password_hash != NO_PASSWORD,
    )


def has_readers() -> ColumnElement[bool]:
    """The condition that somebody of an `Organisation` reads here."""
    return (
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(*_reads_here(Organisation.id))
        .correlate(Organisation)
        .exists()
    )


def reads_here(session: Session, organisation_id: int) -> bool:
    """Whether somebody of an organisation reads here; 1 statement."""
    found = session.execute(
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(*_reads_here(organisation_id))
        .limit(1)
    )
    return found.first() is not None


def addresses_of(session: Session, organisation_id: int) -> list[str]:
    """The e-mail addresses of its contacts; 1 statement."""
    found = session.execute(
        select(Account.email)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(*_reads_here(organisation_id), Account.email.is_not(None))
        .distinct()
        .order_by(Account.email)
    )
    return [str(email) for email in found.scalars()]


@dataclass(frozen=True)
class Recipient:
    """An organisation to pass words on to."""

    id: int
    name: str
    #: Whether somebody of it reads here.
    reads: bool


def organisations_of(contract_id: int) -> Sequence[Recipient]:
    """The organisations of a contract, by name; 1 statement."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, has_readers().label("reads"))
        .where(Organisation.contract_id == contract_id, Organisation.retired_at.is_(None))
        .order_by(Organisation.name)
    )
    return [Recipient(row.id, row.name, bool(row.reads)) for row in rows]


@dataclass(frozen=True)
class TransmittedVoice:
    """A word as the organisation reads it: nothing of whoever said it, but a contact that the person agreed to give."""

    id: int
    body: str
    organisation_id: int
    organisation: str
    words: str
    lang: str | None
    kind: CodedTerm
    theme: CodedTerm
    quartier: str | None
    received_on: date
    due_on: date | None
    late: bool
    #: "email" or "phone", where the person agreed.
    contact_kind: str | None
    contact: str | None
    #: What the organisation answered last.
    reply: str | None
    replied_at: datetime | None
    version: int


def passed_on() -> ColumnElement[bool]:
    """The condition that a word lies at an organisation that reads it here."""
    return and_(Voice.state == rules.VoiceState.TRANSMITTED.value, Voice.off_site.is_(False))


def last_reply_id() -> Any:
    """The id of the last answer of the organisation that a `Voice` lies at now, as a column."""
    later = func.max(VoiceReply.id)
    return (
        select(later)
        .where(VoiceReply.voice_id == Voice.id, VoiceReply.organisation_id == Voice.transmitted_to_id)
        .correlate(Voice)
        .scalar_subquery()
    )


def _statement() -> Select[Any]:
    return (
        select(
            Voice.id,
            func.coalesce(Voice.transmitted_words, Voice.words).label("words"),
            Voice.lang,
            Voice.kind,
            Voice.theme,
            Voice.state,
            Voice.received_on,
            Voice.due_on,
            case((Voice.shares_contact, Voice.contact_kind)).label("contact_kind"),
            case((Voice.shares_contact, Voice.contact)).label("contact"),
            Voice.version,
            Body.name.label("body"),
            Organisation.id.label("organisation_id"),
            Organisation.name.label("organisation"),
            Quartier.name.label("quartier"),
            VoiceReply.words.label("reply"),
            VoiceReply.at.label("replied_at"),
        )
        .join(Body, Body.id == Voice.body_id)
        .join(Organisation, Organisation.id == Voice.transmitted_to_id)
        .outerjoin(Quartier, Quartier.id == Voice.quartier_id)
        .outerjoin(VoiceReply, VoiceReply.id == last_reply_id())
        .where(passed_on())
    )


def _voice(row: Any) -> TransmittedVoice:
    return TransmittedVoice(
        row.id,
        row.body,
        row.organisation_id,
        row.organisation,
        row.words,
        row.lang,
        KINDS[row.kind],
        THEME_WORDS[row.theme],
        row.quartier,
        row.received_on,
        row.due_on,
        rules.is_late(row.state, row.due_on, clock.today()),
        row.contact_kind,
        row.contact,
        row.reply,
        row.replied_at,
        row.version,
    )


def _key_of(voice: TransmittedVoice) -> tuple[int, int]:
    return (0 if voice.reply is None else 1, voice.id)


def transmitted_page(reach: Reach, cursor: Cursor | None) -> Page[TransmittedVoice]:
    """A page of what lies at the organisations within reach: what waits for an answer first, the oldest first.

    1 statement.
    """
    answered = case((VoiceReply.id.is_(None), literal(0)), else_=literal(1))
    statement = window(
        _statement().where(organisations_within(reach)), [answered, Voice.id], cursor, PER_PAGE
    )
    rows = db.session.execute(statement)
    return page_of([_voice(row) for row in rows], cursor, PER_PAGE, _key_of)


def transmitted_waiting(reach: Reach) -> int:
    """How many words wait for an answer of the organisations within reach; 1 statement."""
    statement = (
        select(func.count(Voice.id))
        .join(Organisation, Organisation.id == Voice.transmitted_to_id)
        .where(passed_on(), organisations_within(reach), last_reply_id().is_(None))
    )
    return int(db.session.execute(statement).scalar_one())


def transmitted_one(voice_id: int) -> TransmittedVoice | None:
    """One word that lies at an organisation; 1 statement."""
    row = db.session.execute(_statement().where(Voice.id == voice_id)).one_or_none()
    return _voice(row) if row else None


@dataclass(frozen=True)
class Reply:
    """What an organisation answered, for the body to give to the person."""

    organisation: str
    words: str
    at: datetime


def last_reply(voice_id: int) -> Reply | None:
    """The last answer of the organisation that a word lies at now; 1 statement."""
    row = db.session.execute(
        select(Organisation.name, VoiceReply.words, VoiceReply.at)
        .select_from(Voice)
        .join(VoiceReply, VoiceReply.id == last_reply_id())
        .join(Organisation, Organisation.id == VoiceReply.organisation_id)
        .where(Voice.id == voice_id, passed_on())
    ).one_or_none()
    return Reply(*row) if row else None
