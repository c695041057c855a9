"""Entries of the audit trail are sealed under a key that is not in the database, and counted beside it."""

import hashlib
import hmac
import os

import sqlalchemy as sa
from alembic import op
from flask import current_app

from cdv_civic.core.settings import keys

revision = "0017"
down_revision = "0016"

BATCH = 1000


def upgrade():
    with op.batch_alter_table("audit_entry") as batch:
        batch.add_column(sa.Column("seal", sa.Text(), nullable=True))
    _seal(op.get_bind())
    with op.batch_alter_table("audit_entry") as batch:
        batch.alter_column("seal", existing_type=sa.Text(), nullable=False)


def downgrade():
    with op.batch_alter_table("audit_entry") as batch:
        batch.drop_column("seal")


def _seal(connection):
    rows = connection.execute(sa.text("SELECT id, hash FROM audit_entry ORDER BY id")).all()
    if not rows:
        return
    key = keys().read_or_make("audit")
    for start in range(0, len(rows), BATCH):
        connection.execute(
            sa.text("UPDATE audit_entry SET seal = :seal WHERE id = :id"),
            [
                {"id": number, "seal": hmac.new(key, found.encode(), hashlib.sha256).hexdigest()}
                for number, found in rows[start : start + BATCH]
            ],
        )
    # This machine has seen what stands here committed: what is missing later was removed.
    site = connection.execute(sa.text("SELECT site_id FROM site_identity")).scalar_one()
    folder = current_app.extensions["settings"].keys_dir
    counter = folder / f"audit-{site}.count"
    _take_away_strays(folder, counter, {f"{number} {found}\n" for number, found in rows})
    if not counter.exists():
        with open(os.open(counter, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as line:
            line.write(f"{rows[-1][0]} {rows[-1][1]}\n")


def _take_away_strays(folder, counter, ours):
    """Delete what a migration left that was killed after this step: the database took back the identifier that it had
    made for the site, and this run made another one. Such a counter has one line, of an entry that stands here."""
    for other in folder.glob("audit-*.count"):
        if other != counter and other.read_text("ascii", "replace") in ours:
            other.unlink()
