"""The answer goes to whoever left a way to be reached, in the language they chose for this one message."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.phones import BadPhone, fold_phone
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.settings import Settings, current_settings
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import refusal_url, write_mail, write_text
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.participation.contacts import EMAIL
from cdv_civic.territory.models import Body
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.topics import ANSWERS


class Told(StrEnum):
    """How the person hears of the answer."""

    MAIL = "mail"
    TEXT = "text"
    #: There is a number, and a person of the body calls it.
    CALL = "call"
    #: Only the receipt leads to it.
    RECEIPT = "receipt"


def tell(session: Session, voice: Voice, words: Mapping[str, str]) -> Told:
    """Send the answer, within the caller's transaction, where there is an address and the site sends mails."""
    if voice.contact is None:
        return Told.RECEIPT
    settings = current_settings()
    tag = voice.contact_language or SOURCE_LANGUAGE
    body = session.execute(select(Body.name, Body.contract_id).where(Body.id == voice.body_id)).one()
    if voice.contact_kind != EMAIL:
        return _text(session, settings, voice.contact, tag, body.contract_id)
    if not settings.mails:
        return Told.RECEIPT
    with written_in(tag):
        text = words.get(tag) or words[SOURCE_LANGUAGE]
        answered = voice.state == rules.VoiceState.ANSWERED.value
        said = (
            _("Vous avez parlé à : %(body)s. Voici la réponse.", body=body.name)
            if answered
            else _(
                "Vous avez parlé à : %(body)s. Ce groupe ne peut pas aller plus loin. Voici pourquoi.",
                body=body.name,
            )
        )
        letter = Letter(
            subject=_("Une réponse à ce que vous avez dit"),
            paragraphs=[said, *(part.strip() for part in text.split("\n\n") if part.strip())],
            action=_("Suivre avec mon reçu"),
            url=address_of("participation.follow", lang=tag),
            after=[_("Cette réponse ne va pas ? Dites-le de la même façon, avec le même groupe.")],
        )
        sent = write_mail(session, voice.contact, tag, letter, topic=ANSWERS, contract_id=body.contract_id)
    return Told.MAIL if sent is not None else Told.RECEIPT


def _text(session: Session, settings: Settings, phone: str, tag: str, contract_id: int) -> Told:
    """A text message that leads to the answer, where the number takes one; a person of the body calls otherwise."""
    if not settings.texts:
        return Told.CALL
    try:
        number = fold_phone(phone, settings.sms_countries, fictional=settings.development)
    except BadPhone:
        return Told.CALL
    with written_in(tag):
        text = plainly(_("Votre réponse est là : %(url)s", url=address_of("participation.follow", lang=tag)))
        stop = _("%(text)s Stop : %(url)s", text=text, url=refusal_url(number, tag, ANSWERS, short=True))
    if not fits(text):
        return Told.CALL
    said = next(each for each in (plainly(stop), text) if fits(each))
    sent = write_text(session, number, tag, said, topic=ANSWERS, contract_id=contract_id)
    return Told.TEXT if sent is not None else Told.RECEIPT
