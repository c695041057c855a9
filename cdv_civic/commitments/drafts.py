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


#: What follows the commitment in the owner of a draft about an older fact: its form takes other states.
OLDER: Final = "older"


def _described(endpoint: str) -> Callable[[Sequence[str], str], dict[str, DraftPlace]]:
    def describe(owners: Sequence[str], language: str) -> dict[str, DraftPlace]:
        ids = numbers_in(owner.split(":")[0] for owner in owners)
        titles = {str(each.id): each.title for each in titled(ids, language)}
        found = {}
        for owner in owners:
            commitment_id, *older = owner.split(":")
            if commitment_id in titles:
                page: dict[str, object] = {"commitment_id": int(commitment_id)}
                if older == [OLDER]:
                    page["passe"] = 1
                found[owner] = DraftPlace(titles[commitment_id], "", (endpoint, page))
        return found

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
