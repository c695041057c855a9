"""What the letters about ideas are about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

IDEAS: Final = Topic("ideas", _l("Ce que devient l’idée que vous avez proposée"))


def register(app: Flask) -> None:
    """Declare it."""
    register_topic(app, IDEAS)
