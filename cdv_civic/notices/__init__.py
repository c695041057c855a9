"""The outbox: mails and text messages are written in the transaction of the act they tell of, and sent by a job."""

from flask import Flask


def register(app: Flask) -> None:
    """The page of mails that could not be sent and, while developing, the one of all mails."""
    from cdv_civic.core import health
    from cdv_civic.notices import views
    from cdv_civic.notices.personal import PERSONAL_PART
    from cdv_civic.notices.queries import stuck_since
    from cdv_civic.people.personal import register_part

    def stuck() -> str | None:
        since = stuck_since()
        return f"nothing has left since {since:%Y-%m-%d %H:%M} UTC" if since else None

    health.add_check(app, "messages", stuck)
    app.register_blueprint(views.blueprint)
    register_part(app, PERSONAL_PART)
