"""The answer to a consultation is kept while it is written."""

from functools import partial
from typing import Final

from flask import Flask

from cdv_civic.consultations.draft_places import places_at
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.drafts.kinds import DraftKind, register_draft_kind

REPLY: Final = "consultation.reply"


def register(app: Flask) -> None:
    """Declare it."""
    register_draft_kind(
        app,
        DraftKind(
            REPLY,
            _l("La réponse à une consultation"),
            "consultation.edit",
            partial(places_at, "consultation_restitution_desk.edit"),
        ),
    )
