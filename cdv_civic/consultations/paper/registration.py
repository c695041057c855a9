"""What the application takes from the pages of paper."""

from flask import Flask

from cdv_civic.consultations.paper import replay, views
from cdv_civic.consultations.paper.desk import (  # noqa: F401  (routes)
    entering,
    evidence,
    posters,
    printing,
    tables,
)
from cdv_civic.consultations.paper.desk.blueprint import blueprint


def register(app: Flask) -> None:
    """The pages, the short address, and what a restore does again."""
    replay.register(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(views.blueprint)
