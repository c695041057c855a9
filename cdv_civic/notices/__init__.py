"""The outbox: mails are written in the transaction of the act they tell of, and sent by a job."""

from flask import Flask


def register(app: Flask) -> None:
    """The page of mails that could not be sent and, while developing, the one of all mails."""
    from cdv_civic.notices import views

    app.register_blueprint(views.blueprint)
