"""The blueprint of the moderators' desk, and the place whose texts a page shows."""

from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from sqlalchemy import ColumnElement

from cdv_civic.core.db import db
from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy.decisions import FORBIDDEN, reach_of, require
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.moderation.operations.locking import OF_A_BODY, OF_STAFF
from cdv_civic.moderation.queries.places import ModeratedPlace, moderated_body, staff_place
from cdv_civic.moderation.queries.queue import of_body, of_staff
from cdv_civic.territory.scopes import touched_body

blueprint = desk_blueprint("moderation_desk", __name__, "")


@dataclass(frozen=True)
class DeskPlace:
    """Whose texts are read: a body's, or those that staff reads in a contract."""

    place: ModeratedPlace
    #: The condition that a `ModeratedText` is one of them, within reach of whoever asks.
    texts: ColumnElement[bool]

    @property
    def name(self) -> str:
        """As its people call it."""
        return self.place.name

    @property
    def body_id(self) -> int | None:
        """None where staff reads."""
        return self.place.body_id

    def url(self, page: str, **more: Any) -> str:
        """The address of one of its pages: "queue", "one", "decide", "publish_many", "photo"."""
        if self.place.body_id is not None:
            return url_for(f"moderation_desk.{page}", body_id=self.place.body_id, **more)
        return url_for(f"moderation_desk.staff_{page}", contract_id=self.place.contract_id, **more)


def body_at_desk(body_id: int) -> DeskPlace:
    """The body of a page, for whoever moderates it; 404 or `Forbidden` otherwise. 3 statements."""
    place = moderated_body(body_id)
    if place is None:
        abort(404)
    require(actor(), OF_A_BODY, touched_body(db.session(), body_id))
    return DeskPlace(place, of_body(body_id))


def staff_at_desk(contract_id: int) -> DeskPlace:
    """The texts that staff reads in a contract, within reach of whoever asks; `Forbidden` otherwise. 1 statement."""
    reach = reach_of(actor(), OF_STAFF)
    place = staff_place(contract_id, reach)
    if place is None:
        raise Forbidden(FORBIDDEN)
    return DeskPlace(place, of_staff(reach, contract_id))
