"""Every error in one place: a status, a sentence in the reader's language, and a way on."""

import traceback
from http import HTTPStatus

from flask import Flask, g, render_template, request
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from cdv_civic.core.errors import DomainError, TryLater
from cdv_civic.core.i18n import lazy_gettext as _l

TITLES = {
    400: _l("Cette demande n’est pas complète"),
    403: _l("Vous ne pouvez pas ouvrir cette page"),
    404: _l("Cette page n’existe pas"),
    405: _l("Cette page ne s’ouvre pas de cette façon"),
    413: _l("Ce que vous envoyez est trop lourd"),
    429: _l("Trop d’essais"),
    500: _l("Le site a un problème"),
}
SENTENCES = {
    400: _l("Revenez à la page d’avant et recommencez. Ce que vous avez écrit y est encore."),
    403: _l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe."),
    404: _l(
        "L’adresse est peut-être mal écrite, ou la page a changé de place. Cherchez votre quartier ci-dessous."
    ),
    405: _l("Revenez à la page d’avant et recommencez."),
    413: _l(
        "Revenez à la page d’avant : ce que vous avez écrit y est encore. "
        "Choisissez des fichiers de moins de 10 Mo chacun."
    ),
    429: _l("Attendez quelques minutes, puis essayez de nouveau."),
    500: _l("Ce n’est pas de votre faute. Attendez quelques minutes, puis essayez de nouveau."),
}


def problem_page(status: int, sentence: LazyString | str | None = None) -> tuple[str, int]:
    """The page of an error, which says what happened and what to do."""
    known = status if status in TITLES else (500 if status >= 500 else 400)
    page = render_template(
        "pages/problem.html",
        status=status,
        phrase=HTTPStatus(status).phrase,
        title=TITLES[known],
        sentence=sentence or SENTENCES[known],
    )
    return page, status


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


def register(app: Flask) -> None:
    """Map errors to pages."""

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> tuple[str, int, dict[str, str]]:
        waiting = {"Retry-After": str(error.seconds)} if isinstance(error, TryLater) else {}
        return *problem_page(error.status, error.sentence), waiting

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return problem_page(error.code)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int]:
        if app.extensions["settings"].development:
            app.logger.exception("unexpected error at %s", request.endpoint)
        else:
            app.logger.error("unexpected error at %s: %s", request.endpoint, without_words(error))
        if app.testing:
            raise error
        g.page_key = None
        return problem_page(500)
