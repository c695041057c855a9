"""What followers are written about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

NEWS: Final = Topic(
    "news",
    _l("Les nouvelles de ce que vous suivez"),
    for_accounts=True,
)
REMINDERS: Final = Topic(
    "reminders",
    _l("Le rappel, la veille, d’une rencontre ou d’une date que vous suivez"),
    for_accounts=True,
)


def register(app: Flask) -> None:
    """Declare them."""
    register_topic(app, NEWS)
    register_topic(app, REMINDERS)
