"""What the application takes from the desk of funds."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.desk import funds, replay, rounds  # noqa: F401  (their routes)
from cdv_civic.fund.desk.blueprint import blueprint


def register(app: Flask) -> None:
    """Its pages, its entry in the menu, and how its lines of the ledger are done again."""
    replay.register(app)
    app.register_blueprint(blueprint)
    navigation_of(app).add_entry(
        DESK_MENU, MenuEntry("funds_desk.index", _l("Fonds"), order=38, icon="coin", action="fund.edit")
    )
