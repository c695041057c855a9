"""What changes many rows of ideas at once locks them by id, as acts on several of them do: none waits in a circle."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.ideas.models import Idea, IdeaPoint
from cdv_civic.ideas.operations.keeping import erase_contacts
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.putting import put
from tests import factories as make
from tests.ideas.boxes import a_point, an_idea, make_a_box


def erased(key: str, account_id: int) -> Callable[[], object]:
    part = next(each for each in personal_parts() if each.key == key)

    def erase() -> None:
        with transaction() as session:
            part.erase(session, account_id)

    return erase


@dataclass(frozen=True)
class Scene:
    """Three rows of somebody, by id, the first of which is stored after the others; and what changes all."""

    rows: list[int]
    table: type[Idea | IdeaPoint]
    act: Callable[[], object]


def make_scene(what: str) -> Scene:
    limiter.reset()
    box = make_a_box()
    resident = make.make_account(role=None)
    account_id = resident.actor_id or 0
    rows = [
        put(an_idea(box, each, contact="awa@example.org"), resident).idea_id
        for each in ("Un", "Deux", "Trois")
    ]
    table: type[Idea | IdeaPoint] = Idea
    act: Callable[[], object] = erase_contacts
    if what != "contacts":
        act = erased("idea_points" if what == "points" else "ideas", account_id)
    if what == "points":
        table, rows = IdeaPoint, [make_point(a_point(each), resident).point_id for each in rows]
    with transaction() as session:
        if what == "contacts":
            session.execute(update(Idea).values(received_at=clock.now() - timedelta(days=800)))
        if what == "typed in":
            session.execute(update(Idea).values(author_id=None, entered_by=account_id))
        column = "entered_by" if what == "typed in" else "author_id"
        for value in (None, account_id):
            session.execute(update(table).where(table.id == rows[0]).values({column: value}))
    return Scene(rows, table, act)


@pytest.mark.parametrize("what", ["ideas", "typed in", "points", "contacts"])
def test_rows_are_locked_by_id(app: Flask, database_kind: str, what: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    scene = make_scene(what)
    refused: list[BaseException] = []

    def meanwhile() -> None:
        with app.app_context():
            try:
                scene.act()
            except BaseException as error:
                refused.append(error)
            finally:
                db.session.remove()

    coming = threading.Thread(target=meanwhile)
    with transaction() as session:
        for number, each in enumerate(scene.rows):
            session.execute(
                select(scene.table.id).where(scene.table.id == each).with_for_update(key_share=True)
            )
            if number == 0:
                coming.start()
                time.sleep(0.5)
    coming.join()
    assert refused == []
