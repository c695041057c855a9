"""Accounts of staff and the roles they hold."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdv_civic.core.db import Model

#: In place of a hash, for somebody invited who has not chosen a password yet: nothing matches it.
NO_PASSWORD: Final = ""


class Account(Model):
    """Somebody who signs in; `people.sessions.SignedIn` is who acts."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Folded address: lower case, NFKC. Never in logs.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_name: Mapped[str]
    #: argon2id, or `NO_PASSWORD`.
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    #: Raised to end all open sessions of the account.
    session_number: Mapped[int] = mapped_column(default=0)

    role_grants: Mapped[list["RoleGrant"]] = relationship(lazy="raise", foreign_keys="RoleGrant.account_id")

    def get_id(self) -> str:
        """What the session cookie holds: the account and the number of its sessions."""
        return f"{self.id}:{self.session_number}"


class RoleGrant(Model):
    """A role held by an account for one contract, or for the whole site."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('staff', 'administrator')", name="role"),
        Index(
            "uq_role_grant_site",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("contract_id IS NULL"),
            postgresql_where=text("contract_id IS NULL"),
        ),
        Index(
            "uq_role_grant_contract",
            "account_id",
            "role",
            "contract_id",
            unique=True,
            sqlite_where=text("contract_id IS NOT NULL"),
            postgresql_where=text("contract_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[str]
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class AccountLink(Model):
    """A link sent by e-mail that lets somebody choose a password, once. The link itself is not kept: its hash is."""

    __tablename__ = "account_link"
    __table_args__ = (CheckConstraint("purpose IN ('invitation', 'password')", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None where nobody has the address that was typed: the row is written all the same, so that the answer
    #: takes as long.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    #: SHA-256 of the link's 256 random bits.
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
