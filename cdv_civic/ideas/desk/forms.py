"""Forms of whoever keeps a box: how it is, its groups, answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    IdChecksField,
    WholeNumberField,
    day_field,
    listed,
)
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.ideas.operations.boxes import BoxSettings
from cdv_civic.ideas.rules import boxes, grouping
from cdv_civic.ideas.rules.ideas import LONGEST_ANSWER, Area, read_point
from cdv_civic.ideas.wording import SHOWN

_CHOOSE: Any = [InputRequired(_l("Choisissez une réponse de la liste."))]


class BoxFields:
    """How a box is. Made complete by `box_form`."""

    opens_on = day_field(
        _l("À partir de quel jour\u00a0?"),
        [Optional()],
        description=_l("Vide\u00a0: dès qu’elle est publique."),
    )
    closes_on = day_field(
        _l("Jusqu’à quel jour\u00a0?"),
        [Optional()],
        description=_l("Ce jour compte encore. Vide\u00a0: ouverte toute l’année."),
    )
    answer_days = WholeNumberField(
        _l("Nombre de jours pour répondre à chaque idée"),
        [Optional()],
        description=_l("La promesse est publique. Vide\u00a0: aucune."),
        render_kw={"inputmode": "numeric", "min": 1, "max": boxes.MOST_ANSWER_DAYS},
    )
    answer_due_on = day_field(_l("Ou\u00a0: une date pour toutes les réponses"), [Optional()])
    read_before = BooleanField(
        _l("Une personne lit chaque idée avant qu’elle soit publique"),
        description=_l(
            "Les sujets délicats, les idées de mineurs et les photos sont toujours lus avant, même sans cette case."
        ),
    )
    supports_shown = RadioField(
        _l("Quand montrer les soutiens"), choices=listed(SHOWN.items()), validators=_CHOOSE, **FROM_THE_LIST
    )
    quartiers = IdChecksField(
        _l("Pour quels quartiers"),
        [Optional()],
        description=_l("Aucun choisi\u00a0: pour tous les quartiers de qui tient cette boîte."),
        **FROM_THE_LIST,
    )
    south_west = StringField(
        _l("Coin sud-ouest de la carte"),
        [Optional()],
        description=_l(
            "Pour accepter des points précis. Exemple\u00a0: 48.60, 2.40. Vide\u00a0: on dit l’endroit en mots."
        ),
        render_kw={"dir": "ltr", "maxlength": 60, "autocomplete": "off"},
    )
    north_east = StringField(
        _l("Coin nord-est de la carte"),
        [Optional()],
        description=_l("Exemple\u00a0: 48.66, 2.50."),
        render_kw={"dir": "ltr", "maxlength": 60, "autocomplete": "off"},
    )


class NewBoxForm(BoxFields, StaffForm):
    """A new box."""

    keeper = SelectField(_l("Qui tient cette boîte à idées\u00a0?"), validators=_CHOOSE, **FROM_THE_LIST)
    client_key = ClientKeyField()


class BoxForm(BoxFields, VersionForm):
    """How a box is, changed."""


def _box_texts(languages: Sequence[Language]) -> dict[str, Any]:
    return {
        **text_fields(
            "title",
            _l("Titre"),
            languages,
            longest=boxes.LONGEST_TITLE,
            long=False,
            must=_l("Donnez un titre en français."),
            hint=_l("Quelques mots\u00a0: «\u00a0Des idées pour la place\u00a0»"),
        ),
        **text_fields(
            "question",
            _l("Ce que vous demandez"),
            languages,
            longest=boxes.LONGEST_QUESTION,
            must=_l("Écrivez en français ce que vous demandez."),
            hint=_l("Une ou deux phrases. Dites aussi ce qui peut changer."),
        ),
        **text_fields(
            "answerer",
            _l("Qui répond"),
            languages,
            longest=boxes.LONGEST_ANSWERER,
            long=False,
            hint=_l("Un groupe ou un service, pas une personne."),
        ),
    }


def box_form(
    kind: type[StaffForm],
    languages: Sequence[Language],
    quartiers: Iterable[tuple[int, str]],
    data: Mapping[str, Any],
    *,
    keepers: Iterable[tuple[str, Any]] = (),
) -> Any:
    """The form of a box; `data` is what it begins with."""
    complete: Any = type(kind.__name__, (kind,), _box_texts(languages))
    form = complete(data=data)
    form.quartiers.choices = listed(quartiers)
    if "keeper" in form:
        form.keeper.choices = listed(keepers)
    return form


def corners_of(area: Area | None) -> dict[str, str]:
    """What the fields of the map begin with."""
    if area is None:
        return {"south_west": "", "north_east": ""}
    return {"south_west": f"{area.south}, {area.west}", "north_east": f"{area.north}, {area.east}"}


def settings_of(form: Any) -> BoxSettings:
    """The box that a form says; raises `DomainError` where its map is none."""
    return BoxSettings(
        title=texts_of(form, "title"),
        question=texts_of(form, "question"),
        answerer=texts_of(form, "answerer"),
        answer_days=form.answer_days.data,
        answer_due_on=form.answer_due_on.data,
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        read_before=form.read_before.data,
        supports_shown=form.supports_shown.data or "",
        area=_area(form.south_west.data or "", form.north_east.data or ""),
        quartiers=form.quartiers.data or (),
    )


def _area(south_west: str, north_east: str) -> Area | None:
    if not south_west.strip() and not north_east.strip():
        return None
    low, high = read_point(south_west), read_point(north_east)
    for field, point in (("south_west", low), ("north_east", high)):
        if point is None:
            raise DomainError(_l("Écrivez deux nombres. Exemple\u00a0: 48.60, 2.40."), field=field)
    if low is None or high is None or low[0] >= high[0] or low[1] >= high[1]:
        raise DomainError(
            _l("Le coin nord-est doit être plus au nord et plus à l’est que l’autre."), field="north_east"
        )
    return Area(low[0], low[1], high[0], high[1])


class IdeaGroupForm(VersionForm):
    """A group, changed. Made complete by `group_form`."""

    retained = BooleanField(
        _l("Ce groupe est retenu"), description=_l("On choisira entre lui et les autres groupes retenus.")
    )


class NewGroupForm(StaffForm):
    """A new group. Made complete by `group_form`."""

    client_key = ClientKeyField()


class SplitGroupForm(StaffForm):
    """Some ideas of a group go into a new one. Made complete by `split_form`."""

    ideas = IdChecksField(
        _l("Les idées qui en sortent"),
        [InputRequired(_l("Choisissez des idées de ce groupe."))],
        **FROM_THE_LIST,
    )


def split_form(languages: Sequence[Language], ideas: Sequence[tuple[int, str]]) -> Any:
    """The form of a group that is split; `ideas`: ids and titles of those that stand in it."""
    fields = text_fields(
        "title",
        _l("Titre du nouveau groupe"),
        languages,
        longest=grouping.LONGEST_TITLE,
        long=False,
        must=_l("Donnez un titre au groupe, en français."),
    )
    form: Any = type("SplitGroupForm", (SplitGroupForm,), fields)()
    form.ideas.choices = listed(ideas)
    return form


def group_form(kind: type[StaffForm], languages: Sequence[Language], data: Mapping[str, Any]) -> Any:
    """The form of a group."""
    fields = {
        **text_fields(
            "title",
            _l("Titre du groupe"),
            languages,
            longest=grouping.LONGEST_TITLE,
            long=False,
            must=_l("Donnez un titre au groupe, en français."),
        ),
        **text_fields(
            "words",
            _l("Ce que ces idées ont en commun"),
            languages,
            longest=grouping.LONGEST_WORDS,
            hint=_l("Les mots des personnes, pas ceux des services."),
        ),
    }
    complete: Any = type(kind.__name__, (kind,), fields)
    return complete(data=data)


class MergeGroupsForm(VersionForm):
    """A group goes into another one."""

    into = SelectField(_l("Réunir avec"), validators=_CHOOSE, **FROM_THE_LIST)


class AnswerIdeaForm(VersionForm):
    """The answer to an idea. Made complete by `answer_form`."""

    answered_by = StringField(
        _l("Qui répond"),
        [InputRequired(_l("Dites qui répond\u00a0: un groupe ou un organisme."))],
        description=_l("Un groupe ou un organisme, pas une personne."),
        render_kw={"maxlength": boxes.LONGEST_ANSWERER},
    )


def answer_form(languages: Sequence[Language], data: Mapping[str, Any], **proposed: Any) -> Any:
    """The form of an answer to an idea."""
    fields = text_fields(
        "answer",
        _l("La réponse"),
        languages,
        longest=LONGEST_ANSWER,
        must=_l("Écrivez votre réponse en français."),
        hint=_l("Des phrases courtes. Dites qui fait quoi, et quand."),
    )
    complete: Any = type("AnswerIdeaForm", (AnswerIdeaForm,), fields)
    return complete(data=data, **proposed)


class ObjectionForm(VersionForm):
    """The answer to an objection. Made complete by `objection_form`."""

    to_group = SelectField(_l("Votre décision"), validators=[Optional()], **FROM_THE_LIST)


def objection_form(languages: Sequence[Language], data: Mapping[str, Any]) -> Any:
    """The form of the answer to an objection."""
    fields = text_fields(
        "answer",
        _l("Ce que vous répondez"),
        languages,
        longest=grouping.LONGEST_ANSWER,
        must=_l("Dites à la personne ce que vous décidez, et pourquoi."),
        hint=_l("La personne le lit avec son reçu."),
    )
    complete: Any = type("ObjectionForm", (ObjectionForm,), fields)
    return complete(data=data)
