"""The migration that gave roles scopes keeps who held what, and can be taken back."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from cdv_civic.core.db import db
from tests.conftest import PostgresServer, Site

BEFORE = "0004"
AFTER = "0005"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(statement))]
    db.engine.dispose()
    return found


def write(statement: str, *values: dict[str, object]) -> None:
    with db.engine.begin() as connection:
        for each in values:
            connection.execute(sa.text(statement), each)
    db.engine.dispose()


def load() -> None:
    """Two contracts, three accounts, their roles, a link, and what one of them wrote in the trail."""
    write(
        "INSERT INTO localized_text (id, language, original) VALUES (:id, 'fr', 'Contrat')",
        {"id": 901},
        {"id": 902},
    )
    write(
        "INSERT INTO contract (id, slug, title_id, short_title, territory, period_start, period_end, departments,"
        " source_document, imported_at, source_row)"
        " VALUES (:id, :slug, :title, 'C', 'T', '2024', '2030', '[]', 'D', :at, '{}')",
        {"id": 1, "slug": "un", "title": 901, "at": AT},
        {"id": 2, "slug": "deux", "title": 902, "at": AT},
    )
    write(
        "INSERT INTO account (id, email, name, organisation_name, password_hash, created_at, session_number,"
        " disabled_at) VALUES (:id, :email, :name, 'Ville', 'hash', :at, 3, :disabled)",
        {"id": 1, "email": "chef@example.org", "name": "Chef", "at": AT, "disabled": None},
        {"id": 2, "email": "agent@example.org", "name": "Agent", "at": AT, "disabled": None},
        {"id": 3, "email": "parti@example.org", "name": "Parti", "at": AT, "disabled": AT},
    )
    write(
        "INSERT INTO role_grant (id, account_id, role, contract_id, granted_at, granted_by)"
        " VALUES (:id, :account, :role, :contract, :at, :by)",
        {"id": 1, "account": 1, "role": "administrator", "contract": None, "at": AT, "by": None},
        {"id": 2, "account": 2, "role": "staff", "contract": 1, "at": AT, "by": 1},
        {"id": 3, "account": 2, "role": "staff", "contract": 2, "at": AT, "by": 1},
        {"id": 4, "account": 3, "role": "administrator", "contract": 2, "at": AT, "by": None},
    )
    write(
        "INSERT INTO account_link (id, account_id, purpose, token_hash, created_at, expires_at)"
        " VALUES (:id, :account, 'password', :hash, :at, :at)",
        {"id": 1, "account": 2, "hash": "a", "at": AT},
    )


ACCOUNTS = "SELECT id, email, name, organisation_name, password_hash FROM account ORDER BY id"
OLD = (
    "SELECT account_id, role, contract_id, granted_by FROM role_grant ORDER BY account_id, role, contract_id"
)
HELD = [
    (1, "administrator", None, None),
    (2, "staff", 1, 1),
    (2, "staff", 2, 1),
    (3, "administrator", 2, None),
]


def test_roles_are_kept_with_their_scopes_and_nothing_goes_with_them(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        downgrade(revision=BEFORE)
        db.engine.dispose()
        load()
        accounts = rows(ACCOUNTS)
        assert rows(OLD) == HELD
        upgrade(revision=AFTER)
        db.engine.dispose()
        assert rows(ACCOUNTS) == accounts
        assert rows(
            "SELECT account_id, role, scope_kind, contract_id, scope_key, ends_at, granted_by FROM role_grant"
            " ORDER BY account_id, role, contract_id"
        ) == [
            (1, "administrator", "site", None, "site", None, None),
            (2, "staff", "contract", 1, "contract:1", None, 1),
            (2, "staff", "contract", 2, "contract:2", None, 1),
            (3, "administrator", "contract", 2, "contract:2", None, None),
        ]
        assert rows("SELECT count(*) FROM role_grant WHERE starts_at = granted_at") == [(4,)]
        assert rows("SELECT account_id FROM account_link") == [(2,)]
        assert rows("SELECT id FROM account WHERE disabled_at IS NOT NULL") == [(3,)]
        upgrade()
        db.engine.dispose()
        assert len(rows("SELECT id FROM role_grant")) == 4

        # What the older version cannot say is lost, the rest comes back.
        write(
            "INSERT INTO role_grant (account_id, role, scope_kind, scope_key, language, starts_at, ends_at, granted_at)"
            " VALUES (2, :role, :kind, :key, :language, :at, :end, :at)",
            {
                "role": "translator",
                "kind": "language",
                "key": "language:ar",
                "language": "ar",
                "at": AT,
                "end": None,
            },
            {"role": "staff", "kind": "site", "key": "site", "language": None, "at": AT, "end": AT},
        )
        write(
            "INSERT INTO account (id, name, organisation_name, password_hash, minor, created_at)"
            " VALUES (:id, '', '', '', :minor, :at)",
            {"id": 4, "minor": False, "at": AT},
        )
        downgrade(revision=BEFORE)
        db.engine.dispose()
        assert rows(OLD) == HELD
        assert rows(ACCOUNTS) == accounts
        assert rows("SELECT account_id FROM account_link") == [(2,)]
        assert {row[0] for row in rows("SELECT session_number FROM account")} == {0}
        upgrade()
        db.engine.dispose()
        assert len(rows("SELECT id FROM role_grant")) == 4
        db.session.remove()
        db.engine.dispose()
