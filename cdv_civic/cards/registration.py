"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.news import register_news
from cdv_civic.accounts.other_ways_in import register_way
from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.cards import replay, views
from cdv_civic.cards.desk import batches as _batches  # noqa: F401  (its routes)
from cdv_civic.cards.desk import lost as _lost  # noqa: F401
from cdv_civic.cards.desk.blueprint import blueprint
from cdv_civic.cards.letters import news_of_cards
from cdv_civic.cards.personal_data import PERSONAL_PART, WAY_IN
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of


def register(app: Flask) -> None:
    """The page that a card opens, the desk that prints them, and what « Mes données » holds of them."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    register_part(app, PERSONAL_PART)
    register_way(app, WAY_IN)
    register_news(app, "cards", news_of_cards)
    replay.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations({"card_sign_in": "cards.sign_in"})
    navigation.add_entry(
        DESK_MENU, MenuEntry("cards_desk.table", _l("Cartes"), order=60, icon="id", action="card.report")
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "cards_desk.lost",
            _l("Carte perdue"),
            order=65,
            icon="id",
            action="card.replace",
            unless="card.report",
        ),
    )
