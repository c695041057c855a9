"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.web.navigation import navigation_of
from cdv_civic.drafts import replay, views
from cdv_civic.drafts.personal_data import PERSONAL_PART


def register(app: Flask) -> None:
    """The pages of drafts, and what is kept of them about a person."""
    app.register_blueprint(views.blueprint)
    register_part(app, PERSONAL_PART)
    replay.register(app)
    navigation_of(app).add_destinations({"drafts": "drafts.mine"})
