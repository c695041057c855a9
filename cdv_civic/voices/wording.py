"""How what residents say is spoken of: kinds, themes, states, and whom to call."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Protocol

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.bodies import wording as body_wording
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.participation.help_numbers import CALLS, Call
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices.rules import VoiceState, Why


def _table(*words: CodedTerm) -> dict[str, CodedTerm]:
    return {word.code: word for word in words}


KINDS: Final[Mapping[str, CodedTerm]] = _table(
    CodedTerm("question", _l("Une question"), "message-circle-question"),
    CodedTerm("idee", _l("Une idée"), "bulb"),
    CodedTerm("difficulte", _l("Une difficulté"), "alert-triangle"),
)
STATES: Final[Mapping[str, CodedTerm]] = _table(
    CodedTerm("recu", _l("Reçu"), "inbox"),
    CodedTerm("transmis", _l("Transmis"), "arrow-right"),
    CodedTerm("repondu", _l("Répondu"), "circle-check"),
    CodedTerm("sans_suite", _l("Arrêté, avec une raison"), "circle-x"),
)
#: The same for whoever said it.
OWN_STATES: Final[Mapping[str, CodedTerm]] = _table(
    CodedTerm("recu", _l("Pas encore de réponse"), "inbox"),
    CodedTerm("transmis", _l("Transmis, pas encore de réponse"), "arrow-right"),
    CodedTerm("repondu", _l("Vous avez une réponse"), "circle-check"),
    CodedTerm("sans_suite", _l("Arrêté, avec une raison"), "circle-x"),
)
#: Where a word is, for whoever opens the form of an act that is not possible there.
ALREADY: Final = {
    VoiceState.RECEIVED: _l("Ce message attend déjà une réponse."),
    VoiceState.TRANSMITTED: _l("Ce message est déjà transmis, et attend une réponse."),
    VoiceState.ANSWERED: _l("Ce message a déjà sa réponse. Pour la changer, reprenez-le d’abord."),
    VoiceState.CLOSED: _l(
        "Ce message est déjà arrêté, avec une raison. Pour y répondre, reprenez-le d’abord."
    ),
}

WHY_NOT: Final[Mapping[Why, LazyString]] = {
    Why.AUTHOR: _l("La personne n’a pas voulu que ses mots soient publics. Vous pouvez lui répondre à elle."),
    Why.NOT_READ: _l("Relisez les mots, puis cochez que c’est fait."),
    Why.NAMES: _l("Ces mots parlent d’une personne. Enlevez son nom et ce qui permet de la reconnaître."),
    Why.SENSITIVE: _l(
        "Ce sujet est délicat. Confirmez que personne ne risque rien si ces mots sont publics."
    ),
}


#: Those that help about a sensitive theme, the first to call first.
_HELP: Final[Mapping[str, tuple[str, ...]]] = {
    "violences": ("17", "114", "15", "3919"),
    "drogues": ("15", "0 800 23 13 13"),
    "femmes": ("17", "114", "3919"),
    "enfants": ("119", "17", "114"),
    "conflit_logement": ("17", "115"),
}


def calls_about(theme: str | None) -> tuple[Call, ...]:
    """Whom to call about a theme, the first to call first; nobody where it is not sensitive."""
    return tuple(next(call for call in CALLS if call.number == each) for each in _HELP.get(theme or "", ()))


def days_to_answer(due_on: date, today: date) -> str:
    """« avant le 12 mai (dans 6 jours) », « depuis le 12 mai » once it is late."""
    left = body_wording.days_left(due_on, today)
    day = date_text(due_on, "long")
    if due_on < today:
        return _("en retard : la réponse était prévue le %(day)s", day=day)
    return _("avant le %(day)s (%(left)s)", day=day, left=left)


class PossibleRecipient(Protocol):
    """An organisation to pass words on to."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def reads(self) -> bool:
        """Whether somebody of it reads here."""


def organisation_label(organisation: PossibleRecipient) -> str:
    """What a list calls an organisation: a moderator sees before choosing that nobody of it reads here."""
    if organisation.reads:
        return organisation.name
    return _("%(organisation)s (ne lit pas sur ce site)", organisation=organisation.name)


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.globals.update(
        voice_kinds=KINDS,
        voice_themes=THEME_WORDS,
        voice_channels=CHANNEL_WORDS,
        voice_states=STATES,
        calls_about=calls_about,
    )
    app.jinja_env.filters["to_answer"] = days_to_answer
    app.jinja_env.filters["organisation_label"] = organisation_label
