"""Forms of staff, and their protection against requests forged by other sites.

Every POST is checked before its view runs. Where the check fails (a cookie gone, a page left open too long),
a view that declares `@keeps_form` shows its form again with a sentence and all that was typed; any other
answers with the page of an error.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from wtforms import Field, ValidationError

from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.problems import problem_page

TOO_LATE = _l(
    "Cette page est restée ouverte trop longtemps. Rien n’est perdu : envoyez de nouveau ce que vous avez écrit."
)
BACK_AND_AGAIN = _l(
    "Cette page est restée ouverte trop longtemps. Revenez à la page d’avant, rechargez-la, puis recommencez."
)

View = TypeVar("View", bound=Callable[..., Any])


def keeps_form(view: View) -> View:
    """Declare that a view validates a `StaffForm` before any change, and shows it again where it fails."""
    view.__dict__["keeps_form"] = True
    return view


class _Protection(CSRFProtect):
    def protect(self, apply_exemptions: bool = False) -> None:
        g.csrf_valid = False
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            view = current_app.view_functions.get(request.endpoint or "")
            if not getattr(view, "keeps_form", False):
                raise


class _FormProtection(FlaskForm.Meta.csrf_class):
    """The form goes by what the check of the request found, which looks at more than the token."""

    def validate_csrf_token(self, form: FlaskForm, field: Field) -> None:
        if not g.get("csrf_valid", False):
            raise ValidationError(TOO_LATE)


class StaffForm(FlaskForm):
    """A form of a staff page. Its failed protection is said at the top, not beside a hidden field."""

    class Meta(FlaskForm.Meta):
        csrf_class = _FormProtection

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all is well; errors stand beside their fields otherwise."""
        valid: bool = super().validate(extra_validators)
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


_protection = _Protection()


def register(app: Flask) -> None:
    """Check every POST."""
    _protection.init_app(app)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[str, int]:
        return problem_page(400, BACK_AND_AGAIN)
