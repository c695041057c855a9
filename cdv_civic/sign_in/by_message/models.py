"""What was sent to somebody who wants to come in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.sign_in.by_message.rules import CODE_WAYS, MOST_TRIES
from cdv_civic.territory.models import one_of


class SignInCode(Model):
    """A link and a code, or a code alone, sent to an address. It names no account: whose it is, is seen at its use.

    So a row is the same whether the address has an account or not.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        one_of("way", CODE_WAYS),
        CheckConstraint(f"tries BETWEEN 0 AND {MOST_TRIES}", name="tries"),
        CheckConstraint("used_at IS NULL OR address IS NULL", name="address_until_used"),
        Index("ix_sign_in_code_asked", "browser_hash", "address_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Random; the name of this row in the address of the page that takes the code. It opens nothing by itself.
    ref: Mapped[str] = mapped_column(unique=True)
    way: Mapped[str]
    #: HMAC of the way and the address.
    address_hash: Mapped[str]
    #: Folded e-mail address or E.164, until the row is used or too old. Never in logs.
    address: Mapped[str | None]
    #: SHA-256 of the link's 256 random bits.
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: HMAC: six digits could be guessed.
    code_hash: Mapped[str]
    #: SHA-256 of the random value in the cookie of the browser that asked.
    browser_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    #: Wrong codes so far.
    tries: Mapped[int] = mapped_column(default=0)
