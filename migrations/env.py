"""How Alembic reaches the application's database (run through `flask db`)."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine
options = {"target_metadata": migrate.db.metadata, **migrate.configure_args}

if context.is_offline_mode():
    context.configure(url=engine.url, literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # A table may take minutes to change, but waits for others only shortly: behind a lock that waits
            # everybody waits.
            connection.connection.dbapi_connection.answer_within = None
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
            connection.commit()
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # SQLite changes a column by making its table anew; with foreign keys on, dropping the old one would
            # delete what hangs on it. The pragma does nothing inside a transaction, so it comes first.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"rows that point nowhere after the migration: {broken[:5]}")
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")
