"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.bodies import follows, presentation, replay, views, wording
from cdv_civic.bodies.desk import lists, meetings, menu, occurrences, publications  # noqa: F401  (their routes)
from cdv_civic.bodies.desk.blueprint import blueprint
from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, LandingPage, MenuEntry, navigation_of


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    wording.register(app)
    presentation.register(app)
    menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(blueprint)
    replay.register(app)
    follows.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("bodies_desk.table", _l("Instances"), order=30, icon="users-group", action="body.read"),
    )
    navigation.add_landing(LandingPage("bodies_desk.table", action="body.read", order=20))
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("bodies_desk.show", _l("Rencontres"), order=10, icon="calendar-event", action="body.read"),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("bodies_desk.publications", _l("Publications"), order=60, icon="news", action="body.read"),
    )
