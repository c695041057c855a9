"""What the engine takes from comments."""

from flask import Flask
from sqlalchemy import Select, select

from cdv_civic.consultations.engine.kinds import StepKind, StepResults, register_step_kind
from cdv_civic.consultations.kinds.comments import (
    desk,
    moderated,
    operations,
    personal_data,
    replay,
    results,
    views,
    wording,
)
from cdv_civic.consultations.kinds.comments.models import CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.queries.steps import KIND, readable_now
from cdv_civic.consultations.kinds.comments.rules import TAKES
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.moderation.kinds import ModeratedKind, register_kind
from cdv_civic.participation.receipts import register_page


def steps_kept_back() -> Select[int]:
    """Steps whose document is under embargo: what is said before it may tell what it says."""
    return select(CommentStep.step_id).where(~readable_now())


def _titles_kept_back() -> Select[int]:
    """Steps whose document is under embargo: whoever translates reads it once everybody does."""
    return select(CommentStep.id).where(~readable_now())


def _passages_kept_back() -> Select[int]:
    """The same of their passages."""
    return (
        select(CommentedThing.id)
        .join(CommentStep, CommentStep.step_id == CommentedThing.step_id)
        .where(~readable_now())
    )


def register(app: Flask) -> None:
    """Declare the kind, its pages, and what moderators read."""
    wording.register(app)
    register_step_kind(
        app,
        StepKind(
            code=KIND,
            label=wording.LABEL,
            meaning=wording.MEANING,
            icon=wording.ICON,
            takes=TAKES,
            template="",
            paper_template="",
            check=wording.shortcomings,
            results=StepResults(
                results.build, results.shown, "consultations/comments/results.html", results.lines
            ),
            settings_endpoint="consultation_comments_desk.settings",
            settings_label=_l("Choisir ce que l’on commente"),
            ways_in=views.ways_in,
            sheet=results.on_paper,
        ),
    )
    register_kind(
        app,
        ModeratedKind(
            operations.KIND,
            _l("Commentaire"),
            wording.ICON,
            moderated.said_texts,
            moderated.authors,
            operations.case_changed,
            case_of_receipt=moderated.case_of_receipt,
        ),
    )
    register_text_kind(
        app,
        TextKind(
            "consultation_comment_step",
            "consultations",
            _l("Titres des documents à commenter"),
            ("title",),
            hidden=_titles_kept_back,
        ),
    )
    register_text_kind(
        app,
        TextKind(
            "consultation_commented",
            "consultations",
            _l("Passages des documents à commenter"),
            ("text",),
            hidden=_passages_kept_back,
        ),
    )
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    personal_data.register(app)
    replay.register(app)
    register_page(app, "consultation_comments", views.followed_page)
