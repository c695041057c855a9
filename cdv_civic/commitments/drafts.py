"""Which forms about commitments keep drafts: the news of one, and the change of what it says."""

from collections.abc import Callable, Sequence
from typing import Final

from flask import Flask

from cdv_civic.commitments.queries.titles import titled
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind

PROGRESS: Final = "progress.publish"
EDIT: Final = "commitment.edit"


def _described(endpoint: str) -> Callable[[Sequence[str], str], dict[str, DraftPlace]]:
    def describe(owners: Sequence[str], language: str) -> dict[str, DraftPlace]:
        return {
            str(each.id): DraftPlace(each.title, "", (endpoint, {"commitment_id": each.id}))
            for each in titled(numbers_in(owners), language)
        }

    return describe


def register(app: Flask) -> None:
    """Declare them."""
    for kind in (
        DraftKind(
            PROGRESS,
            _l("Une nouvelle d’un engagement"),
            "progress.publish",
            _described("commitments_desk.publish_progress"),
        ),
        DraftKind(
            EDIT, _l("Un engagement à modifier"), "commitment.edit", _described("commitments_desk.edit")
        ),
    ):
        register_draft_kind(app, kind)
