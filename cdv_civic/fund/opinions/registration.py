"""What the application takes from opinions on projects."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.opinions import desk, drafts, work
from cdv_civic.fund.project_words import cents_text


def register(app: Flask) -> None:
    """The desk of opinions, its drafts, and what waits there."""
    app.register_blueprint(desk.blueprint)
    app.jinja_env.filters["cents"] = cents_text
    drafts.register(app)
    work.register(app)
    navigation_of(app).add_entry(
        DESK_MENU,
        MenuEntry("opinions_desk.index", _l("Avis"), order=41, icon="message-2", action="opinion.read"),
    )
