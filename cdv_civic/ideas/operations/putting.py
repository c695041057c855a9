"""An idea comes in: put on the site, with an account or without; typed from paper; written by a relais for somebody."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import GivenConsent, record_consent
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.stemming import search_document
from cdv_civic.core.text_folding import same_words
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox
from cdv_civic.ideas.operations.checking import checked_place, checked_words, refuse_elsewhere, too_long
from cdv_civic.ideas.operations.locking import asked_in, held_box, require_open, require_published
from cdv_civic.ideas.queries.boxes import quartiers_of_box
from cdv_civic.ideas.rules import ideas as rules
from cdv_civic.ideas.rules.boxes import ENTERED_CHANNELS, PUT, RELAIS_CHANNELS, WhyNotEnter, why_not_enter
from cdv_civic.ideas.rules.ideas import PlaceKind
from cdv_civic.ideas.scopes import ENTER, contract_slug, moderated_by, touched_by_entering
from cdv_civic.ideas.wording import beside_words
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import open_case
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.public_names import NameShown, is_minor, public_name
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.rules.themes import SENSITIVE, THEMES

KIND: Final = "idea"
_CHOOSE: Final = _l("Choisissez une réponse de la liste.")
#: What is said of a day on which no idea can have been said or written.
WHY_NOT_ENTER: Final = {
    WhyNotEnter.TO_COME: _l("Cette date est dans le futur : corrigez-la."),
    WhyNotEnter.BEFORE_OPENING: _l(
        "Ce jour-là, la boîte à idées n’était pas encore ouverte\u00a0: corrigez la date."
    ),
    WhyNotEnter.AFTER_CLOSING: _l("Ce jour-là, la boîte à idées était déjà fermée\u00a0: corrigez la date."),
    WhyNotEnter.CHOICE_OPEN: _l(
        "Le choix entre les groupes est ouvert\u00a0: cette boîte à idées ne reçoit plus rien. Gardez les feuilles."
    ),
}


class SaidAlready(Conflict):
    """The same words are in the box: whoever sent them first has the receipt."""

    def __init__(self, *, entered: bool = False) -> None:
        super().__init__(
            _l(
                "Cette idée est déjà dans la boîte, mot pour mot\u00a0: rien n’est perdu. "
                "Si c’est l’idée d’une autre personne, écrivez ses mots à elle."
            )
            if entered
            else _l(
                "Cette idée est déjà arrivée, mot pour mot. Si elle est dans la liste, soutenez-la. "
                "Sinon, dites-la avec vos mots."
            )
        )


@dataclass(frozen=True)
class NewIdea:
    """What somebody puts in a box."""

    box_id: int
    title: str
    words: str
    theme: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    quartier_id: int | None = None
    #: See `rules.ideas.PlaceKind`; empty: none.
    place_kind: str = ""
    #: As phones and maps write it.
    point: str = ""
    landmark: str = ""
    lang: str | None = None
    #: An e-mail address or a phone number, as typed.
    contact: str = ""
    contact_language: str = "fr"
    #: A first name to be read by everybody; empty: none.
    signed: str = ""
    minor: bool = False
    #: Whether the person says that they are old enough.
    old_enough: bool = False
    photo: Upload | None = None


@dataclass(frozen=True)
class PutIdea:
    """What the person gets in return. The receipt is nowhere else but in their hands."""

    idea_id: int
    receipt: str
    #: Whether a moderator reads it before others do.
    waits: bool


@dataclass(frozen=True)
class _Origin:
    """Whose idea it is, by which way it came, and who typed it in."""

    author: SignedIn | None = None
    scribe: Actor | None = None
    channel: str = Channel.ONLINE.value
    #: The day it was said or written; None: today.
    said_on: date | None = None
    consent: GivenConsent | None = None


@dataclass(frozen=True)
class _Checked:
    title: str
    words: str
    signed: str | None
    contact: tuple[str, str] | None
    point: tuple[float, float] | None
    landmark: str | None


def _checked(new: NewIdea, *, minor: bool) -> _Checked:
    """What is kept of what was typed; raises `DomainError`."""
    with Refusals() as refused:
        title, words = checked_words(refused, new.title, new.words)
        if new.theme not in THEMES:
            refused.add(DomainError(_CHOOSE, field="theme"))
        if new.place_kind not in ("", *rules.PLACE_KINDS):
            refused.add(DomainError(_CHOOSE, field="place_kind"))
        if new.photo is not None and new.photo.kind != "photo":
            refused.add(DomainError(_l("Envoyez une photo, pas un document."), field="photo"))
        first_name = pasted_text.one_line(new.signed)
        if len(first_name) > rules.LONGEST_FIRST_NAME:
            refused.add(DomainError(too_long(rules.LONGEST_FIRST_NAME).sentence, field="signed"))
        contact = refused.unless(read_contact, new.contact, fictional=current_settings().development)
        point, landmark = checked_place(
            refused, new.theme, new.place_kind, point=new.point, landmark=new.landmark
        )
    shown = public_name(first_name, minor=minor, shown=NameShown.FIRST_NAME)
    return _Checked(title, words, shown, contact, point, landmark)


def put(new: NewIdea, author: SignedIn | None = None) -> PutIdea:
    """Take an idea, with an account or without; the same form again takes nothing more, and gives its receipt again.

    The clock decides as the form comes in. What has a photo waits for a moderator, whatever the box says: a face of a
    child is not shown unseen. Raises `BoxClosed`, `AccountNeeded`, `SaidAlready`, `NotFound`, `DomainError`,
    `BadUpload`.
    """
    at = clock.now()
    require(author, "idea.put")
    if author is not None:
        require(author, "part.take")
    return _once(new, _Origin(author), at)


def enter(actor: Actor, new: NewIdea, channel: str, said_on: date | None = None) -> PutIdea:
    """Type in what somebody wrote on paper, or said at a meeting; its receipt is written on the slip.

    It is nobody's idea but that person's: whoever typed it in moderates it as any other. The day on which it was said
    counts (None: today), not that of the typing. Raises `Forbidden`, `SaidAlready`, `NotFound`, `DomainError`.
    """
    _check_channel(channel, [each.value for each in ENTERED_CHANNELS])
    return _once(new, _Origin(scribe=actor, channel=channel, said_on=said_on), clock.now())


def assist(actor: Actor, new: NewIdea, channel: str, consent: GivenConsent) -> PutIdea:
    """Write the idea of somebody who agreed. Of the person nothing is kept but what they want to be read, and a way to
    tell them, if they like. Raises `Forbidden`, `SaidAlready`, `NotFound`, `DomainError`.
    """
    _check_channel(channel, [each.value for each in RELAIS_CHANNELS])
    return _once(new, _Origin(scribe=actor, channel=channel, consent=consent), clock.now())


def _check_channel(channel: str, known: list[str]) -> None:
    if channel not in known:
        raise DomainError(_CHOOSE, field="channel")


def _once(new: NewIdea, origin: _Origin, at: datetime) -> PutIdea:
    try:
        return _put(new, origin, at)
    except IntegrityError:
        # The same form, or the same words, sent at the same moment were faster.
        return _put(new, origin, at)


def _require_enterable(session: Session, box: IdeaBox, actor: Actor, said_on: date, at: datetime) -> None:
    """Raise `Forbidden`, `NotFound`, or `DomainError` where nothing may be typed in at a moment that was said on a
    day.
    """
    require(actor, ENTER, touched_by_entering(session, box))
    require_published(box)
    why = why_not_enter(
        said_on,
        at,
        clock.zone(),
        opens_at=box.opens_at,
        closes_at=box.closes_at,
        choice_open=box.choice_opened_at is not None,
    )
    if why is WhyNotEnter.CHOICE_OPEN:
        raise Conflict(WHY_NOT_ENTER[why])
    if why is not None:
        raise DomainError(WHY_NOT_ENTER[why], field="said_on")


def _put(new: NewIdea, origin: _Origin, at: datetime) -> PutIdea:
    author, scribe = origin.author, origin.scribe
    said_on = origin.said_on or clock.today()
    minor = is_minor(new.minor, author.minor if author else None)
    said = _checked(new, minor=minor)
    raw = bound_key(read_key(new.client_key), new.box_id, said.title, said.words)
    key, code = stored_key(raw), receipt_for(raw)
    same = same_words(said.title, said.words)
    languages = current_settings().languages
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(new.photo)) if new.photo else None
        session = kept.enter_context(transaction())
        box = held_box(session, new.box_id, shared=True)
        if scribe is not None:
            _require_enterable(session, box, scribe, said_on, at)
        known = _known(session, box, key, same, entered=scribe is not None)
        if known is not None:
            return PutIdea(known.id, written(code), known.waits)
        if scribe is None:
            require_open(box, PUT, at)
            asked_in(box).require(signed_in=author is not None, old_enough=new.old_enough)
        else:
            asked_in(box).require_of_somebody(old_enough=new.old_enough)
        if new.quartier_id is not None and new.quartier_id not in {
            each.id for each in quartiers_of_box(new.box_id)
        }:
            raise DomainError(_CHOOSE, field="quartier")
        if new.place_kind == PlaceKind.WHOLE_QUARTIER and new.quartier_id is None:
            raise DomainError(_l("Choisissez le quartier."), field="quartier")
        refuse_elsewhere(session, box, said.point, said.landmark)
        case = open_case(
            session,
            KIND,
            moderated_by(box),
            author_id=author.actor_id if author else None,
            sensitive=new.theme in SENSITIVE,
            minor=minor,
            read_before=box.read_before or new.photo is not None,
        )
        consent_id = None
        if origin.consent is not None and scribe is not None:
            given = origin.consent
            consent_id = record_consent(session, scribe, "idea", given.form, given.language).id
        lat, lon = said.point or (None, None)
        idea = Idea(
            box_id=box.id,
            case_id=case.id,
            title=said.title,
            words=said.words,
            lang=new.lang if new.lang in SPOKEN else None,
            search_text=search_document(said.title, said.words),
            same_words=same,
            theme=new.theme,
            quartier_id=new.quartier_id,
            place_kind=new.place_kind or None,
            lat=lat,
            lon=lon,
            landmark=said.landmark,
            photo_id=rows_of(session)[0].id if rows_of else None,
            signed=said.signed,
            channel=origin.channel,
            received_on=said_on,
            received_at=at,
            author_id=author.actor_id if author else None,
            entered_by=scribe.actor_id if scribe else None,
            relayed=consent_id is not None,
            consent_id=consent_id,
            contact_kind=said.contact[0] if said.contact else None,
            contact=said.contact[1] if said.contact else None,
            contact_language=new.contact_language if new.contact_language in languages else languages[0],
            minor=minor,
            client_key=key,
            receipt_hash=receipt_hash(code),
            supports=0,
            answer_id=None,
            answered_by=None,
            answered_at=None,
            taken_back_at=None,
            version=1,
        )
        session.add(idea)
        session.flush()
        hint_case(
            session,
            case,
            SaidText(idea.title, idea.words, idea.lang, beside=beside_words(idea)),
            came_in=True,
        )
        if scribe is not None:
            record(
                session,
                scribe,
                ENTER,
                "idea",
                idea.id,
                scope=contract_slug(session, box.contract_id),
                after={"channel": origin.channel, "relayed": idea.relayed},
            )
        waits = case.state == TextState.WAITING.value
        if not waits:
            raise_tags(session, box_tag(box.id))
        return PutIdea(idea.id, written(code), waits)


@dataclass(frozen=True)
class _Known:
    id: int
    waits: bool


def _known(session: Session, box: IdeaBox, key: str, same: str, *, entered: bool) -> _Known | None:
    """The idea that this form brought already; raises `SaidAlready` where another one says the same."""
    rows = session.execute(
        select(Idea.id, Idea.client_key, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == box.id, (Idea.client_key == key) | (Idea.same_words == same))
    ).all()
    mine = next((row for row in rows if row.client_key == key), None)
    if mine is not None:
        return _Known(mine.id, mine.state == TextState.WAITING.value)
    if rows:
        raise SaidAlready(entered=entered)
    return None
