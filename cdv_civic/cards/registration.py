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


def register(app: Flask) -> None:
    """The page that a card opens, the desk that prints them, and what « Mes données » holds of them."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    register_part(app, PERSONAL_PART)
    register_way(app, WAY_IN)
    register_news(app, news_of_cards)
    replay.register(app)
