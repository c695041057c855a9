"""Every error in one place: a status, a sentence in the reader's language, and a way on."""

import traceback
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from cdv_civic.core import idempotency
from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.db import OutcomeUnknown
from cdv_civic.core.errors import DomainError, TryLater
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.request_actor import note_actor

TITLES = {
    400: _l("Cette demande n’est pas complète"),
    403: _l("Vous ne pouvez pas ouvrir cette page"),
    404: _l("Cette page n’existe pas"),
    405: _l("Cette page ne s’ouvre pas de cette façon"),
    413: _l("Ce que vous envoyez est trop lourd"),
    429: _l("Attendez un peu"),
    500: _l("Le site a un problème"),
    503: _l("Le site est occupé"),
}
SENTENCES = {
    400: _l(
        "Revenez à la page d’avant et recommencez. Relisez chaque réponse : votre navigateur n’a peut-être pas "
        "tout gardé."
    ),
    403: _l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe."),
    404: _l(
        "L’adresse est peut-être mal écrite, ou la page a changé de place. Cherchez votre quartier ci-dessous."
    ),
    405: _l("Revenez à la page d’avant et recommencez."),
    413: _l(
        "Revenez à la page d’avant et envoyez un texte plus court. Relisez chaque réponse : votre navigateur n’a "
        "peut-être pas tout gardé."
    ),
    429: _l("Il y a eu trop d’essais. Attendez quelques minutes, puis essayez de nouveau."),
    500: _l("Ce n’est pas de votre faute. Attendez quelques minutes, puis essayez de nouveau."),
    503: _l("Ce n’est pas de votre faute. Attendez une minute, puis essayez de nouveau."),
}
KEPT_HERE: Final = _l(
    "Ce que vous avez écrit est gardé ici. Attendez une minute, puis envoyez-le de nouveau."
)
COPY_IT: Final = _l(
    "Ce que vous avez écrit est ici, sans le code. Copiez-le, attendez une minute, puis recommencez."
)
SIGN_IN_AND_SEND: Final = _l(
    "Ce que vous avez écrit n’est pas encore envoyé, mais il est gardé ici. Connectez-vous dans un nouvel onglet, "
    "revenez ici, puis envoyez-le de nouveau."
)
CUT: Final = _l("La connexion s’est coupée")
NOBODY_KNOWS: Final = _l(
    "C’est peut-être enregistré, peut-être pas. Regardez d’abord, puis recommencez seulement s’il le faut."
)
#: The same, where a secret was typed beside the words.
LOOK_AND_COPY: Final = _l(
    "C’est peut-être enregistré, peut-être pas. Ce que vous avez écrit est ici, sans le code : copiez-le. "
    "Regardez ensuite si c’est fait, puis recommencez seulement s’il le faut."
)
SIGNED_OUT: Final = _l("Votre connexion est fermée")
SIGN_IN_AND_COPY: Final = _l(
    "Ce que vous avez écrit est ici, sans le code. Copiez-le, connectez-vous, puis recommencez."
)
SAFE_TO_REPEAT: Final = _l("Envoyez de nouveau : rien ne sera enregistré deux fois.")
NOT_SENT: Final = _l(
    "Ce que vous avez écrit n’est pas envoyé. Vos mots sont ici\u00a0: copiez-les pour les garder."
)
#: Seconds after which a program may ask again.
RETRY_AFTER: Final = 30
#: What is never shown again: passwords, codes, and what proves who somebody is.
NEVER_ECHOED: Final = frozenset({"password", "again", "current", "code", "card", "proof", "receipt"})


def problem_page(status: int, sentence: LazyString | str | None = None) -> tuple[str, int]:
    """The page of an error, which says what happened and what to do."""
    known = status if status in TITLES else (500 if status >= 500 else 400)
    page = render_template(
        "layouts/problem.html",
        status=status,
        title=TITLES[known],
        sentence=sentence or SENTENCES[known],
    )
    return page, status


#: What a form holds that nobody typed.
_NOT_TYPED: Final = frozenset(
    {"csrf_token", "version", "draft_version", idempotency.FIELD, idempotency.FILES}
)


def _typed() -> tuple[list[tuple[str, str]], bool]:
    """What the form of this request held, in its order, and whether it can leave again as it is.

    Where a secret was typed with it, only what was written in words comes back, to be copied: sent again without the
    secret, it would do something else.
    """
    if request.method != "POST":
        return [], False
    given = [(name, value) for name, value in request.form.items(multi=True) if value]
    if not NEVER_ECHOED & {name for name, _value in given}:
        return given, True
    return [
        (name, value) for name, value in given if name not in NEVER_ECHOED and " " in value.strip()
    ], False


def _words_to_copy() -> list[tuple[str, str]]:
    """What was written in words in a form of this site, to be copied: what it was about is gone."""
    if request.method != "POST" or not from_this_site():
        return []
    return [
        (name, value)
        for name, value in _typed()[0]
        if name not in NEVER_ECHOED | _NOT_TYPED and " " in value.strip()
    ]


def gone_page(sentence: LazyString | str | None = None) -> Response:
    """The page of what is not there, or went while somebody wrote about it: their words come back."""
    words = _words_to_copy()
    page = render_template(
        "layouts/problem.html",
        status=404,
        title=TITLES[404],
        sentence=sentence or SENTENCES[404],
        not_sent=NOT_SENT if words else None,
        typed=words,
        whole=False,
        files=names_of_files() if words else "",
    )
    response = make_response(page, 404)
    if words:
        response.headers["Cache-Control"] = "no-store"
    return response


def error_page(status: int, sentence: LazyString | str | None = None) -> tuple[str, int] | Response:
    """The page of what a view refused."""
    return gone_page(sentence) if status == 404 else problem_page(status, sentence)


def names_of_files() -> str:
    """The names of the files that came with the form of this request, in one line; empty without any."""
    return ", ".join(file.filename for _name, file in request.files.items(multi=True) if file.filename)


def own_address(said: str) -> SplitResult | None:
    """The parts of a whole address of this site, as a browser says it; None for any other, and for what is none."""
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    return parts if (parts.scheme, parts.netloc) == (request.scheme, request.host) else None


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
        return own_address(sender) is not None
    return current_app.config["SESSION_COOKIE_NAME"] not in request.cookies


def came_from() -> str | None:
    """The address of the page of this site that the form was on, where the browser says it."""
    said = own_address(request.referrer or "")
    if request.method != "POST" or said is None:
        return None
    return urlunsplit(("", "", said.path, said.query, "")) if said.path[:1] == "/" != said.path[1:2] else None


def _outcome_unknown(*, typed: bool, whole: bool, idempotent: bool) -> LazyString:
    """What to do where nobody knows whether an act stands."""
    if whole and idempotent:
        return SAFE_TO_REPEAT
    return LOOK_AND_COPY if typed and not whole else NOBODY_KNOWS


def unavailable_page(*, unknown: bool = False) -> Response:
    """The page of a database that does not answer: it keeps what was typed. `unknown`: the act may stand.

    Asks the database nothing.
    """
    g.page_key = g.tag_numbers = None  # no part of the page asks for what it keeps
    note_actor(None)  # who is signed in stands in the database
    typed, whole = _typed()
    # What bears a key is done once, and answers the same.
    idempotent = any(name == idempotency.FIELD for name, _value in typed)
    files = (
        idempotency.files_hash(request.files.items(multi=True)) if unknown and idempotent and whole else ""
    )
    if files:
        typed.append((idempotency.FILES, files))
    kept = (KEPT_HERE if whole else COPY_IT) if typed else SENTENCES[503]
    page = render_template(
        "layouts/problem.html",
        status=503,
        title=CUT if unknown else TITLES[503],
        sentence=_outcome_unknown(typed=bool(typed), whole=whole, idempotent=idempotent) if unknown else kept,
        look_at=came_from() if unknown and not (whole and idempotent) else None,
        typed=typed,
        whole=whole,
        files=names_of_files() if typed else "",
    )
    response = make_response(page, 503)
    g.retry_after = RETRY_AFTER
    response.headers["Cache-Control"] = "no-store"
    return response


def signed_out_page(sign_in: str) -> Response | None:
    """The page of a form whose sender is signed in no more, with what was typed; None where nothing was.

    `sign_in`: where they come in again, in another tab. Sent again from here, the form has no valid token any more:
    its view shows it once more with all that was typed (`forms.protection.keeps_form`).
    """
    typed, whole = _typed()
    if all(name in _NOT_TYPED for name, _value in typed):
        return None
    page = render_template(
        "layouts/problem.html",
        status=403,
        title=SIGNED_OUT,
        sentence=SIGN_IN_AND_SEND if whole else SIGN_IN_AND_COPY,
        sign_in=sign_in,
        typed=typed,
        whole=whole,
        files=names_of_files(),
    )
    response = make_response(page, 403)
    response.headers["Cache-Control"] = "no-store"
    return response


def without_words(error: BaseException) -> str:
    """What went wrong and where, for a log: kinds of errors and lines of code.

    Never the words of an error: a database says which address was there already, a parser what was typed.
    """
    told: list[str] = []
    one: BaseException | None = error
    while one is not None:
        told += [type(one).__name__, *(line.rstrip() for line in traceback.format_tb(one.__traceback__))]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(told)


def say_when(refused: DomainError) -> None:
    """Let the answer say when another try may go through (`Retry-After`), where the refusal knows.

    A view that shows its form again calls it by `StaffForm.refuse_act`; an error that leaves a view is told of here.
    """
    if isinstance(refused, TryLater):
        g.retry_after = refused.seconds


def register(app: Flask) -> None:
    """Map errors to pages."""

    @app.after_request
    def write_when(response: Response) -> Response:
        if "retry_after" in g and response.status_code >= 400:
            response.headers["Retry-After"] = str(g.retry_after)
        return response

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> tuple[str, int] | Response:
        say_when(error)
        return error_page(error.status, error.sentence)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException | Response:
        if error.code is None or error.code < 400:
            return error
        return error_page(error.code)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int] | Response:
        reason = reason_unavailable(error)
        if reason is not None:
            app.logger.error("the database could not answer at %s: %s", request.endpoint, reason)
            return unavailable_page(unknown=isinstance(error, OutcomeUnknown))
        if app.extensions["settings"].development:
            app.logger.error("unexpected error at %s", request.endpoint, exc_info=error)
        else:
            app.logger.error("unexpected error at %s: %s", request.endpoint, without_words(error))
        if app.testing:
            raise error
        g.page_key = g.tag_numbers = None
        return problem_page(500)
