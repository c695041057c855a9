"""The form of one word."""

from collections.abc import Iterable
from typing import Any

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.localized import SOURCE_LANGUAGE
from cdv_civic.glossary.rules import LONGEST_EXPLANATION

_TOO_LONG = _l("Cette explication est trop longue. Gardez une ou deux phrases.")


class ExplanationForm(StaffForm):
    """Made complete by `explanation_form`."""

    def explanations(self) -> dict[str, str]:
        """What was typed, by language tag, on one line; empty ones are left out."""
        typed = texts_of(self, "explanation")
        return {tag: " ".join(text.split()) for tag, text in typed.items() if text.strip()}


def explanation_form(languages: Iterable[Language], now: dict[str, str]) -> ExplanationForm:
    """A field for each language of the site, with what stands there now."""
    fields: dict[str, Any] = {}
    for language in languages:
        must = InputRequired(_l("Écrivez l’explication de ce mot."))
        fields[f"explanation_{language.tag}"] = TextAreaField(
            language.name,
            [
                must if language.tag == SOURCE_LANGUAGE else Optional(),
                Length(max=LONGEST_EXPLANATION, message=_TOO_LONG),
            ],
            default=now.get(language.tag, ""),
            render_kw={"lang": language.tag, "dir": language.direction},
        )
    form: ExplanationForm = type("ExplanationForm", (ExplanationForm,), fields)()
    return form
