"""What the application takes from results."""

from flask import Flask

from cdv_civic.consultations.results import replay, views
from cdv_civic.consultations.results.desk import correcting, late, reading, showing  # noqa: F401  (their routes)
from cdv_civic.consultations.results.desk.blueprint import blueprint


def register(app: Flask) -> None:
    """The public page of results, the desk, and what a restore does again."""
    replay.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(blueprint)
