"""Forms of the desk of results."""

from typing import cast

from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.paper.forms import FILLED_TABLE
from cdv_civic.consultations.results.operations.closing import LONGEST_NOTE
from cdv_civic.consultations.results.operations.coding import LONGEST_OPTION
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import WholeNumberField
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.web.desk import number_in


class NewVersionForm(StaffForm):
    """Another version of the results, and why."""

    #: The version of the results that was shown.
    number = HiddenField()
    note = TextAreaField(
        _l("Ce qui est corrigé, et pourquoi"),
        [InputRequired(_l("Dites ce qui est corrigé, et pourquoi."))],
        description=_l("Tout le monde lit cette phrase, à côté des résultats."),
        render_kw={"maxlength": LONGEST_NOTE, "rows": 3},
    )

    @property
    def shown(self) -> int:
        """The version that was shown."""
        return number_in(self.number.data) or 0


class ResultsCorrectionForm(NewVersionForm):
    """One without a sheet, say."""

    sheet_number = WholeNumberField(
        _l("Numéro d’une feuille à enlever"),
        validators=[Optional()],
        description=_l("Si une feuille a été saisie deux fois. Laissez vide sinon."),
    )


class LateSheetsForm(NewVersionForm):
    """A table of sheets that were found once the results were published."""

    file = FileField(FILLED_TABLE)


class NewOptionForm(StaffForm):
    """An option that came up in what people wrote. Made complete by `option_form`."""


def option_form() -> NewOptionForm:
    """The form, with a field for each language of the site."""
    fields = text_fields(
        "text",
        _l("Ce qui est apparu, en quelques mots"),
        site_languages(),
        longest=LONGEST_OPTION,
        long=False,
        must=_l("Dites en quelques mots ce qui est apparu."),
    )
    return cast(NewOptionForm, type("NewOptionForm", (NewOptionForm,), fields)())
