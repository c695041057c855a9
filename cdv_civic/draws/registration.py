"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.draws import replay, views
from cdv_civic.draws.desk import candidates, drawing, preparing, publishing  # noqa: F401  (their routes)
from cdv_civic.draws.desk.routes import blueprint


def register(app: Flask) -> None:
    """The desk of draws, and their public pages."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
    replay.register(app)
