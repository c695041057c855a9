"""Words that were passed on before organisations read here keep their way, and can be taken back and up again."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from cdv_civic.core.db import db
from cdv_civic.voices.operations import keeping
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


def test_the_days_of_a_form_and_words_of_a_group_come_and_go_with_the_version(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    channels = "SELECT id, channel FROM voice ORDER BY id"
    with site.app.app_context():
        place = make_place()
        for channel in ("en_ligne", "marche", "groupe"):
            make_voices(place.body, 1, channel=channel)
        keeping.describe_listening(
            place.moderator,
            place.body.id,
            is_open=False,
            closes_on=date(2026, 3, 2),
            due_days=30,
            readers={"fr": "Nous."},
            version=0,
        )
        db.session.remove()
        db.engine.dispose()
        downgrade(revision="0022")
        assert rows(channels) == [(1, "en_ligne"), (2, "marche"), (3, "reunion")]
        assert "participation_link" not in sa.inspect(db.engine).get_table_names()
        found = rows("SELECT is_open, due_days, readers_id IS NOT NULL, version FROM voice_settings")
        assert [tuple(map(int, row)) for row in found] == [(0, 30, 1, 1)]
        db.engine.dispose()
        upgrade()
        assert rows(channels) == [(1, "en_ligne"), (2, "marche"), (3, "reunion")]
        assert rows("SELECT opens_at, closes_at, due_days FROM voice_settings") == [(None, None, 30)]
        db.session.remove()
        db.engine.dispose()
