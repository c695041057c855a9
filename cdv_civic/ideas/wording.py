"""How ideas are spoken of: places, sides, states for authors, days to answer, counts of supports."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.settings import current_settings
from cdv_civic.ideas.rules.boxes import SupportsShown
from cdv_civic.ideas.rules.ideas import POINT_DIGITS, PlaceKind, PointSide
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.wording import CHANNEL_WORDS
from cdv_civic.territory.vocabulary import CodedTerm


def _table(*words: CodedTerm) -> dict[str, CodedTerm]:
    return {word.code: word for word in words}


PLACES: Final[Mapping[str, CodedTerm]] = _table(
    CodedTerm(PlaceKind.WHOLE_QUARTIER.value, _l("Dans tout le quartier"), "building-community"),
    CodedTerm(PlaceKind.LANDMARK.value, _l("À un endroit, que je dis en mots"), "map-pin"),
    CodedTerm(PlaceKind.POINT.value, _l("À un point précis"), "map-pin"),
)
SIDES: Final[Mapping[str, CodedTerm]] = _table(
    CodedTerm(PointSide.FOR.value, _l("Un point pour"), "circle-check"),
    CodedTerm(PointSide.AGAINST.value, _l("Un point contre"), "circle-x"),
)
COLUMNS: Final[Mapping[str, LazyString]] = {
    PointSide.FOR.value: _l("Des points pour"),
    PointSide.AGAINST.value: _l("Des points contre"),
}
SHOWN: Final[Mapping[str, LazyString]] = {
    SupportsShown.IN_STEPS.value: _l("Pendant que la boîte est ouverte, en nombres arrondis"),
    SupportsShown.AFTER_CLOSING.value: _l("Une fois la boîte fermée\u00a0: personne n’est influencé"),
}
#: Where a text stands, for its author.
OWN_STATES: Final[Mapping[TextState, CodedTerm]] = {
    TextState.WAITING: CodedTerm("en_attente", _l("Une personne va la lire"), "clock"),
    TextState.PUBLISHED: CodedTerm("publie", _l("Tout le monde peut la lire"), "eye"),
    TextState.REWORDING: CodedTerm("a_reformuler", _l("À écrire autrement"), "pencil"),
    TextState.HIDDEN: CodedTerm("masque", _l("Masquée"), "eye-off"),
    TextState.MERGED: CodedTerm("regroupe", _l("Réunie avec une autre qui dit la même chose"), "link"),
    TextState.TAKEN_BACK: CodedTerm("repris", _l("Retirée par vous"), "trash"),
}


class Answers(Protocol):
    """What says when an answer comes."""

    @property
    def answer_days(self) -> int | None:
        """So many days after each idea."""

    @property
    def answer_due_on(self) -> date | None:
        """All on one day."""


def when_answered(box: Answers) -> str:
    """When answers come, as the box promises it."""
    if box.answer_due_on is not None:
        return _("Réponse au plus tard le %(day)s.", day=date_text(box.answer_due_on, "long"))
    if box.answer_days is not None:
        return ngettext(
            "Réponse en %(num)s jour au plus.", "Réponse en %(num)s jours au plus.", box.answer_days
        )
    return _("Aucune date n’est promise. Votre reçu dit où ça en est.")


def beside_words(idea: Any) -> tuple[tuple[str, str], ...]:
    """What everybody reads beside the words of an idea, with its icon: the place and the first name. `idea`: an `Idea`,
    or a row of its columns."""
    place = idea.landmark or (f"{idea.lat}, {idea.lon}" if idea.lat is not None else None)
    return tuple((icon, said) for icon, said in (("map-pin", place), ("user", idea.signed)) if said)


def supports_said(count: int) -> str:
    """How many support an idea, in steps; 0: too few to be told apart."""
    threshold = current_settings().small_count
    if count == 0:
        return ngettext("Moins de %(num)s soutien", "Moins de %(num)s soutiens", 2 * threshold)
    return ngettext("Au moins %(num)s soutien", "Au moins %(num)s soutiens", count)


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.globals.update(
        idea_channels=CHANNEL_WORDS,
        idea_point_digits=POINT_DIGITS,
        idea_places=PLACES,
        idea_sides=SIDES,
        idea_columns=COLUMNS,
        idea_states=OWN_STATES,
    )
    app.jinja_env.filters.update(when_answered=when_answered, supports_said=supports_said)
