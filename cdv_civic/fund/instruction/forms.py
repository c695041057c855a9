"""Forms of the desk of projects: one for each act that asks for words, a day or an amount; and the bar of the list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Optional

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import FROM_THE_LIST, day_field, listed
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.fund.instruction.queries.detail import KeptCoFunder
from cdv_civic.fund.instruction.rules import (
    BULK_ACTS,
    LONGEST_REFERENCE,
    LONGEST_SERVICE,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
)
from cdv_civic.fund.instruction.wording import ACTS
from cdv_civic.fund.operations.moving import LONGEST_REASON
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.rules.amounts import BadAmount, read_cents

#: Where services that were written already are proposed: the id of the list.
SERVICES: Final = "services"
_DAY: Final = _l("Écrivez la date.")


def _service_field() -> StringField:
    return StringField(
        _l("Service"),
        description=_l("Le service ou la personne qui regarde ce projet. Par exemple\u00a0: Jeunesse."),
        render_kw={"maxlength": LONGEST_SERVICE, "list": SERVICES, "autocomplete": "off"},
    )


class AssignForm(VersionForm):
    """Who looks at a project, and by when."""

    service = _service_field()
    return_by = day_field(_l("Date de retour"), [Optional()])


class MissingForm(VersionForm):
    """By when what is missing is waited for; `reason` in each language is added."""

    return_by = day_field(_l("Réponse attendue avant le"), [Optional()])


class RefuseProjectForm(VersionForm):
    """Why this fund cannot help, and where else to ask, in each language."""


class NotifyForm(VersionForm):
    """The day and the act of a decision."""

    on = day_field(_l("La lettre est partie le"), [DataRequired(_DAY)])
    reference = StringField(
        _l("Numéro de la décision"),
        description=_l("Celui de la délibération ou de l’arrêté. Il est publié avec les subventions."),
        render_kw={"maxlength": LONGEST_REFERENCE},
    )


class PayForm(VersionForm):
    """The day of a payment."""

    on = day_field(_l("L’argent est parti le"), [DataRequired(_DAY)])


class CorrectTextsForm(VersionForm):
    """What everybody reads of a project, and the numbers of its carrier."""

    title = StringField(_l("Titre"), render_kw={"maxlength": LONGEST_TITLE})
    summary = StringField(_l("Le projet en une phrase"), render_kw={"maxlength": LONGEST_SUMMARY})
    rna = StringField(
        _l("Numéro d’association (RNA)"),
        description=_l("Il commence par W, puis 9 chiffres."),
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    siret = StringField(
        _l("Numéro SIRET"),
        description=_l("14 chiffres. Il faut ce numéro pour publier la subvention."),
        render_kw={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"},
    )


class GrantedField(StringField):
    """What a co-funder granted: `data` is what was typed, `cents` what it says, None where nothing was typed."""

    cents: int | None = None

    def pre_validate(self, form: Any) -> None:
        """Read it."""
        if not (self.data or "").strip():
            self.cents = None
            return
        try:
            self.cents = read_cents(self.data or "")
        except BadAmount:
            raise ValidationError(_l("Écrivez un montant en euros, par exemple 450 ou 450,50.")) from None


def euros_typed(cents: int | None) -> str:
    """An amount as somebody would type it: « 450 », « 450,50 »; "" for None."""
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


class CoFundersForm(VersionForm):
    """What others granted: a field for each is added."""


def co_funders_form(co_funders: Sequence[KeptCoFunder], data: Mapping[str, Any]) -> CoFundersForm:
    """The form for the co-funders of a project."""
    fields = {
        f"granted_{each.id}": GrantedField(
            _l("Donné par %(name)s", name=each.name),
            description=_l(
                "Demandé\u00a0: %(asked)s. Laissez vide tant que la réponse n’est pas connue.",
                asked=cents_text(each.asked_cents),
            ),
            render_kw={"inputmode": "decimal", "dir": "ltr"},
        )
        for each in co_funders
    }
    form = type("CoFundersForm", (CoFundersForm,), fields)
    stored = {f"granted_{each.id}": euros_typed(each.granted_cents) for each in co_funders}
    made: CoFundersForm = form(data={**stored, **data})
    return made


def with_texts(
    kind: type[VersionForm],
    texts: Mapping[str, tuple[Any, Any, Any]],
    languages: Iterable[Language],
    *,
    data: Mapping[str, Any],
    **proposed: Any,
) -> VersionForm:
    """A form with texts in some languages: by name, the label, what is said where it is missing, and a hint."""
    fields: dict[str, Any] = {}
    for name, (label, must, hint) in texts.items():
        fields |= text_fields(name, label, languages, longest=LONGEST_REASON, must=must, hint=hint)
    made: VersionForm = type(kind.__name__, (kind,), fields)(data=dict(data), **proposed)
    return made


class BulkProjectsForm(StaffForm):
    """The bar under the list: one act for the lines that are chosen."""

    act = SelectField(
        _l("Que faire\u00a0?"),
        choices=listed([("", _l("Choisissez")), *((act.value, ACTS[act.value].label) for act in BULK_ACTS)]),
        **FROM_THE_LIST,
    )
    service = _service_field()
    return_by = day_field(_l("Date de retour"), [Optional()])
    on = day_field(_l("Date"), [Optional()])
    reference = StringField(_l("Numéro de la décision"), render_kw={"maxlength": LONGEST_REFERENCE})
