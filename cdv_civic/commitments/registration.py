"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.commitments import follows, presentation, replay, views
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
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, LandingPage, MenuEntry, navigation_of


def register(app: Flask) -> None:
    """Public pages of commitments and the desk where staff keep them."""
    presentation.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    replay.register(app)
    follows.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations({"search": "commitments.index"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("commitments_desk.worklist", _l("À faire"), order=10, icon="inbox", action="desk.read"),
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("commitments_desk.table", _l("Engagements"), order=20, icon="table", action="desk.read"),
    )
    navigation.add_landing(LandingPage("commitments_desk.worklist", action="desk.read", order=10))
