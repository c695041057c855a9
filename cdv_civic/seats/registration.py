"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import MenuEntry, navigation_of
from cdv_civic.seats import desk, own, personal_data, replay


def register(app: Flask) -> None:
    """The desk of members, and a member's own part of « Mes données »."""
    app.register_blueprint(desk.blueprint)
    register_part(app, personal_data.PART)
    replay.register(app)
    own.register(app)
    navigation_of(app).add_entry(
        BODY_MENU, MenuEntry("seats_desk.show", _l("Membres"), order=20, icon="users", action="seat.edit")
    )
