"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web import health
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.notices import replay, views, work
from cdv_civic.notices.personal_data import PERSONAL_PART
from cdv_civic.notices.queries import stuck_since


def register(app: Flask) -> None:
    """The page of mails that could not be sent and, while developing, the one of all mails."""

    def stuck() -> str | None:
        since = stuck_since()
        return f"nothing has left since {since:%Y-%m-%d %H:%M} UTC" if since else None

    health.add_check(app, "messages", stuck)
    app.register_blueprint(views.blueprint)
    register_part(app, PERSONAL_PART)
    replay.register(app)
    work.register(app)
    navigation_of(app).add_entry(
        DESK_MENU,
        MenuEntry("notices.given_up", _l("Messages"), order=90, icon="mail", action="notice.manage"),
    )
