"""What the application takes from this feature."""

from flask import Blueprint, Flask

from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import FOOTER, HOME, MenuEntry, navigation_of
from cdv_civic.pages import follows, wording
from cdv_civic.pages.views import (
    bodies,
    body_numbers,
    contracts,
    organisations,
    places,
    robots,
    site_pages,
    words,
)


def register(app: Flask) -> None:
    """Home, quartiers, contracts, organisations, words, and the pages every site has."""
    blueprint = Blueprint("pages", __name__)
    for views in (places, contracts, bodies, organisations, words, site_pages, robots):
        views.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(body_numbers.blueprint)
    wording.register(app)
    follows.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations(
        {
            HOME: "pages.home",
            "current_activities": "pages.current",
            "quartiers": "pages.quartiers",
            "quartier": "pages.quartier",
            "contract": "pages.contract",
            "organisation": "pages.organisation",
            "body": "pages.body",
            "glossary": "pages.glossary",
            "privacy": "pages.privacy",
            "web_manifest": "pages.manifest",
        }
    )
    for entry in (
        MenuEntry("pages.contracts", _l("Les contrats de ville"), order=10),
        MenuEntry("pages.glossary", _l("Les mots expliqués"), order=20),
        MenuEntry("pages.accessibility", _l("Accessibilité"), order=30),
        MenuEntry("pages.privacy", _l("Vie privée"), order=40),
        MenuEntry("pages.legal", _l("Mentions légales"), order=50),
    ):
        navigation.add_entry(FOOTER, entry)
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("body_numbers.show", _l("Chiffres"), order=70, icon="chart-line", action="body.read"),
    )
