"""What is asked of accounts wherever one is meant."""

from sqlalchemy import select

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db


def has_password(account_id: int) -> bool:
    """Whether an account is opened by a password; residents' accounts have none. 1 statement."""
    known = db.session.execute(select(Account.password_hash).where(Account.id == account_id)).scalar()
    return bool(known)


def account_id_of(email: str) -> int | None:
    """The account of an e-mail address; None where nobody has it. Raises `BadEmail`. 1 statement."""
    return db.session.execute(select(Account.id).where(Account.email == fold_email(email))).scalar()
