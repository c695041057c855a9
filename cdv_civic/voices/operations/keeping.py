"""How a body listens; what people do with their own words once they are here; how ways to answer are forgotten."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent
from cdv_civic.bodies.operations.locking import locked_body
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.moderation.operations.entering import take_back
from cdv_civic.participation.operations import forget_links
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.participation.rules.phases import BadPhases, closing, opening
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.voices import rules
from cdv_civic.voices.drafts import forget_drafts_about
from cdv_civic.voices.models import Voice, VoiceSettings
from cdv_civic.voices.operations.locking import contract_of, locked_case


def describe_listening(
    actor: Actor,
    body_id: int,
    *,
    is_open: bool,
    opens_on: date | None = None,
    closes_on: date | None = None,
    due_days: int | None,
    readers: Mapping[str, str],
    version: int,
) -> None:
    """Say whether the form is open and when, by when the body answers, and who reads. `version` is that of the form.

    `opens_on` is the first day, `closes_on` the last one, both in the territory's zone. Words that came before keep
    their day. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if due_days is not None and not 1 <= due_days <= rules.MOST_DUE_DAYS:
        raise DomainError(
            _l("Écrivez un nombre de jours entre 1 et %(most)s, ou rien.", most=rules.MOST_DUE_DAYS),
            field="due_days",
        )
    opens_at = None if opens_on is None else opening(opens_on, clock.zone())
    closes_at = None if closes_on is None else closing(closes_on, clock.zone())
    try:
        rules.listening_phases(opens_at, closes_at)
    except BadPhases:
        raise DomainError(
            _l("Le formulaire se ferme avant de s’ouvrir : changez un des deux jours."), field="closes_on"
        ) from None
    with transaction() as session:
        body, contract = locked_body(session, actor, "voice.answer", body_id)
        raise_tags(session, contract_tag(contract))
        row = session.execute(
            select(VoiceSettings).where(VoiceSettings.body_id == body_id),
            execution_options={"populate_existing": True},
        ).scalar()
        if (row.version if row else 0) != version:
            raise ChangedMeanwhile
        if row is None:
            row = VoiceSettings(body_id=body_id, version=0)
            session.add(row)
        old = row.readers_id
        row.is_open, row.due_days = is_open, due_days
        row.opens_at, row.closes_at = opens_at, closes_at
        owner = TextOwner("voice_settings", body_id, "readers", body.contract_id)
        row.readers_id = put_text(session, old, readers, "readers", rules.LONGEST_READERS, owner, actor)
        row.version += 1
        session.flush()
        if row.readers_id is None:
            forget_text(session, old)
        after = {
            "open": is_open,
            "from": opens_on and opens_on.isoformat(),
            "until": closes_on and closes_on.isoformat(),
            "due_days": due_days,
        }
        record(session, actor, "voice.answer", "body", body_id, scope=contract, after=after)


def erase_contacts() -> int:
    """Erase the ways to answer of words answered VOICE_CONTACT_DAYS ago, or never for two years; how many. A job."""
    settings = current_settings()
    now = clock.now()
    with transaction() as session:
        erased = session.execute(
            update(Voice)
            .where(
                Voice.contact.is_not(None),
                or_(
                    Voice.decided_at <= now - timedelta(days=settings.voice_contact_days),
                    and_(Voice.decided_at.is_(None), Voice.received_at <= now - rules.FORGOTTEN_AFTER),
                ),
            )
            .values(contact=None, contact_kind=None, contact_language=None, shares_contact=False)
            .returning(Voice.id, Voice.received_at)
            .execution_options(synchronize_session=False)
        ).all()
        ledger.note_many(session, "voice.contact", [(row.id, row.received_at) for row in erased])
    return len(erased)


def _by_receipt(code: str) -> ColumnElement[bool]:
    """The condition that a word is the one of a receipt, as `read_receipt` gives it."""
    return Voice.receipt_hash == receipt_hash(code)


def _by_author(actor: Actor, voice_id: int) -> ColumnElement[bool]:
    """The condition that a word is one that somebody said with their account. Raises `Forbidden`."""
    require(actor, "account.self")
    return and_(Voice.id == voice_id, Voice.author_id == actor.actor_id)


def _own(session: Session, whose: ColumnElement[bool]) -> Voice | None:
    return session.execute(
        select(Voice).where(whose).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()


def ask_again(code: str) -> date:
    """Tell those who must answer one's own word, found by its receipt, that one still waits; the day that is noted.

    They find it in what there is to do. Nothing else of the word changes: an answer that is being written stands.
    Raises `NotFound`, and `Conflict` where it is answered, or where it is too soon.
    """
    return _ask_again(_by_receipt(code))


def ask_again_signed_in(actor: Actor, voice_id: int) -> date:
    """The same for a word that was said with an account. Raises `Forbidden` too."""
    return _ask_again(_by_author(actor, voice_id))


def _ask_again(whose: ColumnElement[bool]) -> date:
    today = clock.today()
    with transaction() as session:
        voice = _own(session, whose)
        if voice is None:
            raise NotFound(_l("Ce message n’est plus ici."))
        asks_from = rules.asks_again_from(voice.state, voice.received_on, voice.due_on, voice.asked_again_on)
        if asks_from is None:
            raise Conflict(_l("Ce message a déjà sa réponse."))
        if asks_from > today:
            raise Conflict(_l("C’est encore tôt\u00a0: le groupe a un peu de temps pour répondre."))
        voice.asked_again_on = today
    return today


def take_away(code: str) -> bool:
    """Delete a word by its receipt (as `read_receipt` gives it), for whoever said it; whether there was one.

    Its way, the answers, the consent and the photo go with it: from the body's register, the public page and the
    organisation's list at once. Nothing of it stands in the audit trail, for nobody who works here did it.
    """
    return _take_away(_by_receipt(code))


def take_away_signed_in(actor: Actor, voice_id: int) -> bool:
    """The same for a word that was said with an account. Raises `Forbidden`."""
    return _take_away(_by_author(actor, voice_id))


def _take_away(whose: ColumnElement[bool]) -> bool:
    with transaction() as session:
        voice_id = session.execute(select(Voice.id).where(whose)).scalar()
        if voice_id is not None:
            locked_case(session, voice_id)
        voice = _own(session, whose)
        if voice is None:
            return False
        ledger.note(session, "voice.taken_away", voice.id, born=voice.received_at)
        forget_voice(session, voice)
    return True


def forget_voice(session: Session, voice: Voice) -> None:
    """Delete a word with all that hangs on it, within the caller's transaction; its texts go with its steps."""
    if voice.published_at is not None:
        raise_tags(session, contract_tag(contract_of(session, voice.body_id)))
    consent_id, photo_id = voice.consent_id, voice.photo_id
    case = locked_case(session, voice.id)
    if case is not None:
        take_back(case)
    forget_links(session, Thing(ThingKind.VOICE, voice.id))
    forget_drafts_about(session, voice.id)
    session.delete(voice)
    session.flush()
    session.execute(delete(Consent).where(Consent.id == consent_id))
    session.execute(delete(StoredFile).where(StoredFile.id == photo_id))
