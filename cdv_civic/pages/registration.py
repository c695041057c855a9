"""What the application takes from this feature."""

from flask import Blueprint, Flask

from cdv_civic.pages import wording
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
