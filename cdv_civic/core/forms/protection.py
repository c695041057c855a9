"""Protection of forms against requests that other sites forge.

Every POST is checked before its view runs. Where the check fails (a cookie gone, a page left open too long),
a view that declares `@keeps_form` shows its form again with a sentence and all that was typed; any other
answers with the page of an error.

Forms of visitors hold no token, for a token needs a cookie and visitors have none. Their views declare `@open_form`:
the browser itself says from where a form was sent (`core.web.error_pages.from_this_site`), and what is sent from
elsewhere is refused.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, redirect, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import security_log
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.error_pages import from_this_site, problem_page

TOO_LATE = _l(
    "Cette page est restée ouverte trop longtemps. Rien n’est perdu : envoyez de nouveau ce que vous avez écrit."
)


BACK_AND_AGAIN = _l(
    "Cette page est restée ouverte trop longtemps. Revenez à la page d’avant, rechargez-la, puis recommencez."
)


#: What a form bears that is sent to be shown in another language, with all that was typed: `languages.js` adds it.
ONLY_LANGUAGE: Final = "only_language"

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


def only_language() -> bool:
    """Whether this form was sent to be shown again in the language of its new address, and for nothing else."""
    return bool(g.get("only_language", False))


def asks_no_token(view: View) -> View:
    """Declare a view whose POST comes from elsewhere on purpose: its address holds the proof."""
    _protection.exempt(view)
    return view


def _note_forged() -> None:
    """The form is shown again, with a status that says nothing of it."""
    security_log.note(
        security_log.SecurityEvent.REFUSED, reason="forged form", at=request.endpoint or "nowhere"
    )


class _Protection(CSRFProtect):  # type: ignore[misc]
    def protect(self, apply_exemptions: bool = False) -> None:
        g.csrf_valid = False
        if getattr(current_app.view_functions.get(request.endpoint or ""), "open_form", False):
            g.csrf_valid = from_this_site()
            if not g.csrf_valid and request.method not in ("GET", "HEAD", "OPTIONS"):
                _note_forged()
            return
        if only_language():
            return  # nothing is done: the form is not valid
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            view = current_app.view_functions.get(request.endpoint or "")
            if not getattr(view, "keeps_form", False):
                raise
            _note_forged()


_protection = _Protection()


def register(app: Flask) -> None:
    """Check every POST."""

    @app.before_request
    def show_in_another_language() -> AnyResponse | None:
        if request.method != "POST" or ONLY_LANGUAGE not in request.form:
            return None
        view = current_app.view_functions.get(request.endpoint or "")
        if not (getattr(view, "keeps_form", False) or getattr(view, "open_form", False)):
            return redirect(request.full_path.rstrip("?"), 303)  # it knows no form to show again
        g.only_language = True
        return None

    _protection.init_app(app)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[str, int]:
        return problem_page(400, BACK_AND_AGAIN)
