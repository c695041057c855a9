"""Where a project stands and what comes next, in sentences for whoever carries it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.differences import in_words
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.fund.projects.queries.own import OwnProject
from cdv_civic.fund.rules.fund_rules import ChoiceMode
from cdv_civic.fund.rules.projects import ProjectState

_NOT_SAID: Final = frozenset({"contact_language", "sent_as"})


def said_lines(form: StaffForm) -> list[tuple[Any, str]]:
    """What somebody typed into a form that cannot be sent any more: label and words, to copy."""
    return [
        (field.label.text, words)
        for field in form
        if _is_typed(field) and (words := str(in_words(field, field.data)).strip())
    ]


def _is_typed(field: Field) -> bool:
    kinds = (StringField, SelectField, SelectMultipleField, RadioField)
    return (
        isinstance(field, kinds)
        and not isinstance(field, HiddenField | BooleanField)
        and field.name not in _NOT_SAID
        and bool(field.data)
    )


def _before(sentence: Any, with_day: Any, day: date | None) -> str:
    return str(with_day) % {"day": date_text(day, "long")} if day is not None else str(sentence)


def _choice(own: OwnProject) -> str:
    if own.choice is ChoiceMode.VOTE or own.choice is ChoiceMode.VOTE_THEN_JURY:
        return _before(
            _l("Puis les habitantes et les habitants votent."),
            _l("Puis les habitantes et les habitants votent, jusqu’au %(day)s."),
            own.calendar.choice_on,
        )
    return _before(
        _l("Puis une commission choisit."),
        _l("Puis une commission choisit, le %(day)s."),
        own.calendar.choice_on,
    )


def _opinion(own: OwnProject) -> str:
    return _before(
        _l("Le conseil citoyen donne son avis."),
        _l("Le conseil citoyen donne son avis avant le %(day)s."),
        own.calendar.opinion_until,
    )


def _decision(own: OwnProject) -> str:
    return _before(
        "",
        _l("La décision est dite avant le %(day)s."),
        own.calendar.decision_until,
    )


def _reading(own: OwnProject) -> str:
    return _before(
        _l("Une personne lit votre projet et vous répond ici."),
        _l("Une personne lit votre projet et vous répond ici avant le %(day)s."),
        own.calendar.instruction_until,
    )


def _completing(own: OwnProject) -> str:
    return _before(
        _l("Complétez-le, puis renvoyez-le."),
        _l("Complétez-le, puis renvoyez-le avant le %(day)s."),
        own.return_by,
    )


def _letter(own: OwnProject) -> str:
    return _before(
        _l("La lettre officielle suit."),
        _l("La lettre officielle suit, avant le %(day)s."),
        own.calendar.decision_until,
    )


def _payment(own: OwnProject) -> str:
    paid = _before(_l("L’argent suit."), _l("L’argent suit, avant le %(day)s."), own.calendar.payment_until)
    return f"{paid} {_('Qui paie vous demande vos coordonnées bancaires, jamais ce site.')}"


def _telling(own: OwnProject) -> str:
    return _before(
        _l("Après le projet, racontez ce qui s’est passé."),
        _l("Après le projet, racontez ce qui s’est passé, avant le %(day)s."),
        own.review_due_on or own.calendar.review_until,
    )


_Said = Callable[[OwnProject], str]
#: What comes next in each state, one sentence for each; in the others nothing does.
_NEXT: Final[Mapping[ProjectState, tuple[_Said, ...]]] = {
    ProjectState.SUBMITTED: (_reading, _choice),
    ProjectState.INCOMPLETE: (_completing,),
    ProjectState.ADMISSIBLE: (_choice,),
    ProjectState.OPINION: (_opinion, _choice),
    ProjectState.IN_CHOICE: (_choice, _decision),
    ProjectState.SELECTED: (_letter,),
    ProjectState.NOTIFIED: (_payment,),
    ProjectState.PAID: (_telling,),
    ProjectState.DONE: (_telling,),
    ProjectState.REVIEWED: (lambda _own: _("Une personne lit votre bilan."),),
}


def next_said(own: OwnProject) -> list[str]:
    """What comes next and when, one sentence for each; nothing where nothing does."""
    parts = _NEXT.get(own.state, ())
    if own.state is ProjectState.ADMISSIBLE and own.opinion_asked:
        parts = (_opinion, *parts)
    return [said for part in parts if (said := part(own))]


def days_said(days: int) -> str:
    """« 23 jours depuis le dépôt »."""
    return ngettext("%(num)s jour depuis le dépôt", "%(num)s jours depuis le dépôt", days)
