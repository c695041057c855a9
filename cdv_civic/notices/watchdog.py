"""Saying aloud that nothing leaves: who waits for a link cannot, and whoever could help looks at the log."""

from flask import current_app

from cdv_civic.notices import queries


def tell_what_is_stuck() -> None:
    """Log one line, without a word about a person, where messages are due and none has left for MAIL_STUCK_MINUTES."""
    since = queries.stuck_since()
    if since is not None:
        current_app.logger.error(
            "messages are due, and none has left since %s: look at the server of SMTP_URL or SMS_URL",
            since.isoformat(timespec="minutes"),
        )
