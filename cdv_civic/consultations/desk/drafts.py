"""Which form of a consultation keeps drafts: the long one, of what it says of itself."""

from functools import partial
from typing import Final

from flask import Flask

from cdv_civic.consultations.draft_places import places_at
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.drafts.kinds import DraftKind, register_draft_kind

SETTINGS: Final = "consultation.settings"


def register(app: Flask) -> None:
    """Declare it."""
    register_draft_kind(
        app,
        DraftKind(
            SETTINGS,
            _l("Une consultation à préparer"),
            "consultation.edit",
            partial(places_at, "consultations_desk.settings"),
        ),
    )
