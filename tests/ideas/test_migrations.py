"""What lies in boxes of ideas goes through the migrations that know more of them, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.models import Consultation
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.text_owners import TextOwner
from tests.conftest import PostgresServer, Site
from tests.consultations.kinds.ideas.test_step import Asked
from tests.ideas.boxes import make_a_box
from tests.ideas.choices import grouped, published


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Site]:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        limiter.reset()
        yield site
        db.session.remove()
        db.engine.dispose()


def rows(statement: str) -> list[tuple[object, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.remove()
    return found


def back_and_up_again(revision: str) -> None:
    db.session.remove()
    downgrade(revision=revision)
    db.session.remove()
    upgrade()


def test_boxes_ask_what_their_consultation_asks_and_others_nothing(site: Site) -> None:
    asked = Asked(proof="message", age_to_answer=11)
    asked.choose(asked.box())
    asked.box(title={"fr": "Une autre boîte"})
    back_and_up_again("0051")
    found = rows("SELECT id FROM idea_box WHERE by_consultation AND account_asked AND least_age = 11")
    assert found == [(1,)]
    assert rows("SELECT id FROM idea_box WHERE NOT account_asked AND least_age = 0") == [(2,)]


def test_a_choice_that_was_withdrawn_gives_its_box_back_and_others_keep_theirs(site: Site) -> None:
    ready = grouped(make_a_box())
    row = published(ready)
    back_and_up_again("0052")
    assert rows("SELECT count(*) FROM idea_box WHERE choice_opened_at IS NOT NULL") == [(1,)]
    with transaction() as session:
        # As a program did that did not give it back.
        stored = session.get_one(Consultation, row.id)
        owner = TextOwner("consultation", row.id, "withdrawn_reason", row.contract_id)
        stored.withdrawn_reason_id = write_original(session, "Une erreur.", owner).id
        stored.withdrawn_at = clock.now()
    back_and_up_again("0052")
    assert rows("SELECT count(*) FROM idea_box WHERE choice_opened_at IS NOT NULL") == [(0,)]
    assert rows("SELECT count(*) FROM consultation_idea_choice") == [(0,)]
    assert rows("SELECT count(*) FROM consultation_idea_option") == [(0,)]
