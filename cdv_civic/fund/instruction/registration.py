"""What the application takes from the desk of projects."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.instruction import work
from cdv_civic.fund.instruction.desk import detail, export, lists  # noqa: F401  (their routes)
from cdv_civic.fund.instruction.desk.blueprint import blueprint
from cdv_civic.fund.scopes import INSTRUCT


def register(app: Flask) -> None:
    """Its pages, their place in the menu, and what waits."""
    work.register(app)
    app.register_blueprint(blueprint)
    navigation = navigation_of(app)
    navigation.add_destinations({"project_desk_page": "projects_desk.one"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("projects_desk.rounds", _l("Projets"), order=42, icon="clipboard-check", action=INSTRUCT),
    )
