"""Who acts in this request: the signed-in account, or nobody."""

from flask import Flask
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cdv_civic.core.config import Settings
from cdv_civic.core.db import db
from cdv_civic.people.models import Account

login_manager = LoginManager()


def register(app: Flask, settings: Settings) -> None:
    """Load the account that the session cookie names."""
    login_manager.init_app(app)
    login_manager.session_protection = None


@login_manager.user_loader
def load_account(cookie: str) -> Account | None:
    """The account of a session cookie, unless it was disabled or its sessions were ended since."""
    account_id, _, number = cookie.partition(":")
    if not (account_id.isdigit() and number.isdigit()):
        return None
    statement = (
        select(Account).options(selectinload(Account.role_grants)).where(Account.id == int(account_id))
    )
    account = db.session.execute(statement).scalar()
    if account is None or account.disabled_at is not None or account.session_number != int(number):
        return None
    return account
