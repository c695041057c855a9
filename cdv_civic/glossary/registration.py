"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.glossary import views, work


def register(app: Flask) -> None:
    """The staff's pages of words; the public one is among the public pages."""
    app.register_blueprint(views.blueprint)
    register_text_kind(
        app, TextKind("glossary_entry", "glossary", _l("Explications des mots"), ("explanation",))
    )
    work.register(app)
    navigation_of(app).add_entry(
        DESK_MENU,
        MenuEntry("glossary.table", _l("Mots"), order=70, icon="letter-case", action="glossary.translate"),
    )
