"""What the application takes from the answers to consultations."""

from typing import Final

from flask import Flask

from cdv_civic.consultations.restitution import drafts, replay, topics, views, wording, work
from cdv_civic.consultations.restitution.desk import blueprint as desk_blueprint
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind

_TEXTS: Final = (
    TextKind("restitution", "consultations", _l("Réponses aux consultations"), ("said", "next", "signed")),
    TextKind(
        "restitution_point",
        "consultations",
        _l("Ce que deviennent les avis des habitantes et des habitants"),
        ("said", "reason"),
    ),
)


def register(app: Flask) -> None:
    """The public page, the desk, its texts, its letters, and what waits."""
    for kind in _TEXTS:
        register_text_kind(app, kind)
    wording.register(app)
    topics.register(app)
    drafts.register(app)
    replay.register(app)
    work.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk_blueprint)
