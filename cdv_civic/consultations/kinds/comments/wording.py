"""Comments in words."""

from typing import Any, Final

from flask import Flask

from cdv_civic.commitments.wording import value_text
from cdv_civic.consultations.kinds.comments import rules
from cdv_civic.consultations.kinds.comments.queries.steps import step_counts
from cdv_civic.consultations.kinds.comments.queries.things import Figure
from cdv_civic.consultations.kinds.comments.rules import CommentShortcoming, SubjectKind
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.moderation.rules.decisions import TextState

ICON: Final = "message-2"
LABEL: Final = _l("Des commentaires")
MEANING: Final = _l("Commenter un engagement, un chiffre, ou un document passage par passage.")
SAID: Final = {
    CommentShortcoming.NOTHING: _l(
        "Ajoutez ce que l’on peut commenter\u00a0: un engagement, un chiffre ou un document."
    ),
    CommentShortcoming.GONE: _l("Retirez de cette étape ce qui n’est plus public."),
    CommentShortcoming.EMBARGO_BEYOND_CLOSING: _l(
        "L’embargo doit finir avant la fermeture\u00a0: tout le monde doit pouvoir commenter."
    ),
}
KINDS_SAID: Final = {
    SubjectKind.COMMITMENT: (_l("Un engagement"), "circle-check"),
    SubjectKind.FIGURE: (_l("Un chiffre"), "chart-line"),
    SubjectKind.PASSAGE: (_l("Un passage"), "file-text"),
}
#: What became of a comment, by the state of its case.
STATES_SAID: Final = {
    TextState.WAITING: _l("Une personne va le lire"),
    TextState.PUBLISHED: _l("Votre commentaire est publié"),
    TextState.REWORDING: _l("À écrire autrement"),
    TextState.HIDDEN: _l("Votre commentaire n’est pas montré"),
    TextState.MERGED: _l("Réuni avec un autre commentaire"),
    TextState.TAKEN_BACK: _l("Vous avez retiré votre commentaire"),
}


def figure_said(figure: Figure) -> str:
    """The value of a figure as people write it in the language of the request."""
    return value_text(
        figure.value_kind,
        number=figure.number,
        text=figure.text,
        unit=figure.unit,
        locale=current_language().tag,
    )


def shortcomings(step: ShownStep) -> list[Any]:
    """What a step lacks before it can be asked; 1 statement."""
    row = step_counts(step.id)
    return [SAID[each] for each in rules.shortcomings(row.things, row.gone, row.embargo_until, row.closes_at)]


def register(app: Flask) -> None:
    """What templates ask for."""
    app.jinja_env.filters.update(figure_said=figure_said)
    app.jinja_env.globals.update(commented_kinds=KINDS_SAID)
