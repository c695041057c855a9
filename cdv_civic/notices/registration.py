"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web import health
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.notices import replay, views, work
from cdv_civic.notices.follows import replay as replay_of_follows
from cdv_civic.notices.follows import topics as topics_of_follows
from cdv_civic.notices.follows.personal_data import PERSONAL_PARTS
from cdv_civic.notices.personal_data import PERSONAL_PART
from cdv_civic.notices.queries import stuck_since
from cdv_civic.notices.topics import ACCOUNT, WATCH, register_topic


def register(app: Flask) -> None:
    """The page of mails that could not be sent and, while developing, the one of all mails; what accounts follow."""

    def stuck() -> str | None:
        since = stuck_since()
        return f"nothing has left since {since:%Y-%m-%d %H:%M} UTC" if since else None

    health.add_check(app, "messages", stuck)
    app.register_blueprint(views.blueprint)
    for topic in (ACCOUNT, WATCH):
        register_topic(app, topic)
    topics_of_follows.register(app)
    for part in (PERSONAL_PART, *PERSONAL_PARTS):
        register_part(app, part)
    replay.register(app)
    work.register(app)
    replay_of_follows.register(app)
    navigation_of(app).add_entry(
        DESK_MENU,
        MenuEntry("notices.given_up", _l("Messages"), order=90, icon="mail", action="notice.manage"),
    )
