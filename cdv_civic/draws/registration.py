"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import MenuEntry, navigation_of
from cdv_civic.draws import replay, views, work
from cdv_civic.draws.criteria import said_criterion
from cdv_civic.draws.desk import candidates, drawing, preparing, publishing  # noqa: F401  (their routes)
from cdv_civic.draws.desk.blueprint import blueprint


def register(app: Flask) -> None:
    """The desk of draws, and their public pages."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    app.jinja_env.filters["said_criterion"] = said_criterion
    replay.register(app)
    work.register(app)
    navigation_of(app).add_entry(
        BODY_MENU, MenuEntry("draws_desk.show", _l("Tirages"), order=30, icon="list-check", action="draw.run")
    )
