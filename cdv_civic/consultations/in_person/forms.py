"""Forms of whoever types in what people said in person: the questions, and what is to be known besides."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.answering.wording import said_in_one_line
from cdv_civic.consultations.engine.answer_fields import AskedFields, with_questions
from cdv_civic.consultations.in_person.operations.entering import LARGEST_GROUP, STREET
from cdv_civic.consultations.in_person.operations.workshops import LONGEST_PLACE, MOST_PRESENT, MOST_TABLES
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.rules.questions import NOTHING, Answers
from cdv_civic.consultations.rules.typed import read_all, typed_of
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.differences import Difference
from cdv_civic.core.forms.fields import FROM_THE_LIST, UploadField, WholeNumberField, day_field, listed
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.participation.wording import CHANNEL_WORDS

_HOW_MANY: Final = _l("Écrivez un nombre, en chiffres.")


class InPersonFields(AskedFields):
    """What is asked of every answer that somebody else types in."""

    quartier = SelectField(_l("Le quartier"), validators=[Optional()], **FROM_THE_LIST)


class StreetFields(InPersonFields):
    """What is asked of whoever stands beside somebody."""

    channel = RadioField(
        _l("Où êtes-vous ?"),
        choices=listed((each.value, CHANNEL_WORDS[each.value].label) for each in STREET),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )


class StreetForm(StreetFields):
    """A relais writes for somebody who agreed."""

    client_key = ClientKeyField()
    consent = HiddenField()
    read_in = HiddenField()


class GroupFields(InPersonFields):
    """What is asked of a group."""

    people = WholeNumberField(
        _l("Combien sont-ils\u00a0?"),
        [InputRequired(_HOW_MANY)],
        description=_l("Une classe, un conseil d’enfants. De 2 à %(most)s personnes.", most=LARGEST_GROUP),
    )
    said_on = day_field(_l("Quand"), validators=[Optional()])


class GroupForm(GroupFields):
    """A group answers with one voice."""

    client_key = ClientKeyField()


class WorkshopTableForm(InPersonFields):
    """What a table of a workshop says."""

    client_key = ClientKeyField()
    number = WholeNumberField(
        _l("Le numéro de la table"),
        [InputRequired(_HOW_MANY)],
        description=_l("De 1 à %(most)s.", most=MOST_TABLES),
    )
    people = WholeNumberField(_l("Combien de personnes à cette table\u00a0?"), [InputRequired(_HOW_MANY)])
    sheet = UploadField(
        _l("La feuille de la table"), description=_l("Une photo ou un PDF. Elle n’est jamais publiée.")
    )


class WorkshopFields(StaffForm):
    """Where and when a workshop was, and how many came."""

    held_on = day_field(_l("Quand"), validators=[InputRequired(_l("Donnez le jour de l’atelier."))])
    place = StringField(
        _l("Où"),
        [InputRequired(_l("Dites où c’était."))],
        description=_l("La maison du projet, par exemple."),
        render_kw={"maxlength": LONGEST_PLACE},
    )
    present = WholeNumberField(
        _l("Combien de personnes sont venues\u00a0?"),
        [InputRequired(_HOW_MANY)],
        description=_l(
            "Un nombre seulement\u00a0: aucune liste de noms. %(most)s au plus.", most=MOST_PRESENT
        ),
    )


class WorkshopForm(WorkshopFields):
    """A workshop that is noted."""

    client_key = ClientKeyField()


class WorkshopCorrectionForm(WorkshopFields, VersionForm):
    """A workshop that was noted, once more."""


class CorrectionForm(InPersonFields, VersionForm):
    """An answer that was entered, once more. Made complete by `correction_form`."""

    definition: Definition
    stored: Answers

    def compare_with_stored(self) -> None:
        """Also what was answered, by question."""
        super().compare_with_stored()
        stored = _in_words(self.definition, self.stored)
        typed = _in_words(self.definition, read_all(self.definition.rules, self.typed)[0])
        self.differences = [
            *self.differences,
            *(
                Difference(question.words.text, stored.get(question.id, ""), typed.get(question.id, ""), None)
                for question in self.definition.questions
                if stored.get(question.id) != typed.get(question.id)
            ),
        ]


class GroupCorrectionForm(GroupFields, CorrectionForm):
    """What a group said, once more."""


class StreetCorrectionForm(StreetFields, CorrectionForm):
    """What was written for somebody, once more."""


def _in_words(definition: Definition, answers: Answers) -> dict[int, str]:
    """What was answered, as a person compares it, by question."""
    return {
        question.id: said_in_one_line(question, answers[question.id])
        for question in definition.questions
        if question.id in answers and not answers[question.id].empty
    }


Form = TypeVar("Form", bound=InPersonFields)


def heard_form(
    form: type[Form],
    definition: Definition,
    quartiers: Sequence[tuple[int, str]],
    data: dict[str, Any],
    answers: Answers | None = None,
) -> Form:
    """A form with the questions of a consultation; `quartiers` by id and name, `data` and `answers` what it begins
    with.
    """
    typed = {
        name: values
        for question in definition.rules
        for name, values in typed_of(question, (answers or {}).get(question.id, NOTHING)).items()
    }
    made = with_questions(form, definition)(data=data, **typed)
    made.quartier.choices = listed([("", _l("Je ne sais pas")), *quartiers])
    return made


Correction = TypeVar("Correction", bound=CorrectionForm)


def correction_form(
    form: type[Correction],
    definition: Definition,
    quartiers: Sequence[tuple[int, str]],
    data: dict[str, Any],
    answers: Answers,
) -> Correction:
    """The same for an answer that was entered: `data` and `answers` are what is stored."""
    made = heard_form(form, definition, quartiers, data, answers)
    made.definition, made.stored = definition, answers
    return made
