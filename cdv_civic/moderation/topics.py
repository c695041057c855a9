"""What the letters of moderation are about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

#: Whoever refuses them finds each decision on the page of their receipt, or in their account.
DECISIONS: Final = Topic("decisions", _l("Les décisions sur ce que vous avez écrit ou signalé"))


def register(app: Flask) -> None:
    """Declare it."""
    register_topic(app, DECISIONS)
