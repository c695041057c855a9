"""The menu between the desk's pages of one body; each feature that has such a page adds it when it registers."""

from typing import Final

from flask import Flask
from flask_login import current_user

from cdv_civic.core.db import db
from cdv_civic.core.web import navigation
from cdv_civic.territory.scopes import touched_body

#: Its pages take `body_id`.
BODY_MENU: Final = "body"


def body_desk_menu(body_id: int) -> list[navigation.MenuLink]:
    """The pages of a body that the person may read; 2 statements."""
    return navigation.menu(BODY_MENU, current_user, touched_body(db.session(), body_id), body_id=body_id)


def register(app: Flask) -> None:
    """Give the macro `desk_head` of templates/bodies/desk/head.html its entries."""
    app.jinja_env.globals.update(body_desk_menu=body_desk_menu)
