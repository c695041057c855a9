"""Accounts, their open sessions, the roles they hold and the quartiers that residents chose."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdv_civic.accounts.rules import WAYS_IN
from cdv_civic.core.db import Model
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.policy.table import ROLES
from cdv_civic.territory.models import one_of

#: In place of a hash, for somebody who has not chosen a password: nothing matches it.
NO_PASSWORD: Final = ""

GRANTED: Final = tuple(role.value for role, words in ROLES.items() if words.scopes)
#: The column of `role_grant` that names what a scope is; the whole site has none.
SCOPE_COLUMNS: Final = {
    ScopeKind.CONTRACT: "contract_id",
    ScopeKind.COMMUNE: "commune_id",
    ScopeKind.QUARTIER: "quartier_id",
    ScopeKind.BODY: "body_id",
    ScopeKind.ORGANISATION: "organisation_id",
    ScopeKind.LANGUAGE: "language",
}


class Account(Model):
    """Somebody who signs in; `accounts.sessions.SignedIn` is who acts. A resident's holds as little as it can."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Folded address: lower case, NFKC. None for somebody with a card or a telephone number only. Never in logs.
    email: Mapped[str | None] = mapped_column(unique=True)
    #: E.164: "+33612345678". Never in logs.
    phone: Mapped[str | None] = mapped_column(unique=True)
    #: A first name or a pseudonym; empty where the person gave none.
    name: Mapped[str]
    #: For whom they speak, as residents read it; empty for residents.
    organisation_name: Mapped[str]
    #: argon2id, or `NO_PASSWORD`.
    password_hash: Mapped[str]
    #: « J’ai moins de 18 ans »: no public name, contributions read before they are published.
    minor: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: Day on which it was last used: what retention goes by. No finer than the day.
    last_seen_on: Mapped[date | None]
    #: When the person was told that the unused account will be erased.
    warned_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    #: When it was erased: everything above but the id is gone.
    erased_at: Mapped[datetime | None]

    role_grants: Mapped[list["RoleGrant"]] = relationship(lazy="raise", foreign_keys="RoleGrant.account_id")


class AccountSession(Model):
    """A browser in which an account is open. Deleting the row signs it out."""

    __tablename__ = "account_session"
    __table_args__ = (one_of("way", WAYS_IN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of the 256 random bits that the cookie holds.
    token_hash: Mapped[str] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    #: Of the last request, to the minute.
    seen_at: Mapped[datetime] = mapped_column(index=True)
    #: "Firefox, Android": as much as a person needs to know their own devices, and no more.
    device: Mapped[str]
    #: How the person came in.
    way: Mapped[str]
    #: A device that others use too: ends after 5 idle minutes.
    shared: Mapped[bool]


class SecondFactor(Model):
    """The authenticator app whose codes an account asks for after the password."""

    __tablename__ = "second_factor"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    #: Sealed with a key derived from SECRET_KEY: see `sign_in.second_factor.sealing`.
    secret: Mapped[str]
    confirmed_at: Mapped[datetime]
    #: The step of the last code that served (RFC 6238 §5.2): neither it nor an older one serves again.
    last_step: Mapped[int]


class RecoveryCode(Model):
    """A code on paper, good once, for somebody without their authenticator app at hand."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    #: SHA-256 of the account's id and the code's 56 random bits.
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class RoleGrant(Model):
    """A role held by an account for a scope, from a moment on and, where `ends_at` is set, until another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", GRANTED),
        one_of("scope_kind", [kind.value for kind in ScopeKind]),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_it_starts"),
        CheckConstraint("waits_until IS NULL OR ends_at IS NOT NULL", name="waiting_ends"),
        CheckConstraint("planned_end IS NULL OR waits_until IS NOT NULL", name="planned_while_waiting"),
        *(
            CheckConstraint(f"(scope_kind = '{kind}') = ({column} IS NOT NULL)", name=f"scope_{kind}")
            for kind, column in SCOPE_COLUMNS.items()
        ),
        # One role for one scope without an end, at most.
        Index(
            "uq_role_grant_open",
            "account_id",
            "role",
            "scope_key",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    scope_kind: Mapped[str]
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    language: Mapped[str | None]
    #: Kind and id in one, such as "commune:3": what the unique index needs, as NULL equals nothing in SQL.
    scope_key: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    #: Until when it waits for somebody who was invited (`accounts.invitations`); it ends then. None: it does not wait.
    waits_until: Mapped[datetime | None]
    #: The end that it gets when they come.
    planned_end: Mapped[datetime | None]
    granted_at: Mapped[datetime]
    #: None: from the command line.
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def scope(self) -> Scope:
        """What the role is held for."""
        kind = ScopeKind(self.scope_kind)
        column = SCOPE_COLUMNS.get(kind)
        return Scope(kind, getattr(self, column) if column else None)

    @classmethod
    def of(cls, account_id: int, role: Role, scope: Scope, **values: object) -> "RoleGrant":
        """A row for a role and a scope; `values` are its other columns."""
        column = SCOPE_COLUMNS.get(scope.kind)
        key = f"{scope.kind.value}:{scope.id}" if column else scope.kind.value
        named = {column: scope.id} if column else {}
        return cls(
            account_id=account_id,
            role=role.value,
            scope_kind=scope.kind.value,
            scope_key=key,
            **named,
            **values,
        )


class ResidentQuartier(Model):
    """A quartier that a resident chose as their own; `verified_at` is set where somebody vouched for it."""

    __tablename__ = "resident_quartier"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    quartier_id: Mapped[int] = mapped_column(ForeignKey("quartier.id"), primary_key=True, index=True)
    chosen_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]


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


class AccountIdentity(Model):
    """Who an account is at another service that people sign in with: a number of that service, and nothing else."""

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    #: Address of the service.
    issuer: Mapped[str]
    #: What the service calls the person, to us alone or to all.
    subject: Mapped[str]
    linked_at: Mapped[datetime]
