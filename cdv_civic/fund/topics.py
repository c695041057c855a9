"""What the letters about projects are about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

PROJECTS: Final = Topic("projects", _l("Ce que devient le projet que vous avez proposé"))


def register(app: Flask) -> None:
    """Declare it."""
    register_topic(app, PROJECTS)
