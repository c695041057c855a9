"""The form of one word."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from cdv_civic.core.forms.texts import first_state, texts_of, translation_state_field
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import TranslationState
from cdv_civic.core.texts_version import texts_version
from cdv_civic.glossary.rules import LONGEST_EXPLANATION

_TOO_LONG = _l("Cette explication est trop longue. Gardez une ou deux phrases.")


class ExplanationForm(VersionForm):
    """Made complete by `explanation_form`."""

    def translation_state(self) -> TranslationState:
        """Who reads the translations that were typed."""
        return TranslationState(self["state"].data) if "state" in self else TranslationState.REVIEWED

    def explanations(self) -> dict[str, str]:
        """What was typed in each language that it shows, by tag, on one line."""
        return {tag: " ".join(text.split()) for tag, text in texts_of(self, "explanation").items()}


def explanation_form(
    languages: Iterable[Language], now: dict[str, str], states: Mapping[str, str | None]
) -> ExplanationForm:
    """A field for each of some languages, with what stands there now, and the state of each translation of it."""
    languages = tuple(languages)
    # The original too: a translation is of what stood there when the form was opened.
    shown = {SOURCE_LANGUAGE, *(each.tag for each in languages)}
    version = texts_version((tag, now.get(tag)) for tag in shown)
    stored = {"version": str(version)}
    fields: dict[str, Any] = {}
    for language in languages:
        must = InputRequired(_l("Écrivez l’explication de ce mot."))
        fields[f"explanation_{language.tag}"] = TextAreaField(
            language.name,
            [
                must if language.tag == SOURCE_LANGUAGE else Optional(),
                Length(max=LONGEST_EXPLANATION, message=_TOO_LONG),
            ],
            render_kw={"lang": language.tag, "dir": language.direction},
        )
        stored[f"explanation_{language.tag}"] = now.get(language.tag, "")
    into = [each.tag for each in languages if each.tag != SOURCE_LANGUAGE]
    if into:
        fields["state"] = translation_state_field()
    form: ExplanationForm = type("ExplanationForm", (ExplanationForm,), fields)(data=stored)
    if into and not form.is_submitted():
        form["state"].data = first_state(states.get(tag) for tag in into)
    return form
