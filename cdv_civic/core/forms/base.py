"""What all forms share: the longest lengths, where refusals are said, and the check that they come from here."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import g
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.differences import Difference
from cdv_civic.core.forms.protection import TOO_LATE
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.error_pages import say_when

FROM_ELSEWHERE = _l(
    "Votre message vient d’une autre page que la nôtre. Rien n’est perdu : envoyez-le de nouveau d’ici."
)


#: Characters of a field that says nothing else (`Length`): operations hold most fields to less, in words of their own.
LONGEST_LINE: Final = 2000


LONGEST_TEXT: Final = 20_000


class _FormProtection(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    """The form goes by what the check of the request found, which looks at more than the token."""

    def validate_csrf_token(self, form: FlaskForm, field: Field) -> None:
        if not g.get("csrf_valid", False):
            raise ValidationError(TOO_LATE)


def too_long(most: int) -> LazyString:
    """The sentence beside a text of more than `most` characters."""
    return _l("C’est trop long. Gardez %(most)s signes au plus.", most=most)


def longest_of(field: Field) -> int | None:
    """How many characters a text field takes; None for what holds no free text."""
    if not isinstance(field, StringField):
        return None
    declared = [each.max for each in field.validators if isinstance(each, Length) and each.max > 0]
    return min(declared, default=LONGEST_TEXT if isinstance(field, TextAreaField) else LONGEST_LINE)


class StaffForm(FlaskForm):  # type: ignore[misc]
    """A form of a staff page. Its failed protection is said at the top, not beside a hidden field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf_class = _FormProtection

    #: Why the act was refused, for pages that offer something else then.
    refusal: DomainError | None = None
    #: Where another text stands for what was typed, and the two do not read the same.
    differences: Sequence[Difference] = ()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all is well; errors stand beside their fields otherwise."""
        valid: bool = super().validate(extra_validators)
        for field in self:
            most = longest_of(field)
            if most is not None and len(field.data or "") > most and not field.errors:
                field.errors = [*field.errors, too_long(int((field.render_kw or {}).get("maxlength", most)))]
                valid = False
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            self.form_errors: list[object] = [*token.errors, *self.form_errors]
            token.errors = ()
        return valid

    def refuse(self, field: str | None, sentence: object) -> None:
        """Put the sentence of a refused act beside its field, or at the top where it has none."""
        wrong = self._fields.get(field) if field else None
        if wrong is None:
            self.form_errors = [*self.form_errors, sentence]
        else:
            wrong.errors = [*wrong.errors, sentence]

    def refuse_act(self, refused: DomainError) -> int:
        """Say why an act was refused, and when to try again where that is known; the status of the answer."""
        self.refusal = refused
        self.refuse(refused.field, refused.sentence)
        say_when(refused)
        return refused.status


class ButtonForm(StaffForm):
    """A button and its protection; the rest stands in the address or beside the button."""


class OpenForm(StaffForm):
    """A form that visitors send: no token, no session. Its view declares `@open_form`."""

    class Meta(StaffForm.Meta):
        csrf = False

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all is well, and the form was sent from this site."""
        valid = super().validate(extra_validators)
        if not g.get("csrf_valid", False):
            self.refuse(None, FROM_ELSEWHERE)
            return False
        return valid
