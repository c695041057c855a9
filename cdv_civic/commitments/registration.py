"""What the application takes from this feature."""

from typing import Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.commitments import drafts, follows, presentation, replay, views, work
from cdv_civic.commitments.desk import (  # noqa: F401  (their routes)
    commitment,
    editing,
    linking,
    measuring,
    progress,
    publishing,
    table,
    themes,
    translating,
    wording,
    work_list,
)
from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.models import Commitment, Evidence, Indicator, Progress
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.participation.linked import register_things
from cdv_civic.participation.rules.links import ThingKind
from cdv_civic.territory.models import Axis

_WITHDRAWN: Final = Progress.withdrawn_at.is_not(None)

_TEXTS: Final = (
    TextKind(
        "commitment",
        "commitments",
        _l("Titres des engagements"),
        ("title",),
        hidden=lambda: select(Commitment.id).where(Commitment.retired_at.is_not(None)),
    ),
    TextKind(
        "progress",
        "commitments",
        _l("Nouvelles des engagements"),
        ("sentence", "detail"),
        hidden=lambda: select(Progress.id).where(_WITHDRAWN),
    ),
    TextKind(
        "evidence",
        "commitments",
        _l("Photos et documents des engagements"),
        ("caption",),
        hidden=lambda: (
            select(Evidence.id).join(Progress, Progress.id == Evidence.progress_id).where(_WITHDRAWN)
        ),
    ),
    TextKind(
        "indicator",
        "commitments",
        _l("Noms des indicateurs"),
        ("name",),
        hidden=lambda: select(Indicator.id).where(Indicator.retired_at.is_not(None)),
    ),
    TextKind(
        "axis_origin",
        "commitments",
        _l("Comment les parties du contrat ont été écrites"),
        ("note",),
        hidden=lambda: select(Axis.id).where(Axis.retired_at.is_not(None)),
    ),
)


def register(app: Flask) -> None:
    """Public pages of commitments and the desk where staff keep them."""
    presentation.register(app)
    register_things(app, ThingKind.COMMITMENT, presentation.named_commitments)
    drafts.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    replay.register(app)
    for kind in _TEXTS:
        register_text_kind(app, kind)
    work.register(app)
    follows.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations({"search": "commitments.index"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("commitments_desk.table", _l("Engagements"), order=20, icon="table", action="desk.read"),
    )
