"""Who acts in this request: the signed-in account, or nobody."""

from dataclasses import dataclass

from flask import Flask
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cdv_civic.core.config import Settings
from cdv_civic.core.db import db
from cdv_civic.core.policy import Grant, Role
from cdv_civic.people.models import Account

login_manager = LoginManager()


@dataclass(frozen=True)
class SignedIn:
    """An account that acts, as plain values: what a failed transaction rolls back does not touch them."""

    actor_id: int
    email: str
    name: str
    organisation_name: str
    grants: frozenset[Grant]
    session_number: int

    @property
    def administrator(self) -> bool:
        """Whether they look after the whole site: the desk shows them its pages."""
        return Grant(Role.ADMINISTRATOR) in self.grants

    @property
    def is_authenticated(self) -> bool:
        """For Flask-Login."""
        return True

    @property
    def is_active(self) -> bool:
        """For Flask-Login: a disabled account is not loaded at all."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """For Flask-Login."""
        return False

    def get_id(self) -> str:
        """What the session cookie holds: the account and the number of its sessions."""
        return f"{self.actor_id}:{self.session_number}"


def register(app: Flask, settings: Settings) -> None:
    """Load the account that the session cookie names.

    The extension's own `init_app` would look into the session at every answer, of public pages too, and so make
    each depend on the cookie: only the half of it that is used is done here.
    """
    app.login_manager = login_manager  # type: ignore[attr-defined]
    login_manager.session_protection = None


@login_manager.user_loader
def load_account(cookie: str) -> SignedIn | None:
    """The account of a session cookie, unless it was disabled or its sessions were ended since. 2 statements."""
    account_id, _, number = cookie.partition(":")
    if not (account_id.isdigit() and number.isdigit()):
        return None
    statement = (
        select(Account)
        .options(selectinload(Account.role_grants))
        .where(Account.id == int(account_id))
        .execution_options(populate_existing=True)
    )
    account = db.session.execute(statement).scalar()
    if account is None or account.disabled_at is not None or account.session_number != int(number):
        return None
    return SignedIn(
        actor_id=account.id,
        email=account.email,
        name=account.name,
        organisation_name=account.organisation_name,
        grants=frozenset(Grant(Role(grant.role), grant.contract_id) for grant in account.role_grants),
        session_number=account.session_number,
    )
