"""What the application takes from the public pages of consultations."""

from flask import Flask

from cdv_civic.consultations.public import activities, follows, links, search, views, wording
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import FOOTER, MenuEntry, navigation_of


def register(app: Flask) -> None:
    """The list, the page of one, what is open now, what can be followed and looked for, and names for links."""
    app.register_blueprint(views.blueprint)
    wording.register(app)
    activities.register(app)
    follows.register(app)
    links.register(app)
    search.register(app)
    navigation_of(app).add_entry(FOOTER, MenuEntry("consultations.index", _l("Les consultations"), order=5))
