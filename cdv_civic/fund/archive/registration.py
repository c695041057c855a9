"""What the application takes from votes of the past."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import FOOTER, MenuEntry, navigation_of
from cdv_civic.fund.archive import views
from cdv_civic.fund.archive.elections import ARCHIVED


def register(app: Flask) -> None:
    """Their pages, and a link at the foot of each page where there are any."""
    app.register_blueprint(views.blueprint)
    navigation_of(app).add_entry(
        FOOTER,
        MenuEntry("votes.index", _l("Votes passés"), order=45, when=lambda: bool(ARCHIVED.entries())),
    )
