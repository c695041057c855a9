"""Drafts come with their table, go with it, and with the account that they belong to."""

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from cdv_civic.core.db import db
from cdv_civic.drafts.operations import keep
from cdv_civic.drafts.rules import DraftKey
from tests import factories as make
from tests.conftest import PostgresServer, Site

COUNT = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM draft)"


def counted() -> tuple[int, int]:
    with db.engine.connect() as connection:
        accounts, drafts = connection.execute(sa.text(COUNT)).one()
    db.engine.dispose()
    return accounts, drafts


def test_drafts_go_with_their_table_and_with_their_account(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    key, words = DraftKey("voice.answer", "12"), {"answer_fr": ["Le parc rouvre en mai."]}
    with site.app.app_context():
        authors = [make.make_account(role=None), make.make_account(role=None)]
        for author in authors:
            keep(author, key, words)
        db.session.remove()
        assert counted() == (2, 2)
        with db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM account WHERE id = :id"), {"id": authors[0].actor_id})
        assert counted() == (1, 1)
        downgrade(revision="0028")
        assert "draft" not in sa.inspect(db.engine).get_table_names()
        db.engine.dispose()
        upgrade()
        assert counted() == (1, 0)
        keep(authors[1], key, words)
        db.session.remove()
        assert counted() == (1, 1)
