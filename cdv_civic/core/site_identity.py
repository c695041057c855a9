"""Which site this is: a random identifier made with the tables.

It tells the database of one site from an empty or another one: files, backups and logs kept outside the database
carry it, and nothing is deleted or restored where the two differ.
"""

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core.db import Model


class SiteIdentity(Model):
    """One row, written by the migration that makes the table, and never changed."""

    __tablename__ = "site_identity"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A random UUID.
    site_id: Mapped[str]


def site_id(session: Session) -> str:
    """The identifier of the site that this database belongs to; one statement."""
    return session.execute(select(SiteIdentity.site_id)).scalar_one()
