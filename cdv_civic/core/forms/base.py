"""What all forms share: the longest lengths, where refusals are said, and the check that they come from here."""

import gettext
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from flask import g
from flask_babel import get_locale
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.i18n import messages_path
from wtforms.validators import Length

from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.differences import Difference
from cdv_civic.core.forms.protection import TOO_LATE, only_language
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.error_pages import say_when

FROM_ELSEWHERE = _l(
    "Votre message vient d’une autre page que la nôtre. Rien n’est perdu : envoyez-le de nouveau d’ici."
)


#: What a page says as one types, near the limit of a field and beyond it.
CHARACTERS_LEFT = _l("Caractères restants : {n}")
CHARACTERS_OVER = _l("Caractères de trop : {n}")
#: Characters of a field that says nothing else (`Length`): operations hold most fields to less, in words of their own.
LONGEST_LINE: Final = 2000


LONGEST_TEXT: Final = 20_000


@cache
def _sentences_of_wtforms(language: str) -> Any:
    return gettext.translation("wtforms", messages_path(), [language], fallback=True)


class _FormProtection(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    """The form goes by what the check of the request found, which looks at more than the token."""

    def validate_csrf_token(self, form: FlaskForm, field: Field) -> None:
        if not g.get("csrf_valid", False):
            raise ValidationError(TOO_LATE)


def too_long(most: int) -> LazyString:
    """The sentence beside a text of more than `most` characters."""
    return _l("C’est trop long. Gardez %(most)s caractères au plus.", most=most)


def too_many(over: int, most: int) -> LazyString:
    """The same, where it is known how many characters (`over`) are too many."""
    return _l("C’est trop long : %(over)s de trop. Gardez %(most)s caractères au plus.", over=over, most=most)


def declared_longest(field: Field) -> int | None:
    """How many characters a field says it takes (`maxlength`, or `Length`); None where it says nothing."""
    checks: Sequence[Any] = field.validators
    said = [each.max for each in checks if isinstance(each, Length) and each.max > 0]
    if "maxlength" in (field.render_kw or {}):
        said.append(int(field.render_kw["maxlength"]))
    return min(said, default=None)


def longest_of(field: Field) -> int | None:
    """How many characters a text field takes; None for what holds no free text."""
    if not isinstance(field, StringField):
        return None
    return declared_longest(field) or (LONGEST_TEXT if isinstance(field, TextAreaField) else LONGEST_LINE)


def _beyond(text: str, most: int) -> int:
    """How many characters too many a text has, as its reader counts: a line break is one, the margins none."""
    return len(text.replace("\r\n", "\n").strip()) - most


class StaffForm(FlaskForm):  # type: ignore[misc]
    """A form of a staff page. Its failed protection is said at the top, not beside a hidden field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf_class = _FormProtection

        def get_translations(self, _form: FlaskForm) -> Any:
            """The sentences of WTForms itself, read once for each language and not for each request."""
            return _sentences_of_wtforms(str(get_locale()))

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            """Draw a field. Browsers cut in silence what is pasted beyond `maxlength`: the page counts instead
            (`count.js`), and the form refuses with all that was typed."""
            most = declared_longest(field)
            if most is not None:
                said = {"data_most": most, "data_left": CHARACTERS_LEFT, "data_over": CHARACTERS_OVER}
                render_kw = {**said, **render_kw, "maxlength": False}
            return super().render_field(field, render_kw)

    #: Why the act was refused, for pages that offer something else then.
    refusal: DomainError | None = None
    #: Where another text stands for what was typed, and the two do not read the same.
    differences: Sequence[Difference] = ()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all is well; errors stand beside their fields otherwise.

        A form that only changes its language is never valid, and nothing is said to be wrong with it.
        """
        if only_language():
            return False
        valid: bool = super().validate(extra_validators)
        for field in self:
            most = longest_of(field)
            over = _beyond(field.data or "", most) if most is not None else 0
            if over > 0 and not field.errors:
                field.errors = [*field.errors, too_many(over, most or 0)]
                valid = False
        for field in self:
            if isinstance(field, HiddenField) and field.errors:  # the token among them: nobody typed it
                self.form_errors: list[object] = [*field.errors, *self.form_errors]
                field.errors = ()
        return valid

    def refuse(self, field: str | None, sentence: object) -> None:
        """Put the sentence of a refused act beside its field, or at the top where it has none."""
        wrong = self._fields.get(field) if field else None
        if wrong is None or isinstance(wrong, HiddenField):
            self.form_errors = [*self.form_errors, sentence]
        else:
            wrong.errors = [*wrong.errors, sentence]

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Around what is asked before the fields are looked at: its refusal is that of the form."""
        try:
            yield
        except DomainError as refused:
            self.refuse_act(refused)

    def refuse_act(self, refused: DomainError) -> int:
        """Say all that an act was refused for, and when to try again where known; the status of the answer."""
        self.refusal = refused
        for each in refused.refusals:
            self.refuse(each.field, each.sentence)
        say_when(refused)
        return refused.status


class ButtonForm(StaffForm):
    """A button and its protection; the rest stands in the address or beside the button."""


class OpenForm(StaffForm):
    """A form that visitors send: no token, no session. Its view declares `@open_form`."""

    class Meta(StaffForm.Meta):
        csrf = False

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all is well, and the form was sent from this site; a form that another site filled says so, also
        where it only changes its language."""
        valid = super().validate(extra_validators)
        if not g.get("csrf_valid", False):
            self.refuse(None, FROM_ELSEWHERE)
            return False
        return valid
