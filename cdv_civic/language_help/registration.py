"""What the application takes from this feature."""

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, HELP, MenuEntry, navigation_of
from cdv_civic.language_help import desk, views
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.language_help.queries import is_there_help


def register(app: Flask) -> None:
    """The public page, the desk, and a link under each page whose readers find something there."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    register_text_kind(
        app,
        TextKind(
            "language_help",
            "language_help",
            _l("Services qui parlent d’autres langues"),
            ("what", "hours"),
            hidden=lambda: select(LanguageHelp.id).where(LanguageHelp.withdrawn_at.is_not(None)),
        ),
    )
    navigation = navigation_of(app)
    navigation.add_destinations({"language_help": "language_help.page"})
    navigation.add_entry(
        HELP,
        MenuEntry(
            "language_help.page",
            _l("Quelqu’un parle votre langue"),
            order=10,
            icon="language",
            when=lambda: is_there_help(current_language().tag, SOURCE_LANGUAGE),
        ),
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "language_help_desk.table",
            _l("Aide dans les langues"),
            order=75,
            icon="language",
            action="language_help.edit",
        ),
    )
