"""The way between the desk's pages of one body."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may
from cdv_civic.territory.scopes import touched_body

#: Endpoint (which takes `body_id`), label, icon, action. An endpoint that is not there yet shows no entry.
ENTRIES: Final[tuple[tuple[str, Any, str, str], ...]] = (
    ("bodies_desk.show", _l("Rencontres"), "calendar-event", "body.read"),
    ("seats_desk.show", _l("Membres"), "users", "seat.edit"),
    ("draws_desk.show", _l("Tirages"), "list-check", "draw.run"),
    ("voices_desk.show", _l("Parole"), "message-2", "voice.answer"),
    ("voices_desk.enter", _l("Noter"), "pencil", "voice.enter"),
    ("bodies_desk.publications", _l("Publications"), "news", "body.read"),
    ("body_numbers.show", _l("Chiffres"), "chart-line", "body.read"),
)


@dataclass(frozen=True)
class Entry:
    """One page of the body."""

    label: Any
    icon: str
    url: str
    current: bool


def body_desk_menu(body_id: int) -> list[Entry]:
    """The pages of a body that exist and that the person may read; 2 statements."""
    touched = touched_body(db.session(), body_id)
    return [
        Entry(label, icon, url_for(endpoint, body_id=body_id), request.endpoint == endpoint)
        for endpoint, label, icon, action in ENTRIES
        if endpoint in current_app.view_functions and may(current_user, action, touched)
    ]


def register(app: Flask) -> None:
    """Give the macro `desk_head` of templates/bodies/desk_head.html its entries."""
    app.jinja_env.globals.update(body_desk_menu=body_desk_menu)
