"""What the application takes from recorded voices."""

from flask import Flask

from cdv_civic.consultations.recordings import personal_data, replay, views


def register(app: Flask) -> None:
    """The pages, the files, what is kept about a person, and what a restore does again."""
    personal_data.register(app)
    replay.register(app)
    app.register_blueprint(views.files)
    app.register_blueprint(views.desk)
