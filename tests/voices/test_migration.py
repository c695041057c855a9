"""Words that were passed on before organisations read here keep their way, and can be taken back and up again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from cdv_civic.core.db import db
from tests.conftest import PostgresServer, Site
from tests.voices.voices import make_place, make_voices

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = "SELECT id, state, transmitted_to_id FROM voice ORDER BY id"
SITES = "SELECT id, off_site FROM voice ORDER BY id"
STEPS = "SELECT state, off_site FROM voice_step ORDER BY id"


def rows(statement: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(statement))]
    db.engine.dispose()
    return found


def test_what_was_passed_on_before_was_passed_on_outside_this_site(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        place = make_place()
        make_voices(place.body, 1)
        make_voices(place.body, 1, state="transmis", transmitted_to_id=place.town.id)
        db.session.remove()
        with db.engine.begin() as connection:
            for number, state in ((1, "recu"), (2, "recu"), (2, "transmis")):
                connection.execute(
                    sa.text(
                        "INSERT INTO voice_step (voice_id, state, at, organisation_name, off_site)"
                        " VALUES (:voice, :state, :at, '', :no)"
                    ),
                    {"voice": number, "state": state, "at": AT, "no": False},
                )
        before = rows(WORDS)
        db.engine.dispose()
        downgrade(revision="0013")
        assert rows(WORDS) == before
        assert "voice_reply" not in sa.inspect(db.engine).get_table_names()
        db.engine.dispose()
        upgrade()
        assert rows(WORDS) == before
        assert [bool(off) for _id, off in rows(SITES)] == [False, True], "nobody was told by this site"
        assert [(state, bool(off)) for state, off in rows(STEPS)] == [
            ("recu", False),
            ("recu", False),
            ("transmis", True),
        ]
        db.session.remove()
        db.engine.dispose()
