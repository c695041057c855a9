"""What the application takes from subsidies."""

from flask import Flask

from cdv_civic.core.web.navigation import navigation_of
from cdv_civic.fund.subsidies.views import blueprint, desk


def register(app: Flask) -> None:
    """Their files, and the page of what is not in them."""
    app.register_blueprint(blueprint)
    app.register_blueprint(desk)
    navigation_of(app).add_destinations(
        {"fund_subsidies": "fund_subsidies.index", "subsidies_left_out": "subsidies_desk.not_published"}
    )
