"""What the mail that sums work up is about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

WORK: Final = Topic("work", _l("Le point sur ce qui vous attend au bureau"), action="work.read", of_role=True)


def register(app: Flask) -> None:
    """Declare it."""
    register_topic(app, WORK)
