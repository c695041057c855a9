"""The menu between the desk's pages of one body; each feature that has such a page adds it when it registers."""

from typing import Final

from flask import Flask, url_for
from flask_login import current_user

from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.web import navigation
from cdv_civic.territory.scopes import touched_body

#: Its pages take `body_id`.
BODY_MENU: Final = "body"


def body_desk_menu(body_id: int) -> list[navigation.MenuLink]:
    """The pages of a body that the person may read; 2 statements."""
    return navigation.menu(BODY_MENU, current_user, touched_body(db.session(), body_id), body_id=body_id)


def all_bodies_url(contract: str) -> str | None:
    """The list that a body stands in at the desk; None for whoever works with one of its pages alone."""
    return url_for("bodies_desk.table", contrat=contract) if may(current_user, "body.read") else None


def register(app: Flask) -> None:
    """Give the macro `desk_head` of templates/bodies/desk/head.html its entries and its way back."""
    app.jinja_env.globals.update(body_desk_menu=body_desk_menu, all_bodies_url=all_bodies_url)
