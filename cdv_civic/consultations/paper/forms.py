"""Forms of the pages of paper."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from cdv_civic.consultations.paper.operations.correcting import WRONG_NUMBER
from cdv_civic.consultations.paper.rules.codes import codes_of, read_all
from cdv_civic.consultations.paper.rules.numbers import (
    MOST_AT_ONCE,
    read_ranges,
    read_sheet,
    sheet_code,
)
from cdv_civic.consultations.paper.wording import (
    VOID_SAID,
    WRONG_NUMBER_SAID,
    fault_said,
    how_to_type,
    legend_of,
)
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import IN_WORDS, Answers, Given, QuestionKind
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, ChecksField, UploadField, WholeNumberField, listed
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language

_HOW_MANY: Final = _l("Écrivez un nombre de feuilles entre 1 et 500.")
_WHY: Final[Any] = [InputRequired(_l("Dites pourquoi."))]
#: What is typed from a sheet is no word of the browser's owner.
_TYPED: Final = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
FILLED_TABLE: Final = _l("Le tableau rempli, en XLSX ou en CSV")
#: What becomes of a table in which some lines are wrong.
ALL_OR_NOTHING, RIGHT_LINES = "rien", "justes"


class SheetBatchForm(StaffForm):
    """Sheets to print; made complete by `batch_form`."""

    client_key = ClientKeyField()
    quantity = WholeNumberField(
        _l("Combien de feuilles"),
        [InputRequired(_HOW_MANY), NumberRange(1, MOST_AT_ONCE, message=_HOW_MANY)],
        sentence=_HOW_MANY,
        description=_l("500 au plus. Vous pourrez en imprimer d’autres."),
        render_kw={"min": 1, "max": MOST_AT_ONCE, "inputmode": "numeric"},
    )
    languages = ChecksField(
        _l("En quelles langues"),
        [InputRequired(_l("Choisissez au moins une langue."))],
        description=_l(
            "Chaque feuille est imprimée dans toutes ces langues, l’une après l’autre. La personne remplit celle "
            "qu’elle préfère."
        ),
        **FROM_THE_LIST,
    )


def batch_form(languages: Sequence[Language]) -> SheetBatchForm:
    """The form of a batch, in French alone at first."""
    form = SheetBatchForm(data={"quantity": 50, "languages": [languages[0].tag]})
    form.languages.choices = listed((each.tag, each.name) for each in languages)
    return form


class SheetFields:
    """What was read of a sheet; made complete by `sheet_form`."""

    questions: Sequence[ShownQuestion] = ()

    def typed(self) -> dict[int, str]:
        """What was typed, by question."""
        fields = cast(Mapping[str, Any], self)
        return {question.id: fields[name_of(question)].data or "" for question in self.questions}

    def answers(self) -> Answers:
        """What it means."""
        return read_all([question.rule for question in self.questions], self.typed())[0]

    def check_answers(self) -> bool:
        """Say beside each field what is wrong with it."""
        faults = read_all([question.rule for question in self.questions], self.typed())[1]
        fields = cast(Mapping[str, Any], self)
        for question in self.questions:
            if question.id in faults:
                field = fields[name_of(question)]
                field.errors = [*field.errors, fault_said(faults[question.id], question.rule)]
        return not faults


class EntryForm(SheetFields, StaffForm):
    """A sheet that is typed in."""

    consultation_id: int = 0
    client_key = ClientKeyField()
    sheet = StringField(
        _l("Numéro de la feuille"),
        [InputRequired(_l("Écrivez le numéro imprimé en haut de la feuille."))],
        render_kw={**_TYPED, "inputmode": "numeric"},
    )

    def validate_sheet(self, field: Any) -> None:
        """A number, of this consultation."""
        name = read_sheet(field.data or "")
        if name is None:
            raise ValidationError(_("Ce n’est pas un numéro de feuille. Recopiez-le\u00a0: 42, par exemple."))
        code = sheet_code(self.consultation_id)
        if name.code not in ("", code):
            raise ValidationError(
                _(
                    "Cette feuille (%(other)s) est d’une autre consultation. Celles d’ici portent %(code)s.",
                    other=name.code,
                    code=code,
                )
            )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also what was answered."""
        valid = super().validate(extra_validators)
        return self.check_answers() and valid

    @property
    def number(self) -> int:
        """The number of the sheet."""
        name = read_sheet(self.sheet.data or "")
        return name.number if name is not None else 0


class SheetCorrectionForm(SheetFields, VersionForm):
    """A sheet that was typed in, once more."""

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also what was answered."""
        valid = super().validate(extra_validators)
        return self.check_answers() and valid


def name_of(question: ShownQuestion) -> str:
    """The name of the field of a question."""
    return f"q{question.id}"


def _field_of(question: ShownQuestion, number: int) -> Any:
    label = f"{number}. {question.words}"
    if question.kind in IN_WORDS:
        attributes = {"autocomplete": "off", "dir": "auto", "maxlength": question.rule.longest}
        if question.kind is QuestionKind.LONG:
            return TextAreaField(label, [Optional()], render_kw={**attributes, "rows": 2})
        return StringField(label, [Optional()], render_kw=attributes)
    means = " — ".join(part for part in (legend_of(question), how_to_type(question.rule)) if part)
    return StringField(
        label,
        [Optional()],
        description=means,
        render_kw={**_TYPED, "autocapitalize": "characters", "class": "sheet-code"},
    )


def _complete(
    kind: type[Any], questions: Sequence[ShownQuestion], data: Mapping[str, Any], **more: Any
) -> Any:
    fields = {name_of(each): _field_of(each, place) for place, each in enumerate(questions, 1)}
    made = type(kind.__name__, (kind,), {**fields, "questions": tuple(questions), **more})
    return made(data=data)


def entry_form(consultation_id: int, questions: Sequence[ShownQuestion], proposed: int | None) -> EntryForm:
    """An empty form, with the number that comes next."""
    data = {"sheet": str(proposed) if proposed is not None else ""}
    form: EntryForm = _complete(EntryForm, questions, data, consultation_id=consultation_id)
    if not form.is_submitted():
        form.sheet.render_kw = {**form.sheet.render_kw, "autofocus": True}
    return form


def correction_form(
    questions: Sequence[ShownQuestion], answers: Answers, version: int
) -> SheetCorrectionForm:
    """A form that holds what was typed of a sheet."""
    nothing = Given()
    data = {name_of(each): codes_of(each.rule, answers.get(each.id, nothing)) for each in questions}
    form: SheetCorrectionForm = _complete(SheetCorrectionForm, questions, {**data, "version": str(version)})
    return form


class TakeBackForm(StaffForm):
    """Why what was typed is deleted."""

    reason = RadioField(
        _l("Pourquoi"),
        choices=listed([(WRONG_NUMBER, WRONG_NUMBER_SAID), *((each, VOID_SAID[each]) for each in VOID_SAID)]),
        validators=_WHY,
        **FROM_THE_LIST,
    )


class VoidForm(StaffForm):
    """Sheets that are not counted."""

    sheets = StringField(
        _l("Numéros des feuilles"),
        [InputRequired(_l("Écrivez un numéro, ou plusieurs\u00a0: 12, 14-18."))],
        description=_l("Un numéro, ou plusieurs\u00a0: 12, 14-18."),
        render_kw=_TYPED,
    )
    reason = RadioField(
        _l("Pourquoi"),
        choices=listed((each, VOID_SAID[each]) for each in VOID_SAID),
        validators=_WHY,
        **FROM_THE_LIST,
    )

    def validate_sheets(self, field: Any) -> None:
        """Numbers."""
        if read_ranges(field.data or "") is None:
            raise ValidationError(
                _("Écrivez des numéros de feuilles\u00a0: 12, 14-18. 500 au plus à la fois.")
            )

    @property
    def numbers(self) -> list[int]:
        """The numbers of the sheets."""
        return read_ranges(self.sheets.data or "") or []


class CompareForm(StaffForm):
    """Which of two people read a sheet right."""

    place = RadioField(
        _l("Ce que dit la feuille"),
        choices=listed(
            [
                ("1", _l("La première saisie")),
                ("2", _l("La deuxième saisie")),
                ("0", _l("Ni l’une ni l’autre\u00a0: je la saisis de nouveau")),
            ]
        ),
        validators=[InputRequired(_l("Reprenez la feuille, puis choisissez."))],
        **FROM_THE_LIST,
    )


class PhotoForm(StaffForm):
    """The photo or the scan of a sheet."""

    photo = UploadField(
        _l("Photo ou scan de la feuille"),
        description=_l("Pour prouver ce qui était écrit. Elle n’est jamais publiée."),
    )


class TableForm(StaffForm):
    """A table of sheets."""

    file = FileField(FILLED_TABLE)
    wrong = RadioField(
        _l("Si une ligne ne va pas"),
        choices=listed(
            [
                (ALL_OR_NOTHING, _l("Ne rien garder\u00a0: je corrige, puis j’envoie de nouveau")),
                (RIGHT_LINES, _l("Garder les lignes justes")),
            ]
        ),
        default=ALL_OR_NOTHING,
        **FROM_THE_LIST,
    )
