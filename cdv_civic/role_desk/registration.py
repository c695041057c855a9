"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.role_desk import work
from cdv_civic.role_desk.desk import accounts, inviting, permissions, roles, unused  # noqa: F401  (their routes)
from cdv_civic.role_desk.desk.blueprint import blueprint
from cdv_civic.role_desk.wording import words_of


def register(app: Flask) -> None:
    """The desk of accounts and roles."""
    app.register_blueprint(blueprint)
    work.register(app)
    navigation = navigation_of(app)
    navigation.add_destinations({"account_at_desk": "role_desk.show"})
    navigation.add_entry(
        DESK_MENU, MenuEntry("role_desk.table", _l("Comptes"), order=80, icon="users", action="role.grant")
    )
    app.jinja_env.globals["role_in_words"] = words_of
