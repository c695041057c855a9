"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.news import register_news
from cdv_civic.accounts.other_ways_in import register_way
from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.cards import desk, replay, views
from cdv_civic.cards.entry import PERSONAL_PART, WAY_IN
from cdv_civic.cards.telling import news_of_cards


def register(app: Flask) -> None:
    """The page that a card opens, the desk that prints them, and what « Mes données » holds of them."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    register_part(app, PERSONAL_PART)
    register_way(app, WAY_IN)
    register_news(app, news_of_cards)
    replay.register(app)
