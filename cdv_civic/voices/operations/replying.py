"""A word at an organisation: its contacts are told, without a word of the resident's; their answer goes to the body.

The body gives it to the person, as it gives all answers: a conseil citoyen speaks to residents in its own name.
"""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind
from cdv_civic.core.settings import current_settings
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.topics import Topic
from cdv_civic.territory.models import Body, Organisation
from cdv_civic.territory.scopes import touched_scope
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceReply
from cdv_civic.voices.operations.locking import UNKNOWN, contract_of
from cdv_civic.voices.queries.organisations import addresses_of
from cdv_civic.voices.topics import REPLIES, TRANSMITTED

ACTION = "voice.reply"


class Sent(StrEnum):
    """How an organisation hears of what is passed on to it."""

    #: Its contacts get a mail, and read here.
    MAIL = "mail"
    #: They read here; nobody gets a mail.
    DESK = "desk"
    #: Nobody of it reads here: the moderators passed it on by their own means.
    OFF_SITE = "off_site"


def _body(session: Session, body_id: int) -> tuple[str, int]:
    """Name of a body, and its contract."""
    row = session.execute(select(Body.name, Body.contract_id).where(Body.id == body_id)).one()
    return row.name, row.contract_id


def _write(
    session: Session, addresses: list[str], letter: Callable[[], Letter], topic: Topic, contract_id: int
) -> bool:
    """Put a letter to each address into the outbox; whether any leaves. Desks speak the language of the sources."""
    settings = current_settings()
    if not settings.mails:
        return False
    with written_in(SOURCE_LANGUAGE):
        sent = [
            write_mail(session, address, SOURCE_LANGUAGE, letter(), topic=topic, contract_id=contract_id)
            for address in addresses
        ]
    return any(notice is not None for notice in sent)


def tell_organisation(session: Session, body_id: int, organisation_id: int, count: int) -> Sent:
    """Tell the contacts of an organisation how many words wait for it, within the caller's transaction.

    The letter holds a number and an address behind sign-in. Not a word of a resident, nor a theme.
    """
    body, contract_id = _body(session, body_id)

    def letter() -> Letter:
        return Letter(
            subject=_("Des habitantes et des habitants attendent votre réponse"),
            paragraphs=[
                _("Bonjour,"),
                ngettext(
                    "«\u00a0%(body)s\u00a0» transmet %(num)s message à votre organisme.",
                    "«\u00a0%(body)s\u00a0» transmet %(num)s messages à votre organisme.",
                    count,
                    body=body,
                ),
                _(
                    "Lisez sur le site, après connexion, puis répondez. Le groupe donne votre réponse à la personne."
                ),
            ],
            action=_("Lire et répondre"),
            url=address_of("transmitted_desk.show", lang=SOURCE_LANGUAGE),
            after=[_("Par respect pour les personnes, leurs messages ne sont pas dans cet e-mail.")],
        )

    return (
        Sent.MAIL
        if _write(session, addresses_of(session, organisation_id), letter, TRANSMITTED, contract_id)
        else Sent.DESK
    )


def _moderators(session: Session, body_id: int) -> list[str]:
    found = session.execute(
        select(Account.email)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == Role.MODERATOR.value,
            RoleGrant.body_id == body_id,
            in_force(clock.now()),
            Account.disabled_at.is_(None),
            Account.email.is_not(None),
        )
        .distinct()
        .order_by(Account.email)
    )
    return [str(email) for email in found.scalars()]


def _tell_body(session: Session, voice: Voice, organisation: str) -> None:
    body, contract_id = _body(session, voice.body_id)
    body_id, voice_id = voice.body_id, voice.id

    def letter() -> Letter:
        return Letter(
            subject=_("Un organisme vous a répondu"),
            paragraphs=[
                _("Bonjour,"),
                _(
                    "«\u00a0%(organisation)s\u00a0» répond à un message que «\u00a0%(body)s\u00a0» lui a transmis.",
                    organisation=organisation,
                    body=body,
                ),
                _("La personne attend\u00a0: lisez la réponse, puis envoyez-la."),
            ],
            action=_("Lire et envoyer la réponse"),
            url=address_of("voices_desk.one", lang=SOURCE_LANGUAGE, body_id=body_id, voice_id=voice_id),
        )

    _write(session, _moderators(session, voice.body_id), letter, REPLIES, contract_id)


def reply(actor: Actor, voice_id: int, words: str, *, version: int, draft: SentDraft | None = None) -> None:
    """Answer the body in the name of the organisation that a word was passed on to; the body is told by mail.

    Raises `NotFound` where the word does not lie at an organisation any more, `Forbidden`, `Conflict`, `DomainError`.
    """
    said = pasted_text.free_text(words)
    if not said:
        raise DomainError(_l("Écrivez votre réponse."), field="reply")
    if len(said) > rules.LONGEST_ANSWER:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=rules.LONGEST_ANSWER),
            field="reply",
        )
    with transaction() as session:
        voice = session.execute(
            select(Voice).where(Voice.id == voice_id).with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).scalar()
        if voice is None or voice.transmitted_to_id is None:
            raise NotFound(UNKNOWN)
        scope = Scope(ScopeKind.ORGANISATION, voice.transmitted_to_id)
        require(actor, ACTION, touched_scope(session, scope))
        if voice.state != rules.VoiceState.TRANSMITTED.value or voice.off_site:
            raise NotFound(UNKNOWN)
        if voice.version != version:
            raise ChangedMeanwhile
        session.add(
            VoiceReply(
                voice_id=voice.id,
                organisation_id=voice.transmitted_to_id,
                author_id=actor.actor_id,
                at=clock.now(),
                words=said,
            )
        )
        voice.version += 1
        session.flush()
        _tell_body(session, voice, _organisation_name(session, voice.transmitted_to_id))
        record(
            session,
            actor,
            ACTION,
            "voice",
            voice.id,
            scope=contract_of(session, voice.body_id),
            after={"organisation": voice.transmitted_to_id},
        )
        forget_sent(session, actor, draft)


def _organisation_name(session: Session, organisation_id: int) -> str:
    name: str = session.execute(
        select(Organisation.name).where(Organisation.id == organisation_id)
    ).scalar_one()
    return name
