"""Personal cards: a printed code and its QR, for those who have no e-mail and no telephone of their own."""

from flask import Flask


def register(app: Flask) -> None:
    """The page that a card opens, the desk that prints them, and what « Mes données » holds of them."""
    from cdv_civic.cards import desk, views
    from cdv_civic.cards.entry import PERSONAL_PART, WAY_IN
    from cdv_civic.cards.telling import news_of_cards
    from cdv_civic.people.news import register_news
    from cdv_civic.people.personal import register_part
    from cdv_civic.people.ways import register_way

    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    register_part(app, PERSONAL_PART)
    register_way(app, WAY_IN)
    register_news(app, news_of_cards)
