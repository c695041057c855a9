"""How taking part is spoken of: channels, reasons, days on which something opens and closes, links."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.eligibility import Ineligibility
from cdv_civic.participation.rules.links import LinkKind, ThingKind
from cdv_civic.participation.rules.phases import first_day, last_day
from cdv_civic.participation.rules.themes import THEMES
from cdv_civic.territory.vocabulary import THEMES as THEMES_OF_CONTRACTS
from cdv_civic.territory.vocabulary import CodedTerm

#: In the order of forms.
CHANNEL_WORDS: Final[Mapping[str, CodedTerm]] = {
    channel.value: CodedTerm(channel.value, label, icon)
    for channel, label, icon in (
        (Channel.ONLINE, _l("Sur le site"), "world"),
        (Channel.PERMANENCE, _l("À une permanence"), "message-2"),
        (Channel.STREET, _l("Dans la rue"), "walk"),
        (Channel.TELEPHONE, _l("Au téléphone"), "phone"),
        (Channel.DOOR, _l("À la porte"), "door"),
        (Channel.HOME, _l("À la maison"), "home"),
        (Channel.MARKET, _l("Au marché"), "basket"),
        (Channel.SCHOOL_GATE, _l("Devant l’école"), "school"),
        (Channel.MEETING, _l("À une réunion"), "users-group"),
        (Channel.GROUP, _l("Un groupe ensemble : une classe, un conseil d’enfants"), "users"),
        (Channel.PAPER, _l("Sur papier"), "file-text"),
    )
}
_ALL_THEMES: Final = {
    **THEMES_OF_CONTRACTS,
    **{
        code: CodedTerm(code, label, icon)
        for code, label, icon in (
            ("autre", _l("Autre chose"), "point"),
            ("violences", _l("Violences, sécurité"), "shield"),
            ("drogues", _l("Drogues"), "pill"),
            ("femmes", _l("Vie des femmes"), "woman"),
            ("enfants", _l("Enfants et jeunes"), "school"),
            ("conflit_logement", _l("Conflit de logement ou de voisinage"), "home"),
        )
    },
}
#: In the order of forms.
THEME_WORDS: Final[Mapping[str, CodedTerm]] = {code: _ALL_THEMES[code] for code in THEMES}
WHY_NOT: Final[Mapping[Ineligibility, LazyString]] = {
    Ineligibility.ELSEWHERE: _l(
        "C’est ouvert à d’autres quartiers. Choisissez le vôtre dans « Mon compte »."
    ),
    Ineligibility.NOT_PROVEN: _l(
        "Montrez que vous êtes du quartier\u00a0: une carte, un téléphone ou une personne qui vous connaît."
    ),
    Ineligibility.AGE: _l("C’est ouvert à un autre âge."),
    Ineligibility.AGE_NOT_SAID: _l("Dites votre âge : ce n’est pas ouvert à tous les âges."),
    Ineligibility.ANSWERED_BEFORE: _l("Vous avez déjà répondu. Chaque personne répond une fois."),
    Ineligibility.NOT_KNOWN: _l(
        "Chaque personne répond une fois. Connectez-vous d’abord à votre compte, ou avec une carte."
    ),
    Ineligibility.CHANNEL: _l("Choisissez une réponse de la liste."),
    Ineligibility.NOT_FOR_OTHERS: _l("Ici, chaque personne répond elle-même."),
    Ineligibility.VOTE_FOR_OTHERS: _l("Personne ne peut voter à la place de quelqu’un d’autre."),
}
THING_WORDS: Final[Mapping[ThingKind, CodedTerm]] = {
    kind: CodedTerm(kind.value, label, icon)
    for kind, label, icon in (
        (ThingKind.COMMITMENT, _l("Action du contrat"), "clipboard-check"),
        (ThingKind.VOICE, _l("Message du quartier"), "message-2"),
        (ThingKind.PUBLICATION, _l("Publication d’un conseil ou d’un groupe"), "news"),
        (ThingKind.CONSULTATION, _l("Consultation"), "speakerphone"),
        (ThingKind.PROJECT, _l("Projet d’habitantes et d’habitants"), "bulb"),
        (ThingKind.FINDING, _l("Constat d’une marche"), "walk"),
    )
}
#: What a link says on the page of its first thing, and on that of the other.
LINK_WORDS: Final[Mapping[LinkKind, tuple[LazyString, LazyString]]] = {
    LinkKind.ABOUT: (_l("Parle de"), _l("En parle")),
    LinkKind.ANSWERS: (_l("Répond à"), _l("Y répond")),
    LinkKind.LED_TO: (_l("A donné"), _l("Vient de")),
}


def opens_said(opens_at: datetime) -> str:
    """« Ouvre le 3 mars 2027. », of what opens with a day."""
    return _("Ouvre le %(day)s.", day=date_text(first_day(opens_at, clock.zone()), "long"))


def open_until_said(closes_at: datetime) -> str:
    """« Ouvert jusqu’au 12 mai 2027 inclus. », of what closes when a day is over."""
    return _("Ouvert jusqu’au %(day)s inclus.", day=date_text(last_day(closes_at, clock.zone()), "long"))


def closed_said(closes_at: datetime) -> str:
    """« C’était ouvert jusqu’au 12 mai 2027 inclus. »"""
    return _(
        "C’était ouvert jusqu’au %(day)s inclus.", day=date_text(last_day(closes_at, clock.zone()), "long")
    )


def register(app: Flask) -> None:
    """Give templates the same words."""
    filters: dict[str, Any] = {
        "opens_said": opens_said,
        "open_until_said": open_until_said,
        "closed_said": closed_said,
    }
    app.jinja_env.filters.update(filters)
