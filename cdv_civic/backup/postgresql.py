"""PostgreSQL, by its own tools `pg_dump` and `pg_restore`; no more rights are needed than to own the database."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.orm import Session

from cdv_civic.backup.copying import hash_of
from cdv_civic.backup.facts import Facts
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core.db import db
from cdv_civic.core.durable_files import sync_file

_ASIDE: Final = "before_restore_"
_ENDING_SECONDS: Final = 5.0
#: What an extension brought is left where it is.
_OURS: Final = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
           CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                          WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND (d.deptype = 'e' OR d.deptype IN ('a', 'i') AND c.relkind = 'S'))
    ORDER BY c.oid
"""


class Postgresql:
    """See `databases.Database`."""

    kind = "postgresql"
    part = "database.dump"

    def __init__(self, url: URL, lock: int | None = None) -> None:
        self.url = url
        #: File descriptor of the site's lock: the tools keep it too, and stay at work where we are killed.
        self._kept_open = () if lock is None else (lock,)

    def _run(self, *command: str) -> None:
        """Run a tool against the database; its password is in its environment, never on its command line."""
        more = {name: str(value) for name, value in self.url.query.items() if name != "password"}
        known = {
            "host": self.url.host,
            "port": self.url.port,
            "user": self.url.username,
            "dbname": self.url.database,
        }
        where = make_conninfo("", **{name: value for name, value in known.items() if value}, **more)
        password = self.url.password or self.url.query.get("password")
        environment = {
            **os.environ,
            **({"PGPASSWORD": str(password)} if password else {}),
            "LC_MESSAGES": "C",
        }
        try:
            done = subprocess.run(  # noqa: S603  (our own arguments, no shell)
                [*command, f"--dbname={where}"],
                env=environment,
                pass_fds=self._kept_open,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise BackupProblem(
                f"{command[0]} is not installed: apt-get install postgresql-client, of the server's version."
            ) from None
        if done.returncode:
            said = done.stderr.strip().splitlines()
            # The first line names the cause; those that follow may hold what people wrote.
            raise BackupProblem(f"{command[0]} failed: {said[0][:300] if said else done.returncode}")

    def snapshot(self, target: Path, ask: Callable[[Session], Facts]) -> Facts:
        """By `pg_dump`, of the same snapshot that is asked; nobody waits for it."""
        with db.engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            # However long the dump takes.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--exclude-schema={_ASIDE}*",
                f"--snapshot={snapshot}",
                f"--file={target}",
            )
            sync_file(target)
            with Session(connection) as session:
                return ask(session)

    def readable(self, part: Path) -> None:
        """Whether `pg_restore` of this machine reads the dump."""
        try:
            done = subprocess.run(  # noqa: S603
                ["pg_restore", "--list", str(part)],  # noqa: S607
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise BackupProblem(
                "pg_restore is not installed: apt-get install postgresql-client, of the server's version."
            ) from None
        if done.returncode:
            raise BackupProblem(f"pg_restore cannot read {part}: {done.stderr.strip()[:300]}")

    def others(self) -> int:
        """Connections to the database but ours, such as those of another machine; of a dead client one ends soon."""
        db.engine.dispose()
        until = time.monotonic() + _ENDING_SECONDS
        while True:
            with db.engine.connect() as connection:
                count: int = connection.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                ).scalar_one()
            if not count or time.monotonic() > until:
                return count
            time.sleep(0.2)

    def _exists(self, connection: Connection, schema: str) -> bool:
        found = connection.execute(
            text("SELECT 1 FROM pg_namespace WHERE nspname = :schema"), {"schema": schema}
        )
        return found.first() is not None

    def _ours(self, connection: Connection, schema: str) -> Sequence[tuple[str, str]]:
        return [(row.name, row.kind) for row in connection.execute(text(_OURS), {"schema": schema})]

    def _schema(self, connection: Connection) -> str:
        schema: str = connection.execute(text("SELECT current_schema()")).scalar_one()
        return schema

    def _drop(self, connection: Connection) -> None:
        for name, kind in self._ours(connection, self._schema(connection)):
            connection.execute(text(f"DROP {kind} IF EXISTS {name} CASCADE"))

    def put_aside(self, stamp: str) -> str:
        """Into a schema of its own, in one transaction; once it is there, what stands in its place is half restored."""
        aside = _ASIDE + stamp
        with db.engine.begin() as connection:
            if self._exists(connection, aside):
                self._drop(connection)
            else:
                connection.execute(text(f"CREATE SCHEMA {aside}"))
                for name, kind in self._ours(connection, self._schema(connection)):
                    connection.execute(text(f"ALTER {kind} {name} SET SCHEMA {aside}"))
        db.engine.dispose()
        return f"the schema {aside} of the database"

    def bring_in(self, part: Path, sha256: str) -> None:
        """In one transaction."""
        if hash_of(part) != sha256:
            raise BackupProblem(f"{part} is not what the backup says it is: it was changed or cut short.")
        self._run(
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            "--exit-on-error",
            str(part),
        )

    def put_back(self, stamp: str) -> None:
        """In one transaction."""
        aside = _ASIDE + stamp
        db.engine.dispose()
        with db.engine.begin() as connection:
            if not self._exists(connection, aside):
                return
            self._drop(connection)
            schema = self._schema(connection)
            for name, kind in self._ours(connection, aside):
                connection.execute(text(f'ALTER {kind} {name} SET SCHEMA "{schema}"'))
            connection.execute(text(f"DROP SCHEMA {aside}"))
        db.engine.dispose()
