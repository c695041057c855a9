"""The blueprint of the desk of results, and what its pages share."""

from flask import abort, redirect, url_for

from cdv_civic.consultations.results.queries.heads import ResultsHead, results_head
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.model import Touched
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint

blueprint = desk_blueprint("consultation_results_desk", __name__, "/consultations/<slug>/resultats")


class AtDesk:
    """A consultation of a page of the desk, and what the person there may do with it."""

    def __init__(self, head: ResultsHead, touched: Touched) -> None:
        self.head = head
        self.edits = may(actor(), "consultation.edit", touched)
        self.reads_words = may(actor(), "consultation.words", touched)


def at_desk(slug: str, action: str) -> AtDesk:
    """The consultation of a page; 404 where there is none, or `Forbidden`. 4 statements at most."""
    head = results_head(slug, current_language().tag)
    if head is None:
        abort(404)
    touched = touched_consultation(db.session(), head)
    require(actor(), action, touched)
    return AtDesk(head, touched)


def to_desk(slug: str) -> Answer:
    """Lead to the results at the desk."""
    return redirect(url_for("consultation_results_desk.show", slug=slug), 303)
