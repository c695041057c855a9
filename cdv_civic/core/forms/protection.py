"""Forms of staff, and their protection against requests forged by other sites.

Every POST is checked before its view runs. Where the check fails (a cookie gone, a page left open too long),
a view that declares `@keeps_form` shows its form again with a sentence and all that was typed; any other
answers with the page of an error.

Forms of visitors hold no token, for a token needs a cookie and visitors have none. Their views declare `@open_form`:
the browser itself says from where a form was sent (`from_this_site`), and what is sent from elsewhere is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_babel.speaklater import LazyString
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from cdv_civic.core import security_log
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.web.error_pages import problem_page, say_when

TOO_LATE = _l(
    "Cette page est restée ouverte trop longtemps. Rien n’est perdu : envoyez de nouveau ce que vous avez écrit."
)
BACK_AND_AGAIN = _l(
    "Cette page est restée ouverte trop longtemps. Revenez à la page d’avant, rechargez-la, puis recommencez."
)
FROM_ELSEWHERE = _l(
    "Votre message vient d’une autre page que la nôtre. Rien n’est perdu : envoyez-le de nouveau d’ici."
)

#: Characters of a field that says nothing else (`Length`): operations hold most fields to less, in words of their own.
LONGEST_LINE: Final = 2000
LONGEST_TEXT: Final = 20_000

View = TypeVar("View", bound=Callable[..., Any])


def keeps_form(view: View) -> View:
    """Declare that a view validates a `StaffForm` before any change, and shows it again where it fails."""
    view.__dict__["keeps_form"] = True
    return view


def open_form(view: View) -> View:
    """Declare that a view takes a form (`OpenForm`) from visitors, without a session and without a token.

    It is refused where the browser says that another site sent it. Such a view also counts what one address of the
    network sends (`limits.count_open_form`), and is a `public` one. It need not declare `@keeps_form`: the form says
    by itself what is wrong, and keeps what was typed.
    """
    view.__dict__["open_form"] = True
    return view


def from_this_site() -> bool:
    """Whether the form of this request was sent from a page of ours, as far as the browser says.

    Browsers of today say so in `Sec-Fetch-Site`, older ones in `Origin` or `Referer`. One that says nothing at all is
    trusted as long as it brings no session either: then nothing can be done in anybody's name.
    """
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    if sender is not None:
        parts = urlsplit(sender)
        return (parts.scheme, parts.netloc) == (request.scheme, request.host)
    return current_app.config["SESSION_COOKIE_NAME"] not in request.cookies


def asks_no_token(view: View) -> View:
    """Declare a view whose POST comes from elsewhere on purpose: its address holds the proof."""
    _protection.exempt(view)
    return view


def _note_forged() -> None:
    """The form is shown again, with a status that says nothing of it."""
    security_log.note(security_log.Event.REFUSED, reason="forged form", at=request.endpoint or "nowhere")


class _Protection(CSRFProtect):  # type: ignore[misc]
    def protect(self, apply_exemptions: bool = False) -> None:
        g.csrf_valid = False
        if getattr(current_app.view_functions.get(request.endpoint or ""), "open_form", False):
            g.csrf_valid = from_this_site()
            if not g.csrf_valid and request.method not in ("GET", "HEAD", "OPTIONS"):
                _note_forged()
            return
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            view = current_app.view_functions.get(request.endpoint or "")
            if not getattr(view, "keeps_form", False):
                raise
            _note_forged()


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
        self.refuse(refused.field, refused.sentence)
        say_when(refused)
        return refused.status


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


_protection = _Protection()


def register(app: Flask) -> None:
    """Check every POST."""
    _protection.init_app(app)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[str, int]:
        return problem_page(400, BACK_AND_AGAIN)
