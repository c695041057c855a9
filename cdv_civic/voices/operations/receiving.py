"""Words come in: said on the site, noted by a member of the body, or written by a relais for somebody else."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import GivenConsent, record_consent
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_folding import fold
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.channels import CHANNELS, Channel
from cdv_civic.participation.rules.eligibility import EntryMode, Requirement
from cdv_civic.participation.rules.public_names import is_minor
from cdv_civic.participation.rules.receipts import BadReceipt, read_receipt, written
from cdv_civic.participation.rules.themes import THEMES
from cdv_civic.participation.taking_part import require_part
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import touched_body
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceSettings, VoiceStep
from cdv_civic.voices.queries import listening


class NotListening(Conflict):
    """The body takes no words on the site at the moment."""

    def __init__(self) -> None:
        super().__init__(_l("Ce groupe ne reçoit pas de messages sur ce site pour l’instant."))


@dataclass(frozen=True)
class NewVoice:
    """What somebody says to a body."""

    body_id: int
    words: str
    kind: str
    theme: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    channel: str = Channel.ONLINE.value
    #: The day it was said; None: today.
    received_on: date | None = None
    quartier_id: int | None = None
    #: Language of the words, where somebody says it.
    lang: str | None = None
    #: An e-mail address or a phone number, as typed.
    contact: str = ""
    #: The language of the answer.
    contact_language: str = "fr"
    #: Whether the organisation that the word is passed on to may see the contact.
    shares_contact: bool = False
    agrees_public: bool = False
    minor: bool = False
    photo: Upload | None = None
    #: Of a printed sheet, as typed; empty: one is made.
    receipt: str = ""


@dataclass(frozen=True)
class Received:
    """What the person gets in return. The receipt is nowhere else but in their hands."""

    voice_id: int
    receipt: str
    due_on: date | None


@dataclass(frozen=True)
class _By:
    """Whose words they are, who wrote them down, and what is required of both."""

    action: str
    required: Requirement
    #: When they were sent to the form on the site; None: its hours do not count.
    sent_at: datetime | None = None
    author: SignedIn | None = None
    scribe: Actor | None = None
    consent: GivenConsent | None = None


@dataclass(frozen=True)
class _Checked:
    """What was typed, as it is kept."""

    words: str
    contact: tuple[str, str] | None
    #: The receipt of a printed sheet.
    receipt: str | None


def _checked(word: NewVoice, by: _By) -> _Checked:
    """What is kept, where all that is chosen is known and whoever speaks may; raises `DomainError`."""
    words = pasted_text.free_text(word.words)
    with Refusals() as refused:
        if not words:
            refused.add(DomainError(_l("Écrivez ce que vous voulez dire."), field="words"))
        if len(words) > rules.LONGEST_WORDS:
            refused.add(
                DomainError(
                    _l(
                        "Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=rules.LONGEST_WORDS
                    ),
                    field="words",
                )
            )
        for field, value, known in (
            ("kind", word.kind, rules.KINDS),
            ("theme", word.theme, THEMES),
            ("channel", word.channel, CHANNELS),
        ):
            if value not in known:
                refused.add(DomainError(_l("Choisissez une réponse de la liste."), field=field))
        if word.received_on is not None and word.received_on > clock.today():
            refused.add(DomainError(_l("Cette date est dans le futur : corrigez-la."), field="received_on"))
        if word.photo is not None and word.photo.kind != "photo":
            refused.add(DomainError(_l("Envoyez une photo, pas un document."), field="photo"))
        contact = refused.unless(read_contact, word.contact, fictional=current_settings().development)
        printed = refused.unless(_printed_receipt, word.receipt)
    entry = EntryMode(Channel(word.channel), assisted=by.consent is not None)
    require_part(by.required, by.author.actor_id if by.author else None, entry)
    return _Checked(words, contact, printed)


def _key_of(word: NewVoice, words: str) -> str:
    """The same form with the same words is the same; a form that was used again with other words is another."""
    return bound_key(read_key(word.client_key), word.body_id, words)


def _known(session: Session, key: str, code: str) -> Received | None:
    """The word that this form brought already; raises `DomainError` where another one has its receipt.

    One statement for both questions, as nothing is locked: between two, the same form sent by somebody's second tap
    could be kept, and would be taken for another one with this receipt.
    """
    rows = session.execute(
        select(Voice.id, Voice.due_on, Voice.client_key).where(
            or_(Voice.client_key == key, Voice.receipt_hash == receipt_hash(code))
        )
    ).all()
    same = next((row for row in rows if row.client_key == key), None)
    if rows and same is None:
        raise DomainError(_l("Ce reçu a déjà servi. Prenez-en un autre."), field="receipt")
    return Received(same.id, written(code), same.due_on) if same else None


def _body(session: Session, body_id: int) -> tuple[str, int | None]:
    """The slug of the body's contract, and its days to answer; raises `NotFound`."""
    row = session.execute(
        select(Body.kind, Body.retired_at, Contract.slug, VoiceSettings.due_days)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .where(Body.id == body_id)
    ).first()
    if row is None or row.kind not in RESIDENTS_BODY_KINDS or row.retired_at is not None:
        raise NotFound(_l("Ce groupe n’existe pas."))
    return row.slug, row.due_days


def _receive(word: NewVoice, by: _By) -> Received:
    checked = _checked(word, by)
    words, contact = checked.words, checked.contact
    settings = current_settings()
    raw = _key_of(word, words)
    key = stored_key(raw)
    code = checked.receipt or receipt_for(raw)
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(word.photo)) if word.photo else None
        session = kept.enter_context(transaction())
        contract, due_days = _body(session, word.body_id)
        if by.scribe is not None:
            require(by.scribe, by.action, touched_body(session, word.body_id))
        known = _known(session, key, code)
        if known is not None:
            return known
        if by.sent_at is not None:
            _refuse_unless_listening(word.body_id, by.sent_at)
        if word.quartier_id is not None and word.quartier_id not in {
            each.id for each in listening.quartiers_heard(word.body_id)
        }:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="quartier")
        consent_id = None
        if by.consent is not None and by.scribe is not None:
            consent_id = record_consent(session, by.scribe, "words", by.consent.form, by.consent.language).id
        received_on = word.received_on or clock.today()
        voice = Voice(
            body_id=word.body_id,
            quartier_id=word.quartier_id,
            kind=word.kind,
            theme=word.theme,
            words=words,
            lang=word.lang if word.lang in SPOKEN else None,
            search_text=fold(words),
            channel=word.channel,
            received_on=received_on,
            received_at=clock.now(),
            author_id=by.author.actor_id if by.author else None,
            entered_by=by.scribe.actor_id if by.scribe else None,
            relayed=by.consent is not None,
            consent_id=consent_id,
            contact_kind=contact[0] if contact else None,
            contact=contact[1] if contact else None,
            contact_language=(
                (word.contact_language if word.contact_language in settings.languages else None)
                if contact
                else None
            ),
            shares_contact=word.shares_contact and contact is not None,
            photo_id=rows_of(session)[0].id if rows_of else None,
            author_agrees_public=word.agrees_public,
            minor=is_minor(word.minor, by.author.minor if by.author else None),
            client_key=key,
            receipt_hash=receipt_hash(code),
            state=rules.VoiceState.RECEIVED.value,
            transmitted_to_id=None,
            due_on=rules.due_day(received_on, due_days),
            asked_again_on=None,
            answer_id=None,
            answered_by=None,
            decided_at=None,
            published_at=None,
            public_words=None,
            holds_names=False,
            version=1,
        )
        session.add(voice)
        session.flush()
        session.add(
            VoiceStep(
                voice_id=voice.id,
                state=voice.state,
                at=clock.now(),
                author_id=by.scribe.actor_id if by.scribe else None,
                organisation_name=by.scribe.organisation_name if by.scribe else "",
                organisation_id=None,
                sentence_id=None,
            )
        )
        if by.scribe is not None:
            after = {"body": word.body_id, "channel": word.channel}
            record(session, by.scribe, by.action, "voice", voice.id, scope=contract, after=after)
        return Received(voice.id, written(code), voice.due_on)


def _refuse_unless_listening(body_id: int, at: datetime) -> None:
    found = listening.listening_at(body_id, at)
    if found is None or not found.listens:
        raise NotListening


def _printed_receipt(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        return read_receipt(typed)
    except BadReceipt:
        raise DomainError(
            _l("Une lettre ou un chiffre de ce code ne va pas. Relisez-le sur la feuille."), field="receipt"
        ) from None


def _once(word: NewVoice, by: _By) -> Received:
    try:
        return _receive(word, by)
    except IntegrityError:
        # The same form, sent at the same moment, was faster.
        return _receive(word, by)


def say(word: NewVoice, author: SignedIn | None = None) -> Received:
    """Take a word that somebody says on the site, with an account or without; the same form again takes nothing more.

    The clock decides as the form comes in: what was taken before the form closed gets its receipt once more after.
    Raises `NotListening`, `NotFound`, `DomainError`, `BadUpload`.
    """
    at = clock.now()
    require(author, "voice.say")
    if author is not None:
        require(author, "part.take")
    return _once(word, _By("voice.say", rules.SAID_ON_THE_SITE, sent_at=at, author=author))


def write_down(actor: Actor, word: NewVoice) -> Received:
    """Note what somebody said to the body, at a permanence or on paper.

    Raises `Forbidden`, `NotFound`, `DomainError`.
    """
    return _once(word, _By("voice.enter", rules.WRITTEN_DOWN, scribe=actor))


def assist(actor: Actor, word: NewVoice, consent: GivenConsent) -> Received:
    """Write for somebody who agreed. Of the person nothing is kept but the words and, if wanted, a way to answer.

    Raises `Forbidden`, `NotFound`, `DomainError`.
    """
    return _once(word, _By("voice.assist", rules.ASSISTED, scribe=actor, consent=consent))
