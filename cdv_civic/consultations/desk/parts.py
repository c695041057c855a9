"""The settings of a consultation, part by part: each fits about three screens of a phone, and says what it lacks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from wtforms import Field

from cdv_civic.consultations.desk.wording import LACKS, PLACES
from cdv_civic.consultations.rules.checklist import ChecklistLine, Item, Lack
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.differences import in_words
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: In the address: the part that is open.
PART: Final = "partie"


@dataclass(frozen=True)
class SettingsPart:
    """Fields that are read together, and the lines of the list that they are about."""

    #: As addresses name it.
    code: str
    label: Any
    icon: str
    #: Names of fields; those of texts without their language.
    fields: tuple[str, ...]
    items: tuple[Item, ...] = ()

    def of(self, form: StaffForm) -> Iterator[Field]:
        """Its fields in a form, in each language."""
        return (
            field
            for field in form
            if any(field.name == name or field.name.startswith(f"{name}_") for name in self.fields)
        )


PARTS: Final = (
    SettingsPart("sujet", _l("De quoi il s’agit"), "message-2", ("title", "purpose"), (Item.PURPOSE,)),
    SettingsPart(
        "pouvoir",
        _l("Ce que les réponses peuvent changer"),
        "scale",
        ("power", "negotiable", "settled"),
        (Item.POWER, Item.NEGOTIABLE, Item.SETTLED),
    ),
    SettingsPart(
        "decision",
        _l("Qui décide, qui lit les réponses"),
        "users",
        ("decider", "ties", "readers"),
        (Item.DECIDER, Item.TIES, Item.READERS),
    ),
    SettingsPart(
        "calendrier",
        _l("Le calendrier"),
        "calendar-event",
        ("opens_day", "opens_time", "closes_day", "closes_time", "paper_day", "due_day"),
        (Item.CALENDAR, Item.DUE),
    ),
    SettingsPart(
        "reponses",
        _l("Qui répond, et comment"),
        "door",
        ("asks_for", "age_to_answer", "age_for_name", "age_for_photo", "languages"),
        (Item.PROOF, Item.AGES),
    ),
    SettingsPart(
        "autres",
        _l("D’autres réglages"),
        "adjustments-horizontal",
        ("audience", "one_question_a_screen", "wave_of", "wave"),
    ),
)
PART_OF: Final = {item: part.code for part in PARTS for item in part.items}
PART_OF_TEXT: Final = {name: part.code for part in PARTS for name in part.fields}


@dataclass(frozen=True)
class ShownPart:
    """A part as the page shows it."""

    part: SettingsPart
    open: bool
    #: What is wrong with it or what it lacks; empty where there is nothing to say.
    said: str


def shown_parts(
    form: StaffForm, lines: Iterable[ChecklistLine], asked: str, *, typed: bool
) -> Sequence[ShownPart]:
    """All parts, folded but for those that somebody has to look at.

    `lines`: of what is stored; `asked`: the part of the address; `typed`: the form holds what somebody typed. Then
    those with errors are open, or else those that say something else than what is stored; elsewhere the one that was
    asked for, or else the first that lacks anything.
    """
    lacking = {part.code: [line for line in lines if line.item in part.items] for part in PARTS}
    wrong = {part.code: sum(bool(field.errors) for field in part.of(form)) for part in PARTS}
    unfolded = {code for code, count in wrong.items() if count}
    if not unfolded and typed:
        unfolded = {part.code for part in PARTS if any(_was_changed(field) for field in part.of(form))}
    if not unfolded:
        first = (part.code for part in PARTS if any(not line.done for line in lacking[part.code]))
        unfolded = {asked} & set(wrong) or set(list(first)[:1])
    return [
        ShownPart(
            part,
            part.code in unfolded,
            ngettext("%(num)s chose à corriger", "%(num)s choses à corriger", wrong[part.code])
            if wrong[part.code]
            else _said(lacking[part.code])
            if not typed
            else "",
        )
        for part in PARTS
    ]


def _was_changed(field: Field) -> bool:
    return in_words(field, field.data) != in_words(field, field.object_data)


def _said(lines: Sequence[ChecklistLine]) -> str:
    """What is missing, and what is not right; that all is ready; nothing where nothing is asked for."""
    empty = [str(PLACES[line.item].label) for line in lines if line.lack is Lack.EMPTY]
    said = [_("À compléter : %(what)s", what=" · ".join(empty))] if empty else []
    said += [str(LACKS[line.lack]) for line in lines if line.lack not in (None, Lack.EMPTY)]
    return " · ".join(said) if said or not lines else _("prêt")


def page_of(item: Item, slug: str) -> str:
    """The address where a line of the list is done: its field, in its part of the settings."""
    place = PLACES[item]
    values: dict[str, Any] = {PART: PART_OF.get(item), "_anchor": place.field}
    return url_for(place.endpoint, slug=slug, **values)
