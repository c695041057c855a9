"""Public pages that bring several features together."""

from flask import Blueprint, Flask


def register(app: Flask) -> None:
    """Home, quartiers, contracts, organisations, words, and the pages every site has."""
    from cdv_civic.pages import wording
    from cdv_civic.pages.views import contracts, house, organisations, places, robots, words

    blueprint = Blueprint("pages", __name__)
    for room in (places, contracts, organisations, words, house, robots):
        room.add_routes(blueprint)
    app.register_blueprint(blueprint)
    wording.register(app)
