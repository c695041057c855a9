"""What the letters about answers to consultations are about."""

from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.topics import Topic, register_topic

REPLIES: Final = Topic(
    "consultationreplies",
    _l("La réponse aux consultations où vous avez donné votre avis"),
    for_accounts=True,
)
DUE: Final = Topic(
    "consultationsdue",
    _l("Les consultations qui attendent bientôt leur réponse"),
    action="consultation.edit",
    of_role=True,
)


def register(app: Flask) -> None:
    """Declare them."""
    for topic in (REPLIES, DUE):
        register_topic(app, topic)
