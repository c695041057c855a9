"""Public pages that bring several features together."""

from flask import Flask


def register(app: Flask) -> None:
    """Home, quartiers, contracts, organisations, words, and the pages every site has."""
    from cdv_civic.pages import wording
    from cdv_civic.pages.views import blueprint, contracts, house, organisations, places, robots, words

    for room in (places, contracts, organisations, words, house, robots):
        room.add_routes(blueprint)
    app.register_blueprint(blueprint)
    wording.register(app)
