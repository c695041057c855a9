"""What the letters about words of residents are about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

ANSWERS: Final = Topic(
    "answers",
    _l("La réponse à ce que vous avez dit à un groupe"),
)
TRANSMITTED: Final = Topic(
    "transmitted",
    _l("Les messages qui attendent la réponse de votre organisme"),
    action="voice.reply",
    of_role=True,
)
REPLIES: Final = Topic(
    "replies",
    _l("Les réponses des organismes, à envoyer aux personnes"),
    action="voice.answer",
    of_role=True,
)


def register(app: Flask) -> None:
    """Declare them."""
    for topic in (ANSWERS, TRANSMITTED, REPLIES):
        register_topic(app, topic)
