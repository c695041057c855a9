"""Consent of somebody for whom a relais writes: what was read aloud, when, and how the person agreed.

A row says nothing of who the person is. Whoever writes for somebody else writes the row in the same transaction as
what it allows, so that neither is ever there without the other. Words, an idea, a project for a fund and the answer to
a consultation are all that is said for another: nobody votes in anybody's place, and nobody supports an idea in it
(`ASSISTED`).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from flask_babel.speaklater import LazyString
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.db import Model
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.models import one_of


class ConsentForm(StrEnum):
    """How the person agreed."""

    SPOKEN = "spoken"
    SIGNED = "signed"


#: What may be done for somebody else, with consent. A ballot is not among it, and never will be.
ASSISTED: Final = frozenset({"words", "answer", "idea", "project"})
FORMS: Final = tuple(form.value for form in ConsentForm)
#: Changes whenever the sentences below do: a row says which ones the person heard.
TEXT_VERSION: Final = "3"
#: Read aloud before anything is written down.
SENTENCES: Final[tuple[LazyString, ...]] = (
    _l("J’écris ce que vous dites, avec vos mots."),
    _l("Le groupe lit votre message. Il peut le transmettre à l’organisme qui doit répondre."),
    _l("Je n’écris pas votre nom. Je suis la seule personne à savoir que c’est vous."),
    _l(
        "Si vous voulez une réponse, j’écris aussi un e-mail ou un téléphone. Le groupe peut alors vous joindre."
    ),
    _l("Vous pouvez arrêter quand vous voulez. Êtes-vous d’accord ?"),
)
#: The same for the answer to a consultation, read aloud before the first question.
ANSWER_TEXT_VERSION: Final = "1"
ANSWER_SENTENCES: Final[tuple[LazyString, ...]] = (
    _l("Je lis les questions et j’écris vos réponses, comme vous les dites."),
    _l("Je n’écris pas votre nom. Qui lit les réponses ne sait pas de qui elles viennent."),
    _l("Vous pouvez passer une question, et arrêter quand vous voulez."),
    _l(
        "Je vous donne un reçu\u00a0: avec lui, vous pouvez changer ou reprendre votre réponse jusqu’à la fin."
    ),
    _l("Êtes-vous d’accord ?"),
)
#: The same for an idea, which everybody reads.
IDEA_TEXT_VERSION: Final = "1"
IDEA_SENTENCES: Final[tuple[LazyString, ...]] = (
    _l("J’écris votre idée, avec vos mots. Tout le monde pourra la lire sur ce site."),
    _l("Je n’écris pas votre nom. Si vous le voulez, j’écris votre prénom, et tout le monde le lit."),
    _l("Si vous voulez des nouvelles, j’écris un e-mail ou un téléphone. Personne ne le voit sur le site."),
    _l(
        "Je vous donne un reçu\u00a0: il vous dit ce que devient votre idée. Avec lui, vous pouvez aussi la reprendre."
    ),
    _l("Êtes-vous d’accord ?"),
)
#: The same for a project that asks money of a fund.
PROJECT_TEXT_VERSION: Final = "1"
PROJECT_SENTENCES: Final[tuple[LazyString, ...]] = (
    _l(
        "J’écris votre projet, avec vos mots. S’il est accepté, tout le monde pourra le lire sur ce site, "
        "sans votre nom."
    ),
    _l(
        "J’écris votre nom et un e-mail ou un téléphone\u00a0: seules les personnes qui suivent ce fonds les lisent."
    ),
    _l("Je ne demande pas vos coordonnées bancaires. Ne me les donnez pas."),
    _l(
        "Je vous donne un reçu\u00a0: il vous dit ce que devient votre projet. Avec lui, vous pouvez aussi "
        "le corriger ou l’arrêter."
    ),
    _l("Êtes-vous d’accord ?"),
)
_VERSIONS: Final = {
    "words": TEXT_VERSION,
    "answer": ANSWER_TEXT_VERSION,
    "idea": IDEA_TEXT_VERSION,
    "project": PROJECT_TEXT_VERSION,
}


@dataclass(frozen=True)
class GivenConsent:
    """How somebody agreed that a relais writes for them, and the language that it was read in."""

    form: str
    language: str


class Consent(Model):
    """Somebody agreed that a relais writes for them."""

    __tablename__ = "consent"
    __table_args__ = (one_of("act", sorted(ASSISTED)), one_of("form", FORMS))

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What they agreed to: one of `ASSISTED`.
    act: Mapped[str]
    #: No finer than the day.
    given_on: Mapped[date]
    form: Mapped[str]
    text_version: Mapped[str]
    #: Tag of the language it was read in.
    language: Mapped[str]
    #: The relais. Of the person nothing is kept.
    relais_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


def record_consent(session: Session, actor: Actor, act: str, form: str, language: str) -> Consent:
    """Write a consent down, within the caller's transaction, which has checked the actor's right.

    Raises `Forbidden` for what nobody does in somebody's place, `DomainError` where the form is not known.
    """
    if act not in ASSISTED:
        raise Forbidden(_l("Personne ne peut faire cela à la place de quelqu’un d’autre."))
    if form not in FORMS:
        raise DomainError(_l("Demandez d’abord à la personne si elle est d’accord."), field="consent")
    consent = Consent(
        act=act,
        given_on=clock.today(),
        form=form,
        text_version=_VERSIONS[act],
        language=language,
        relais_id=actor.actor_id,
    )
    session.add(consent)
    session.flush()
    return consent
