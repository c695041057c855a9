"""What was acknowledged survives a power cut: each connection waits for the disk."""

import threading
from pathlib import Path

import pytest
from flask_migrate import upgrade

from cdv_civic.app import create_app
from cdv_civic.core.db import db, transaction
from cdv_civic.core.settings import Settings

FULL = 2


def test_each_connection_of_sqlite_waits_for_the_disk_at_each_commit(
    tmp_path: Path, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL waits unless it is told not to")
    app = create_app(
        Settings(
            environment="testing",
            secret_key="a key for tests only, never for a site",
            database_url=f"sqlite:///{tmp_path / 'site.sqlite3'}",
            data_dir=tmp_path / "data",
            keys_dir=tmp_path / "keys",
        )
    )
    seen: list[tuple[object, ...]] = []

    def look() -> None:
        with app.app_context():
            with transaction() as session:
                connection = session.connection()
                seen.append(
                    tuple(
                        connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                        for name in ("synchronous", "journal_mode")
                    )
                )
            db.session.remove()

    with app.app_context():
        upgrade()
        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.engine.dispose()
        look()
        db.engine.dispose()
    assert seen == [(FULL, "wal")] * 5
